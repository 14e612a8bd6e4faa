"""Making room end to end, from a SQLite file: open a unit of work, read the residents, solve for each house.

The calendars are those of `calendars`, stored as reservations. CPU time of the process, the best of three
repeats for each request; the rate book is in memory, as in any process that has answered before.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from casaaustin.clock import today
from casaaustin.db.engine import open_engines
from casaaustin.db.migrate import upgrade
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.moves.instance import Request
from casaaustin.moves.solve import solve_each_house
from casaaustin.pricing.queries import rate_book
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment.proposals import neighbourhoods
from casaaustin.reassignment.terms import Terms
from casaaustin.stays import Stay
from casaaustin.tables import Client, Property, Reservation
from tests.bench import calendars, world
from tests.bench.calendars import TODAY, Calendar
from tests.bench.report import Report

REPEATS = 3
TERMS = Terms(freeze_days=0)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a calendar, how many requests, and the bound in milliseconds, if there is one.

    Attributes:
        name: what it is.
        kind: the calendar.
        requests: how many.
        in_its_zone: each request names a house, so that only its zone is read; else all zones are.
        p99: bound in milliseconds.
    """

    name: str
    kind: calendars.Kind
    requests: int
    in_its_zone: bool = False
    p99: float | None = None


ROWS = (
    Row("4 houses, 50%", calendars.Kind(4, 0.5, 6.6), 300, p99=2),
    Row("4 houses, 90%", calendars.Kind(4, 0.9, 6.6), 300, p99=2),
    Row("40 houses, 90%", calendars.Kind(40, 0.9, 4.4), 20),
    Row("2,000 houses in 50 zones, 90%, one zone", calendars.Kind(2000, 0.9, 3.3, 50), 100, True, 10),
    Row("2,000 houses in 50 zones, 90%, all zones", calendars.Kind(2000, 0.9, 3.3, 50), 1),
)


def measure(report: Report, folder: Path) -> None:
    """Every row, each on a database of its own kind."""
    stored: dict[calendars.Kind, tuple[Database, list[Calendar]]] = {}
    for number, row in enumerate(ROWS):
        if row.kind not in stored:
            url = f"sqlite:///{folder / f'rearranging-{number}.sqlite3'}"
            zones = calendars.calendars(row.kind, 1)
            upgrade(url)
            world.sell_houses(url, houses=0, stays_a_house=0)
            store(url, zones)
            stored[row.kind] = world.open_world(url), zones
        _measure(report, row, *stored[row.kind])
    for database, _ in stored.values():
        database.close()


def _measure(report: Report, row: Row, database: Database, zones: list[Calendar]) -> None:
    first_day = database.read(lambda work: today(work.clock)) - timedelta(days=TODAY)
    took, read = [], 0
    for zone, asked in calendars.requests(row.kind, 1, row.requests):
        request = _request(asked, first_day, _house_for(zones[zone], asked) if row.in_its_zone else None)
        best = float("inf")
        for _ in range(REPEATS):
            start = time.process_time()
            residents = database.read(lambda work, request=request: _solve(work, request))  # type: ignore[misc]
            best = min(best, time.process_time() - start)
        took.append(best * 1000)
        read += residents
    took.sort()
    area = f"making room from SQLite, {row.name}"
    report.add(area, "residents read, mean", read / len(took), "stays")
    report.add(area, f"p50 of {len(took)}", took[len(took) // 2], "ms")
    report.add(area, f"p99 of {len(took)}", took[int(len(took) * 0.99)], "ms", at_most=row.p99)
    report.add(area, "max", took[-1], "ms")


def _solve(work: Work, request: QuoteRequest) -> int:
    """The answer for every house, as a search with moves asks for it; how many residents it took."""
    found = neighbourhoods(work, rate_book(work), request, TERMS)
    for one in found:
        solve_each_house(one.instance, max_moves=TERMS.max_moves)
    return sum(len(one.residents) for one in found)


def _request(asked: Request, first_day: date, house: UUID | None) -> QuoteRequest:
    nights = Stay(first_day + timedelta(days=asked.start), first_day + timedelta(days=asked.end))
    return QuoteRequest(nights, asked.guests, house, features=asked.features)


def _house_for(zone: Calendar, asked: Request) -> UUID:
    """A house of the zone that would do, or any."""
    fits = [
        house
        for house in zone.houses
        if (house.capacity or 0) >= asked.guests and asked.features <= house.features
    ]
    return _id((fits or zone.houses)[0].id)


def _id(number: object) -> UUID:
    return UUID(int=int(str(number)) + 1)


def guest_id(stay: int) -> UUID:
    """Whose stay it is: every guest comes twice. The first guest is the world's own."""
    return UUID(int=stay // 2 + 2)


def store(url: str, zones: list[Calendar]) -> None:
    """Write the calendars as houses and reservations, in bulk."""
    stamps = {"created": world.NOW, "updated": world.NOW, "deleted": False}
    first_day = world.NOW.date() - timedelta(days=TODAY)

    def houses() -> Iterator[dict[str, Any]]:
        for zone, calendar in enumerate(zones):
            for house in calendar.houses:
                yield {
                    **stamps,
                    **world.house_facts(int(str(house.id)) + 1),
                    "capacity_max": house.capacity,
                    "caracteristicas": sorted(house.features),
                    "exchange_class": house.rank,
                    "zone": f"zone {zone}",
                }

    def guests() -> Iterator[dict[str, Any]]:
        last = sum(len(calendar.stays) for calendar in zones)
        for number in range(guest_id(0).int, guest_id(last).int + 1):
            key = {"id": UUID(int=number), "number_doc": f"{number:08}", "live_key": f"dni:{number:08}"}
            yield {**stamps, **world.client_facts(), **key}

    def stays() -> Iterator[dict[str, Any]]:
        for stay in (stay for calendar in zones for stay in calendar.stays):
            number, house = int(str(stay.id)) + 1, int(str(stay.house)) + 1
            nights = first_day + timedelta(days=stay.start), first_day + timedelta(days=stay.end)
            yield {
                **stamps,
                **world.reservation_facts(number, house, *nights),
                "client_id": guest_id(number),
                "guests": stay.guests,
                "required_features": sorted(stay.features),
                "booked_class": stay.booked_rank,
                "house_locked": stay.pinned,
            }

    engines = open_engines(url)
    with engines.writing.begin() as connection:
        for model, rows in ((Property, houses()), (Client, guests()), (Reservation, stays())):
            while batch := list(islice(rows, world.BATCH)):
                connection.execute(insert(table_of(model)), batch)
    engines.dispose()
