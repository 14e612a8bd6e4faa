"""The order of levels. Source: docs/rules/pricing.md, 1.12."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Level:
    """A level as rules see it.

    Args:
        id: of the level.
        name: shown to guests.
        icon: an emoji, or empty.
        description: shown to guests.
        reservations: approved bookings of one's own that it takes.
        referrals: guests brought that it takes.
        referral_reservations: approved bookings of those guests that it takes.
        order: place in lists; the last but one tie-break.
        is_active: inactive levels count for nobody.
    """

    id: UUID
    name: str
    icon: str = ""
    description: str = ""
    reservations: int = 0
    referrals: int = 0
    referral_reservations: int = 0
    order: int = 0
    is_active: bool = True

    @property
    def title(self) -> str:
        """Icon and name, as guests read it."""
        return f"{self.icon} {self.name}".strip()


def place(level: Level) -> tuple[Any, ...]:
    """Sort key of a level in lists: the entry level first, as the business orders them.

    Source: docs/rules/clients.md, 1.8.
    """
    return (
        level.order,
        level.reservations,
        level.referrals,
        level.referral_reservations,
        level.name,
        level.id,
    )


def highest(held: Iterable[Level]) -> Level | None:
    """The level of somebody who holds these, or None without an active one.

    By what it takes, each requirement descending; then the larger `order`, then the name.

    Source: docs/rules/pricing.md, 1.12.
    """
    active = [level for level in held if level.is_active]
    return min(active, key=rank, default=None)


def rank(level: Level) -> tuple[Any, ...]:
    """Sort key of a level by what it takes, the highest first; lists have an order of their own."""
    return (
        -level.reservations,
        -level.referrals,
        -level.referral_reservations,
        -level.order,
        level.name,
        level.id,
    )
