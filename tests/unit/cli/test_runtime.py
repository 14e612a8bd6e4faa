"""Opening the business, and asking the person. Source: docs/rules/command_line.md."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
import typer

from casaaustin.actors import Actor
from casaaustin.clock import Clock, FixedClock
from casaaustin.errors import InvalidInput
from casaaustin.stays import Stay
from casaaustin.vocabulary import Channel, Language
from casaaustin_cli import runtime
from tests.unit.cli.sample import run


@dataclass
class FakeWork:
    """A unit of work without a database."""

    actor: Actor
    notes: list[str] = field(default_factory=list)


@dataclass
class FakeDatabase:
    """Runs what it is given and remembers how it was asked."""

    clock: Clock = field(default_factory=lambda: FixedClock(datetime(2026, 1, 16, 2, 0, tzinfo=UTC)))
    asked: list[tuple[str, Actor, bool]] = field(default_factory=list)
    closed: bool = False
    attempts: int = 1

    def read(self, use: Callable[[Any], Any], *, actor: Actor) -> Any:
        self.asked.append(("read", actor, False))
        return use(FakeWork(actor))

    def write(self, use: Callable[[Any], Any], *, actor: Actor, dry_run: bool) -> Any:
        self.asked.append(("write", actor, dry_run))
        for _ in range(self.attempts - 1):
            use(FakeWork(actor))
        return use(FakeWork(actor))

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> FakeDatabase:
    for name in ("CASA_NOW", "CASA_CHANNEL", "CASA_LOCALE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LOGNAME", "bruno")
    fake = FakeDatabase()
    monkeypatch.setattr("casaaustin.db.work.open_database", lambda **_: fake)
    return fake


def remark(work: FakeWork) -> str:
    work.notes.append("The exchange rate is 5 days old.")
    return work.actor.name


def test_reading_and_writing_happen_in_the_name_of_the_systems_user(database: FakeDatabase) -> None:
    with runtime.open() as casa:
        assert casa.read(lambda work: work.actor.name) == "bruno"
        casa.write(lambda work: None)
    actor = Actor(name="bruno", channel=Channel.CLI)
    assert database.asked == [("read", actor, False), ("write", actor, False)]
    assert database.closed


def test_cron_says_that_it_is_cron(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASA_CHANNEL", "cron")
    assert runtime.who().channel is Channel.CRON


def test_a_user_without_a_name_is_known_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)
    assert runtime.who().name.startswith("uid ")


def test_the_day_is_limas(database: FakeDatabase) -> None:
    with runtime.open() as casa:
        assert casa.today == date(2026, 1, 15)
        assert casa.day("tomorrow", option="--as-of") == date(2026, 1, 16)
        assert casa.stay("today", None, 2) == Stay(date(2026, 1, 15), date(2026, 1, 17))


def test_remarks_of_the_work_reach_the_person_once(
    database: FakeDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    database.attempts = 3
    with runtime.open() as casa:
        casa.write(remark)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "note: The exchange rate is 5 days old.\n")


def test_a_dry_run_says_that_nothing_was_changed(
    database: FakeDatabase, capsys: pytest.CaptureFixture[str]
) -> None:
    with runtime.open() as casa:
        casa.write(lambda work: None, dry_run=True)
    assert database.asked[0][2]
    assert capsys.readouterr().err == "dry run: nothing was changed\n"


def test_a_fixed_clock_is_announced(
    database: FakeDatabase, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASA_NOW", "2026-01-15T10:00:00-05:00")
    with runtime.open():
        pass
    assert capsys.readouterr().err == "clock: it is 2026-01-15T10:00:00-05:00 (CASA_NOW)\n"


def test_the_database_is_closed_when_the_work_fails(database: FakeDatabase) -> None:
    with pytest.raises(InvalidInput), runtime.open() as casa:
        casa.stay("never", None, 1)
    assert database.closed


@pytest.mark.parametrize(
    ("asked", "locale", "language"),
    [
        (None, "es_PE", Language.SPANISH),
        (None, "en_US", Language.ENGLISH),
        (Language.ENGLISH, "es_PE", Language.ENGLISH),
    ],
)
def test_the_language_is_that_of_the_option_or_of_the_locale(
    asked: Language | None,
    locale: str,
    language: Language,
    database: FakeDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CASA_LOCALE", locale)
    with runtime.open(language=asked) as casa:
        assert casa.language is language


@pytest.mark.parametrize("arguments", [["--yes"], ["-y"], ["--dry-run"]], ids=" ".join)
def test_yes_answers_and_a_dry_run_need_not_ask(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(capsys, "sample", "ask", *arguments).out == "deleted\n"


def test_without_a_terminal_a_question_fails_at_once_and_names_the_option(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = run(capsys, "sample", "ask")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "error: This needs an answer: Delete it?\ntry: Add --yes to agree.\n"


class Terminal:
    """A person who has typed an answer."""

    def __init__(self, answer: str) -> None:
        self._lines: Iterator[str] = iter([answer])

    def isatty(self) -> bool:
        return True

    def readline(self) -> str:
        return next(self._lines)


@pytest.mark.parametrize(
    ("answer", "agreed"),
    [
        ("y\n", True),
        ("Yes\n", True),
        ("sí\n", True),
        ("n\n", False),
        ("\n", False),
        ("", False),
        ("yep\n", False),
    ],
)
def test_a_person_is_asked_on_stderr_and_only_yes_is_yes(
    answer: str, agreed: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    monkeypatch.setattr("casaaustin_cli.runtime.is_terminal", lambda stream: True)
    if agreed:
        runtime.confirm("Delete it?", yes=False)
    else:
        with pytest.raises(typer.Exit) as left:
            runtime.confirm("Delete it?", yes=False)
        assert left.value.exit_code == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("Delete it? [y/N] ")


def test_no_input_forbids_to_ask_even_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("casaaustin_cli.runtime.is_terminal", lambda stream: True)
    assert run(capsys, "sample", "ask", "--no-input").status == 2
