"""What a command prints: tables for people, one JSON document for programs, progress on stderr.

Data goes to stdout and nothing else does. A table is as wide as its content in
a pipe. On a terminal it fits the width: texts wrap; then the columns marked as
detail go, and stderr says which; then each row becomes a block of its own. An
amount or a date is never cut.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TextIO
from uuid import UUID

from casaaustin.clock import LIMA, utc
from casaaustin.vocabulary import Language
from casaaustin_cli import terminal

if TYPE_CHECKING:
    from rich.console import Console

    from casaaustin.formats import Currency

Align = Literal["left", "right"]

NOTHING = "-"
_UNLIMITED = 100_000
_GAP = 2  # blanks between columns
_NARROWEST_TEXT = 20


def emit(payload: Any, render: Callable[[], None], *, as_json: bool) -> None:
    """Print a result: the JSON document of `payload`, or whatever `render` prints.

    Args:
        payload: what a program gets; see `plain` for what it may contain.
        render: prints the same for a person.
        as_json: whether `--json` was given.
    """
    if as_json:
        line(as_document(payload))
    else:
        render()


def as_document(payload: Any) -> str:
    """`payload` as one JSON document; letters that stdout cannot write are escaped."""
    import json

    return json.dumps(plain(payload), ensure_ascii=not terminal.has_unicode(sys.stdout), indent=2)


def plain(value: Any) -> Any:
    """`value` in JSON's own types.

    An amount becomes a string with its decimals, a day ISO 8601, an instant
    ISO 8601 on Lima's clocks with the offset, an id its text, an enumeration its
    value, a dataclass or a model an object without its private fields.

    Raises:
        TypeError: a type that has no agreed form; a float among them, because
            nothing in this business is one.
    """
    match value:
        case Enum():
            return plain(value.value)
        case None | bool() | int() | str():
            return value
        case Mapping():
            return {str(plain(key)): plain(item) for key, item in value.items()}
        case AbstractSet():
            return sorted((plain(item) for item in value), key=str)
        case list() | tuple():
            return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if not field.name.startswith("_")]
        return {name: plain(getattr(value, name)) for name in names}
    if callable(dump := getattr(value, "model_dump", None)):
        return plain(dump())
    return _written(value)


def _written(value: object) -> str | int:
    """A value that JSON has no type for, as the text that stands for it; a span in whole seconds."""
    match value:
        case Decimal():
            return format(value, "f")
        case datetime():
            return utc(value).astimezone(LIMA).isoformat()
        case date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case timedelta():
            return int(value.total_seconds())
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def line(text: str = "") -> None:
    """Print one line of data."""
    if sys.stdout is not None:
        sys.stdout.write(f"{text}\n")


def text(words: str, *styles: str) -> None:
    """Print a sentence, over several lines where a terminal is narrower; in a pipe it stays on one."""
    colour = terminal.has_colour(sys.stdout)
    for part in _folded(terminal.harmless(words), 0):
        line(terminal.paint(part, *styles, on=colour))


def heading(words: str) -> None:
    """Print a line that stands out on a terminal."""
    text(words, terminal.BOLD)


def pairs(rows: Mapping[str, Any] | Sequence[tuple[str, Any]], *, language: Language) -> None:
    """Print names and values under each other, the values aligned; a value of None is left out.

    On a terminal a long value goes on below itself.
    """
    items = list(rows.items()) if isinstance(rows, Mapping) else list(rows)
    shown = [(name, value) for name, value in items if value is not None]
    width = max((len(name) for name, _ in shown), default=0)
    colour = terminal.has_colour(sys.stdout)
    for name, value in shown:
        label = terminal.paint(name, terminal.DIM, on=colour) + " " * (width - len(name))
        for position, part in enumerate(_folded(cell(value, language), width + _GAP)):
            line(f"{label}  {part}" if position == 0 else f"{'':{width + _GAP}}{part}")


def _folded(text: str, indent: int) -> list[str]:
    """A text that goes on below itself where the terminal ends."""
    if not terminal.is_terminal(sys.stdout):
        return [text]
    import textwrap

    room = max(terminal.columns() - indent, _NARROWEST_TEXT)
    # A word stays whole, so that an id or a path can be copied.
    return textwrap.wrap(text, room, break_long_words=False, break_on_hyphens=False) or [""]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Args:
        heading: above it.
        currency: the values are amounts in this currency.
        align: right for figures; amounts and numbers do it by themselves.
        wrap: texts that may run over several lines; everything else stays on one.
        detail: left out when the terminal is too narrow.
    """

    heading: str
    currency: Currency | None = None
    align: Align | None = None
    wrap: bool = False
    detail: bool = False


def cell(value: Any, language: Language, currency: Currency | None = None) -> str:
    """A value as a person reads it; texts stay as they are."""
    from casaaustin import formats

    match value:
        case None:
            return NOTHING
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value).replace("_", " ")
        case Decimal() if currency is not None:
            return formats.money(value, currency, language)
        case int() | Decimal():
            return formats.number(value, language)
        case datetime():
            return formats.instant(value, language)
        case date():
            return formats.day(value, language)
    return terminal.harmless(str(value))


def table(
    columns: Sequence[Column | str],
    rows: Sequence[Sequence[Any]],
    *,
    language: Language,
    title: str | None = None,
    totals: Sequence[Any] | None = None,
) -> None:
    """Print a table.

    Args:
        columns: headings, or columns where a heading alone does not say enough.
        rows: raw values in the order of the columns; `cell` writes them.
        language: of dates and amounts.
        title: a line above.
        totals: a last row, set off from the others.
    """
    wanted = [Column(column) if isinstance(column, str) else column for column in columns]
    body = [_cells(wanted, row, language) for row in rows]
    foot = _cells(wanted, totals, language) if totals is not None else None
    width = terminal.columns() if terminal.is_terminal(sys.stdout) else _UNLIMITED
    kept = _that_fit(wanted, [*body, foot] if foot else body, width)
    if title:
        heading(title)
    if kept is None:
        _print_blocks(wanted, [*body, foot] if foot else body, language)
        return
    drawn = _Drawing(
        headings=[wanted[index].heading for index in kept],
        body=[[row[index] for index in kept] for row in body],
        foot=[foot[index] for index in kept] if foot is not None else None,
        aligned=[_aligned(wanted[index], [row[index] for row in rows]) for index in kept],
        wraps=[wanted[index].wrap for index in kept],
    )
    for text in drawn.lines(width):
        line(text)
    if left_out := [column.heading for index, column in enumerate(wanted) if index not in kept]:
        terminal.say_labelled(
            "note", f"too narrow for {', '.join(left_out)}; widen the terminal or add --json", terminal.DIM
        )


def _cells(columns: Sequence[Column], row: Sequence[Any], language: Language) -> list[str]:
    return [cell(value, language, column.currency) for column, value in zip(columns, row, strict=True)]


def _aligned(column: Column, values: Sequence[Any]) -> Align:
    if column.align is not None:
        return column.align
    figures = [value for value in values if value is not None]
    numeric = figures and all(isinstance(value, int | Decimal) for value in figures)
    return "right" if column.currency or (numeric and not isinstance(figures[0], bool)) else "left"


def _that_fit(columns: Sequence[Column], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Which columns fit, the last detail leaving first; None when not even the others do."""
    least = [
        max(_longest_word(column.heading), *(_least(column, row[index]) for row in rows), 0)
        for index, column in enumerate(columns)
    ]
    kept = list(range(len(columns)))
    details = [index for index in kept if columns[index].detail]
    while sum(least[index] + _GAP for index in kept) - _GAP > width:
        if not details:
            return None
        kept.remove(details.pop())
    return kept


def _least(column: Column, text: str) -> int:
    return _longest_word(text) if column.wrap else max(map(len, text.split("\n")))


def _longest_word(text: str) -> int:
    return max(map(len, text.split()), default=0)


def _print_blocks(columns: Sequence[Column], rows: Sequence[Sequence[str]], language: Language) -> None:
    for number, row in enumerate(rows):
        if number:
            line()
        pairs([(column.heading, text) for column, text in zip(columns, row, strict=True)], language=language)


@dataclass(frozen=True, slots=True)
class _Drawing:
    """A table of texts; drawn by hand, because loading Rich would take a tenth of the time of a quote."""

    headings: list[str]
    body: list[list[str]]
    foot: list[str] | None
    aligned: list[Align]
    wraps: list[bool]

    def lines(self, width: int) -> Iterator[str]:
        """The table, line by line, in at most `width` columns."""
        widths = self._widths(width)
        colour = terminal.has_colour(sys.stdout)
        dash = "─" if terminal.has_unicode(sys.stdout) else "-"
        rule = dash * (sum(widths) + _GAP * (len(widths) - 1))
        for text in self._row(self.headings, widths):
            yield terminal.paint(text, terminal.BOLD, on=colour)
        yield rule
        for row in self.body:
            yield from self._row(row, widths)
        if self.foot is not None:
            yield rule
            for text in self._row(self.foot, widths):
                yield terminal.paint(text, terminal.BOLD, on=colour)

    def _widths(self, width: int) -> list[int]:
        """As wide as the contents; where that is too wide, the widest column that may wrap gives way."""
        rows = [*self.body, self.foot] if self.foot is not None else self.body
        wanted, least = [], []
        for index, name in enumerate(self.headings):
            texts = [row[index] for row in rows]
            longest = max((len(part) for text in texts for part in text.split("\n")), default=0)
            words = max(map(_longest_word, texts), default=0) if self.wraps[index] else longest
            wanted.append(max(longest, len(name)))
            least.append(max(words, _longest_word(name)))
        spare = width - _GAP * (len(wanted) - 1)
        while sum(wanted) > spare:
            wide = max(range(len(wanted)), key=lambda index: (wanted[index] > least[index], wanted[index]))
            if wanted[wide] == least[wide]:
                break
            wanted[wide] -= 1
        return wanted

    def _row(self, texts: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
        """One row, as many lines high as its highest cell."""
        cells = [_wrapped(text, width) for text, width in zip(texts, widths, strict=True)]
        for number in range(max(map(len, cells), default=0)):
            parts = [
                _justified(lines[number] if number < len(lines) else "", width, align)
                for lines, width, align in zip(cells, widths, self.aligned, strict=True)
            ]
            yield (" " * _GAP).join(parts).rstrip()


def _justified(text: str, width: int, align: Align) -> str:
    return text.rjust(width) if align == "right" else text.ljust(width)


def _wrapped(text: str, width: int) -> list[str]:
    """The lines of a cell; a cell of nothing is one empty line."""
    if len(text) <= width and "\n" not in text:
        return [text]
    import textwrap

    paragraphs = text.split("\n")
    return [part for one in paragraphs for part in textwrap.wrap(one, width, break_on_hyphens=False) or [""]]


def console(stream: TextIO | None = None, *, width: int | None = None) -> Console:
    """A Rich console that prints escape codes only where they are welcome.

    Args:
        stream: stdout by default.
        width: that of the terminal by default.
    """
    from rich.console import Console

    target = stream if stream is not None else sys.stdout
    colour = terminal.has_colour(target)
    return Console(
        file=target,
        width=width,
        force_terminal=terminal.is_terminal(target),
        # Without a colour system Rich writes no styles at all, bold included.
        color_system="auto" if colour else None,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A bar on stderr for work that can pass one second; nothing in a pipe.

    Args:
        what: goes on, such as "Restoring".
        total: steps in all; None when nobody knows.

    Yields:
        A function to call with the number of steps just done.
    """
    if not terminal.is_terminal(sys.stderr) or terminal.is_dumb():
        yield _ignore
        return
    from rich.progress import Progress

    with Progress(console=console(sys.stderr), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda steps: bar.advance(task, steps)


def _ignore(_steps: int) -> None:
    """Nobody watches."""
