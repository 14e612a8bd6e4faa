"""Referral discounts: what a first stay costs less, by the level of who recommended.

Source: docs/rules/pricing.md, 1.11 and 2.7.8; docs/rules/clients.md, 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select

from casaaustin.audit.service import once
from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import check_amount
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import ReferralDiscountByLevel
from casaaustin.errors import NotFound
from casaaustin.levels.models import Achievement
from casaaustin.levels.queries import as_level, get_level, level_rows
from casaaustin.money import HUNDRED

ENTITY = "referral_discount"
_row = table_of(ReferralDiscountByLevel)


@dataclass(frozen=True, slots=True)
class ReferralListed:
    """What guests get whom somebody of this level recommended.

    `discount_percentage` is None where nothing is set; `counts` is false as well where the
    discount or the level is inactive.
    """

    level: str
    title: str
    discount_percentage: Decimal | None
    is_active: bool
    counts: bool


def list_referral(work: Work) -> tuple[ReferralListed, ...]:
    """Every level with its percentage, in the order of the levels; two statements."""
    rows = {
        row.achievement_id: row
        for row in work.session.scalars(select(ReferralDiscountByLevel).where(~_row.c.deleted))
    }
    listed = []
    for level in level_rows(work):
        row = rows.get(level.id)
        is_active = row is not None and row.is_active
        listed.append(
            ReferralListed(
                level=level.name,
                title=as_level(level).title,
                discount_percentage=None if row is None else row.discount_percentage,
                is_active=is_active,
                counts=is_active and level.is_active,
            )
        )
    return tuple(listed)


def set_referral(
    work: Work,
    level: str,
    discount_percentage: Decimal,
    *,
    is_active: bool = True,
    key: str | None = None,
    reason: str = "",
) -> Changed:
    """Set what guests get whom somebody of this level recommended, and switch it on.

    Args:
        work: a writing unit of work.
        level: id, name or the unique beginning of its name.
        discount_percentage: above 0, at most 100; of the whole stay.
        is_active: whether it is on afterwards.
        key: of the request; a repetition returns the first answer.
        reason: why.

    Raises:
        NotFound: no such level.
        InvalidInput: several are called that, or the percentage is out of bounds.
    """
    value = check_amount(discount_percentage, field="discount_percentage", above=True, most=HUNDRED)

    def set_it() -> Changed:
        hold_rate_book(work)
        named = get_level(work, level)
        row = _of(work, named.id)
        if row is not None:
            values = {"discount_percentage": value, "is_active": is_active}
            return change_row(work, row, values, entity=ENTITY, name=_name(named), reason=reason)
        made = ReferralDiscountByLevel(
            achievement_id=named.id, discount_percentage=value, is_active=is_active
        )
        return add_row(
            work, made, entity=ENTITY, name=_name(named), reason=reason, beside={"level": named.name}
        )

    return once(
        work,
        key,
        "referral_discount.set",
        {"level": level, "discount_percentage": value, "is_active": is_active},
        set_it,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def disable_referral(work: Work, level: str, *, reason: str = "") -> Changed:
    """Give nothing for this level any more; setting it again brings it back.

    Raises:
        NotFound: no such level, or nothing is set for it (`referral_discount_not_found`).
    """
    hold_rate_book(work)
    named, row = _get(work, level)
    return change_row(work, row, {"is_active": False}, entity=ENTITY, name=_name(named), reason=reason)


def delete_referral(work: Work, level: str, *, reason: str = "") -> Changed:
    """Delete what is set for a level softly.

    Raises:
        NotFound: no such level, or nothing is set for it (`referral_discount_not_found`).
    """
    hold_rate_book(work)
    named, row = _get(work, level)
    return delete_row(work, row, entity=ENTITY, name=_name(named), reason=reason)


def _get(work: Work, level: str) -> tuple[Achievement, ReferralDiscountByLevel]:
    named = get_level(work, level)
    row = _of(work, named.id)
    if row is None:
        raise NotFound(
            f"No referral discount is set for the level {named.name}.",
            code="referral_discount_not_found",
            hint="See them with: casa discounts referral list",
        )
    return named, row


def _of(work: Work, level: UUID) -> ReferralDiscountByLevel | None:
    return work.session.scalars(
        select(ReferralDiscountByLevel).where(~_row.c.deleted, _row.c.achievement_id == level)
    ).one_or_none()


def _name(level: Achievement) -> str:
    return f"recommended by {level.name}"
