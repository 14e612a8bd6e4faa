"""Instances for the search for moves, and the answer by plainly trying every assignment.

Nothing here is shared with `casaaustin.moves` but the values that go in: sets of nights, one loop over all
assignments, and the rules written out once more.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, NamedTuple

from casaaustin.moves.instance import House, Instance, Request, Stay

FLAGS = ("garden", "pool", "view")


class Truth(NamedTuple):
    """The best assignment there is: its vector, the request's house, and (stay, from, to) of each move."""

    vector: tuple[Any, ...]
    house: Any
    moves: tuple[tuple[Any, Any, Any], ...]

    @property
    def packed(self) -> int:
        """Moves, steps and urgency in one number."""
        moves, steps, urgency = map(int, self.vector[:3])
        return moves * 1_000_000 + steps * 1_000 + urgency


def best_by_enumeration(instance: Instance, *, most_downgrade: int | None = None) -> Truth | None:
    """The best assignment of all, or None when there is none."""
    return min(assignments(instance, most_downgrade=most_downgrade), default=None)


def assignments(instance: Instance, *, most_downgrade: int | None = None) -> list[Truth]:
    """Every feasible assignment."""
    request = instance.request
    choices = [_houses_of(stay, instance, most_downgrade) for stay in instance.stays]
    before = _holes(instance, {stay.id: stay.house for stay in instance.stays}, None)
    found: list[Truth] = []
    for house in instance.houses:
        if _may_be_sold(house, request):
            taken = {(house.id, night) for night in range(request.start, request.end)}
            ways = _homes(instance.stays, choices, taken)
            found.extend(_truth(instance, house, homes, before) for homes in ways)
    return found


def _homes(
    stays: tuple[Stay, ...], choices: list[list[Any]], taken: set[tuple[Any, int]]
) -> Iterator[list[Any]]:
    """Every way to give each stay one of its houses so that nobody shares a night."""
    if not stays:
        yield []
        return
    for home in choices[0]:
        nights = {(home, night) for night in range(stays[0].start, stays[0].end)}
        if taken.isdisjoint(nights):
            for others in _homes(stays[1:], choices[1:], taken | nights):
                yield [home, *others]


def _may_be_sold(house: House, request: Request) -> bool:
    return (
        house.is_open
        and (house.capacity is None or house.capacity >= request.guests)
        and request.features <= house.features
        and request.house in (None, house.id)
        and (request.allowed is None or house.id in request.allowed)
    )


def _houses_of(stay: Stay, instance: Instance, most_downgrade: int | None) -> list[Any]:
    if stay.pinned:
        return [stay.house]
    others = [
        house.id
        for house in instance.houses
        if house.is_open
        and (house.capacity is None or house.capacity >= stay.guests)
        and stay.features <= house.features
        and (stay.allowed is None or house.id in stay.allowed)
        and (most_downgrade is None or house.rank >= stay.booked_rank - most_downgrade)
        and house.id != stay.house
    ]
    return [stay.house, *others]


def _truth(instance: Instance, house: House, homes: list[Any], before: int) -> Truth:
    ranks = {each.id: each.rank for each in instance.houses}
    order = {each.id: place for place, each in enumerate(instance.houses)}
    moved = sorted(
        (
            (stay.id, stay, home)
            for stay, home in zip(instance.stays, homes, strict=True)
            if stay.house != home
        )
    )
    steps = [house.rank - instance.request.rank]
    steps += [ranks[home] - stay.booked_rank for _, stay, home in moved]
    living = {stay.id: home for stay, home in zip(instance.stays, homes, strict=True)}
    vector = (
        len(moved),
        sum(step if step > 0 else -10 * step for step in steps),
        sum(max(0, 100 - (stay.start - instance.today)) for _, stay, _ in moved),
        _holes(instance, living, house.id) - before,
        sum(stay.weight for _, stay, _ in moved),
        tuple(stay for stay, _, _ in moved),
        tuple(order[home] for _, _, home in moved),
        order[house.id],
    )
    return Truth(vector, house.id, tuple((stay.id, stay.house, home) for _, stay, home in moved))


def _holes(instance: Instance, living: dict[Any, Any], house_of_request: Any) -> int:
    count = 0
    for house in instance.houses:
        spans = [(stay.start, stay.end) for stay in instance.stays if living[stay.id] == house.id]
        if house.id == house_of_request:
            spans.append((instance.request.start, instance.request.end))
        count += sum(1 for one, other in pairwise(sorted(spans)) if other[0] - one[1] == 1)
    return count


def tiny_instance(seed: int) -> Instance:
    """Two to five houses, a week or two, up to twelve stays, at most seven of them movable."""
    chance = random.Random(seed)
    houses = tuple(
        House(
            f"H{number}",
            chance.choice([6, 10, 10, 16, None]),
            frozenset(flag for flag in FLAGS if chance.random() < 0.75),
            chance.choice([0, 0, 1, 2]),
            chance.random() > 0.05,
        )
        for number in range(chance.randint(2, 5))
    )
    length = chance.randint(6, 14)
    meant = chance.randint(3, 12)
    stays: list[Stay] = []
    names = chance.sample(range(100), 40)
    for house in houses:
        day = chance.randint(-2, 1)
        while day < length and len(stays) < meant:
            nights = chance.choice([1, 1, 2, 2, 3, 3, 4, 5])
            movable = sum(not stay.pinned for stay in stays)
            stays.append(_stay(chance, names[len(stays)], house, day, day + nights, movable >= 7))
            day += nights + chance.choice([0, 0, 0, 0, 1, 1, 2])
    chance.shuffle(stays)
    start = chance.randint(0, length - 2)
    anywhere = chance.random() < 0.75
    request = Request(
        start,
        start + chance.choice([1, 2, 2, 3, 4]),
        chance.randint(1, 12),
        frozenset(flag for flag in FLAGS if chance.random() < 0.1),
        chance.choice([0, 0, 0, 1]),
        None if anywhere else chance.choice(houses).id,
        frozenset(house.id for house in houses if chance.random() < 0.7) if chance.random() < 0.1 else None,
    )
    return Instance(chance.choice([-200, -95, -60, -3]), houses, tuple(stays), request)


def _stay(chance: random.Random, name: int, house: House, start: int, end: int, pinned: bool) -> Stay:
    capacity = 12 if house.capacity is None else house.capacity
    return Stay(
        f"S{name:02}",
        house.id,
        start,
        end,
        chance.randint(1, max(1, capacity - chance.choice([0, 4]))),
        frozenset(flag for flag in sorted(house.features) if chance.random() < 0.15),
        max(0, house.rank - chance.choice([0, 0, 1])),
        pinned or chance.random() < 0.15,
        chance.choice([0, 0, 10, 25]),
        frozenset({house.id, f"H{chance.randint(0, 3)}"}) if chance.random() < 0.05 else None,
    )


def night_is_possible(instance: Instance, night: int, *, most_downgrade: int | None = None) -> bool:
    """Whether everybody of one night, the request included, can have a house of their own that night."""
    stays = tuple(
        stay._replace(start=night, end=night + 1) for stay in instance.stays if stay.start <= night < stay.end
    )
    request = instance.request._replace(start=night, end=night + 1)
    return bool(assignments(instance._replace(stays=stays, request=request), most_downgrade=most_downgrade))


def shuffled_instance(seed: int, *, houses: int, nights: int = 18) -> Instance:
    """A full calendar in which the request once had a place, until houses exchanged their later stays.

    Its nights are still free, but in several houses, so it often takes long chains and exchanges to bring
    them together again. All houses are alike to most stays, and all moves are equally urgent.
    """
    chance = random.Random(seed)
    flags = [frozenset(flag for flag in FLAGS if chance.random() < 0.9) for _ in range(houses)]
    homes = [House(number, 10, flags[number], chance.choice([0, 0, 0, 1])) for number in range(houses)]
    stays: list[Stay] = []
    for house in homes:
        day = chance.randint(-2, 0)
        while day < nights:
            length = chance.choice([1, 2, 2, 3, 3, 4, 5])
            needs = frozenset(flag for flag in sorted(house.features) if chance.random() < 0.04)
            name = chance.randrange(10**6) * 1_000 + len(stays)
            stays.append(
                Stay(
                    name,
                    house.id,
                    day,
                    day + length,
                    4,
                    needs,
                    house.rank,
                    chance.random() < 0.04,
                    chance.choice([0, 5]),
                )
            )
            day += length + (chance.random() < 0.1)
    inner = [stay for stay in stays if stay.start >= 3 and stay.end <= nights - 2]
    gone = chance.choice([stay for stay in inner if stay.end - stay.start > 1])
    stays.remove(gone)
    for _ in range(60):
        day = chance.randint(gone.start - 3, gone.end + 3)
        one, other = chance.sample(homes, 2)
        stays = _exchanged_after(stays, day, one, other)
    return Instance(-200, tuple(homes), tuple(stays), Request(gone.start, gone.end, 4, gone.features, 0))


def _exchanged_after(stays: list[Stay], day: int, one: House, other: House) -> list[Stay]:
    """The stays after two houses exchanged everybody from a day on; as before where that cannot be."""
    target = {one.id: other, other.id: one}
    found = []
    for stay in stays:
        if stay.house not in target or stay.end <= day:
            found.append(stay)
        elif stay.start < day or stay.pinned or stay.features - target[stay.house].features:
            return stays
        else:
            found.append(stay._replace(house=target[stay.house].id))
    return found
