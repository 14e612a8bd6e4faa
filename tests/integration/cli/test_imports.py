"""A command loads only what it uses. Source: docs/rules/command_line.md, start-up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli.sample import environment

HEAVY = frozenset({"alembic", "PIL", "starlette", "uvicorn", "httpx", "phonenumbers", "rich", "tomli_w"})
MAIN_JOB = (
    "quote --from 2026-04-17 --nights 2 --guests 4",
    "availability --from 2026-04-17 --nights 2 --guests 4",
    "reserve casa-austin-1 999000111 --from 2026-04-17 --nights 2 --guests 4 --dry-run",
    "reservations list",
    "reservations show c20417",
    "calendar",
)


def imported(command: str, demo_file: Path) -> set[str]:
    """The top-level packages that a command loads, in a process of its own."""
    own = {"CASA_DATABASE_URL": f"sqlite:///{demo_file}", "CASA_NOW": "2026-04-06T10:00:00-05:00"}
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "casaaustin_cli", *command.split()],
        env=environment(**own),
        capture_output=True,
        text=True,
        cwd=demo_file.parent,
        check=True,
    )
    modules = (line.rpartition("|")[2].strip() for line in ran.stderr.splitlines() if "|" in line)
    return {module.partition(".")[0] for module in modules}


@pytest.mark.parametrize("command", MAIN_JOB)
def test_the_main_job_loads_nothing_it_does_not_use(command: str, demo_file: Path) -> None:
    packages = imported(command, demo_file)
    assert "sqlmodel" in packages, "positive control"
    assert packages & HEAVY == set()


def test_the_probe_would_see_a_heavy_import(demo_file: Path) -> None:
    """Positive control: a picture needs Pillow."""
    picture = Path(os.devnull).name + ".png"
    assert "PIL" in imported(f"calendar --png {picture}", demo_file)
