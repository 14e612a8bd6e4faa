"""Fixtures of the whole suite: databases, clock, actor; profiles of Hypothesis."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

from casaaustin.actors import Actor
from casaaustin.clock import FixedClock
from tests.support.databases import VARIABLES, Databases, Kind, databases_of_run, known_databases

if TYPE_CHECKING:
    from casaaustin.db.work import Database

NOW = datetime.fromisoformat("2026-04-06T10:00:00-05:00")  # a Monday in Lima

settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile(
    "nightly", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


def pytest_configure(config: pytest.Config) -> None:
    """Keep the settings of the person who runs the tests away from them; hold on to the servers they name."""
    for name in [
        name for name in os.environ if name.startswith("CASA_") and not name.startswith("CASA_TEST_")
    ]:
        del os.environ[name]
    if any(os.environ.get(variable) for variable in VARIABLES.values()):
        databases_of_run(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Every worker of pytest-xdist tests on the same databases."""
    found = databases_of_run(node.config)
    node.workerinput["casa_databases"] = json.dumps(asdict(found))
    node.workerinput["casa_owner"] = os.getpid()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a database runs on every one there is."""
    if "database_kind" in metafunc.fixturenames:
        kinds = databases_of_run(metafunc.config).kinds
        metafunc.parametrize("database_kind", kinds, ids=[str(kind) for kind in kinds])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say which databases the run used."""
    found = known_databases(config)
    if found is not None:
        terminalreporter.section("databases")
        for line in found.lines():
            terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def databases(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Databases]:
    """Maker of databases; for tests that need more than one."""
    made = Databases(
        databases_of_run(request.config),
        owner=getattr(request.config, "workerinput", {}).get("casa_owner", os.getpid()),
        worker=os.environ.get("PYTEST_XDIST_WORKER", "main"),
        folder=tmp_path_factory.mktemp("databases"),
    )
    yield made
    made.close()


@pytest.fixture
def clock() -> FixedClock:
    """Monday 6 April 2026, 10:00 in Lima, until a test moves it."""
    return FixedClock(NOW)


@pytest.fixture
def actor() -> Actor:
    """Ana of the front desk."""
    return Actor("ana")


@pytest.fixture
def database(databases: Databases, database_kind: Kind, clock: FixedClock) -> Iterator[Database]:
    """A migrated, empty database of every kind in turn; it really commits."""
    with databases.empty(database_kind, clock) as made:
        yield made


@pytest.fixture
def sqlite_database(databases: Databases, clock: FixedClock) -> Iterator[Database]:
    """A migrated, empty SQLite database, for what does not depend on the kind."""
    with databases.empty(Kind.SQLITE, clock) as made:
        yield made


@pytest.fixture
def blank_url(databases: Databases, database_kind: Kind) -> Iterator[str]:
    """The URL of a database without any table, of every kind in turn."""
    with databases.blank(database_kind) as url:
        yield url
