"""What several commands look up by what a person typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from casaaustin.db.work import Work


def client_id(work: Work, reference: str | None) -> UUID | None:
    """The client called so, or None when nobody was named.

    Raises:
        NotFound: nobody is called so.
        InvalidInput: several are.
    """
    if reference is None:
        return None
    from casaaustin.clients.queries import find_client

    return find_client(work, reference).id


def house_id(work: Work, reference: str | None) -> UUID | None:
    """The house called so, or None when none was named.

    Raises:
        NotFound: none is called so.
    """
    if reference is None:
        return None
    from casaaustin.references import find_house

    return find_house(work, reference).id


def house_names(work: Work) -> dict[UUID, str]:
    """What every live house is called."""
    from casaaustin.pricing.queries import rate_book

    return {house.id: house.name for house in rate_book(work).houses}
