"""What TAB offers: quick, silent, and never an error. Source: docs/rules/command_line.md."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from casaaustin.settings import default_database_url
from casaaustin_cli import complete
from tests.unit.cli.sample import REPOSITORY, environment, run

RESERVATION = "5f0e1d2c3b4a59687766554433221100"


@pytest.fixture
def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with the columns that completion reads."""
    path = tmp_path / "la casa.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            f"""
            CREATE TABLE property (name TEXT, slug TEXT, deleted BOOLEAN);
            INSERT INTO property VALUES ('Casa Austin 1', 'casa-austin-1', 0), ('Gone', 'casa-gone', 1);
            CREATE TABLE reservation
                (id CHAR(32), status TEXT, check_in_date DATE, check_out_date DATE, deleted BOOLEAN);
            INSERT INTO reservation VALUES ('{RESERVATION}', 'approved', '2026-04-17', '2026-04-19', 0);
            CREATE TABLE client (first_name TEXT, last_name TEXT, deleted BOOLEAN);
            INSERT INTO client VALUES ('Ana', 'Quispe', 0), ('Bruno', 'Salas', 0), ('Antonia', '', 1);
            """
        )
    monkeypatch.setenv("CASA_DATABASE_URL", f"sqlite:///{path}")
    return path


@pytest.mark.usefixtures("books")
def test_houses_reservations_and_clients_come_from_the_database() -> None:
    assert complete.houses("casa") == [("casa-austin-1", "Casa Austin 1")]
    assert complete.houses("x") == []
    assert complete.reservations("5F0E") == [(RESERVATION, "2026-04-17 → 2026-04-19, approved")]
    assert complete.clients("an") == [("Ana Quispe", "")]
    assert [name for name, _ in complete.statuses("re")] == ["rejected"]


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:////nowhere/casa.sqlite3",
        "sqlite:///",
        "postgresql://nobody:wrong@127.0.0.1:1/none",
        "mysql://nobody:wrong@127.0.0.1:1/none",
        "mariadb+pymysql://nobody@127.0.0.1:1/none",
        "oracle://nobody@127.0.0.1/none",
        "not a url",
        "sqlite://[",
    ],
)
def test_whatever_goes_wrong_nothing_is_offered_and_nothing_said(
    url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CASA_DATABASE_URL", url)
    assert complete.houses("casa") == []
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")


def test_completing_never_creates_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing = tmp_path / "casa.sqlite3"
    monkeypatch.setenv("CASA_DATABASE_URL", f"sqlite:///{missing}")
    assert complete.clients("") == []
    assert not missing.exists()


def test_the_database_is_that_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CASA_DATABASE_URL", raising=False)
    assert complete.database_url() == default_database_url()
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert complete.database_url() == default_database_url()
    (tmp_path / ".env").write_text('CASA_LOCALE=es_PE\nexport CASA_DATABASE_URL="sqlite:///here.sqlite3"\n')
    assert complete.database_url() == "sqlite:///here.sqlite3"
    monkeypatch.setenv("CASA_DATABASE_URL", "sqlite:///there.sqlite3")
    assert complete.database_url() == "sqlite:///there.sqlite3"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_is_answered_without_loading_models_or_rich(shell: str, books: Path) -> None:
    program = (
        "import sys\n"
        "from tests.unit.cli.sample import tree\n"
        "def heavy(): return {'rich', 'sqlalchemy', 'sqlmodel', 'pydantic'} & set(sys.modules)\n"
        "try: tree().main([])\n"
        "finally: assert not heavy(), heavy()\n"
    )
    # The test runner itself is heavy; the sample imports it for `capsys` only.
    answered = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment(
            _CASA_COMPLETE=f"complete_{shell}",
            _TYPER_COMPLETE_ARGS="casa sample st",
            _TYPER_COMPLETE_FISH_ACTION="get-args",
            COMP_WORDS="casa sample st",
            COMP_CWORD="2",
            CASA_DATABASE_URL=f"sqlite:///{books}",
        ),
        timeout=30,
    )
    assert answered.stderr == ""
    assert "stay" in answered.stdout


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--install-completion"], ["--install-completion", "detect"]),
        (["--install-completion", "zsh"], ["--install-completion", "zsh"]),
        (["--show-completion", "--debug"], ["--show-completion", "detect", "--debug"]),
        (["quote", "--from", "today"], ["quote", "--from", "today"]),
    ],
)
def test_the_shell_need_not_be_named(arguments: list[str], named: list[str]) -> None:
    assert complete.with_shell_named(arguments) == named


def test_the_script_is_printed_for_the_shell_of_the_person(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from casaaustin_cli.app import root_command

    monkeypatch.setenv("SHELL", "/bin/bash")
    assert "_CASA_COMPLETE=complete_bash" in run(capsys, "--show-completion", root=root_command()).out
    assert "#compdef casa" in run(capsys, "--show-completion", "zsh", root=root_command()).out
    monkeypatch.setenv("SHELL", "")
    ended = run(capsys, "--show-completion", root=root_command())
    assert ended.status == 2
    assert "casa --install-completion bash" in ended.err


def test_installing_writes_into_the_home_folder(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from casaaustin_cli.app import root_command

    monkeypatch.setenv("HOME", str(tmp_path))
    ended = run(capsys, "--install-completion", "bash", root=root_command())
    assert ended.status == 0
    assert (tmp_path / ".bash_completions" / "casa.sh").is_file()
