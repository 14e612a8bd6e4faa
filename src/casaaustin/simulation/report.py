"""In what two replays of the same past differ, added up by month and house. Pure.

Source: docs/adr/0013-simulating-a-configuration.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest
from typing import Any
from uuid import UUID

from casaaustin.money import NOTHING, ZERO, Amount
from casaaustin.pricing.ratebook import House
from casaaustin.properties.rules import natural_order
from casaaustin.simulation.past import Group, LeftOut, Past, PastStay, Period
from casaaustin.simulation.replay import Price, Rules, replay
from casaaustin.vocabulary import UnavailableReason


@dataclass(frozen=True, slots=True)
class Compared:
    """One stay under both configurations.

    Args:
        stay: what was asked for.
        now: its price under the configuration as it is.
        changed: its price under the changed one; None when that has none.
    """

    stay: PastStay
    now: Price
    changed: Price | None

    @property
    def refusals(self) -> frozenset[str]:
        """Why only the changed configuration would not sell it; empty when it would."""
        if self.changed is None:
            return frozenset({UnavailableReason.PRICE_MISSING.value})
        return self.changed.refusals - self.now.refusals

    @property
    def difference(self) -> Amount:
        """Changed less now; nothing for a stay that would be refused, because it has no price to compare."""
        if self.changed is None or self.refusals:
            return NOTHING
        return self.changed.total - self.now.total


@dataclass(frozen=True, slots=True)
class Figures:
    """Stays added up.

    A stay that the changed configuration would refuse has no second price: it is counted in
    `refused`, with what it is worth now, and in no other figure.

    Args:
        stays: priced under both configurations.
        touched: those of them whose price differs.
        sold: what they really cost.
        now: what they cost under the configuration as it is.
        changed: what they cost under the changed one.
        refused: stays that only the changed configuration would not sell.
        refused_worth: what those cost under the configuration as it is.
    """

    stays: int = 0
    touched: int = 0
    sold: Amount = NOTHING
    now: Amount = NOTHING
    changed: Amount = NOTHING
    refused: int = 0
    refused_worth: Amount = NOTHING

    @property
    def difference(self) -> Amount:
        """What the change does."""
        return self.changed - self.now

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.stays + other.stays,
            self.touched + other.touched,
            self.sold + other.sold,
            self.now + other.now,
            self.changed + other.changed,
            self.refused + other.refused,
            self.refused_worth + other.refused_worth,
        )


EMPTY = Figures()
_SPARE = 1000  # stays kept beyond those that will be named, so that they are sorted seldom


@dataclass(frozen=True, slots=True)
class Line:
    """A month of a house; the month is its first day."""

    month: date
    house: House
    figures: Figures


@dataclass(frozen=True, slots=True)
class Part:
    """One group of stays."""

    total: Figures = EMPTY
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """What the change would have done.

    Args:
        period: which stays, and by which of their days.
        parts: by group; every group is there.
        largest: the stays that differ most in dollars, of whatever group, largest first.
        refusals: how many stays of whatever group would be refused, by reason.
        left_out: how many bookings were not replayed, by reason.
        without_snapshot: how many were replayed without their services and code, which nobody knows.
        houses: those of the configuration as it is.
    """

    period: Period
    parts: Mapping[Group, Part]
    largest: tuple[Compared, ...] = ()
    refusals: Mapping[str, int] = field(default_factory=dict)
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    without_snapshot: int = 0
    houses: Mapping[UUID, House] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to compare."""
        return not any(part.lines for part in self.parts.values())


def compare(
    past: Past,
    now: Rules,
    changed: Rules,
    *,
    period: Period,
    most: int = 10,
    step: Callable[[int], None] | None = None,
) -> Report:
    """Replay a past under two configurations and add up what differs.

    Args:
        past: what happened.
        now: the configuration as it is.
        changed: the configuration as it would be.
        period: as the past was read.
        most: how many single differences to name.
        step: told how many stays were just done.
    """
    tally = _Tally(period, most)
    for one in _both(past, now, changed):
        tally.add(one)
        if step is not None:
            step(1)
    houses = now.book.by_id
    left_out = Counter(past.left_out)
    # What the configuration as it is cannot price is no basis for a comparison.
    if without_price := len(past.stays) - tally.stays:
        left_out[LeftOut.NO_PRICE] += without_price
    return Report(
        period=period,
        parts={group: tally.part(group, houses) for group in Group},
        largest=tally.largest(),
        refusals=dict(sorted(tally.refusals.items())),
        left_out=dict(sorted(left_out.items())),
        without_snapshot=past.without_snapshot,
        houses=houses,
    )


def by_month(part: Part) -> dict[date, Figures]:
    """The figures of all houses, by month."""
    return _sums((line.month, line.figures) for line in part.lines)


def by_house(part: Part) -> dict[str, Figures]:
    """The figures of all months, by the name of the house, in natural order."""
    return _sums(
        (line.house.name, line.figures)
        for line in sorted(part.lines, key=lambda line: natural_order(line.house.name))
    )


def _both(past: Past, now: Rules, changed: Rules) -> Iterator[Compared]:
    for stay, first, second in zip(past.stays, replay(past, now), replay(past, changed), strict=True):
        if first is not None:
            yield Compared(stay, first, second)


class _Tally:
    """Adds up stays as they come, and keeps only those that may be named."""

    def __init__(self, period: Period, most: int) -> None:
        self.stays = 0
        self.refusals: Counter[str] = Counter()
        self._period = period
        self._most = most
        self._sums: dict[tuple[Group, date, UUID], Figures] = {}
        self._largest: list[Compared] = []

    def add(self, one: Compared) -> None:
        """Count a stay."""
        self.stays += 1
        self.refusals.update(one.refusals)
        month = one.stay.day(self._period.by).replace(day=1)
        key = one.stay.group, month, one.stay.house
        self._sums[key] = self._sums.get(key, EMPTY) + _figures(one)
        if one.difference != NOTHING:
            self._largest.append(one)
            if len(self._largest) > self._most + _SPARE:
                self._largest = list(self.largest())

    def largest(self) -> tuple[Compared, ...]:
        """The largest differences so far."""
        return tuple(nsmallest(self._most, self._largest, key=_rank))

    def part(self, group: Group, houses: Mapping[UUID, House]) -> Part:
        """One group, month by month and house by house."""
        lines = [
            Line(month, houses[house], figures)
            for (of_group, month, house), figures in self._sums.items()
            if of_group is group
        ]
        return Part(
            total=sum((line.figures for line in lines), EMPTY),
            lines=tuple(sorted(lines, key=lambda line: (line.month, natural_order(line.house.name)))),
        )


def _figures(one: Compared) -> Figures:
    if one.changed is None or one.refusals:
        return Figures(refused=1, refused_worth=one.now.total)
    return Figures(
        stays=1,
        touched=int(one.difference != NOTHING),
        sold=one.stay.sold,
        now=one.now.total,
        changed=one.changed.total,
    )


def _sums(figures: Iterable[tuple[Any, Figures]]) -> dict[Any, Figures]:
    found: dict[Any, Figures] = {}
    for key, one in figures:
        found[key] = found.get(key, EMPTY) + one
    return found


def _rank(one: Compared) -> tuple[Any, ...]:
    largest = max(one.difference.usd, ZERO - one.difference.usd)
    return -largest, one.stay.at, one.stay.id
