"""Counting the statements that a piece of work sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event

from casaaustin.db.work import Database

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA", "SET ", "SAVEPOINT", "RELEASE")


@dataclass(slots=True)
class Statements:
    """The statements that were sent, in order."""

    sent: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)

    def about(self, table: str) -> list[str]:
        """Those that name a table."""
        return [statement for statement in self.sent if table in statement]


@contextmanager
def counting(database: Database) -> Iterator[Statements]:
    """Collect the statements of a block; transaction control and session settings do not count."""
    statements = Statements()

    def sent(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.lstrip().upper().startswith(_NOT_COUNTED):
            statements.sent.append(statement)

    engines = (database.engines.writing, database.engines.reading)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", sent)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", sent)
