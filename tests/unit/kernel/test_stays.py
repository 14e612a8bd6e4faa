from __future__ import annotations

from datetime import date, timedelta

import pytest

from casaaustin.errors import InvalidInput
from casaaustin.stays import Stay, is_weekend_night
from tests.support.world import stay


def test_a_stay_consists_of_its_nights() -> None:
    three = stay("2026-02-27", "2026-03-02")
    assert [night.day for night in three.nights()] == [27, 28, 1]
    assert three.night_count == 3
    assert date(2026, 3, 1) in three
    assert date(2026, 3, 2) not in three
    assert str(three) == "2026-02-27 → 2026-03-02"


@pytest.mark.parametrize(
    ("one", "other", "overlap"),
    [
        pytest.param("04-10 04-12", "04-12 04-14", False, id="one leaves when the other arrives"),
        pytest.param("04-10 04-12", "04-11 04-12", True, id="the last night is shared"),
        pytest.param("04-10 04-14", "04-11 04-12", True, id="one lies inside the other"),
        pytest.param("04-10 04-12", "04-10 04-12", True, id="the same"),
        pytest.param("04-10 04-12", "04-20 04-22", False, id="far apart"),
    ],
)
def test_stays_meet_when_they_share_a_night(one: str, other: str, overlap: bool) -> None:
    first, second = (stay(*(f"2026-{day}" for day in days.split())) for days in (one, other))
    assert first.overlaps(second) is second.overlaps(first) is overlap


@pytest.mark.parametrize("nights", [0, -1])
def test_a_stay_has_at_least_one_night(nights: int) -> None:
    first = date(2026, 4, 10)
    with pytest.raises(InvalidInput) as refused:
        Stay(first, first + timedelta(days=nights))
    assert (refused.value.field, refused.value.code) == ("check_out", "check_out_not_after_check_in")


def test_friday_and_saturday_nights_are_the_weekend() -> None:
    monday = date(2026, 4, 13)
    week = [is_weekend_night(monday + timedelta(days=offset)) for offset in range(7)]
    assert week == [False, False, False, False, True, True, False]
