"""The unit of work: the one way to read from the database and to change it.

A use case is a function that receives a `Work` and never commits:

    booked = database.write(lambda work: reserve(work, order), actor=ana)

`write` runs it in one transaction and commits; a deadlock or a busy database
runs it again, a bounded number of times, from the start; a dry run is the same
path, rolled back. While a transaction is open no network call may be made.
Source: docs/rules/principles.md, 1, 12 and 21.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from sqlmodel import Session

from casaaustin.actors import SYSTEM, Actor
from casaaustin.clock import Clock
from casaaustin.db.engine import Engines, open_engines, reaching_database
from casaaustin.db.schema import check_schema
from casaaustin.db.tracking import track
from casaaustin.errors import CasaError, Conflict, NotReady
from casaaustin.settings import Settings, load_settings

T = TypeVar("T")

ATTEMPTS = 8
FIRST_PAUSE_SECONDS = 0.02
_RETRIED_SQLSTATES = {"40001", "40P01", "55P03"}  # serialisation, deadlock, lock not available
# Lock wait, deadlock, record changed since last read; and a savepoint that is gone, because a deadlock
# inside it has rolled back everything.
_RETRIED_MYSQL = {1205, 1213, 1020, 1305}

_transaction_open: ContextVar[bool] = ContextVar("casaaustin_transaction_open", default=False)


@dataclass(slots=True)
class Work:
    """What a use case works with.

    Args:
        connection: the open transaction; statements that return plain tuples go here.
        clock: tells the time.
        actor: who is doing this; the audit trail records it.
        settings: of this machine.
        database: where it came from, with what it keeps between units of work.
        is_writing: whether this unit of work may change anything.
        dry_run: whether everything will be rolled back at the end.
        notes: remarks that a face may show, such as data warnings.
    """

    connection: Connection
    clock: Clock
    actor: Actor
    settings: Settings
    database: Database
    is_writing: bool = False
    dry_run: bool = False
    notes: list[str] = field(default_factory=list)
    _session: Session | None = None

    @property
    def session(self) -> Session:
        """The session of this transaction; flush it, never commit it.

        A unit of work that only reads makes one when it is first asked for: most quotes never do.
        """
        if self._session is None:
            self._session = Session(self.connection, expire_on_commit=False)
        return self._session

    def close(self) -> None:
        """Let go of the session, if there is one."""
        if self._session is not None:
            self._session.close()


class Database:
    """A database and the clock and settings that go with it. Safe to share between threads."""

    def __init__(
        self,
        engines: Engines,
        *,
        settings: Settings,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
        random_unit: Callable[[], float] = random.random,
    ) -> None:
        self.engines = engines
        self.settings = settings
        self.clock = clock
        self.caches: dict[str, Any] = {}
        self._sleep = sleep
        self._random_unit = random_unit
        _guard_network()

    @property
    def dialect(self) -> str:
        """`sqlite`, `mariadb`, `mysql` or `postgresql`."""
        return self.engines.url.get_backend_name()

    def read(self, use: Callable[[Work], T], *, actor: Actor = SYSTEM) -> T:
        """Run a use case that only reads, on one consistent snapshot that cannot be written to."""
        return self._again(lambda: self._once(use, actor, writing=False, dry_run=False))

    def write(self, use: Callable[[Work], T], *, actor: Actor, dry_run: bool = False) -> T:
        """Run a use case in one transaction and commit it.

        Args:
            use: may be run several times, so it must have no effect outside the database.
            actor: the author of the change.
            dry_run: do everything, then roll back.

        Raises:
            CasaError: whatever `use` refuses; nothing of it remains.
            Conflict: another writer changed the same row first.
            NotReady: the database stayed busy.
        """
        return self._again(lambda: self._once(use, actor, writing=True, dry_run=dry_run))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self.engines.dispose()

    def _once(self, use: Callable[[Work], T], actor: Actor, *, writing: bool, dry_run: bool) -> T:
        if _transaction_open.get():
            raise RuntimeError("a unit of work is already open: pass the Work on instead of opening another")
        return self._write(use, actor, dry_run=dry_run) if writing else self._read(use, actor)

    def _read(self, use: Callable[[Work], T], actor: Actor) -> T:
        # Leaving the block rolls back and returns the connection; there is nothing to keep.
        with self.engines.reading.connect() as connection:
            work = Work(connection, self.clock, actor, self.settings, self)
            token = _transaction_open.set(True)
            try:
                return use(work)
            finally:
                work.close()
                _transaction_open.reset(token)

    def _write(self, use: Callable[[Work], T], actor: Actor, *, dry_run: bool) -> T:
        with Session(self.engines.writing, expire_on_commit=False) as session:
            track(session, self.clock)
            # Connect before the flag is set: reaching the database itself is no network call in this sense.
            connection = session.connection()
            token = _transaction_open.set(True)
            try:
                work = Work(
                    connection,
                    self.clock,
                    actor,
                    self.settings,
                    self,
                    is_writing=True,
                    dry_run=dry_run,
                    _session=session,
                )
                result = use(work)
                if dry_run:
                    # It must meet every constraint that the real one meets.
                    session.flush()
                    # A rollback would expire every row, and the caller is about to look at them.
                    session.expunge_all()
                    session.rollback()
                else:
                    session.commit()
                return result
            finally:
                _transaction_open.reset(token)

    def _again(self, attempt: Callable[[], T]) -> T:
        for number in range(ATTEMPTS):
            try:
                return attempt()
            except StaleDataError:
                raise Conflict(
                    "Somebody else changed this at the same moment.", hint="Look at it again and repeat."
                ) from None
            except DBAPIError as error:
                if not is_transient(error):
                    raise _translated(error) from error
                if number == ATTEMPTS - 1:
                    raise NotReady(
                        "The database is busy.", code="database_busy", hint="Try again in a moment."
                    ) from error
                pause = FIRST_PAUSE_SECONDS * 2**number
                self._sleep(pause * (0.5 + self._random_unit()))
        raise AssertionError("unreachable")  # pragma: no cover


def is_transient(error: DBAPIError) -> bool:
    """Whether the unit of work failed for a reason that is gone when it is run again."""
    original = error.orig
    if getattr(original, "sqlstate", None) in _RETRIED_SQLSTATES:
        return True
    name = getattr(original, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return True
    arguments: tuple[object, ...] = getattr(original, "args", ())
    return any(argument in _RETRIED_MYSQL for argument in arguments[:1])


def _translated(error: DBAPIError) -> Exception:
    if isinstance(error, OperationalError):
        return NotReady(
            "The database cannot be used: " + str(error.orig).splitlines()[0].strip(),
            code="database_unreachable",
            hint="Look at `casa doctor`.",
        )
    return error


def in_transaction() -> bool:
    """Whether this thread (or task) has a unit of work open."""
    return _transaction_open.get()


@cache
def _guard_network() -> None:
    """Refuse network calls inside transactions, in this process and for good.

    Python reports every `socket.connect` to audit hooks. A slow outside service would
    hold our locks, and what it did could not be rolled back. Reaching the database
    itself comes before the unit of work begins.
    """
    sys.addaudithook(_refuse_inside_transaction)


def _refuse_inside_transaction(event: str, _arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _transaction_open.get() and not reaching_database.get():
        raise RuntimeError("a network call inside a transaction: queue it and do it after the commit")


def open_database(
    url: str | None = None,
    *,
    settings: Settings | None = None,
    clock: Clock | None = None,
    require_current_schema: bool = True,
) -> Database:
    """Open the database of this installation.

    Args:
        url: overrides `CASA_DATABASE_URL`.
        settings: read from the environment when left out.
        clock: the machine's, or the fixed one of `CASA_NOW`, when left out.
        require_current_schema: refuse a database that this program does not fit.

    Raises:
        InvalidInput: the URL cannot be used.
        NotReady: unreachable, or the schema is missing or of another version.
    """
    chosen = settings or load_settings()
    database = Database(
        open_engines(url or chosen.database_url, pool_size=chosen.pool_size),
        settings=chosen,
        clock=clock or chosen.clock(),
    )
    if require_current_schema:
        try:
            database.read(lambda work: check_schema(work.session))
        except CasaError:
            database.close()
            raise
    return database
