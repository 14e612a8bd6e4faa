"""Who may not be moved, and how much a move disturbs: docs/rules/pricing.md, 3.6.1 and 3.6.2."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casaaustin.moves.disturbance import Weights, disturbance
from casaaustin.moves.pinning import NEVER_LIFTED, Booking, Pin, is_pinned, pins
from casaaustin.vocabulary import Origin, ReservationStatus

FREE = Booking(has_begun=False, days_to_check_in=10, status=ReservationStatus.APPROVED, origin=Origin.STAFF)


@pytest.mark.parametrize(
    ("booking", "reasons"),
    [
        pytest.param(FREE, (), id="nothing against it"),
        pytest.param(replace(FREE, has_begun=True, days_to_check_in=0), (Pin.BEGUN, Pin.FROZEN), id="inside"),
        pytest.param(replace(FREE, origin=Origin.AIRBNB), (Pin.EXTERNAL,), id="that listing was bought"),
        pytest.param(replace(FREE, origin=Origin.MAINTENANCE), (Pin.MAINTENANCE,), id="maintenance"),
        pytest.param(replace(FREE, house_locked=True), (Pin.HOUSE_LOCKED,), id="promised this house"),
        pytest.param(replace(FREE, days_to_check_in=3), (Pin.FROZEN,), id="the third day still counts"),
        pytest.param(replace(FREE, days_to_check_in=4), (), id="the fourth does not"),
        pytest.param(replace(FREE, moved_count=1), (Pin.MOVED_BEFORE,), id="moved once"),
        pytest.param(
            replace(FREE, status=ReservationStatus.INCOMPLETE, has_deadline=True),
            (Pin.BEING_PAID,),
            id="being paid",
        ),
        pytest.param(
            replace(FREE, status=ReservationStatus.INCOMPLETE), (), id="incomplete without a deadline"
        ),
        pytest.param(
            replace(FREE, status=ReservationStatus.PENDING, has_deadline=True), (), id="pending is not"
        ),
    ],
)
def test_reasons_to_remain(booking: Booking, reasons: tuple[Pin, ...]) -> None:
    assert pins(booking) == reasons
    assert is_pinned(reasons) is bool(reasons)


def test_the_settings_decide_how_many_days_and_moves() -> None:
    assert pins(replace(FREE, moved_count=1), most_moves=2) == ()
    assert pins(replace(FREE, days_to_check_in=0), freeze_days=0) == (Pin.FROZEN,)
    assert pins(replace(FREE, days_to_check_in=10), freeze_days=14) == (Pin.FROZEN,)


@pytest.mark.parametrize("reason", list(Pin))
def test_staff_release_from_some_reasons(reason: Pin) -> None:
    assert is_pinned([reason], released=[reason]) is (reason in NEVER_LIFTED)
    assert is_pinned([reason, Pin.FROZEN], released=[reason]) is (reason is not Pin.FROZEN)


@pytest.mark.parametrize(
    ("status", "facts", "weight"),
    [
        pytest.param("approved", {"days_to_check_in": 10, "is_paid": True}, 60, id="B of M1"),
        pytest.param("approved", {"days_to_check_in": 10}, 50, id="C of M2"),
        pytest.param("pending", {"days_to_check_in": 9}, 36, id="B of M2"),
        pytest.param("under_review", {"days_to_check_in": 30}, 20, id="far away"),
        pytest.param("incomplete", {"days_to_check_in": 31, "earlier_moves": 2}, 60, id="moved twice"),
        pytest.param("approved", {"days_to_check_in": 400, "is_loyal": True}, 40, id="a loyal guest"),
    ],
)
def test_disturbance(status: str, facts: dict[str, int], weight: int) -> None:
    assert disturbance(ReservationStatus(status), **facts) == weight  # type: ignore[arg-type]


def test_weights_are_settings() -> None:
    weights = Weights(base=1, approved=2, near=0)
    assert disturbance(ReservationStatus.APPROVED, days_to_check_in=5, weights=weights) == 3
