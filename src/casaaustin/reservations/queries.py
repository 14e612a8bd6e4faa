"""Reading reservations: lists, one with everything around it, and the rows of the tape chart."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from casaaustin.availability.occupancy import occupied_until
from casaaustin.availability.queries import is_held
from casaaustin.availability.queries import nights as night_table
from casaaustin.clients.models import Client
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.properties.models import Property
from casaaustin.register.models import Reservation
from casaaustin.register.queries import is_lapsed
from casaaustin.stays import ONE_DAY, Stay
from casaaustin.vocabulary import Origin, ReservationStatus

_reservation = table_of(Reservation)
_house = table_of(Property)
_client = table_of(Client)

PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class Listed:
    """A reservation as a list shows it."""

    id: UUID
    house_id: UUID
    house: str
    client_id: UUID | None
    client: str | None
    check_in: date
    check_out: date
    late_checkout: bool
    guests: int
    status: ReservationStatus
    origin: Origin
    price_usd: Decimal
    price_sol: Decimal
    deadline: datetime | None
    is_lapsed: bool

    @property
    def stay(self) -> Stay:
        """The contract."""
        return Stay(self.check_in, self.check_out)

    @property
    def nights(self) -> int:
        """Nights of the contract."""
        return (self.check_out - self.check_in).days

    @property
    def occupied_until(self) -> date:
        """First night free again."""
        return occupied_until(self.check_out, late_checkout=self.late_checkout)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which reservations to list; None does not restrict."""

    house: UUID | None = None
    client: UUID | None = None
    statuses: Collection[ReservationStatus] | None = None
    origin: Origin | None = None
    window: Stay | None = None
    upcoming: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a longer list."""

    rows: tuple[Listed, ...]
    count: int
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.count // self.page_size))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a night, and until when."""

    night: date
    reservation_id: UUID
    held_until: datetime | None
    client: str | None
    status: ReservationStatus
    origin: Origin


def listing(
    work: Work,
    wanted: Filter = Filter(),
    *,
    page: int = 1,
    page_size: int = PAGE_SIZE,
) -> Page:
    """Reservations by check-in, then house, then id; two statements.

    Args:
        work: the open unit of work.
        wanted: which ones.
        page: from 1.
        page_size: rows a page.
    """
    conditions = _conditions(work, wanted)
    connection = work.session.connection()
    count = connection.execute(select(func.count()).select_from(_reservation).where(*conditions)).scalar_one()
    rows = connection.execute(
        _columns(work)
        .where(*conditions)
        .order_by(_reservation.c.check_in_date, _house.c.name, _reservation.c.id)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    return Page(tuple(_listed(row) for row in rows), count, page, page_size)


def one(work: Work, reservation_id: UUID) -> Listed | None:
    """One reservation as lists show it."""
    row = work.session.connection().execute(_columns(work).where(_reservation.c.id == reservation_id)).first()
    return None if row is None else _listed(row)


def of_client(work: Work, client: UUID) -> tuple[Listed, ...]:
    """All reservations of a client, newest check-in first."""
    rows = work.session.connection().execute(
        _columns(work)
        .where(_reservation.c.client_id == client, ~_reservation.c.deleted)
        .order_by(_reservation.c.check_in_date.desc(), _reservation.c.id)
    )
    return tuple(_listed(row) for row in rows)


def blocking(work: Work, window: Stay, *, house: UUID | None = None) -> tuple[Listed, ...]:
    """Reservations that hold a night of the window now; what the tape chart and the calendar draw."""
    held = select(night_table.c.reservation_id).where(
        night_table.c.night >= window.check_in,
        night_table.c.night < window.check_out,
        is_held(work.clock.now()),
    )
    if house is not None:
        held = held.where(night_table.c.property_id == house)
    rows = work.session.connection().execute(
        _columns(work)
        .where(_reservation.c.id.in_(held))
        .order_by(_reservation.c.check_in_date, _reservation.c.id)
    )
    return tuple(_listed(row) for row in rows)


def holders(work: Work, house: UUID, window: Stay) -> Sequence[Holder]:
    """Who holds each taken night of a house, and until when; for staff only, since it names guests."""
    rows = work.session.connection().execute(
        select(
            night_table.c.night,
            night_table.c.reservation_id,
            night_table.c.held_until,
            _reservation.c.status,
            _reservation.c.origin,
            _client.c.first_name,
            _client.c.last_name,
        )
        .select_from(
            night_table.join(_reservation, night_table.c.reservation_id == _reservation.c.id).outerjoin(
                _client, _reservation.c.client_id == _client.c.id
            )
        )
        .where(
            night_table.c.property_id == house,
            night_table.c.night >= window.check_in,
            night_table.c.night < window.check_out,
            is_held(work.clock.now()),
        )
        .order_by(night_table.c.night)
    )
    return [
        Holder(row.night, row.reservation_id, row.held_until, _name(row), row.status, row.origin)
        for row in rows
    ]


def _conditions(work: Work, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [~_reservation.c.deleted]
    if wanted.house is not None:
        conditions.append(_reservation.c.property_id == wanted.house)
    if wanted.client is not None:
        conditions.append(_reservation.c.client_id == wanted.client)
    if wanted.statuses is not None:
        conditions.append(_reservation.c.status.in_(tuple(wanted.statuses)))
    if wanted.origin is not None:
        conditions.append(_reservation.c.origin == wanted.origin)
    if wanted.window is not None:
        before_end = _reservation.c.check_in_date < wanted.window.check_out
        # Late checkout blocks the night of the departure date.
        after_start = or_(
            _reservation.c.check_out_date > wanted.window.check_in,
            and_(_reservation.c.late_checkout, _reservation.c.check_out_date == wanted.window.check_in),
        )
        conditions.append(and_(before_end, after_start))
    if wanted.upcoming:
        conditions.append(_reservation.c.check_out_date >= today(work.clock))
    return conditions


def _columns(work: Work) -> Select[Any]:
    return select(
        _reservation,
        is_lapsed(work.clock.now()).label("lapsed"),
        _house.c.name.label("house_name"),
        _client.c.first_name,
        _client.c.last_name,
    ).select_from(
        _reservation.join(_house, _reservation.c.property_id == _house.c.id).outerjoin(
            _client, _reservation.c.client_id == _client.c.id
        )
    )


def _listed(row: Any) -> Listed:
    return Listed(
        id=row.id,
        house_id=row.property_id,
        house=row.house_name,
        client_id=row.client_id,
        client=_name(row),
        check_in=row.check_in_date,
        check_out=row.check_out_date,
        late_checkout=row.late_checkout,
        guests=row.guests,
        status=row.status,
        origin=row.origin,
        price_usd=row.price_usd,
        price_sol=row.price_sol,
        deadline=row.payment_voucher_deadline,
        is_lapsed=bool(row.lapsed),
    )


def _name(row: Any) -> str | None:
    if row.first_name is None:
        return None
    return f"{row.first_name} {row.last_name}".strip()


def live_until(work: Work, house: UUID) -> date | None:
    """The last night that any live reservation of a house holds from today on, or None."""
    found: date | None = (
        work.session.connection()
        .execute(
            select(func.max(night_table.c.night)).where(
                night_table.c.property_id == house,
                night_table.c.night >= today(work.clock) - ONE_DAY,
                is_held(work.clock.now()),
            )
        )
        .scalar_one()
    )
    return found
