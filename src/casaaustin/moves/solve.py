"""From an instance to the answer: a free house, the best plan, or what is certain about there being none.

Source: docs/rules/pricing.md, 3.6.3 and 3.6.4.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING

from casaaustin.moves.certificate import Wall, fewest_moves
from casaaustin.moves.frontier import MOST_HOUSES, sweep
from casaaustin.moves.index import MARGIN, Index, bits_of
from casaaustin.moves.objective import Plan, plan_of
from casaaustin.moves.search import OutOfNodes, Search, best_free_house

if TYPE_CHECKING:
    from casaaustin.moves.instance import Id, Instance, Request, Stay

USUAL_MOVES = 3
"""Moves up to which is searched when nobody says: staff will not phone more guests than that."""

_MOVES_BEFORE_SWEEP = 2
"""Moves up to which few houses are searched; beyond that the sweep is faster, and proves more."""

USUAL_NODES = 200_000
"""Partial plans after which a search of many houses gives up."""


class Kind(StrEnum):
    """The classes of answers."""

    DIRECT = "direct"
    PLAN = "plan"
    IMPOSSIBLE = "impossible"
    NONE_WITHIN_K = "none_within_k"
    BUDGET_EXHAUSTED = "budget_exhausted"


@dataclass(frozen=True, slots=True)
class NightProof:
    """On this night the stays and the request need one of these houses, which are one too few.

    Attributes:
        night: the day on which it begins.
        stays: who holds the houses, in house order.
        houses: in house order; none when no house suits the request at all.
    """

    night: int
    stays: tuple[Id, ...]
    houses: tuple[Id, ...]


@dataclass(frozen=True, slots=True)
class ExhaustiveProof:
    """Everything was tried: so many partial plans were looked at, and none of them can be completed."""

    states: int


@dataclass(frozen=True, slots=True)
class BoundProof:
    """With fewer moves than this it cannot be done, by exhaustive search."""

    lower_bound: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What is certain about a request.

    Attributes:
        kind: its class.
        plan: for `direct` and `plan` the best one there is. For `budget_exhausted` the best one seen, if any:
            it has the fewest moves there can be, and may cost more than another one.
        min_moves: moves that are needed at least; exact for `direct` and `plan`; None when impossible.
        proof: what the answer rests on.
    """

    kind: Kind
    plan: Plan | None
    min_moves: int | None
    proof: NightProof | ExhaustiveProof | BoundProof


def solve(
    instance: Instance,
    *,
    max_moves: int | None = None,
    most_downgrade: int | None = None,
    max_nodes: int = USUAL_NODES,
) -> Answer:
    """The best plan for a request, or what is certain about there being none.

    Args:
        instance: everything the answer depends on; only the days that matter are indexed.
        max_moves: how many stays may move. None: any number in up to five houses, else `USUAL_MOVES`.
        most_downgrade: classes that a moved stay may lose. None: any number, at its cost.
        max_nodes: partial plans to look at before giving up.

    Source: docs/rules/pricing.md, 3.6.
    """
    calendars = _Calendars(instance, most_downgrade, _depth(len(instance.houses), max_moves))
    return _Question(calendars, instance.request, max_moves, max_nodes).answer()


def solve_each_house(
    instance: Instance,
    *,
    max_moves: int | None = None,
    most_downgrade: int | None = None,
    max_nodes: int = USUAL_NODES,
) -> dict[Id, Answer]:
    """The answer of `solve` for each house that suits the request, as if they insisted on it, in house order.

    The best of the plans is the best plan overall: compare their scores.

    Source: docs/rules/pricing.md, 3.6.6.
    """
    calendars = _Calendars(instance, most_downgrade, _depth(len(instance.houses), max_moves))
    return _Question(calendars, instance.request, max_moves, max_nodes).answer_each()


def solve_in(
    index: Index, request: Request, *, max_moves: int | None = None, max_nodes: int = USUAL_NODES
) -> Answer:
    """The answer of `solve` on an index that is already built.

    Args:
        index: of the request's zone; covers the request and every stay that may have to move for it.
        request: what to place.
        max_moves: as for `solve`.
        max_nodes: as for `solve`.

    Raises:
        ValueError: the index does not cover the request.
    """
    return _Question(_Built(index, request), request, max_moves, max_nodes).answer()


def solve_each_house_in(
    index: Index, request: Request, *, max_moves: int | None = None, max_nodes: int = USUAL_NODES
) -> dict[Id, Answer]:
    """The answers of `solve_each_house` on an index that is already built.

    Raises:
        ValueError: the index does not cover the request.
    """
    return _Question(_Built(index, request), request, max_moves, max_nodes).answer_each()


def _depth(houses: int, max_moves: int | None) -> int:
    """How many moves the search tries before the sweep, or nothing, takes over."""
    most = USUAL_MOVES if max_moves is None else max_moves
    return min(most, _MOVES_BEFORE_SWEEP) if houses <= MOST_HOUSES else most


class _Built:
    """One index for everything."""

    def __init__(self, index: Index, request: Request) -> None:
        if not index.covers(request.start, request.end):
            raise ValueError(f"the index does not cover the days {request.start} to {request.end}")
        self.near = self.reach = self.whole = index


class _Calendars:
    """Indexes of an instance, each over no more days than its question needs, and built when it is asked.

    Attributes:
        near: the nights of the request, to see whether a house is free, or one of them forbids it.
        reach: the days that pushes can come to, and one push more, to see whom the last one would push.
        whole: the days between two that no movable stay crosses, to try everything.
    """

    def __init__(self, instance: Instance, most_downgrade: int | None, depth: int) -> None:
        self._instance, self._most_downgrade, self._depth = instance, most_downgrade, depth

    def _index(self, stays: Sequence[Stay], start: int, end: int, *, nights_only: bool = False) -> Index:
        instance = self._instance
        left, right = start - MARGIN, end + MARGIN
        return Index(
            instance.houses,
            [stay for stay in stays if stay.start < right and stay.end > left],
            today=instance.today,
            window=(start, end),
            nights_only=nights_only,
            most_downgrade=self._most_downgrade,
        )

    @cached_property
    def near(self) -> Index:
        request = self._instance.request
        return self._index(self._instance.stays, request.start, request.end, nights_only=True)

    @cached_property
    def reach(self) -> Index:
        if len(self._instance.houses) <= MOST_HOUSES:
            return self.whole  # the sweep may need it as well, and one index costs less than two
        stays = self._instance.stays
        start, end = self._instance.request.start, self._instance.request.end
        touching = self.near.stays
        for _ in range(self._depth + 1):
            pushed = [stay for stay in touching if stay.start < end and stay.end > start and not stay.pinned]
            inside = start, end
            start = min(start, min((stay.start for stay in pushed), default=start))
            end = max(end, max((stay.end for stay in pushed), default=end))
            if (start, end) == inside:
                break
            left, right = start - MARGIN, end + MARGIN
            touching = [stay for stay in stays if stay.start < right and stay.end > left]
        return self._index(touching, start, end)

    @cached_property
    def whole(self) -> Index:
        stays = self._instance.stays
        start, end = self._instance.request.start, self._instance.request.end
        movable = [stay for stay in stays if not stay.pinned]
        for stay in sorted(movable, key=attrgetter("start")):
            if stay.start >= end:
                break
            end = max(end, stay.end)
        for stay in sorted(movable, key=attrgetter("end"), reverse=True):
            if stay.end <= start:
                break
            start = min(start, stay.start)
        return self._index(stays, start, end)


class _Question:
    """One request in one calendar, for any of its houses."""

    def __init__(
        self, calendars: _Built | _Calendars, request: Request, max_moves: int | None, max_nodes: int
    ) -> None:
        self._calendars, self._request = calendars, request
        self._max_moves, self._max_nodes = max_moves, max_nodes
        self._houses = calendars.near.houses
        self._depth = _depth(len(self._houses), max_moves)

    def answer(self) -> Answer:
        return self._answer(self._calendars.near.houses_for_request(self._request))

    def answer_each(self) -> dict[Id, Answer]:
        wanted = self._calendars.near.houses_for_request(self._request)
        return {self._houses[house].id: self._answer(1 << house) for house in bits_of(wanted)}

    @cached_property
    def _search(self) -> Search:
        return Search(self._calendars.reach, self._request, max_moves=self._depth, max_nodes=self._max_nodes)

    def _answer(self, wanted: int) -> Answer:
        near, request = self._calendars.near, self._request
        house = best_free_house(near, request, wanted)
        if house is not None:
            return Answer(Kind.DIRECT, plan_of(near, request, house, {}), 0, BoundProof(0))
        bound = fewest_moves(near, request.start - near.first, request.end - near.first, wanted)
        if isinstance(bound, Wall):
            return self._blocked(near, bound)
        search = self._search
        try:
            best = search.best(wanted, bound)
        except OutOfNodes:
            if not self._may_sweep:
                seen = search.found_so_far()
                return Answer(Kind.BUDGET_EXHAUSTED, seen, search.proved, BoundProof(search.proved))
        else:
            if best is not None:
                return Answer(Kind.PLAN, best, search.proved, BoundProof(search.proved))
            if search.is_exhausted:
                return Answer(Kind.IMPOSSIBLE, None, None, ExhaustiveProof(search.nodes))
        if self._may_sweep:
            return self._sweep(wanted)
        return Answer(Kind.NONE_WITHIN_K, None, search.proved, BoundProof(search.proved))

    @property
    def _may_sweep(self) -> bool:
        return len(self._houses) <= MOST_HOUSES

    def _sweep(self, wanted: int) -> Answer:
        index = self._calendars.whole
        found = sweep(index, self._request, wanted)
        if found.house is None:
            return Answer(Kind.IMPOSSIBLE, None, None, ExhaustiveProof(found.states))
        moves = len(found.targets)
        if self._max_moves is not None and moves > self._max_moves:
            return Answer(Kind.NONE_WITHIN_K, None, moves, BoundProof(moves))
        plan = plan_of(index, self._request, found.house, found.targets)
        return Answer(Kind.PLAN, plan, moves, BoundProof(moves))

    def _blocked(self, index: Index, wall: Wall) -> Answer:
        proof = NightProof(
            wall.night,
            tuple(index.stays[number].id for number in wall.stays),
            tuple(self._houses[house].id for house in bits_of(wall.houses)),
        )
        return Answer(Kind.IMPOSSIBLE, None, None, proof)
