"""What became of something that somebody wanted changed: the answer of every use case of administration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID


class Verb(StrEnum):
    """What happened to a thing."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, in neutral form (JSON types): before, None where it was not there, and after."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing and what became of it.

    `name` is what people call it; an unchanged thing has no fields.
    """

    id: UUID
    name: str
    verb: Verb
    fields: tuple[FieldChange, ...] = ()

    def remembered(self) -> dict[str, Any]:
        """As a JSON document, so that a repeated request finds its first answer."""
        return {
            "id": str(self.id),
            "name": self.name,
            "verb": self.verb.value,
            "fields": [[field.field, field.old, field.new] for field in self.fields],
        }

    @classmethod
    def recalled(cls, kept: Mapping[str, Any]) -> Changed:
        """The answer that `remembered` kept."""
        fields = tuple(FieldChange(*field) for field in kept["fields"])
        return cls(UUID(kept["id"]), kept["name"], Verb(kept["verb"]), fields)


def field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """The fields that differ, in the order of `after`, then those that are gone."""
    names = [*after, *(name for name in before if name not in after)]
    return tuple(
        FieldChange(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    )
