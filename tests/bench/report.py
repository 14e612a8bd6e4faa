"""What a benchmark says: named figures, printed as one table and written as JSON."""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure; `goal` says what it should be, in words, and `met` whether it is."""

    area: str
    name: str
    value: float
    unit: str
    goal: str = ""
    met: bool | None = None


@dataclass(slots=True)
class Report:
    """The figures of one run."""

    figures: list[Figure] = field(default_factory=list)

    def add(
        self,
        area: str,
        name: str,
        value: float,
        unit: str,
        *,
        at_most: float | None = None,
        at_least: float | None = None,
    ) -> None:
        """Note a figure, and hold it against a bound where there is one."""
        goal, met = "", None
        if at_most is not None:
            goal, met = f"at most {at_most:g}", value <= at_most
        elif at_least is not None:
            goal, met = f"at least {at_least:g}", value >= at_least
        figure = Figure(area, name, value, unit, goal, met)
        self.figures.append(figure)
        print(f"  {_line(figure)}", flush=True)

    def show(self) -> None:
        """Print the table."""
        area = ""
        for figure in self.figures:
            if figure.area != area:
                area = figure.area
                print(f"\n{area}")
            print(f"  {_line(figure)}")

    def write(self, path: Path) -> None:
        """Write the figures and the machine they come from."""
        path.parent.mkdir(parents=True, exist_ok=True)
        document: dict[str, Any] = {
            "python": sys.version.split()[0],
            "machine": platform.machine(),
            "processors": _processors(),
            "figures": [asdict(figure) for figure in self.figures],
        }
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _line(figure: Figure) -> str:
    value = f"{figure.value:,.0f}" if figure.value >= 1000 else f"{figure.value:,.3g}"
    mark = {True: "ok", False: "MISSED", None: ""}[figure.met]
    goal = f"({figure.goal})" if figure.goal else ""
    return f"{figure.name:<58} {value:>10} {figure.unit:<8} {goal:<14} {mark}".rstrip()


def _processors() -> int:
    import os

    return os.cpu_count() or 1


def seconds(action: Callable[[], object], *, repeat: int = 5) -> float:
    """The median wall time of an action, after one run that is not counted."""
    action()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def rate_per_second(action: Callable[[], object], *, for_seconds: float = 2.0) -> float:
    """How often an action can be done in a second, after a warm-up."""
    for _ in range(20):
        action()
    count, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < for_seconds:
        action()
        count += 1
    return count / elapsed
