"""Which houses are free; how to make room where none is. Its further commands are imported when asked for."""

from __future__ import annotations

from casaaustin_cli.commands.availability import search
from casaaustin_cli.framework import CasaTyper, Entry, LazyGroup

PLANS, REQUESTS, WITHOUT_BOOKS = "Plans", "Requests that wait", "Files"


def _entry(name: str, module: str, heading: str, summary: str) -> Entry:
    return Entry(name, f"{__name__}.{module}", heading, summary, is_one_of_several=True)


TABLE = {
    entry.name: entry
    for entry in (
        _entry("plan", "plans", PLANS, "Show one: who moves, what it costs, who has agreed"),
        _entry("ask", "plans", PLANS, "Ask those who would move, and block its nights meanwhile"),
        _entry("consent", "plans", PLANS, "Note what one of them said"),
        _entry("withdraw", "plans", PLANS, "Give one up, and free what it blocked"),
        _entry("undo", "plans", PLANS, "Move everybody back after it was carried out"),
        _entry("waiting", "waiting", REQUESTS, "Which could be placed now, with how many moves"),
        _entry("forget", "waiting", REQUESTS, "Nobody waits for one any more"),
        _entry("solve", "instances", WITHOUT_BOOKS, "Answer a question in a file, without a database"),
        _entry("export-instance", "instances", WITHOUT_BOOKS, "Write such a file, naming nobody"),
    )
}


class _Availability(LazyGroup):
    table = TABLE


app = CasaTyper("availability", cls=_Availability, subcommand_metavar="[COMMAND]")
app.callback(invoke_without_command=True)(search.availability)
