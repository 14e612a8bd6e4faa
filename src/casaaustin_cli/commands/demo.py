"""A demo business, and a walk through the main job on it."""

from __future__ import annotations

import os
import random
import shlex
import shutil
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TextIO, cast

import typer

from casaaustin.errors import InvalidInput
from casaaustin_cli import failures, help, invocation, show, terminal
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson

if TYPE_CHECKING:
    from casaaustin.demo import Demo

app = CasaTyper("demo")

DATABASE = "casa.sqlite3"
_WIDEST_PROSE = 90
_MARK = "# The demo business of Casa Austin: invented from end to end."


@dataclass(frozen=True, slots=True)
class Scene:
    """A step of the walk: why, what is typed, and how many lines of the answer matter (None: all)."""

    why: str
    command: str
    lines: int | None = None


SCENES = (
    Scene(
        "Somebody asks for a weekend in April, for four. What does it cost, and where?",
        "casa quote --from 2026-04-17 --nights 2 --guests 4",
    ),
    Scene(
        "Ana has a code. It is valid in one house only: the others say so, and keep their price.",
        'casa quote --from 2026-04-17 --nights 2 --guests 4 --client "Ana Quispe" --code TRES20',
    ),
    Scene(
        "And the code of last summer? Every test that a code has to pass is named, with what it looked at.",
        "casa discounts explain --from 2026-04-17 --nights 2 --house casa-austin-1 --code VERANO12",
        lines=8,
    ),
    Scene(
        "Another one wants two nights before New Year, for fourteen. The feast is sold in longer stays only, "
        "and not every house is large enough: every reason is named, with its figures.",
        "casa quote --from 2026-12-29 --nights 2 --guests 14",
    ),
    Scene(
        "Twenty guests, this coming weekend. Nothing is free, so here are the nearest dates.",
        "casa availability --from 2026-04-10 --nights 2 --guests 20",
    ),
    Scene(
        "Sixteen guests, four nights. Nothing is free, but Silvia, who has not arrived yet, fits into "
        "another house: one move is the least, and nothing frees Casa Austin 3.",
        "casa availability --from 2026-04-21 --nights 4 --guests 16 --chart",
    ),
    Scene(
        "Ana takes the weekend in Casa Austin 1. Price, bill and nights are one transaction, and every line "
        "names the rule that made it.",
        'casa reserve casa-austin-1 "Ana Quispe" --from 2026-04-17 --nights 2 --guests 4 --key call-17',
    ),
    Scene(
        "The line was bad and the request comes in again, with the same key: it is still one reservation.",
        'casa reserve casa-austin-1 "Ana Quispe" --from 2026-04-17 --nights 2 --guests 4 --key call-17',
        lines=2,
    ),
    Scene(
        "Bruno would like one of Ana's nights. A night is sold once.",
        'casa reserve casa-austin-1 "Bruno Salas" --from 2026-04-18 --nights 2 --guests 2',
    ),
    Scene(
        "Bruno's group takes those nights. Silvia's move and Bruno's booking are one transaction: both, "
        "or neither.",
        'casa reserve casa-austin-2 "Bruno Salas" --from 2026-04-21 --nights 4 --guests 16 --apply-moves',
    ),
    Scene(
        "Ana stays a night longer; the new night is priced by the same rules.",
        "casa reservations change c10417 --to 2026-04-20",
    ),
    Scene(
        "Another guest cancels, twelve days ahead. The policy proposes what to return; nothing is paid by "
        "itself.",
        'casa reservations cancel c40418 --reason "guest is ill" --yes',
    ),
    Scene(
        "What was done, as the tape chart sees it: Ana in Casa Austin 1, and free nights at the end of "
        "Casa Austin 4.",
        "casa calendar",
    ),
)

NEXT_STEPS = (
    "casa calendar --nights 42",
    "casa reservations show c10417",
    "casa quote --from +30 --nights 3 --guests 8 --house casa-austin-3",
    "casa --help",
)


@app.command()
@examples("casa demo", "casa demo --folder holiday-houses --build-only")
def demo(
    folder: Annotated[
        Path, typer.Option("--folder", metavar="DIR", help="Where to keep the demo business.")
    ] = Path(".demo"),
    build_only: Annotated[bool, typer.Option("--build-only", help="Build it; leave out the walk.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build a demo business and walk through the main job on it.

    Four houses, their prices and guests, and a year of stays, all invented, in a folder of its own: it is
    there to play with afterwards, and the next demo replaces it. Your own settings and books are not touched.
    """
    with show.progress("Building a business and a year of stays"):
        built = _build(folder)
    if not as_json:
        _introduce(built, folder)
    with _inside(folder):
        steps = [] if build_only else _walk(aloud=not as_json)
    document = {
        "folder": str(folder),
        "database_url": f"sqlite:///{(folder / DATABASE).absolute()}",
        "houses": built.houses,
        "clients": built.clients,
        "stays": built.stays,
        "steps": steps,
    }
    show.emit(document, lambda: _take_leave(folder), as_json=as_json)


def _build(folder: Path) -> Demo:
    """Make the folder, its settings and its database, in place of those of an earlier demo."""
    from casaaustin import demo as business
    from casaaustin.clock import FixedClock
    from casaaustin.db.migrate import upgrade
    from casaaustin.db.work import open_database
    from casaaustin.settings import Settings

    _make_room(folder)
    url = f"sqlite:///{folder / DATABASE}"
    upgrade(url)
    clock = FixedClock(business.NOW)
    own: dict[str, Any] = {"_env_file": None, "database_url": url}
    with _without_our_variables(), open_database(settings=Settings(**own), clock=clock) as database:
        return business.build(database, clock)


def _make_room(folder: Path) -> None:
    """Prepare the folder.

    Raises:
        InvalidInput: it holds something else, or cannot be written.
    """
    from casaaustin.clock import LIMA
    from casaaustin.demo import NOW

    settings = folder / ".env"
    elsewhere = "casa demo --folder another-folder"
    try:
        is_ours = settings.is_file() and settings.read_text(encoding="utf-8").startswith(_MARK)
        if folder.exists() and not is_ours and any(folder.iterdir()):
            raise InvalidInput(f"{folder} holds something else already.", field="folder", hint=elsewhere)
        folder.mkdir(parents=True, exist_ok=True)
        for ending in ("", "-wal", "-shm"):
            (folder / f"{DATABASE}{ending}").unlink(missing_ok=True)
        settings.write_text(
            f"{_MARK}\n"
            "# casa reads this file when it is started in this folder.\n"
            f"CASA_DATABASE_URL=sqlite:///{DATABASE}\n"
            f"CASA_NOW={NOW.astimezone(LIMA).isoformat()}\n"
            "CASA_SECRET_KEY=only-signs-the-quotes-of-the-demo-business\n"
            "# Staff in Lima would leave this out: the default is es_PE.\n"
            "CASA_LOCALE=en_US\n",
            encoding="utf-8",
        )
    except OSError as error:
        raise InvalidInput(
            f"{folder} cannot be written: {error.strerror}.", field="folder", hint=elsewhere
        ) from None


@contextmanager
def _without_our_variables() -> Iterator[None]:
    """Hide the settings of the person who runs this; they are about other books."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("CASA_")}
    for name in kept:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(kept)


@contextmanager
def _inside(folder: Path) -> Iterator[None]:
    """Stand in the demo's folder, where `casa` finds the demo's settings, as somebody of the demo's staff."""
    before, user = Path.cwd(), os.environ.get("LOGNAME")
    with _without_our_variables():
        os.chdir(folder)
        os.environ["LOGNAME"] = "rosa"
        try:
            yield
        finally:
            os.chdir(before)
            del os.environ["LOGNAME"]
            if user is not None:
                os.environ["LOGNAME"] = user


def _walk(*, aloud: bool) -> list[dict[str, Any]]:
    """Carry out every scene; what each ended with."""
    from casaaustin.demo import SEED, reproducible_ids

    steps = []
    # The commands name what earlier ones made.
    with reproducible_ids(random.Random(SEED + 1)):  # noqa: S311 - not a secret
        for number, scene in enumerate(SCENES, start=1):
            if aloud:
                _announce(scene, number)
                status = _carry_out(scene, sys.stdout)
                _conclude(status)
            else:
                with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
                    status = _carry_out(scene, nowhere)
            steps.append({"why": scene.why, "command": scene.command, "exit_status": status})
    return steps


def _carry_out(scene: Scene, stream: TextIO) -> int:
    """Run a command as if it had been typed; what it says on stderr belongs to the walk."""
    from casaaustin_cli.app import root_command
    from casaaustin_cli.framework import example_arguments

    root = root_command()
    arguments = example_arguments(scene.command)
    said = cast(TextIO, _Beginning(stream, scene.lines)) if scene.lines is not None else stream

    def run() -> None:
        with root.make_context("casa", arguments) as context:
            root.invoke(context)

    with invocation.begun() as started, redirect_stdout(said), redirect_stderr(stream):
        started.knows_the_clock = True
        return failures.guard(run)


class _Beginning:
    """A stream that lets some lines through, then a sign that there was more."""

    def __init__(self, stream: TextIO, lines: int) -> None:
        self._stream = stream
        self._left = lines

    def write(self, text: str) -> int:
        for line in text.splitlines(keepends=True):
            if self._left == 0:
                self._stream.write("…\n" if terminal.has_unicode(self._stream) else "...\n")
            if self._left > 0:
                self._stream.write(line)
            if line.endswith("\n") or self._left == 0:
                self._left -= 1
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _introduce(built: Demo, folder: Path) -> None:
    from casaaustin import formats
    from casaaustin.clock import lima_date
    from casaaustin.demo import NOW
    from casaaustin.vocabulary import Language

    today = formats.day_long(lima_date(NOW), Language.ENGLISH)
    show.heading("Casa Austin, a demo business")
    _say(
        f"{built.houses} houses, {built.clients} guests and {built.stays} stays, all invented, in {folder}. "
        f"The clock stands at {today}, 10:00 in Lima."
    )


def _announce(scene: Scene, number: int) -> None:
    colour = terminal.has_colour(sys.stdout)
    show.line()
    _say(f"{number}. {scene.why}")
    show.line()
    for place, line in enumerate(help.folded_command(scene.command, terminal.columns() - 2)):
        prompt = "$ " if place == 0 else "  "
        show.line(terminal.paint(prompt + line, terminal.BOLD, terminal.CYAN, on=colour))
    show.line()
    sys.stdout.flush()


def _conclude(status: int) -> None:
    if status:
        colour = terminal.has_colour(sys.stdout)
        show.line(terminal.paint(f"(exit status {status})", terminal.DIM, on=colour))


def _take_leave(folder: Path) -> None:
    program = _program(folder)
    show.line()
    _say(f"Now you: the business stays in {folder}, and casa uses it when it is started there.")
    show.line()
    show.line(f"  cd {shlex.quote(str(folder))}")
    if ours := sorted(name for name in os.environ if name.startswith("CASA_")):
        show.line(f"  unset {' '.join(ours)}")
    for command in NEXT_STEPS:
        show.line(f"  {program}{command.removeprefix('casa')}")


def _program(folder: Path) -> str:
    """How `casa` is started from the demo's folder."""
    started = Path(sys.argv[0])
    on_path = shutil.which("casa")
    if not started.is_file() or started.stem != "casa" or (on_path and Path(on_path).samefile(started)):
        return "casa"
    return shlex.quote(os.path.relpath(started, folder))


def _say(text: str) -> None:
    for line in textwrap.wrap(text, min(terminal.columns(), _WIDEST_PROSE)):
        show.line(line)
