"""Ana administers the business of the worked examples."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import pytest
from sqlmodel import select

from casaaustin.actors import Actor
from casaaustin.audit.models import AuditEvent
from casaaustin.db.work import Database, Work
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import RateBook
from tests.support.world import build_world

T = TypeVar("T")


@dataclass(slots=True)
class Office:
    """Use cases of administration, one transaction each."""

    database: Database
    actor: Actor

    def do(self, use: Callable[[Work], T], *, dry_run: bool = False) -> T:
        """Run a use case."""
        return self.database.write(use, actor=self.actor, dry_run=dry_run)

    def read(self, use: Callable[[Work], T]) -> T:
        """Run a use case that only reads."""
        return self.database.read(use)

    def notes(self, use: Callable[[Work], Any]) -> list[str]:
        """The remarks of a use case."""

        def listened(work: Work) -> list[str]:
            use(work)
            return list(work.notes)

        return self.do(listened)

    def book(self) -> RateBook:
        """The rate book as the next quote sees it."""
        return self.read(rate_book)

    def trail(self) -> list[AuditEvent]:
        """The audit trail, in the order of each transaction."""

        def use(work: Work) -> list[AuditEvent]:
            rows = list(work.session.exec(select(AuditEvent)).all())
            for row in rows:
                work.session.expunge(row)
            return sorted(rows, key=lambda row: (row.at, row.ordinal))

        return self.read(use)


@pytest.fixture
def office(database: Database, actor: Actor) -> Office:
    """An office with the worked examples' rate book."""
    database.write(lambda work: build_world(work) and None, actor=Actor("setup"))
    return Office(database, actor)


@pytest.fixture
def empty_office(database: Database, actor: Actor) -> Office:
    """An office of a business that has nothing yet."""
    return Office(database, actor)
