"""Who may not be moved, and why. Source: docs/rules/pricing.md, 3.6.1."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from casaaustin.vocabulary import Origin, ReservationStatus

FREEZE_DAYS = 3
"""Days before check-in within which nobody is moved any more."""

MOST_MOVES = 1
"""How often one booking is moved."""


class Pin(StrEnum):
    """Why a stay must remain in its house; in the order in which the reasons are looked for."""

    BEGUN = "begun"
    BEING_PAID = "being_paid"
    EXTERNAL = "external"
    MAINTENANCE = "maintenance"
    HOUSE_LOCKED = "house_locked"
    FROZEN = "frozen"
    MOVED_BEFORE = "moved_before"


NEVER_LIFTED = frozenset({Pin.BEGUN, Pin.BEING_PAID})
"""What staff cannot release; a stay with another reason they can."""


@dataclass(frozen=True, slots=True)
class Booking:
    """What decides whether a reservation may be moved.

    Attributes:
        has_begun: whether check-in day and hour have come, or the stay is over.
        days_to_check_in: calendar days from today to check-in.
        status: of the reservation.
        origin: who brought it in.
        house_locked: whether they were promised this very house.
        moved_count: how often it was moved.
        has_deadline: whether it must be paid for before an instant.
    """

    has_begun: bool
    days_to_check_in: int
    status: ReservationStatus
    origin: Origin
    house_locked: bool = False
    moved_count: int = 0
    has_deadline: bool = False


def pins(
    booking: Booking, *, freeze_days: int = FREEZE_DAYS, most_moves: int = MOST_MOVES
) -> tuple[Pin, ...]:
    """Every reason why a reservation must remain where it is; none means that it may be moved.

    Args:
        booking: the facts.
        freeze_days: check-in within so many days pins, the last of them included.
        most_moves: how often one booking may be moved.

    Source: docs/rules/pricing.md, 3.6.1.
    """
    reasons = {
        Pin.BEGUN: booking.has_begun,
        Pin.BEING_PAID: booking.status is ReservationStatus.INCOMPLETE and booking.has_deadline,
        Pin.EXTERNAL: booking.origin is Origin.AIRBNB,
        Pin.MAINTENANCE: booking.origin is Origin.MAINTENANCE,
        Pin.HOUSE_LOCKED: booking.house_locked,
        Pin.FROZEN: booking.days_to_check_in <= freeze_days,
        Pin.MOVED_BEFORE: booking.moved_count >= most_moves,
    }
    return tuple(reason for reason, holds in reasons.items() if holds)


def is_pinned(reasons: Collection[Pin], released: Collection[Pin] = ()) -> bool:
    """Whether a stay stays put after staff released it from some reasons; two of them cannot be released."""
    return any(reason in NEVER_LIFTED or reason not in released for reason in reasons)
