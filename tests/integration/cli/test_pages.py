"""The sessions in the documentation run as written, on the demo business.

Where a page shows what a command answers, it answers exactly that on a terminal of 80 columns.
`CASA_TEST_GOLDEN=write` writes the answers anew.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.support.commands import Casa

DOCS = Path(__file__).parents[3] / "docs"
PAGES = [
    DOCS / "tutorial" / "first-hour.md",
    *(DOCS / "how-to" / f"{name}.md" for name in ("quote-and-reserve", "availability", "calendar")),
    DOCS / "how-to" / "making-room.md",
    DOCS / "how-to" / "change-and-cancel.md",
    DOCS / "how-to" / "why-this-discount.md",
    DOCS / "how-to" / "automatic-discounts.md",
    DOCS / "how-to" / "try-out-a-change.md",
]

_BLOCK = re.compile(r"^```console\n(?P<session>.*?)^```$", re.MULTILINE | re.DOTALL)

# A file that a page shows under its name is there when its sessions run.
_FILE = re.compile(r"^```toml\n# (?P<name>[\w.-]+)\n(?P<content>.*?)^```$", re.MULTILINE | re.DOTALL)
_PROMPT = re.compile(r"^\$ (?=casa )", re.MULTILINE)


def steps(session: str) -> Iterator[tuple[str, str]]:
    """Every command of a session and what it answers, empty where the page does not show it."""
    for part in _PROMPT.split(session)[1:]:
        command, _, answer = part.partition("\n")
        yield command, answer


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_shows_what_happens(
    page: Path,
    casa: Casa,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    same_ids: Callable[[], AbstractContextManager[None]],
) -> None:
    text = page.read_text(encoding="utf-8")
    monkeypatch.setattr("casaaustin_cli.terminal.is_terminal", lambda stream: stream is sys.stdout)

    for file in _FILE.finditer(text):
        (tmp_path / file["name"]).write_text(file["content"], encoding="utf-8")

    def rerun(found: re.Match[str]) -> str:
        ran = [_session(casa, command, answer) for command, answer in steps(found["session"])]
        return f"```console\n{''.join(ran)}```"

    with same_ids():
        now = _BLOCK.sub(rerun, text)
    if os.environ.get("CASA_TEST_GOLDEN") == "write":
        page.write_text(now, encoding="utf-8")
    assert now == page.read_text(encoding="utf-8")


def _session(casa: Casa, command: str, answer: str) -> str:
    """A command and what it answers now; a page that does not show the answer is satisfied with success."""
    ran = casa(*shlex.split(command)[1:])
    said = [line for line in ran.err.splitlines(keepends=True) if not line.startswith("clock:")]
    if not answer:
        assert ran.status == 0, ran.err
        return f"$ {command}\n"
    return f"$ {command}\n{ran.out}{''.join(said)}"


def test_every_page_has_sessions() -> None:
    """Positive control."""
    assert all(_BLOCK.search(page.read_text(encoding="utf-8")) for page in PAGES)
