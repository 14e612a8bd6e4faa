"""A smallest reason for "impossible" when every single night would do: stays that cannot live together.

Source: docs/rules/pricing.md, 3.6.4.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from casaaustin.errors import InvalidInput
from casaaustin.moves.frontier import MOST_HOUSES
from casaaustin.moves.solve import Kind, solve

if TYPE_CHECKING:
    from casaaustin.moves.instance import Id, Instance, Stay


def minimal_conflict(instance: Instance, *, most_downgrade: int | None = None) -> tuple[Id, ...]:
    """Stays that, with the request, cannot all be housed, though without any one of them they could.

    There may be several such sets; those who live nearest to the request are kept longest.

    Args:
        instance: of at most five houses, where `solve` answers `impossible`.
        most_downgrade: as for `solve`.

    Returns:
        Ids in the order of arrival. None when no house suits the request at all.

    Raises:
        InvalidInput: more houses, or the request can be placed.
    """
    if len(instance.houses) > MOST_HOUSES:
        raise InvalidInput(
            f"A smallest conflict is looked for in up to {MOST_HOUSES} houses.", field="houses"
        )
    kept = _from_far_to_near(instance)
    if not _is_impossible(instance, kept, most_downgrade):
        raise InvalidInput("The request can be placed: nothing is in conflict.", field="request")
    for stay in list(kept):
        others = [each for each in kept if each is not stay]
        if _is_impossible(instance, others, most_downgrade):
            kept = others
    return tuple(stay.id for stay in sorted(kept, key=lambda stay: (stay.start, stay.end, str(stay.id))))


def _is_impossible(instance: Instance, stays: list[Stay], most_downgrade: int | None) -> bool:
    left = instance._replace(stays=tuple(stays))
    return solve(left, most_downgrade=most_downgrade).kind is Kind.IMPOSSIBLE


def _from_far_to_near(instance: Instance) -> list[Stay]:
    request = instance.request

    def distance(stay: Stay) -> int:
        return max(stay.start - request.end, request.start - stay.end)

    return sorted(instance.stays, key=lambda stay: (-distance(stay), str(stay.id)))
