"""Pictures of real terminal output: runs commands in a terminal of 80 x 24 and saves what they wrote.

    python docs/images/make.py                                   makes every picture of the table below
    python docs/images/make.py calendar 'casa calendar'          makes calendar.svg from what is named

The commands run one after the other in a folder of their own, on a fresh demo business, whose clock
stands still, so that the same program makes the same picture. A command that fails makes none.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import io
import os
import pty
import re
import shlex
import struct
import subprocess
import sys
import tempfile
import termios
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.text import Text

HERE = Path(__file__).parent
COLUMNS, LINES = 80, 24
BUILD = "casa demo --folder . --build-only"

# Nothing that makes a reservation: its number would be another one in every picture.
PICTURES: dict[str, list[str]] = {
    "demo": [
        "casa quote --from 2026-04-17 --nights 2 --guests 4",
        "casa reservations change c20417 --to 2026-04-20",
        "casa calendar",
    ]
}


def run(command: str, folder: Path) -> str:
    """What `command` writes to a terminal, colours and all.

    Args:
        command: a shell-like line; `casa` is the one beside this interpreter.
        folder: where it runs, and where its database is.

    Raises:
        SystemExit: the command failed; its output is shown.
    """
    program, *arguments = shlex.split(command)
    beside = Path(sys.executable).parent / program
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    running = subprocess.Popen(
        [str(beside) if beside.exists() else program, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,  # banners about the fixed clock are not what the picture is about
        cwd=folder,
        env=_environment(folder),
    )
    os.close(theirs)
    written = _read_all(ours)
    if running.wait() != 0:
        raise SystemExit(f"{command} ended with exit status {running.returncode}:\n{written}")
    # Of a line that was drawn again and again, such as a progress bar, the last state remains.
    return "\n".join(line.rpartition("\r")[2] for line in written.split("\n"))


def _environment(folder: Path) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("CASA_")}
    own.pop("NO_COLOR", None)
    return own | {
        "COLORTERM": "truecolor",
        "COLUMNS": str(COLUMNS),
        "HOME": str(folder),
        "LINES": str(LINES),
        "LOGNAME": "rosa",
        "TERM": "xterm-256color",
    }


def _read_all(descriptor: int) -> str:
    chunks = []
    with os.fdopen(descriptor, "rb", buffering=0) as terminal:
        while True:
            try:
                chunk = terminal.read(65536)
            except OSError as error:  # Linux says so when the other side is closed
                if error.errno != errno.EIO:
                    raise
                break
            if not chunk:
                break
            chunks.append(chunk)
    return b"".join(chunks).decode("utf-8").replace("\r\n", "\n")


def picture(name: str, commands: Sequence[str]) -> str:
    """The SVG of a session: each command after a prompt, then what it wrote."""
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    with tempfile.TemporaryDirectory(prefix="casa-picture-") as folder:
        run(BUILD, Path(folder))
        for command in commands:
            console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
            console.print(Text.from_ansi(run(command, Path(folder))), soft_wrap=True)
    drawn = console.export_svg(title="casa", unique_id=f"casa-{name}")
    # Rich would have every reader's browser fetch a font from elsewhere; "monospace" is named behind it.
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the pictures that were asked for."""
    parser = argparse.ArgumentParser(description="Pictures of real terminal output.")
    parser.add_argument("name", nargs="?", help="name of the picture, without .svg")
    parser.add_argument("commands", nargs="*", help="what to run, one argument for each command")
    asked = parser.parse_args(arguments)
    if asked.name and not asked.commands and asked.name not in PICTURES:
        parser.error(f"which commands make {asked.name}? The table knows: {', '.join(PICTURES)}")
    wanted = {asked.name: asked.commands or PICTURES[asked.name]} if asked.name else PICTURES
    for name, commands in wanted.items():
        target = HERE / f"{name}.svg"
        target.write_text(picture(name, commands), encoding="utf-8")
        print(target.relative_to(Path.cwd()) if target.is_relative_to(Path.cwd()) else target)


if __name__ == "__main__":
    main()
