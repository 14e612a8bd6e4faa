"""The databases of a test run: SQLite always, MariaDB and PostgreSQL where they answer.

A server's URL comes from `CASA_TEST_MARIADB_URL` or `CASA_TEST_POSTGRES_URL`, and a server
named there must answer; an empty value leaves it out. Without the variable the local one is
tried, without a password. Every database made here is named `casa_test_<host>_<pid>_<worker>…`,
so that what a killed run left behind is known for certain and swept by the next one.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from casaaustin.clock import Clock
    from casaaustin.db.engine import Engines
    from casaaustin.db.work import Database
    from casaaustin.settings import Settings

SECRET_KEY = "a key for tests that is longer than 32 bytes"
POOL_SIZE = 5
_HOST = hashlib.sha256(platform.node().encode()).hexdigest()[:6]


class Kind(StrEnum):
    """The databases the project runs on; the values are ids of tests."""

    SQLITE = "sqlite"
    MARIADB = "mariadb"
    POSTGRESQL = "postgresql"


LABELS = {Kind.SQLITE: "SQLite", Kind.MARIADB: "MariaDB", Kind.POSTGRESQL: "PostgreSQL"}
VARIABLES = {Kind.MARIADB: "CASA_TEST_MARIADB_URL", Kind.POSTGRESQL: "CASA_TEST_POSTGRES_URL"}
LOCAL = {
    Kind.MARIADB: "mariadb://root@127.0.0.1:3306/",
    Kind.POSTGRESQL: "postgresql://postgres@127.0.0.1:5432/",
}


class ServerUnreachable(Exception):
    """A server that was named explicitly does not answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """What answered: the server URL (empty for SQLite) and the version of each kind."""

    urls: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The databases that tests run on, SQLite first."""
        return tuple(kind for kind in Kind if kind in self.urls)

    def lines(self) -> Iterator[str]:
        """What a person should know about it."""
        for kind in self.kinds:
            yield f"{LABELS[kind]} {self.versions[kind]}"
        for name, why in self.missing.items():
            yield f"not on {LABELS[Kind(name)]}: {why}"


def find(environ: Mapping[str, str]) -> Found:
    """Look for the databases.

    Raises:
        ServerUnreachable: the environment names a server that does not answer.
    """
    found = Found(urls={Kind.SQLITE.value: ""}, versions={Kind.SQLITE.value: sqlite3.sqlite_version})
    for kind, variable in VARIABLES.items():
        asked = environ.get(variable)
        if asked == "":
            found.missing[kind.value] = f"{variable} is empty"
            continue
        url = asked or LOCAL[kind]
        try:
            version = _version(url)
        except Exception as error:  # noqa: BLE001 - whatever it is, the server is of no use
            if asked:
                raise ServerUnreachable(
                    f"{variable} names a server that does not answer: {_first_line(error)}"
                ) from None
            found.missing[kind.value] = f"nothing answers at 127.0.0.1; set {variable}"
        else:
            found.urls[kind.value], found.versions[kind.value] = url, version
    return found


_FOUND = pytest.StashKey[Found]()


def databases_of_run(config: pytest.Config) -> Found:
    """The databases of this run: looked for once, by the first process that needs to know."""
    if _FOUND not in config.stash:
        handed_over = getattr(config, "workerinput", {}).get("casa_databases")
        if handed_over is None:
            try:
                config.stash[_FOUND] = find(os.environ)
            except ServerUnreachable as error:
                pytest.exit(str(error), returncode=pytest.ExitCode.USAGE_ERROR)
            sweep(config.stash[_FOUND])
        else:
            config.stash[_FOUND] = Found(**json.loads(handed_over))
    return config.stash[_FOUND]


def known_databases(config: pytest.Config) -> Found | None:
    """The databases of this run, or None when nothing has asked for them."""
    return config.stash.get(_FOUND, None)


def settings_for(url: str) -> Settings:
    """Settings of a test, whatever a `.env` file in the working directory says."""
    from casaaustin.settings import Settings

    facts: dict[str, Any] = {"_env_file": None, "env": "test", "secret_key": SECRET_KEY, "database_url": url}
    return Settings(**facts)


class Databases:
    """Hands out migrated, empty databases; one of each kind per worker, made when first asked for."""

    def __init__(self, found: Found, *, owner: int, worker: str, folder: Path) -> None:
        self.found = found
        self._prefix = f"casa_test_{_HOST}_{owner}_{worker}"
        self._folder = folder
        self._numbers = count(1)
        self._template: Path | None = None
        self._servers: dict[Kind, Engines] = {}

    @contextmanager
    def empty(self, kind: Kind, clock: Clock) -> Iterator[Database]:
        """A migrated database without rows, for one test."""
        from casaaustin.db.engine import open_engines
        from casaaustin.db.work import Database

        if kind is Kind.SQLITE:
            url = self._copy_of_template()
            engines = open_engines(url, pool_size=POOL_SIZE)
            _do_not_wait_for_the_disk(engines)
        else:
            engines = self._emptied(kind)
            url = engines.url.render_as_string(hide_password=False)
        database = Database(engines, settings=settings_for(url), clock=clock)
        try:
            yield database
        finally:
            if kind is Kind.SQLITE:
                database.close()
                # pytest keeps the folders of three runs, and a run makes hundreds of these.
                for leftover in self._folder.glob(f"{Path(str(engines.url.database)).name}*"):
                    leftover.unlink()

    @contextmanager
    def blank(self, kind: Kind) -> Iterator[str]:
        """The URL of a database without tables, for one test."""
        number = next(self._numbers)
        if kind is Kind.SQLITE:
            yield f"sqlite:///{self._folder / f'blank-{number}.sqlite3'}"
            return
        name = f"{self._prefix}_blank{number}"
        url = _create(self.found.urls[kind], name)
        try:
            yield url
        finally:
            _drop(self.found.urls[kind], name)

    def close(self) -> None:
        """Drop what was made on the servers."""
        for kind, engines in self._servers.items():
            engines.dispose()
            _drop(self.found.urls[kind], self._prefix)

    def _copy_of_template(self) -> str:
        from casaaustin.db.migrate import upgrade

        if self._template is None:
            template = self._folder / "template.sqlite3"
            upgrade(f"sqlite:///{template}")
            self._template = template
        copy = self._folder / f"casa-{next(self._numbers)}.sqlite3"
        shutil.copyfile(self._template, copy)
        return f"sqlite:///{copy}"

    def _emptied(self, kind: Kind) -> Engines:
        from sqlalchemy import text

        from casaaustin.db.engine import open_engines
        from casaaustin.db.migrate import upgrade

        if kind not in self._servers:
            url = _create(self.found.urls[kind], self._prefix)
            upgrade(url)
            if kind is Kind.POSTGRESQL:
                with _administrator(self.found.urls[kind]) as connection:
                    connection.execute(text(f"ALTER DATABASE {self._prefix} SET synchronous_commit = off"))
            self._servers[kind] = open_engines(url, pool_size=POOL_SIZE)
        else:
            _empty(self._servers[kind].writing)
        return self._servers[kind]


def _do_not_wait_for_the_disk(engines: Engines) -> None:
    """A test loses nothing in a power cut; waiting for the disk is most of what its commits cost."""
    from sqlalchemy import event

    def hasten(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA synchronous = OFF")

    for engine in (engines.writing, engines.reading):
        event.listen(engine, "connect", hasten)


def sweep(found: Found) -> None:
    """Drop the databases of runs on this machine that are over."""
    from sqlalchemy import text

    listing = {
        Kind.MARIADB: "SELECT schema_name FROM information_schema.schemata",
        Kind.POSTGRESQL: "SELECT datname FROM pg_database",
    }
    for kind, statement in listing.items():
        if kind not in found.urls:
            continue
        with _administrator(found.urls[kind]) as connection:
            names = [str(row[0]) for row in connection.execute(text(statement))]
        for name in names:
            owner = _owner(name)
            if owner is not None and not _is_alive(owner):
                _drop(found.urls[kind], name)


def _owner(name: str) -> int | None:
    prefix = f"casa_test_{_HOST}_"
    number = name.removeprefix(prefix).split("_")[0]
    return int(number) if name.startswith(prefix) and number.isdigit() else None


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _version(url: str) -> str:
    from sqlalchemy import text

    with _administrator(url, connect_timeout=3) as connection:
        said = str(connection.execute(text("SELECT version()")).scalar())
    return said.removeprefix("PostgreSQL ").split(" ")[0].split("-")[0]


@contextmanager
def _administrator(url: str, **options: Any) -> Iterator[Any]:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import NullPool

    from casaaustin.db.engine import parse_url

    server = parse_url(url)
    if server.get_backend_name() == "postgresql":
        server = server.set(database=server.database or "postgres")
    else:
        server = server.set(database="")
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool, connect_args=options)
    with engine.connect() as connection:
        yield connection


def _create(server: str, name: str) -> str:
    from sqlalchemy import make_url, text

    url = make_url(server).set(database=name)
    _drop(server, name)
    extra = "" if url.get_backend_name() == "postgresql" else " CHARACTER SET utf8mb4"
    with _administrator(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}{extra}"))
    return url.render_as_string(hide_password=False)


def _drop(server: str, name: str) -> None:
    from sqlalchemy import text

    with _administrator(server) as connection:
        force = " WITH (FORCE)" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP DATABASE IF EXISTS {name}{force}"))


def _empty(engine: Engine) -> None:
    """Take out every row, and leave the rate book without policies under a version never seen before."""
    from sqlalchemy import exists, literal_column, select, text

    from casaaustin.tables import AuditEvent, metadata

    tables = [table for table in reversed(metadata.sorted_tables) if table.name != "rate_book"]
    with engine.connect() as connection:
        asked = select(*(exists(select(literal_column("1")).select_from(table)) for table in tables))
        full = [
            table for table, has_rows in zip(tables, connection.execute(asked).one(), strict=True) if has_rows
        ]
        on_mysql = connection.dialect.name in {"mysql", "mariadb"}
        if on_mysql:
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 0"))
        for table in full:
            if table.name == AuditEvent.__tablename__:
                # Its rows cannot be deleted; nothing refers to them.
                connection.execute(text(f"TRUNCATE TABLE {table.name}"))
            else:
                connection.execute(table.delete())
        # Processes keep the rate book by its version: it must never come back to an old number.
        renewed = connection.execute(text("UPDATE rate_book SET version = version + 1, policy = '{}'"))
        if not renewed.rowcount:
            connection.execute(text("INSERT INTO rate_book (id, version, policy) VALUES (1, 1000000, '{}')"))
        connection.commit()
        if on_mysql:
            connection.execute(text("SET FOREIGN_KEY_CHECKS = 1"))
            connection.commit()
