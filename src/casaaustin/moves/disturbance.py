"""How much it disturbs to move one reservation. Source: docs/rules/pricing.md, 3.6.2."""

from __future__ import annotations

from dataclasses import dataclass

from casaaustin.vocabulary import ReservationStatus


@dataclass(frozen=True, slots=True)
class Weights:
    """What each circumstance adds.

    Attributes:
        base: every move.
        approved, under_review, pending: the status.
        paid: the stay is paid for.
        near: check-in is nearer than so many days; one for each day that is missing.
        earlier_move: each time it was moved before.
        loyal: the guest holds one of the two highest levels.
    """

    base: int = 10
    approved: int = 20
    under_review: int = 10
    pending: int = 5
    paid: int = 10
    near: int = 30
    earlier_move: int = 25
    loyal: int = 10


def disturbance(
    status: ReservationStatus,
    *,
    days_to_check_in: int,
    is_paid: bool = False,
    earlier_moves: int = 0,
    is_loyal: bool = False,
    weights: Weights | None = None,
) -> int:
    """How much it would disturb to move a reservation: a pending one less than one that is paid for.

    Args:
        status: of the reservation.
        days_to_check_in: calendar days from today to check-in.
        is_paid: whether it is fully paid.
        earlier_moves: how often it was moved.
        is_loyal: whether the guest holds one of the two highest levels.
        weights: the settings; None means the usual ones.

    Source: docs/rules/pricing.md, 3.6.2.
    """
    use = weights or Weights()
    by_status = {
        ReservationStatus.APPROVED: use.approved,
        ReservationStatus.UNDER_REVIEW: use.under_review,
        ReservationStatus.PENDING: use.pending,
    }
    return (
        use.base
        + by_status.get(status, 0)
        + (use.paid if is_paid else 0)
        + max(0, use.near - days_to_check_in)
        + use.earlier_move * earlier_moves
        + (use.loyal if is_loyal else 0)
    )
