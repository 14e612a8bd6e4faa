"""Uses of codes: the only code that writes the table of redemptions.

A use is held with the booking that it belongs to, confirmed when that is approved, and
released when it ends. How many there are is counted from the rows; nothing counts down.
Source: docs/rules/pricing.md, 2.8; docs/rules/principles.md, 1, 3 and 4.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, insert, or_, select, update

from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import DiscountCode, DiscountRedemption
from casaaustin.discounts.offers import is_code
from casaaustin.discounts.queries import is_used
from casaaustin.errors import RuleRefused
from casaaustin.money import Amount
from casaaustin.vocabulary import RedemptionState

_code = table_of(DiscountCode)
_redemption = table_of(DiscountRedemption)


@dataclass(frozen=True, slots=True)
class Use:
    """The unreleased use of a code by a reservation."""

    code_id: UUID
    code: str
    client_id: UUID | None
    state: RedemptionState
    held_until: datetime | None
    amount: Amount


def lock_code(work: Work, asked: str) -> None:
    """Make every other booking with this code wait for our commit, so that the uses we read are final.

    SQLite needs nothing: its writers queue at BEGIN.
    """
    if work.database.dialect != "sqlite" and is_code(asked):
        work.connection.execute(select(_code.c.id).where(_code.c.code == asked).with_for_update())


def redeem(
    work: Work,
    code: UUID,
    *,
    reservation: UUID,
    client: UUID | None,
    amount: Amount,
    state: RedemptionState,
    held_until: datetime | None,
) -> None:
    """Use a code once, unless its limits are reached: one conditional statement decides.

    Args:
        work: a writing unit of work; the code is locked (see `lock_code`).
        code: which code.
        reservation: whose booking uses it.
        client: the guest, for the limit per client.
        amount: what it took off.
        state: held, or confirmed at once.
        held_until: the deadline of the hold; None for as long as the booking lives.

    Raises:
        RuleRefused: no use is left (`code_exhausted`); nothing was written.
    """
    now = work.clock.now()
    values: dict[str, Any] = {
        # Known beforehand, like every id of the demo business: the same booking makes the same row.
        "id": uuid5(reservation, f"{code.hex} {now.isoformat()}"),
        "created": now,
        "updated": now,
        "deleted": False,
        "code_id": code,
        "reservation_id": reservation,
        "client_id": client,
        "amount_usd": amount.usd,
        "amount_sol": amount.sol,
        "state": state,
        "held_until": held_until,
        "live_key": reservation.hex,
    }
    chosen = select(
        *(bindparam(f"new_{name}", value, type_=_redemption.c[name].type) for name, value in values.items())
    ).where(_code.c.id == code, _has_use_left(now, code, client))
    statement = insert(_redemption).from_select(list(values), chosen)
    written = work.connection.execute(statement, execution_options={"preserve_rowcount": True})
    if written.rowcount != 1:
        raise _exhausted()


def use_of(work: Work, reservation: UUID) -> Use | None:
    """The use of a code that a reservation has, or None; one statement."""
    row = work.connection.execute(
        select(_redemption, _code.c.code)
        .select_from(_redemption.join(_code, _code.c.id == _redemption.c.code_id))
        .where(_redemption.c.live_key == reservation.hex)
    ).first()
    if row is None:
        return None
    return Use(
        row.code_id,
        row.code,
        row.client_id,
        row.state,
        row.held_until,
        Amount(row.amount_usd, row.amount_sol),
    )


def codes_used(work: Work, reservations: Collection[UUID]) -> dict[UUID, str]:
    """The codes that reservations use, by reservation; those that use none are left out; one statement."""
    if not reservations:
        return {}
    rows = work.connection.execute(
        select(_redemption.c.reservation_id, _code.c.code)
        .select_from(_redemption.join(_code, _code.c.id == _redemption.c.code_id))
        .where(_redemption.c.live_key.in_([reservation.hex for reservation in reservations]))
    )
    return {row.reservation_id: row.code for row in rows}


def keep(work: Work, reservation: UUID, *, confirmed: bool, held_until: datetime | None) -> None:
    """Make the use of a reservation last as the reservation does now.

    A hold that lapsed has lost its use: it gets one again only while there is one left.

    Raises:
        RuleRefused: the hold had lapsed, and its use is another's by now (`code_exhausted`).
    """
    had = use_of(work, reservation)
    if had is None:
        return
    state = RedemptionState.CONFIRMED if confirmed else RedemptionState.HELD
    if (had.state, had.held_until) == (state, held_until):
        return
    now = work.clock.now()
    lock_code(work, had.code)
    mine = _redemption.c.live_key == reservation.hex
    left = select(_code.c.id).where(
        _code.c.id == had.code_id, _has_use_left(now, had.code_id, had.client_id, beside=reservation)
    )
    kept = work.connection.execute(
        update(_redemption)
        .where(mine, or_(is_used(now), left.exists()))
        .values(state=state, held_until=held_until, updated=now)
    )
    if kept.rowcount != 1:
        raise _exhausted()


def reprice(work: Work, reservation: UUID, amount: Amount) -> None:
    """Note what a code takes off after its stay was changed."""
    work.connection.execute(
        update(_redemption)
        .where(_redemption.c.live_key == reservation.hex)
        .values(amount_usd=amount.usd, amount_sol=amount.sol, updated=work.clock.now())
    )


def release(work: Work, reservation: UUID) -> bool:
    """Give the use of a reservation back; whether there was one. Safe to repeat."""
    now = work.clock.now()
    released = work.connection.execute(
        update(_redemption)
        .where(_redemption.c.live_key == reservation.hex)
        .values(state=RedemptionState.RELEASED, held_until=None, released_at=now, live_key=None, updated=now)
    )
    return released.rowcount == 1


def _has_use_left(
    now: datetime, code: UUID, client: UUID | None, *, beside: UUID | None = None
) -> ColumnElement[bool]:
    """Whether the row of this code has a use left, in all and for this client."""
    uses = select(_redemption.c.id).where(_redemption.c.code_id == code, is_used(now))
    if beside is not None:
        uses = uses.where(_redemption.c.reservation_id != beside)

    def has_room(limit: Any, counted: Select[Any]) -> ColumnElement[bool]:
        # The counted rows are a derived table, because MySQL may not count in a table that it is changing.
        count = select(func.count()).select_from(counted.subquery()).scalar_subquery()
        return or_(limit.is_(None), count < limit)

    return and_(
        has_room(_code.c.usage_limit, uses),
        has_room(_code.c.per_client_limit, uses.where(_redemption.c.client_id == client)),
    )


def _exhausted() -> RuleRefused:
    return RuleRefused(
        "All uses of this code are taken.",
        code="code_exhausted",
        hint="Ask for a quote without the code, or with another one.",
    )
