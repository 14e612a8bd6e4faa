"""What other domains ask the register of reservations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, and_, case, func, not_, or_, select

from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.register.models import Reservation
from casaaustin.vocabulary import Origin, ReservationStatus

_reservation = table_of(Reservation)

# A booking that is or may still become a stay; cancelled and rejected ones never will.
OPEN_STATUSES = (
    ReservationStatus.APPROVED,
    ReservationStatus.UNDER_REVIEW,
    ReservationStatus.PENDING,
    ReservationStatus.INCOMPLETE,
)


@dataclass(frozen=True, slots=True)
class Bookings:
    """How often a client has booked.

    Args:
        approved: approved reservations, of any date.
        open: approved, under review, pending and live holds.
    """

    approved: int = 0
    open: int = 0


def is_lapsed(now: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    """Whether a row is a hold past its deadline; at the deadline itself it is not yet.

    Source: docs/rules/reservations.md, 2.3 (T6) and 2.5.
    """
    return and_(
        ~_reservation.c.deleted,
        _reservation.c.payment_voucher_deadline < now,
        or_(
            _reservation.c.status == ReservationStatus.INCOMPLETE,
            and_(
                _reservation.c.status == ReservationStatus.PENDING,
                _reservation.c.origin == Origin.CLIENT,
                ~_reservation.c.payment_voucher_uploaded,
            ),
        ),
    )


def bookings_of(
    client: Any, now: datetime | BindParameter[Any], *, leaving_out: UUID | None = None
) -> Select[int, int]:
    """The statement that counts a client's bookings: columns `approved` and `open`.

    Args:
        client: an id, or a column to correlate with.
        now: the instant at which holds are live or lapsed.
        leaving_out: a reservation that is priced again. It does not count, nor does what was booked after
            it: a first booking stays the first when others follow.

    Source: docs/rules/pricing.md, 2.7.3.
    """
    statement = select(
        func.count(case((_reservation.c.status == ReservationStatus.APPROVED, 1))).label("approved"),
        func.count().label("open"),
    ).where(
        _reservation.c.client_id == client,
        ~_reservation.c.deleted,
        _reservation.c.status.in_(OPEN_STATUSES),
        # NULL-safe: a hold without a deadline has not lapsed.
        or_(_reservation.c.payment_voucher_deadline.is_(None), not_(is_lapsed(now))),
    )
    if leaving_out is None:
        return statement
    priced = _reservation.alias("priced")
    booked_at = select(priced.c.created).where(priced.c.id == leaving_out).scalar_subquery()
    return statement.where(_reservation.c.id != leaving_out, _reservation.c.created <= booked_at)


def bookings(work: Work, client: UUID, *, leaving_out: UUID | None = None) -> Bookings:
    """How often a client has booked; one statement."""
    row = work.connection.execute(bookings_of(client, work.clock.now(), leaving_out=leaving_out)).one()
    return Bookings(row.approved, row.open)
