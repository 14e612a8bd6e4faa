"""Setting policy switches, with what follows for the nights. Source: docs/rules/pricing.md, 0 and 3.1."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import select

from casaaustin.changes import Changed
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, DatesTaken
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.service.switches import set_switches
from casaaustin.register.models import Reservation
from casaaustin.reservations.claims import claim
from casaaustin.reservations.nights import clear_the_way, nights_of
from casaaustin.vocabulary import ReservationStatus

_reservation = table_of(Reservation)


def set_policy(work: Work, words: Mapping[str, str], *, reason: str = "") -> Changed:
    """Set policy switches; holds without a deadline take or give back their nights at once.

    Args:
        work: a writing unit of work.
        words: values by the name of the switch.
        reason: why.

    Raises:
        InvalidInput: an unknown switch or value.
        Conflict: holds without a deadline are to block again, but their nights are sold by now.
    """
    before = rate_book(work).policy.hold_without_deadline
    changed = set_switches(work, words, reason=reason)
    work.session.flush()
    if rate_book(work).policy.hold_without_deadline is not before:
        _renew_nights(work)
    return changed


def _renew_nights(work: Work) -> None:
    statement = (
        select(Reservation)
        .where(
            _reservation.c.status == ReservationStatus.INCOMPLETE,
            _reservation.c.payment_voucher_deadline.is_(None),
            ~_reservation.c.deleted,
        )
        .order_by(_reservation.c.created, _reservation.c.id)
    )
    for hold in work.session.exec(statement).all():
        clear_the_way(work, [hold.property_id], nights_of(hold), beside=hold.id)
        try:
            claim(work, hold)
        except DatesTaken as taken:
            raise Conflict(
                f"The hold {hold.id.hex[:8]} cannot block again: {taken.message}",
                hint="Cancel or move that hold first.",
                details={"reservation": hold.id, **taken.details},
            ) from None
