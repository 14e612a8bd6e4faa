"""casa availability on the demo business. Source: docs/rules/pricing.md, 3.3."""

from __future__ import annotations

import pytest

from tests.support.commands import Casa


def test_free_houses_and_the_reasons_of_the_others(casa: Casa) -> None:
    found = casa("availability --from 2026-04-17 --to 2026-04-19 --guests 4 --json").json
    assert {house["slug"]: house["available"] for house in found["houses"]} == {
        "casa-austin-1": True,
        "casa-austin-2": False,
        "casa-austin-3": True,
        "casa-austin-4": False,
    }
    assert "quote_id" not in found


def test_nothing_free_offers_the_nearest_dates(casa: Casa) -> None:
    found = casa("availability --from 2026-04-10 --nights 2 --guests 20 --json").json
    assert not any(house["available"] for house in found["houses"])
    assert [(offer["check_in"], offer["days_away"], offer["house"]) for offer in found["alternatives"]] == [
        ("2026-04-12", 2, "casa-austin-3"),
        ("2026-04-07", -3, "casa-austin-3"),
        ("2026-04-16", 6, "casa-austin-3"),
    ]


@pytest.mark.parametrize(("most", "shown"), [("0", 0), ("1", 1), ("5", 5)])
def test_as_many_other_dates_as_asked_for(casa: Casa, most: str, shown: int) -> None:
    found = casa(f"availability --from 2026-04-10 --nights 2 --guests 20 --alternatives {most} --json").json
    assert len(found["alternatives"]) == shown


def test_features_and_beds_are_reasons(casa: Casa) -> None:
    found = casa("availability --from +4 --nights 2 --feature Jacuzzi --min-sleep 15 --json").json
    codes = {house["slug"]: [reason["code"] for reason in house["reasons"]] for house in found["houses"]}
    assert codes["casa-austin-1"] == ["occupied", "features", "sleeps"]
    assert codes["casa-austin-4"] == ["occupied", "features"]


def test_the_others_can_be_left_out(casa: Casa) -> None:
    found = casa("availability --from 2026-04-17 --nights 2 --guests 4 --free --json").json
    assert [house["slug"] for house in found["houses"]] == ["casa-austin-1", "casa-austin-3"]
    shown = casa("availability --from 2026-04-17 --nights 2 --guests 4 --free").out
    assert "Casa Austin 2" not in shown


def test_a_house_says_who_holds_each_night(casa: Casa) -> None:
    found = casa("availability --from 2026-04-13 --nights 4 --house casa-austin-4 --json").json
    assert [
        (held["night"], held["client"], held["status"], held["held_until"]) for held in found["holders"]
    ] == [
        ("2026-04-14", "Pedro Chávez", "incomplete", "2026-04-07T11:00:00-05:00"),
        ("2026-04-15", "Pedro Chávez", "incomplete", "2026-04-07T11:00:00-05:00"),
    ]


def test_a_lapsed_hold_holds_nothing(casa: Casa) -> None:
    """Renato's hold on 20 April lapsed yesterday, and no job has run."""
    found = casa("availability --from 2026-04-20 --nights 2 --house casa-austin-2 --json").json
    assert found["houses"][0]["available"]
    assert found["holders"] == []


def test_a_late_checkout_holds_the_night_of_the_departure(casa: Casa) -> None:
    found = casa("availability --from 2026-04-12 --nights 1 --house casa-austin-1 --json").json
    assert found["holders"][0]["client"] == "Carla Flores"
