"""The exchange rate: show with its age and history, set. Source: docs/rules/pricing.md, 1.6."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from casaaustin.audit.service import once
from casaaustin.audit.writing import add_row, change_row
from casaaustin.changes import Changed, Verb
from casaaustin.checks import LARGEST_RATE, check_amount
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.pricing.models import ExchangeRate

ENTITY = "exchange_rate"
SMALLEST_RATE = Decimal("1.000")
_row = table_of(ExchangeRate)


@dataclass(frozen=True, slots=True)
class RateOfOnce:
    """A rate that was set at some time: soles for one dollar."""

    id: UUID
    usd_to_sol: Decimal
    since: datetime
    is_active: bool


@dataclass(frozen=True, slots=True)
class RateReport:
    """The active rate, None when there is none, how old it is, and those before it, newest first.

    `is_stale` says that it is old enough for staff to be warned.
    """

    current: RateOfOnce | None
    age: timedelta | None
    is_stale: bool
    history: tuple[RateOfOnce, ...]


def show_rate(work: Work, *, most: int = 10) -> RateReport:
    """The active rate with its age, and the last `most` rates including it."""
    rows = work.session.scalars(
        select(ExchangeRate).where(~_row.c.deleted).order_by(_row.c.created.desc(), _row.c.id).limit(most)
    ).all()
    active = _active(work)
    current = None if active is None else _as_rate(active)
    age = None if current is None else work.clock.now() - current.since
    return RateReport(
        current=current,
        age=age,
        is_stale=age is not None and age > _patience(work),
        history=tuple(_as_rate(row) for row in rows),
    )


def set_rate(work: Work, usd_to_sol: Decimal, *, key: str | None = None, reason: str = "") -> Changed:
    """Make this the rate from now on; the one before is deactivated in the same transaction.

    The rate that already holds is left alone, unless it is so old that staff are
    warned about it: then setting it again says that it was looked at today.

    Args:
        work: a writing unit of work.
        usd_to_sol: soles for one dollar, at least 1.000, at most three decimals.
        key: of the request; a repetition returns the first answer.
        reason: why.

    Raises:
        InvalidInput: too small, too large, or with more decimals.
    """
    rate = check_amount(usd_to_sol, field="usd_to_sol", least=SMALLEST_RATE, most=LARGEST_RATE, places=3)

    def set_it() -> Changed:
        hold_rate_book(work)
        name = f"{rate} soles a dollar"
        active = _active(work)
        if active is None:
            return add_row(work, ExchangeRate(usd_to_sol=rate), entity=ENTITY, name=name, reason=reason)
        if active.usd_to_sol == rate and work.clock.now() - active.created <= _patience(work):
            return Changed(active.id, name, Verb.UNCHANGED)
        # At most one row is active, in the database too: the old one leaves first.
        ended = change_row(
            work, active, {"is_active": False}, entity=ENTITY, name=name, verb="deactivate", reason=reason
        )
        added = add_row(work, ExchangeRate(usd_to_sol=rate), entity=ENTITY, name=name, reason=reason)
        fields = tuple(
            type(field)(field.field, str(active.usd_to_sol), field.new)
            for field in added.fields
            if field.field == "usd_to_sol"
        )
        return Changed(added.id, name, Verb.CHANGED if ended.fields else Verb.ADDED, fields)

    return once(
        work,
        key,
        "exchange_rate.set",
        {"usd_to_sol": rate},
        set_it,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def _patience(work: Work) -> timedelta:
    return timedelta(days=work.settings.stale_rate_days)


def _active(work: Work) -> ExchangeRate | None:
    return work.session.scalars(select(ExchangeRate).where(~_row.c.deleted, _row.c.is_active)).one_or_none()


def _as_rate(row: ExchangeRate) -> RateOfOnce:
    return RateOfOnce(row.id, row.usd_to_sol, row.created, row.is_active)
