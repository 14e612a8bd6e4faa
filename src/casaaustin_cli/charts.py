"""The tape chart on this terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from casaaustin_cli import show, terminal

if TYPE_CHECKING:
    from casaaustin.reservations.tape_chart import Chart
    from casaaustin.vocabulary import Language


def print_chart(drawn: Chart, language: Language) -> None:
    """Print a tape chart as wide as the terminal, in colour where it is welcome."""
    from casaaustin.reservations.tape_chart_text import render_text

    text = render_text(
        drawn,
        terminal.columns(),
        colour=terminal.has_colour(sys.stdout),
        ascii_only=not terminal.has_unicode(sys.stdout),
        language=language,
    )
    for line in text.splitlines():
        show.line(line)
