"""casa db: tables, integrity, backups."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from casaaustin.db.backup import inspect
from casaaustin.db.schema import CURRENT_REVISION
from casaaustin.db.work import Database
from casaaustin_cli import runtime
from casaaustin_cli.app import all_commands
from casaaustin_cli.framework import example_arguments, examples_of
from tests.conftest import NOW
from tests.support.commands import Casa, casa_runner
from tests.support.desk import Desk
from tests.support.world import stay


@pytest.fixture
def casa(
    sqlite_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Casa:
    """`casa` on a database with one stay, in a folder of its own."""
    Desk.open(sqlite_database).reserve(stay("2026-05-04", "2026-05-07"))
    monkeypatch.chdir(tmp_path)
    url = sqlite_database.engines.url.render_as_string(hide_password=False)
    return casa_runner(monkeypatch, capsys, url=url, now=NOW.isoformat())


def test_every_example_works(casa: Casa) -> None:
    casa("db backup casa-today.backup")
    for command, context in all_commands():
        if context.command_path.startswith("casa db"):
            for example in examples_of(command):
                ran = casa(*example_arguments(example))
                assert ran.status == 0, (example, ran.err)


def test_a_database_is_made_with_its_folder_and_says_from_where_to_where(
    blank_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/new/folder/casa.sqlite3" if "sqlite" in blank_url else blank_url
    casa = casa_runner(monkeypatch, capsys, url=url, now=NOW.isoformat())
    assert casa("db check").status == 4
    assert casa("clients list").status == 4
    steps = casa("db upgrade --dry-run --json").json["steps"]
    assert steps[-1] == CURRENT_REVISION
    made = casa("db upgrade --json").json
    assert (made["from"], made["to"]) == (None, CURRENT_REVISION)
    assert "already" in casa("db upgrade").out
    assert casa("db check").status == 0
    assert casa("db downgrade base --no-input").status == 2
    assert casa("db downgrade base --dry-run --json").json["steps"] == steps[::-1]
    assert f"{CURRENT_REVISION} → nothing" in casa("db downgrade base --yes").out
    assert casa("db check").status == 4


@pytest.mark.parametrize("command", ["db upgrade --revision 0009", "db downgrade 0009 --yes"])
def test_a_revision_that_does_not_exist_is_refused(casa: Casa, command: str) -> None:
    ran = casa(command)
    assert ran.status == 2
    assert "0009" in ran.err


def test_passwords_are_not_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    casa = casa_runner(
        monkeypatch, capsys, url="postgresql://casa:geheim@127.0.0.1:1/casa", now=NOW.isoformat()
    )
    for command in ("db upgrade", "db check", "doctor"):
        ran = casa(command)
        assert ran.status == 4, ran.err
        assert "geheim" not in ran.out + ran.err


def test_right_books_are_said_to_be_right(casa: Casa) -> None:
    # The fifth house of the worked examples has no prices: worth a warning, and no difference.
    ran = casa("db check")
    assert ran.status == 0
    assert "warning     house.prices" in ran.out
    assert "0 differences, 1 warning." in ran.out
    report = casa("db check --json").json
    assert (report["differences"], report["warnings"]) == (0, 1)
    assert all(one["holds"] for one in report["invariants"] if one["id"] != "house.prices")


def test_every_row_that_is_wrong_is_named_with_a_remedy(casa: Casa, sqlite_database: Database) -> None:
    with sqlite_database.engines.writing.begin() as connection:
        connection.execute(text("DELETE FROM reservation_night WHERE night > '2026-05-04'"))
    ran = casa("db check")
    assert ran.status == 1
    assert "difference  nights.missing: A reservation that blocks holds every one of its nights." in ran.out
    assert "2026-05-04 → 2026-05-07: holds 1 of its 3 nights" in ran.out
    assert "  try: " in ran.out
    (found,) = [one for one in casa("db check --json").json["invariants"] if one["id"] == "nights.missing"]
    assert (found["count"], found["holds"], found["severity"]) == (1, False, "difference")
    assert found["rows"][0]["table"] == "reservation"


def test_a_database_of_another_version_is_not_looked_at(casa: Casa, sqlite_database: Database) -> None:
    with sqlite_database.engines.writing.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    ran = casa("db check")
    assert ran.status == 4
    assert "0000" in ran.err


def test_a_backup_goes_out_and_comes_back(casa: Casa, tmp_path: Path) -> None:
    made = casa("db backup one.backup --json").json
    assert made["tables"]["reservation"] == 1
    assert inspect(tmp_path / "one.backup").sha256 == made["sha256"]
    assert casa("db backup one.backup").status == 2
    assert casa("db restore one.backup").status == 1
    assert casa("db restore one.backup --replace --no-input").status == 2
    rehearsed = casa("db restore one.backup --replace --dry-run --json")
    assert "check" in rehearsed.json
    restored = casa("db restore one.backup --replace --yes --json").json
    assert restored["rows"] == made["rows"]
    assert restored["check"]["differences"] == 0
    assert casa("db backup two.backup --json").json["sha256"] == made["sha256"]


def test_a_damaged_backup_is_refused_in_one_sentence(casa: Casa, tmp_path: Path) -> None:
    casa("db backup one.backup")
    file = tmp_path / "one.backup"
    file.write_bytes(file.read_bytes()[:-20])
    ran = casa("db restore one.backup --replace --yes")
    assert ran.status == 2
    assert "The backup is damaged: it is cut off." in ran.err
    assert casa("db restore nothing.backup").status == 3


def test_the_person_is_asked_before_everything_is_deleted(
    casa: Casa, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def confirm(question: str, **_answers: bool) -> None:
        asked.append(question)

    monkeypatch.setattr(runtime, "confirm", confirm)
    casa("db backup one.backup")
    casa("db restore one.backup --replace")
    casa("db downgrade base")
    assert [question.split()[0] for question in asked] == ["Delete", "Take"]
