"""The end of a hold whose deadline has passed. Source: docs/rules/reservations.md, 2.3 (T6) and 2.5."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select, update

from casaaustin.audit.service import record
from casaaustin.availability.queries import nights as night_table
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts import redemptions
from casaaustin.register.models import Reservation
from casaaustin.register.queries import is_lapsed
from casaaustin.vocabulary import CancelReason, ReservationStatus

_reservation = table_of(Reservation)


def lapsed_holds(work: Work, *, most: int) -> Sequence[UUID]:
    """Holds whose deadline has passed, oldest deadline first."""
    statement = (
        select(_reservation.c.id)
        .where(is_lapsed(work.clock.now()))
        .order_by(_reservation.c.payment_voucher_deadline, _reservation.c.id)
        .limit(most)
    )
    return work.session.connection().execute(statement).scalars().all()


def end_lapsed(work: Work, reservation_id: UUID) -> bool:
    """Cancel one lapsed hold and free its nights, if it still is one.

    One conditional statement decides: a voucher that arrived in between wins.

    Returns:
        Whether this call ended it.
    """
    now = work.clock.now()
    connection = work.session.connection()
    before = connection.execute(
        select(_reservation.c.status, _reservation.c.payment_voucher_deadline).where(
            _reservation.c.id == reservation_id
        )
    ).first()
    ended = connection.execute(
        update(_reservation)
        .where(_reservation.c.id == reservation_id, is_lapsed(now))
        .values(
            status=ReservationStatus.CANCELLED,
            cancel_reason=CancelReason.VOUCHER_DEADLINE,
            cancelled_at=now,
            cancelled_by=work.actor.name,
            updated=now,
            version=_reservation.c.version + 1,
        )
    )
    if ended.rowcount != 1 or before is None:
        return False
    connection.execute(delete(night_table).where(night_table.c.reservation_id == reservation_id))
    redemptions.release(work, reservation_id)
    record(
        work,
        "reservation.expire",
        "reservation",
        reservation_id,
        before={"status": before.status},
        after={"status": ReservationStatus.CANCELLED, "cancel_reason": CancelReason.VOUCHER_DEADLINE},
        reason=f"deadline {before.payment_voucher_deadline.isoformat()} passed",
    )
    return True
