"""Naming things as people do: a house by id, slug or name; a reservation by its id or the start of it.

Source: docs/rules/command_line.md, references.
"""

from __future__ import annotations

import re
from uuid import UUID

from sqlmodel import select

from casaaustin.checks import choose
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput, NotFound
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import House, Service
from casaaustin.register.models import Reservation

SHORTEST_PREFIX = 6
_HEX = re.compile(r"[0-9a-f]{6,32}")
_reservation = table_of(Reservation)


def as_uuid(text: str) -> UUID | None:
    """The id that a text spells out in full, if it does."""
    try:
        return UUID(text.strip())
    except ValueError:
        return None


def find_house(work: Work, reference: str) -> House:
    """A house by id, slug, name, or the unique beginning of its name.

    Raises:
        NotFound: no house is called that; the hint lists the houses.
        InvalidInput: several are.
    """
    houses = rate_book(work).houses
    wanted = reference.strip().casefold()
    exact = [
        house
        for house in houses
        if wanted in (str(house.id), house.id.hex, house.slug.casefold(), house.name.casefold())
    ]
    found = exact or [house for house in houses if wanted and house.name.casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(house.name for house in found or houses[:12])
    if found:
        raise InvalidInput(
            f"{reference!r} could be several houses: {names}.", field="house", code="ambiguous_house"
        )
    raise NotFound(
        f"There is no house {reference!r}.",
        code="house_not_found",
        hint=f"Houses: {names}." if houses else "No house is configured yet: casa config apply --help",
    )


def find_service(work: Work, reference: str) -> Service:
    """An additional service by id, name or the unique beginning of its name.

    Raises:
        NotFound: no service is called that; the hint lists the services.
        InvalidInput: several are.
    """
    among = [(service, service.id, (service.name,)) for service in rate_book(work).services]
    return choose(reference, among, kind="service", field="service")


def find_reservation(work: Work, reference: str) -> Reservation:
    """A reservation by its id, or by a unique beginning of it of at least six characters.

    Raises:
        NotFound: none.
        InvalidInput: too short, or several, with the candidates.
    """
    wanted = reference.strip().lower().replace("-", "")
    if not _HEX.fullmatch(wanted):
        raise InvalidInput(
            f"{reference!r} is not a reservation number.",
            field="reservation",
            hint=f"Give its id, or the first {SHORTEST_PREFIX} characters or more of it.",
        )
    first, last = UUID(hex=wanted.ljust(32, "0")), UUID(hex=wanted.ljust(32, "f"))
    statement = (
        select(Reservation)
        .where(_reservation.c.id >= first, _reservation.c.id <= last, ~_reservation.c.deleted)
        .order_by(_reservation.c.id)
        .limit(6)
    )
    found = work.session.exec(statement).all()
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(row.id.hex[:12] for row in found)
        raise InvalidInput(
            f"{reference!r} could be several reservations: {names}.",
            field="reservation",
            code="ambiguous_reservation",
            hint="Give more characters.",
        )
    raise NotFound(f"There is no reservation {reference!r}.", code="reservation_not_found")
