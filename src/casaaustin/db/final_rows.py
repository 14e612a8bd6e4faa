"""The triggers that make the audit trail final, and the one way around them: replacing a whole database.

The migration makes the triggers. Emptying a database for a restore must get past
the one that refuses deletions, and put it back whatever happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text

TABLE = "audit_event"
_DELETION = f"{TABLE}_final_delete"

_ON_POSTGRESQL = f"ALTER TABLE {TABLE} {{}} TRIGGER {TABLE}_final"
_ON_SQLITE = f"SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = '{_DELETION}'"  # noqa: S608
_ON_MYSQL = (
    f"SELECT concat('CREATE TRIGGER {_DELETION} BEFORE DELETE ON {TABLE} FOR EACH ROW ', "  # noqa: S608
    "action_statement) FROM information_schema.triggers "
    f"WHERE trigger_schema = database() AND trigger_name = '{_DELETION}'"
)
_COMMITTING = ("mysql", "mariadb")  # where changing a trigger ends the transaction


@contextmanager
def deletions_allowed_in(connection: Connection) -> Iterator[None]:
    """Let this transaction delete final rows, where the database can change triggers in a transaction.

    On MariaDB it cannot: there the caller wraps the transaction in `deletions_allowed_around`.
    """
    if connection.dialect.name in _COMMITTING:
        yield
        return
    protection = _allow(connection)
    yield
    # Not in a `finally`: what fails is rolled back, and the trigger with it.
    _protect(connection, protection)


@contextmanager
def deletions_allowed_around(engine: Engine) -> Iterator[None]:
    """Let transactions inside the block delete final rows on MariaDB, where a trigger commits by itself."""
    if engine.dialect.name not in _COMMITTING:
        yield
        return
    with engine.connect() as connection:
        protection = _allow(connection)
        try:
            yield
        finally:
            _protect(connection, protection)


def _allow(connection: Connection) -> str | None:
    """Take the protection away and return the statement that brings it back; None if there was none."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(_ON_POSTGRESQL.format("DISABLE")))
        return _ON_POSTGRESQL.format("ENABLE")
    asked = _ON_SQLITE if connection.dialect.name == "sqlite" else _ON_MYSQL
    definition: str | None = connection.execute(text(asked)).scalar()
    if definition is not None:
        connection.execute(text(f"DROP TRIGGER {_DELETION}"))
    return definition


def _protect(connection: Connection, protection: str | None) -> None:
    if protection is not None:
        connection.exec_driver_sql(protection)
