"""A quote and a late checkout as front ends know them. Source: docs/rules/pricing.md, 4.3 and 4.5."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from casaaustin.formats import weekday_name
from casaaustin.money import in_soles
from casaaustin.pricing.extras import ServiceLine, service_line
from casaaustin.pricing.late_checkout import UNTIL
from casaaustin.pricing.ratebook import CancellationTier, Service
from casaaustin.quoting.evaluate import HouseQuote, Quote, QuoteRequest, Reason
from casaaustin.quoting.service import LateCheckoutAnswer
from casaaustin.quoting.texts import (
    availability_message,
    first_message,
    general_recommendations,
    late_checkout_message,
    recommendations,
    remark_sentence,
    second_message,
)
from casaaustin.vocabulary import Language
from casaaustin_api.fields import Number
from casaaustin_api.wire.discounts import HouseDiscounts, present_outcome

NO_NAMES: Mapping[UUID, str] = MappingProxyType({})


class OfferedService(TypedDict):
    """A service of the house, and what it would cost for this stay."""

    id: UUID
    name: str
    description: str
    price_usd: Number
    price_sol: Number
    service_type: str
    is_per_night: bool
    is_per_person: bool
    total_price_usd: Number
    total_price_sol: Number
    post_action: str | None


class ChargedService(TypedDict):
    """A service that is part of the price."""

    id: UUID
    name: str
    description: str
    service_type: str
    is_per_night: bool
    is_per_person: bool
    price_per_unit_usd: Number
    price_per_unit_sol: Number
    total_price_usd: Number
    total_price_sol: Number
    post_action: str | None


class Tier(TypedDict):
    """What is returned from so many days before check-in."""

    id: UUID
    name: str
    description: str
    days_before_checkin: int
    refund_percentage: Number


class Night(TypedDict):
    """One night and the rule that priced it; `extra_usd` is for all extra guests."""

    date: date
    season: str
    day_type: str
    source: str
    base_usd: Number
    extra_usd: Number
    special_label: str | None


class Unavailable(TypedDict):
    """Why the house cannot take the stay, with the figures that failed."""

    code: str
    nights: NotRequired[Any]
    guests: NotRequired[int]
    capacity: NotRequired[int]
    date: NotRequired[date]
    label: NotRequired[str]
    minimum_nights: NotRequired[int]


class ClientBenefits(TypedDict):
    """What a known client brings along."""

    referral_code: str | None
    membership_level: str


class HouseOffer(HouseDiscounts):
    """One house's answer."""

    property_id: UUID
    property_name: str
    property_slug: str
    base_price_usd: Number
    base_price_sol: Number
    extra_person_price_per_night_usd: Number
    extra_person_price_per_night_sol: Number
    extra_person_total_usd: Number
    extra_person_total_sol: Number
    total_nights: int
    total_guests: int
    extra_guests: int
    subtotal_usd: Number
    subtotal_sol: Number
    final_price_usd: Number
    final_price_sol: Number
    available: bool
    availability_message: str
    additional_services: list[OfferedService]
    selected_additional_services: list[ChargedService]
    selected_services_total_usd: Number
    selected_services_total_sol: Number
    final_price_with_services_usd: Number
    final_price_with_services_sol: Number
    services_applied_count: int
    cancellation_policy: Tier | None
    cancellation_tiers: list[Tier]
    recommendations: list[str]
    unavailable_reasons: list[Unavailable]
    nightly: list[Night]
    warnings: list[str]
    services_warning: NotRequired[str]
    client_benefits: NotRequired[ClientBenefits]


class ClientInfo(TypedDict):
    """The client who was named, for staff."""

    status: str
    name: str
    membership_level: str
    total_reservations: int


class QuoteBody(TypedDict):
    """What a quote says whoever asks and whenever: one house or all, in natural order."""

    totalCasasDisponibles: int
    check_in_date: date
    check_out_date: date
    guests: int
    total_nights: int
    exchange_rate: Number
    properties: list[HouseOffer]
    general_recommendations: list[str]
    message1: str
    message2: str
    warnings: list[str]
    client_info: NotRequired[ClientInfo]


class QuoteData(QuoteBody):
    """A quote with its signed name, by which it can be booked until it expires."""

    quote_id: str
    expires_at: datetime


class QuoteReply(TypedDict):
    """The envelope of the pricing routes."""

    success: bool
    error: int
    data: QuoteData
    message: str


class LateCheckout(TypedDict):
    """Whether a guest may leave at 20:00, and for how much."""

    is_available: bool
    property_id: UUID
    property_name: str
    checkout_date: date
    checkout_day: str
    message: str
    reason: NotRequired[str]
    until: NotRequired[str]
    base_price_usd: NotRequired[Number]
    base_price_sol: NotRequired[Number]
    discount_percentage: NotRequired[Number]
    discount_amount_usd: NotRequired[Number]
    discount_amount_sol: NotRequired[Number]
    late_checkout_price_usd: NotRequired[Number]
    late_checkout_price_sol: NotRequired[Number]


class LateCheckoutReply(TypedDict):
    """The envelope of the pricing routes."""

    success: bool
    error: int
    data: LateCheckout
    message: str


def present(quoted: Quote, quote_id: str, *, staff: bool, houses: Mapping[UUID, str] = NO_NAMES) -> QuoteData:
    """A quote as the contract writes it, with its signed name."""
    body = present_body(quoted, staff=staff, houses=houses)
    return {**body, "quote_id": quote_id, "expires_at": quoted.expires_at}


def present_body(
    quoted: Quote,
    *,
    staff: bool,
    benefits: ClientBenefits | None = None,
    houses: Mapping[UUID, str] = NO_NAMES,
) -> QuoteBody:
    """A quote as the contract writes it, without what changes from one moment to the next.

    Args:
        quoted: what the evaluator said; its client, if it has one and staff do not ask, is who reads it.
        staff: whether remarks, candidates and reasons that only concern staff are shown.
        benefits: of the client it is made for.
        houses: names of live houses, to say where a code is valid.
    """
    request = quoted.request
    # Services cost the same in every house of a quote, so each is written once.
    services: dict[UUID, OfferedService] = {}
    offers = []
    for answer in quoted.houses:
        offer = present_house(answer, request, services, staff=staff, houses=houses)
        if benefits is not None:
            offer["client_benefits"] = benefits
        offers.append(offer)
    return {
        "totalCasasDisponibles": len(quoted.available),
        "check_in_date": request.stay.check_in,
        "check_out_date": request.stay.check_out,
        "guests": request.guests,
        "total_nights": request.stay.night_count,
        "exchange_rate": quoted.rate,
        "properties": offers,
        "general_recommendations": list(general_recommendations(quoted)),
        "message1": first_message(quoted),
        "message2": second_message(quoted),
        "warnings": [remark_sentence(one, Language.SPANISH) for one in quoted.warnings] if staff else [],
    }


def present_house(
    answer: HouseQuote,
    request: QuoteRequest,
    services: dict[UUID, OfferedService],
    *,
    staff: bool,
    houses: Mapping[UUID, str] = NO_NAMES,
) -> HouseOffer:
    """One house's answer as the contract writes it.

    Args:
        answer: what the evaluator said.
        request: what was asked; its client, if it has one and staff do not ask, is who reads it.
        services: those that were written already, for other houses of the same request; more are added.
        staff: whether what only concerns staff is shown.
        houses: names of live houses, to say where a code is valid.
    """
    offer = _offer(answer, services, chosen=bool(request.services))
    found = present_outcome(answer.outcome, staff=staff, viewer=request.client, houses=houses)
    return {**offer, **found}


def _offer(answer: HouseQuote, services: dict[UUID, OfferedService], *, chosen: bool) -> HouseOffer:
    house, stay, totals, price = answer.house, answer.stay, answer.totals, answer.price
    subtotal, final, total = totals.subtotal, totals.final, totals.total
    nights = stay.night_count
    extra_guests = answer.guests - 1
    per_night = price.extra_per_night_usd if price is not None else house.extra_person_usd * extra_guests
    one_extra = house.extra_person_usd
    charged = answer.services
    for service in answer.offered:
        if service.id not in services:
            services[service.id] = _offered(service, answer)
    offer: HouseOffer = {
        "property_id": house.id,
        "property_name": house.name,
        "property_slug": house.slug,
        "base_price_usd": totals.base.usd,
        "base_price_sol": totals.base.sol,
        "extra_person_price_per_night_usd": one_extra,
        "extra_person_price_per_night_sol": in_soles(one_extra, answer.rate),
        "extra_person_total_usd": totals.extra.usd,
        "extra_person_total_sol": totals.extra.sol,
        "total_nights": nights,
        "total_guests": answer.guests,
        "extra_guests": extra_guests,
        "subtotal_usd": subtotal.usd,
        "subtotal_sol": subtotal.sol,
        "final_price_usd": final.usd,
        "final_price_sol": final.sol,
        "available": answer.is_available,
        "availability_message": availability_message(answer),
        "additional_services": [services[service.id] for service in answer.offered],
        "selected_additional_services": [_charged(line, answer) for line in charged],
        "selected_services_total_usd": totals.services.usd,
        "selected_services_total_sol": totals.services.sol,
        "final_price_with_services_usd": total.usd,
        "final_price_with_services_sol": total.sol,
        "services_applied_count": len(charged),
        "cancellation_policy": _tier(answer.policy) if answer.policy is not None else None,
        "cancellation_tiers": [_tier(tier) for tier in answer.tiers],
        "recommendations": list(recommendations(answer)),
        "unavailable_reasons": present_reasons(answer.reasons),
        "nightly": []
        if price is None
        else [
            {
                "date": night.night,
                "season": night.season,
                "day_type": night.day_type,
                "source": night.source,
                "base_usd": night.base_usd,
                "extra_usd": per_night,
                "special_label": night.special_label,
            }
            for night in price.nights
        ],
        "warnings": [remark_sentence(one, Language.SPANISH) for one in answer.warnings],
    }
    if chosen and not any(not line.service.is_mandatory for line in charged):
        offer["services_warning"] = "Ninguno de los servicios elegidos se ofrece en esta casa"
    return offer


def present_reasons(reasons: Sequence[Reason]) -> list[Unavailable]:
    """Why a house cannot take the stay, each reason with its figures."""
    found: list[Any] = [{"code": one.code, **one.figures} for one in reasons]
    return found


def _kind(service: Service) -> str:
    return "mandatory" if service.is_mandatory else "optional"


def _offered(service: Service, answer: HouseQuote) -> OfferedService:
    rate = answer.rate
    line = service_line(service, nights=answer.stay.night_count, guests=answer.guests, rate=rate)
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "price_usd": service.price_usd,
        "price_sol": in_soles(service.price_usd, rate),
        "service_type": _kind(service),
        "is_per_night": service.is_per_night,
        "is_per_person": service.is_per_person,
        "total_price_usd": line.total_usd,
        "total_price_sol": line.total_sol,
        "post_action": service.post_action,
    }


def _charged(line: ServiceLine, answer: HouseQuote) -> ChargedService:
    service = line.service
    return {
        "id": service.id,
        "name": service.name,
        "description": service.description,
        "service_type": _kind(service),
        "is_per_night": service.is_per_night,
        "is_per_person": service.is_per_person,
        "price_per_unit_usd": service.price_usd,
        "price_per_unit_sol": in_soles(service.price_usd, answer.rate),
        "total_price_usd": line.total_usd,
        "total_price_sol": line.total_sol,
        "post_action": service.post_action,
    }


def _tier(tier: CancellationTier) -> Tier:
    return {
        "id": tier.id,
        "name": tier.name,
        "description": tier.description,
        "days_before_checkin": tier.days_before,
        "refund_percentage": tier.refund_percentage,
    }


def present_late_checkout(answer: LateCheckoutAnswer) -> LateCheckout:
    """A late checkout as the contract writes it."""
    weekday = weekday_name(answer.departure, Language.SPANISH)
    data: LateCheckout = {
        "is_available": answer.is_available,
        "property_id": answer.house.id,
        "property_name": answer.house.name,
        "checkout_date": answer.departure,
        "checkout_day": weekday,
        "message": late_checkout_message(answer.reason, weekday),
    }
    if answer.reason is not None or answer.price is None:
        data["reason"] = answer.reason or "price_missing"
        return data
    price = answer.price
    data["until"] = UNTIL
    data["base_price_usd"], data["base_price_sol"] = price.full_usd, price.full_sol
    data["discount_percentage"] = price.reduction_percentage
    data["discount_amount_usd"], data["discount_amount_sol"] = price.reduction_usd, price.reduction_sol
    data["late_checkout_price_usd"], data["late_checkout_price_sol"] = price.price_usd, price.price_sol
    return data
