"""Changing a row and writing down that it changed: one step, so that neither can be forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casaaustin.audit.service import facts, record
from casaaustin.changes import Changed, FieldChange, Verb, field_changes
from casaaustin.db.mixins import Row
from casaaustin.db.work import Work

# A thing that was added is told by what it says, not by what every new thing says.
_NOT_TOLD = frozenset({"deleted"})


def add_row(
    work: Work,
    row: Row,
    *,
    entity: str,
    name: str,
    reason: str = "",
    beside: Mapping[str, Any] | None = None,
) -> Changed:
    """Store a new row.

    Args:
        work: the open unit of work.
        row: complete; it is flushed, so that rows that point to it can follow.
        entity: its kind in the audit trail.
        name: what people call it.
        reason: why, in the words of the person.
        beside: facts that belong to it but live in other tables, such as the houses of a service.
    """
    work.session.add(row)
    work.session.flush()
    said = {**facts(row), **(beside or {})}
    record(work, f"{entity}.add", entity, row.id, after=said, reason=reason)
    fields = tuple(
        FieldChange(field, None, value)
        for field, value in said.items()
        if field not in _NOT_TOLD and value not in (None, "", [], {})
    )
    return Changed(row.id, name, Verb.ADDED, fields)


def change_row(
    work: Work,
    row: Row,
    values: Mapping[str, Any],
    *,
    entity: str,
    name: str,
    verb: str = "edit",
    reason: str = "",
    beside: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {}),
) -> Changed:
    """Set columns of a row; what is so already is not touched, and nothing different is no change.

    Args:
        work: the open unit of work.
        row: live, and locked by the caller's way of working.
        values: columns and their new values.
        entity: its kind in the audit trail.
        name: what people call it.
        verb: of the action in the audit trail.
        reason: why.
        beside: facts in other tables, before and after.
    """
    before = {**facts(row), **beside[0]}
    for column, value in values.items():
        if getattr(row, column) != value:
            setattr(row, column, value)
    after = {**facts(row), **beside[1]}
    fields = field_changes(before, after)
    if not fields:
        return Changed(row.id, name, Verb.UNCHANGED)
    work.session.flush()
    record(work, f"{entity}.{verb}", entity, row.id, before=before, after=after, reason=reason)
    return Changed(row.id, name, Verb.CHANGED, fields)


def delete_row(work: Work, row: Row, *, entity: str, name: str, reason: str = "") -> Changed:
    """Delete a row softly: it stays for history, and every reader passes over it."""
    changed = change_row(work, row, {"deleted": True}, entity=entity, name=name, verb="delete", reason=reason)
    return Changed(row.id, name, Verb.REMOVED if changed.fields else Verb.UNCHANGED)
