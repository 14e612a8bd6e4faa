"""Adding and changing a row together with the houses that it is for; none = all houses.

The row, its links and the audit trail of both change in one step, and the trail says the houses by slug.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from casaaustin.audit.writing import add_row, change_row
from casaaustin.changes import Changed
from casaaustin.db.links import Links
from casaaustin.db.mixins import Row
from casaaustin.db.work import Work
from casaaustin.properties.queries import get_houses, slugs


def add_with_houses(
    work: Work, row: Row, links: Links, houses: Iterable[str], *, entity: str, name: str, reason: str
) -> Changed:
    """Add a row for some houses.

    Args:
        work: a writing unit of work.
        row: to add.
        links: the table that says which houses it is for.
        houses: references to them; none for all.
        entity: kind of thing, for the audit trail.
        name: what it is called.
        reason: why.

    Raises:
        NotFound: no such house.
        InvalidInput: a reference could be several houses.
    """
    chosen = get_houses(work, houses)
    beside = {"houses": [house.slug for house in chosen]}
    changed = add_row(work, row, entity=entity, name=name, reason=reason, beside=beside)
    links.set(work, row.id, (house.id for house in chosen))
    return changed


def change_with_houses(
    work: Work,
    row: Row,
    values: Mapping[str, Any],
    links: Links,
    houses: Iterable[str] | None,
    *,
    entity: str,
    name: str,
    reason: str,
) -> Changed:
    """Change a row and the houses that it is for.

    Args:
        work: a writing unit of work.
        row: to change.
        values: new values of its columns.
        links: the table that says which houses it is for.
        houses: references to them, none for all; None leaves them as they are.
        entity: kind of thing, for the audit trail.
        name: what it is called.
        reason: why.

    Raises:
        NotFound: no such house.
        InvalidInput: a reference could be several houses.
    """
    before = after = slugs(work, houses_of(work, row, links))
    if houses is not None:
        chosen = get_houses(work, houses)
        after = [house.slug for house in chosen]
        if after != before:
            links.set(work, row.id, (house.id for house in chosen))
    beside = ({"houses": before}, {"houses": after})
    return change_row(work, row, values, entity=entity, name=name, reason=reason, beside=beside)


def houses_of(work: Work, row: Row, links: Links) -> frozenset[UUID]:
    """The houses that a row is for; empty = all houses."""
    return links.targets(work, [row.id]).get(row.id, frozenset())
