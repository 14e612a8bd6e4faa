"""Houses: add, edit, close, delete.

A house is deleted softly, and only through `reservations.retirement`, which
knows what still depends on it. Source: docs/rules/pricing.md, 1.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import time
from decimal import Decimal
from typing import Any, TypedDict, Unpack, cast
from urllib.parse import urlsplit

from slugify import slugify

from casaaustin.audit.service import once
from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.changes import Changed, Verb
from casaaustin.checks import check_amount, check_whole, clean_line, clean_text
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, InvalidInput
from casaaustin.properties.models import Property
from casaaustin.properties.queries import find_by_slug, get_house, slugs_in_use
from casaaustin.properties.rules import check_detail, free_slug

ENTITY = "house"
MAX_FEATURES = 100
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
MAX_SLUG = 200

_LINES = {
    "name": 150,
    "titulo": 200,
    "location": 250,
    "background_color": 255,
    "player_id": 50,
    "zone": 50,
}
_PROSE = ("descripcion", "guest_instructions")
_URLS = ("airbnb_url", "on_temperature_pool_url", "off_temperature_pool_url")
_LEAST = {"capacity_max": 1, "capacity_sleep": 1, "dormitorios": 0, "banos": 0, "exchange_class": 0}
_NEVER_NULL = ("name", "detalle_dormitorios", "caracteristicas", "background_color", "is_open")


class HouseFields(TypedDict, total=False):
    """What a house says about itself; a field left out keeps its value, None empties it.

    Prices are dollars, hours are Lima's.
    """

    name: str
    titulo: str | None
    descripcion: str | None
    location: str | None
    capacity_max: int | None
    capacity_sleep: int | None
    dormitorios: int | None
    banos: int | None
    detalle_dormitorios: Mapping[str, Any]
    caracteristicas: Sequence[str]
    hora_ingreso: time | None
    hora_salida: time | None
    precio_extra_persona: Decimal | None
    precio_desde: Decimal | None
    background_color: str
    airbnb_url: str | None
    on_temperature_pool_url: str | None
    off_temperature_pool_url: str | None
    player_id: str | None
    exchange_class: int | None
    zone: str | None
    guest_instructions: str | None
    is_open: bool


def add_house(
    work: Work,
    *,
    slug: str | None = None,
    key: str | None = None,
    reason: str = "",
    **fields: Unpack[HouseFields],
) -> Changed:
    """Add a house.

    Args:
        work: a writing unit of work.
        slug: the public key; made from the name when left out, with `-1`, `-2`, … when that is taken.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `HouseFields`; only the name is required.

    Raises:
        InvalidInput: a field is missing or malformed.
        Conflict: the slug that was asked for is taken.
    """
    values = checked_house(fields)
    if "name" not in values:
        raise InvalidInput("A house needs a name.", field="name", hint="Give it one, such as Casa 5.")
    check_capacities(values)

    def add() -> Changed:
        hold_rate_book(work)
        taken = slugs_in_use(work)
        if slug is None:
            chosen = free_slug(slug_of(str(values["name"])), taken)
        else:
            chosen = check_slug(slug)
            if chosen in taken:
                raise Conflict(
                    f"The slug {chosen!r} is taken.", code="slug_taken", hint="Choose another one."
                )
        row = Property(slug=chosen, **values)
        return add_row(work, row, entity=ENTITY, name=row.name, reason=reason)

    return once(
        work,
        key,
        "house.add",
        {"slug": slug, **values},
        add,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_house(work: Work, house: str, *, reason: str = "", **fields: Unpack[HouseFields]) -> Changed:
    """Change what a house says about itself; its slug never changes.

    Args:
        work: a writing unit of work.
        house: id, slug or name.
        reason: why.
        fields: see `HouseFields`.

    Raises:
        NotFound: no such house.
        InvalidInput: a field is malformed.
    """
    values = checked_house(fields)
    hold_rate_book(work)
    row = get_house(work, house)
    check_capacities({"capacity_max": row.capacity_max, "capacity_sleep": row.capacity_sleep, **values})
    return change_row(work, row, values, entity=ENTITY, name=row.name, reason=reason)


def close_house(work: Work, house: str, *, reason: str = "") -> Changed:
    """Stop selling a house; what is booked stays booked.

    Raises:
        NotFound: no such house.
    """
    return edit_house(work, house, reason=reason, is_open=False)


def restore_house(work: Work, slug: str, *, reason: str = "", **fields: Unpack[HouseFields]) -> Changed:
    """Bring a deleted house back under its slug, with these fields.

    Raises:
        InvalidInput: a field is malformed.
        Conflict: no house was ever called that, or it is not deleted.
    """
    values = checked_house(fields)
    hold_rate_book(work)
    row = find_by_slug(work, slug)
    if row is None or not row.deleted:
        raise Conflict(f"There is no deleted house {slug!r}.", hint="Add it, or edit it.")
    check_capacities({"capacity_max": row.capacity_max, "capacity_sleep": row.capacity_sleep, **values})
    changed = change_row(
        work, row, {**values, "deleted": False}, entity=ENTITY, name=row.name, verb="restore", reason=reason
    )
    return Changed(changed.id, changed.name, Verb.ADDED, changed.fields)


def mark_deleted(work: Work, house: Property, *, reason: str = "") -> Changed:
    """Delete a house softly. Callers go through `reservations.retirement.delete_house`."""
    return delete_row(work, house, entity=ENTITY, name=house.name, reason=reason)


def slug_of(name: str) -> str:
    """The slug that a name makes.

    Raises:
        InvalidInput: the name has no letter and no figure.
    """
    made = slugify(name, max_length=MAX_SLUG - 10)
    if not made:
        raise InvalidInput(
            f"The name {name!r} has neither letters nor figures.", field="name", hint="Call it Casa 5, say."
        )
    return made


def check_slug(slug: str) -> str:
    """A slug as a person chose it.

    Raises:
        InvalidInput: it has other characters than small letters, figures and single hyphens.
    """
    if not SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        raise InvalidInput(
            f"{slug!r} cannot be a slug.",
            field="slug",
            hint="Use small letters, figures and single hyphens: casa-5.",
        )
    return slug


def check_capacities(values: Mapping[str, Any]) -> None:
    """Refuse a house in which more people sleep than may enter.

    Raises:
        InvalidInput: naming `capacity_sleep`.
    """
    enter, sleep = values.get("capacity_max"), values.get("capacity_sleep")
    if enter is not None and sleep is not None and sleep > enter:
        raise InvalidInput(
            f"{sleep} people cannot sleep where only {enter} may enter.",
            field="capacity_sleep",
            hint=f"Set capacity_sleep to at most {enter}, or raise capacity_max.",
        )


def checked_house(fields: HouseFields) -> dict[str, Any]:
    """The columns that these fields set, each checked.

    Raises:
        InvalidInput: naming the field.
    """
    given = cast(dict[str, Any], fields)
    values: dict[str, Any] = {}
    for name, value in given.items():
        if value is None:
            if name in _NEVER_NULL:
                raise InvalidInput(f"{name} cannot be empty.", field=name)
            values[name] = None
        else:
            values[name] = _checked(name, value)
    return values


def _checked(name: str, value: Any) -> Any:
    if name in _LINES:
        required = name in {"name", "background_color"}
        return clean_line(value, field=name, most=_LINES[name], required=required) or None
    if name in _PROSE:
        return clean_text(value, field=name) or None
    if name in _URLS:
        return _checked_url(name, value)
    if name in _LEAST:
        return check_whole(value, field=name, least=_LEAST[name])
    match name:
        case "precio_extra_persona":
            return check_amount(value, field=name)
        case "precio_desde":
            return check_amount(value, field=name, above=True)
        case "caracteristicas":
            return _checked_features(value)
        case "detalle_dormitorios":
            return check_detail(value, field=name)
        case "hora_ingreso" | "hora_salida":
            return value.replace(microsecond=0)
        case _:
            return value


def _checked_url(name: str, value: str) -> str | None:
    url = clean_line(value, field=name, most=500, required=False)
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise InvalidInput(
            f"{name} is not a web address: {url!r}.", field=name, hint="Begin with https:// or http://."
        )
    return url


def _checked_features(features: Sequence[str]) -> list[str]:
    """Features in the order given, each once whatever its case."""
    if len(features) > MAX_FEATURES:
        raise InvalidInput(f"A house has at most {MAX_FEATURES} features.", field="caracteristicas")
    kept: dict[str, str] = {}
    for feature in features:
        cleaned = clean_line(feature, field="caracteristicas", most=100)
        kept.setdefault(cleaned.casefold(), cleaned)
    return list(kept.values())
