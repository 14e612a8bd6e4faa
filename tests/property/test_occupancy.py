"""The calendar of taken nights against a plain set of nights."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.availability.occupancy import Occupancy, free_runs
from casaaustin.stays import Stay
from tests.support.world import C1, C2

WINDOW = Stay(date(2026, 12, 20), date(2027, 1, 19))
HOUSES = st.sampled_from([C1, C2])


def nights_of_window() -> st.SearchStrategy[date]:
    return st.integers(0, WINDOW.night_count - 1).map(lambda n: WINDOW.check_in + timedelta(days=n))


@st.composite
def stays_in_window(draw: st.DrawFn) -> Stay:
    first = draw(st.integers(0, WINDOW.night_count - 1))
    last = draw(st.integers(first, WINDOW.night_count - 1))
    return Stay(WINDOW.check_in + timedelta(days=first), WINDOW.check_in + timedelta(days=last + 1))


TAKEN = st.sets(
    st.tuples(HOUSES, st.one_of(nights_of_window(), st.dates(date(2026, 12, 1), date(2027, 2, 1))))
)


@given(taken=TAKEN, house=HOUSES, stay=stays_in_window())
def test_it_answers_like_a_set_of_nights(taken: set[tuple[UUID, date]], house: UUID, stay: Stay) -> None:
    calendar = Occupancy.of(WINDOW, taken)
    nights = [night for night in stay.nights() if (house, night) in taken]

    assert calendar.taken_nights(house, stay) == tuple(nights)
    assert calendar.is_free(house, stay) == (not nights)
    assert [night for night in WINDOW.nights() if calendar.is_taken(house, night)] == sorted(
        night for other, night in taken if other == house and night in WINDOW
    )


@given(
    taken=TAKEN,
    house=HOUSES,
    first=st.integers(-10, 45),
    length=st.integers(1, 20),
    asked=stays_in_window(),
)
def test_without_a_stay_its_nights_are_free_and_the_others_as_before(
    taken: set[tuple[UUID, date]], house: UUID, first: int, length: int, asked: Stay
) -> None:
    check_in = WINDOW.check_in + timedelta(days=first)
    own = Stay(check_in, check_in + timedelta(days=length))

    calendar = Occupancy.of(WINDOW, taken).without(house, own)

    left = {(other, night) for other, night in taken if other != house or night not in own}
    for other in (C1, C2):
        assert calendar.taken_nights(other, asked) == tuple(
            night for night in asked.nights() if (other, night) in left
        )


@given(taken=st.sets(st.dates(date(2026, 12, 1), date(2027, 2, 1))), window=stays_in_window())
def test_free_runs_are_all_the_free_nights_in_longest_runs(taken: set[date], window: Stay) -> None:
    runs = free_runs(taken, window)

    assert [night for run in runs for night in run.nights()] == [
        night for night in window.nights() if night not in taken
    ]
    assert all(one.check_out < other.check_in for one, other in pairwise(runs))


@pytest.mark.parametrize(
    "asked",
    [
        Stay(date(2026, 12, 19), date(2026, 12, 21)),
        Stay(date(2027, 1, 18), date(2027, 1, 20)),
        Stay(date(2027, 3, 1), date(2027, 3, 2)),
    ],
    ids=str,
)
def test_asking_beyond_the_window_is_refused_rather_than_free(asked: Stay) -> None:
    with pytest.raises(ValueError, match="outside the calendar"):
        Occupancy(WINDOW).is_free(C1, asked)
