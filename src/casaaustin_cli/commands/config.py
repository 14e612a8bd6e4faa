"""Settings of this machine; the whole business configuration as one file."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import Language
from casaaustin_cli import administration, runtime, show, terminal
from casaaustin_cli.administration import Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Lang, Yes

if TYPE_CHECKING:
    from casaaustin.configuration.difference import Difference
    from casaaustin.configuration.service import Applied

app = CasaTyper("config", help="Settings of this machine; the whole business configuration as one file.")

_GREEN = "32"
_MARKS = {
    "add": ("+", _GREEN),
    "change": ("~", terminal.YELLOW),
    "remove": ("-", terminal.RED),
    "keep": ("=", terminal.DIM),
}


@app.command("show")
@examples("casa config show", "casa config show --json")
def show_(as_json: AsJson = False) -> None:
    """Show the settings of this machine: value, and which of option, environment, .env and default won.

    Secrets are masked. The database is not asked.
    """
    from casaaustin.configuration.machine import explain_settings

    settings = explain_settings()
    language = Language.SPANISH

    def render() -> None:
        show.table(
            ["Setting", show.Column("Value", wrap=True), "From"],
            [[setting.variable, setting.value, setting.origin.value] for setting in settings],
            language=language,
        )
        for setting in settings:
            if setting.problem:
                show.line(f"{setting.variable} cannot be used: {setting.problem}.")

    show.emit({"settings": settings}, render, as_json=as_json)


@app.command()
@examples(
    "casa config export",
    "casa config export --output casa.toml",
    "casa config export --section seasons --section special_dates --json",
)
def export(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write it there; .json makes it JSON."),
    ] = None,
    sections: Annotated[
        list[str] | None,
        typer.Option("--section", metavar="SECTION", help="Only this section; repeat it for several."),
    ] = None,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the JSON schema of the file instead.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Write the whole business configuration as one file, TOML or (with --json) JSON.

    The same business always makes the same file, so that versions of it can be compared. It names houses,
    seasons and services as people do, never by id: it fits any installation. It contains the addresses of the
    pool heaters, so keep it as you keep keys.
    """
    from casaaustin.configuration import document, service

    if schema:
        _write(document.schema_text(), output)
        return
    chosen = document.Format.JSON if as_json else document.guess_format("", output.name if output else None)
    with runtime.open() as casa:
        configuration = casa.read(lambda work: service.export(work, sections or ()))
        _write(document.dump(configuration, chosen), output)


@app.command()
@examples(
    "casa config apply casa.toml --dry-run",
    "casa config apply casa.toml --reason 'Prices of the new season'",
    "casa config apply casa.toml --prune --yes",
)
def apply(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="TOML or JSON, or - for stdin.", show_default=False)
    ],
    prune: Annotated[
        bool,
        typer.Option("--prune", help="Remove what a section of the file does not mention."),
    ] = False,
    reason: Reason = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Make the business what a file says, in one transaction; this is also how a house is added.

    A section that the file does not have is not touched. An item says all of itself: a field that is left
    out has its default. Items that the file does not mention stay, unless you say --prune. Every change is
    checked and audited like any other; if one is refused, nothing changes. The same file twice is the same
    as once.
    """
    text = administration.read_text(file)
    from casaaustin.configuration import document, service

    wanted = document.parse(text, document.guess_format(text, file))
    with runtime.open(language=lang) as casa:
        if prune and not (yes or dry_run):
            found = casa.read(lambda work: service.compare(work, wanted, prune=True))
            gone = [_name(difference) for difference in found if difference.kind.value == "remove"]
            if gone:
                runtime.confirm(f"Remove {_listed(gone)}?", yes=yes, dry_run=dry_run)
        applied = casa.write(
            lambda work: service.apply(work, wanted, prune=prune, reason=reason), dry_run=dry_run
        )
        show.emit(_payload(applied), lambda: _print(applied, casa.language), as_json=as_json)


def _write(text: str, output: Path | None) -> None:
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InvalidInput(f"{output} cannot be written: {error.strerror}.", field="output") from None
    terminal.say(f"Written to {output}.")


def _payload(applied: Applied) -> dict[str, Any]:
    return {
        "changes": [_as_object(difference) for difference in applied.changes],
        "kept": [_as_object(difference) for difference in applied.kept],
    }


def _as_object(difference: Difference) -> dict[str, Any]:
    return {
        "section": difference.section,
        "key": list(difference.key),
        "kind": difference.kind,
        "fields": difference.fields,
    }


def _print(applied: Applied, language: Language) -> None:
    from casaaustin.configuration.registry import SECTIONS

    order = [section.name for section in SECTIONS]
    section = None
    found = sorted((*applied.changes, *applied.kept), key=lambda one: order.index(one.section))
    for difference in found:
        if difference.section != section:
            section = difference.section
            show.heading(section)
        _print_difference(difference, language)
    if found:
        show.line()
    show.line(_closing(applied))


def _print_difference(difference: Difference, language: Language) -> None:
    mark, colour = _MARKS[difference.kind.value]
    painted = terminal.paint(mark, colour, on=terminal.has_colour(sys.stdout))
    name = ".".join(difference.key)
    show.line(f"  {painted} {name}".rstrip() if name else f"  {painted} {difference.section}")
    if difference.kind.value == "change":
        for line in administration.field_lines(difference.fields, language, indent=6):
            show.line(f"      {line}")
    elif difference.kind.value == "add":
        # One paragraph: a new item says all of itself, and a first file has hundreds of them.
        said = ", ".join(
            f"{field.field} {administration.written(field.new, language)}" for field in difference.fields
        )
        for line in textwrap.wrap(said, max(terminal.columns() - 6, 20)):
            show.line(f"      {line}")


def _closing(applied: Applied) -> str:
    counts = {
        word: sum(1 for change in applied.changes if change.kind.value == kind)
        for word, kind in (("added", "add"), ("changed", "change"), ("removed", "remove"))
    }
    told = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    kept = len(applied.kept)
    if kept == 1:
        stays = "1 not in the file stays (--prune removes it)"
    else:
        stays = f"{kept} not in the file stay (--prune removes them)" if kept else ""
    return "; ".join(part for part in (told or "Nothing to change", stays) if part) + "."


def _name(difference: Difference) -> str:
    return " ".join((difference.section, ".".join(difference.key))).strip()


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return shown if len(names) <= 5 else f"{shown} and {len(names) - 5} more"
