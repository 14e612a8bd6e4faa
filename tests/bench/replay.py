"""Real demand: 40,060 requests of a resort, in booking order with their cancellations, into 40 houses.

The file is not part of the repository (it is published under CC BY 4.0 by
N. Antonio, A. de Almeida and L. Nunes, Data in Brief 22 (2019) 41-49).
`CASA_BENCH_BOOKINGS` names it; without it this benchmark is left out.
"""

from __future__ import annotations

import csv
import gzip
import heapq
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from datetime import time as wall_time
from pathlib import Path
from uuid import UUID

from casaaustin.actors import Actor
from casaaustin.clock import FixedClock, lima_instant
from casaaustin.db.migrate import upgrade
from casaaustin.db.work import Database
from casaaustin.errors import CasaError, InvalidInput
from casaaustin.integrity import integrity
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, ending
from casaaustin.reservations.booking import Order
from casaaustin.stays import Stay
from tests.bench.report import Report
from tests.bench.world import open_world, sell_houses

HOUSES = 40
QUARTERS = 4
ACTOR = Actor("replay")
CLIENT = UUID(int=1)


@dataclass(frozen=True, slots=True)
class Request:
    """One row of the file."""

    booked_on: date
    stay: Stay
    guests: int
    cancelled_on: date | None


def requests_in(path: Path) -> Iterator[Request | None]:
    """The rows in booking order; None for one that cannot be a stay (no night, nobody comes)."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            try:
                stay = Stay(date.fromisoformat(row["arrival"]), date.fromisoformat(row["departure"]))
            except InvalidInput:
                yield None
                continue
            if int(row["guests"]) < 1:
                yield None
                continue
            cancelled = date.fromisoformat(row["reservation_status_date"]) if row["canceled"] == "1" else None
            yield Request(date.fromisoformat(row["booked_on"]), stay, int(row["guests"]), cancelled)


def measure(report: Report, folder: Path, bookings: Path) -> None:
    """Replay the file through `quote`, `reserve` and `cancel`, one transaction each."""
    url = f"sqlite:///{folder / 'replay.sqlite3'}"
    upgrade(url)
    sell_houses(url, houses=HOUSES, stays_a_house=0)
    with open_world(url) as database:
        _replay(report, database, bookings)


def _replay(report: Report, database: Database, bookings: Path) -> None:
    clock = database.clock
    assert isinstance(clock, FixedClock)
    rows = list(requests_in(bookings))
    count: Counter[str] = Counter()
    waiting: list[tuple[date, int, UUID]] = []
    rates: list[float] = []
    nights = operations = 0
    begun = quarter_begun = time.perf_counter()
    quarter_operations = 0
    for number, asked in enumerate(rows, start=1):
        if asked is None:
            count["impossible"] += 1
        else:
            clock.set(lima_instant(asked.booked_on, wall_time(12)))
            while waiting and waiting[0][0] <= asked.booked_on:
                _, _, gone = heapq.heappop(waiting)
                database.write(lambda work, one=gone: _cancel(work, one), actor=ACTOR)  # type: ignore[misc]
                count["cancelled"] += 1
                operations += 1
            booked = _sell(database, asked, count)
            operations += 1
            if booked is not None:
                nights += asked.stay.night_count
                if asked.cancelled_on is not None:
                    heapq.heappush(waiting, (asked.cancelled_on, number, booked))
        if number * QUARTERS // len(rows) > len(rates):
            now = time.perf_counter()
            rates.append((operations - quarter_operations) / (now - quarter_begun))
            quarter_begun, quarter_operations = now, operations
    took = time.perf_counter() - begun
    area = f"replay of {len(rows):,} real requests into {HOUSES} houses"
    report.add(area, "stays accepted", count["accepted"], "stays")
    report.add(area, "nights accepted", nights, "nights")
    report.add(area, "refused: every suitable house taken", count["full"], "requests")
    report.add(area, "refused: not a stay", count["impossible"], "requests")
    report.add(area, "cancelled", count["cancelled"], "stays")
    report.add(area, "operations", operations / took, "a second")
    for quarter, rate in enumerate(rates, start=1):
        report.add(area, f"operations in quarter {quarter}", rate, "a second")
    report.add(area, "last quarter / first quarter", rates[-1] / rates[0], "times")
    found = database.read(integrity)
    report.add(area, "differences found by casa db check", found.differences, "rows", at_most=0)


def _sell(database: Database, asked: Request, count: Counter[str]) -> UUID | None:
    """Quote all houses and book the first that is free, as front desk would."""
    quoted = database.read(lambda work: quoting.quote(work, QuoteRequest(asked.stay, asked.guests)))
    for answer in quoted.available:
        order = Order(house=answer.house.id, stay=asked.stay, guests=asked.guests, client=CLIENT)
        try:
            booked = database.write(lambda work, one=order: booking.reserve(work, one), actor=ACTOR)  # type: ignore[misc]
        except CasaError as refused:
            raise RuntimeError(f"a free house was refused: {refused}") from refused
        count["accepted"] += 1
        return booked.id
    count["full"] += 1
    return None


def _cancel(work: object, reservation: UUID) -> None:
    from casaaustin.db.work import Work

    assert isinstance(work, Work)
    ending.cancel(work, work.session.get_one(Reservation, reservation), reason="as in the file")
