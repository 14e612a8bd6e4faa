"""Migrations, run from the library: `casa db upgrade`, tests and the demo use the same path."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from casaaustin.db.engine import open_engines
from casaaustin.errors import InvalidInput, NotReady


def migrations_folder() -> Path:
    """Where the migrations are: inside an installed package, or beside `src` in a checkout.

    Raises:
        NotReady: the installation is incomplete.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "migrations", package.parent.parent / "migrations"):
        if (folder / "env.py").is_file():
            return folder
    raise NotReady("The migrations are missing from this installation.", hint="Install the package again.")


def upgrade(url: str, revision: str = "head") -> tuple[str | None, str | None]:
    """Bring the database to `revision`; nothing happens when it is there already.

    Args:
        url: the database URL.
        revision: a revision, or `head` for the newest.

    Returns:
        The revision before and after.

    Raises:
        InvalidInput: no such revision.
    """
    return _run(url, "upgrade", revision)


def downgrade(url: str, revision: str) -> tuple[str | None, str | None]:
    """Take the database back to `revision`, or to nothing with `base`. Data of newer tables is lost."""
    return _run(url, "downgrade", revision)


def plan(url: str, direction: str, revision: str) -> tuple[str | None, list[str]]:
    """What `upgrade` or `downgrade` would do, changing nothing.

    Args:
        url: the database URL.
        direction: `upgrade` or `downgrade`.
        revision: a revision, `head` or `base`.

    Returns:
        The revision of the database now, and the revisions that would be made or undone, in order.

    Raises:
        InvalidInput: no such revision, or it lies in the other direction.
    """
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory
    from alembic.script.revision import RevisionError
    from alembic.util import CommandError

    engines = open_engines(url, pool_size=1)
    try:
        with engines.reading.connect() as connection:
            now = MigrationContext.configure(connection).get_current_revision()
    finally:
        engines.dispose()
    scripts = ScriptDirectory(str(migrations_folder()))
    try:
        if direction == "upgrade":
            steps = [one.revision for one in scripts.iterate_revisions(revision, now or "base")]
            return now, steps[::-1]
        return now, [one.revision for one in scripts.iterate_revisions(now or "base", revision)]
    except (CommandError, RevisionError) as error:
        raise InvalidInput(f"Migration refused: {error}.", hint="Look at: casa db upgrade --help") from None


def differences(engine: Engine) -> list[Any]:
    """What a migration would still have to do for the tables to equal the models; empty when in step."""
    with engine.connect() as connection:
        return differences_of(connection)


def differences_of(connection: Connection) -> list[Any]:
    """The same on a connection that is open already."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from casaaustin.tables import metadata

    context = MigrationContext.configure(
        connection, opts={"compare_type": True, "compare_server_default": True, "render_as_batch": True}
    )
    found: list[Any] = compare_metadata(context, metadata)
    return found


def head() -> str:
    """The newest revision in the migrations folder."""
    from alembic.script import ScriptDirectory

    newest = ScriptDirectory(str(migrations_folder())).get_current_head()
    if newest is None:
        raise NotReady("There are no migrations.", hint="Install the package again.")
    return newest


def _run(url: str, direction: str, revision: str) -> tuple[str | None, str | None]:
    from alembic import command
    from alembic.config import Config
    from alembic.runtime.migration import MigrationContext
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    engines = open_engines(url, pool_size=1)
    try:
        with engines.writing.connect() as connection:
            before = MigrationContext.configure(connection).get_current_revision()
            connection.rollback()
            _foreign_keys(connection, on=False)
            config.attributes["connection"] = connection
            try:
                getattr(command, direction)(config, revision)
            except CommandError as error:
                raise InvalidInput(
                    f"Migration refused: {error}.", hint="Look at: casa db upgrade --help"
                ) from None
            finally:
                connection.rollback()
                _foreign_keys(connection, on=True)
            after = MigrationContext.configure(connection).get_current_revision()
            connection.rollback()
        return before, after
    finally:
        engines.dispose()


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    # SQLite rebuilds a table by copying it; with foreign keys on, dropping the old copy would cascade.
    # The pragma only works outside a transaction, so it goes to the driver directly.
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")
