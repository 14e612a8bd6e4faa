"""The `casa` command: its table of commands and its entry point.

`casa --help` is answered from the table and imports none of the commands.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Annotated, NoReturn, cast

import typer
from typer.main import get_command as build

from casaaustin_cli import complete
from casaaustin_cli.framework import CasaTyper, Entry, Root, example_arguments, examples, examples_of, walk
from casaaustin_cli.vendored import ClickCommand, ClickContext

_OBJECTS_BETWEEN_COLLECTIONS = 100_000

MAIN_JOB, GUESTS_AND_PRICES, RUNNING_IT = "Main job", "Guests and prices", "Running it"


def _entry(name: str, heading: str, summary: str) -> Entry:
    return Entry(name, f"casaaustin_cli.commands.{name.replace('-', '_')}", heading, summary)


TABLE = {
    entry.name: entry
    for entry in (
        _entry("quote", MAIN_JOB, "Price of a stay, every line with the rule that made it"),
        _entry("availability", MAIN_JOB, "Which houses are free, and how to make room where none is"),
        _entry("reserve", MAIN_JOB, "Quote, check and book a stay in one transaction"),
        _entry("calendar", MAIN_JOB, "Tape chart: houses down, nights across, stays as bars"),
        _entry(
            "reservations", MAIN_JOB, "The life of a reservation: list, show, approve, change, cancel, move"
        ),
        _entry("clients", GUESTS_AND_PRICES, "Guests: list, show, add, edit"),
        _entry(
            "prices", GUESTS_AND_PRICES, "The rate book: nights, seasons, special dates, services, policies"
        ),
        _entry("discounts", GUESTS_AND_PRICES, "Codes, rules, generators; explained and tried out"),
        _entry("achievements", GUESTS_AND_PRICES, "Levels of guests: what they take, who holds them"),
        _entry("exchange-rate", GUESTS_AND_PRICES, "Soles for one dollar: show, set"),
        _entry("config", GUESTS_AND_PRICES, "Settings of this machine; the whole business as one file"),
        _entry("demo", RUNNING_IT, "Build a demo business and walk through the main job on it"),
        _entry("db", RUNNING_IT, "Database: upgrade, downgrade, check, backup, restore"),
        _entry("doctor", RUNNING_IT, "Is every part ready? One line for each"),
        _entry("serve", RUNNING_IT, "Answer over HTTP"),
        _entry("audit", RUNNING_IT, "Who changed what, when and from where"),
    )
}


class _Casa(Root):
    table = TABLE

    def parse_args(self, ctx: ClickContext, args: list[str]) -> list[str]:
        return super().parse_args(ctx, complete.with_shell_named(args))


app = CasaTyper("casa", cls=_Casa, context_settings={"help_option_names": ["-h", "--help"]})


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            installed = version("casaaustin")
        except PackageNotFoundError:
            installed = "(not installed, run from source)"
        typer.echo(f"casa {installed}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
@examples(
    "casa demo",
    "casa quote --from 2026-04-17 --nights 2 --guests 4",
    "casa availability --from 2026-04-17 --to 2026-04-19 --guests 4",
)
def root(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  (Typer reads the signature; the callback has acted)
        bool,
        typer.Option("--version", help="Show the version and exit.", callback=_show_version, is_eager=True),
    ] = False,
    install_completion: Annotated[  # noqa: ARG001
        str | None,
        typer.Option(
            "--install-completion",
            metavar="[SHELL]",
            help="Complete houses, reservations and commands at TAB in bash, zsh, fish or powershell.",
            callback=complete.install_for_shell,
            expose_value=False,
        ),
    ] = None,
    show_completion: Annotated[  # noqa: ARG001
        str | None,
        typer.Option(
            "--show-completion",
            metavar="[SHELL]",
            help="Print the completion script instead.",
            callback=complete.print_for_shell,
            expose_value=False,
        ),
    ] = None,
) -> None:
    """Casa Austin: quote a stay, see what is free, reserve it.

    Every command explains itself: casa COMMAND --help. Most take --json; those that change something take
    --dry-run.
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> NoReturn:
    """Entry point of the `casa` script."""
    # Starting makes many objects and drops few. Looking for cycles among them, every 700 objects and once
    # more on the way out, would take a fifth of the time of a quote.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        root_command().main()
    finally:
        gc.freeze()


def root_command() -> Root:
    """The command tree, its branches still to be imported."""
    return cast(Root, build(app))


def all_commands() -> Iterator[tuple[ClickCommand, ClickContext]]:
    """Every command and group with its context, root first. Imports all of them."""
    return walk(root_command())


def all_examples() -> Iterator[tuple[str, list[str]]]:
    """Every example of every help page, with its arguments behind `casa`."""
    for command, _ in all_commands():
        for example in examples_of(command):
            yield example, example_arguments(example)
