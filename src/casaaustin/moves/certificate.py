"""One night at a time: is there any way to make room, and how many would have to move at least?

On a single night every house holds at most one stay, so the question is a matching: the request needs a
house, whoever is in it needs another, and so on until a free one. The shortest such chain is found by
widening, one move at a time, the set of houses that can be reached. If it stops growing before it meets a
free house, everybody in it competes for those very houses, and there is one more of them than of houses.
Source: docs/rules/pricing.md, 3.6.3 and 3.6.4.
"""

from __future__ import annotations

from dataclasses import dataclass

from casaaustin.moves.index import Index, bits_of


@dataclass(frozen=True, slots=True)
class Wall:
    """A night on which it cannot be done, whoever moves.

    The stays, and the request, can live in no other houses than these; there are as many houses as stays.

    Attributes:
        night: the day on which it begins.
        stays: numbers of the stays in the index, in house order.
        houses: the houses they hold, as a bit set; none when no house suits the request at all.
    """

    night: int
    stays: tuple[int, ...]
    houses: int


def fewest_moves(index: Index, start: int, end: int, wanted: int) -> int | Wall:
    """A lower bound on the moves that make room for a span of nights, or the first night that forbids it.

    Args:
        index: covers the span.
        start: first night, counted from `index.first`.
        end: the night after the last.
        wanted: the houses that would do.

    Returns:
        Moves that any plan needs at least, or the wall. A bound of 0 does not mean that a house is free for
        all nights; a bound is no promise that a plan exists.

    Source: docs/rules/pricing.md, 3.6.4.
    """
    bound = 0
    for night in range(start, end):
        length = _shortest_chain(index, night, wanted)
        if isinstance(length, Wall):
            return length
        bound = max(bound, length)
    return bound


def _shortest_chain(index: Index, night: int, wanted: int) -> int | Wall:
    free = ~index.occupied[night]
    reached, edge, length = 0, wanted, 0
    while edge:
        if edge & free:
            return length
        reached |= edge
        length += 1
        onwards = 0
        for house in bits_of(edge & ~index.held[night]):
            onwards |= index.suits(index.tenant[house][night])
            if onwards & free:
                return length
        edge = onwards & ~reached
    return Wall(night + index.first, tuple(index.tenant[house][night] for house in bits_of(reached)), reached)
