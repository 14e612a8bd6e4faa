"""A table with one column of every kind, in every database."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Column, Connection, Date, Integer, MetaData, Select, Table, Time, insert

from casaaustin.db.types import Choice, Document, Exact, Id, Instant, Prose, Words
from casaaustin.db.work import Database
from casaaustin.vocabulary import ReservationStatus


def sample_table() -> Table:
    """The table; a fresh one each time, outside the metadata of the project."""
    return Table(
        "type_sample",
        MetaData(),
        Column("id", Integer, primary_key=True, autoincrement=False),
        Column("usd", Exact(12, 2)),
        Column("rate", Exact(6, 3)),
        Column("wide", Exact(18, 6)),
        Column("at", Instant()),
        Column("key", Id()),
        Column("word", Words(12)),
        Column("name", Words(12), unique=True),
        Column("prose", Prose()),
        Column("document", Document()),
        Column("status", Choice(ReservationStatus)),
        Column("day", Date()),
        Column("hour", Time()),
    )


@dataclass(frozen=True)
class Sample:
    """The table and the database that it is in."""

    database: Database
    table: Table

    def store(self, *rows: dict[str, Any]) -> None:
        """Write rows; an id is counted where none is given."""
        with self.database.engines.writing.begin() as connection:
            for number, row in enumerate(rows, start=1):
                connection.execute(insert(self.table).values({"id": number} | row))

    def ask(self, statement: Select[Any]) -> list[Any]:
        """The first column of what a statement finds."""
        with self.database.engines.reading.connect() as connection:
            return list(connection.execute(statement).scalars())

    def run(self, use: Callable[[Connection], Any]) -> Any:
        """Something of one's own on a connection that may write."""
        with self.database.engines.writing.begin() as connection:
            return use(connection)


@pytest.fixture
def sample(database: Database) -> Iterator[Sample]:
    """An empty table with a column of every kind."""
    table = sample_table()
    with database.engines.writing.begin() as connection:
        table.metadata.create_all(connection)
    yield Sample(database, table)
    with database.engines.writing.begin() as connection:
        table.metadata.drop_all(connection)
