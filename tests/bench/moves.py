"""The search for moves in CPU time, on synthetic calendars of 4 to 2,000 houses; and what it is worth.

CPU time of the process, the best of three repeats for each request. "On an index" leaves the building of the
index out, "from rows" reads a year of stays from memory, picks the days that matter and indexes them.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from casaaustin.moves.index import Index
from casaaustin.moves.instance import Request, Stay
from casaaustin.moves.solve import Answer, Kind, solve, solve_in
from tests.bench import calendars
from tests.bench.calendars import DAYS, TODAY, Calendar
from tests.bench.report import Report

REPEATS = 3
YIELD_MOVES = 6


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: what it is.
        kind: the calendars.
        seeds: one business each.
        requests: to each business.
        max_moves: None for any number.
        p99, worst: bounds in milliseconds on an index, where there are any.
        rows_p50, rows_p99: bounds in milliseconds from rows, where these are measured.
        repeats: of each request.
    """

    name: str
    kind: calendars.Kind
    seeds: range
    requests: int
    max_moves: int | None = None
    p99: float | None = None
    worst: float | None = None
    rows_p50: float | None = None
    rows_p99: float | None = None
    repeats: int = REPEATS


SPEED = (
    *(
        Row(
            f"4 houses, {occupancy:.0%}",
            calendars.Kind(4, occupancy, 3.0 if occupancy < 0.4 else 6.6),
            range(1, 11),
            200,
            p99=0.3,
            worst=1,
            rows_p50=0.08,
            rows_p99=0.35,
        )
        for occupancy in (0.3, 0.5, 0.7, 0.9)
    ),
    *(
        Row(
            f"40 houses, {occupancy:.0%}, up to {moves} moves",
            calendars.Kind(40, occupancy, 4.4),
            range(1, 4),
            400,
            moves,
            p99=3,
            worst=15,
        )
        for moves in (3, 4)
        for occupancy in (0.85, 0.9, 0.95)
    ),
    Row("400 houses in one pool, 95%", calendars.Kind(400, 0.95, 4.4), range(1, 3), 1000, 4),
    Row(
        "400 houses in one pool, peaks at 99.5%",
        calendars.Kind(400, 0.95, 4.4, peak=0.995),
        range(1, 2),
        300,
        4,
        repeats=1,
    ),
    *(
        Row(
            f"2,000 houses in 50 zones, {occupancy:.0%}",
            calendars.Kind(2000, occupancy, 3.3, 50),
            range(1, 2),
            2000,
            4,
            p99=5,
            worst=30,
        )
        for occupancy in (0.9, 0.95)
    ),
    Row("2,000 houses in one pool, 95%", calendars.Kind(2000, 0.95, 3.3), range(1, 2), 600, 4, repeats=1),
    Row(
        "2,000 houses in one pool, peaks at 99.8%",
        calendars.Kind(2000, 0.95, 3.3, peak=0.998),
        range(1, 2),
        600,
        3,
        p99=100,
        repeats=1,
    ),
)

YIELD = (
    *(
        Row(f"4 houses, {occupancy:.0%}", calendars.Kind(4, occupancy, 6.6), range(1, 21), 300)
        for occupancy in (0.5, 0.7, 0.85)
    ),
    Row("4 houses, 45%, arrivals", calendars.Kind(4, 0.45, 3.0, random_arrival=True), range(1, 6), 300),
    *(
        Row(f"40 houses, {occupancy:.0%}", calendars.Kind(40, occupancy, 4.4), range(1, 6), 400)
        for occupancy in (0.85, 0.9, 0.95)
    ),
    Row("40 houses, 85%, arrivals", calendars.Kind(40, 0.85, 4.4, random_arrival=True), range(1, 3), 300),
    Row("2,000 houses in 50 zones, 90%", calendars.Kind(2000, 0.9, 3.3, 50), range(1, 2), 2000),
)


def measure(report: Report) -> None:
    """Speed, then yield."""
    for row in SPEED:
        _measure_speed(report, row)
    for row in YIELD:
        _measure_yield(report, row)


@dataclass(frozen=True, slots=True)
class _Asked:
    calendar: Calendar
    index: Index
    request: Request


def _asked(row: Row) -> list[_Asked]:
    found = []
    for seed in row.seeds:
        zones = calendars.calendars(row.kind, seed)
        indexes = [Index(zone.houses, zone.stays, today=TODAY, window=(0, DAYS)) for zone in zones]
        for zone, request in calendars.requests(row.kind, seed, row.requests):
            found.append(_Asked(zones[zone], indexes[zone], request))
    return found


def _measure_speed(report: Report, row: Row) -> None:
    asked = _asked(row)
    area = f"moves, {row.name}"
    timed = [
        _timed(lambda one=one: solve_in(one.index, one.request, max_moves=row.max_moves), row.repeats)  # type: ignore[misc]
        for one in asked
    ]
    _percentiles(report, area, "on an index", timed, row.p99, row.worst)
    blocked = [(took, answer) for took, answer in timed if answer.kind is not Kind.DIRECT]
    _percentiles(report, area, "no house free", blocked, None, None)
    if row.rows_p99 is not None:
        timed = [
            _timed(
                lambda one=one: solve(one.calendar.instance(one.request), max_moves=row.max_moves),  # type: ignore[misc]
                row.repeats,
            )
            for one in asked
        ]
        _percentiles(report, area, "from rows", timed, row.rows_p99, None, row.rows_p50)


def _timed(ask: Callable[[], Answer], repeats: int) -> tuple[float, Answer]:
    best, answer = float("inf"), None
    for _ in range(repeats):
        start = time.process_time()
        answer = ask()
        best = min(best, time.process_time() - start)
    assert answer is not None
    return best * 1000, answer


def _percentiles(
    report: Report,
    area: str,
    name: str,
    timed: list[tuple[float, Answer]],
    p99: float | None,
    worst: float | None,
    p50: float | None = None,
) -> None:
    took = sorted(each for each, _ in timed)
    for label, value, bound in (
        ("p50", took[len(took) // 2], p50),
        ("p99", took[int(len(took) * 0.99)], p99),
        ("max", took[-1], worst),
    ):
        report.add(area, f"{name}, {label} of {len(took):,}", value, "ms", at_most=bound)


def _measure_yield(report: Report, row: Row) -> None:
    area = f"requests placed, {row.name}"
    count: Counter[str] = Counter()
    for one in (asked := _asked(row)):
        answer = solve_in(one.index, one.request, max_moves=YIELD_MOVES)
        count[str(answer.kind)] += 1
        if answer.kind is Kind.PLAN and answer.min_moves is not None:
            count.update(f"up to {most}" for most in range(answer.min_moves, YIELD_MOVES + 1))
        if answer.kind is not Kind.DIRECT:
            free_choice = range(len(one.calendar.houses))
            count["incumbent's rule, any two houses"] += _incumbent(one, free_choice)
            if len(one.calendar.houses) == 4:
                count["incumbent's rule, its two houses"] += _incumbent(one, range(1, 4, 2))
    report.add(area, "requests", len(asked), "")
    report.add(area, "direct", count["direct"], "")
    for name in ("incumbent's rule, its two houses", "incumbent's rule, any two houses"):
        if name in count:
            report.add(area, f"more by the {name}", count[name], "")
    for most in (1, 2, 3, 4, YIELD_MOVES):
        report.add(area, f"more with up to {most} moves", count[f"up to {most}"], "")
    report.add(area, "impossible, proved", count["impossible"], "")


def _incumbent(one: _Asked, houses: range) -> bool:
    """Whether everybody in the way in one of the houses fits, unchanged, into one other of them.

    Room, features and pins are looked at, which the incumbent does not do.
    """
    index, request = one.index, one.request
    wanted = index.houses_for_request(request)
    start, end = request.start - index.first, request.end - index.first
    for house in houses:
        if not wanted >> house & 1 or index.held[start:end] != [
            held & ~(1 << house) for held in index.held[start:end]
        ]:
            continue
        numbers = {number for number in index.tenant[house][start:end] if number >= 0}
        for other in houses:
            if other != house and all(
                index.suits(number) >> other & 1 and not _meets(index, other, index.stays[number])
                for number in numbers
            ):
                return True
    return False


def _meets(index: Index, house: int, stay: Stay) -> bool:
    mask = (1 << stay.end - index.first) - (1 << stay.start - index.first)
    return bool(index.nights[house] & mask)
