"""The unit of work. Source: docs/rules/principles.md, 1, 6, 12 and 21."""

from __future__ import annotations

import socket
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from casaaustin.actors import Actor
from casaaustin.clients.models import Client
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import (
    ATTEMPTS,
    Database,
    Work,
    in_transaction,
)
from casaaustin.errors import Conflict, NotReady, RuleRefused
from casaaustin.register.models import Reservation
from casaaustin.tables import metadata
from tests.support.databases import Databases, Kind
from tests.support.desk import Desk
from tests.support.world import make_client, stay

CLIENTS = table_of(Client)


def add_ana(work: Work) -> Client:
    ana = make_client()
    work.session.add(ana)
    work.session.flush()
    return ana


def names(work: Work) -> list[str]:
    column = CLIENTS.c.first_name
    return list(work.connection.execute(select(column).order_by(column)).scalars())


def rename(first_name: str, new: str) -> Any:
    return update(CLIENTS).where(CLIENTS.c.first_name == first_name).values(first_name=new)


def contents(database: Database) -> dict[str, list[Any]]:
    """Every row of every table."""

    def use(work: Work) -> dict[str, list[Any]]:
        return {
            table.name: sorted(map(repr, work.connection.execute(select(table))))
            for table in metadata.sorted_tables
        }

    return database.read(use)


def test_what_a_use_case_wrote_is_there_afterwards(database: Database, actor: Actor) -> None:
    ana = database.write(add_ana, actor=actor)
    assert database.read(names) == [ana.first_name]


def test_what_was_refused_leaves_nothing(database: Database, actor: Actor) -> None:
    def use(work: Work) -> None:
        add_ana(work)
        raise RuleRefused("no")

    before = contents(database)
    with pytest.raises(RuleRefused):
        database.write(use, actor=actor)
    assert contents(database) == before
    assert not in_transaction()


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(add_ana, id="by the session"),
        pytest.param(
            lambda work: work.connection.execute(text("UPDATE rate_book SET version = version + 1")),
            id="by SQL",
        ),
    ],
)
def test_a_reader_cannot_write(database: Database, write: Any) -> None:
    before = contents(database)
    with pytest.raises((NotReady, DBAPIError)):
        database.read(write)
    assert contents(database) == before


def test_a_reader_sees_one_moment(database: Database, actor: Actor) -> None:
    """What commits meanwhile stays out of sight until the next read."""
    database.write(add_ana, actor=actor)

    def look_twice(work: Work) -> tuple[list[str], list[str]]:
        first = names(work)
        with ThreadPoolExecutor(1) as other:
            other.submit(
                database.write, lambda later: later.connection.execute(rename("Ana", "Bruno")), actor=actor
            ).result()
        return first, names(work)

    assert database.read(look_twice) == (["Ana"], ["Ana"])
    assert database.read(names) == ["Bruno"]


def test_a_dry_run_leaves_no_trace_and_its_result_can_be_read(database: Database, actor: Actor) -> None:
    desk = Desk.open(database)
    booked = desk.reserve(stay("2026-04-13", "2026-04-15"))
    before = contents(database)

    def use(work: Work) -> tuple[Client, Reservation]:
        found = work.session.get_one(Reservation, booked.id)
        found.guests = 5
        bruno = make_client("Bruno", "Salas")
        # A savepoint once made SQLite's driver keep what was rolled back.
        with work.session.begin_nested():
            work.session.add(bruno)
        return bruno, found

    bruno, changed = database.write(use, actor=actor, dry_run=True)

    assert contents(database) == before
    assert (bruno.first_name, changed.guests) == ("Bruno", 5)


def test_a_dry_run_leaves_the_file_as_it_is(sqlite_database: Database, actor: Actor) -> None:
    path = Path(str(sqlite_database.engines.url.database))

    def dump() -> list[str]:
        with sqlite3.connect(path) as connection:
            lines = list(connection.iterdump())
        connection.close()
        return lines

    before, main_file = dump(), path.read_bytes()
    sqlite_database.write(add_ana, actor=actor, dry_run=True)
    sqlite_database.close()
    assert dump() == before
    assert path.read_bytes() == main_file


def test_a_dry_run_meets_every_constraint(database: Database, actor: Actor) -> None:
    def same_document_twice(work: Work) -> None:
        work.session.add_all(
            [make_client(), make_client("Bruno", "Salas", number_doc=make_client().number_doc)]
        )

    for dry_run in (True, False):
        with pytest.raises(IntegrityError):
            database.write(same_document_twice, actor=actor, dry_run=dry_run)
    assert database.read(names) == []


def test_one_unit_of_work_at_a_time(sqlite_database: Database, actor: Actor) -> None:
    def nested(_work: Work) -> None:
        sqlite_database.read(names)

    def nested_write(_work: Work) -> None:
        sqlite_database.write(add_ana, actor=actor)

    for use in (nested, nested_write):
        with pytest.raises(RuntimeError, match="already open"):
            sqlite_database.write(use, actor=actor)
        with pytest.raises(RuntimeError, match="already open"):
            sqlite_database.read(use)
    assert sqlite_database.read(names) == []


def test_no_network_inside_a_transaction(sqlite_database: Database, actor: Actor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def call(_work: Work | None = None) -> None:
            with socket.socket() as outgoing:
                outgoing.connect(server.getsockname())

        with pytest.raises(RuntimeError, match="a network call inside a transaction"):
            sqlite_database.read(call)
        with pytest.raises(RuntimeError, match="a network call inside a transaction"):
            sqlite_database.write(call, actor=actor)
        call()


def test_a_transaction_of_another_thread_forbids_nothing_here(sqlite_database: Database) -> None:
    def use(_work: Work) -> bool:
        with ThreadPoolExecutor(1) as other:
            return other.submit(in_transaction).result()

    assert sqlite_database.read(lambda _work: in_transaction()) is True
    assert sqlite_database.read(use) is False


def test_somebody_else_changed_the_same_reservation(database: Database, actor: Actor) -> None:
    desk = Desk.open(database)
    booked = desk.reserve(stay("2026-04-13", "2026-04-15"))
    reservations = table_of(Reservation)

    def use(work: Work) -> None:
        found = work.session.get_one(Reservation, booked.id)
        work.connection.execute(update(reservations).values(version=reservations.c.version + 1))
        found.guests = 3

    with pytest.raises(Conflict):
        database.write(use, actor=actor)
    assert database.read(lambda work: work.session.get_one(Reservation, booked.id)).guests == 2


def test_times_of_a_row_come_from_the_clock(database: Database, clock: FixedClock, actor: Actor) -> None:
    made = database.write(add_ana, actor=actor)
    born = clock.now()
    clock.set(born.replace(day=7))

    def touch(work: Work) -> Client:
        found = work.session.get_one(Client, made.id)
        found.notes = "prefers the garden"
        return found

    touched = database.write(touch, actor=actor)
    assert (made.created, made.updated) == (born, born)
    assert (touched.created, touched.updated) == (born, clock.now())


# --- trying again ---


class Pauses(list[float]):
    """A sleep that only takes notes."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def hurried(sqlite_database: Database, clock: FixedClock) -> tuple[Database, Pauses]:
    """A SQLite database that waits 20 milliseconds for a lock and only pretends to pause."""
    pauses = Pauses()
    database = Database(
        sqlite_database.engines,
        settings=sqlite_database.settings,
        clock=clock,
        sleep=pauses,
        random_unit=lambda: 0.5,
    )

    def impatient(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout = 20")

    event.listen(database.engines.writing, "connect", impatient)
    return database, pauses


def locked(database: Database) -> sqlite3.Connection:
    """Somebody else's connection that holds the write lock."""
    other = sqlite3.connect(str(database.engines.url.database), isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


def test_a_busy_database_is_tried_again_a_bounded_number_of_times(
    hurried: tuple[Database, Pauses], actor: Actor
) -> None:
    database, pauses = hurried
    other = locked(database)
    try:
        with pytest.raises(NotReady) as refused:
            database.write(add_ana, actor=actor)
    finally:
        other.close()
    assert refused.value.code == "database_busy"
    assert len(pauses) == ATTEMPTS - 1
    assert pauses == sorted(pauses)
    assert sum(pauses) < 10
    assert database.write(add_ana, actor=actor).first_name == "Ana"


def test_a_busy_database_that_becomes_free_is_written_to(
    hurried: tuple[Database, Pauses], actor: Actor
) -> None:
    database, pauses = hurried
    other = locked(database)

    def free_it_at_the_third_pause(seconds: float) -> None:
        pauses(seconds)
        if len(pauses) == 3:
            other.close()

    database._sleep = free_it_at_the_third_pause
    database.write(add_ana, actor=actor)
    assert len(pauses) == 3
    assert database.read(names) == ["Ana"]


def test_what_time_does_not_heal_is_not_tried_again(hurried: tuple[Database, Pauses], actor: Actor) -> None:
    database, pauses = hurried
    attempts = 0

    def use(work: Work) -> None:
        nonlocal attempts
        attempts += 1
        work.connection.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(NotReady) as refused:
        database.write(use, actor=actor)
    assert isinstance(refused.value.__cause__, OperationalError)
    assert (attempts, pauses) == (1, [])


@pytest.mark.parametrize("kind", [Kind.MARIADB, Kind.POSTGRESQL], ids=str)
def test_of_two_writers_in_a_deadlock_one_starts_again(
    databases: Databases, clock: FixedClock, actor: Actor, kind: Kind
) -> None:
    """A real one: each holds the row that the other wants."""
    if kind not in databases.found.kinds:
        pytest.skip(databases.found.missing[kind])
    attempts = {"Ana": 0, "Bruno": 0}
    both_hold_one = threading.Barrier(2)

    def swap(mine: str, theirs: str) -> Any:
        def use(work: Work) -> None:
            attempts[mine] += 1
            for first_name in (mine, theirs):
                work.connection.execute(
                    update(CLIENTS)
                    .where(CLIENTS.c.first_name == first_name)
                    .values(notes=CLIENTS.c.notes + f"{mine};")
                )
                if first_name == mine and attempts[mine] == 1:
                    both_hold_one.wait(timeout=20)

        return use

    with databases.empty(kind, clock) as database, ThreadPoolExecutor(2) as threads:
        database.write(
            lambda work: work.session.add_all([make_client(), make_client("Bruno", "Salas")]), actor=actor
        )
        runs = [
            threads.submit(database.write, swap(mine, theirs), actor=actor)
            for mine, theirs in (("Ana", "Bruno"), ("Bruno", "Ana"))
        ]
        for run in runs:
            run.result(timeout=60)
        notes = database.read(lambda work: list(work.connection.execute(select(CLIENTS.c.notes)).scalars()))

    assert sum(attempts.values()) > 2
    assert [sorted(note.split(";")) for note in notes] == [["", "Ana", "Bruno"]] * 2


def test_writers_of_one_counter_lose_nothing(database: Database, actor: Actor) -> None:
    """Eight threads add ten each; the pauses between attempts are real."""
    database.write(add_ana, actor=actor)

    def add_one(work: Work) -> None:
        found = work.session.execute(select(Client).with_for_update()).scalar_one()
        found.notes = str(int(found.notes or "0") + 1)

    def add_ten() -> None:
        for _ in range(10):
            database.write(add_one, actor=actor)

    with ThreadPoolExecutor(8) as threads:
        for run in [threads.submit(add_ten) for _ in range(8)]:
            run.result(timeout=120)
    assert database.read(lambda work: work.connection.execute(select(CLIENTS.c.notes)).scalar()) == "80"
