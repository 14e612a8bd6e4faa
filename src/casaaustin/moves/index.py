"""The nights of a zone of interchangeable houses as bit sets, one bit for each house.

Questions such as "in which houses would exactly two stays have to leave for these
nights" are a handful of and/or on whole numbers, for four houses as for two thousand.
The index is built over the window of days that matters and never changes; what one
search works out about a stay is kept by that search.
Source: docs/rules/pricing.md, 3.6.3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from operator import xor
from typing import TYPE_CHECKING

from casaaustin.moves.objective import steps_between

if TYPE_CHECKING:
    from casaaustin.moves.instance import House, Id, Request, Stay

MARGIN = 2
"""Nights around the window that are read too: a one-night hole ends at somebody beyond it."""

NOBODY = -1


class Index:
    """A calendar that can be asked about spans of nights; days are counted from `first`.

    Args:
        houses: of one zone, in house order.
        stays: at least those that meet the window, at most one of them on a night of a house.
        today: the day it is.
        window: the days `[first, last)` to index; None takes in every stay. A stay that reaches beyond the
            window counts as one that cannot be moved, because where else it could live is unknown.
        nights_only: whether only questions about single nights will be asked; then such a stay may be moved.
        most_downgrade: classes that a moved stay may lose; None means any number.

    Attributes:
        occupied, begins, held: by night, the houses that are occupied, where a stay begins, and where one
            that cannot be moved lives.
        continued: by night, the houses where somebody of the night before is still there.
        nights: by house, its occupied nights, one bit for each.
        tenant: by house and night, the number of the stay there, or NOBODY.
        stays: by number.
        movable: by number, whether the stay may be moved.
    """

    __slots__ = (
        "_fits",
        "_position",
        "_ranks",
        "_rings",
        "_suits",
        "begins",
        "continued",
        "first",
        "held",
        "houses",
        "last",
        "most_downgrade",
        "movable",
        "nights",
        "occupied",
        "stays",
        "tenant",
        "today",
    )

    def __init__(
        self,
        houses: Sequence[House],
        stays: Iterable[Stay],
        *,
        today: int,
        window: tuple[int, int] | None = None,
        nights_only: bool = False,
        most_downgrade: int | None = None,
    ) -> None:
        if window is None:
            stays = list(stays)
            window = (
                min((stay.start for stay in stays), default=0),
                max((stay.end for stay in stays), default=0),
            )
        self.first, self.last = window[0] - MARGIN, window[1] + MARGIN
        self.houses, self.today, self.most_downgrade = houses, today, most_downgrade
        self._position = {house.id: number for number, house in enumerate(houses)}
        self._fits: dict[tuple[int, frozenset[str], int], int] = {}
        self._rings: dict[int, tuple[tuple[int, int], ...]] = {}
        self._ranks: dict[int, int] = {}
        for number, house in enumerate(houses):
            self._ranks[house.rank] = self._ranks.get(house.rank, 0) | 1 << number
        self._fill(stays, nights_only)

    def _fill(self, stays: Iterable[Stay], nights_only: bool) -> None:
        first, position = self.first, self._position
        length = max(self.last - first, 0)
        self.begins = begins = [0] * length
        self.nights = nights = [0] * len(self.houses)
        self.tenant = tenant = [[NOBODY] * length for _ in self.houses]
        known: list[Stay] = []
        movable: list[bool] = []
        self.stays, self.movable = known, movable
        # A house turns from free to taken, or back, where a stay starts or ends; where two meet it does both.
        taken, held = [0] * (length + 1), [0] * (length + 1)
        for stay in stays:
            start, end = stay.start - first, stay.end - first
            if start >= length or end <= 0:
                continue
            may_move = not stay.pinned
            if start < 0:
                may_move &= nights_only
                start = 0
            if end > length:
                may_move &= nights_only
                end = length
            house = position[stay.house]
            bit = 1 << house
            begins[start] |= bit
            taken[start] ^= bit
            taken[end] ^= bit
            if not may_move:
                held[start] ^= bit
                held[end] ^= bit
            nights[house] |= (1 << end) - (1 << start)
            tenant[house][start:end] = [len(known)] * (end - start)
            known.append(stay)
            movable.append(may_move)
        self._suits: list[int | None] = [None] * len(known)
        self.occupied: list[int] = list(accumulate(taken, xor))[:length]
        self.held: list[int] = list(accumulate(held, xor))[:length]
        self.continued = [busy & ~begun for busy, begun in zip(self.occupied, begins, strict=True)]

    def covers(self, start: int, end: int) -> bool:
        """Whether the days `[start, end)` and the nights around them are indexed."""
        return self.first + MARGIN <= start and end <= self.last - MARGIN

    def house_bit(self, house: Id) -> int:
        """The bit of a house; 0 when there is no such house."""
        number = self._position.get(house)
        return 0 if number is None else 1 << number

    def house_number(self, house: Id) -> int:
        """The place of a house in house order."""
        return self._position[house]

    def suits(self, number: int) -> int:
        """The houses that a stay may be moved to, occupied or not; its own is not among them.

        Source: docs/rules/pricing.md, 3.6.1.
        """
        found = self._suits[number]
        if found is None:
            stay = self.stays[number]
            key = stay.guests, stay.features, stay.booked_rank
            found = self._fits.get(key)
            if found is None:
                found = self._fits[key] = self._fitting(*key)
            found &= ~(1 << self._position[stay.house])
            if stay.allowed is not None:
                found &= self._bits(stay.allowed)
            self._suits[number] = found
        return found

    def houses_for_request(self, request: Request) -> int:
        """The houses that may be sold to a request, occupied or not; its class forbids none.

        Source: docs/rules/pricing.md, 3.6.1.
        """
        fits = self._fitting(request.guests, request.features, None)
        if request.house is not None:
            fits &= self.house_bit(request.house)
        return fits if request.allowed is None else fits & self._bits(request.allowed)

    def _fitting(self, guests: int, features: frozenset[str], booked_rank: int | None) -> int:
        fits = 0
        lowest = (
            None if booked_rank is None or self.most_downgrade is None else booked_rank - self.most_downgrade
        )
        for number, house in enumerate(self.houses):
            if (
                house.is_open
                and (house.capacity is None or guests <= house.capacity)
                and features <= house.features
                and (lowest is None or house.rank >= lowest)
            ):
                fits |= 1 << number
        return fits

    def _bits(self, houses: Iterable[Id]) -> int:
        found = 0
        for house in houses:
            found |= self.house_bit(house)
        return found

    def rings(self, booked_rank: int) -> tuple[tuple[int, int], ...]:
        """All houses by what a class costs: (steps, houses), cheapest first."""
        found = self._rings.get(booked_rank)
        if found is None:
            by_steps: dict[int, int] = {}
            for rank, houses in self._ranks.items():
                steps = steps_between(booked_rank, rank)
                by_steps[steps] = by_steps.get(steps, 0) | houses
            found = self._rings[booked_rank] = tuple(sorted(by_steps.items()))
        return found

    def taken_within(self, start: int, end: int) -> int:
        """Houses with somebody on one of the nights from `start` to before `end`, counted from `first`."""
        taken = self.occupied[start]
        begins = self.begins
        for night in range(start + 1, end):
            taken |= begins[night]
        return taken

    def leaving(self, start: int, end: int, among: int, most: int) -> list[int]:
        """Houses by how many stays would have to leave them for a span of nights.

        Args:
            start: first night, counted from `first`.
            end: the night after the last.
            among: the houses to look at.
            most: the largest number that is of interest.

        Returns:
            For 0 … `most` the houses where exactly so many would have to leave and none of them is held.
        """
        begins, held = self.begins, self.held
        at_least = [among & self.occupied[start]] + [0] * most
        stuck = held[start]
        for night in range(start + 1, end):
            stuck |= held[night]
            new = begins[night] & among
            if new:
                for number in range(most, 0, -1):
                    at_least[number] |= at_least[number - 1] & new
                at_least[0] |= new
        exactly = [among & ~at_least[0]]
        exactly += [at_least[number - 1] & ~at_least[number] & ~stuck for number in range(1, most + 1)]
        return exactly


def bits_of(houses: int) -> Iterator[int]:
    """The numbers of the houses of a set, smallest first."""
    while houses:
        lowest = houses & -houses
        yield lowest.bit_length() - 1
        houses ^= lowest
