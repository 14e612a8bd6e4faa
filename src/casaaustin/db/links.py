"""Links from one thing to several others: the houses of a service, the levels of a rule."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, select
from sqlmodel import SQLModel

from casaaustin.db.tables import table_of
from casaaustin.db.work import Work


@dataclass(frozen=True, slots=True)
class Links:
    """A table of links; a parent without any is for all targets.

    Args:
        model: of the table.
        parent: its column that says whose link it is.
        target: its column that says where it points to.
        called: the column of the targets' own table by which people name them, such as the slug.
    """

    model: type[SQLModel]
    parent: str
    target: str
    called: Column[str]

    def targets(self, work: Work, parents: Iterable[UUID] | None = None) -> Mapping[UUID, frozenset[UUID]]:
        """The targets of each parent, or of some; a parent without links is missing from it."""
        table = table_of(self.model)
        statement = select(table.c[self.parent], table.c[self.target]).where(~table.c.deleted)
        if parents is not None:
            statement = statement.where(table.c[self.parent].in_(set(parents)))
        found: dict[UUID, set[UUID]] = defaultdict(set)
        for parent, target in work.connection.execute(statement):
            found[parent].add(target)
        return {parent: frozenset(targets) for parent, targets in found.items()}

    def names(self, work: Work, parents: Iterable[UUID] | None = None) -> Mapping[UUID, tuple[str, ...]]:
        """The same by name, in order; deleted targets keep theirs."""
        table, named = table_of(self.model), self.called.table
        statement = (
            select(table.c[self.parent], self.called)
            .select_from(table.join(named, named.c.id == table.c[self.target]))
            .where(~table.c.deleted)
        )
        if parents is not None:
            statement = statement.where(table.c[self.parent].in_(set(parents)))
        found: dict[UUID, list[str]] = defaultdict(list)
        for parent, name in work.connection.execute(statement):
            found[parent].append(name)
        return {parent: tuple(sorted(names)) for parent, names in found.items()}

    def set(self, work: Work, parent: UUID, targets: Iterable[UUID]) -> None:
        """Make these the targets of a parent; links that end are deleted softly and come back."""
        wanted = set(targets)
        table = table_of(self.model)
        rows: Any = work.session.scalars(select(self.model).where(table.c[self.parent] == parent)).all()
        for row in sorted(rows, key=lambda row: row.deleted):
            row.deleted = getattr(row, self.target) not in wanted
            wanted.discard(getattr(row, self.target))
        for target in sorted(wanted):
            work.session.add(self.model(**{self.parent: parent, self.target: target}))
        work.session.flush()
