"""What must be true of the audit trail and of the requests that were carried out once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select, text

from casaaustin.audit.models import RequestKey
from casaaustin.db.invariants import Invariant, Problem, check, stream
from casaaustin.db.table_invariants import tables
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work

FINAL = Invariant(
    "audit.final",
    "The database itself refuses to change or delete what was recorded.",
    "Somebody removed the protection: back up and restore into a new database.",
)
CARRIED_OUT = Invariant(
    "request_key.result",
    "A request that was carried out once has a result, and the result exists.",
    "Delete the request key; the same request may then be made again.",
)

_ASKED_AT_ONCE = 1_000
_key = table_of(RequestKey)
_PROTECTION = {
    "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_event'",
    "postgresql": (
        "SELECT 2 * count(*) FROM pg_trigger WHERE tgrelid = 'audit_event'::regclass"
        " AND tgname = 'audit_event_final' AND tgenabled <> 'D'"
    ),
    "mysql": (
        "SELECT count(*) FROM information_schema.triggers"
        " WHERE event_object_schema = database() AND event_object_table = 'audit_event'"
        " AND event_manipulation IN ('UPDATE', 'DELETE')"
    ),
}


@check(FINAL)
def final(work: Work) -> Iterator[Problem]:
    """Look for the triggers that protect the trail: one for changes, one for deletions."""
    dialect = work.database.dialect
    statement = _PROTECTION["mysql" if dialect == "mariadb" else dialect]
    if work.connection.execute(text(statement)).scalar_one() != 2:
        yield FINAL.broken("audit_event", "–", "changes and deletions are not refused")


@check(CARRIED_OUT)
def carried_out(work: Work) -> Iterator[Problem]:
    """Look for requests without a result, or whose result is gone; the operation names the table."""
    by_name = {table.name: table for table in tables()}
    wanted: dict[str, dict[UUID, str]] = defaultdict(dict)
    for row in stream(work, select(_key.c.key, _key.c.operation, _key.c.result)):
        entity = row.operation.split(".")[0]
        if not row.result:
            yield CARRIED_OUT.broken("request_key", row.key, f"{row.operation} has no result")
        elif entity in by_name and "id" in row.result:
            wanted[entity][UUID(row.result["id"])] = row.key
    for entity, keys in wanted.items():
        there = by_name[entity].c.id
        named = list(keys)
        for start in range(0, len(named), _ASKED_AT_ONCE):
            some = named[start : start + _ASKED_AT_ONCE]
            found = set(work.connection.execute(select(there).where(there.in_(some))).scalars())
            for gone in set(some) - found:
                yield CARRIED_OUT.broken("request_key", keys[gone], f"{entity} {gone} does not exist")


CHECKS = (final, carried_out)
