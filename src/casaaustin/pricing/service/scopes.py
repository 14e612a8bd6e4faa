"""The houses that a service or a policy is for; none = all houses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel

from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.pricing.models import AdditionalServiceProperty, CancellationPolicyProperty
from casaaustin.properties.models import Property

_house = table_of(Property)


@dataclass(frozen=True, slots=True)
class Scope:
    """A table of links from `parent` to houses."""

    model: type[SQLModel]
    parent: str

    def houses(self, work: Work, parents: Iterable[UUID] | None = None) -> Mapping[UUID, frozenset[UUID]]:
        """The houses of each parent, or of some; a parent for all houses is missing from it."""
        table = table_of(self.model)
        statement = select(table.c[self.parent], table.c.property_id).where(~table.c.deleted)
        if parents is not None:
            statement = statement.where(table.c[self.parent].in_(set(parents)))
        found: dict[UUID, set[UUID]] = defaultdict(set)
        for parent, house in work.session.connection().execute(statement):
            found[parent].add(house)
        return {parent: frozenset(houses) for parent, houses in found.items()}

    def slugs(self, work: Work) -> Mapping[UUID, tuple[str, ...]]:
        """The same by slug, in order."""
        table = table_of(self.model)
        statement = (
            select(table.c[self.parent], _house.c.slug)
            .select_from(table.join(_house, _house.c.id == table.c.property_id))
            .where(~table.c.deleted)
        )
        found: dict[UUID, list[str]] = defaultdict(list)
        for parent, slug in work.session.connection().execute(statement):
            found[parent].append(slug)
        return {parent: tuple(sorted(slugs)) for parent, slugs in found.items()}

    def set(self, work: Work, parent: UUID, houses: Iterable[UUID]) -> None:
        """Make these the houses of a parent; links that end are deleted softly and come back."""
        wanted = set(houses)
        table = table_of(self.model)
        rows: Any = work.session.scalars(select(self.model).where(table.c[self.parent] == parent)).all()
        for row in sorted(rows, key=lambda row: row.deleted):
            row.deleted = row.property_id not in wanted
            wanted.discard(row.property_id)
        for house in sorted(wanted):
            work.session.add(self.model(**{self.parent: parent, "property_id": house}))
        work.session.flush()


SERVICE_HOUSES = Scope(AdditionalServiceProperty, "additional_service_id")
POLICY_HOUSES = Scope(CancellationPolicyProperty, "cancellation_policy_id")
