"""Services sold beside the nights. Source: docs/rules/pricing.md, 2.10.2."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from casaaustin.money import in_soles
from casaaustin.pricing.ratebook import RateBook, Service


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One service for a whole stay, rounded once in soles."""

    service: Service
    total_usd: Decimal
    total_sol: Decimal


def service_line(service: Service, *, nights: int, guests: int, rate: Decimal) -> ServiceLine:
    """Unit price times nights and guests, where the service says so."""
    factor = (nights if service.is_per_night else 1) * (guests if service.is_per_person else 1)
    total = service.price_usd * factor
    return ServiceLine(service, total, in_soles(total, rate))


def offered_services(book: RateBook, house: UUID) -> tuple[Service, ...]:
    """What the house offers."""
    return tuple(service for service in book.services if service.is_offered_in(house))


def charged_services(book: RateBook, house: UUID, chosen: Iterable[UUID]) -> tuple[Service, ...]:
    """Mandatory services always, and the chosen ones that the house offers, each once."""
    wanted = set(chosen)
    return tuple(
        service for service in offered_services(book, house) if service.is_mandatory or service.id in wanted
    )
