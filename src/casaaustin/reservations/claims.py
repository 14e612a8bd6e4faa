"""What a reservation claims as long as it lives: its nights, and the use of its discount code.

Whatever changes the status, the deadline or the dates of a reservation ends with one of these two.
"""

from __future__ import annotations

from casaaustin.db.work import Work
from casaaustin.discounts import redemptions
from casaaustin.register.models import Reservation
from casaaustin.reservations.nights import give_back, holding_of, take
from casaaustin.vocabulary import ReservationStatus


def claim(work: Work, reservation: Reservation) -> None:
    """Make nights and use of the code what the reservation says, or refuse.

    Raises:
        DatesTaken: another stay holds one of the nights; nothing has changed.
        RuleRefused: the hold had lapsed, and the last use of its code is another's (`code_exhausted`).
    """
    take(work, reservation)
    held = holding_of(work, reservation)
    if held is None:
        redemptions.release(work, reservation.id)
        return
    redemptions.keep(
        work,
        reservation.id,
        confirmed=reservation.status is ReservationStatus.APPROVED,
        held_until=held.until,
    )


def let_go(work: Work, reservation: Reservation) -> None:
    """Free the nights and give the use of the code back. Safe to repeat."""
    give_back(work, reservation.id)
    redemptions.release(work, reservation.id)
