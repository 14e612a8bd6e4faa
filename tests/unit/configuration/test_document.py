"""The configuration file: read, written, and every fault told."""

from __future__ import annotations

import json
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from casaaustin.configuration.document import (
    Configuration,
    Format,
    dump,
    guess_format,
    parse,
    schema,
    schema_text,
)
from casaaustin.configuration.registry import BY_NAME, SECTIONS
from casaaustin.configuration.sections.houses import House, column
from casaaustin.configuration.sections.policy_switches import PolicySwitches
from casaaustin.errors import InvalidInput
from casaaustin.pricing.ratebook import Policy
from casaaustin.properties.models import Property
from tests.support.configurations import configurations

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "docs" / "reference" / "configuration.schema.json"

FILE = """
version = 1

[houses.casa-1]
name = "Casa 1"
capacity_max = 12
check_in_hour = 15:00:00
extra_person_usd = 10.5

[nightly_prices.casa-1]
weekday_low_season_usd = "110"
weekend_low_season_usd = "180.00"
weekday_high_season_usd = 160
weekend_high_season_usd = "240"

[special_dates.casa-1.12-25]
price_usd = "350"
"""


def faults(text: str, format: Format = Format.TOML) -> list[str]:
    """Everything that a file is refused for."""
    with pytest.raises(InvalidInput) as refused:
        parse(text, format)
    return list(refused.value.details.get("reasons", [refused.value.message]))


@settings(max_examples=60)
@given(configuration=configurations(), format=st.sampled_from(Format))
def test_what_is_written_is_read_back_and_written_alike(configuration: Configuration, format: Format) -> None:
    text = dump(configuration, format)
    found = parse(text, format)
    assert found.plain() == configuration.plain()
    assert dump(found, format) == text


@settings(max_examples=60)
@given(configuration=configurations(), format=st.sampled_from(Format))
def test_what_is_written_meets_the_published_schema(configuration: Configuration, format: Format) -> None:
    text = dump(configuration, format)
    tree: Any = json.loads(text) if format is Format.JSON else tomllib.loads(text)
    Draft202012Validator(schema()).validate(tree)


def test_the_published_schema_is_current() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(), (
        "run: casa config export --schema --output docs/reference/configuration.schema.json"
    )


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())


def test_amounts_may_be_written_bare_and_are_exact_all_the_same() -> None:
    house = parse(FILE, Format.TOML).sections["houses"]["casa-1",]
    assert isinstance(house, House)
    assert house.extra_person_usd == Decimal("10.50")
    assert "0.1" not in dump(parse(FILE.replace("10.5", "0.1"), Format.TOML), Format.TOML).replace(
        '"0.10"', ""
    )


def test_a_section_that_is_missing_and_one_that_is_empty_are_two_things() -> None:
    found = parse("version = 1\n[seasons]\n", Format.TOML)
    assert dict(found.sections) == {"seasons": {}}
    assert parse(dump(found, Format.TOML), Format.TOML).plain() == {"seasons": {}}


def test_fields_left_out_have_their_defaults() -> None:
    date = parse(FILE, Format.TOML).plain()["special_dates"]["casa-1", "12-25"]
    assert date == {"price_usd": "350.00", "minimum_nights": 1, "is_active": True}


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[seasons.Verano]\nseason_type = "high"\nstart = "02-30"\nend = "03-15"', "seasons.Verano.start"),
        ('[seasons.Verano]\nseason_type = "high"\nstart = "12-15"', "seasons.Verano.end: is missing"),
        (
            '[seasons.Verano]\nseason_type = "warm"\nstart = "12-15"\nend = "03-15"',
            "seasons.Verano.season_type",
        ),
        ('[seasons." Verano"]\nseason_type = "high"\nstart = "12-15"\nend = "03-15"', "blanks"),
        ("[houses.casa-2]\nnam = 'Casa 2'", "houses.casa-2.nam: there is no such field"),
        ("[houses.Casa-2]\nname = 'Casa 2'", "cannot be a slug"),
        (
            "[houses.casa-2]\nname = 'C'\ncapacity_max = 2\ncapacity_sleep = 3",
            "houses.casa-2: 3 people cannot sleep",
        ),
        ("[houses.casa-2]\nname = 'C'\nextra_person_usd = '-1'", "houses.casa-2.extra_person_usd"),
        ("[houses.casa-2]\nname = 'C'\nfrom_price_usd = '0'", "must be more than 0.00"),
        ("[houses.casa-2]\nname = 'C'\nextra_person_usd = '1.005'", "more than 2 decimals"),
        ("[houses.casa-2]\nname = 'C'\nairbnb_url = 'ftp://x'", "not a web address"),
        ("[houses.casa-2]\nname = 'C'\n[houses.casa-2.bedroom_details]\nbeds = 1.5", "Decimal"),
        ("[special_dates.casa-1.25-12]\nprice_usd = '1'", "special_dates.casa-1.25-12"),
        ('[special_dates.casa-1."25/12"]\nprice_usd = "1"', "Write it 12-25"),
        ("[special_dates.casa-1.2026-02-29]\nprice_usd = '1'", "2026"),
        ("[late_checkout.sunday]\nname = 'S'\nreduction = '101'", "at most 100"),
        ("[late_checkout.domingo]\nname = 'S'", "is not a weekday"),
        (
            "[cancellation_policies.A]\ndays_before_checkin = -1\nrefund_percentage = '1'",
            "days_before_checkin",
        ),
        (
            "[cancellation_policies.A]\ndays_before_checkin = 1\nrefund_percentage = '100.01'",
            "refund_percentage",
        ),
        ("[exchange_rate]\nusd_to_sol = '0.999'", "exchange_rate.usd_to_sol"),
        ("[exchange_rate]\nusd_to_sol = '3.7255'", "more than 3 decimals"),
        ("[policy_switches]\ncapacity_mode = 'maybe'", "policy_switches.capacity_mode"),
        ("[discount]\n", "discount: there is no such section"),
        ("seasons = 3", "seasons"),
    ],
)
def test_a_fault_is_told_with_its_place(more: str, said: str) -> None:
    text = f"{more}\n{FILE}" if more.startswith("seasons") else f"{FILE}\n{more}\n"
    assert any(said in fault for fault in faults(text))


def test_all_faults_are_told_at_once() -> None:
    text = "version = 2\n[bogus]\n[houses.casa-1]\ncapacity_max = 0\n[exchange_rate]\nusd_to_sol = 'x'\n"
    assert len(faults(text)) == 5


def test_two_defaults_for_the_same_houses_are_refused() -> None:
    policy = (
        "[cancellation_policies.{}]\ndays_before_checkin = 1\nrefund_percentage = '1'\nis_default = true\n"
    )
    assert (
        "is the default for the same houses"
        in faults("version = 1\n" + policy.format("A") + policy.format("B"))[0]
    )


def test_names_that_differ_in_capitals_only_are_refused() -> None:
    season = "[seasons.{}]\nseason_type = 'high'\nstart = '01-01'\nend = '01-02'\n"
    assert "capitals" in faults("version = 1\n" + season.format("Verano") + season.format("VERANO"))[0]


@pytest.mark.parametrize(
    ("text", "format"),
    [
        ("{", Format.JSON),
        ("[1]", Format.JSON),
        ('{"version": 1, "version": 1}', Format.JSON),
        ('{"version": 1, "exchange_rate": {"usd_to_sol": NaN}}', Format.JSON),
        ("version = ", Format.TOML),
        ("version = 1\nversion = 1", Format.TOML),
        ("", Format.TOML),
        ("[" * 5000, Format.JSON),
    ],
)
def test_what_cannot_be_read_is_refused(text: str, format: Format) -> None:
    assert faults(text, format)


def test_json_may_name_its_schema() -> None:
    assert parse('{"$schema": "configuration.schema.json", "version": 1}', Format.JSON).plain() == {}


@pytest.mark.parametrize(
    ("text", "name", "format"),
    [
        ("{}", "casa.toml", Format.TOML),
        ("", "casa.JSON", Format.JSON),
        (' {"version": 1}', "-", Format.JSON),
        ("version = 1", None, Format.TOML),
    ],
)
def test_the_format_is_told_by_the_ending_or_the_first_character(
    text: str, name: str | None, format: Format
) -> None:
    assert guess_format(text, name) is format


def test_every_column_of_a_house_is_in_the_file() -> None:
    bookkeeping = {"id", "created", "updated", "deleted", "slug"}
    assert {column(field) for field in House.model_fields} == set(Property.model_fields) - bookkeeping


def test_every_policy_switch_is_in_the_file() -> None:
    assert PolicySwitches().plain() == Policy().words()


def test_sections_have_names_of_their_own_and_say_what_they_hold() -> None:
    assert len(BY_NAME) == len(SECTIONS)
    assert all(section.about.endswith(".") for section in SECTIONS)
