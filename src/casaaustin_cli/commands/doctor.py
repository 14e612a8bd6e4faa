"""Is every part ready? One line for each."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING

import typer

from casaaustin_cli import show, terminal
from casaaustin_cli.failures import ExitStatus
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson

if TYPE_CHECKING:
    from casaaustin.doctor import Diagnosis

app = CasaTyper("doctor")

_COLOURS = {
    "ready": ("32",),
    "not configured": (terminal.YELLOW,),
    "failing": (terminal.BOLD, terminal.RED),
}
_STATE = len("not configured")
_GAP = 2
_LEAST_ROOM = 36
_UNLIMITED = 10_000


@app.command()
@examples("casa doctor", "casa doctor --json")
def doctor(as_json: AsJson = False) -> None:
    """Look at settings, database and business: ready, not configured, or failing and why.

    It works without a database, and with one of another version. Exit status 0 if nothing fails, 1 if
    something does, 4 if the settings or the database cannot be used at all.
    """
    from casaaustin.doctor import State, diagnose

    found = diagnose()
    show.emit([_payload(one) for one in found], lambda: _print(found), as_json=as_json)
    if any(one.stops_everything for one in found):
        raise typer.Exit(ExitStatus.NOT_READY)
    if any(one.state is State.FAILING for one in found):
        raise typer.Exit(ExitStatus.REFUSED)


def _payload(one: Diagnosis) -> dict[str, object]:
    return {"id": one.id, "state": one.state, "message": one.message, "remedy": one.remedy}


def _print(found: list[Diagnosis]) -> None:
    """A line for each, the texts folded to the terminal; on a narrow one below their name."""
    colour = terminal.has_colour(sys.stdout)
    width = terminal.columns() if terminal.is_terminal(sys.stdout) else _UNLIMITED
    named = max(len(one.id) for one in found)
    indent = _STATE + named + 2 * _GAP
    is_narrow = width - indent < _LEAST_ROOM
    indent = _GAP if is_narrow else indent
    for one in found:
        state = terminal.paint(f"{one.state.value:<{_STATE}}", *_COLOURS[one.state.value], on=colour)
        told = textwrap.wrap(one.message, width - indent)
        if one.remedy:
            told += textwrap.wrap(f"try: {one.remedy}", width - indent)
        first = "" if is_narrow else " " * _GAP + told.pop(0)
        show.line(f"{state}{' ' * _GAP}{one.id:<{0 if is_narrow else named}}{first}")
        for text in told:
            show.line(f"{' ' * indent}{text}")
