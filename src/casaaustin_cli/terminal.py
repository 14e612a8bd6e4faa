"""What the streams can show: a terminal or a pipe, colour or none, and how wide."""

from __future__ import annotations

import os
import shutil
import sys
from io import TextIOWrapper
from typing import TextIO

BOLD, DIM, RED, CYAN, YELLOW = "1", "2", "31", "36", "33"


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at `stream`; a missing or closed stream is no terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        return False


def is_dumb() -> bool:
    """Whether the terminal says of itself that it cannot do more than letters."""
    return os.environ.get("TERM") == "dumb"


def has_colour(stream: TextIO | None) -> bool:
    """Whether escape codes are welcome: a terminal, not dumb, and `NO_COLOR` unset."""
    return is_terminal(stream) and not is_dumb() and not os.environ.get("NO_COLOR")


def has_unicode(stream: TextIO | None) -> bool:
    """Whether box characters reach the reader as such."""
    encoding = (getattr(stream, "encoding", None) or "ascii").lower()
    return encoding.startswith("utf") and not is_dumb()


def forgive_encoding(stream: TextIO | None) -> None:
    """Let an old terminal show `?` for a letter it does not know, rather than fail half-way."""
    if isinstance(stream, TextIOWrapper):
        stream.reconfigure(errors="replace")


def columns() -> int:
    """Columns of the terminal; 80 when there is none and `COLUMNS` does not say."""
    return shutil.get_terminal_size((80, 24)).columns


def paint(text: str, *codes: str, on: bool) -> str:
    """`text` in a style, or as it is."""
    return f"\033[{';'.join(codes)}m{text}\033[0m" if on and text else text


def harmless(text: str) -> str:
    """`text` without what would make a terminal do something: names and remarks come from strangers."""
    if text.isprintable():
        return text
    return "".join(letter for letter in text if letter == "\n" or letter.isprintable())


def say(text: str, *, end: str = "\n") -> None:
    """Talk to the person, on stderr. Nobody listening is no reason to fail."""
    # `print(file=None)` would fall back to stdout, which carries data only.
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(text + end)
        sys.stderr.flush()
    except (OSError, ValueError):
        return


def say_labelled(label: str, text: str, *codes: str) -> None:
    """`label: text` on stderr, the label coloured."""
    say(f"{paint(label + ':', *codes, on=has_colour(sys.stderr))} {text}")
