from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from casaaustin.db.engine import open_engines, parse_url
from casaaustin.errors import InvalidInput, NotReady


@pytest.mark.parametrize(
    ("text", "driver"),
    [
        ("sqlite:///casa.sqlite3", "sqlite"),
        ("mysql://casa@db/casa", "mysql+pymysql"),
        ("mariadb://casa@db/casa", "mariadb+pymysql"),
        ("postgres://casa@db/casa", "postgresql+psycopg"),
        ("postgresql://casa@db/casa", "postgresql+psycopg"),
        ("postgresql+psycopg://casa@db/casa", "postgresql+psycopg"),
    ],
)
def test_a_url_gets_the_driver_of_this_project(text: str, driver: str) -> None:
    assert parse_url(text).drivername == driver


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "cannot be read"),
        ("casa.sqlite3", "cannot be read"),
        ("oracle://casa@db/casa", "'oracle' are not supported"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
    ],
)
def test_an_unusable_url_is_refused_with_an_example(text: str, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        parse_url(text)
    assert refused.value.field == "database_url"
    assert refused.value.hint is not None


def test_a_refusal_does_not_repeat_the_password() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_url("oracle://casa:secret-word@db/casa")
    assert "secret-word" not in f"{refused.value.message} {refused.value.hint} {refused.value.details}"


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [
        ("mariadb://casa@db/casa", "pymysql", "casaaustin[mysql]"),
        ("postgresql://casa@db/casa", "psycopg", "casaaustin[postgres]"),
    ],
)
def test_a_missing_driver_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, url: str, module: str, extra: str
) -> None:
    genuine = builtins.__import__

    def without_driver(name: str, *rest: Any, **more: Any) -> Any:
        if name.split(".", maxsplit=1)[0] == module:
            raise ModuleNotFoundError(f"No module named {module!r}", name=module)
        return genuine(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without_driver)
    with pytest.raises(NotReady) as refused:
        open_engines(url)
    assert refused.value.code == "driver_missing"
    assert refused.value.hint is not None
    assert extra in refused.value.hint


def test_nothing_is_connected_before_it_is_needed(tmp_path: Path) -> None:
    path = tmp_path / "folder" / "casa.sqlite3"
    open_engines(f"sqlite:///{path}").dispose()
    assert path.parent.is_dir()
    assert not path.exists()


@pytest.mark.parametrize(
    ("pragma", "value"), [("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2)]
)
def test_every_connection_to_sqlite_is_set_up_alike(tmp_path: Path, pragma: str, value: object) -> None:
    engines = open_engines(f"sqlite:///{tmp_path / 'casa.sqlite3'}")
    for engine in (engines.writing, engines.reading):
        with engine.connect() as connection:
            assert connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() == value
    engines.dispose()
