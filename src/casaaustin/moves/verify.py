"""Whether a plan keeps every promise: checked night by night, sharing nothing with the search.

Source: docs/rules/pricing.md, 3.6.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from casaaustin.moves.instance import House, Id, Instance
    from casaaustin.moves.objective import Plan


def faults_of(plan: Plan, instance: Instance, *, most_downgrade: int | None = None) -> tuple[str, ...]:
    """Everything that is wrong with a plan for an instance; nothing when it can be carried out.

    Args:
        plan: to check; made for this instance or for an earlier one.
        instance: what is the case.
        most_downgrade: classes that a moved stay may lose; None means any number.
    """
    houses = {house.id: house for house in instance.houses}
    stays = {stay.id: stay for stay in instance.stays}
    request = instance.request
    faults = []
    target_of: dict[Id, Id] = {}
    for move in plan.moves:
        stay, target = stays.get(move.stay), houses.get(move.target)
        if stay is None or target is None or stay.house != move.origin:
            faults.append(f"{move.stay} is not in {move.origin}, or there is no house {move.target}")
            continue
        target_of[stay.id] = target.id
        if stay.pinned:
            faults.append(f"{stay.id} must remain in {stay.house}")
        if stay.allowed is not None and target.id not in stay.allowed:
            faults.append(f"{stay.id} may not go to {target.id}")
        if most_downgrade is not None and target.rank < stay.booked_rank - most_downgrade:
            faults.append(f"{stay.id} would be downgraded in {target.id}")
        faults += _misfits(str(stay.id), stay.guests, stay.features, target)
    wanted = houses.get(plan.house)
    if wanted is None:
        return (*faults, f"there is no house {plan.house}")
    if request.house not in (None, wanted.id) or (
        request.allowed is not None and wanted.id not in request.allowed
    ):
        faults.append(f"the request may not have {wanted.id}")
    faults += _misfits("the request", request.guests, request.features, wanted)
    living: dict[tuple[Id, int], str] = {}
    spans = [
        (str(stay.id), target_of.get(stay.id, stay.house), stay.start, stay.end) for stay in instance.stays
    ]
    for name, house, start, end in [*spans, ("the request", wanted.id, request.start, request.end)]:
        for night in range(start, end):
            other = living.setdefault((house, night), name)
            if other != name:
                faults.append(f"{other} and {name} share the night {night} of {house}")
                break
    return tuple(faults)


def _misfits(name: str, guests: int, features: frozenset[str], house: House) -> list[str]:
    faults = []
    if not house.is_open:
        faults.append(f"{house.id} takes nobody, {name} neither")
    if house.capacity is not None and guests > house.capacity:
        faults.append(f"{name} has {guests} guests, {house.id} holds {house.capacity}")
    if missing := sorted(features - house.features):
        faults.append(f"{house.id} lacks {', '.join(missing)} for {name}")
    return faults
