"""Discounts beside the quote: codes that are made, rules that anybody may read, the welcome promotion.

Making a code is for staff and for programs with the API key, which has a cap a day and a
largest percentage. Reading never changes anything and never calls anybody outside.
Source: docs/rules/pricing.md, 4.6 and 4.7.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from casaaustin.clock import today
from casaaustin.db.work import Work
from casaaustin.discounts.published import published_rule, published_rules
from casaaustin.discounts.service import promotions, welcome
from casaaustin.discounts.service.generators import (
    LONGEST_NAME,
    LONGEST_SIMPLE_VALIDITY_DAYS,
    SIMPLE_PERCENTAGE,
    SIMPLE_VALIDITY_DAYS,
    generate,
    generate_simple,
    list_generators,
)
from casaaustin.discounts.service.minting import key_allowance
from casaaustin.errors import InvalidInput, NotFound, RuleRefused
from casaaustin.formats import day, percentage
from casaaustin.levels.queries import as_level, level_rows
from casaaustin.money import HUNDRED
from casaaustin.pricing.queries import rate_book
from casaaustin_api.auth import ON_BEHALF, PUBLIC, STAFF
from casaaustin_api.endpoint import Call, Endpoint
from casaaustin_api.fields import WHOLE, Fields, Id, Text, YesNo
from casaaustin_api.problems import BOOKING, PRICING, Envelope, NotFoundAmong, Problem, Refusal
from casaaustin_api.wire.promotions import (
    GeneratorsReply,
    GlobalDiscountsReply,
    LevelsReply,
    MintedReply,
    RuleReply,
    RulesReply,
    SimpleReply,
    SyncResult,
    WelcomeReply,
    WelcomeStatus,
    present_generator,
    present_global,
    present_level,
    present_minted,
    present_promotion,
    present_rule,
    present_simple,
    present_welcome_code,
)

TAG = "Discounts"
_NUMBER = re.compile(r"-?\d{1,10}(\.\d{1,2})?", re.ASCII)


def _number(value: Any) -> Decimal:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = format(Decimal(value), "f")
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Decimal(value)
    raise PydanticCustomError("invalid", "{sentence}", {"sentence": "Se espera un número."})


# What is no number and what is out of range have different numbers in the table of refusals, so the
# model looks at the one and the handler at the other; the documentation says both.
Days = Annotated[
    int,
    WHOLE,
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": LONGEST_SIMPLE_VALIDITY_DAYS}),
]
Share = Annotated[
    Decimal,
    BeforeValidator(_number),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 1, "maximum": 100},
                {"type": "string", "pattern": r"^([1-9]\d?(\.\d{1,2})?|100(\.0{1,2})?)$"},
            ]
        }
    ),
]


class GenerateBody(Fields):
    """Which generator to call."""

    config_name: Annotated[str, Text(LONGEST_NAME)] = Field(description="Its name, in any case.")


class SimpleBody(Fields):
    """What the code is worth, and for how long."""

    validity_days: Days = SIMPLE_VALIDITY_DAYS
    discount_percentage: Share = Field(SIMPLE_PERCENTAGE, description="With at most two decimals.")


class BotQuery(Fields):
    """What the chat bot may ask along with a list."""

    send_to_chatbotbuilder: YesNo = Field(False, description="Not acted upon: reading sends nothing.")


class WelcomeBody(Fields):
    """For whom; `client` names the client until clients log in."""

    client: Id


def show_generators(call: Call) -> GeneratorsReply:
    """The generators that can be called, by name."""
    found = [one for one in call.read(list_generators) if one.is_active]
    return {
        "success": True,
        "data": [present_generator(one) for one in found],
        "message": "Configuraciones de descuento",
    }


def generate_code(call: Call) -> MintedReply:
    """Make a code from a generator, within what the API key may."""
    body: GenerateBody = call.body
    if not body.config_name:
        raise InvalidInput("Say which generator.", field="config_name", code="config_name_missing")

    def use(work: Work) -> MintedReply:
        made = generate(work, body.config_name, key=call.key, allowance=key_allowance(work))
        return {
            "success": True,
            "error": 0,
            "data": present_minted(made),
            "message": f"Código generado. El último día para usarlo es {day(made.end_date)}.",
        }

    try:
        return call.write(use)
    except (NotFound, RuleRefused) as error:
        if error.code not in {"generator_not_found", "generator_inactive"}:
            raise
        names = [one.name for one in call.read(list_generators) if one.is_active]
        raise NotFoundAmong(error.message, code=error.code, details={"available_configs": names}) from None


def generate_simple_code(call: Call) -> SimpleReply:
    """Make a code for one use, within what the API key may."""
    body: SimpleBody = call.body
    if not 1 <= body.validity_days <= LONGEST_SIMPLE_VALIDITY_DAYS:
        raise InvalidInput("Days out of range.", field="validity_days", code="validity_days_out_of_range")
    if not 1 <= body.discount_percentage <= HUNDRED:
        raise InvalidInput(
            "Percentage out of range.", field="discount_percentage", code="discount_percentage_out_of_range"
        )

    def use(work: Work) -> SimpleReply:
        made = generate_simple(
            work,
            percentage=body.discount_percentage,
            validity_days=body.validity_days,
            key=call.key,
            allowance=key_allowance(work),
        )
        return {
            "success": True,
            "error": 0,
            "data": present_simple(made, today(work.clock)),
            "message": f"Código de {percentage(made.discount_percentage)} para un solo uso. "
            f"El último día para usarlo es {day(made.end_date)}.",
        }

    return call.write(use)


def show_rule(call: Call) -> RuleReply:
    """One automatic discount, also one that is over or switched off."""
    try:
        rule = UUID(call.path["rule"])
    except ValueError:
        raise InvalidInput("The id is not a UUID.", field="id", code="rule_id_invalid") from None
    found = call.read(lambda work: published_rule(work, rule))
    return {
        "success": True,
        "is_active": found.is_live,
        "data": present_rule(found),
        "message": "Descuento activo" if found.is_live else "Descuento inactivo",
    }


def show_rules(call: Call) -> RulesReply:
    """The automatic discounts that can apply to what is booked today, by name."""
    found = call.read(published_rules)
    return {
        "success": True,
        "count": len(found),
        "data": [present_rule(one) for one in found],
        "message": "Descuentos automáticos",
    }


def show_global_discounts(call: Call) -> GlobalDiscountsReply:
    """The automatic discounts that ask for no level, in words."""

    def use(work: Work) -> GlobalDiscountsReply:
        houses = {house.id: house.name for house in rate_book(work).houses}
        found = [
            present_global(one, houses) for one in published_rules(work) if not one.discount.achievements
        ]
        return {
            "success": True,
            "global_discounts": found,
            "count": len(found),
            "message": "Descuentos globales",
        }

    reply = call.read(use)
    if call.query.send_to_chatbotbuilder:
        reply["chatbot_sync_results"] = _not_sent(call)
    return reply


def show_levels(call: Call) -> LevelsReply:
    """The levels, the entry level first."""
    rows = call.read(level_rows)
    levels = [present_level(as_level(row)) for row in rows if row.is_active]
    reply: LevelsReply = {"success": True, "levels": levels, "count": len(levels), "message": "Niveles"}
    if call.query.send_to_chatbotbuilder:
        reply["chatbot_sync_results"] = _not_sent(call)
    return reply


def show_welcome_status(call: Call) -> WelcomeStatus:
    """Whether a new client is given a code."""
    promotion = call.read(promotions.status)
    if promotion is None:
        return {"active": False, "message": "No hay una promoción de bienvenida activa."}
    return {"active": True, "promotion": present_promotion(promotion)}


def issue_welcome_code(call: Call) -> WelcomeReply:
    """Give a client the welcome code: one in a lifetime."""
    body: WelcomeBody = call.body
    issued = call.write(lambda work: welcome.issue(work, body.client))
    return {
        "success": True,
        "message": "Tu código de bienvenida está listo.",
        "discount_code": present_welcome_code(issued),
    }


def _not_sent(call: Call) -> SyncResult:
    """A public reading never calls anybody outside. Source: docs/migrating.md, D-32."""
    if call.caller.is_staff:
        return {"success": False, "message": "Leer no envía nada al chatbot."}
    return {"success": False, "message": "Solo el personal puede enviar al chatbot; leer no envía nada."}


def _write_welcome_status(problem: Problem) -> dict[str, Any]:
    return {"active": False, "message": problem.message, "code": problem.code, **problem.more}


def _write_welcome(problem: Problem) -> dict[str, Any]:
    """The details of a code that was issued already go by the names that front ends look for."""
    names = {"issued_at": "discount_issued_at", "code": "discount_code"}
    details = {names.get(name, name): value for name, value in problem.details.items()}
    return BOOKING.write(replace(problem, details=details))


WELCOME_STATUS = Envelope(
    "WelcomeStatusRefusal",
    _write_welcome_status,
    {
        "type": "object",
        "properties": {
            "active": {"const": False},
            "message": {"type": "string"},
            "code": {"type": "string"},
            "error_id": {"type": "string"},
        },
        "required": ["active", "message", "code"],
    },
)
WELCOME = Envelope("BookingRefusal", _write_welcome, BOOKING.schema)

_CAP = Refusal(429, "the API key has made all codes that it may make today", 6, ("mint_cap_reached",))
_TOO_MUCH = Refusal(403, "a larger discount than an API key may give", 7, ("mint_percentage_too_high",))
_NO_CODE_LEFT = Refusal(409, "no free code was found in ten tries", 8, ("code_space_exhausted",))

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/properties/generate-discount",
        name="list_generators",
        summary="Generators of discount codes that can be called",
        tag=TAG,
        who=STAFF,
        handler=show_generators,
        answer=GeneratorsReply,
        envelope=PRICING,
        refusals=(Refusal(500, "internal", 3),),
    ),
    Endpoint(
        method="POST",
        path="/properties/generate-discount",
        name="generate_discount",
        summary="Make a discount code from a generator",
        tag=TAG,
        who=STAFF,
        handler=generate_code,
        body=GenerateBody,
        answer=MintedReply,
        takes_key=True,
        envelope=PRICING,
        refusals=(
            Refusal(400, "`config_name` missing", 1, ("config_name_missing", "config_name_invalid")),
            Refusal(
                404,
                "no such generator, or it is switched off; `available_configs` lists the others",
                2,
                ("generator_not_found", "generator_inactive"),
            ),
            Refusal(500, "internal", 3),
            _CAP,
            _TOO_MUCH,
            _NO_CODE_LEFT,
        ),
    ),
    Endpoint(
        method="POST",
        path="/properties/generate-simple-discount",
        name="generate_simple_discount",
        summary="Make a discount code for one use",
        tag=TAG,
        who=STAFF,
        handler=generate_simple_code,
        body=SimpleBody,
        answer=SimpleReply,
        takes_key=True,
        envelope=PRICING,
        refusals=(
            Refusal(400, "`validity_days` not from 1 to 365", 1, ("validity_days_out_of_range",)),
            Refusal(400, "`validity_days` not a whole number", 2, ("validity_days_invalid",)),
            Refusal(400, "`discount_percentage` not from 1 to 100", 3, ("discount_percentage_out_of_range",)),
            Refusal(
                400,
                "`discount_percentage` not a number with at most two decimals",
                4,
                ("discount_percentage_invalid",),
            ),
            Refusal(500, "internal", 5),
            _CAP,
            _TOO_MUCH,
            _NO_CODE_LEFT,
        ),
    ),
    Endpoint(
        method="GET",
        path="/property/automaticdiscount/{rule}",
        name="show_automatic_discount",
        summary="One automatic discount, and whether it can apply to what is booked today",
        tag=TAG,
        who=PUBLIC,
        handler=show_rule,
        answer=RuleReply,
        envelope=PRICING,
        refusals=(
            Refusal(400, "the id is not a UUID", 1, ("rule_id_invalid",)),
            Refusal(404, "no such automatic discount", 2, ("rule_not_found",)),
            Refusal(500, "internal", 3),
        ),
    ),
    Endpoint(
        method="GET",
        path="/properties/automatic-discounts",
        name="list_automatic_discounts",
        summary="Automatic discounts that can apply to what is booked today, by name",
        tag=TAG,
        who=PUBLIC,
        handler=show_rules,
        answer=RulesReply,
        envelope=PRICING,
        refusals=(Refusal(500, "internal", 1),),
    ),
    Endpoint(
        method="GET",
        path="/bot/global-discount",
        name="list_global_discounts",
        summary="Automatic discounts that ask for no level, in words for the chat bot",
        tag=TAG,
        who=PUBLIC,
        handler=show_global_discounts,
        query=BotQuery,
        answer=GlobalDiscountsReply,
        envelope=PRICING,
        refusals=(Refusal(500, "internal", 1),),
    ),
    Endpoint(
        method="GET",
        path="/bot/levels",
        name="list_levels",
        summary="Levels of guests and what they take, for the chat bot",
        tag=TAG,
        who=PUBLIC,
        handler=show_levels,
        query=BotQuery,
        answer=LevelsReply,
        envelope=PRICING,
        refusals=(Refusal(500, "internal", 1),),
    ),
    Endpoint(
        method="GET",
        path="/clients/welcome-discount/status",
        name="show_welcome_status",
        summary="Whether a new client is given a discount code",
        tag=TAG,
        who=PUBLIC,
        handler=show_welcome_status,
        answer=WelcomeStatus,
        envelope=WELCOME_STATUS,
        refusals=(Refusal(500, "internal"),),
    ),
    Endpoint(
        method="POST",
        path="/clients/client-auth/welcome-discount",
        name="issue_welcome_discount",
        summary="Give a client the welcome code, one in a lifetime",
        tag=TAG,
        who=ON_BEHALF,
        handler=issue_welcome_code,
        body=WelcomeBody,
        answer=WelcomeReply,
        envelope=WELCOME,
        refusals=(
            Refusal(400, "it was issued already, at `discount_issued_at`", None, ("welcome_already_issued",)),
            Refusal(400, "the client has approved reservations", None, ("has_approved_reservations",)),
            Refusal(404, "no promotion is active", None, ("no_active_promotion",)),
            Refusal(404, "no such client", None, ("client_not_found",)),
            Refusal(409, "no free code was found in ten tries", None, ("code_space_exhausted",)),
        ),
    ),
)
