"""Writing the audit trail, and carrying out a repeated request once.

Services call `record` beside the change itself, in the same transaction: what
was rolled back was never recorded, what was committed always is.
Source: docs/rules/principles.md, 6 and 18; docs/rules/reservations.md, 1.6.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel

from casaaustin.audit.models import AuditEvent, RequestKey
from casaaustin.db.tables import table_of
from casaaustin.db.types import canonical_json, plain
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput, KeyReused

T = TypeVar("T")

MASK = "•••"
# Fields that identify a person: the trail says that they changed, never what they said.
PERSONAL_FIELDS = frozenset(
    {
        "first_name",
        "last_name",
        "number_doc",
        "tel_number",
        "email",
        "birth_date",
        "notes",
        "tel_contact_number",
        "comentarios_reservas",
    }
)
_BOOKKEEPING = frozenset({"id", "created", "updated", "version", "live_key", "search_name"})
MAX_KEY_LENGTH = 120


def facts(row: SQLModel) -> dict[str, Any]:
    """What a row says, in neutral form; `record` masks what is personal."""
    columns = table_of(type(row)).columns.keys()
    return {name: plain(getattr(row, name)) for name in columns if name not in _BOOKKEEPING}


def record(
    work: Work,
    action: str,
    entity: str,
    entity_id: UUID | str,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Write down one change.

    Args:
        work: the unit of work that makes the change.
        action: what was done, such as `reservation.approve`.
        entity: the kind of thing, such as `reservation`.
        entity_id: which one.
        before: its facts before (see `facts`); only those that differ from `after` are kept,
            the personal ones masked.
        after: its facts after.
        reason: why, in the words of the person.
    """
    old, new = plain(dict(before or {})), plain(dict(after or {}))
    changed = {*old, *new}
    if before and after:
        changed = {name for name in changed if old.get(name) != new.get(name)}
    number = work.session.info["audit_ordinal"] = work.session.info.get("audit_ordinal", 0) + 1
    work.session.add(
        AuditEvent(
            at=work.clock.now(),
            ordinal=number,
            actor=work.actor.name,
            actor_kind=work.actor.kind,
            channel=work.actor.channel,
            action=action,
            entity=entity,
            entity_id=str(entity_id),
            before={name: _masked(name, value) for name, value in old.items() if name in changed},
            after={name: _masked(name, value) for name, value in new.items() if name in changed},
            reason=reason,
        )
    )


def once(
    work: Work,
    key: str | None,
    operation: str,
    content: Mapping[str, Any],
    do: Callable[[], T],
    *,
    remember: Callable[[T], dict[str, Any]],
    recall: Callable[[dict[str, Any]], T],
) -> T:
    """Do something once per request key, however often, and however parallel, it is asked for.

    Args:
        work: the open unit of work.
        key: chosen by the caller; None makes every call a new request.
        operation: what is asked for; part of the content.
        content: everything that makes this request what it is.
        do: carries it out.
        remember: what to keep of the result, such as its id.
        recall: finds the first result again.

    Raises:
        InvalidInput: the key is empty or too long.
        KeyReused: the key came back with other content; nothing is done.
    """
    if key is None:
        return do()
    if not 0 < len(key) <= MAX_KEY_LENGTH:
        raise InvalidInput(f"A request key has 1 to {MAX_KEY_LENGTH} characters.", field="key")
    digest = hashlib.sha256(canonical_json({"operation": operation, "content": content}).encode()).hexdigest()
    table = table_of(RequestKey)
    connection = work.session.connection()
    row = {"key": key, "operation": operation, "digest": digest, "result": {}, "created": work.clock.now()}
    try:
        # The insert decides who is first: a parallel request with this key waits here for our commit.
        with connection.begin_nested():
            connection.execute(insert(table).values(row))
    except IntegrityError:
        found = connection.execute(select(table.c.digest, table.c.result).where(table.c.key == key)).one()
        if found.digest != digest:
            raise KeyReused(
                f"The key {key!r} was used for another request.", hint="Use a new key for a new request."
            ) from None
        work.notes.append(f"The key {key!r} was used before: this is what it made then.")
        return recall(found.result)
    result = do()
    work.session.flush()
    connection.execute(table.update().where(table.c.key == key).values(result=remember(result)))
    return result


def _masked(name: str, value: Any) -> Any:
    return MASK if name in PERSONAL_FIELDS and value not in (None, "") else value
