"""What must be true of reservations and of the nights they hold.

Whether a reservation blocks is asked of the one rule that decides it everywhere.
Source: docs/rules/reservations.md, 0.4, 1.1 and 2.5; docs/rules/pricing.md, 2.14 and 3.1.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from casaaustin.availability.models import ReservationNight
from casaaustin.availability.occupancy import (
    FIRM_STATUSES,
    LIVE_STATUSES,
    Holding,
    holding,
    occupied_stay,
)
from casaaustin.db.functions import days_between
from casaaustin.db.invariants import Invariant, Problem, Severity, check, stream
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput
from casaaustin.money import CENT, ZERO, in_soles
from casaaustin.pricing.ratebook import HoldWithoutDeadline, Policy
from casaaustin.quoting.models import SavedQuote
from casaaustin.register.models import Reservation
from casaaustin.reservations.lifecycle import LIVE
from casaaustin.stays import Stay
from casaaustin.vocabulary import Origin, ReservationStatus

_SAVE_AGAIN = "Change it with: casa reservations change, or cancel it and book again."

MISSING = Invariant("nights.missing", "A reservation that blocks holds every one of its nights.", _SAVE_AGAIN)
SURPLUS = Invariant("nights.surplus", "A reservation holds no night that is not its own.", _SAVE_AGAIN)
DEAD = Invariant(
    "nights.dead", "A reservation that does not block holds no night.", "Free the nights: delete their rows."
)
ELSEWHERE = Invariant(
    "nights.house", "The nights of a reservation are in its own house.", "Move it: casa reservations move"
)
DEADLINE = Invariant(
    "nights.deadline", "Nights are held until the deadline of their reservation.", _SAVE_AGAIN
)
NO_DEADLINE = Invariant(
    "hold.deadline",
    "A hold has a deadline.",
    "Approve or cancel it; without a deadline it never lapses by itself.",
    Severity.WARNING,
)
STALE_DEADLINE = Invariant(
    "hold.stale",
    "A deadline belongs to a hold and ends with it.",
    "It has no effect; it disappears when the reservation is changed.",
    Severity.WARNING,
)
ENDED = Invariant(
    "reservation.ended",
    "What has ended says when and why, and nothing else does.",
    "Correct cancelled_at and cancel_reason by hand.",
)
AMOUNTS = Invariant(
    "reservation.amounts", "No amount of a reservation is negative, and its rate is above zero.", _SAVE_AGAIN
)
SOLES = Invariant(
    "reservation.soles", "The price in soles is the price in dollars at the reservation's rate.", _SAVE_AGAIN
)
AGREED = Invariant(
    "reservation.price",
    "The price is the computed one, or says why it is another.",
    "Agree on the price with a reason: casa reservations change --price … --reason …",
)
SNAPSHOT = Invariant(
    "reservation.quote",
    "A priced reservation has the snapshot it was sold from, and the computed price is the snapshot's.",
    _SAVE_AGAIN,
)

# Each line of a bill is rounded by itself; a taken-over rate has three decimals of price / price.
_ROUNDING = 10 * CENT
_RATE_ROUNDING = Decimal("0.0005")
NO_RATE = Decimal("0.000")

_reservation = table_of(Reservation)
_night = table_of(ReservationNight)
_quote = table_of(SavedQuote)
_book = table_of(RateBookVersion)


@check(MISSING, SURPLUS, DEAD, ELSEWHERE, DEADLINE)
def nights(work: Work) -> Iterator[Problem]:
    """Compare every reservation with its night rows, which the database counts in one statement.

    Firm stays with exactly their nights, and ended ones with none, are right under every policy and
    stay in the database; the rule itself judges all others.
    """
    blocks = without_deadline_blocks(work)
    for row in stream(work, _doubtful_reservations()):
        held = holding_of_row(row, without_deadline_blocks=blocks)
        yield from _nights_of(row, held)


def _nights_of(row: Any, held: Holding | None) -> Iterator[Problem]:
    if held is None:
        if row.total:
            yield DEAD.broken(_reservation.name, row.id, f"{row.status.value}, holds {row.total} nights")
        return
    stay = occupied_stay(Stay(row.check_in_date, row.check_out_date), late_checkout=row.late_checkout)
    if row.own < stay.night_count:
        yield MISSING.broken(
            _reservation.name, row.id, f"{stay}: holds {row.own} of its {stay.night_count} nights"
        )
    if row.total > row.own:
        yield SURPLUS.broken(
            _reservation.name, row.id, f"{stay}: holds {row.total - row.own} nights beyond it"
        )
    if row.elsewhere:
        yield ELSEWHERE.broken(_reservation.name, row.id, f"{row.elsewhere} of its nights are elsewhere")
    if row.total and (row.dated, row.first, row.last) != (
        0 if held.until is None else row.total,
        held.until,
        held.until,
    ):
        yield DEADLINE.broken(
            _reservation.name,
            row.id,
            f"holds until {held.until or 'for good'}, its nights until {row.last or 'for good'}",
        )


def _doubtful_reservations() -> Select[Any]:
    """Reservations with the number of their night rows, of those within the stay, and their deadlines."""
    within = and_(
        _night.c.night >= _reservation.c.check_in_date,
        or_(
            _night.c.night < _reservation.c.check_out_date,
            and_(_reservation.c.late_checkout, _night.c.night == _reservation.c.check_out_date),
        ),
    )
    elsewhere = _night.c.property_id != _reservation.c.property_id
    counted = (
        select(
            _night.c.reservation_id,
            func.count().label("total"),
            func.sum(case((within, 1), else_=0)).label("own"),
            func.sum(case((elsewhere, 1), else_=0)).label("elsewhere"),
            func.count(_night.c.held_until).label("dated"),
            func.min(_night.c.held_until).label("first"),
            func.max(_night.c.held_until).label("last"),
        )
        .select_from(_night.join(_reservation, _night.c.reservation_id == _reservation.c.id))
        .group_by(_night.c.reservation_id)
        .subquery()
    )

    def number(name: str) -> Any:
        return func.coalesce(counted.c[name], 0)

    table = _reservation
    is_firm = and_(table.c.status.in_(FIRM_STATUSES), ~table.c.deleted, ~table.c.calendar_conflict)
    length = days_between(table.c.check_in_date, table.c.check_out_date) + case(
        (table.c.late_checkout, 1), else_=0
    )
    is_whole = and_(
        number("own") == length,
        number("total") == number("own"),
        number("elsewhere") == 0,
        number("dated") == 0,
    )
    blocks_nobody = or_(table.c.status.not_in(LIVE_STATUSES), table.c.deleted)
    certainly_right = or_(and_(is_firm, is_whole), and_(blocks_nobody, number("total") == 0))
    return (
        select(
            table.c.id,
            table.c.check_in_date,
            table.c.check_out_date,
            table.c.late_checkout,
            table.c.status,
            table.c.origin,
            table.c.payment_voucher_deadline,
            table.c.payment_voucher_uploaded,
            table.c.calendar_conflict,
            table.c.deleted,
            *(number(name).label(name) for name in ("total", "own", "elsewhere", "dated")),
            counted.c.first,
            counted.c.last,
        )
        .select_from(table.outerjoin(counted, counted.c.reservation_id == table.c.id))
        .where(~certainly_right)
    )


def holding_of_row(row: Any, *, without_deadline_blocks: bool) -> Holding | None:
    """How a row holds its nights, by the one rule; None when it holds nothing."""
    if row.calendar_conflict:
        return None
    return holding(
        status=row.status,
        origin=row.origin,
        deadline=row.payment_voucher_deadline,
        voucher_uploaded=row.payment_voucher_uploaded,
        deleted=row.deleted,
        without_deadline_blocks=without_deadline_blocks,
    )


def without_deadline_blocks(work: Work) -> bool:
    """The switch; its default where it cannot be read, which another check reports."""
    words = work.connection.execute(select(_book.c.policy)).scalars().first() or {}
    try:
        return Policy.from_words(words).hold_without_deadline is HoldWithoutDeadline.BLOCKS
    except InvalidInput:
        return True


@check(NO_DEADLINE, STALE_DEADLINE, ENDED)
def lives(work: Work) -> Iterator[Problem]:
    """Look for statuses that contradict the rest of their row."""
    table = _reservation
    deadline = table.c.payment_voucher_deadline
    has_ended = table.c.status.not_in(LIVE)
    firm = table.c.status == ReservationStatus.APPROVED
    open_hold = and_(table.c.status == ReservationStatus.INCOMPLETE, deadline.is_(None))
    half_ended = or_(
        and_(has_ended, or_(table.c.cancelled_at.is_(None), table.c.cancel_reason.is_(None))),
        and_(~has_ended, or_(table.c.cancelled_at.is_not(None), table.c.cancel_reason.is_not(None))),
    )
    columns = (table.c.id, table.c.status, deadline)
    for invariant, condition, message in (
        (NO_DEADLINE, open_hold, "a hold without a deadline"),
        (STALE_DEADLINE, and_(firm, deadline.is_not(None)), "approved, and still has a deadline"),
        (ENDED, half_ended, "its status and its end contradict each other"),
    ):
        for row in stream(work, select(*columns).where(~table.c.deleted, condition)):
            yield invariant.broken(table.name, row.id, f"{message} ({row.status.value})")


@check(SOLES)
def soles(work: Work) -> Iterator[Problem]:
    """Work out the soles of every price that occurs; SQL never multiplies an amount."""
    table = _reservation
    prices = (table.c.price_usd, table.c.price_sol, table.c.exchange_rate)
    is_live = and_(~table.c.deleted, table.c.exchange_rate > NO_RATE)
    wrong = [
        row
        for row in stream(work, select(*prices).where(is_live, table.c.price_usd > ZERO).distinct())
        if not _are_soles_of(row.price_usd, row.price_sol, row.exchange_rate)
    ]
    for usd, sol, rate in wrong:
        found = select(table.c.id).where(
            is_live, *(column == value for column, value in zip(prices, (usd, sol, rate), strict=True))
        )
        for row in stream(work, found):
            yield SOLES.broken(table.name, row.id, f"US$ {usd} at {rate} is not S/ {sol}")


def _are_soles_of(usd: Decimal, sol: Decimal, rate: Decimal) -> bool:
    return abs(sol - in_soles(usd, rate)) <= _ROUNDING + usd * _RATE_ROUNDING


@check(AMOUNTS, AGREED, SNAPSHOT)
def prices(work: Work) -> Iterator[Problem]:
    """Compare what was agreed, computed and quoted; the database leaves out those that all agree."""
    table = _reservation
    amounts = (
        table.c.price_usd,
        table.c.price_sol,
        table.c.computed_price_usd,
        table.c.advance_payment,
        table.c.price_latecheckout,
        table.c.price_temperature_pool,
    )
    all_agree = and_(
        *(amount >= ZERO for amount in amounts),
        table.c.exchange_rate > NO_RATE,
        table.c.price_usd == table.c.computed_price_usd,
        func.coalesce(_quote.c.total_usd, ZERO) == table.c.computed_price_usd,
    )
    found = (
        select(
            table.c.id,
            table.c.origin,
            *amounts,
            table.c.price_override_reason,
            table.c.exchange_rate,
            table.c.late_checkout,
            table.c.quote_id,
            _quote.c.total_usd,
        )
        .select_from(table.outerjoin(_quote, table.c.quote_id == _quote.c.id))
        .where(~table.c.deleted, ~all_agree)
    )
    for row in stream(work, found):
        if row.exchange_rate <= NO_RATE or min(getattr(row, amount.name) for amount in amounts) < ZERO:
            yield AMOUNTS.broken(table.name, row.id, "a negative amount, or a rate of nothing")
            continue
        if row.price_usd != row.computed_price_usd and not row.price_override_reason:
            yield AGREED.broken(
                table.name,
                row.id,
                f"US$ {row.price_usd}, computed US$ {row.computed_price_usd}, and no reason",
            )
        yield from _snapshot_of(row)


def _snapshot_of(row: Any) -> Iterator[Problem]:
    if row.quote_id is None:
        if row.computed_price_usd and row.origin not in (Origin.MAINTENANCE, Origin.AIRBNB):
            yield SNAPSHOT.broken(
                _reservation.name, row.id, f"US$ {row.computed_price_usd} without a snapshot"
            )
        return
    # The snapshot is of the nights; a late checkout was added to it, in dollars too.
    late = row.computed_price_usd - (row.total_usd or ZERO)
    if row.total_usd is not None and (late < ZERO or (late and not row.late_checkout)):
        yield SNAPSHOT.broken(
            _reservation.name,
            row.id,
            f"computed US$ {row.computed_price_usd}, the snapshot says US$ {row.total_usd}",
        )


CHECKS = (nights, lives, soles, prices)
