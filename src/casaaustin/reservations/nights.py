"""Taking and giving back nights: the only code that writes the table of night rows.

The key `(property_id, night)` decides who was first, on every database alike.
Source: docs/rules/pricing.md, 3.1; docs/rules/reservations.md, 0.4.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from casaaustin.availability.occupancy import Holding, holding, occupied_stay
from casaaustin.availability.queries import lock_houses
from casaaustin.availability.queries import nights as night_table
from casaaustin.db.work import Work
from casaaustin.errors import DatesTaken
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import HoldWithoutDeadline
from casaaustin.register.models import Reservation
from casaaustin.reservations.lapse import end_lapsed
from casaaustin.stays import Stay


def nights_of(reservation: Reservation) -> Stay:
    """The nights that the reservation's contract blocks, late checkout included."""
    contract = Stay(reservation.check_in_date, reservation.check_out_date)
    return occupied_stay(contract, late_checkout=reservation.late_checkout)


def holding_of(work: Work, reservation: Reservation) -> Holding | None:
    """Whether and how the reservation holds its nights."""
    switch = rate_book(work).policy.hold_without_deadline
    return holding(
        status=reservation.status,
        origin=reservation.origin,
        deadline=reservation.payment_voucher_deadline,
        voucher_uploaded=reservation.payment_voucher_uploaded,
        deleted=reservation.deleted,
        without_deadline_blocks=switch is HoldWithoutDeadline.BLOCKS,
    )


def clear_the_way(work: Work, houses: Iterable[UUID], stay: Stay, *, beside: UUID | None = None) -> None:
    """Lock the houses and end every lapsed hold that still owns one of these nights.

    A hold past its deadline blocks nobody, job or no job: whoever wants its
    nights ends it completely, in the same transaction.

    Args:
        work: a writing unit of work.
        houses: all houses that this transaction will write nights of.
        stay: the nights that are wanted.
        beside: a reservation that is not to be ended, because it is the one being written.
    """
    wanted = set(houses)
    lock_houses(work, wanted)
    statement = (
        select(night_table.c.reservation_id)
        .distinct()
        .where(
            night_table.c.property_id.in_(wanted),
            night_table.c.night >= stay.check_in,
            night_table.c.night < stay.check_out,
            night_table.c.held_until < work.clock.now(),
        )
    )
    if beside is not None:
        statement = statement.where(night_table.c.reservation_id != beside)
    for lapsed in work.session.connection().execute(statement).scalars().all():
        end_lapsed(work, lapsed)


def take(work: Work, reservation: Reservation) -> None:
    """Make the night rows of a reservation what its contract says, or refuse.

    The rows it has are replaced in one step, so a stay never meets itself. The
    caller has cleared the way; the key is the judge all the same.

    Raises:
        DatesTaken: another stay holds one of the nights; nothing has changed.
    """
    connection = work.session.connection()
    held = holding_of(work, reservation)
    own = night_table.c.reservation_id == reservation.id
    if held is None:
        connection.execute(delete(night_table).where(own))
        return
    stay = nights_of(reservation)
    house = reservation.property_id
    rows = [
        {"property_id": house, "night": night, "reservation_id": reservation.id, "held_until": held.until}
        for night in stay.nights()
    ]
    try:
        with connection.begin_nested():
            connection.execute(delete(night_table).where(own))
            connection.execute(insert(night_table), rows)
    except IntegrityError as clash:
        raise dates_taken(work, house, stay, beside=reservation.id) from clash


def give_back(work: Work, reservation_id: UUID) -> None:
    """Free all nights of a reservation."""
    work.session.connection().execute(
        delete(night_table).where(night_table.c.reservation_id == reservation_id)
    )


def dates_taken(work: Work, house: UUID, stay: Stay, *, beside: UUID | None = None) -> DatesTaken:
    """The refusal, with the nights that are in the way."""
    statement = select(night_table.c.night).where(
        night_table.c.property_id == house,
        night_table.c.night >= stay.check_in,
        night_table.c.night < stay.check_out,
    )
    if beside is not None:
        statement = statement.where(night_table.c.reservation_id != beside)
    taken = work.session.connection().execute(statement.order_by(night_table.c.night)).scalars().all()
    return taken_error(work, house, stay, taken)


def taken_error(work: Work, house: UUID, stay: Stay, taken: Iterable[date]) -> DatesTaken:
    """Say in one sentence which nights of which house are taken."""
    name = rate_book(work).by_id[house].name if house in rate_book(work).by_id else "The house"
    nights = tuple(taken)
    which = ", ".join(str(night) for night in nights[:5]) + (" …" if len(nights) > 5 else "")
    return DatesTaken(
        f"{name} is taken on {which or stay}.",
        hint="See other houses and dates with: casa availability",
        details={"house": house, "check_in": stay.check_in, "check_out": stay.check_out, "nights": nights},
    )
