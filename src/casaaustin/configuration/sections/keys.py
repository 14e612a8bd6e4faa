"""How items are named: by the slug of a house, a name, a day of the year, a weekday."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeVar
from uuid import UUID

from casaaustin.checks import clean_line
from casaaustin.configuration.section import Item, Key, KeyPart, path
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, InvalidInput, NotFound
from casaaustin.pricing.year_days import YearDay, parse_year_day
from casaaustin.properties.queries import find_by_slug, houses
from casaaustin.properties.service import check_slug
from casaaustin.vocabulary import WEEKDAYS

M = TypeVar("M", bound=Item)


def _check_day(text: str) -> str:
    found = str(parse_year_day(text, field="the day"))
    if found != text:
        raise InvalidInput(f"{text!r} is not written as a day of the year.", hint=f"Write it {found}.")
    return found


def _check_name(text: str) -> str:
    cleaned = clean_line(text, field="the name", most=100)
    if cleaned != text:
        raise InvalidInput(f"{text!r} has blanks around it.", hint="Remove them.")
    return cleaned


def _check_weekday(text: str) -> str:
    if text not in WEEKDAYS:
        raise InvalidInput(f"{text!r} is not a weekday.", hint=f"Use one of: {', '.join(WEEKDAYS)}.")
    return text


HOUSE = KeyPart("house", "^[a-z0-9]+(-[a-z0-9]+)*$", check_slug)
NAME = KeyPart("name", r"\S", _check_name)
WEEKDAY = KeyPart("weekday", f"^({'|'.join(WEEKDAYS)})$", _check_weekday, order=WEEKDAYS.index)
DAY = KeyPart(
    "day",
    r"^(\d{4}-)?\d\d-\d\d$",
    _check_day,
    order=lambda text: parse_year_day(text, field="day").order,
)


def year_day(key: Key) -> YearDay:
    """The day that ends a key."""
    return parse_year_day(key[-1], field="day")


def slugs_by_id(work: Work) -> Mapping[UUID, str]:
    """The slug of every house that is not deleted."""
    return {house.id: house.slug for house in houses(work)}


def house_id(work: Work, slug: str) -> str:
    """The id of a house by its slug alone, as services take it.

    Raises:
        NotFound: no such house.
    """
    house = find_by_slug(work, slug)
    if house is None or house.deleted:
        raise NotFound(f"There is no house {slug!r}.", code="house_not_found")
    return str(house.id)


def house_ids(work: Work, slugs: Iterable[str]) -> list[str]:
    """The ids of several houses by their slugs.

    Raises:
        NotFound: one of them does not exist.
    """
    return [house_id(work, slug) for slug in slugs]


def by_name(section: str, items: Iterable[tuple[str, M]]) -> dict[Key, M]:
    """Items by name.

    Raises:
        Conflict: two have the same, so that the file could not tell them apart.
    """
    found: dict[Key, M] = {}
    for name, item in items:
        if (name,) in found:
            raise Conflict(
                f"Two of {section} are called {name!r}; the file tells them apart by name.",
                code="name_taken",
                hint="Rename or disable one of them by its id first.",
            )
        found[name,] = item
    return found


def alike(section: str, items: Mapping[Key, Item]) -> Iterable[str]:
    """Names that differ in nothing but capitals."""
    seen: dict[str, str] = {}
    for (name,) in items:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            yield f"{path(section, name)}: differs from {other!r} in capitals only"
