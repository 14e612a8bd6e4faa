"""What is returned when a stay is cancelled. Source: docs/rules/pricing.md, 2.11."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from casaaustin.money import ZERO, percent_of
from casaaustin.pricing.ratebook import CancellationTier, RateBook


@dataclass(frozen=True, slots=True)
class Refund:
    """What is proposed to be returned, and by which tier; no tier = nothing."""

    amount: Decimal
    tier: CancellationTier | None


def tiers_of(house: UUID, tiers: Iterable[CancellationTier]) -> tuple[CancellationTier, ...]:
    """The tiers of a house, most days first: those that name it, else those for every house."""
    rows = list(tiers)
    own = [tier for tier in rows if house in tier.houses]
    scope = own or [tier for tier in rows if not tier.houses]
    return tuple(sorted(scope, key=lambda tier: (-tier.days_before, -tier.refund_percentage, tier.name)))


def tiers_in(book: RateBook, house: UUID) -> tuple[CancellationTier, ...]:
    """The tiers of a house in a rate book: sorted once, for the book cannot change."""
    known = book.tier_memory.get(house)
    if known is None:
        known = book.tier_memory[house] = tiers_of(house, book.cancellation)
    return known


def default_tier(scope: Iterable[CancellationTier]) -> CancellationTier | None:
    """The tier that a quote shows."""
    return next((tier for tier in scope if tier.is_default), None)


def refund(paid: Decimal, days_before: int, scope: Iterable[CancellationTier]) -> Refund:
    """What a guest gets back.

    Args:
        paid: what was paid; the refund is in the same currency.
        days_before: whole days before check-in; 0 on the day itself.
        scope: the tiers of the house, see `tiers_of`.

    Returns:
        The tier with the most days that are still kept; none matches: nothing is returned.

    Source: docs/rules/pricing.md, 2.11.
    """
    reached = [tier for tier in scope if tier.days_before <= days_before]
    if not reached:
        return Refund(ZERO, None)
    tier = max(reached, key=lambda one: (one.days_before, one.refund_percentage))
    return Refund(percent_of(paid, tier.refund_percentage), tier)
