"""Export and apply on every database. Source: docs/adr/0010-configuration-file.md."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from casaaustin.clients.models import Client
from casaaustin.configuration.difference import Kind
from casaaustin.configuration.document import Configuration, Format, dump, parse
from casaaustin.configuration.service import Applied, apply, export
from casaaustin.db.work import Database, Work
from casaaustin.errors import Conflict, InvalidInput, NotFound, RuleRefused
from casaaustin.levels.queries import level_of
from casaaustin.levels.service import give
from casaaustin.pricing.models import CancellationPolicy, SeasonPricing
from casaaustin.stays import Stay
from casaaustin.vocabulary import SeasonType
from tests.integration.pricing_admin.conftest import Office
from tests.support.databases import Databases
from tests.support.databases import Kind as DatabaseKind
from tests.support.desk import Desk
from tests.support.world import C1, make_client


def text_of(office: Office) -> str:
    """The whole business as TOML."""
    return dump(office.read(export), Format.TOML)


def applying(text: str, *, prune: bool = False) -> Callable[[Work], Applied]:
    """The use case of applying a file."""
    wanted = parse(text, Format.TOML)
    return lambda work: apply(work, wanted, prune=prune, reason="file")


def test_its_own_export_changes_nothing(office: Office) -> None:
    text, version = text_of(office), office.book().version
    applied = office.do(applying(text, prune=True))
    assert (applied.changes, applied.kept) == ((), ())
    assert office.book().version == version
    assert office.trail() == []


def test_the_business_moves_to_an_empty_database_byte_by_byte(
    office: Office, databases: Databases, clock: Any
) -> None:
    text = text_of(office)
    with databases.empty(DatabaseKind.SQLITE, clock) as other:
        new = Office(other, office.actor)
        new.do(applying(text))
        assert text_of(new) == text
        prices = [[house.rates, house.special_dates] for house in new.book().houses]
        assert prices == [[house.rates, house.special_dates] for house in office.book().houses]


def test_each_change_is_told_old_and_new_and_audited(office: Office) -> None:
    text = (
        text_of(office)
        .replace('usd_to_sol = "3.725"', 'usd_to_sol = "3.740"')
        .replace("capacity_max = 40", "capacity_max = 44")
    )
    applied = office.do(applying(text))
    told = [
        (one.section, one.key, one.kind, [(field.field, field.old, field.new) for field in one.fields])
        for one in applied.changes
    ]
    assert told == [
        ("exchange_rate", (), Kind.CHANGE, [("usd_to_sol", "3.725", "3.740")]),
        ("houses", ("casa-3",), Kind.CHANGE, [("capacity_max", 40, 44)]),
    ]
    trail = office.trail()
    assert [event.action for event in trail] == [
        "exchange_rate.deactivate",
        "exchange_rate.add",
        "house.edit",
    ]
    assert {(event.actor, event.reason) for event in trail} == {("ana", "file")}
    assert text_of(office) == text


def test_a_dry_run_says_the_same_and_changes_nothing(office: Office) -> None:
    before = text_of(office)
    wanted = before.replace('"350.00"', '"360.00"')
    rehearsed = office.do(applying(wanted), dry_run=True)
    assert text_of(office) == before
    assert office.do(applying(wanted)) == rehearsed


def test_a_section_that_is_missing_is_not_touched(office: Office) -> None:
    before = text_of(office)
    applied = office.do(applying("version = 1\n", prune=True))
    assert (applied.changes, applied.kept) == ((), ())
    assert text_of(office) == before


def test_what_the_file_does_not_mention_stays_unless_pruned(office: Office) -> None:
    only = 'version = 1\n[seasons.Verano]\nseason_type = "high"\nstart = "12-15"\nend = "03-15"\n'
    applied = office.do(applying(only))
    assert applied.changes == ()
    assert [one.key for one in applied.kept] == [("Fiestas Patrias",)]
    pruned = office.do(applying(only, prune=True))
    assert [(one.kind, one.key) for one in pruned.changes] == [(Kind.REMOVE, ("Fiestas Patrias",))]
    assert [season.name for season in office.book().seasons] == ["Verano"]


def test_a_pruned_house_comes_back_as_the_same_house(office: Office) -> None:
    before = text_of(office)
    houses = office.read(lambda work: export(work, ["houses"]))
    without = Configuration(
        {"houses": {key: item for key, item in houses.sections["houses"].items() if key != ("casa-1",)}}
    )
    office.do(lambda work: apply(work, without, prune=True))
    assert C1 not in office.book().by_id
    office.do(applying(before))
    assert C1 in office.book().by_id
    assert text_of(office) == before


def test_a_house_with_stays_is_never_pruned(database: Database, actor: Any) -> None:
    desk = Desk.open(database)
    desk.reserve(Stay(date(2026, 5, 4), date(2026, 5, 7)), C1)
    office = Office(database, actor)
    before = text_of(office)
    with pytest.raises(RuleRefused) as refused:
        office.do(applying('version = 1\n[houses.casa-2]\nname = "Casa 2"\n', prune=True))
    assert refused.value.code == "house_has_stays"
    assert "is_open = false" in str(refused.value.hint)
    assert text_of(office) == before


def test_one_refusal_and_nothing_of_the_file_is_there(office: Office) -> None:
    before = text_of(office)
    wanted = before.replace("capacity_max = 40", "capacity_max = 44") + (
        '\n[seasons.VERANO]\nseason_type = "low"\nstart = "01-01"\nend = "01-02"\n'
    )
    wanted = wanted.replace("[seasons.Verano]", "[seasons.Otro]")
    with pytest.raises(Conflict):
        office.do(applying(wanted))
    assert text_of(office) == before
    # What goes makes room first.
    office.do(applying(wanted, prune=True))


def test_houses_that_do_not_exist_are_all_told(office: Office) -> None:
    text = (
        'version = 1\n[services.Breakfast]\nprice_usd = "1"\nhouses = ["casa-1", "casa-8"]\n'
        '[special_dates.casa-9.12-25]\nprice_usd = "1"\n'
    )
    with pytest.raises(InvalidInput) as refused:
        office.do(applying(text))
    assert refused.value.details["reasons"] == [
        "special_dates.casa-9.12-25: there is no house 'casa-9'",
        "services.Breakfast: there is no house 'casa-8'",
    ]


def test_a_file_may_add_a_house_and_mention_it(office: Office) -> None:
    text = (
        'version = 1\n[houses.casa-6]\nname = "Casa 6"\n'
        '[nightly_prices.casa-6]\nweekday_low_season_usd = "80"\nweekend_low_season_usd = "90"\n'
        'weekday_high_season_usd = "95"\nweekend_high_season_usd = "99"\n'
    )
    office.do(applying(text))
    assert office.book().houses[-1].name == "Casa 6"


def test_defaults_change_hands_whatever_the_order(office: Office) -> None:
    text = text_of(office)
    swapped = text.replace("is_default = true", "is_default = ?").replace(
        "is_default = false", "is_default = true", 1
    )
    office.do(applying(swapped.replace("is_default = ?", "is_default = false")))
    assert text_of(office) == swapped.replace("is_default = ?", "is_default = false")
    office.do(applying(text))
    assert text_of(office) == text


def test_a_business_with_two_seasons_of_one_name_says_so(office: Office) -> None:
    def use(work: Work) -> None:
        work.session.add(
            SeasonPricing(
                name="Verano", season_type=SeasonType.LOW, start_month=1, start_day=1, end_month=1, end_day=2
            )
        )

    office.do(use)
    with pytest.raises(Conflict, match="Two of seasons"):
        office.read(export)


def test_a_business_that_the_file_cannot_say_says_where(office: Office) -> None:
    def use(work: Work) -> None:
        from decimal import Decimal

        work.session.add(
            CancellationPolicy(name="Too much", days_before_checkin=1, refund_percentage=Decimal("150.00"))
        )

    office.do(use)
    with pytest.raises(RuleRefused) as refused:
        office.read(export)
    assert "refund_percentage" in refused.value.details["reasons"][0]


def test_some_sections_can_be_exported(office: Office) -> None:
    found = office.read(lambda work: export(work, ["seasons", "exchange_rate"]))
    assert list(found.sections) == ["exchange_rate", "seasons"]
    with pytest.raises(NotFound):
        office.read(lambda work: export(work, ["discount"]))


LEVELS_AND_RULES = """\
version = 1

[levels.Viajero]
required_reservations = 3
order = 1

[levels.Leyenda]
icon = "★"
required_reservations = 10
order = 2

[referral_discounts.Leyenda]
discount_percentage = "15.00"

[automatic_discounts.Club]
trigger = "loyalty"
discount_percentage = "12.00"
required_levels = ["Leyenda"]

[automatic_discounts."Jueves y domingo"]
trigger = "global_promotion"
discount_percentage = "10.00"
max_discount_usd = "40.00"
specific_weekdays = ["sunday", "thursday"]
start_date = 2026-05-01
end_date = "2026-05-31"
houses = ["casa-1"]
"""


def hold(office: Office, level: str) -> Client:
    guest = make_client()
    office.do(lambda work: work.session.add(guest))
    office.do(lambda work: give(work, str(guest.id), level, reason="agreed"))
    return guest


def test_levels_and_discounts_are_applied_and_come_back(office: Office) -> None:
    rehearsed = office.do(applying(LEVELS_AND_RULES), dry_run=True)
    assert [(one.section, one.key, one.kind) for one in rehearsed.changes] == [
        ("levels", ("Leyenda",), Kind.ADD),
        ("levels", ("Viajero",), Kind.ADD),
        ("referral_discounts", ("Leyenda",), Kind.ADD),
        ("automatic_discounts", ("Club",), Kind.ADD),
        ("automatic_discounts", ("Jueves y domingo",), Kind.ADD),
    ]
    assert office.read(lambda work: export(work, ["levels"])).sections["levels"] == {}

    office.do(applying(LEVELS_AND_RULES))
    text = text_of(office)
    assert 'specific_weekdays = [\n    "thursday",\n    "sunday",\n]' in text
    assert 'start_date = "2026-05-01"' in text
    again = office.do(applying(text, prune=True))
    assert (again.changes, again.kept) == ((), ())
    guest = hold(office, "Leyenda")
    change = text.replace("required_reservations = 10", "required_reservations = 12")
    (changed,) = office.do(applying(change, prune=True)).changes
    assert [(field.field, field.old, field.new) for field in changed.fields] == [
        ("required_reservations", 10, 12)
    ]
    level = office.read(lambda work: level_of(work, guest.id))
    assert level is not None
    assert level.name == "Leyenda"


def test_a_level_whose_capitals_change_stays_the_one_that_guests_hold(office: Office) -> None:
    office.do(applying(LEVELS_AND_RULES))
    guest = hold(office, "Leyenda")
    office.do(applying(text_of(office).replace("Leyenda", "LEYENDA"), prune=True))
    level = office.read(lambda work: level_of(work, guest.id))
    assert level is not None
    assert level.name == "LEYENDA"
    assert "Leyenda" not in text_of(office)


def test_a_file_that_mentions_unknown_levels_names_them_all(office: Office) -> None:
    office.do(applying(LEVELS_AND_RULES))
    wanted = LEVELS_AND_RULES.replace("[levels.Leyenda]", "[levels.Oro]")
    with pytest.raises(InvalidInput) as refused:
        office.do(applying(wanted, prune=True))
    assert refused.value.code == "level_not_found"
    assert refused.value.details["reasons"] == [
        "referral_discounts.Leyenda: there is no level 'Leyenda'",
        "automatic_discounts.Club: there is no level 'Leyenda'",
    ]


def test_a_level_that_goes_takes_its_referral_discount_with_it_but_no_rule_becomes_wider(
    office: Office,
) -> None:
    office.do(applying(LEVELS_AND_RULES))
    only_levels = "version = 1\n\n[levels.Viajero]\nrequired_reservations = 3\norder = 1\n"
    with pytest.raises(RuleRefused) as refused:
        office.do(applying(only_levels, prune=True))
    assert refused.value.code == "level_has_rules"
    without_club = (
        only_levels
        + "\n[automatic_discounts.Otro]\n"
        + ('trigger = "birthday"\ndiscount_percentage = "5.00"\n')
    )
    office.do(applying(without_club, prune=True))
    sections = office.read(export).sections
    assert list(sections["levels"]) == [("Viajero",)]
    assert sections["referral_discounts"] == {}
    assert list(sections["automatic_discounts"]) == [("Otro",)]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('trigger = "loyalty"', "required_levels: A loyalty discount needs at least one level"),
        (
            "restrict_weekdays = true\nrestrict_weekends = true",
            "restrict_weekends: A discount cannot be both",
        ),
        ('specific_weekdays = ["jueves"]', "'jueves' is not a weekday"),
        ("start_date = 2026-05-02\nend_date = 2026-05-01", "end_date: The window ends on 2026-05-01"),
        ('discount_percentage = "0.00"', "must be more than 0"),
        ('max_discount_usd = "0.00"', "must be more than 0"),
    ],
)
def test_a_rule_that_cannot_be_computed_is_a_fault_of_the_file(line: str, fault: str) -> None:
    usual = {"trigger": 'trigger = "birthday"', "discount_percentage": 'discount_percentage = "5.00"'}
    fields = [text for name, text in usual.items() if not line.startswith(name)]
    with pytest.raises(InvalidInput) as refused:
        parse("\n".join(["version = 1", "[automatic_discounts.Otro]", *fields, line]), Format.TOML)
    (said,) = refused.value.details["reasons"]
    assert said.startswith("automatic_discounts.Otro")
    assert fault in said
