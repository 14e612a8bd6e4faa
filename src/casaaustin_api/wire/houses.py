"""Houses and photos as front ends know them: explicit lists of fields, so that a new column leaks nowhere.

Source: docs/rules/pricing.md, 1.1, 1.2 and 4.1; docs/migrating.md, D-31.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from typing_extensions import TypedDict

from casaaustin.properties.models import ProfitPropertyAirBnb, Property, PropertyPhoto
from casaaustin_api.fields import Number, TextAmount

MEDIA = "/media"


class Photo(TypedDict):
    """A photo of a house."""

    id: UUID
    image_url_final: str
    image_thumbnail: str | None
    alt_text: str
    order: int
    is_main: bool


class HouseItem(TypedDict):
    """A house in a list."""

    id: UUID
    name: str
    slug: str
    location: str | None
    capacity_max: int | None
    capacity_sleep: int | None
    dormitorios: int | None
    banos: int | None
    hora_ingreso: str | None
    hora_salida: str | None
    caracteristicas: list[str]
    background_color: str
    precio_desde: TextAmount | None
    main_photo: Photo | None


class HouseDetail(HouseItem):
    """A house with everything that is public about it."""

    titulo: str | None
    descripcion: str | None
    detalle_dormitorios: dict[str, Any]
    precio_extra_persona: TextAmount | None
    player_id: str | None
    exchange_class: int | None
    zone: str | None
    is_open: bool
    photos: list[Photo]


class HousePage(TypedDict):
    """A page of houses; the exchange rate comes first, null when there is none."""

    exchange_rate: Number | None
    count: int
    next: str | None
    previous: str | None
    results: list[HouseItem]
    actual: int
    total_paginas: int


class AllHouses(TypedDict):
    """Every house, with `page_size=none`."""

    exchange_rate: Number | None
    results: list[HouseItem]


class PhotoPage(TypedDict):
    """A page of photos."""

    count: int
    next: str | None
    previous: str | None
    results: list[Photo]
    actual: int
    total_paginas: int


class Profit(TypedDict):
    """Airbnb income of a house in a month."""

    id: UUID
    property: HouseDetail
    month: int
    year: int
    profit_sol: TextAmount


class ProfitPage(TypedDict):
    """A page of incomes."""

    count: int
    next: str | None
    previous: str | None
    results: list[Profit]
    actual: int
    total_paginas: int


def present_photo(photo: PropertyPhoto, origin: str) -> Photo:
    """A photo; files are absolute addresses below `origin`."""
    thumbnail = f"{origin}{MEDIA}/{photo.thumbnail}" if photo.is_main and photo.thumbnail else None
    return {
        "id": photo.id,
        "image_url_final": f"{origin}{MEDIA}/{photo.image_file}"
        if photo.image_file
        else photo.image_url or "",
        "image_thumbnail": thumbnail,
        "alt_text": photo.alt_text,
        "order": photo.order,
        "is_main": photo.is_main,
    }


def present_item(house: Property, photos: Sequence[PropertyPhoto], origin: str) -> HouseItem:
    """A house in a list; `photos` are its own, by order."""
    main = next((photo for photo in photos if photo.is_main), photos[0] if photos else None)
    return {
        "id": house.id,
        "name": house.name,
        "slug": house.slug,
        "location": house.location,
        "capacity_max": house.capacity_max,
        "capacity_sleep": house.capacity_sleep,
        "dormitorios": house.dormitorios,
        "banos": house.banos,
        "hora_ingreso": _hour(house.hora_ingreso),
        "hora_salida": _hour(house.hora_salida),
        "caracteristicas": list(house.caracteristicas),
        "background_color": house.background_color,
        "precio_desde": text_amount(house.precio_desde),
        "main_photo": present_photo(main, origin) if main is not None else None,
    }


def present_detail(house: Property, photos: Sequence[PropertyPhoto], origin: str) -> HouseDetail:
    """A house with everything that is public about it."""
    return {
        **present_item(house, photos, origin),
        "titulo": house.titulo,
        "descripcion": house.descripcion,
        "detalle_dormitorios": house.detalle_dormitorios,
        "precio_extra_persona": text_amount(house.precio_extra_persona),
        "player_id": house.player_id,
        "exchange_class": house.exchange_class,
        "zone": house.zone,
        "is_open": house.is_open,
        "photos": [present_photo(photo, origin) for photo in photos],
    }


def present_profit(row: ProfitPropertyAirBnb, house: HouseDetail) -> Profit:
    """Airbnb income of a house in a month."""
    return {
        "id": row.id,
        "property": house,
        "month": row.month,
        "year": row.year,
        "profit_sol": str(row.profit_sol),
    }


def text_amount(amount: Decimal | None) -> str | None:
    """An amount as text, where the contract wants one."""
    return None if amount is None else format(amount, "f")


def _hour(at: time | None) -> str | None:
    return None if at is None else at.isoformat("seconds")
