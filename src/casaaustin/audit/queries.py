"""Reading the audit trail. Source: docs/rules/reservations.md, 1.6; docs/rules/principles.md, 18."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from casaaustin.audit.models import AuditEvent
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput

MOST_EVENTS = 10_000
SHORTEST_PREFIX = 6

_event = table_of(AuditEvent)
_HEX = re.compile(rf"[0-9a-f]{{{SHORTEST_PREFIX},32}}")
_GROUPS = (8, 13, 18, 23)  # where the dashes of a written id stand


@dataclass(frozen=True, slots=True)
class Trail:
    """Which changes to read; None does not restrict.

    Args:
        entity: kind of thing, such as `reservation`.
        entity_id: which one: its whole id, or at least six characters of the beginning.
        actor: who changed it.
        action: what was done, such as `reservation.cancel`.
        since: the first instant.
        until: the first instant that no longer belongs to it.
    """

    entity: str | None = None
    entity_id: str | None = None
    actor: str | None = None
    action: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def changes(work: Work, wanted: Trail = Trail(), *, limit: int = 50) -> list[AuditEvent]:
    """Changes, newest first; those of one transaction in reverse of the order in which they were made.

    Args:
        work: the open unit of work.
        wanted: which ones.
        limit: how many at most, 1 to 10,000.

    Raises:
        InvalidInput: the limit is out of range.
    """
    if not 1 <= limit <= MOST_EVENTS:
        raise InvalidInput(f"The limit is 1 to {MOST_EVENTS}, not {limit}.", field="limit")
    newest = (_event.c.at.desc(), _event.c.ordinal.desc(), _event.c.id.desc())
    return list(work.session.exec(_selected(wanted).order_by(*newest).limit(limit)))


def timeline(work: Work, entity: str, entity_id: UUID) -> list[AuditEvent]:
    """All that happened to one thing, oldest first."""
    oldest = (_event.c.at, _event.c.ordinal, _event.c.id)
    return list(work.session.exec(_selected(Trail(entity, str(entity_id))).order_by(*oldest)))


def _selected(wanted: Trail) -> SelectOfScalar[AuditEvent]:
    statement = select(AuditEvent)
    if wanted.entity is not None:
        statement = statement.where(_event.c.entity == wanted.entity)
    if wanted.entity_id is not None:
        statement = statement.where(_is_called(wanted.entity_id))
    if wanted.actor is not None:
        statement = statement.where(_event.c.actor == wanted.actor)
    if wanted.action is not None:
        statement = statement.where(_event.c.action == wanted.action)
    if wanted.since is not None:
        statement = statement.where(_event.c.at >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(_event.c.at < wanted.until)
    return statement


def _is_called(name: str) -> ColumnElement[bool]:
    """Whether an event is about what is called so: exactly, or by the beginning of an id."""
    name = name.strip()
    start = name.lower().replace("-", "")
    if not _HEX.fullmatch(start):
        return _event.c.entity_id == name
    return or_(_event.c.entity_id == name, _event.c.entity_id.startswith(_written(start), autoescape=True))


def _written(start: str) -> str:
    """The beginning of an id as it is stored, with dashes."""
    text = start
    for place in _GROUPS:
        if len(text) > place:
            text = f"{text[:place]}-{text[place:]}"
    return text
