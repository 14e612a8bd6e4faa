"""What happened, as a replay needs it: stays in the order of booking, and what was known of each guest.

Nothing in here depends on prices or discounts, so one reading serves any number of replays.
Source: docs/adr/0013-simulating-a-configuration.md.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from casaaustin.errors import InvalidInput
from casaaustin.money import Amount
from casaaustin.stays import Stay


class Group(StrEnum):
    """What is replayed; never added up together, because a saved quote may have become a booking."""

    BOOKING = "booking"
    ENDED = "ended"
    QUOTE = "quote"


class LeftOut(StrEnum):
    """Why a booking is not replayed."""

    CHANNEL = "channel"
    BY_HAND = "by_hand"
    NO_PRICE = "no_price"


class PeriodBy(StrEnum):
    """Which day of a stay decides whether it belongs to the period, and to which month."""

    BOOKING = "booking"
    CHECK_IN = "check-in"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` to `last`, both included.

    Raises:
        InvalidInput: it ends before it begins.
    """

    first: date
    last: date
    by: PeriodBy = PeriodBy.BOOKING

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise InvalidInput(
                f"The period ends on {self.last}, before it begins on {self.first}.",
                field="to",
                code="period_reversed",
            )


@dataclass(frozen=True, slots=True)
class UsedCode:
    """The code that a stay was sold with."""

    id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class PastStay:
    """A booking or a saved quote: what was asked for, when, by whom, and what it cost.

    Args:
        id: of the reservation or the quote.
        group: which of the three it is.
        at: when it was made.
        booked_on: the business day of that.
        client: the guest, if one was named.
        house: where it was sold, also when the stay was moved later.
        stay: the nights.
        guests: all persons.
        rate: soles for a dollar, frozen with it.
        sold: what it really cost.
        services: chosen optional services.
        code: the code that won, if one did.
        late_checkout: whether a late checkout belongs to it.
        until: the first instant at which it was no booking any more; None for one that still is.
    """

    id: UUID
    group: Group
    at: datetime
    booked_on: date
    client: UUID | None
    house: UUID
    stay: Stay
    guests: int
    rate: Decimal
    sold: Amount
    services: tuple[UUID, ...] = ()
    code: UsedCode | None = None
    late_checkout: bool = False
    until: datetime | None = None

    def day(self, by: PeriodBy) -> date:
        """The day that decides about the period."""
        return self.booked_on if by is PeriodBy.BOOKING else self.stay.check_in


@dataclass(frozen=True, slots=True)
class History:
    """When a guest's bookings began and ended, whatever house and period; each list in order.

    A booking that is approved today counts as approved from the beginning: when that
    happened is not among the facts of a reservation.
    """

    approved: tuple[datetime, ...] = ()
    made: tuple[datetime, ...] = ()
    ended: tuple[datetime, ...] = ()

    @classmethod
    def of(cls, bookings: Iterable[tuple[datetime, datetime | None, bool]]) -> History:
        """From (made, first instant at which it was none any more, is approved), in any order."""
        # One that ended as it began was never a booking at any instant.
        counted = [one for one in bookings if one[1] is None or one[1] > one[0]]
        return cls(
            approved=tuple(sorted(made for made, _, is_approved in counted if is_approved)),
            made=tuple(sorted(made for made, _, _ in counted)),
            ended=tuple(sorted(ended for _, ended, _ in counted if ended is not None)),
        )

    def approved_before(self, at: datetime) -> int:
        """Approved bookings made before `at`."""
        return bisect_left(self.approved, at)

    def open_at(self, at: datetime) -> int:
        """Bookings made before `at` that had not ended then."""
        return bisect_left(self.made, at) - bisect_right(self.ended, at)


NO_HISTORY = History()


@dataclass(frozen=True, slots=True)
class Guest:
    """What discounts ask about a client; birth date and referrer as they are known today."""

    birth_date: date | None = None
    referred_by: UUID | None = None
    history: History = NO_HISTORY


UNKNOWN = Guest()


@dataclass(frozen=True, slots=True)
class Holding:
    """A level that somebody holds, and since when."""

    level: UUID
    since: datetime


@dataclass(frozen=True, slots=True)
class OtherUse:
    """A use of a code by a booking that is not replayed; it lasts until just before `until`."""

    at: datetime
    code: UUID
    client: UUID | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """All that is replayed.

    Args:
        stays: in the order in which they were booked.
        guests: by id.
        holdings: levels by client, referrers included.
        other_uses: in the order in which they began.
        left_out: how many bookings of the period are not replayed, by reason.
        without_snapshot: how many of `stays` are known by their row alone, without services and code.
    """

    stays: tuple[PastStay, ...] = ()
    guests: Mapping[UUID, Guest] = field(default_factory=dict)
    holdings: Mapping[UUID, tuple[Holding, ...]] = field(default_factory=dict)
    other_uses: tuple[OtherUse, ...] = ()
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    without_snapshot: int = 0

    def levels_at(self, client: UUID | None, at: datetime) -> frozenset[UUID]:
        """The levels that somebody held at `at`, as far as they hold them still."""
        held = self.holdings.get(client, ()) if client is not None else ()
        return frozenset(one.level for one in held if one.since <= at)
