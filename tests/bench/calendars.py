"""Synthetic calendars of any size and occupancy, for the search for moves: a year, today is day 30.

The same seed always gives the same calendar and the same requests. Two families: stays one after the other
in each house, and stays that arrive at random and take the plainest free house.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from casaaustin.moves.instance import House, Instance, Request, Stay

DAYS, TODAY, FREEZE = 365, 30, 1
CAPACITIES = (6, 10, 16, 25)
FLAGS = ("flag 0", "flag 1", "flag 2")
PEAKS = ((150, 180), (330, 350))
LONGEST = 28


@dataclass(frozen=True, slots=True)
class Kind:
    """What a calendar is like.

    Attributes:
        houses: how many.
        occupancy: wanted share of occupied nights.
        mean_nights: mean length of a stay.
        zones: groups of houses that exchange stays only among themselves.
        peak: occupancy wanted in the two peak windows, where requests then fall too.
        random_arrival: whether stays arrive at random instead of one after the other.
    """

    houses: int
    occupancy: float
    mean_nights: float
    zones: int = 1
    peak: float | None = None
    random_arrival: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """One zone: its houses and stays."""

    houses: tuple[House, ...]
    stays: tuple[Stay, ...]

    def instance(self, request: Request) -> Instance:
        """The calendar with a request."""
        return Instance(TODAY, self.houses, self.stays, request)

    @property
    def occupancy(self) -> float:
        """Share of nights of the year that are taken."""
        nights = sum(min(stay.end, DAYS) - max(stay.start, 0) for stay in self.stays)
        return nights / (DAYS * len(self.houses))


def calendars(kind: Kind, seed: int) -> list[Calendar]:
    """The zones of one business."""
    chance = random.Random(seed)
    capacities = [each for _ in range(kind.zones) for each in _capacities(chance, kind.houses // kind.zones)]
    houses = []
    for number, capacity in enumerate(capacities):
        flags = frozenset(flag for flag in FLAGS if chance.random() < 0.6)
        houses.append(House(number, capacity, flags, CAPACITIES.index(capacity)))
    stays = list(_arriving(chance, kind, houses) if kind.random_arrival else _renewing(chance, kind, houses))
    each = kind.houses // kind.zones
    zone_of: list[list[Stay]] = [[] for _ in range(kind.zones)]
    for stay in stays:
        zone_of[int(str(stay.house)) // each].append(stay)
    return [
        Calendar(tuple(houses[zone * each : (zone + 1) * each]), tuple(zone_of[zone]))
        for zone in range(kind.zones)
    ]


def requests(kind: Kind, seed: int, count: int) -> Iterator[tuple[int, Request]]:
    """Requests of a business, each with its zone."""
    chance = random.Random(seed * 7919 + 1)
    for _ in range(count):
        nights = _length(chance, kind.mean_nights)
        first, last = chance.choice(PEAKS) if kind.peak is not None else (32, DAYS - 1)
        start = chance.randint(first, max(first, min(last, DAYS - 1) - nights))
        if kind.houses == 4:
            capacity = chance.choice([10, 10, 16, 25])
        else:
            [capacity] = chance.choices(CAPACITIES, weights=(0.3, 0.4, 0.2, 0.1))
        guests = chance.randint(max(1, capacity // 3), capacity)
        features = frozenset(flag for flag in FLAGS if chance.random() < 0.06)
        yield chance.randrange(kind.zones), Request(start, start + nights, guests, features, _rank(guests))


def _capacities(chance: random.Random, houses: int) -> list[int]:
    if houses == 4:
        return [10, 10, 16, 25]
    shares = zip(CAPACITIES, (0.3, 0.4, 0.2, 0.1), strict=True)
    found = [capacity for capacity, share in shares for _ in range(round(share * houses))]
    found = (found + [10] * houses)[:houses]
    chance.shuffle(found)
    return found


def _length(chance: random.Random, mean: float) -> int:
    nights = 1
    while nights < LONGEST and chance.random() > 1 / mean:
        nights += 1
    return nights


def _gap(chance: random.Random, mean: float) -> int:
    none = max(0.0, 1 - mean / 3)
    if not chance.random() > none:
        return 0
    nights, mean_if_any = 1, max(mean / (1 - none), 1)
    while chance.random() > 1 / mean_if_any:
        nights += 1
    return nights


def _rank(guests: int) -> int:
    return next(rank for rank, capacity in enumerate(CAPACITIES) if capacity >= guests)


def _renewing(chance: random.Random, kind: Kind, houses: list[House]) -> Iterator[Stay]:
    number = 0
    for house in houses:
        day = -chance.randint(0, 6)
        while True:
            busy = kind.occupancy
            if kind.peak is not None and any(first <= day < last for first, last in PEAKS):
                busy = kind.peak
            day += _gap(chance, kind.mean_nights * (1 - busy) / busy)
            nights = _length(chance, kind.mean_nights)
            if day + nights > DAYS:
                break
            if day + nights > 0:
                guests = chance.randint(max(1, (house.capacity or 0) // 3), house.capacity or 0)
                yield _stay(chance, number, house, max(day, 0), day + nights, guests)
                number += 1
            day += nights


def _arriving(chance: random.Random, kind: Kind, houses: list[House]) -> Iterator[Stay]:
    taken = dict.fromkeys((house.id for house in houses), 0)
    refused = nights_sold = number = 0
    while nights_sold < kind.occupancy * DAYS * len(houses) and refused < 4000 + 20 * len(houses):
        nights = _length(chance, kind.mean_nights)
        start = chance.randint(0, DAYS - nights)
        capacity = chance.choice(houses).capacity or 0
        guests = chance.randint(max(1, capacity // 3), capacity)
        mask = (1 << start + nights) - (1 << start)
        fitting = [
            house for house in houses if (house.capacity or 0) >= guests and not taken[house.id] & mask
        ]
        if not fitting:
            refused += 1
            continue
        chance.shuffle(fitting)
        house = min(fitting, key=lambda each: each.rank)
        taken[house.id] |= mask
        nights_sold += nights
        yield _stay(chance, number, house, start, start + nights, guests)
        number += 1


def _stay(chance: random.Random, number: int, house: House, start: int, end: int, guests: int) -> Stay:
    features = frozenset(flag for flag in sorted(house.features) if chance.random() < 0.10)
    pinned = start <= TODAY + FREEZE or chance.random() < 0.10
    return Stay(number, house.id, start, end, guests, features, min(_rank(guests), house.rank), pinned)
