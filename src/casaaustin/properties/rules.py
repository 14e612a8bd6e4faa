"""Rules of the houses: features, slugs, names. Source: docs/rules/pricing.md, 1.1."""

from __future__ import annotations

from collections.abc import Collection, Iterable


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
