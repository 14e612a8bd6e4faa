from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import product

import pytest

from casaaustin.availability.occupancy import (
    FIRM,
    LIVE_STATUSES,
    Holding,
    Occupancy,
    free_runs,
    holding,
    occupied_stay,
    occupied_until,
)
from casaaustin.vocabulary import Origin, ReservationStatus
from tests.support.world import C1, C2, stay, taken

DEADLINE = datetime.fromisoformat("2026-04-06T10:00:00-05:00")
HELD = Holding(DEADLINE)
APPROVED, PENDING, INCOMPLETE = (
    ReservationStatus.APPROVED,
    ReservationStatus.PENDING,
    ReservationStatus.INCOMPLETE,
)
REVIEW = ReservationStatus.UNDER_REVIEW


@pytest.mark.parametrize(
    ("status", "origin", "deadline", "voucher", "expected"),
    [
        (APPROVED, Origin.CLIENT, DEADLINE, False, FIRM),
        (APPROVED, Origin.MAINTENANCE, None, False, FIRM),
        (REVIEW, Origin.CLIENT, DEADLINE, True, FIRM),
        (PENDING, Origin.CLIENT, DEADLINE, True, FIRM),
        (PENDING, Origin.CLIENT, DEADLINE, False, HELD),
        (PENDING, Origin.CLIENT, None, False, FIRM),
        (PENDING, Origin.STAFF, DEADLINE, False, FIRM),
        (PENDING, Origin.AIRBNB, None, False, FIRM),
        (INCOMPLETE, Origin.CLIENT, DEADLINE, False, HELD),
        (INCOMPLETE, Origin.STAFF, DEADLINE, False, HELD),
        (INCOMPLETE, Origin.STAFF, None, False, FIRM),
        (INCOMPLETE, Origin.AIRBNB, None, False, FIRM),
        (INCOMPLETE, Origin.CLIENT, None, False, FIRM),
        (ReservationStatus.REJECTED, Origin.CLIENT, DEADLINE, True, None),
        (ReservationStatus.CANCELLED, Origin.MAINTENANCE, None, False, None),
    ],
)
def test_how_a_reservation_holds_its_nights(
    status: ReservationStatus,
    origin: Origin,
    deadline: datetime | None,
    voucher: bool,
    expected: Holding | None,
) -> None:
    found = holding(status=status, origin=origin, deadline=deadline, voucher_uploaded=voucher, deleted=False)
    assert found == expected


@pytest.mark.parametrize(
    ("status", "origin", "voucher"), list(product(ReservationStatus, Origin, [True, False])), ids=str
)
def test_what_was_deleted_or_ended_holds_nothing(
    status: ReservationStatus, origin: Origin, voucher: bool
) -> None:
    def ask(*, deleted: bool) -> Holding | None:
        return holding(status=status, origin=origin, deadline=None, voucher_uploaded=voucher, deleted=deleted)

    assert ask(deleted=True) is None
    assert (ask(deleted=False) is not None) == (status in LIVE_STATUSES)


@pytest.mark.parametrize("origin", list(Origin), ids=str)
def test_a_hold_without_a_deadline_may_be_ignored_by_policy(origin: Origin) -> None:
    found = holding(
        status=INCOMPLETE,
        origin=origin,
        deadline=None,
        voucher_uploaded=False,
        deleted=False,
        without_deadline_blocks=False,
    )
    assert found is None


@pytest.mark.parametrize(
    ("minutes", "live"), [(-1, True), (0, True), (1, False)], ids=["before", "at the deadline", "after"]
)
def test_a_hold_lapses_by_the_clock_alone(minutes: int, live: bool) -> None:
    assert HELD.is_live(DEADLINE + timedelta(minutes=minutes)) is live
    assert FIRM.is_live(DEADLINE + timedelta(days=10_000))


def test_late_checkout_blocks_the_night_of_the_departure() -> None:
    contract = stay("2026-12-30", "2026-12-31")
    assert occupied_until(contract.check_out, late_checkout=False) == date(2026, 12, 31)
    assert occupied_stay(contract, late_checkout=True) == stay("2026-12-30", "2027-01-01")
    assert occupied_stay(contract, late_checkout=False) == contract


def test_a_calendar_tells_which_nights_are_taken() -> None:
    asked = stay("2026-04-10", "2026-04-15")
    calendar = taken(asked, (C1, stay("2026-04-12", "2026-04-14")), (C2, asked))
    assert calendar.taken_nights(C1, asked) == (date(2026, 4, 12), date(2026, 4, 13))
    assert calendar.is_free(C1, stay("2026-04-10", "2026-04-12"))
    assert calendar.is_free(C1, stay("2026-04-14", "2026-04-15"))
    assert not calendar.is_free(C2, asked)
    assert calendar.is_taken(C1, date(2026, 4, 13))


def test_a_stay_never_meets_itself() -> None:
    own = stay("2026-04-10", "2026-04-15")
    calendar = taken(own, (C1, own), (C2, own)).without(C1, own)
    assert calendar.is_free(C1, own)
    assert not calendar.is_free(C2, own)


def test_nights_outside_the_window_are_left_out_when_building() -> None:
    window = stay("2026-04-10", "2026-04-12")
    nights = stay("2026-04-08", "2026-04-14").nights()
    calendar = Occupancy.of(window, ((C1, night) for night in nights))
    assert calendar.masks == {C1: 0b11}


@pytest.mark.parametrize(
    ("nights", "runs"),
    [
        pytest.param([], ["10 20"], id="nothing taken"),
        pytest.param(range(10, 20), [], id="everything taken"),
        pytest.param([10, 19], ["11 19"], id="both ends"),
        pytest.param([14, 15], ["10 14", "16 20"], id="the middle"),
        pytest.param([9, 20, 21], ["10 20"], id="outside only"),
    ],
)
def test_free_runs_of_a_window(nights: list[int], runs: list[str]) -> None:
    window = stay("2026-04-10", "2026-04-20")
    found = free_runs([date(2026, 4, night) for night in nights], window)
    assert [f"{run.check_in.day} {run.check_out.day}" for run in found] == runs
