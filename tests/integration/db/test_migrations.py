"""The tables come from migrations alone, on every database: up, down, and up again."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect, text

from casaaustin.clock import FixedClock
from casaaustin.db.engine import open_engines
from casaaustin.db.migrate import differences, downgrade, head, plan, upgrade
from casaaustin.db.schema import CURRENT_REVISION
from casaaustin.db.work import open_database
from casaaustin.errors import InvalidInput, NotReady
from casaaustin.tables import metadata
from tests.support.databases import settings_for

OURS = {"alembic_version"}


def tables(url: str) -> set[str]:
    engines = open_engines(url, pool_size=1)
    try:
        return set(inspect(engines.reading).get_table_names())
    finally:
        engines.dispose()


def run(url: str, statement: str) -> None:
    engines = open_engines(url, pool_size=1)
    try:
        with engines.writing.begin() as connection:
            connection.execute(text(statement))
    finally:
        engines.dispose()


def missing_work(url: str) -> list[object]:
    engines = open_engines(url, pool_size=1)
    try:
        return differences(engines.reading)
    finally:
        engines.dispose()


def test_up_from_nothing_down_to_nothing_and_up_again(blank_url: str) -> None:
    everything = set(metadata.tables) | OURS

    assert upgrade(blank_url) == (None, CURRENT_REVISION)
    assert tables(blank_url) == everything
    assert downgrade(blank_url, "base") == (CURRENT_REVISION, None)
    assert tables(blank_url) <= OURS
    assert upgrade(blank_url) == (None, CURRENT_REVISION)
    assert tables(blank_url) == everything
    assert missing_work(blank_url) == []


def test_the_models_equal_the_migrated_tables_and_a_difference_is_noticed(blank_url: str) -> None:
    upgrade(blank_url)
    assert missing_work(blank_url) == []
    run(blank_url, "DROP TABLE property_photo")
    assert missing_work(blank_url) != []


def test_an_upgrade_of_a_current_database_does_nothing(blank_url: str) -> None:
    upgrade(blank_url)
    assert upgrade(blank_url) == (CURRENT_REVISION, CURRENT_REVISION)


def test_a_plan_tells_the_steps_and_takes_none(blank_url: str) -> None:
    assert plan(blank_url, "upgrade", "head")[0] is None
    steps = plan(blank_url, "upgrade", "head")[1]
    assert steps[-1] == CURRENT_REVISION
    assert tables(blank_url) == set()
    upgrade(blank_url)
    assert plan(blank_url, "upgrade", "head") == (CURRENT_REVISION, [])
    assert plan(blank_url, "downgrade", "base") == (CURRENT_REVISION, steps[::-1])
    with pytest.raises(InvalidInput, match="Migration refused"):
        plan(blank_url, "upgrade", "no-such-revision")


def test_an_unknown_revision_is_refused(blank_url: str) -> None:
    with pytest.raises(InvalidInput, match="Migration refused"):
        upgrade(blank_url, "no-such-revision")


def test_the_program_speaks_the_newest_revision() -> None:
    assert head() == CURRENT_REVISION


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        pytest.param([], "schema_missing", id="no tables"),
        pytest.param(
            [
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)",
                "INSERT INTO alembic_version VALUES ('9999')",
            ],
            "schema_out_of_date",
            id="another version",
        ),
        pytest.param(
            ["CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"],
            "schema_missing",
            id="taken down to nothing",
        ),
    ],
)
def test_a_database_of_another_version_is_not_opened(
    blank_url: str, clock: FixedClock, prepare: list[str], code: str
) -> None:
    for statement in prepare:
        run(blank_url, statement)
    settings = settings_for(blank_url)

    with pytest.raises(NotReady) as refused:
        open_database(settings=settings, clock=clock)

    assert refused.value.code == code
    assert refused.value.hint is not None
    assert "casa db upgrade" in refused.value.hint
    open_database(settings=settings, clock=clock, require_current_schema=False).close()


def test_a_current_database_is_opened(blank_url: str, clock: FixedClock) -> None:
    upgrade(blank_url)
    open_database(settings=settings_for(blank_url), clock=clock).close()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody@127.0.0.1:1/none",
        "mariadb://nobody@127.0.0.1:1/none",
        "sqlite:////proc/none.sqlite3",
    ],
    ids=lambda url: url.split(":")[0],
)
def test_a_database_that_cannot_be_reached_is_a_plain_refusal(url: str, clock: FixedClock) -> None:
    with pytest.raises(NotReady) as refused:
        open_database(settings=settings_for(url), clock=clock)
    assert refused.value.code == "database_unreachable"
    assert "\n" not in refused.value.message
