"""Reading the past and the rules: a constant number of statements, whatever the number of bookings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, union

from casaaustin.clients.models import Client
from casaaustin.clock import lima_date, lima_instant
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import DiscountCode, DiscountCodeProperty, DiscountRedemption
from casaaustin.discounts.queries import as_discount, discount_book
from casaaustin.discounts.record import Discount
from casaaustin.levels.models import ClientAchievement
from casaaustin.money import Amount
from casaaustin.pricing.queries import rate_book
from casaaustin.quoting.models import QuoteKind, SavedQuote
from casaaustin.register.models import Reservation
from casaaustin.register.queries import is_lapsed
from casaaustin.simulation.past import (
    Group,
    Guest,
    History,
    Holding,
    LeftOut,
    OtherUse,
    Past,
    PastStay,
    Period,
    PeriodBy,
    UsedCode,
)
from casaaustin.simulation.replay import Rules
from casaaustin.stays import ONE_DAY, Stay
from casaaustin.vocabulary import CancelReason, Origin, RedemptionState, ReservationStatus, Source

_reservation = table_of(Reservation)
_quote = table_of(SavedQuote)
_client = table_of(Client)
_held_level = table_of(ClientAchievement)
_code = table_of(DiscountCode)
_code_house = table_of(DiscountCodeProperty)
_redemption = table_of(DiscountRedemption)

# Rows in memory at a time: a snapshot is a few kilobytes, and only two of its fields are kept.
_ROWS_AT_A_TIME = 1000
# A deadline itself still counts.
_INSTANT = timedelta(microseconds=1)
_ENDED = frozenset({ReservationStatus.CANCELLED, ReservationStatus.REJECTED})


def past_of(work: Work, period: Period, *, house: UUID | None = None) -> Past:
    """What happened in a period; six statements.

    Args:
        work: the open unit of work.
        period: which days.
        house: only stays sold in this house.

    Source: docs/adr/0013-simulating-a-configuration.md.
    """
    booked = _booked_in(period, house)
    asked = _asked_in(period, house)
    left_out: Counter[LeftOut] = Counter()
    without_snapshot = 0
    stays: list[PastStay] = []
    for row in _rows(work, _bookings(work.clock.now()).where(*booked)):
        if (why := _left_out(row)) is not None:
            left_out[why] += 1
            continue
        without_snapshot += row.snapshot is None
        stays.append(_as_booking(row))
    stays += map(_as_quote, _rows(work, select(_quote).where(*asked)))
    stays.sort(key=lambda stay: (stay.at, stay.id))
    named = union(
        select(_reservation.c.client_id).where(*booked, _reservation.c.client_id.is_not(None)),
        select(_quote.c.client_id).where(*asked, _quote.c.client_id.is_not(None)),
    )
    # A derived table is worked out once; MariaDB would look a bare union up again for every row.
    people = select(named.subquery("people").c.client_id)
    return Past(
        stays=tuple(stays),
        guests=_guests(work, people),
        holdings=_holdings(work, people),
        other_uses=_other_uses(work, stays),
        left_out=left_out,
        without_snapshot=without_snapshot,
    )


def rules_of(work: Work, codes: Collection[UUID]) -> Rules:
    """The configuration as this unit of work sees it, its own changes included.

    Args:
        work: the open unit of work.
        codes: those that matter.
    """
    book = rate_book(work)
    known = discount_book(work, book)
    return Rules(
        book=book,
        automatic=known.rules,
        levels=known.levels,
        referral=known.referral,
        codes={code.id: code for code in _codes(work, frozenset(codes))},
    )


def _booked_in(period: Period, house: UUID | None) -> list[ColumnElement[bool]]:
    day = _reservation.c.booked_on if period.by is PeriodBy.BOOKING else _reservation.c.check_in_date
    conditions: list[ColumnElement[bool]] = [
        day.between(period.first, period.last),
        _reservation.c.origin != Origin.MAINTENANCE,
        ~_reservation.c.deleted,
    ]
    if house is not None:
        sold_there = select(_quote.c.id).where(_quote.c.property_id == house)
        conditions.append(
            or_(
                _reservation.c.quote_id.in_(sold_there),
                and_(_reservation.c.quote_id.is_(None), _reservation.c.property_id == house),
            )
        )
    return conditions


def _asked_in(period: Period, house: UUID | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [_quote.c.kind == QuoteKind.SAVED, ~_quote.c.deleted]
    if period.by is PeriodBy.BOOKING:
        conditions.append(_quote.c.created >= lima_instant(period.first))
        conditions.append(_quote.c.created < lima_instant(period.last + ONE_DAY))
    else:
        conditions.append(_quote.c.check_in_date.between(period.first, period.last))
    if house is not None:
        conditions.append(_quote.c.property_id == house)
    return conditions


def _bookings(now: datetime) -> Select[Any]:
    """Bookings with the snapshot that they were sold from, where they have one."""
    return select(
        _reservation,
        is_lapsed(now).label("lapsed"),
        _quote.c.property_id.label("sold_house"),
        _quote.c.snapshot,
    ).select_from(_reservation.outerjoin(_quote, _quote.c.id == _reservation.c.quote_id))


def _rows(work: Work, statement: Select[Any]) -> Iterator[Any]:
    """The rows of a long answer, without holding it whole."""
    return iter(work.connection.execute(statement, execution_options={"yield_per": _ROWS_AT_A_TIME}))


def _left_out(row: Any) -> LeftOut | None:
    """A price that no configuration makes is not replayed."""
    if row.origin is Origin.AIRBNB:
        return LeftOut.CHANNEL
    return LeftOut.BY_HAND if row.price_override_reason is not None else None


def _as_booking(row: Any) -> PastStay:
    until = _until(row)
    snapshot = row.snapshot or {"services": (), "discount": None}
    return PastStay(
        id=row.id,
        group=Group.BOOKING if until is None else Group.ENDED,
        at=row.created,
        booked_on=row.booked_on,
        client=row.client_id,
        house=row.sold_house or row.property_id,
        stay=Stay(row.check_in_date, row.check_out_date),
        guests=row.guests,
        rate=row.exchange_rate,
        sold=Amount(row.price_usd, row.price_sol),
        services=_services(snapshot),
        code=_used_code(snapshot),
        late_checkout=row.late_checkout,
        until=until,
    )


def _as_quote(row: Any) -> PastStay:
    return PastStay(
        id=row.id,
        group=Group.QUOTE,
        at=row.created,
        booked_on=lima_date(row.created),
        client=row.client_id,
        house=row.property_id,
        stay=Stay(row.check_in_date, row.check_out_date),
        guests=row.guests,
        rate=row.exchange_rate,
        sold=Amount(row.total_usd, row.total_sol),
        services=_services(row.snapshot),
        code=_used_code(row.snapshot),
    )


def _services(snapshot: dict[str, Any]) -> tuple[UUID, ...]:
    return tuple(UUID(service) for service in snapshot["services"])


def _used_code(snapshot: dict[str, Any]) -> UsedCode | None:
    # Snapshots from before there were discounts do not speak of any.
    won = snapshot.get("discount")
    if won is None or won["source"] != Source.CODE:
        return None
    return UsedCode(UUID(won["id"]), won["name"])


def _until(row: Any) -> datetime | None:
    """The first instant at which a row is no booking any more; None for one that still is."""
    deadline = row.payment_voucher_deadline
    ran_out = row.lapsed or row.cancel_reason is CancelReason.VOUCHER_DEADLINE
    if ran_out and deadline is not None:
        ended: datetime = deadline + _INSTANT
        return ended
    if row.status not in _ENDED:
        return None
    # What was brought in from elsewhere may not know when it ended; it then counts at no instant.
    return row.cancelled_at or row.created  # type: ignore[no-any-return]


def _guests(work: Work, people: Select[Any]) -> dict[UUID, Guest]:
    bookings: dict[UUID, list[tuple[datetime, datetime | None, bool]]] = defaultdict(list)
    statement = select(
        _reservation.c.client_id,
        _reservation.c.created,
        _reservation.c.status,
        _reservation.c.payment_voucher_deadline,
        _reservation.c.cancel_reason,
        _reservation.c.cancelled_at,
        is_lapsed(work.clock.now()).label("lapsed"),
    ).where(_reservation.c.client_id.in_(people), ~_reservation.c.deleted)
    for row in _rows(work, statement):
        is_approved = row.status is ReservationStatus.APPROVED
        bookings[row.client_id].append((row.created, _until(row), is_approved))
    known = select(_client.c.id, _client.c.birth_date, _client.c.referred_by_id)
    return {
        row.id: Guest(row.birth_date, row.referred_by_id, History.of(bookings[row.id]))
        for row in _rows(work, known.where(_client.c.id.in_(people)))
    }


def _holdings(work: Work, people: Select[Any]) -> dict[UUID, tuple[Holding, ...]]:
    """Levels of the guests and of those who brought them."""
    brought = select(_client.c.referred_by_id).where(
        _client.c.id.in_(people), _client.c.referred_by_id.is_not(None)
    )
    found: dict[UUID, list[Holding]] = defaultdict(list)
    statement = select(_held_level.c.client_id, _held_level.c.achievement_id, _held_level.c.earned_at).where(
        or_(_held_level.c.client_id.in_(people), _held_level.c.client_id.in_(brought)),
        ~_held_level.c.deleted,
    )
    for row in _rows(work, statement):
        found[row.client_id].append(Holding(row.achievement_id, row.earned_at))
    return {client: tuple(held) for client, held in found.items()}


def _other_uses(work: Work, stays: Collection[PastStay]) -> tuple[OtherUse, ...]:
    """Uses of the same codes by bookings that are not replayed: other periods and houses."""
    codes = {stay.code.id for stay in stays if stay.code is not None}
    replayed = {stay.id for stay in stays}
    statement = select(
        _redemption.c.code_id,
        _redemption.c.reservation_id,
        _redemption.c.client_id,
        _redemption.c.created,
        _redemption.c.state,
        _redemption.c.held_until,
        _redemption.c.released_at,
    ).where(~_redemption.c.deleted)
    found = [
        OtherUse(row.created, row.code_id, row.client_id, _use_until(row))
        for row in _rows(work, statement)
        if row.code_id in codes and row.reservation_id not in replayed
    ]
    return tuple(sorted(found, key=lambda use: (use.at, use.code)))


def _use_until(row: Any) -> datetime | None:
    if row.state is RedemptionState.RELEASED:
        return row.released_at or row.created  # type: ignore[no-any-return]
    if row.state is RedemptionState.HELD and row.held_until is not None:
        return row.held_until + _INSTANT  # type: ignore[no-any-return]
    return None


def _codes(work: Work, wanted: frozenset[UUID]) -> Iterator[Discount]:
    statement = (
        select(_code, _code_house.c.property_id)
        .select_from(
            _code.outerjoin(
                _code_house, and_(_code_house.c.discount_code_id == _code.c.id, ~_code_house.c.deleted)
            )
        )
        .where(~_code.c.deleted)
        .order_by(_code.c.id)
    )
    # There may be more of them than a statement may name, so all are read and few are kept.
    for id_, rows in groupby(_rows(work, statement), key=lambda row: row.id):
        if id_ in wanted:
            first, *more = rows
            houses = [row.property_id for row in (first, *more) if row.property_id is not None]
            yield as_discount(first, houses)
