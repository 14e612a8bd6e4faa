"""What a stranger's clock learns about codes: quotes with codes of each kind that is nobody else's business.

The kinds take turns, so that a busy machine is busy for all of them alike.
"""

from __future__ import annotations

import statistics
import time
from datetime import date
from pathlib import Path

from sqlalchemy import select
from starlette.testclient import TestClient

from casaaustin.actors import Actor, ActorKind
from casaaustin.db.migrate import upgrade
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.record import Window
from casaaustin.tables import Client
from casaaustin.vocabulary import Channel
from casaaustin_api.app import create_app
from tests.bench.report import Report
from tests.bench.world import open_world, sell_houses
from tests.support.offers import make_code, store_discounts

TRIES = 200
QUOTE = "/api/v1/properties/calculate-pricing/?check_in_date=2026-09-18&check_out_date=2026-09-21&guests=4"
ENDED = Window(date(2026, 1, 1), date(2026, 3, 31))
LATER = Window(date(2026, 5, 1), date(2026, 12, 31))
KINDS = {
    "unknown": "NOPE1",
    "expired": "ENDED",
    "not started": "LATER",
    "inactive": "OFFED",
    "of another client": "HERS1",
}


def measure(report: Report, folder: Path) -> None:
    """All 4 houses; the slowest kind may take a tenth longer than the fastest."""
    url = f"sqlite:///{folder / 'codes.sqlite3'}"
    upgrade(url)
    sell_houses(url, houses=4, stays_a_house=100)
    database = open_world(url)
    database.write(_store, actor=Actor("bench", Channel.API, ActorKind.SYSTEM))
    app = create_app(database.settings, clock=database.clock, database=database)
    took: dict[str, list[float]] = {kind: [] for kind in KINDS}
    with TestClient(app) as client:
        for attempt in range(-20, TRIES):
            for kind, code in KINDS.items():
                start = time.perf_counter()
                answer = client.get(f"{QUOTE}&discount_code={code}")
                elapsed = time.perf_counter() - start
                if '"reason":"code_not_valid"' not in answer.text:
                    raise RuntimeError(f"{kind}: {answer.text[:200]}")
                if attempt >= 0:
                    took[kind].append(elapsed)
    database.close()
    medians = {kind: statistics.median(times) for kind, times in took.items()}
    area = f"a stranger's quote with a code, median of {TRIES}"
    for kind, median in medians.items():
        report.add(area, kind, median * 1000, "ms")
    spread = max(medians.values()) / min(medians.values())
    report.add(area, "slowest kind / fastest kind", spread, "times", at_most=1.1)


def _store(work: Work) -> None:
    owner = work.connection.execute(select(table_of(Client).c.id)).scalars().first()
    store_discounts(
        work,
        make_code("ENDED", book_window=ENDED),
        make_code("LATER", book_window=LATER),
        make_code("OFFED", is_active=False),
        make_code("HERS1", client=owner),
    )
