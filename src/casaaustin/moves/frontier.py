"""Any number of moves in a few houses: a sweep over the stays by day of arrival.

Behind the sweep line only one thing matters: which of the stays that are still there is in which house. For
each such frontier the cheapest way to reach it is kept; with four houses there are at most 24 of them. The
last one therefore holds the cheapest plan there is, or there is none and no plan exists.

The sweep runs over the days around the request that no movable stay crosses the edges of: what happens beyond
them can be left as it is. One-night holes and ids have no place in a frontier; they are decided in a second
sweep over the steps that some cheapest plan takes.

Few stays usually settle it. The sweep begins with those around the request, as if there were no others: if
these have no plan, there is none at all, and if their best plan leaves all others in peace, it is the best of
all. Otherwise more of them are taken in.
Source: docs/rules/pricing.md, 3.6.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple

from casaaustin.moves.index import MARGIN, NOBODY, Index, bits_of
from casaaustin.moves.instance import Request
from casaaustin.moves.objective import one_night_holes, steps_between, urgency_of

MOST_HOUSES = 5
"""Houses for which the sweep is used: their frontiers are few enough."""

WIDENING = (14, 40, 1 << 40)
"""Nights before and after the request from which stays are taken in, one after the other."""

_URGENCY_BITS = 40
_STEP = 1 << _URGENCY_BITS
_MOVE = 1 << 2 * _URGENCY_BITS

Frontier = tuple[int, ...]
"""The houses of those who are still there, in the order in which they came."""

Layer = dict[Frontier, int]
"""For each frontier what it costs to get there, or to get to the end from there."""


_Step = tuple[Frontier, int, int, Frontier]
"""One job gets a house: the frontier before, the house, its price, the frontier when the next job comes."""

_State = tuple[Frontier, tuple[int, ...]]
"""A frontier, and the last departure from every house."""

_Way = tuple["_Way | None", int]
"""The houses of all jobs so far, the last one first."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """What the sweep found out.

    Attributes:
        house: of the request, or None when no plan exists.
        targets: new house of each stay that moves, both by number.
        states: frontiers that were looked at, which are all that can occur.
    """

    house: int | None
    targets: dict[int, int]
    states: int


class _Job(NamedTuple):
    """Somebody who needs one house from `start` to `end`; `ways` are the houses with their prices."""

    start: int
    end: int
    number: int
    home: int
    ways: list[tuple[int, int]]


def sweep(index: Index, request: Request, wanted: int) -> Sweep:
    """The best plan with any number of moves, or the proof that there is none.

    Args:
        index: of few houses; covers every stay that a chain of movable stays connects with the request.
        request: who is to be placed.
        wanted: the houses that would do.

    Source: docs/rules/pricing.md, 3.6.3.
    """
    start, end = request.start - index.first, request.end - index.first
    left, right = _cuts(index, start, end)
    all_jobs = _Jobs(index, request, wanted)
    states = 0
    for nights in WIDENING:
        since, until = max(left, start - nights), min(right, end + nights)
        is_whole = (since, until) == (left, right)
        jobs = all_jobs.between(since, until)
        found = _sweep_over(index, jobs)
        states += found.states
        if found.house is None or is_whole or _is_possible(index, request, found):
            return Sweep(found.house, found.targets, states)
    raise AssertionError("the last widening takes in everything")


def _is_possible(index: Index, request: Request, found: Sweep) -> bool:
    """Whether a plan, made without looking at some of the stays, leaves them where they are."""
    first = index.first
    nights = list(index.nights)
    spans = [(found.house, request.start - first, request.end - first)]
    for number, target in found.targets.items():
        stay = index.stays[number]
        start, end = stay.start - first, stay.end - first
        nights[index.house_number(stay.house)] &= ~((1 << end) - (1 << start))
        spans.append((target, start, end))
    for house, start, end in spans:
        mask = (1 << end) - (1 << start)
        if house is None or nights[house] & mask:
            return False
        nights[house] |= mask
    return True


def _sweep_over(index: Index, jobs: list[_Job]) -> Sweep:
    """The best way to house these jobs, as if there were no other movable stays."""
    layer: Layer = {(): 0}
    steps: list[list[_Step]] = []
    states = 1
    for job, keep in zip(jobs, _keepers(jobs), strict=True):
        following: Layer = {}
        taken: list[_Step] = []
        for frontier, price in layer.items():
            for house, extra in job.ways:
                if house not in frontier:
                    state = keep((*frontier, house))
                    taken.append((frontier, house, extra, state))
                    total = price + extra
                    if following.get(state, total) >= total:
                        following[state] = total
        states += len(following)
        if not following:
            return Sweep(None, {}, states)
        layer = following
        steps.append(taken)
    houses = _settle_ties(index, jobs, _cheapest(steps))
    placed = {job.number: house for job, house in zip(jobs, houses, strict=True)}
    moved = {job.number: placed[job.number] for job in jobs if placed[job.number] != job.home}
    return Sweep(moved.pop(NOBODY), moved, states)


def _cheapest(steps: list[list[_Step]]) -> list[dict[Frontier, list[_Step]]]:
    """By frontier, only those steps of each job that lead to the end for the least there is."""
    found = []
    to_go: Layer = {(): 0}
    for taken in reversed(steps):
        prices: Layer = {}
        best: dict[Frontier, list[_Step]] = {}
        for step in taken:
            frontier, _, extra, state = step
            rest = to_go.get(state)
            if rest is not None:
                total = extra + rest
                least = prices.get(frontier)
                if least is None or total < least:
                    prices[frontier], best[frontier] = total, [step]
                elif total == least:
                    best[frontier].append(step)
        found.append(best)
        to_go = prices
    return found[::-1]


def _cuts(index: Index, start: int, end: int) -> tuple[int, int]:
    """The nearest days on both sides of some nights that no movable stay crosses."""
    while start and index.continued[start] & ~index.held[start]:
        start -= 1
    while end < len(index.continued) and index.continued[end] & ~index.held[end]:
        end += 1
    return start, end


class _Jobs:
    """The request and the movable stays around it, each worked out once."""

    def __init__(self, index: Index, request: Request, wanted: int) -> None:
        start, end = request.start - index.first, request.end - index.first
        ways = _ways(index, start, end, wanted, request.rank, 0)
        self._index = index
        self._known: dict[int, _Job | None] = {NOBODY: _Job(start, end, NOBODY, NOBODY, ways)}

    def between(self, since: int, until: int) -> list[_Job]:
        """The request and every movable stay of some nights, by day of arrival."""
        numbers = {NOBODY}.union(*[row[since:until] for row in self._index.tenant])
        for number in numbers - self._known.keys():
            self._known[number] = self._job(number)
        found = [job for number in numbers if (job := self._known[number]) is not None]
        return sorted(found, key=itemgetter(0, 2))

    def _job(self, number: int) -> _Job | None:
        index = self._index
        if not index.movable[number]:
            return None
        stay = index.stays[number]
        start, end = stay.start - index.first, stay.end - index.first
        home = index.house_number(stay.house)
        ways = [(home, 0)]
        suits = index.suits(number)
        if suits:
            ways += _ways(index, start, end, suits, stay.booked_rank, _MOVE + urgency_of(stay, index.today))
        return _Job(start, end, number, home, ways)


def _ways(index: Index, start: int, end: int, houses: int, rank: int, price: int) -> list[tuple[int, int]]:
    """The houses somebody may be moved to without meeting anybody who is pinned there, with prices."""
    held = index.held
    for night in range(start, end):
        houses &= ~held[night]
    return [
        (house, price + steps_between(rank, index.houses[house].rank) * _STEP) for house in bits_of(houses)
    ]


def _keepers(jobs: list[_Job]) -> list[Callable[[Frontier], Frontier]]:
    """For each job: what of the frontier is still there when the next one comes."""
    keepers = []
    present: list[int] = []
    for place, job in enumerate(jobs):
        present.append(job.end)
        if place + 1 == len(jobs):
            keepers.append(_keeper((), len(present)))
            break
        arrival = jobs[place + 1].start
        staying = tuple(position for position, end in enumerate(present) if end > arrival)
        keepers.append(_keeper(staying, len(present)))
        present = [end for end in present if end > arrival]
    return keepers


@lru_cache(maxsize=1024)
def _keeper(staying: tuple[int, ...], of: int) -> Callable[[Frontier], Frontier]:
    """What takes the houses at some places out of a frontier."""
    if len(staying) == of:
        return lambda frontier: frontier
    if len(staying) > 1:
        return itemgetter(*staying)
    if staying:
        [only] = staying
        return lambda frontier: (frontier[only],)
    return lambda _: ()


def _settle_ties(
    index: Index, jobs: list[_Job], cheapest: list[dict[Frontier, list[_Step]]]
) -> tuple[int, ...]:
    """A house for each job: of the cheapest plans, the one with fewest holes, least weight, smallest ids.

    Once the last departure from every house is part of the state, what is left to decide is a sum over the
    jobs again, so it takes a second sweep over the steps of cheapest plans only.
    """
    digits = _Digits(index, jobs)
    reached: dict[_State, tuple[int, _Way | None]] = {((), (digits.left,) * len(index.houses)): (0, None)}
    for number, (job, steps) in enumerate(zip(jobs, cheapest, strict=True)):
        following: dict[_State, tuple[int, _Way | None]] = {}
        for (frontier, departures), (key, way) in reached.items():
            for _, house, _, state in steps[frontier]:
                total = key + digits.of(number, house, departures[house])
                after = state, (*departures[:house], job.end, *departures[house + 1 :])
                if after not in following or total < following[after][0]:
                    following[after] = total, (way, house)
        reached = following
    _, last = min(
        (key + digits.at_the_end(departures), way) for (_, departures), (key, way) in reached.items()
    )
    houses: list[int] = []
    while last is not None:
        last, house = last
        houses.append(house)
    return tuple(reversed(houses))


class _Digits:
    """Holes, weight, ids, new houses and the request's house as the digits of one number, holes first.

    Of two sets of equally many ids the smaller one has the smallest id in which they differ. So each stay has
    a bit, the smallest id the highest one, which is set when the stay does *not* move.
    """

    def __init__(self, index: Index, jobs: list[_Job]) -> None:
        self._jobs, self._nights = jobs, list(index.nights)
        self.left = max(min(job.start for job in jobs) - MARGIN, 0)
        self._right = max(job.end for job in jobs) + MARGIN
        movable = [job for job in jobs if job.number != NOBODY]
        for job in movable:
            self._nights[job.home] &= ~((1 << job.end) - (1 << job.start))
        in_order = sorted(
            (index.stays[job.number].id, place) for place, job in enumerate(jobs) if job.number != NOBODY
        )
        width = len(index.houses).bit_length()
        self._target_shift, self._stays = {}, {}
        self._weights = [0 if job.number == NOBODY else index.stays[job.number].weight for job in jobs]
        for rank, (_, place) in enumerate(reversed(in_order), start=1):
            self._target_shift[place] = rank * width
            self._stays[place] = 1 << (len(jobs) * width + rank)
        self._weight_shift = len(jobs) * (width + 1) + 1
        self._hole_shift = self._weight_shift + sum(self._weights).bit_length()

    def of(self, number: int, house: int, departure: int) -> int:
        """What it adds to put a job into a house that was last left on a day."""
        job = self._jobs[number]
        arrives = 1 << job.start
        nights = self._between(house, departure, job.start) | arrives
        found = one_night_holes(nights) << self._hole_shift
        if job.number == NOBODY:
            return found + house
        if house == job.home:
            return found + self._stays[number]
        return found + (self._weights[number] << self._weight_shift) + (house << self._target_shift[number])

    def at_the_end(self, departures: tuple[int, ...]) -> int:
        """What the holes after the last stays of all houses add."""
        holes = 0
        for house, departure in enumerate(departures):
            holes += one_night_holes(self._between(house, departure, self._right))
        return holes << self._hole_shift

    def _between(self, house: int, departure: int, until: int) -> int:
        """Nights of pinned stays from a departure on, and the night before it when somebody left then."""
        since = departure if departure == self.left else departure - 1
        pinned = self._nights[house] & (1 << until) - (1 << departure)
        return pinned if departure == self.left else pinned | 1 << since
