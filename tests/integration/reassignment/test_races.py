"""Many processes rearrange the same houses at once: no night is shared, no stay lost, no stale plan used.

A few hundred operations on each database; 100,000 in the nightly profile. The same harness finds
what a naive version breaks, and nothing while that version is alone (docs/rules/principles.md, 20).
"""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import select

from casaaustin.actors import Actor
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.integrity import integrity
from casaaustin.register.models import Reservation
from casaaustin.vocabulary import ReservationStatus
from tests.integration.reassignment.test_worked_examples import Example
from tests.support.databases import Databases, Kind
from tests.support.desk import wrong_nights
from tests.support.processes import race
from tests.support.rearrangers import TICK, Job, rearrange
from tests.support.world import make_client

# One race at a time: two of them would want more connections than a server has.
pytestmark = pytest.mark.xdist_group("races")

NIGHTLY = settings.get_current_profile_name() == "nightly"
PROCESSES = 4
OPERATIONS = 100_000 if NIGHTLY else 320
PERIODS = 10 if NIGHTLY else 1
PATIENCE = 4 * 3600 if NIGHTLY else 120
EMPTY = Example((), 17, 19, 2)


def run(database: Database, folder: Path, *, processes: int, operations: int, **more: Any) -> list[Any]:
    """Let processes rearrange an empty calendar; what they were told, one list for all."""
    EMPTY.desk(database)
    clients = [make_client("Guest", f"of process {number}") for number in range(processes)]
    ids = tuple(client.id for client in clients)
    database.write(lambda work: work.session.add_all(clients), actor=Actor("setup"))
    job = Job(folder, ids, operations // processes, **more)
    said = race(database, partial(rearrange, job), processes=processes, patience=PATIENCE)
    assert said == ["ok"] * processes
    # It is as late here as it was at the end for those who raced.
    assert isinstance(database.clock, FixedClock)
    database.clock.advance(TICK * (operations // processes))
    return [
        json.loads(line) for file in sorted(folder.glob("said-*")) for line in file.read_text().splitlines()
    ]


def faults(database: Database, told: list[Any]) -> list[str]:
    """Everything that contradicts what the processes were told, or itself; found the slow way."""

    def use(work: Work) -> list[str]:
        table = table_of(Reservation)
        rows = work.connection.execute(select(table.c.id, table.c.status))
        status = {row.id.hex: row.status for row in rows}
        booked = {one["booked"] for one in told if "booked" in one}
        held = {one["held"] for one in told if "held" in one}
        cancelled = {one["cancelled"] for one in told if "cancelled" in one}
        return [
            *(f"lost: {one}" for one in (booked | held) - set(status)),
            *(
                f"booked and {status[one].value}, and nobody cancelled it: {one}"
                for one in (booked - cancelled) & set(status)
                if status[one] is not ReservationStatus.APPROVED
            ),
            *(
                f"cancelled and {status[one].value}: {one}"
                for one in cancelled & set(status)
                if status[one] is not ReservationStatus.CANCELLED
            ),
        ]

    checked = database.read(integrity)
    return [
        *database.read(use),
        *wrong_nights(database),
        *(problem.message for finding in checked.broken for problem in finding.examples),
    ]


def test_rearranging_the_same_houses_at_once(database: Database, tmp_path: Path) -> None:
    told = run(database, tmp_path, processes=PROCESSES, operations=OPERATIONS, periods=PERIODS)
    assert faults(database, told) == []
    assert len(told) == OPERATIONS
    count = Counter((one["op"], one["said"]) for one in told)
    for op in ("reserve", "hold", "cancel", "change", "propose", "apply"):
        assert count[op, "ok"], f"no {op} succeeded: {count}"
    assert count["apply", "plan_stale"] + count["apply", "plan_not_open"], f"nothing was contested: {count}"


def test_the_harness_catches_the_naive_version(
    databases: Databases, database_kind: Kind, clock: FixedClock, tmp_path: Path
) -> None:
    for seed in range(1, 6):
        folder = tmp_path / str(seed)
        folder.mkdir()
        with databases.empty(database_kind, clock) as database:
            told = run(database, folder, processes=PROCESSES, operations=320, seed=seed, naive=True)
            if faults(database, told):
                return
    pytest.fail("harness blind: five times in a row nobody got in the way of the naive version")


def test_the_naive_version_is_right_when_it_is_alone(sqlite_database: Database, tmp_path: Path) -> None:
    told = run(sqlite_database, tmp_path, processes=1, operations=320, naive=True)
    assert [one for one in told if one["op"] == "apply" and one["said"] == "ok"]
    assert faults(sqlite_database, told) == []
