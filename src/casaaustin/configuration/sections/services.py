"""The services sold beside the nights. Source: docs/rules/pricing.md, 1.14."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from casaaustin.checks import clean_line
from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import NAME, alike, by_name, house_ids
from casaaustin.configuration.values import Prose, Slugs, Usd, as_value_error
from casaaustin.db.work import Work
from casaaustin.pricing.service import extra_services as service
from casaaustin.vocabulary import ServiceType


def _hint(value: str | None) -> str | None:
    return None if value is None else clean_line(value, field="the value", most=50, required=False) or None


class Service(Item):
    """A service, named as guests read it."""

    description: Prose = ""
    price_usd: Usd = Field(description="Dollars per unit.")
    service_type: ServiceType = Field(
        default=ServiceType.OPTIONAL, description="A mandatory service is part of every quote."
    )
    is_per_night: bool = Field(default=False, description="Times the nights.")
    is_per_person: bool = Field(default=False, description="Times the guests.")
    post_action: Annotated[str | None, AfterValidator(as_value_error(_hint))] = Field(
        default=None, description="Hint for the web site after booking.", max_length=50
    )
    is_active: bool = True
    houses: Slugs = Field(default=(), description="Where it is offered; none: everywhere.")


def read(work: Work) -> dict[Key, Service]:
    """Every service, inactive ones too."""
    return by_name(
        "services",
        (
            (
                line.name,
                Service(
                    description=line.description,
                    price_usd=line.price_usd,
                    service_type=line.service_type,
                    is_per_night=line.is_per_night,
                    is_per_person=line.is_per_person,
                    post_action=line.post_action,
                    is_active=line.is_active,
                    houses=line.houses,
                ),
            )
            for line in service.list_services(work)
        ),
    )


def write(work: Work, key: Key, item: Service, reason: str) -> None:
    """Add or edit a service."""
    fields: service.ServiceFields = {
        "name": key[0],
        "description": item.description,
        "price_usd": item.price_usd,
        "service_type": item.service_type,
        "is_per_night": item.is_per_night,
        "is_per_person": item.is_per_person,
        "post_action": item.post_action,
        "is_active": item.is_active,
        "houses": house_ids(work, item.houses),
    }
    present = _id(work, key)
    if present is None:
        service.add_service(work, reason=reason, **fields)
    else:
        service.edit_service(work, present, reason=reason, **fields)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a service."""
    service.delete_service(work, _id(work, key) or key[0], reason=reason)


def _id(work: Work, key: Key) -> str | None:
    return next((str(line.id) for line in service.list_services(work) if line.name == key[0]), None)


SECTION = Section(
    name="services",
    about="Services sold beside the nights, by name.",
    item=Service,
    keys=(NAME,),
    read=read,
    write=write,
    remove=remove,
    houses=lambda _, item: item.houses,
    check=lambda items: alike("services", items),
)
