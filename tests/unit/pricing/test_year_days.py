"""Days of the year as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.errors import InvalidInput
from casaaustin.pricing.ratebook import days_of_the_year
from casaaustin.pricing.year_days import YearDay, check_year_day, parse_month_day, parse_year_day


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12-25", YearDay(12, 25)),
        ("25/12", YearDay(12, 25)),
        ("5/1", YearDay(1, 5)),
        ("2026-04-05", YearDay(4, 5, 2026)),
        ("05/04/2026", YearDay(4, 5, 2026)),
        (" 02-29 ", YearDay(2, 29)),
        ("2028-02-29", YearDay(2, 29, 2028)),
    ],
)
def test_days_are_read_as_people_write_them(written: str, meant: YearDay) -> None:
    assert parse_year_day(written, field="day") == meant


@pytest.mark.parametrize(
    "written",
    ["", "25-12", "02-30", "31/04", "2026-02-29", "12/25", "1999-01-01", "9999-01-01", "²-3", "12-25 x"],
)
def test_days_that_no_year_has_are_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_year_day(written, field="start")
    assert refused.value.field == "start"


def test_a_day_of_every_year_takes_no_year() -> None:
    assert parse_month_day("15/12", field="start") == (12, 15)
    with pytest.raises(InvalidInput, match="takes no year"):
        parse_month_day("2026-12-15", field="start")


def test_a_leap_day_recurs_but_is_not_in_a_common_year() -> None:
    assert check_year_day(2, 29, None, field="day") == YearDay(2, 29)
    with pytest.raises(InvalidInput, match="in 2027"):
        check_year_day(2, 29, 2027, field="day")


@given(day=st.sampled_from(list(days_of_the_year())), year=st.none() | st.sampled_from([2024, 2028]))
def test_what_is_written_is_read_back(day: tuple[int, int], year: int | None) -> None:
    there = YearDay(*day, year)
    assert parse_year_day(str(there), field="day") == there


def test_recurring_days_come_first_and_then_by_date() -> None:
    days = [YearDay(1, 2, 2026), YearDay(12, 31), YearDay(1, 1)]
    assert sorted(days, key=lambda day: day.order) == [YearDay(1, 1), YearDay(12, 31), YearDay(1, 2, 2026)]
