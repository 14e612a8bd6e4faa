"""What the search reads: houses, stays and one request, as plain values.

Days are whole numbers on any scale the caller likes (`date.toordinal` will do);
`end` is exclusive and effective, so a late checkout or a cleaning night is already
part of it. Who may not be moved, and why, is settled before: the search only sees
`pinned` (`casaaustin.moves.pinning` is the rule).

The values are named tuples: a row of the database becomes a `Stay` for a fifth of
the price of a dataclass, and two hundred thousand of them are read at once.
Source: docs/rules/pricing.md, 3.6.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from uuid import UUID

    Id = str | int | UUID
    """Any value that can be ordered; all ids of one instance are of one kind."""

NOTHING_NEEDED: frozenset[str] = frozenset()


class House(NamedTuple):
    """A house that stays can be moved to.

    Attributes:
        id: its name in the instance.
        capacity: persons that may enter; None means any number.
        features: what it offers.
        rank: its class; a higher one is a better house.
        is_open: whether it takes anybody new. Those who are in it may remain.
    """

    id: Id
    capacity: int | None
    features: frozenset[str] = NOTHING_NEEDED
    rank: int = 0
    is_open: bool = True


class Stay(NamedTuple):
    """A reservation, or a block, that takes the nights `[start, end)` of a house.

    Attributes:
        id: its name in the instance; the smallest ids are moved first when all else is equal.
        house: id of the house it is in.
        start: day of arrival.
        end: first day on which the house is free again.
        guests: persons.
        features: what they were promised.
        booked_rank: class of the house they booked, however often they were moved since.
        pinned: whether it must stay where it is.
        weight: how much a move would disturb (`casaaustin.moves.disturbance`); 0 when nobody says.
        allowed: the only houses it may be moved to; None means every house that fits.
    """

    id: Id
    house: Id
    start: int
    end: int
    guests: int
    features: frozenset[str] = NOTHING_NEEDED
    booked_rank: int = 0
    pinned: bool = False
    weight: int = 0
    allowed: frozenset[Id] | None = None


class Request(NamedTuple):
    """What somebody wants to book.

    Attributes:
        start: day of arrival.
        end: first day on which the house is free again.
        guests: persons.
        features: what they need.
        rank: class of the smallest house that holds them (`request_rank`).
        house: the house they insist on; None means any.
        allowed: the only houses that may be sold to them, minimum nights included; None means every one.
    """

    start: int
    end: int
    guests: int
    features: frozenset[str] = NOTHING_NEEDED
    rank: int = 0
    house: Id | None = None
    allowed: frozenset[Id] | None = None


class Instance(NamedTuple):
    """Everything that one answer depends on. No two stays of a house share a night.

    Attributes:
        today: the day it is; urgency counts from here.
        houses: in house order, by which ties are broken last.
        stays: in any order; more of them than matter do no harm.
        request: what to place.
    """

    today: int
    houses: tuple[House, ...]
    stays: tuple[Stay, ...]
    request: Request


def request_rank(houses: tuple[House, ...], guests: int) -> int:
    """The class of a request: that of the smallest house that holds its guests; the lowest class on a tie.

    Returns:
        0 when no house is large enough: such a request is answered `impossible` whatever its class.

    Source: docs/rules/pricing.md, 3.6.2.
    """
    holding = [house for house in houses if house.capacity is None or house.capacity >= guests]
    if not holding:
        return 0
    return min(holding, key=lambda house: (house.capacity is None, house.capacity or 0, house.rank)).rank
