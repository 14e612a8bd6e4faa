"""casa doctor: one line for each part, whatever state it is in."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from casaaustin.db.work import Database
from casaaustin.doctor import Diagnosis, State, diagnose
from casaaustin.errors import NotReady
from casaaustin.settings import Settings
from tests.conftest import NOW
from tests.support.commands import casa_runner
from tests.support.databases import SECRET_KEY
from tests.support.desk import Desk
from tests.support.world import stay

SECRETS = {"secret_key": SECRET_KEY, "api_key": SECRET_KEY}


def settings(url: str, **more: Any) -> Settings:
    facts: dict[str, Any] = {"_env_file": None, "database_url": url, "now": NOW} | SECRETS | more
    return Settings(**facts)


def url_of(database: Database) -> str:
    return database.engines.url.render_as_string(hide_password=False)


def found(url: str, **more: Any) -> dict[str, Diagnosis]:
    return {one.id: one for one in diagnose(lambda: settings(url, **more))}


def states(diagnoses: dict[str, Diagnosis]) -> dict[str, State]:
    return {name: one.state for name, one in diagnoses.items()}


def test_a_business_that_runs_is_ready_in_every_part(database: Database) -> None:
    Desk.open(database)
    with database.engines.writing.begin() as connection:
        connection.execute(text("UPDATE property SET is_open = (slug <> 'casa-5')"))
    diagnoses = found(url_of(database))
    assert set(states(diagnoses).values()) == {State.READY}, diagnoses
    by_kind = {"database.wal", "database.disk"} if database.dialect == "sqlite" else {"database.zone"}
    assert diagnoses.keys() == by_kind | {
        "settings.env",
        "settings.secret_key",
        "settings.api_key",
        "settings.locale",
        "settings.clock",
        "database.reachable",
        "database.schema",
        "database.write",
        "database.clock",
        "business.exchange_rate",
        "business.houses",
        "business.holds",
        "business.welcome",
    }
    assert database.dialect in diagnoses["database.reachable"].message


def test_the_clock_of_the_database_is_compared_with_ours(database: Database) -> None:
    assert found(url_of(database), now=None)["database.clock"].message == "agrees with this machine's."


def test_looking_changes_nothing(database: Database) -> None:
    with database.engines.reading.connect() as connection:
        before = connection.execute(text("SELECT version FROM rate_book")).scalar_one()
    found(url_of(database))
    with database.engines.reading.connect() as connection:
        assert connection.execute(text("SELECT version FROM rate_book")).scalar_one() == before


def test_an_empty_database_is_not_configured_and_does_not_fail(sqlite_database: Database) -> None:
    diagnoses = found(url_of(sqlite_database))
    assert diagnoses["business.exchange_rate"].state is State.NOT_CONFIGURED
    assert diagnoses["business.houses"].state is State.NOT_CONFIGURED
    assert State.FAILING not in states(diagnoses).values()


def test_no_database_yet_is_said_and_none_is_made(tmp_path: Path) -> None:
    diagnoses = found(f"sqlite:///{tmp_path}/casa.sqlite3")
    reachable = diagnoses["database.reachable"]
    assert (reachable.state, reachable.stops_everything) == (State.NOT_CONFIGURED, True)
    assert reachable.remedy == "Make it with: casa db upgrade"
    assert not list(tmp_path.iterdir())


def test_a_database_without_tables_is_failing(blank_url: str) -> None:
    from casaaustin.db.engine import open_engines

    engines = open_engines(blank_url)
    with engines.writing.connect():
        pass
    engines.dispose()
    diagnoses = found(blank_url)
    assert diagnoses["database.reachable"].state is State.READY
    schema = diagnoses["database.schema"]
    assert (schema.state, schema.stops_everything) == (State.FAILING, True)
    assert "business.houses" not in diagnoses


def test_a_database_of_another_version_is_failing(sqlite_database: Database) -> None:
    with sqlite_database.engines.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    schema = found(url_of(sqlite_database))["database.schema"]
    assert (schema.state, "9999" in schema.message) == (State.FAILING, True)


@pytest.mark.parametrize(
    "url",
    ["postgresql://casa:secret@127.0.0.1:1/casa", "mariadb://casa:secret@127.0.0.1:1/casa", "oracle://x"],
)
def test_a_server_that_does_not_answer_is_failing_with_a_remedy(url: str) -> None:
    reachable = found(url)["database.reachable"]
    assert (reachable.state, reachable.stops_everything) == (State.FAILING, True)
    assert reachable.remedy
    assert "secret" not in reachable.message


def test_a_file_that_is_no_database_is_failing(tmp_path: Path) -> None:
    file = tmp_path / "casa.sqlite3"
    file.write_text("not a database, but long enough to be looked at" * 100)
    assert found(f"sqlite:///{file}")["database.reachable"].state is State.FAILING


@pytest.mark.parametrize(
    ("more", "name", "state"),
    [
        pytest.param({"secret_key": None}, "settings.secret_key", State.NOT_CONFIGURED, id="no key"),
        pytest.param({"secret_key": "short"}, "settings.secret_key", State.FAILING, id="a weak key"),
        pytest.param(
            {"secret_key": None, "env": "production"},
            "settings.secret_key",
            State.FAILING,
            id="no key in production",
        ),
        pytest.param({"api_key": None}, "settings.api_key", State.NOT_CONFIGURED, id="no staff routes"),
        pytest.param(
            {"api_key": "short", "env": "production"}, "settings.api_key", State.FAILING, id="a weak API key"
        ),
        pytest.param({"env": "production", "debug": True}, "settings.env", State.FAILING, id="debugging"),
        pytest.param(
            {"env": "production", "allowed_origins": ("*",)}, "settings.env", State.FAILING, id="any origin"
        ),
        pytest.param({"env": "production"}, "settings.clock", State.FAILING, id="a clock that stands still"),
        pytest.param({"locale": "es_QQ"}, "settings.locale", State.FAILING, id="no such locale"),
    ],
)
def test_an_unsafe_setting_is_named(
    sqlite_database: Database, more: dict[str, Any], name: str, state: State
) -> None:
    one = found(url_of(sqlite_database), **more)[name]
    assert (one.state, one.remedy is not None) == (state, True)


def test_settings_that_cannot_be_read_are_the_only_finding() -> None:
    def unreadable() -> Settings:
        raise NotReady("The setting CASA_LOCALE is not valid.", hint="casa config show")

    (one,) = diagnose(unreadable)
    assert (one.id, one.state, one.stops_everything) == ("settings", State.FAILING, True)


def test_an_old_rate_and_lapsed_holds_are_said(sqlite_database: Database) -> None:
    desk = Desk.open(sqlite_database)
    desk.hold(stay("2026-06-01", "2026-06-03"))
    later = found(url_of(sqlite_database), now=NOW + timedelta(days=5))
    assert "5 days old" in later["business.exchange_rate"].message
    assert later["business.exchange_rate"].remedy
    assert later["business.holds"].state is State.NOT_CONFIGURED
    assert "1 lapsed holds" in later["business.holds"].message
    soon = found(url_of(sqlite_database), now=NOW + timedelta(minutes=65))
    assert soon["business.holds"].state is State.READY


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASA_SECRET_KEY", SECRET_KEY)
    return monkeypatch


def test_the_exit_status_says_whether_something_fails(
    sqlite_database: Database,
    environment: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    casa = casa_runner(environment, capsys, url=url_of(sqlite_database), now=NOW.isoformat())
    assert casa("doctor").status == 0
    environment.setenv("CASA_SECRET_KEY", "short")
    ran = casa("doctor")
    assert ran.status == 1
    assert "failing         settings.secret_key" in ran.out
    environment.setenv("CASA_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite3")
    assert casa("doctor").status == 4
    environment.setenv("CASA_LOCALE", "xx")
    ran = casa("doctor --json")
    assert ran.status == 4
    assert [one["id"] for one in ran.json] == ["settings"]
    assert ran.json[0]["state"] == "failing"


def test_the_line_of_each_part_begins_with_its_state(
    sqlite_database: Database, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    casa = casa_runner(environment, capsys, url=url_of(sqlite_database), now=NOW.isoformat())
    lines = [line for line in casa("doctor").out.splitlines() if not line.startswith(" ")]
    assert all(line.startswith(("ready ", "not configured ", "failing ")) for line in lines)
