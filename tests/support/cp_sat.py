"""The same question as a model for CP-SAT, the judge from outside; needs `pip install --group solvers`."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from casaaustin.moves.instance import House, Instance, Stay


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the solver says.

    Attributes:
        packed: moves, steps and urgency of the best plan in one number; None when there is no plan.
        is_proved: whether the solver came to its end in the time it had.
        seconds: CPU time of building the model and solving it.
    """

    packed: int | None
    is_proved: bool
    seconds: float


def judge(instance: Instance, *, most_seconds: float = 60) -> Verdict:
    """The least packed cost of all assignments, by CP-SAT with one worker."""
    from ortools.sat.python import cp_model

    begun = time.process_time()
    model: Any = cp_model.CpModel()
    request = instance.request
    living: dict[Any, list[tuple[int, int, Any]]] = {house.id: [] for house in instance.houses}
    costs: list[Any] = []
    choice = []
    for house in instance.houses:
        if (
            (house.capacity is None or request.guests <= house.capacity)
            and request.features <= house.features
            and request.house in (None, house.id)
        ):
            here = model.new_bool_var("")
            choice.append(here)
            living[house.id].append((request.start, request.end, here))
            costs.append(_steps(request.rank, house.rank) * here)
    model.add_exactly_one(choice)
    for stay in instance.stays:
        choice = []
        for house in instance.houses:
            if house.id != stay.house and (stay.pinned or not _suits(stay, house)):
                continue
            here = model.new_bool_var("")
            choice.append(here)
            living[house.id].append((stay.start, stay.end, here))
            if house.id != stay.house:
                urgency = max(0, 100 - (stay.start - instance.today))
                costs.append((1_000_000 + _steps(stay.booked_rank, house.rank) + urgency) * here)
        model.add_exactly_one(choice)
    for parties in living.values():
        for night in {start for start, _, _ in parties}:
            present = [here for start, end, here in parties if start <= night < end]
            if len(present) > 1:
                model.add_at_most_one(present)
    model.minimize(sum(costs))
    solver: Any = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.max_time_in_seconds = most_seconds
    status = solver.solve(model)
    seconds = time.process_time() - begun
    if status == cp_model.OPTIMAL:
        return Verdict(round(solver.objective_value), True, seconds)
    return Verdict(None, status == cp_model.INFEASIBLE, seconds)


def window_of(instance: Instance, nights: int) -> Instance:
    """Only the stays near the request; those that reach beyond the window stay where they are."""
    first, last = instance.request.start - nights, instance.request.end + nights
    stays = [
        stay if stay.start >= first and stay.end <= last else stay._replace(pinned=True)
        for stay in instance.stays
        if stay.start < last and stay.end > first
    ]
    return instance._replace(stays=tuple(stays))


def _suits(stay: Stay, house: House) -> bool:
    return (house.capacity is None or stay.guests <= house.capacity) and stay.features <= house.features


def _steps(booked: int, rank: int) -> int:
    return (rank - booked) * 1_000 if rank >= booked else (booked - rank) * 10_000
