"""Which version of the tables this program speaks, and whether a database has it.

Reading one row of the migration table keeps Alembic out of every start.
"""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from casaaustin.errors import NotReady

# The newest migration; a test compares it with the migrations folder.
CURRENT_REVISION = "0003"


def revision_of(session: Session) -> str | None:
    """The revision of the database, or None when it has no tables of ours."""
    try:
        row = session.connection().execute(text("SELECT version_num FROM alembic_version")).first()
    except DBAPIError as error:
        if not _table_missing(error):
            raise
        return None
    return None if row is None else str(row[0])


def check_schema(session: Session) -> None:
    """Refuse a database of another version.

    Raises:
        NotReady: no tables yet, or older, or newer than this program.
    """
    found = revision_of(session)
    if found == CURRENT_REVISION:
        return
    if found is None:
        raise NotReady(
            "The database has no tables yet.", code="schema_missing", hint="Create them with: casa db upgrade"
        )
    raise NotReady(
        f"The database is at revision {found}, this program needs {CURRENT_REVISION}.",
        code="schema_out_of_date",
        hint="Run: casa db upgrade (or install the matching version).",
    )


def _table_missing(error: DBAPIError) -> bool:
    original = error.orig
    if getattr(original, "sqlstate", None) == "42P01":
        return True
    arguments: tuple[object, ...] = getattr(original, "args", ())
    return any(argument == 1146 or "no such table" in str(argument) for argument in arguments[:1])
