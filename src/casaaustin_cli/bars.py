"""Bars in a terminal: amounts above and below zero, under each other, at one scale.

Drawn by hand in plain letters: a chart of a dozen bars needs no plotting library, which would
take a quarter of a second to load, and it reads the same in a pipe, a mail and a log.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal

from casaaustin.money import ZERO
from casaaustin.vocabulary import Language
from casaaustin_cli import show, terminal

_NARROWEST = 10  # columns of bars, however long the labels are
_GAP = 2


def bars(title: str, rows: Sequence[tuple[str, Decimal]], *, language: Language) -> None:
    """Print a bar for each amount in dollars: to the right of the axis above zero, to the left below.

    Args:
        title: a line above.
        rows: labels and amounts.
        language: of the amounts.
    """
    width = terminal.columns()
    show.heading(title)
    block, axis = ("█", "│") if terminal.has_unicode(sys.stdout) else ("#", "|")
    for text in _lines(rows, width, block, axis, language):
        show.line(text)


def _lines(
    rows: Sequence[tuple[str, Decimal]], width: int, block: str, axis: str, language: Language
) -> Iterator[str]:
    labels = [terminal.harmless(label) for label, _ in rows]
    figures = [show.cell(amount, language, "USD") for _, amount in rows]
    label_width, figure_width = (max(map(len, texts), default=0) for texts in (labels, figures))
    room = max(width - label_width - figure_width - 2 * _GAP - len(axis), _NARROWEST)
    lowest = min([ZERO, *(amount for _, amount in rows)])
    span = max([ZERO, *(amount for _, amount in rows)]) - lowest
    left = _length(ZERO - lowest, span, room)
    for label, figure, (_, amount) in zip(labels, figures, rows, strict=True):
        side = left if amount < ZERO else room - left
        bar = block * min(_length(abs(amount), span, room), side)
        below, above = (bar, "") if amount < ZERO else ("", bar)
        drawn = f"{below:>{left}}{axis}{above:<{room - left}}"
        yield f"{label:<{label_width}}{'':{_GAP}}{drawn}{'':{_GAP}}{figure:>{figure_width}}"


def _length(amount: Decimal, span: Decimal, room: int) -> int:
    """Columns of an amount; whatever is not nothing can be seen."""
    return max(int(amount * room / span), 1) if amount else 0
