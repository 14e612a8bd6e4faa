"""Reading who lives where: one statement for the nights that usually matter, a second one when more do.

The rows are plain tuples; `holding` decides what blocks and `pins` who may not be moved,
as everywhere else. Source: docs/rules/pricing.md, 3.1 and 3.6.1.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, case, func, or_, select

from casaaustin.availability.occupancy import LIVE_STATUSES, holding, occupied_until
from casaaustin.clock import lima_instant, today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.moves.disturbance import disturbance
from casaaustin.moves.instance import House as Place
from casaaustin.moves.instance import Instance, Request, request_rank
from casaaustin.moves.instance import Stay as Living
from casaaustin.moves.pinning import Booking, Pin, is_pinned, pins
from casaaustin.pricing.nights import stay_price
from casaaustin.pricing.ratebook import HoldWithoutDeadline, House, RateBook
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment.terms import Terms
from casaaustin.register.models import Reservation
from casaaustin.stays import ONE_DAY, Stay
from casaaustin.vocabulary import Origin, ReservationStatus

USUAL_REACH = timedelta(days=60)
LOYAL_BOOKINGS = 5
"""Approved bookings from which a guest is gold."""

LAST_DAY = date(9999, 12, 31)
_APPROVED = ReservationStatus.APPROVED

_reservation = table_of(Reservation)
_theirs = table_of(Reservation).alias("theirs")


class Resident(NamedTuple):
    """A reservation that takes nights, as one row of the reading."""

    id: UUID
    house: UUID
    check_in: date
    check_out: date
    late_checkout: bool
    guests: int
    features: list[str]
    booked_class: int | None
    status: ReservationStatus
    origin: Origin
    house_locked: bool
    moved_count: int
    deadline: datetime | None
    voucher_uploaded: bool
    full_payment: bool
    version: int
    bookings: int

    @property
    def nights(self) -> Stay:
        """The nights it takes, late checkout included."""
        return Stay(self.check_in, occupied_until(self.check_out, late_checkout=self.late_checkout))


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The houses between which stays can be moved, who lives in them, and the question about them.

    Args:
        houses: of one zone, in natural order.
        residents: by id; those who were left out of the reading are too far away to matter.
        pins: why each of them must remain, before anything was lifted.
        instance: the same as the search reads it.
    """

    houses: tuple[House, ...]
    residents: Mapping[UUID, Resident]
    pins: Mapping[UUID, tuple[Pin, ...]]
    instance: Instance


def zones(book: RateBook, request: QuoteRequest) -> tuple[tuple[House, ...], ...]:
    """The houses among which a request may be placed, zone by zone; one zone when it insists on a house."""
    found: dict[str | None, list[House]] = {}
    for house in book.houses:
        found.setdefault(house.zone, []).append(house)
    if request.house is not None:
        wanted = book.by_id[request.house].zone
        return (tuple(found[wanted]),)
    return tuple(tuple(houses) for houses in found.values())


def residents(
    work: Work, book: RateBook, houses: Collection[UUID], window: Stay | None, *, but: Collection[UUID] = ()
) -> tuple[Resident, ...]:
    """Everybody who takes a night of these houses within the window, by check-in; one statement.

    Args:
        work: the open unit of work.
        book: for the switch that decides about holds without a deadline.
        houses: whose nights.
        window: which nights; None for every night from yesterday on.
        but: reservations that are left out.
    """
    first = window.check_in if window is not None else today(work.clock) - ONE_DAY
    last = window.check_out if window is not None else LAST_DAY
    rows = work.connection.execute(
        _living(),
        {"houses": list(houses), "first": first, "last": last, "approved": _APPROVED},
    )
    now = work.clock.now()
    blocks = book.policy.hold_without_deadline is HoldWithoutDeadline.BLOCKS
    return tuple(
        resident
        for resident in map(Resident._make, rows)
        if resident.id not in but and _takes_nights(resident, now, without_deadline_blocks=blocks)
    )


def residents_by_id(work: Work, wanted: Collection[UUID]) -> dict[UUID, Resident]:
    """Reservations as the search reads them, wherever they are and whatever became of them; one statement."""
    rows = work.connection.execute(_reading().where(_reservation.c.id.in_(wanted)), {"approved": _APPROVED})
    return {row.id: Resident._make(row) for row in rows}


def neighbourhood(
    work: Work,
    book: RateBook,
    houses: tuple[House, ...],
    living: Iterable[Resident],
    request: QuoteRequest,
    terms: Terms,
) -> Neighbourhood:
    """The question of one zone as the search reads it."""
    here = {house.id for house in houses}
    known = {resident.id: resident for resident in living if resident.house in here}
    now, day = work.clock.now(), today(work.clock)
    by_id = {house.id: house for house in houses}
    kept = {one.id: _pins_of(one, by_id[one.house], now, day, terms) for one in known.values()}
    ranks = _ranks(book, houses, request)
    places = tuple(
        Place(house.id, house.capacity_max, house.features, ranks[house.id], house.is_open)
        for house in houses
    )
    stays = tuple(
        _as_living(one, kept[one.id], ranks, day, terms, by_class=_has_classes(houses))
        for one in known.values()
    )
    wanted = Request(
        start=request.stay.check_in.toordinal(),
        end=request.stay.check_out.toordinal(),
        guests=request.guests,
        features=request.features,
        rank=request_rank(places, request.guests),
        house=request.house,
        allowed=frozenset(house.id for house in houses if _suits(house, request)),
    )
    return Neighbourhood(houses, known, kept, Instance(day.toordinal(), places, stays, wanted))


def is_whole(found: Neighbourhood, window: Stay, moves: int) -> bool:
    """Whether a window holds everybody whom so many moves could reach; else more must be read."""
    first, last = window.check_in.toordinal(), window.check_out.toordinal()
    start, end = found.instance.request.start, found.instance.request.end
    for _ in range(moves + 1):
        reached = [
            stay for stay in found.instance.stays if not stay.pinned and stay.start < end and stay.end > start
        ]
        wider = (
            min([start, *(stay.start for stay in reached)]),
            max([end, *(stay.end for stay in reached)]),
        )
        if wider == (start, end):
            break
        start, end = wider
    return first + 2 <= start and end <= last - 2


def _suits(house: House, request: QuoteRequest) -> bool:
    enough_beds = request.min_sleep is None or house.sleeps is None or house.sleeps >= request.min_sleep
    return house.is_open and enough_beds


def _as_living(
    one: Resident,
    reasons: tuple[Pin, ...],
    ranks: Mapping[UUID, int],
    day: date,
    terms: Terms,
    *,
    by_class: bool,
) -> Living:
    booked = one.booked_class if by_class and one.booked_class is not None else ranks[one.house]
    nights = one.nights
    return Living(
        id=one.id,
        house=one.house,
        start=nights.check_in.toordinal(),
        end=nights.check_out.toordinal(),
        guests=one.guests,
        features=frozenset(one.features),
        booked_rank=booked,
        pinned=is_pinned(reasons, terms.lifted_for(one.id)),
        weight=weight_of(one, day),
    )


def weight_of(one: Resident, day: date) -> int:
    """How much it would disturb to move somebody.

    Source: docs/rules/pricing.md, 3.6.2.
    """
    return disturbance(
        one.status,
        days_to_check_in=(one.check_in - day).days,
        is_paid=one.full_payment,
        earlier_moves=one.moved_count,
        is_loyal=one.bookings >= LOYAL_BOOKINGS,
    )


def _pins_of(one: Resident, house: House, now: datetime, day: date, terms: Terms) -> tuple[Pin, ...]:
    booking = Booking(
        has_begun=now >= lima_instant(one.check_in, house.check_in_hour),
        days_to_check_in=(one.check_in - day).days,
        status=one.status,
        origin=one.origin,
        house_locked=one.house_locked,
        moved_count=one.moved_count,
        has_deadline=one.deadline is not None,
    )
    return pins(booking, freeze_days=terms.freeze_days, most_moves=terms.most_moves)


def _has_classes(houses: tuple[House, ...]) -> bool:
    return all(house.exchange_class is not None for house in houses)


def _ranks(book: RateBook, houses: tuple[House, ...], request: QuoteRequest) -> dict[UUID, int]:
    """The class of each house: as it was set, or else by what the stay asked for costs there."""
    if _has_classes(houses):
        return {house.id: house.exchange_class or 0 for house in houses}
    prices = {house.id: stay_price(book, house, request.stay, 1) for house in houses}
    sums = {house: price.subtotal_usd for house, price in prices.items() if price is not None}
    order = {amount: rank for rank, amount in enumerate(sorted(set(sums.values())))}
    return {house.id: order[sums[house.id]] if house.id in sums else 0 for house in houses}


def _takes_nights(one: Resident, now: datetime, *, without_deadline_blocks: bool) -> bool:
    held = holding(
        status=one.status,
        origin=one.origin,
        deadline=one.deadline,
        voucher_uploaded=one.voucher_uploaded,
        deleted=False,
        without_deadline_blocks=without_deadline_blocks,
    )
    return held is not None and held.is_live(now)


@cache
def _living() -> Select[Any]:
    """The statement of `residents`: putting it together takes longer than running it, so it is kept."""
    row = _reservation.c
    return (
        _reading()
        .where(
            row.property_id.in_(bindparam("houses", expanding=True)),
            row.status.in_(LIVE_STATUSES),
            ~row.deleted,
            row.check_in_date < bindparam("last"),
            # A late checkout takes the night of the departure date too.
            or_(
                row.check_out_date > bindparam("first"),
                and_(row.late_checkout, row.check_out_date == bindparam("first")),
            ),
        )
        .order_by(row.check_in_date, row.id)
    )


def _reading() -> Select[Any]:
    """The columns of a `Resident`, in its order."""
    row, theirs = _reservation.c, _theirs.c
    # Counted in the columns, not in the condition: asked for a status, SQLite walks through everybody's
    # approved bookings by that index, once for each resident, instead of through those of one guest.
    is_approved = and_(theirs.status == bindparam("approved"), ~theirs.deleted)
    bookings = (
        select(func.count(case((is_approved, 1)))).where(theirs.client_id == row.client_id).scalar_subquery()
    )
    return select(
        row.id,
        row.property_id,
        row.check_in_date,
        row.check_out_date,
        row.late_checkout,
        row.guests,
        row.required_features,
        row.booked_class,
        row.status,
        row.origin,
        row.house_locked,
        row.moved_count,
        row.payment_voucher_deadline,
        row.payment_voucher_uploaded,
        row.full_payment,
        row.version,
        bookings.label("bookings"),
    )
