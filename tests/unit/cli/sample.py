"""A command line of its own for these tests: every way to end, to ask, and to print.

python -c "from tests.unit.cli.sample import main; main()" COMMAND …
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, cast
from uuid import UUID

import pytest
import typer
from typer.main import get_command

from casaaustin import errors
from casaaustin.vocabulary import Language, ReservationStatus
from casaaustin_cli import runtime, show
from casaaustin_cli.framework import CasaTyper, Entry, Root, examples
from casaaustin_cli.options import AsJson, DryRun, From, Guests, Nights, To, Yes, read_stay

TODAY = date(2026, 1, 15)


@dataclass(frozen=True, slots=True)
class Sold:
    """Something with every type that a payload may contain."""

    reservation: UUID
    status: ReservationStatus
    check_in: date
    at: datetime
    total_usd: Decimal
    rate: Decimal
    guests: int
    note: str | None
    tags: frozenset[str]
    _cached: object = None


SOLD = Sold(
    reservation=UUID("5f0e1d2c3b4a59687766554433221100"),
    status=ReservationStatus.UNDER_REVIEW,
    check_in=date(2026, 4, 17),
    at=datetime(2026, 4, 18, 2, 30, tzinfo=UTC),
    total_usd=Decimal("1149.50"),
    rate=Decimal("3.700"),
    guests=4,
    note=None,
    tags=frozenset({"pool", "bbq"}),
)

app = CasaTyper("sample", help="Commands that end in every way.")


@app.command()
@examples(
    "casa sample stay --from 2026-04-17 --nights 2  # a weekend", "casa sample stay --from today --to +3"
)
def stay(
    check_in: From,
    check_out: To = None,
    nights: Nights = None,
    guests: Guests = 1,
    as_json: AsJson = False,
) -> None:
    """Read a stay and show it.

    Whatever is typed is read as of 15 January 2026. A second paragraph, long
    enough to be filled anew, tells more about it.

    - a list
    - keeps its lines
    """
    asked = read_stay(check_in, check_out, nights, TODAY)
    show.emit({"stay": asked, "guests": guests}, lambda: show.line(f"{asked}, {guests}"), as_json=as_json)


@app.command()
def refuse(kind: Annotated[str, typer.Argument(help="class of the refusal")]) -> None:
    """Raise a refusal of the library."""
    raise cast(type[errors.CasaError], getattr(errors, kind))(
        "This cannot be done.", hint="Try something else."
    )


@app.command()
def ambiguous() -> None:
    """Refuse with candidates."""
    raise errors.InvalidInput(
        "Two clients are called Ana.", details={"candidates": ["Ana Quispe", {"message": "Ana Salas"}]}
    )


@app.command()
def broken() -> None:
    """Have a defect."""
    empty: dict[str, str] = {}
    print(empty["guest Ana Quispe"])


@app.command()
def unreachable() -> None:
    """Meet a database that does not answer."""

    class OperationalError(Exception):
        orig = Exception(2003, "Can't connect to server on 'db.example'\nwith the statement INSERT 'Ana'")

    raise OperationalError("[SQL: INSERT INTO client VALUES ('Ana')]")


@app.command()
def extra() -> None:
    """Miss an optional package."""
    raise ModuleNotFoundError("No module named 'uvicorn'", name="uvicorn")


@app.command()
def interrupt() -> None:
    """Be interrupted."""
    raise KeyboardInterrupt


@app.command()
def flood() -> None:
    """Print more than a pipe holds."""
    for number in range(200_000):
        show.line(f"{number} {'x' * 60}")


@app.command()
def wait() -> None:
    """Wait to be interrupted."""
    import time

    show.line("waiting")
    sys.stdout.flush()
    time.sleep(30)


@app.command()
def ask(yes: Yes = False, dry_run: DryRun = False) -> None:
    """Ask before something is lost."""
    runtime.confirm("Delete it?", yes=yes, dry_run=dry_run)
    show.line("deleted")


@app.command()
def table(as_json: AsJson = False) -> None:
    """Print a table."""

    def render() -> None:
        show.table(
            ["House", show.Column("What it says", wrap=True), show.Column("Total", currency="USD"), "Nights"],
            [
                [
                    "Casa Austin 1",
                    "a long remark about the pool and the grill, as people write them",
                    SOLD.total_usd,
                    2,
                ],
                ["Casa Austin 4", None, Decimal("99.90"), 14],
            ],
            language=Language.SPANISH,
            title="Houses",
            totals=["All", None, Decimal("1249.40"), 16],
        )
        show.pairs(
            {"Check-in": SOLD.check_in, "Note": None, "Status": SOLD.status}, language=Language.SPANISH
        )

    show.emit(SOLD, render, as_json=as_json)


class SampleRoot(Root):
    """The tree of these tests."""

    table = MappingProxyType({"sample": Entry("sample", __name__, "Samples", "Every way to end")})


def tree() -> Root:
    """A fresh command tree."""
    root = CasaTyper("casa", cls=SampleRoot, context_settings={"help_option_names": ["-h", "--help"]})

    @root.callback()
    def casa() -> None:
        """A command line for tests."""

    return cast(Root, get_command(root))


def main() -> None:
    """Run it as a program."""
    tree().main()


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: exit status, data, talk."""

    status: int
    out: str
    err: str


def run(capsys: pytest.CaptureFixture[str], *arguments: str, root: Root | None = None) -> Ended:
    """Run a command line in this process."""
    with pytest.raises(SystemExit) as left:
        (root or tree()).main(list(arguments))
    printed = capsys.readouterr()
    return Ended(int(left.value.code or 0), printed.out, printed.err)


PROGRAM = (sys.executable, "-c", "from tests.unit.cli.sample import main; main()")
REPOSITORY = Path(__file__).parents[3]


def environment(**changes: str) -> dict[str, str]:
    """The environment of a program that runs from this checkout."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("CASA_", "NO_COLOR"))}
    paths = os.pathsep.join((str(REPOSITORY / "src"), str(REPOSITORY)))
    return {**plain, "PYTHONPATH": paths, "TERM": "xterm-256color", **changes}
