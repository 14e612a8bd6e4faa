"""What must be true of houses and their photos."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import case, func, select

from casaaustin.db.invariants import Invariant, Problem, Severity, check, stream
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.properties.models import PropertyPhoto

MAIN_PHOTO = Invariant(
    "photo.main",
    "A house that has photos has a main one.",
    "Choose one of its photos as the main one.",
    Severity.WARNING,
)

_photo = table_of(PropertyPhoto)


@check(MAIN_PHOTO)
def main_photo(work: Work) -> Iterator[Problem]:
    """Count photos and main photos per house."""
    mains = func.sum(case((_photo.c.is_main, 1), else_=0))
    found = (
        select(_photo.c.property_id, func.count().label("photos"))
        .where(~_photo.c.deleted)
        .group_by(_photo.c.property_id)
        .having(mains == 0)
    )
    for row in stream(work, found):
        yield MAIN_PHOTO.broken("property", row.property_id, f"none of {row.photos} photos is the main one")


CHECKS = (main_photo,)
