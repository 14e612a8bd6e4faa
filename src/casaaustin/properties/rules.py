"""Rules of the houses: features, slugs, names. Source: docs/rules/pricing.md, 1.1."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from casaaustin.checks import clean_text
from casaaustin.errors import InvalidInput


def normal_features(features: Iterable[str]) -> frozenset[str]:
    """Features as they are compared: trimmed, without regard to case."""
    return frozenset(feature.strip().casefold() for feature in features if feature.strip())


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """`wanted`, or `wanted-1`, `wanted-2`, … when it is taken.

    Args:
        wanted: a slug made from the name; never empty.
        taken: slugs in use, of deleted houses too.
    """
    if wanted not in taken:
        return wanted
    number = 1
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def check_detail(detail: Mapping[str, Any], *, field: str) -> dict[str, Any]:
    """The detail of the rooms as it is stored: objects, lists, texts, whole numbers, yes and no.

    Names are in order, as the database keeps them. Nothing ("null") says nothing
    and is left out; a number with decimals would not be the same on every database
    and is refused.

    Raises:
        InvalidInput: another kind of value.
    """
    said = {str(name): value for name, value in detail.items() if value is not None}
    return {name: _detail(value, field) for name, value in sorted(said.items())}


def _detail(value: Any, field: str) -> Any:
    match value:
        case bool() | int():
            return value
        case str():
            return clean_text(value, field=field)
        case Mapping():
            return check_detail(value, field=field)
        case list() | tuple():
            return [_detail(item, field) for item in value if item is not None]
        case _:
            raise InvalidInput(
                f"{field} holds a {type(value).__name__}, which cannot be kept.",
                field=field,
                hint="Write numbers with decimals in quotes.",
            )


def natural_order(text: str) -> tuple[tuple[str, int], ...]:
    """Sort key by which `casa-2` comes before `casa-10`; texts that differ never compare equal."""
    pieces = re.split(r"(\d+)", text)
    folded = [
        (piece.casefold(), 0) if index % 2 == 0 else ("", int(piece)) for index, piece in enumerate(pieces)
    ]
    return (*folded, (text, 0))
