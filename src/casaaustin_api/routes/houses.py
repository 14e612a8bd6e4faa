"""Houses. Source: docs/rules/pricing.md, 4.1."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import select

from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import NotFound
from casaaustin.pricing.queries import rate_book
from casaaustin.properties.models import Property
from casaaustin.properties.photos import photos_of
from casaaustin_api.auth import PUBLIC
from casaaustin_api.endpoint import Call, Endpoint
from casaaustin_api.fields import Text
from casaaustin_api.pages import PageQuery, paged
from casaaustin_api.problems import Refusal
from casaaustin_api.wire.houses import (
    AllHouses,
    HouseDetail,
    HouseItem,
    HousePage,
    present_detail,
    present_item,
)

_house = table_of(Property)


class HousesQuery(PageQuery):
    """Which houses to list."""

    search: Annotated[str, Text(150)] = ""


def list_houses(call: Call) -> Any:
    """Houses by name, with the exchange rate in front."""
    asked: HousesQuery = call.query

    def use(work: Work) -> tuple[Decimal | None, list[HouseItem], int]:
        book = rate_book(work)
        wanted = asked.search.casefold()
        found = [house.id for house in book.houses if wanted in house.name.casefold()]
        shown = found if asked.page_size is None else found[asked.offset : asked.offset + asked.page_size]
        items = [present_item(house, photos, call.origin) for house, photos in with_photos(work, shown)]
        return book.rate.usd_to_sol if book.rate is not None else None, items, len(found)

    rate, items, count = call.read(use)
    return paged(call, items, count, first=lambda: {"exchange_rate": rate})


def show_house(call: Call) -> HouseDetail:
    """One house by its slug."""

    def use(work: Work) -> HouseDetail:
        slug = call.path["slug"]
        found = next((house.id for house in rate_book(work).houses if house.slug == slug), None)
        if found is None:
            raise NotFound("There is no such house.", code="house_not_found")
        return details(work, [found], call.origin)[found]

    return call.read(use)


def details(work: Work, houses: Collection[UUID], origin: str) -> dict[UUID, HouseDetail]:
    """Houses as answers show them whole, by id, deleted ones too; two statements."""
    return {
        house.id: present_detail(house, photos, origin)
        for house, photos in with_photos(work, list(dict.fromkeys(houses)))
    }


def with_photos(work: Work, houses: Sequence[UUID]) -> list[tuple[Property, list[Any]]]:
    """The rows of these houses in this order, each with its photos; two statements."""
    if not houses:
        return []
    rows = {row.id: row for row in work.session.scalars(select(Property).where(_house.c.id.in_(houses)))}
    photos = photos_of(work, houses)
    return [(rows[house], photos.get(house, [])) for house in houses if house in rows]


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/property",
        name="list_houses",
        summary="Houses by name, with the exchange rate of the day",
        tag="Houses",
        who=PUBLIC,
        handler=list_houses,
        query=HousesQuery,
        answer=HousePage | AllHouses,
        refusals=(Refusal(404, "no such page"),),
    ),
    Endpoint(
        method="GET",
        path="/property/{slug}",
        name="show_house",
        summary="One house with its photos",
        tag="Houses",
        who=PUBLIC,
        handler=show_house,
        answer=HouseDetail,
        refusals=(Refusal(404, "no such house"),),
    ),
)
