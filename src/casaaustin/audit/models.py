"""The audit trail's table; the database refuses to change or delete its rows."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlmodel import SQLModel

from casaaustin.actors import ActorKind
from casaaustin.db.mixins import choice, document, instant, key, prose, whole, words
from casaaustin.vocabulary import Channel


class AuditEvent(SQLModel, table=True):
    """One change: who, through which face, what, before, after and why.

    `before` and `after` hold only the fields that changed. Personal fields are
    named there but masked, so that erasing a person never needs to touch this table.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        Index("ix_audit_event_entity_entity_id_at", "entity", "entity_id", "at"),
        Index("ix_audit_event_at", "at"),
    )

    id: UUID = key()
    at: datetime = instant()
    ordinal: int = whole(default=0)
    actor: str = words(150)
    actor_kind: ActorKind = choice(ActorKind)
    channel: Channel = choice(Channel)
    action: str = words(60)
    entity: str = words(60)
    entity_id: str = words(64)
    before: dict[str, Any] = document(default=dict)
    after: dict[str, Any] = document(default=dict)
    reason: str = prose(default="")


class RequestKey(SQLModel, table=True):
    """A request that was carried out once and may be repeated: its key, content and result."""

    __tablename__ = "request_key"

    key: str = words(120, primary_key=True)
    operation: str = words(60)
    digest: str = words(64)
    result: dict[str, Any] = document(default=dict)
    created: datetime = instant()
