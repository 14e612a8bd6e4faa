"""The search against CP-SAT on whole years of four houses and windows of forty: left out without ortools.

`pip install --group solvers` brings it; `pytest -m nightly` runs all of them.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable

import pytest

from casaaustin.moves.index import Index
from casaaustin.moves.instance import Instance
from casaaustin.moves.solve import Answer, Kind, solve, solve_in
from tests.bench import calendars
from tests.support.cp_sat import Verdict, judge, window_of

pytest.importorskip("ortools")
pytestmark = pytest.mark.xdist_group("solvers")

FOUR = [(seed, occupancy) for occupancy in (0.5, 0.7, 0.9) for seed in range(1, 11)]
PER_YEAR = 10
FORTY_REQUESTS = 40
WINDOW_NIGHTS = 28


def years_of_four(seed: int, occupancy: float, count: int) -> list[Instance]:
    kind = calendars.Kind(4, occupancy, 6.6)
    [calendar] = calendars.calendars(kind, seed)
    return [calendar.instance(request) for _, request in calendars.requests(kind, seed, count)]


def windows_of_forty(count: int) -> list[Instance]:
    """Windows of 60 days and a bit, half of them without a free house."""
    found: list[Instance] = []
    direct = 0
    kind = calendars.Kind(40, 0.9, 4.4)
    [calendar] = calendars.calendars(kind, 7)
    for _, request in calendars.requests(kind, 7, 100 * count):
        instance = window_of(calendar.instance(request), WINDOW_NIGHTS)
        is_direct = solve(instance).kind is Kind.DIRECT
        if not is_direct or direct < count // 4:
            direct += is_direct
            found.append(instance)
        if len(found) == count:
            break
    return found


def agree(answer: Answer, verdict: Verdict) -> None:
    """The same cost; and what is denied does not exist, or costs more moves than were tried."""
    assert verdict.is_proved
    if answer.plan is not None:
        assert verdict.packed == answer.plan.score.packed
    elif answer.kind is Kind.IMPOSSIBLE:
        assert verdict.packed is None
    else:
        assert answer.kind is Kind.NONE_WITHIN_K
        assert answer.min_moves is not None
        assert verdict.packed is None or verdict.packed // 1_000_000 >= answer.min_moves


@pytest.mark.parametrize("occupancy", [0.5, 0.7, 0.9])
def test_a_few_years_of_four_houses(occupancy: float) -> None:
    for instance in years_of_four(1, occupancy, 4):
        agree(solve(instance), judge(instance))


@pytest.mark.nightly
@pytest.mark.parametrize(("seed", "occupancy"), FOUR)
def test_years_of_four_houses(seed: int, occupancy: float) -> None:
    for instance in years_of_four(seed, occupancy, PER_YEAR):
        agree(solve(instance), judge(instance))


@pytest.mark.nightly
def test_windows_of_forty_houses() -> None:
    for instance in windows_of_forty(FORTY_REQUESTS):
        agree(solve(instance, max_moves=4), judge(instance, most_seconds=300))


def compare(name: str, instances: list[Instance], max_moves: int | None) -> None:
    """Print how the search compares with the solver in CPU time; every answer is checked as well."""
    kinds: Counter[str] = Counter()
    on_index, from_rows, solver = [], [], []
    for instance in instances:
        request = instance.request
        days = [day for stay in instance.stays for day in (stay.start, stay.end)]
        window = min(request.start, *days), max(request.end, *days)
        index = Index(instance.houses, instance.stays, today=instance.today, window=window)
        verdict = judge(instance)
        kinds[str(solve(instance, max_moves=max_moves).kind)] += 1
        if not verdict.is_proved:
            kinds["not decided by the solver in a minute"] += 1
            continue
        for answer in (solve(instance, max_moves=max_moves), solve_in(index, request, max_moves=max_moves)):
            agree(answer, verdict)
        on_index.append(_least(lambda: solve_in(index, request, max_moves=max_moves)))  # noqa: B023
        from_rows.append(_least(lambda: solve(instance, max_moves=max_moves)))  # noqa: B023
        solver.append(verdict.seconds)
    print(f"{name}: {dict(kinds)}; CP-SAT median {statistics.median(solver) * 1000:.1f} ms")
    for way, ours in (("on an index", on_index), ("from rows", from_rows)):
        ratios = [theirs / took for theirs, took in zip(solver, ours, strict=True)]
        print(
            f"  {way}: median {statistics.median(ours) * 1000:.3f} ms; "
            f"{statistics.median(ratios):,.0f} times faster (median), {min(ratios):,.0f} at least"
        )


def _least(ask: Callable[[], Answer]) -> float:
    """CPU seconds, the best of three."""
    took = []
    for _ in range(3):
        begun = time.process_time()
        ask()
        took.append(time.process_time() - begun)
    return min(took)


if __name__ == "__main__":
    compare(
        "4 houses, a year",
        [instance for seed, occupancy in FOUR for instance in years_of_four(seed, occupancy, PER_YEAR)],
        None,
    )
    compare("40 houses, 60 days", windows_of_forty(FORTY_REQUESTS), 4)
