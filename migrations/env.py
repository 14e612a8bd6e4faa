"""Alembic's entry: runs the migrations on the connection that the library hands over."""

from __future__ import annotations

from alembic import context

from casaaustin.tables import metadata


def run() -> None:
    """Apply the requested revisions, one transaction for all where the database can."""
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=connection.dialect.name != "mysql",
    )
    with context.begin_transaction():
        context.run_migrations()


run()
