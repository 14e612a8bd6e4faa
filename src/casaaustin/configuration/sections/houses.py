"""The houses. Source: docs/rules/pricing.md, 1.1."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import HOUSE, house_id
from casaaustin.configuration.values import Detail, Features, Hour, PriceUsd, Usd, house_text
from casaaustin.db.work import Work
from casaaustin.properties import service
from casaaustin.properties.queries import find_by_slug, houses
from casaaustin.reservations.retirement import delete_house

_Url = Annotated[str | None, house_text("airbnb_url")]


class House(Item):
    """A house, named by its slug."""

    name: Annotated[str, house_text("name")] = Field(
        description="Display name; a number at its end sorts the houses.", max_length=150
    )
    is_open: bool = Field(default=True, description="Whether it is sold; a closed house keeps its stays.")
    title: Annotated[str | None, house_text("titulo")] = Field(
        default=None, description="Marketing title.", max_length=200
    )
    description: Annotated[str | None, house_text("descripcion")] = Field(
        default=None, description="Long description."
    )
    location: Annotated[str | None, house_text("location")] = Field(default=None, max_length=250)
    zone: Annotated[str | None, house_text("zone")] = Field(
        default=None, description="Stays are moved only between houses of one zone.", max_length=50
    )
    exchange_class: int | None = Field(
        default=None, ge=0, description="Higher is better; houses of one class may replace each other."
    )
    capacity_max: int | None = Field(
        default=None, ge=1, description="Persons who may enter; left out: unlimited."
    )
    capacity_sleep: int | None = Field(
        default=None, ge=1, description="Persons who can sleep; left out: as many as may enter."
    )
    bedrooms: int | None = Field(default=None, ge=0)
    bathrooms: int | None = Field(default=None, ge=0)
    features: Features = Field(default=(), description="What it has: pool, grill, pets, …")
    check_in_hour: Hour | None = Field(default=None, description="Left out: 15:00.")
    check_out_hour: Hour | None = Field(default=None, description="Left out: 11:00.")
    extra_person_usd: Usd | None = Field(
        default=None, description="Dollars for each guest beyond the first, per night."
    )
    from_price_usd: PriceUsd | None = Field(
        default=None, description="The “from” price; it sells the nights of a house without nightly prices."
    )
    background_color: Annotated[str, house_text("background_color")] = Field(
        default="#fff", description="Colour in the calendar.", max_length=255
    )
    airbnb_url: _Url = Field(default=None, description="Calendar feed to import.", max_length=500)
    pool_heater_on_url: _Url = Field(
        default=None, description="Switches the pool heater on. Never public.", max_length=500
    )
    pool_heater_off_url: _Url = Field(
        default=None, description="Switches the pool heater off. Never public.", max_length=500
    )
    player_id: Annotated[str | None, house_text("player_id")] = Field(
        default=None, description="Code of the house for music and devices.", max_length=50
    )
    guest_instructions: Annotated[str | None, house_text("guest_instructions")] = Field(
        default=None, description="How to arrive, for staff. Never public."
    )
    bedroom_details: Detail = Field(default_factory=dict, description="Detail of each room.")

    @model_validator(mode="after")
    def _sleeps_no_more_than_enter(self) -> House:
        enter, sleep = self.capacity_max, self.capacity_sleep
        if enter is not None and sleep is not None and sleep > enter:
            raise ValueError(f"{sleep} people cannot sleep where only {enter} may enter")
        return self


COLUMNS = {
    "title": "titulo",
    "description": "descripcion",
    "bedrooms": "dormitorios",
    "bathrooms": "banos",
    "bedroom_details": "detalle_dormitorios",
    "features": "caracteristicas",
    "check_in_hour": "hora_ingreso",
    "check_out_hour": "hora_salida",
    "extra_person_usd": "precio_extra_persona",
    "from_price_usd": "precio_desde",
    "pool_heater_on_url": "on_temperature_pool_url",
    "pool_heater_off_url": "off_temperature_pool_url",
}
"""Fields whose column has another name; the others share it."""


def column(field: str) -> str:
    """The column behind a field."""
    return COLUMNS.get(field, field)


def read(work: Work) -> dict[Key, House]:
    """Every house that is not deleted."""
    return {
        (row.slug,): House.model_validate(
            {field: getattr(row, column(field)) for field in House.model_fields}
        )
        for row in houses(work)
    }


def write(work: Work, key: Key, item: House, reason: str) -> None:
    """Add, edit or bring back a house."""
    (slug,) = key
    values: dict[str, Any] = {column(field): getattr(item, field) for field in House.model_fields}
    present = find_by_slug(work, slug)
    if present is None:
        service.add_house(work, slug=slug, reason=reason, **values)
    elif present.deleted:
        service.restore_house(work, slug, reason=reason, **values)
    else:
        service.edit_house(work, str(present.id), reason=reason, **values)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a house that nothing depends on any more."""
    delete_house(work, house_id(work, key[0]), reason=reason)


SECTION = Section(
    name="houses",
    about="The houses, by slug.",
    item=House,
    keys=(HOUSE,),
    read=read,
    write=write,
    remove=remove,
    is_mentioned=True,
)
