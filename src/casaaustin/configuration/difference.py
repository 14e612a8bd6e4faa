"""What a file would change: a pure comparison of plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from casaaustin.changes import FieldChange, field_changes

Items = Mapping[tuple[str, ...], Mapping[str, Any]]
"""The items of a section by their key, each in JSON types."""


class Kind(StrEnum):
    """What happens to an item."""

    ADD = "add"
    CHANGE = "change"
    REMOVE = "remove"
    KEEP = "keep"


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that differs; `keep` is one that the file does not mention and that stays."""

    section: str
    key: tuple[str, ...]
    kind: Kind
    fields: tuple[FieldChange, ...] = ()

    @property
    def is_change(self) -> bool:
        """Whether the business changes."""
        return self.kind is not Kind.KEEP


def differences(
    current: Mapping[str, Items], wanted: Mapping[str, Items], *, removing: Mapping[str, bool]
) -> tuple[Difference, ...]:
    """Every item that differs, in the order of the file, what is missing from it at the end of its section.

    Args:
        current: what there is; sections that `wanted` lacks do not matter.
        wanted: what the file says, section by section.
        removing: for each section, whether what the file does not mention goes.
    """
    return tuple(
        difference
        for section, items in wanted.items()
        for difference in _of_section(
            section, current.get(section, {}), items, removing=removing.get(section, False)
        )
    )


def _of_section(section: str, current: Items, wanted: Items, *, removing: bool) -> Iterator[Difference]:
    for key, fields in wanted.items():
        if key not in current:
            yield Difference(section, key, Kind.ADD, field_changes({}, fields))
        elif changes := field_changes(current[key], fields):
            yield Difference(section, key, Kind.CHANGE, changes)
    for key in current:
        if key not in wanted:
            yield Difference(section, key, Kind.REMOVE if removing else Kind.KEEP)
