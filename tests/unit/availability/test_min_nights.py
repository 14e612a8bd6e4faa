from __future__ import annotations

from datetime import timedelta

import pytest

from casaaustin.availability.min_nights import calendar_window, min_nights_violations
from casaaustin.availability.occupancy import Occupancy
from casaaustin.pricing.ratebook import MinNightsMode, SpecialDate
from tests.support.world import C1, make_house, special, stay, taken

WINDOW, FEASIBLE = MinNightsMode.WINDOW, MinNightsMode.FEASIBLE_RUN
NEW_YEAR = special(12, 31, "450.00", 3, label="Fin de Año")


def spoiled(
    asked: str, *dates: SpecialDate, mode: MinNightsMode = WINDOW, sold: str | None = None
) -> list[str]:
    house = make_house(special_dates=dates)
    wanted = stay(*asked.split())
    calendar = taken(wanted, *([(C1, stay(*sold.split()))] if sold else []))
    return [str(one.night) for one in min_nights_violations(house, wanted, calendar, mode)]


@pytest.mark.parametrize(
    ("asked", "nights"),
    [
        pytest.param("2026-12-27 2026-12-29", [], id="ends before the protected nights"),
        pytest.param("2026-12-27 2026-12-30", ["2026-12-31"], id="touches the first protected night"),
        pytest.param("2027-01-02 2027-01-05", ["2026-12-31"], id="touches the last, in the next year"),
        pytest.param("2027-01-03 2027-01-05", [], id="begins after them"),
        pytest.param("2026-12-31 2027-01-02", ["2026-12-31"], id="contains the date but is too short"),
        pytest.param("2026-12-29 2027-01-01", [], id="ends with the date"),
        pytest.param("2026-12-20 2027-01-10", [], id="long"),
    ],
)
def test_the_nights_around_a_special_date_are_protected(asked: str, nights: list[str]) -> None:
    assert spoiled(asked, NEW_YEAR) == nights


def test_a_minimum_of_one_never_refuses_anything() -> None:
    assert spoiled("2026-12-31 2027-01-01", special(12, 31, "450.00", 1)) == []


def test_all_offended_dates_are_listed_in_order() -> None:
    christmas = special(12, 25, "350.00", 4)
    assert spoiled("2026-12-28 2026-12-30", NEW_YEAR, christmas) == ["2026-12-25", "2026-12-31"]


def test_a_leap_day_protects_nothing_in_a_common_year() -> None:
    leap_day = special(2, 29, "190.00", 3)
    assert spoiled("2027-02-27 2027-03-01", leap_day) == []
    assert spoiled("2028-02-27 2028-02-29", leap_day) == ["2028-02-29"]


def test_a_date_of_one_year_protects_that_year_only() -> None:
    easter = special(4, 5, "300.00", 2, year=2026)
    assert spoiled("2026-04-04 2026-04-05", easter) == ["2026-04-05"]
    assert spoiled("2027-04-04 2027-04-05", easter) == []


def test_a_row_of_the_year_replaces_the_minimum_of_every_year() -> None:
    this_year = special(12, 31, "450.00", 1, year=2026)
    assert spoiled("2026-12-30 2026-12-31", NEW_YEAR, this_year) == []
    assert spoiled("2027-12-30 2027-12-31", NEW_YEAR, this_year) == ["2027-12-31"]


def test_a_date_that_is_sold_needs_no_protection() -> None:
    assert spoiled("2026-12-29 2026-12-31", NEW_YEAR, sold="2026-12-31 2027-01-03") == []


@pytest.mark.parametrize(
    ("asked", "sold", "nights"),
    [
        pytest.param("2026-12-28 2026-12-30", None, [], id="a run of three is left after it"),
        pytest.param(
            "2026-12-28 2026-12-31", "2027-01-02 2027-01-05", ["2026-12-31"], id="it takes the last run"
        ),
        pytest.param(
            "2026-12-28 2026-12-30",
            "2027-01-01 2027-01-05",
            ["2026-12-31"],
            id="two nights are left of three",
        ),
        pytest.param(
            "2026-12-28 2026-12-29", "2027-01-01 2027-01-05", [], id="exactly three nights are left"
        ),
        pytest.param(
            "2027-01-01 2027-01-02", "2026-12-28 2026-12-31", ["2026-12-31"], id="the run lies after the date"
        ),
    ],
)
def test_the_less_strict_mode_refuses_only_who_takes_the_last_chance(
    asked: str, sold: str | None, nights: list[str]
) -> None:
    assert spoiled(asked, NEW_YEAR, mode=FEASIBLE, sold=sold) == nights


def test_where_no_run_was_left_before_nothing_is_destroyed() -> None:
    house = make_house(special_dates=(NEW_YEAR,))
    asked = stay("2027-01-01", "2027-01-02")
    calendar = taken(asked, (C1, stay("2026-12-28", "2026-12-31")), (C1, stay("2027-01-02", "2027-01-05")))
    assert min_nights_violations(house, asked, calendar, FEASIBLE) == ()
    assert len(min_nights_violations(house, asked, calendar, WINDOW)) == 1


@pytest.mark.parametrize("minimum", [1, 2, 3, 7])
def test_the_calendar_window_is_wide_enough_in_both_modes(minimum: int) -> None:
    """An occupancy refuses to answer beyond its window, so too narrow a one would raise."""
    asked = stay("2026-12-20", "2026-12-22")
    window = calendar_window(asked, minimum)
    for offset in range(-2 * minimum, 2 * minimum + 2):
        night = asked.check_in + timedelta(days=offset)
        house = make_house(special_dates=(special(night.month, night.day, "100.00", minimum),))
        for mode in MinNightsMode:
            min_nights_violations(house, asked, Occupancy(window), mode)
