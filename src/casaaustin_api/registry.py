"""Every endpoint there is: the routes, the documentation and the tests all walk this one list."""

from __future__ import annotations

from functools import cache
from itertools import groupby

from casaaustin_api.endpoint import Endpoint
from casaaustin_api.routes import (
    availability,
    discounts,
    houses,
    moves,
    photos,
    profits,
    quotes,
    reservations,
    system,
)

_MODULES = (quotes, availability, moves, houses, photos, reservations, discounts, profits, system)


@cache
def endpoints() -> tuple[Endpoint, ...]:
    """Every endpoint, those that are asked most first."""
    return tuple(endpoint for module in _MODULES for endpoint in module.ENDPOINTS)


def by_path() -> list[tuple[str, tuple[Endpoint, ...]]]:
    """The endpoints of each path. A path without braces goes before one that would swallow it."""
    ordered = sorted(enumerate(endpoints()), key=lambda one: ("{" in one[1].full_path, one[0]))
    positions: dict[str, int] = {}
    for _, endpoint in ordered:
        positions.setdefault(endpoint.full_path, len(positions))
    sorted_endpoints = sorted((one for _, one in ordered), key=lambda one: positions[one.full_path])
    return [(path, tuple(found)) for path, found in groupby(sorted_endpoints, key=lambda one: one.full_path)]
