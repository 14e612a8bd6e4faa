"""The demo business for tests of the command line: built once per worker, copied for each test."""

from __future__ import annotations

import random
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from casaaustin import demo
from casaaustin.clock import LIMA, FixedClock
from casaaustin.db.migrate import upgrade
from casaaustin.db.work import Database, open_database
from casaaustin.settings import Settings
from tests.support.commands import Casa, casa_runner
from tests.support.databases import SECRET_KEY

NOW = demo.NOW.astimezone(LIMA).isoformat()


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the demo business."""
    path = tmp_path_factory.mktemp("demo") / "casa.sqlite3"
    upgrade(f"sqlite:///{path}")
    with _open(path) as database:
        clock = database.clock
        assert isinstance(clock, FixedClock)
        demo.build(database, clock)
    return path


@pytest.fixture
def demo_file(demo_template: Path, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    return Path(shutil.copyfile(demo_template, tmp_path / "casa.sqlite3"))


@pytest.fixture
def demo_business(demo_file: Path) -> Iterator[Database]:
    """The demo business, open."""
    with _open(demo_file) as database:
        yield database


@pytest.fixture
def casa(
    demo_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Casa:
    """`casa` on the demo business, in English, typed by Rosa; every run draws the same ids."""
    for name, value in {
        "CASA_LOCALE": "en_US",
        "CASA_SECRET_KEY": SECRET_KEY,
        "LOGNAME": "rosa",
        "NO_COLOR": "1",
        "COLUMNS": "80",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    return casa_runner(monkeypatch, capsys, url=f"sqlite:///{demo_file}", now=NOW)


@pytest.fixture
def same_ids() -> Callable[[], object]:
    """Makes rows draw the same ids again, so that two runs can be compared."""
    return lambda: demo.reproducible_ids(random.Random(7))


@pytest.fixture
def contents(demo_file: Path) -> Callable[[], list[str]]:
    """Everything that is in the database, as text."""

    def read() -> list[str]:
        with closing(sqlite3.connect(demo_file)) as connection:
            return list(connection.iterdump())

    return read


@pytest.fixture
def on_terminal(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """What a command prints on a terminal of so many columns, without colours."""

    def run(command: str, columns: int) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr("casaaustin_cli.terminal.is_terminal", lambda stream: stream is sys.stdout)
        ran = casa(command)
        assert ran.status == 0, ran.err
        return ran.out

    return run


def _open(path: Path) -> Database:
    url = f"sqlite:///{path}"
    return open_database(
        settings=Settings(_env_file=None, database_url=url, secret_key=SECRET_KEY),  # type: ignore[call-arg]
        clock=FixedClock(demo.NOW),
    )
