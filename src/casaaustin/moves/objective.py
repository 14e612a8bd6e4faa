"""What makes one plan better than another, compared from left to right.

1. stays that move; 2. class steps, the request's included: 1 for each step up, 10 for each step down;
3. urgency: the sooner a moved guest arrives, the worse; 4. one-night holes that the plan leaves;
5. disturbance weight of the moved stays; 6. their ids, then their new houses, then the request's house.

The sixth makes the best plan the only one, so that the same question always has the same answer.
Source: docs/rules/pricing.md, 3.6.2.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from casaaustin.moves.index import Index
    from casaaustin.moves.instance import Id, Request, Stay

STEP_DOWN = 10
"""What a class down counts; a class up counts 1."""

SOON = 100
"""Days before check-in from which on a move counts as urgent."""

_A_MOVE, _A_STEP = 1_000_000, 1_000


def steps_between(booked: int, rank: int) -> int:
    """What it counts to put somebody who booked class `booked` into a house of class `rank`."""
    return rank - booked if rank >= booked else (booked - rank) * STEP_DOWN


def urgency_of(stay: Stay, today: int) -> int:
    """How urgent the check-in of a stay is: 100 on the day itself, 0 from a hundred days before it."""
    return max(0, SOON - (stay.start - today))


@dataclass(frozen=True, slots=True)
class Move:
    """One stay changes house, for all its nights."""

    stay: Id
    origin: Id
    target: Id


@dataclass(frozen=True, slots=True, order=True)
class Score:
    """What a plan costs. Comparing two scores compares the plans; no two plans have the same one.

    Attributes:
        moves: stays that move; the request is not counted.
        steps: class steps as they are weighed.
        urgency: summed over the moved stays.
        holes: one-night holes after the plan less those before; negative when it closes some.
        weight: disturbance, summed over the moved stays.
        moved: ids of the moved stays, sorted.
        targets: their new houses in the order of `moved`, as places in house order.
        house: the request's house, likewise.
        steps_up, steps_down: class steps as they are counted.
    """

    moves: int
    steps: int
    urgency: int
    holes: int
    weight: int
    moved: tuple[Id, ...]
    targets: tuple[int, ...]
    house: int
    steps_up: int = field(compare=False)
    steps_down: int = field(compare=False)

    @property
    def packed(self) -> int:
        """Moves, steps and urgency in one number, as people and files compare plans."""
        return self.moves * _A_MOVE + self.steps * _A_STEP + self.urgency


def one_night_holes(nights: int) -> int:
    """Free runs of exactly one night between two occupied ones; one bit for each occupied night."""
    return (nights & ~(nights >> 1) & (nights >> 2)).bit_count()


@dataclass(frozen=True, slots=True)
class Plan:
    """Which house the request gets, who moves for it, and what that costs."""

    house: Id
    moves: tuple[Move, ...]
    score: Score


def plan_of(index: Index, request: Request, house: int, targets: Mapping[int, int]) -> Plan:
    """A plan with what it costs.

    Args:
        index: the calendar before the plan.
        request: who is to be placed.
        house: the request's house, as a place in house order.
        targets: new house of each stay that moves, both by number.

    Source: docs/rules/pricing.md, 3.6.2.
    """
    first, houses = index.first, index.houses
    after = {house: (1 << request.end - first) - (1 << request.start - first)}
    leaving: dict[int, int] = {}
    ranks = [houses[house].rank - request.rank]
    moved = sorted((index.stays[number].id, number) for number in targets)
    for _, number in moved:
        stay, target = index.stays[number], targets[number]
        mask = (1 << stay.end - first) - (1 << stay.start - first)
        origin = index.house_number(stay.house)
        leaving[origin] = leaving.get(origin, 0) | mask
        after[target] = after.get(target, 0) | mask
        ranks.append(houses[target].rank - stay.booked_rank)
    holes = 0
    for place in after.keys() | leaving.keys():
        before = index.nights[place]
        now = before & ~leaving.get(place, 0) | after.get(place, 0)
        holes += one_night_holes(now) - one_night_holes(before)
    up, down = sum(step for step in ranks if step > 0), -sum(step for step in ranks if step < 0)
    score = Score(
        moves=len(moved),
        steps=up + down * STEP_DOWN,
        urgency=sum(urgency_of(index.stays[number], index.today) for number in targets),
        holes=holes,
        weight=sum(index.stays[number].weight for number in targets),
        moved=tuple(stay for stay, _ in moved),
        targets=tuple(targets[number] for _, number in moved),
        house=house,
        steps_up=up,
        steps_down=down,
    )
    moves = tuple(Move(stay, index.stays[number].house, houses[targets[number]].id) for stay, number in moved)
    return Plan(houses[house].id, moves, score)
