"""What the commands that administer the rate book share: options, and telling what became of a thing."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.changes import Changed, FieldChange, Verb
from casaaustin.errors import InvalidInput, NotFound
from casaaustin.money import parse_amount
from casaaustin.vocabulary import Language
from casaaustin_cli import complete, show
from casaaustin_cli.terminal import columns

if TYPE_CHECKING:
    from casaaustin.pricing.ratebook import MonthDay
    from casaaustin.pricing.year_days import YearDay

LONGEST_VALUE = 60

Reason = Annotated[
    str, typer.Option("--reason", metavar="TEXT", help="Why; the audit trail keeps it.", show_default=False)
]
Active = Annotated[
    bool | None, typer.Option("--active/--inactive", help="Whether it has an effect.", show_default=False)
]
Houses = Annotated[
    list[str] | None,
    typer.Option(
        "--house",
        metavar="HOUSE",
        help="A house it is for, by id, slug or name; repeat it for several. Without: all houses.",
        autocompletion=complete.houses,
    ),
]
HouseArgument = Annotated[
    str,
    typer.Argument(
        metavar="HOUSE", help="Id, slug or name.", autocompletion=complete.houses, show_default=False
    ),
]


def given(**values: Any) -> dict[str, Any]:
    """Those options that the person typed."""
    return {name: value for name, value in values.items() if value is not None}


def amount(text: str | None, *, option: str, places: int = 2) -> Decimal | None:
    """An amount as typed for `option`, None when it was not.

    Raises:
        InvalidInput: not an amount.
    """
    return None if text is None else parse_amount(text, field=option, places=places)


def needed(text: str | None, *, option: str, example: str) -> str:
    """What was typed for an option that must be there.

    Raises:
        InvalidInput: it was not, and how to type it.
    """
    if text is None:
        raise InvalidInput(f"{option} is missing.", field=option.lstrip("-"), hint=f"Add {option} {example}")
    return text


def something(values: dict[str, Any], *, what: str) -> dict[str, Any]:
    """The changes that were asked for.

    Raises:
        InvalidInput: none were.
    """
    if not values:
        raise InvalidInput(f"Nothing to change was given for {what}.", hint="Add an option; see --help.")
    return values


def read_text(name: str) -> str:
    """The text of a file, or of stdin for `-`.

    Raises:
        NotFound: there is no such file.
        InvalidInput: it cannot be read, or is not UTF-8.
    """
    import sys

    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        return content.decode("utf-8-sig")
    except FileNotFoundError:
        raise NotFound(f"There is no file {name}.", code="file_not_found") from None
    except OSError as error:
        raise InvalidInput(f"{name} cannot be read: {error.strerror}.", field="file") from None
    except UnicodeDecodeError:
        raise InvalidInput(f"{name} is not UTF-8.", field="file", hint="Save it as UTF-8.") from None


def month_day(value: MonthDay, language: Language) -> str:
    """A day of every year as people read it: `25 dic`."""
    from casaaustin.pricing.year_days import YearDay

    return year_day(YearDay(*value), language)


def year_day(value: YearDay, language: Language) -> str:
    """A day of every year, or of one: `25 dic`, `5 abr 2026`."""
    from casaaustin import formats

    year = "" if value.year is None else f" {value.year}"
    return f"{value.day} {formats.month_short(value.sample, language)}{year}"


def house_list(slugs: Sequence[str]) -> str:
    """Houses as people read them; none is all."""
    return ", ".join(slugs) or "all"


def show_changed(changed: Changed, *, language: Language, as_json: bool) -> None:
    """Tell what became of one thing."""
    show.emit(changed, lambda: _print_changed(changed, language), as_json=as_json)


def show_all_changed(
    changed: Sequence[Changed], payload: Any, *, language: Language, as_json: bool, closing: str
) -> None:
    """Tell what became of several things, and a closing sentence."""

    def render() -> None:
        for one in changed:
            if one.verb is not Verb.UNCHANGED:
                _print_changed(one, language)
        show.line(closing)

    show.emit(payload, render, as_json=as_json)


def _print_changed(changed: Changed, language: Language) -> None:
    if changed.verb is Verb.UNCHANGED:
        show.line(f"{changed.name}: nothing to change, it is so already.")
        return
    show.heading(f"{changed.name}: {changed.verb.value}")
    for text in field_lines(changed.fields, language, is_new=changed.verb is Verb.ADDED):
        show.line(f"  {text}")


def field_lines(
    fields: Iterable[FieldChange], language: Language, *, is_new: bool = False, indent: int = 2
) -> list[str]:
    """Fields under each other, aligned: `name  old → new`, or `name  new` of a new thing."""
    rows = [
        (
            change.field,
            written(change.new, language)
            if is_new
            else f"{written(change.old, language)} → {written(change.new, language)}",
        )
        for change in fields
    ]
    width = max((len(name) for name, _ in rows), default=0)
    lines: list[str] = []
    for name, value in rows:
        hanging = " " * (width + 2)
        wrapped = textwrap.wrap(value, max(columns() - indent - width - 2, 20)) or [""]
        lines += [f"{name:<{width}}  {wrapped[0]}", *(hanging + more for more in wrapped[1:])]
    return lines


def written(value: Any, language: Language) -> str:
    """A value in neutral form as people read it; a long text is cut, JSON has all of it."""
    if isinstance(value, list):
        text = ", ".join(written(item, language) for item in value) or show.NOTHING
    elif isinstance(value, dict):
        text = show.as_document(value).replace("\n", " ")
    else:
        text = show.cell(value, language) or show.NOTHING
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"
