"""Connections: the one place that opens them, and what each database needs to behave alike.

Two pools stand on every database. The writing one takes its lock at BEGIN
(SQLite) or reads committed rows and locks what it decides on (MariaDB,
PostgreSQL). The reading one sees one consistent snapshot and cannot write: that
a quote changes nothing is not a promise but a fact of its connection.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from casaaustin.errors import InvalidInput, NotReady

LOCK_SECONDS = 30

# Whether this thread is connecting to the database itself just now.
reaching_database: ContextVar[bool] = ContextVar("casaaustin_reaching_database", default=False)
_DRIVERS = {
    "sqlite": "sqlite",
    "mysql": "mysql+pymysql",
    "mariadb": "mariadb+pymysql",
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
}


@dataclass(frozen=True, slots=True)
class Engines:
    """The two pools of one database."""

    url: URL
    writing: Engine
    reading: Engine

    def dispose(self) -> None:
        """Close every connection."""
        self.writing.dispose()
        self.reading.dispose()


def parse_url(text: str) -> URL:
    """Read a database URL and choose the driver this project uses for it.

    Raises:
        InvalidInput: not a URL, another kind of database, or SQLite in memory.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise InvalidInput(
            "The database URL cannot be read.",
            field="database_url",
            hint="Write it like sqlite:///casa.sqlite3 or mariadb://user:password@host/name.",
        ) from None
    name = url.drivername.split("+")[0]
    if name not in _DRIVERS:
        raise InvalidInput(
            f"Databases of the kind {name!r} are not supported.",
            field="database_url",
            hint="Use sqlite, mariadb, mysql or postgresql.",
        )
    if name == "sqlite" and url.database in (None, "", ":memory:"):
        raise InvalidInput(
            "A SQLite database in memory cannot be shared between connections.",
            field="database_url",
            hint="Name a file: sqlite:///casa.sqlite3",
        )
    return url.set(drivername=url.drivername if "+" in url.drivername else _DRIVERS[name])


def open_engines(text: str, *, pool_size: int = 10) -> Engines:
    """Prepare both pools; nothing is connected yet.

    Args:
        text: the database URL.
        pool_size: connections that each pool keeps; as many again may be opened for a burst.

    Raises:
        InvalidInput: the URL cannot be used.
        NotReady: the driver of that database is not installed.
    """
    url = parse_url(text)
    try:
        if url.get_backend_name() == "sqlite":
            return _sqlite(url, pool_size)
        if url.get_backend_name() == "postgresql":
            return _postgresql(url, pool_size)
        return _mysql(url, pool_size)
    except (ModuleNotFoundError, NoSuchModuleError):
        # SQLAlchemy says either, depending on how far it came before it missed the driver.
        extra = "postgres" if url.get_backend_name() == "postgresql" else "mysql"
        raise NotReady(
            f"The driver for {url.get_backend_name()} is not installed ({url.get_driver_name()}).",
            code="driver_missing",
            hint=f"Install it with: pip install 'casaaustin[{extra}]'",
        ) from None


def _sqlite(url: URL, pool_size: int) -> Engines:
    Path(str(url.database)).expanduser().parent.mkdir(parents=True, exist_ok=True)
    common: dict[str, Any] = {
        "pool_size": pool_size,
        "max_overflow": pool_size,
        "connect_args": {"timeout": LOCK_SECONDS, "check_same_thread": False},
    }
    writing = create_engine(url, **common)
    reading = create_engine(url, **common)

    def prepare(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: before Python 3.12 it opens none
        # before a SAVEPOINT, and a rolled-back dry run would stay written.
        connection.isolation_level = None
        for pragma in ("foreign_keys = ON", "journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")

    def prepare_reading(connection: Any, record: Any) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA query_only = ON")

    def begin_writing(connection: Connection) -> None:
        # A deferred BEGIN that read first gets "busy" at once when it wants to write.
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    def begin_reading(connection: Connection) -> None:
        # It takes no lock and cannot fail, so it goes straight to the driver: every quote begins here.
        driver: Any = connection.connection.dbapi_connection
        driver.execute("BEGIN")

    event.listen(writing, "connect", prepare)
    event.listen(reading, "connect", prepare_reading)
    event.listen(writing, "begin", begin_writing)
    event.listen(reading, "begin", begin_reading)
    return Engines(url, writing, reading)


def _postgresql(url: URL, pool_size: int) -> Engines:
    def options(*settings: str) -> dict[str, Any]:
        return {"options": " ".join(f"-c {setting}" for setting in ("timezone=UTC", *settings))}

    common: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "pool_pre_ping": True}
    writing = create_engine(
        url,
        isolation_level="READ COMMITTED",
        connect_args=options(f"lock_timeout={LOCK_SECONDS}s"),
        **common,
    )
    reading = create_engine(
        url,
        isolation_level="REPEATABLE READ",
        connect_args=options("default_transaction_read_only=on"),
        **common,
    )
    return Engines(url, writing, reading)


def _mysql(url: URL, pool_size: int) -> Engines:
    url = url.update_query_dict({"charset": "utf8mb4"})
    common: dict[str, Any] = {"pool_size": pool_size, "max_overflow": pool_size, "pool_pre_ping": True}

    def options(mode: str) -> dict[str, Any]:
        strict = "sql_mode='STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
        return {
            "init_command": (
                f"SET SESSION time_zone='+00:00', {strict}, innodb_lock_wait_timeout={LOCK_SECONDS}"
                + (
                    ", transaction_read_only=1"
                    if mode == "mysql"
                    else ", tx_read_only=1"
                    if mode == "mariadb"
                    else ""
                )
            )
        }

    writing = create_engine(url, isolation_level="READ COMMITTED", connect_args=options("write"), **common)
    reading = create_engine(
        url, isolation_level="REPEATABLE READ", connect_args=options(url.get_backend_name()), **common
    )
    # This driver speaks through Python's sockets, and a pool may grow at any moment.
    for engine in (writing, reading):
        event.listen(engine, "do_connect", _connect)
    return Engines(url, writing, reading)


def _connect(dialect: Any, _record: Any, positional: Any, named: Any) -> Any:
    """Connect, and let it be known that this is the database and no outside service."""
    token = reaching_database.set(True)
    try:
        return dialect.connect(*positional, **named)
    finally:
        reaching_database.reset(token)
