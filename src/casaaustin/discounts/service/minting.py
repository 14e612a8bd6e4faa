"""Storing generated codes, and how many of them an API key may make a day.

Source: docs/rules/pricing.md, 2.8; docs/rules/principles.md, 1.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from casaaustin.audit.writing import add_row
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.generation import Pick, store_fresh
from casaaustin.discounts.models import DiscountCode, MintedCodes
from casaaustin.discounts.service.codes import ENTITY
from casaaustin.discounts.service.scopes import CODE_HOUSES
from casaaustin.errors import RuleRefused
from casaaustin.properties.queries import slugs

_code = table_of(DiscountCode)
_minted = table_of(MintedCodes)


@dataclass(frozen=True, slots=True)
class Allowance:
    """How far somebody may go who generates codes without a person at the terminal.

    Args:
        minter: who, such as the name of an API key.
        daily_cap: codes a day in Lima.
        max_percentage: the largest discount they may give.
    """

    minter: str
    daily_cap: int
    max_percentage: Decimal


def key_allowance(work: Work) -> Allowance:
    """The allowance of the API key that is acting, from the settings of this machine."""
    return Allowance(
        work.actor.name, work.settings.mint_daily_cap, Decimal(work.settings.mint_max_percentage)
    )


def spend(work: Work, allowance: Allowance | None, percentage: Decimal) -> None:
    """Take one code out of an allowance; staff at the terminal have none and need none.

    Raises:
        RuleRefused: the discount is larger than allowed (`mint_percentage_too_high`), or the
            cap of the day is reached (`mint_cap_reached`).
    """
    if allowance is None:
        return
    if percentage > allowance.max_percentage:
        raise RuleRefused(
            f"{allowance.minter} may generate codes of {allowance.max_percentage} % at most.",
            code="mint_percentage_too_high",
            hint="Staff can generate it at the terminal: casa discounts generate",
            details={"max_percentage": allowance.max_percentage},
        )
    mint_within_cap(work, allowance.minter, today(work.clock), allowance.daily_cap)


def mint_within_cap(work: Work, minter: str, day: date, cap: int) -> None:
    """Count one more code of somebody on a day: one conditional statement decides.

    Args:
        work: a writing unit of work; what is rolled back was not counted.
        minter: who generates it.
        day: the day in Lima.
        cap: how many codes they may generate on it.

    Raises:
        RuleRefused: the cap is reached (`mint_cap_reached`).
    """
    connection = work.connection
    mine = (_minted.c.minter == minter, _minted.c.day == day)
    one_more = update(_minted).where(*mine, _minted.c.codes < cap).values(codes=_minted.c.codes + 1)
    if connection.execute(one_more).rowcount == 1:
        return
    if connection.execute(select(_minted.c.codes).where(*mine)).first() is None:
        try:
            with connection.begin_nested():
                connection.execute(insert(_minted).values(minter=minter, day=day, codes=0))
        except IntegrityError:
            # Another request of this minter made the row meanwhile; it counts for both.
            pass
        if connection.execute(one_more).rowcount == 1:
            return
    raise RuleRefused(
        f"{minter} has generated the {cap} codes that are allowed a day.",
        code="mint_cap_reached",
        hint="Go on tomorrow, or raise CASA_MINT_DAILY_CAP.",
        details={"cap": cap},
    )


def mint(
    work: Work,
    row: DiscountCode,
    prefix: str,
    *,
    houses: Iterable[UUID] = (),
    reason: str = "",
    pick: Pick = secrets.choice,
) -> DiscountCode:
    """Store a generated code; the unique index decides whether it is new.

    Args:
        work: a writing unit of work.
        row: complete but for its code.
        prefix: how the code begins.
        houses: where it is valid; none = everywhere.
        reason: why, for the audit trail.
        pick: draws one character of a text.

    Raises:
        RuleRefused: ten codes in a row were taken (`code_space_exhausted`).
    """
    valid = sorted(houses)
    names = {"houses": slugs(work, valid)}
    row.made_by = work.actor.name

    def store(code: str) -> bool:
        row.code = code
        try:
            with work.session.begin_nested():
                add_row(work, row, entity=ENTITY, name=code, reason=reason, beside=names)
        except IntegrityError:
            # Deleted codes count as well: none is given out twice.
            if work.connection.execute(select(_code.c.id).where(_code.c.code == code)).first() is None:
                raise
            return False
        return True

    store_fresh(prefix, store, pick)
    CODE_HOUSES.set(work, row.id, valid)
    return row
