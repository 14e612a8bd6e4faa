"""Finding houses as rows, for those who administer them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import select

from casaaustin.checks import choose
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.properties.models import Property

_house = table_of(Property)


def houses(work: Work) -> list[Property]:
    """Every house that is not deleted, closed ones too, by slug."""
    found = work.session.scalars(select(Property).where(~_house.c.deleted)).all()
    return sorted(found, key=lambda house: house.slug)


def get_house(work: Work, reference: str) -> Property:
    """A house by id, slug, name or the unique beginning of its name.

    Raises:
        NotFound: no house is called that; the hint lists the houses.
        InvalidInput: several are.
    """
    among = [(house, house.id, (house.name, house.slug)) for house in houses(work)]
    return choose(reference, among, kind="house", field="house")


def get_houses(work: Work, references: Iterable[str]) -> list[Property]:
    """Several houses, each once, in the order of their slugs.

    Raises:
        NotFound: one of them does not exist.
        InvalidInput: one of them could be several.
    """
    wanted = list(references)
    found = {house.id: house for house in (get_house(work, reference) for reference in wanted)}
    return sorted(found.values(), key=lambda house: house.slug)


def slugs(work: Work, ids: Collection[UUID]) -> list[str]:
    """The slugs of houses, deleted ones too, in order."""
    if not ids:
        return []
    return sorted(work.session.scalars(select(_house.c.slug).where(_house.c.id.in_(set(ids)))).all())


def slugs_in_use(work: Work) -> set[str]:
    """The slugs of all houses, deleted ones too: a slug is never given to another house."""
    return set(work.session.scalars(select(_house.c.slug)).all())


def find_by_slug(work: Work, slug: str) -> Property | None:
    """The house that has, or had before it was deleted, this slug."""
    return work.session.scalars(select(Property).where(_house.c.slug == slug)).one_or_none()
