"""Quotes and late checkout: what front ends ask most. Source: docs/rules/pricing.md, 4.3 and 4.5."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from pydantic import Field

from casaaustin.clients.models import Client
from casaaustin.clients.rules import full_name
from casaaustin.db.work import Work
from casaaustin.discounts.offers import LONGEST_CODE, Offers
from casaaustin.errors import NotAllowed
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import Quote, QuoteRequest
from casaaustin.quoting.service import Basis
from casaaustin.stays import Stay
from casaaustin_api.auth import PUBLIC
from casaaustin_api.endpoint import Answer, Call, Endpoint
from casaaustin_api.fields import Day, Fields, Guests, Id, Ids, OptionalId, Text
from casaaustin_api.jsontext import text_of, writer_of
from casaaustin_api.problems import PRICING, Refusal
from casaaustin_api.wire.quotes import (
    ClientBenefits,
    ClientInfo,
    LateCheckoutReply,
    QuoteBody,
    QuoteReply,
    present_body,
    present_late_checkout,
)

LONGEST_REMEMBERED = 32 * 1024
LEVELS = ((10, "platinum"), (5, "gold"), (2, "silver"))


class QuoteQuery(Fields):
    """What stay to price, in one house or in all."""

    check_in_date: Day
    check_out_date: Day
    guests: Guests = 1
    property_id: OptionalId = None
    client_id: OptionalId = None
    discount_code: Annotated[str, Text(LONGEST_CODE)] = ""
    additional_services: Ids = Field((), description="Ids separated by commas.")


class LateCheckoutQuery(Fields):
    """Which departure to price."""

    property_id: Id
    checkout_date: Day
    guests: Guests = 1


@dataclass(frozen=True, slots=True)
class Written:
    """A quote that was evaluated and written, with what it was made from, whose identity is its name."""

    basis: Basis
    quoted: Quote
    text: str


def calculate_pricing(call: Call) -> Answer:
    """Price a stay; two statements when the rate book is known, one more for a code, and nothing is written.

    A stranger's quote without a code follows from the rate book, the rules, the day, the request and
    what is taken. It is therefore remembered by these; only its name and its end are made anew.
    """
    asked: QuoteQuery = call.query
    if asked.client_id is not None and not call.caller.is_staff:
        raise NotAllowed("Nobody but staff may look at a client.", code="client_not_yours")
    request = QuoteRequest(
        Stay(asked.check_in_date, asked.check_out_date),
        asked.guests,
        asked.property_id,
        asked.additional_services,
        client=asked.client_id,
        code=asked.discount_code or None,
    )
    # A quote with a code is never remembered: it follows from the uses of that code as well.
    is_anybodys = not (call.caller.is_staff or asked.discount_code)

    def use(work: Work) -> bytes:
        basis = quoting.look_up(work, request)
        key = _name_of(basis, request) if is_anybodys else None
        known = call.business.quotes.recall(key) if key is not None else None
        if known is None:
            quoted = quoting.price(work, basis, request)
            known = Written(basis, quoted, _write(work, basis, quoted, staff=call.caller.is_staff))
            if key is not None and len(known.text) <= LONGEST_REMEMBERED:
                call.business.quotes.keep(key, known)
        now = work.clock.now()
        valid_for = known.quoted.expires_at - known.quoted.made_at
        quoted = replace(known.quoted, made_at=now, expires_at=now + valid_for)
        return _named(known.text, quoting.quote_id(work, quoted), quoted.expires_at)

    return Answer(call.read(use))


def _name_of(basis: Basis, request: QuoteRequest) -> tuple[object, ...]:
    """All that a stranger's quote follows from: prices, rules, the day, the request and what is taken."""
    rules, day = (basis.offers.rules, basis.offers.booked_on) if basis.offers is not None else ((), None)
    return id(basis.book), id(rules), day, request, frozenset(basis.calendar.masks.items())


def _write(work: Work, basis: Basis, quoted: Quote, *, staff: bool) -> str:
    known = _known_client(work, basis.offers) if basis.offers is not None else None
    body = present_body(
        quoted,
        staff=staff,
        benefits=known[1] if known is not None else None,
        houses={house.id: house.name for house in basis.book.houses},
    )
    if known is not None:
        body["client_info"] = known[0]
    return writer_of(QuoteBody)(body)


def _named(body: str, quote_id: str, expires_at: datetime) -> bytes:
    """The whole answer: the envelope, and the body with its name and its end."""
    named = f'{body[:-1]},"quote_id":"{quote_id}","expires_at":{text_of(expires_at)}}}'
    return f'{{"success":true,"error":0,"data":{named},"message":"Precios calculados"}}'.encode()


def calculate_late_checkout(call: Call) -> LateCheckoutReply:
    """Whether a guest may leave at 20:00, and for how much."""
    asked: LateCheckoutQuery = call.query

    def use(work: Work) -> LateCheckoutReply:
        answer = quoting.late_checkout(work, asked.property_id, asked.checkout_date, asked.guests)
        data = present_late_checkout(answer)
        return {"success": True, "error": 0, "data": data, "message": data["message"]}

    return call.read(use)


def membership_level(approved: int) -> str:
    """The level of a guest by approved reservations.

    Source: docs/rules/pricing.md, 2.15.
    """
    return next((name for least, name in LEVELS if approved >= least), "bronze")


def _known_client(work: Work, offers: Offers) -> tuple[ClientInfo, ClientBenefits] | None:
    """The client whom the quote is made for, whose bookings were counted for the discounts already."""
    if offers.person is None:
        return None
    client = work.session.get_one(Client, offers.person.id)
    approved = offers.person.approved
    level = membership_level(approved)
    info: ClientInfo = {
        "status": "registered",
        "name": full_name(client.first_name, client.last_name),
        "membership_level": level,
        "total_reservations": approved,
    }
    return info, {"referral_code": client.referral_code, "membership_level": level}


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/properties/calculate-pricing",
        name="calculate_pricing",
        summary="Price of a stay in one house or in all, with every reason against",
        tag="Pricing",
        who=PUBLIC,
        handler=calculate_pricing,
        query=QuoteQuery,
        answer=QuoteReply,
        envelope=PRICING,
        refusals=(
            Refusal(400, "dates missing", 1, ("check_in_date_missing", "check_out_date_missing")),
            Refusal(400, "not a date", 2, ("check_in_date_invalid", "check_out_date_invalid")),
            Refusal(400, "guests not a whole number from 1 to 1000", 3, ("guests_invalid",)),
            Refusal(400, "`property_id` is not a UUID", 5, ("property_id_invalid",)),
            Refusal(400, "`client_id` is not a UUID", 7, ("client_id_invalid",)),
            Refusal(400, "list of services empty or not UUIDs", 12, ("additional_services_invalid",)),
            Refusal(403, "the caller may not see that client", 6, ("client_not_yours",)),
            Refusal(400, "check-out not after check-in", 9, ("check_out_not_after_check_in",)),
            Refusal(400, "check-in in the past", 8, ("check_in_past",)),
            Refusal(400, "stay too long, or too far ahead", 14, ("stay_too_long", "too_far_ahead")),
            Refusal(404, "client not found", 6, ("client_not_found",)),
            Refusal(503, "no exchange rate", 13, ("exchange_rate_missing",)),
            Refusal(404, "house not found", 4, ("house_not_found",)),
            Refusal(
                400,
                "service unknown, inactive or not offered by this house",
                11,
                ("service_unknown", "service_not_offered"),
            ),
            Refusal(
                400, "another parameter is malformed", 14, ("discount_code_invalid", "parameters_malformed")
            ),
            Refusal(500, "internal", 10),
        ),
    ),
    Endpoint(
        method="GET",
        path="/properties/calculate-late-checkout",
        name="calculate_late_checkout",
        summary="Whether a guest may leave at 20:00, and for how much",
        tag="Pricing",
        who=PUBLIC,
        handler=calculate_late_checkout,
        query=LateCheckoutQuery,
        answer=LateCheckoutReply,
        envelope=PRICING,
        refusals=(
            Refusal(400, "parameter missing", 1, ("property_id_missing", "checkout_date_missing")),
            Refusal(400, "`property_id` is not a UUID", 3, ("property_id_invalid",)),
            Refusal(400, "not a date, or too far ahead", 4, ("checkout_date_invalid", "too_far_ahead")),
            Refusal(400, "guests not a whole number from 1 to 1000", 5, ("guests_invalid",)),
            Refusal(400, "date in the past", 7, ("checkout_in_past",)),
            Refusal(404, "house not found", 2, ("house_not_found",)),
            Refusal(503, "no exchange rate", 13, ("exchange_rate_missing",)),
            Refusal(500, "internal", 6),
        ),
    ),
)
