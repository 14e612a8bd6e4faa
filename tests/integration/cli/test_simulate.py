"""`casa discounts simulate` on the demo business."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Casa

CHANGED = """
version = 1

[policy_switches]
capacity_mode = "enforce"

[automatic_discounts."Trial"]
trigger = "global_promotion"
discount_percentage = "7.50"

[nightly_prices.casa-austin-1]
weekday_low_season_usd = "150.00"
weekend_low_season_usd = "180.00"
weekday_high_season_usd = "160.00"
weekend_high_season_usd = "240.00"
"""


@pytest.fixture
def file(tmp_path: Path, casa: Casa) -> str:
    """A changed configuration, in the folder where one types."""
    (tmp_path / "changed.toml").write_text(CHANGED, encoding="utf-8")
    return "changed.toml"


def test_the_table_adds_up_and_the_largest_differences_say_why(casa: Casa, file: str) -> None:
    ran = casa(f"discounts simulate {file} --most 2")
    assert ran.status == 0, ran.err
    assert "Jan 2026" in ran.out
    assert ran.out.count("  discount none → Trial 7.5% (-US$ ") == 2
    assert "prices differ." in ran.out


def test_json_and_csv_say_the_same(casa: Casa, file: str) -> None:
    document: Any = casa(f"discounts simulate {file} --json").json
    assert document["from"] == "2025-04-07"
    assert document["to"] == "2026-04-06"
    rows = list(csv.DictReader(casa(f"discounts simulate {file} --csv").out.splitlines()))
    for group, part in document["groups"].items():
        mine = [row for row in rows if row["group"] == group]
        lines = [{name: str(value) for name, value in line.items()} for line in part["lines"]]
        assert [{name: row[name] for name in row if name != "group"} for row in mine] == lines
        for currency in ("usd", "sol"):
            total = sum((Decimal(row[f"difference_{currency}"]) for row in mine), Decimal(0))
            assert total == Decimal(part[f"difference_{currency}"])
    assert document["groups"]["booking"]["touched"] > 0
    assert len(document["largest"]) == 5
    assert document["largest"][0]["changed"]["won"]["name"] == "Trial"


def test_bars_show_months_and_houses(casa: Casa, file: str) -> None:
    out = casa(f"discounts simulate {file} --plot").out
    assert "Difference by month" in out
    assert "Difference by house" in out
    assert "█│" in out  # the houses that only got cheaper


@pytest.mark.parametrize("columns", [80, 60])
@pytest.mark.parametrize("form", ["", "--plot"])
def test_it_fits_the_terminal(on_terminal: Callable[..., str], file: str, columns: int, form: str) -> None:
    shown = on_terminal(f"discounts simulate {file} {form}", columns)
    assert [line for line in shown.splitlines() if len(line) > columns] == []


def test_the_configuration_as_it_is_makes_no_difference(casa: Casa) -> None:
    assert casa("config export --output casa.toml").status == 0
    ran = casa("discounts simulate casa.toml --prune")
    assert "no price differs." in ran.out
    assert "Largest differences" not in ran.out


def test_a_period_without_bookings(casa: Casa, file: str) -> None:
    ran = casa(f"discounts simulate {file} --from 2020-01-01 --to 2020-12-31")
    assert (ran.status, ran.out) == (0, "Nothing to replay in that period.\n")
    assert casa(f"discounts simulate {file} --from 2020-01-01 --to 2020-12-31 --csv").out.count("\n") == 1


def test_nothing_is_written(casa: Casa, file: str, contents: Callable[[], list[str]]) -> None:
    before = contents()
    assert casa(f"discounts simulate {file} --prune").status == 0
    assert contents() == before


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ("nowhere.toml", 3, "There is no file nowhere.toml."),
        ("faulty.toml", 2, "the house is"),
        ("changed.toml --house nowhere", 3, "There is no house 'nowhere'."),
        ("changed.toml --from 2026-05-01", 2, "before it begins"),
        ("changed.toml --from someday", 2, "--from is not a day"),
        ("changed.toml --by luck", 2, "luck"),
        ("changed.toml --json --csv", 2, "exclude each other"),
        ("changed.toml --json --plot", 2, "exclude each other"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(
    casa: Casa, file: str, tmp_path: Path, arguments: str, status: int, said: str
) -> None:
    (tmp_path / "faulty.toml").write_text(CHANGED.replace("enforce", "the house is full"), encoding="utf-8")
    ran = casa(f"discounts simulate {arguments}")
    assert ran.status == status
    assert ran.out == ""
    assert "Traceback" not in ran.err
    if arguments != "faulty.toml":
        assert said in ran.err
    else:
        assert "policy_switches.capacity_mode" in ran.err
