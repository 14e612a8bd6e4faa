"""The open business a command works on, and questions to the person who types.

    with runtime.open() as casa:
        stay = casa.stay(check_in, check_out, nights)
        found = casa.read(lambda work: service.quote(work, stay, guests=guests))

Opening reads the settings, connects, and says on stderr when the clock is
fixed; closing says so when the work was a dry run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

import typer

from casaaustin.actors import Actor
from casaaustin.clock import Clock, today
from casaaustin.errors import InvalidInput
from casaaustin.stays import Stay
from casaaustin.vocabulary import Channel, Language
from casaaustin_cli import invocation
from casaaustin_cli.failures import ExitStatus
from casaaustin_cli.options import read_day, read_stay
from casaaustin_cli.terminal import YELLOW, is_terminal, say, say_labelled

if TYPE_CHECKING:
    from casaaustin.db.work import Database, Work
    from casaaustin.settings import Settings

T = TypeVar("T")

_YES = frozenset({"y", "yes", "s", "si", "sí"})


@dataclass(slots=True)
class Casa:
    """The business as this command sees it.

    Args:
        settings: of this machine.
        database: open, with the schema this program expects.
        actor: the person at the keyboard, or cron.
        language: for dates and money.
    """

    settings: Settings
    database: Database
    actor: Actor
    language: Language
    _notes: list[str] = field(default_factory=list)
    _rehearsed: bool = False

    @property
    def clock(self) -> Clock:
        """The machine's clock, or the one that `CASA_NOW` fixes."""
        return self.database.clock

    @property
    def today(self) -> date:
        """The business day in Lima."""
        return today(self.clock)

    def day(self, text: str, *, option: str) -> date:
        """A day as typed for `option`; see `options.read_day`."""
        return read_day(text, self.today, option=option)

    def stay(self, check_in: str | None, check_out: str | None, nights: int | None) -> Stay:
        """The stay that `--from`, `--to` and `--nights` describe; see `options.read_stay`."""
        return read_stay(check_in, check_out, nights, self.today)

    def read(self, use: Callable[[Work], T]) -> T:
        """Run a use case that only reads."""
        return self.database.read(self._listening(use), actor=self.actor)

    def write(self, use: Callable[[Work], T], *, dry_run: bool = False) -> T:
        """Run a use case in one transaction; a dry run is the same, taken back."""
        result = self.database.write(self._listening(use), actor=self.actor, dry_run=dry_run)
        self._rehearsed |= dry_run
        return result

    def _listening(self, use: Callable[[Work], T]) -> Callable[[Work], T]:
        """`use`, whose remarks are kept for the person. A repeated attempt replaces those of the first."""
        before = len(self._notes)

        def listened(work: Work) -> T:
            result = use(work)
            self._notes[before:] = work.notes
            return result

        return listened

    def _say_remarks(self) -> None:
        for note in self._notes:
            say_labelled("note", note, YELLOW)
        if self._rehearsed:
            say_labelled("dry run", "nothing was changed", YELLOW)


@contextmanager
def open(
    *,
    language: Language | None = None,
    database_url: str | None = None,
    require_current_schema: bool = True,
) -> Iterator[Casa]:
    """Open the business for one command.

    Args:
        language: what `--lang` says; the locale of the settings by default.
        database_url: instead of the one in the settings.
        require_current_schema: refuse a database that this program does not fit.

    Raises:
        NotReady: not configured, or the schema is not that of this program.
    """
    from casaaustin.db.work import open_database
    from casaaustin.settings import load_settings

    settings = load_settings(database_url=database_url)
    announce_clock(settings)
    database = open_database(settings=settings, require_current_schema=require_current_schema)
    try:
        casa = Casa(settings, database, who(), language or settings.language)
        yield casa
        casa._say_remarks()
    finally:
        database.close()


def announce_clock(settings: Settings) -> None:
    """Say on stderr when the settings fix the clock: what follows is a rehearsal."""
    if settings.now is not None and not invocation.current().knows_the_clock:
        say_labelled("clock", f"it is {settings.now.isoformat()} (CASA_NOW)", YELLOW)


def who() -> Actor:
    """The operating system's user; through cron when `CASA_CHANNEL=cron`."""
    import getpass

    try:
        name = getpass.getuser()
    except (OSError, KeyError):
        # A container may run a user id that has no name.
        name = f"uid {os.getuid()}"
    channel = Channel.CRON if os.environ.get("CASA_CHANNEL") == Channel.CRON else Channel.CLI
    return Actor(name=name, channel=channel)


def confirm(question: str, *, yes: bool, dry_run: bool = False) -> None:
    """Go on only when the person agrees; `--yes` agrees, and a dry run harms nobody.

    Args:
        question: ends in a question mark; names what is lost.

    Raises:
        InvalidInput: nobody is there to ask, or `--no-input` forbids it.
        typer.Exit: the person said no.
    """
    if yes or dry_run:
        return
    if not (invocation.current().may_ask and is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        raise InvalidInput(f"This needs an answer: {question}", field="yes", hint="Add --yes to agree.")
    say(f"{question} [y/N] ", end="")
    if sys.stdin.readline().strip().lower() not in _YES:
        say("Nothing was changed.")
        raise typer.Exit(ExitStatus.REFUSED)
