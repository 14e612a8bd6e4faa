"""Services sold beside the nights: list, add, edit, disable, delete. Source: docs/rules/pricing.md, 1.14."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, Unpack, cast
from uuid import UUID

from sqlalchemy import select

from casaaustin.audit.service import once
from casaaustin.audit.writing import delete_row
from casaaustin.changes import Changed
from casaaustin.checks import check_amount, choose, clean_line, clean_text
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, InvalidInput
from casaaustin.pricing.models import AdditionalService
from casaaustin.pricing.service.scopes import SERVICE_HOUSES
from casaaustin.properties.scoped import add_with_houses, change_with_houses
from casaaustin.vocabulary import ServiceType

ENTITY = "service"
_row = table_of(AdditionalService)


class ServiceFields(TypedDict, total=False):
    """What a service says; a field left out keeps its value.

    The price is dollars per unit; `houses` are ids, slugs or names, none = all houses.
    """

    name: str
    description: str
    price_usd: Decimal
    service_type: ServiceType
    is_per_night: bool
    is_per_person: bool
    post_action: str | None
    is_active: bool
    houses: Iterable[str]


@dataclass(frozen=True, slots=True)
class ServiceListed:
    """A service as staff list it, inactive ones too; no houses = all houses, by slug."""

    id: UUID
    name: str
    description: str
    price_usd: Decimal
    service_type: ServiceType
    is_per_night: bool
    is_per_person: bool
    post_action: str | None
    is_active: bool
    houses: tuple[str, ...]


def list_services(work: Work) -> tuple[ServiceListed, ...]:
    """Every service, by name."""
    houses = SERVICE_HOUSES.names(work)
    return tuple(
        ServiceListed(
            id=row.id,
            name=row.name,
            description=row.description,
            price_usd=row.price_usd,
            service_type=row.service_type,
            is_per_night=row.is_per_night,
            is_per_person=row.is_per_person,
            post_action=row.post_action,
            is_active=row.is_active,
            houses=houses.get(row.id, ()),
        )
        for row in sorted(_live(work), key=lambda row: (row.name.casefold(), row.name, row.id))
    )


def add_service(
    work: Work, *, key: str | None = None, reason: str = "", **fields: Unpack[ServiceFields]
) -> Changed:
    """Add a service; name and price are required.

    Args:
        work: a writing unit of work.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `ServiceFields`.

    Raises:
        InvalidInput: a field is missing or malformed.
        NotFound: no such house.
        Conflict: another service is called that.
    """
    values, wanted = _checked(fields)
    for required in ("name", "price_usd"):
        if required not in values:
            raise InvalidInput(f"A service needs its {required}.", field=required)

    def add() -> Changed:
        hold_rate_book(work)
        _refuse_taken(work, values["name"])
        row = AdditionalService(**values)
        return add_with_houses(
            work, row, SERVICE_HOUSES, wanted or (), entity=ENTITY, name=row.name, reason=reason
        )

    return once(
        work,
        key,
        "service.add",
        {**values, "houses": wanted},
        add,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_service(work: Work, service: str, *, reason: str = "", **fields: Unpack[ServiceFields]) -> Changed:
    """Change a service.

    Raises:
        NotFound: no service is called that, or no such house.
        InvalidInput: several are, or a field is malformed.
        Conflict: another service has the new name.
    """
    values, wanted = _checked(fields)
    hold_rate_book(work)
    row = get_service(work, service)
    if "name" in values:
        _refuse_taken(work, values["name"], beside=row.id)
    return change_with_houses(
        work, row, values, SERVICE_HOUSES, wanted, entity=ENTITY, name=row.name, reason=reason
    )


def disable_service(work: Work, service: str, *, reason: str = "") -> Changed:
    """Stop offering a service; it can be made active again.

    Raises:
        NotFound: no service is called that.
    """
    return edit_service(work, service, reason=reason, is_active=False)


def delete_service(work: Work, service: str, *, reason: str = "") -> Changed:
    """Delete a service softly.

    Raises:
        NotFound: no service is called that.
    """
    hold_rate_book(work)
    row = get_service(work, service)
    return delete_row(work, row, entity=ENTITY, name=row.name, reason=reason)


def get_service(work: Work, reference: str) -> AdditionalService:
    """A service by id, name or the unique beginning of its name.

    Raises:
        NotFound: no service is called that.
        InvalidInput: several are.
    """
    among = [(row, row.id, (row.name,)) for row in _live(work)]
    return choose(reference, among, kind="service", field="service")


def _live(work: Work) -> list[AdditionalService]:
    return list(work.session.scalars(select(AdditionalService).where(~_row.c.deleted)).all())


def _refuse_taken(work: Work, name: str, *, beside: UUID | None = None) -> None:
    for row in _live(work):
        if row.id != beside and row.name.casefold() == name.casefold():
            raise Conflict(
                f"There is a service {row.name!r} already.",
                code="name_taken",
                hint="Edit it, or choose another name.",
            )


def _checked(fields: ServiceFields) -> tuple[dict[str, Any], list[str] | None]:
    values: dict[str, Any] = dict(cast(dict[str, Any], fields))
    houses = values.pop("houses", None)
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=100)
    if "description" in values:
        values["description"] = clean_text(values["description"], field="description")
    if "price_usd" in values:
        values["price_usd"] = check_amount(values["price_usd"], field="price_usd")
    if values.get("post_action") is not None:
        values["post_action"] = (
            clean_line(values["post_action"], field="post_action", most=50, required=False) or None
        )
    return values, None if houses is None else list(houses)
