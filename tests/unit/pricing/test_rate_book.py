from __future__ import annotations

from datetime import date

import pytest

from casaaustin.errors import InvalidInput
from casaaustin.pricing.ratebook import (
    CapacityMode,
    HoldWithoutDeadline,
    MinNightsMode,
    MonthDay,
    Policy,
    Season,
    check_month_day,
    days_of_the_year,
    natural_key,
)
from casaaustin.vocabulary import SeasonType
from tests.support.world import make_book, make_house, pure_world, special


def test_houses_come_in_natural_order() -> None:
    names = ["Casa 10", "casa 2", "Anexo", "Casa 1", "Casa", "Casa del Mar 3", "12", "3"]
    book = make_book(*(make_house(name) for name in names))
    assert [house.name for house in book.houses] == [
        "3",
        "12",
        "Anexo",
        "Casa",
        "Casa 1",
        "casa 2",
        "Casa 10",
        "Casa del Mar 3",
    ]


def test_houses_of_one_number_still_have_one_order() -> None:
    assert natural_key("Casa 02") != natural_key("Casa 2")


def season(start: MonthDay, end: MonthDay) -> Season:
    return Season("Verano", SeasonType.HIGH, start, end)


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        pytest.param((7, 25), (7, 31), [(7, 25), (7, 31)], [(7, 24), (8, 1)], id="within a year"),
        pytest.param(
            (12, 15), (3, 15), [(12, 15), (12, 31), (1, 1), (2, 29), (3, 15)], [(12, 14), (3, 16)], id="wraps"
        ),
        pytest.param((2, 29), (2, 29), [(2, 29)], [(2, 28), (3, 1)], id="the leap day alone"),
        pytest.param((1, 1), (12, 31), [(1, 1), (6, 30), (12, 31)], [], id="the whole year"),
    ],
)
def test_both_ends_of_a_season_belong_to_it(
    start: tuple[int, int],
    end: tuple[int, int],
    inside: list[tuple[int, int]],
    outside: list[tuple[int, int]],
) -> None:
    found = season(start, end)
    assert all(found.contains(day) for day in inside)
    assert not any(found.contains(day) for day in outside)


def test_a_calendar_can_have_366_days() -> None:
    days = list(days_of_the_year())
    assert len(set(days)) == len(days) == 366
    assert (2, 29) in days


def test_a_low_season_changes_no_price() -> None:
    book = make_book(seasons=(Season("Otoño", SeasonType.LOW, (4, 1), (6, 30)),))
    assert book.high_days == frozenset()
    assert book.season_name(date(2026, 5, 1)) is None


def test_the_policy_keeps_what_is_not_said() -> None:
    policy = Policy.from_words({"capacity_mode": "warn"})
    assert policy == Policy(MinNightsMode.WINDOW, CapacityMode.WARN, HoldWithoutDeadline.BLOCKS)
    assert Policy.from_words(policy.words()) == policy
    assert Policy.from_words({}) == Policy()


@pytest.mark.parametrize(
    ("words", "field"),
    [({"capacity": "warn"}, "capacity"), ({"capacity_mode": "maybe"}, "capacity_mode")],
)
def test_an_unknown_switch_is_refused_with_the_known_ones(words: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        Policy.from_words(words)
    assert refused.value.field == field
    assert refused.value.hint is not None


@pytest.mark.parametrize(("month", "day"), [(2, 30), (13, 1), (0, 1), (4, 31), (1, 0)])
def test_a_day_that_no_year_has_is_refused(month: int, day: int) -> None:
    with pytest.raises(InvalidInput):
        check_month_day(month, day, field="start")


def test_the_leap_day_exists() -> None:
    assert check_month_day(2, 29, field="start") == (2, 29)


def test_a_row_of_that_year_beats_the_recurring_one() -> None:
    every_year, easter = special(4, 5, "200.00"), special(4, 5, "300.00", year=2026)
    house = make_house(special_dates=(easter, every_year))
    assert house.special_on(date(2026, 4, 5)) == easter
    assert house.special_on(date(2027, 4, 5)) == every_year
    assert house.special_on(date(2026, 4, 6)) is None


def test_who_sleeps_where_nothing_is_known_is_who_may_enter() -> None:
    assert make_house(capacity_max=12, capacity_sleep=8).sleeps == 8
    assert make_house(capacity_max=12).sleeps == 12
    assert make_house(capacity_max=None).sleeps is None


def test_how_far_around_a_stay_one_must_look() -> None:
    assert pure_world().longest_minimum == 3
    assert make_book(make_house()).longest_minimum == 1
    assert make_book().longest_minimum == 1
