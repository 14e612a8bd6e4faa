"""Lists of promotions and levels, and codes that were made, as front ends and the chat bot know them.

Percentages and caps are text where the contract has them as text.
Source: docs/rules/pricing.md, 4.6 and 4.7; docs/migrating.md, D-37.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Literal, NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from casaaustin.discounts.published import PublishedRule
from casaaustin.discounts.record import Discount, Window
from casaaustin.discounts.service.generators import GeneratedCode, GeneratorListed
from casaaustin.discounts.service.promotions import PromotionListed
from casaaustin.discounts.service.welcome import WelcomeCode
from casaaustin.discounts.texts import days_in_words, kind_name, restrictions
from casaaustin.formats import day
from casaaustin.levels.rules import Level
from casaaustin.vocabulary import Source
from casaaustin_api.fields import Number, TextAmount

HOURS_OF_A_DAY = 24


class Generator(TypedDict):
    """A generator of codes."""

    name: str
    display_name: str
    description: str
    icon: str
    prefix: str
    discount_percentage: TextAmount
    validity_days: int
    min_amount_usd: TextAmount
    usage_limit: int


class GeneratorsReply(TypedDict):
    """The generators that can be called."""

    success: bool
    data: list[Generator]
    message: str


class MintedCode(TypedDict):
    """A code that a generator made; it is valid up to and including `end_date`."""

    code: str
    description: str
    discount_percentage: Number
    min_amount_usd: Number | None
    max_discount_usd: Number | None
    start_date: date
    end_date: date
    validity_days: int
    usage_limit: int | None
    expires_in_hours: int


class MintedReply(TypedDict):
    """The envelope of the pricing routes."""

    success: bool
    error: int
    data: MintedCode
    message: str


class SimpleCode(TypedDict):
    """A code for one use; it is valid up to and including `expiration_date`."""

    code: str
    discount_percentage: Number
    created_date: date
    expiration_date: date
    validity_days: int
    days_remaining: int
    is_active: bool


class SimpleReply(TypedDict):
    """The envelope of the pricing routes."""

    success: bool
    error: int
    data: SimpleCode
    message: str


class RequiredLevel(TypedDict):
    """A level of which a guest must hold any one."""

    id: UUID
    name: str
    description: str
    icon: str
    required_reservations: int
    required_referrals: int
    required_referral_reservations: int
    order: int


class AutomaticRule(TypedDict):
    """An automatic discount, with all that limits it.

    Named weekdays (`4,5`; 0 is Monday) override the two flags; `days_display` says in words what they
    mean together. `start_date` and `end_date` are about the arrival, `book_from` and `book_to` about the
    day of booking. No `properties` means all houses.
    """

    id: UUID
    name: str
    description: str
    trigger: str
    trigger_display: str
    discount_percentage: TextAmount
    max_discount_usd: TextAmount | None
    required_achievements: list[UUID]
    required_achievements_detail: list[RequiredLevel]
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    days_display: str
    day_scope: str
    start_date: date | None
    end_date: date | None
    book_from: date | None
    book_to: date | None
    properties: list[UUID]
    apply_only_to_base_price: bool
    is_active: bool
    created: datetime
    updated: datetime


class RuleReply(TypedDict):
    """One automatic discount; `is_active` says whether it can apply to what is booked today."""

    success: bool
    is_active: bool
    data: AutomaticRule
    message: str


class RulesReply(TypedDict):
    """The automatic discounts that can apply to what is booked today."""

    success: bool
    count: int
    data: list[AutomaticRule]
    message: str


class SyncResult(TypedDict):
    """What became of the wish to send this to the chat bot: reading sends nothing."""

    success: Literal[False]
    message: str


class GlobalDiscount(TypedDict):
    """An automatic discount that asks for no level, in words for the chat bot."""

    id: UUID
    name: str
    description: str
    trigger_display: str
    discount_percentage: Number
    max_discount_usd: Number | None
    requirements: list[str]
    restrictions: list[str]


class GlobalDiscountsReply(TypedDict):
    """What anybody may be offered, whatever the level."""

    success: bool
    global_discounts: list[GlobalDiscount]
    count: int
    message: str
    chatbot_sync_results: NotRequired[SyncResult]


class LevelRequirements(TypedDict):
    """What a level takes."""

    required_reservations: int
    required_referrals: int
    required_referral_reservations: int


class BotLevel(TypedDict):
    """A level; `level_name` is icon and name."""

    id: UUID
    level_name: str
    description: str
    requirements: LevelRequirements
    requirements_text: str
    order: int


class LevelsReply(TypedDict):
    """The levels, the entry level first."""

    success: bool
    levels: list[BotLevel]
    count: int
    message: str
    chatbot_sync_results: NotRequired[SyncResult]


class WelcomePromotion(TypedDict):
    """What a new client is given; amounts are null where there is no such limit."""

    discount_percentage: Number
    validity_days: int
    min_amount_usd: Number | None
    max_discount_usd: Number | None
    restrictions: list[str]
    message: str
    subtitle: str | None


class WelcomeStatus(TypedDict):
    """Whether new clients are given a code; with the promotion if they are, with a message if not."""

    active: bool
    promotion: NotRequired[WelcomePromotion]
    message: NotRequired[str]


class CodeHouse(TypedDict):
    """A house in which a code is valid."""

    id: UUID
    name: str


class WelcomeDiscount(TypedDict):
    """A client's welcome code; it is valid up to and including `valid_until`, null houses are all."""

    code: str
    discount_percentage: Number
    valid_from: date
    valid_until: date
    min_amount_usd: Number | None
    max_discount_usd: Number | None
    usage_limit: int | None
    restrictions: list[str]
    properties: list[CodeHouse] | None


class WelcomeReply(TypedDict):
    """A welcome code that was issued."""

    success: bool
    message: str
    discount_code: WelcomeDiscount


def present_generator(generator: GeneratorListed) -> Generator:
    """A generator as the contract writes it."""
    return {
        "name": generator.name,
        "display_name": generator.display_name,
        "description": generator.description,
        "icon": generator.icon,
        "prefix": generator.prefix,
        "discount_percentage": str(generator.discount_percentage),
        "validity_days": generator.validity_days,
        "min_amount_usd": str(generator.min_amount_usd),
        "usage_limit": generator.usage_limit,
    }


def present_minted(made: GeneratedCode) -> MintedCode:
    """A generated code as the contract writes it."""
    return {
        "code": made.code,
        "description": made.description,
        "discount_percentage": made.discount_percentage,
        "min_amount_usd": _limit(made.min_amount_usd),
        "max_discount_usd": made.max_discount_usd,
        "start_date": made.start_date,
        "end_date": made.end_date,
        "validity_days": made.validity_days,
        "usage_limit": made.usage_limit,
        "expires_in_hours": made.validity_days * HOURS_OF_A_DAY,
    }


def present_simple(made: GeneratedCode, today: date) -> SimpleCode:
    """A code for one use as the contract writes it."""
    return {
        "code": made.code,
        "discount_percentage": made.discount_percentage,
        "created_date": made.start_date,
        "expiration_date": made.end_date,
        "validity_days": made.validity_days,
        "days_remaining": (made.end_date - today).days,
        "is_active": made.end_date >= today,
    }


def present_rule(rule: PublishedRule) -> AutomaticRule:
    """An automatic discount as the contract writes it."""
    discount = rule.discount
    return {
        "id": discount.id,
        "name": discount.name,
        "description": discount.description,
        "trigger": discount.source,
        "trigger_display": _capital(kind_name(discount.source)),
        "discount_percentage": str(discount.value),
        "max_discount_usd": str(discount.cap_usd) if discount.cap_usd is not None else None,
        "required_achievements": [level.id for level in rule.levels],
        "required_achievements_detail": [_required(level) for level in rule.levels],
        "restrict_weekdays": rule.restrict_weekdays,
        "restrict_weekends": rule.restrict_weekends,
        "specific_weekdays": rule.specific_weekdays,
        "days_display": days_in_words(discount.weekdays),
        "day_scope": discount.day_scope,
        "start_date": discount.stay_window.first,
        "end_date": discount.stay_window.last,
        "book_from": discount.book_window.first,
        "book_to": discount.book_window.last,
        "properties": sorted(discount.houses),
        "apply_only_to_base_price": discount.base_only,
        "is_active": discount.is_active,
        "created": rule.created,
        "updated": rule.updated,
    }


def present_global(rule: PublishedRule, houses: Mapping[UUID, str]) -> GlobalDiscount:
    """An automatic discount in words; `houses` are the names of live ones."""
    discount = rule.discount
    condition = _REQUIREMENTS.get(discount.source)
    return {
        "id": discount.id,
        "name": discount.name,
        "description": discount.description,
        "trigger_display": _capital(kind_name(discount.source)),
        "discount_percentage": discount.value,
        "max_discount_usd": discount.cap_usd,
        "requirements": [condition] if condition is not None else [],
        "restrictions": [*restrictions(discount), *_limits(discount, houses)],
    }


def present_level(level: Level) -> BotLevel:
    """A level as the chat bot knows it."""
    return {
        "id": level.id,
        "level_name": level.title,
        "description": level.description,
        "requirements": {
            "required_reservations": level.reservations,
            "required_referrals": level.referrals,
            "required_referral_reservations": level.referral_reservations,
        },
        "requirements_text": _requirements(level),
        "order": level.order,
    }


def present_promotion(promotion: PromotionListed) -> WelcomePromotion:
    """The welcome promotion as anybody may read it."""
    return {
        "discount_percentage": promotion.discount_percentage,
        "validity_days": promotion.validity_days,
        "min_amount_usd": _limit(promotion.min_amount_usd),
        "max_discount_usd": promotion.max_discount_usd,
        "restrictions": list(promotion.restrictions),
        "message": promotion.message,
        "subtitle": promotion.promotional_subtitle,
    }


def present_welcome_code(issued: WelcomeCode) -> WelcomeDiscount:
    """A client's welcome code as the client sees it."""
    houses: list[CodeHouse] = [{"id": house.id, "name": house.name} for house in issued.houses]
    return {
        "code": issued.code,
        "discount_percentage": issued.discount_percentage,
        "valid_from": issued.valid_from,
        "valid_until": issued.valid_until,
        "min_amount_usd": _limit(issued.min_amount_usd),
        "max_discount_usd": issued.max_discount_usd,
        "usage_limit": issued.usage_limit,
        "restrictions": list(issued.restrictions),
        "properties": houses or None,
    }


_REQUIREMENTS: Mapping[Source, str] = {
    Source.BIRTHDAY: "Cumplir años en el mes de la llegada",
    Source.RETURNING: "Haber tenido ya una reserva aprobada",
    Source.FIRST_TIME: "Ser tu primera reserva",
    Source.LAST_MINUTE: "Llegar el día de la reserva o el siguiente",
}


def _limits(discount: Discount, houses: Mapping[UUID, str]) -> list[str]:
    found = []
    if (stay := _span(discount.stay_window)) is not None:
        found.append(f"Llegadas {stay}")
    if (booked := _span(discount.book_window)) is not None:
        found.append(f"Reservando {booked}")
    if discount.houses:
        names = sorted(houses[house] for house in discount.houses if house in houses)
        found.append(f"Solo en {', '.join(names)}" if names else "En ninguna casa")
    return found


def _span(window: Window) -> str | None:
    ends = [("desde el", window.first), ("hasta el", window.last)]
    words = [f"{word} {day(end)} {end.year}" for word, end in ends if end is not None]
    return " ".join(words) or None


def _requirements(level: Level) -> str:
    counted = (
        (level.reservations, "reserva", "reservas"),
        (level.referrals, "referido", "referidos"),
        (level.referral_reservations, "reserva de referidos", "reservas de referidos"),
    )
    parts = [f"{count} {one if count == 1 else more}" for count, one, more in counted if count]
    return ", ".join(parts) or "Sin requisitos"


def _required(level: Level) -> RequiredLevel:
    return {
        "id": level.id,
        "name": level.name,
        "description": level.description,
        "icon": level.icon,
        "required_reservations": level.reservations,
        "required_referrals": level.referrals,
        "required_referral_reservations": level.referral_reservations,
        "order": level.order,
    }


def _limit(amount: Decimal | None) -> Decimal | None:
    """A minimum of nothing is none."""
    return amount or None


def _capital(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"
