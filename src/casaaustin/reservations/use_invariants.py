"""What must be true between bookings and the uses of their discount codes.

Source: docs/rules/pricing.md, 2.8; docs/rules/reservations.md, 2.5.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Text, and_, select, type_coerce

from casaaustin.db.invariants import Invariant, Problem, check, stream
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import DiscountRedemption
from casaaustin.quoting.models import SavedQuote
from casaaustin.register.models import Reservation
from casaaustin.reservations.invariants import holding_of_row, without_deadline_blocks
from casaaustin.vocabulary import RedemptionState, ReservationStatus

COUNTED = Invariant(
    "use.counted",
    "A live booking that was sold with a code uses that code.",
    "Take the code off with: casa reservations change, or cancel it and book again.",
)
RETURNED = Invariant(
    "use.returned",
    "A booking that has ended, or holds nothing, uses no code.",
    "Cancel it once more: casa reservations cancel gives the use back, however often.",
)
STATE = Invariant(
    "use.state",
    "The use of a code is confirmed exactly if its booking is approved, else held until the same instant.",
    "Change the booking with: casa reservations change; that renews the use.",
)
# What a snapshot says when a code won. A name in it cannot say that, because its quotes are escaped.
_SOLD_WITH_CODE = '"source":"code"'

_reservation = table_of(Reservation)
_redemption = table_of(DiscountRedemption)
_quote = table_of(SavedQuote)
_unreleased = and_(~_redemption.c.deleted, _redemption.c.state != RedemptionState.RELEASED)


@check(RETURNED, STATE)
def uses(work: Work) -> Iterator[Problem]:
    """Compare every use that was not given back with its booking; those of approved ones in the database."""
    blocks = without_deadline_blocks(work)
    right = and_(
        ~_reservation.c.deleted,
        _reservation.c.status == ReservationStatus.APPROVED,
        _redemption.c.state == RedemptionState.CONFIRMED,
        _redemption.c.held_until.is_(None),
    )
    found = (
        select(
            _redemption.c.id.label("use"),
            _redemption.c.state,
            _redemption.c.held_until,
            *_facts_of_holding(),
        )
        .select_from(_redemption.join(_reservation, _reservation.c.id == _redemption.c.reservation_id))
        .where(_unreleased, ~right)
    )
    for row in stream(work, found):
        held = holding_of_row(row, without_deadline_blocks=blocks)
        if held is None:
            yield RETURNED.broken(
                _redemption.name, row.use, f"its booking is {row.status.value} and holds nothing"
            )
            continue
        is_approved = row.status is ReservationStatus.APPROVED
        state = RedemptionState.CONFIRMED if is_approved else RedemptionState.HELD
        if (row.state, row.held_until) != (state, held.until):
            yield STATE.broken(
                _redemption.name,
                row.use,
                f"{row.state.value} until {row.held_until or 'the end'}, its booking is {row.status.value} "
                f"until {held.until or 'the end'}",
            )


@check(COUNTED)
def sold_with_a_code(work: Work) -> Iterator[Problem]:
    """Look for bookings whose snapshot was won by a code that they do not use."""
    blocks = without_deadline_blocks(work)
    stored = type_coerce(_quote.c.snapshot, Text)
    joined = _reservation.join(_quote, _quote.c.id == _reservation.c.quote_id).outerjoin(
        _redemption, and_(_redemption.c.reservation_id == _reservation.c.id, _unreleased)
    )
    found = (
        select(
            _reservation.c.id,
            _redemption.c.code_id,
            stored.label("stored"),
            *_facts_of_holding(),
        )
        .select_from(joined)
        .where(~_reservation.c.deleted, stored.contains(_SOLD_WITH_CODE))
    )
    for row in stream(work, found):
        if holding_of_row(row, without_deadline_blocks=blocks) is None:
            continue
        if row.code_id is None or f'"id":"{row.code_id}"' not in row.stored:
            uses_what = "no code" if row.code_id is None else "another code"
            yield COUNTED.broken(_reservation.name, row.id, f"sold with a code, uses {uses_what}")


def _facts_of_holding() -> tuple[Any, ...]:
    return tuple(
        _reservation.c[name]
        for name in (
            "status",
            "origin",
            "payment_voucher_deadline",
            "payment_voucher_uploaded",
            "calendar_conflict",
            "deleted",
        )
    )


CHECKS = (uses, sold_with_a_code)
