"""How long `casa` takes to start, against the imports that it cannot do without."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from tests.bench.report import Report

RUNS = 9


def measure(report: Report, folder: Path) -> None:
    """Interleave the commands with their yardsticks, so that a busy machine slows both alike."""
    from casaaustin.db.migrate import upgrade
    from tests.bench.world import sell_houses

    url = f"sqlite:///{folder / 'startup.sqlite3'}"
    upgrade(url)
    sell_houses(url, houses=4, stays_a_house=20)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CASA_")},
        "CASA_DATABASE_URL": url,
        "CASA_NOW": "2026-04-06T10:00:00-05:00",
        "CASA_ENV": "test",
        "PYTHONPATH": "src",
    }
    casa = [sys.executable, "-m", "casaaustin_cli"]
    dates = ["--from", "2027-04-16", "--to", "2027-04-18"]
    commands = {
        "help": ([*casa, "--help"], 1.5, "import typer, rich"),
        "quote": ([*casa, "quote", *dates], 1.6, "import sqlmodel"),
        "availability": ([*casa, "availability", *dates], 1.6, "import sqlmodel"),
        "reserve": (
            [*casa, "reserve", "house-1", "00000001", *dates, "--dry-run"],
            1.6,
            "import sqlmodel",
        ),
    }
    yardsticks = {"import typer, rich": [], "import sqlmodel": []}  # type: dict[str, list[float]]
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        for statement, found in yardsticks.items():
            found.append(_wall([sys.executable, "-c", statement], environment))
        for name, (command, _, _) in commands.items():
            times[name].append(_wall(command, environment))
    for statement, found in yardsticks.items():
        report.add("start-up", statement, statistics.median(found) * 1000, "ms")
    for name, (_, bound, statement) in commands.items():
        ratio = statistics.median(times[name]) / statistics.median(yardsticks[statement])
        report.add("start-up", f"casa {name}", statistics.median(times[name]) * 1000, "ms")
        report.add("start-up", f"casa {name} / {statement}", ratio, "times", at_most=bound)


def _wall(command: list[str], environment: dict[str, str]) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - start
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr.strip()}")
    return elapsed
