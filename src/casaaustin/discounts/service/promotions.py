"""The welcome promotion: configurations, of which one may be active, that new guests' codes are made from.

Source: docs/rules/pricing.md, 1.9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Unpack, cast
from uuid import UUID

from sqlalchemy import func, select

from casaaustin.audit.service import once
from casaaustin.audit.writing import change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import choose, clean_line, clean_text
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import DiscountCode, WelcomeDiscountConfig
from casaaustin.discounts.queries import weekdays_of
from casaaustin.discounts.service.fields import (
    RecipeFields,
    as_changed,
    as_offer,
    check_recipe,
    checked_recipe,
    require,
)
from casaaustin.discounts.service.scopes import WELCOME_HOUSES
from casaaustin.discounts.texts import restrictions
from casaaustin.errors import Conflict
from casaaustin.formats import percentage
from casaaustin.money import ZERO
from casaaustin.properties.scoped import add_with_houses, change_with_houses
from casaaustin.vocabulary import DayScope

ENTITY = "welcome_promotion"
DEFAULT_NAME = "Descuento de Bienvenida"
LONGEST_NAME = 200
LONGEST_MESSAGE = 500
LONGEST_SUBTITLE = 300

_row = table_of(WelcomeDiscountConfig)
_code = table_of(DiscountCode)


class PromotionFields(RecipeFields, total=False):
    """What a promotion says; a field left out keeps its value.

    Without a message, one is made from the percentage.
    """

    promotional_message: str | None
    promotional_subtitle: str | None


@dataclass(frozen=True, slots=True)
class PromotionListed:
    """A promotion as staff list it.

    Args:
        min_amount_usd: least subtotal of the stay, dollars; zero = none.
        weekdays: allowed ones, 0 = Monday; seven = all.
        restrictions: what its codes are limited to, as phrases in Spanish.
        promotional_message: what was written; None: `message` is made from the percentage.
        message: what guests read.
        houses: slugs; none = all houses.
        codes: how many were issued.
    """

    id: UUID
    name: str
    is_active: bool
    discount_percentage: Decimal
    validity_days: int
    min_amount_usd: Decimal
    max_discount_usd: Decimal | None
    apply_only_to_base_price: bool
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    weekdays: tuple[int, ...]
    day_scope: DayScope
    restrictions: tuple[str, ...]
    promotional_message: str | None
    promotional_subtitle: str | None
    message: str
    houses: tuple[str, ...]
    codes: int


def list_promotions(work: Work) -> tuple[PromotionListed, ...]:
    """Every promotion, the active one first, then by name; three statements."""
    houses = WELCOME_HOUSES.names(work)
    counted = (
        select(_code.c.welcome_config_id, func.count().label("codes"))
        .where(_code.c.welcome_config_id.is_not(None))
        .group_by(_code.c.welcome_config_id)
    )
    codes = {row.welcome_config_id: row.codes for row in work.connection.execute(counted)}
    return tuple(
        PromotionListed(
            id=row.id,
            name=row.name,
            is_active=row.is_active,
            discount_percentage=row.discount_percentage,
            validity_days=row.validity_days,
            min_amount_usd=row.min_amount_usd,
            max_discount_usd=row.max_discount_usd,
            apply_only_to_base_price=row.apply_only_to_base_price,
            restrict_weekdays=row.restrict_weekdays,
            restrict_weekends=row.restrict_weekends,
            specific_weekdays=row.specific_weekdays,
            weekdays=tuple(sorted(weekdays_of(row))),
            day_scope=row.day_scope,
            restrictions=restrictions(as_offer(row)),
            promotional_message=row.promotional_message,
            promotional_subtitle=row.promotional_subtitle,
            message=row.promotional_message or promotional_message(row.discount_percentage),
            houses=houses.get(row.id, ()),
            codes=codes.get(row.id, 0),
        )
        for row in sorted(_live(work), key=lambda row: (not row.is_active, row.name.casefold(), row.id))
    )


def status(work: Work) -> PromotionListed | None:
    """The promotion that gives new guests a code today; None when there is none."""
    return next((promotion for promotion in list_promotions(work) if promotion.is_active), None)


def promotional_message(discount_percentage: Decimal) -> str:
    """What guests read where nothing was written.

    Source: docs/rules/pricing.md, 1.9.
    """
    return f"¡Bienvenido! Tienes {percentage(discount_percentage)} de descuento en tu primera reserva."


def add_promotion(
    work: Work, *, key: str | None = None, reason: str = "", **fields: Unpack[PromotionFields]
) -> Changed:
    """Add a promotion; it has no effect before it is activated. The percentage is required.

    Args:
        work: a writing unit of work.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `PromotionFields`.

    Raises:
        InvalidInput: a field is missing or malformed, or they cannot be computed together.
        NotFound: no such house.
        Conflict: another promotion is called that.

    Source: docs/rules/pricing.md, 1.9.
    """
    values, wanted = _checked({"name": DEFAULT_NAME, **fields})
    require(values, ("discount_percentage",), kind="promotion")

    def add() -> Changed:
        hold_rate_book(work)
        _refuse_taken(work, values["name"])
        row = WelcomeDiscountConfig(**values)
        check_recipe(row)
        return add_with_houses(
            work, row, WELCOME_HOUSES, wanted or (), entity=ENTITY, name=row.name, reason=reason
        )

    return once(
        work,
        key,
        "welcome_promotion.add",
        {**values, "houses": wanted},
        add,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_promotion(
    work: Work, promotion: str, *, reason: str = "", **fields: Unpack[PromotionFields]
) -> Changed:
    """Change a promotion; codes that were issued stay as they are.

    Raises:
        NotFound: no promotion is called that, or no such house.
        InvalidInput: several are, a field is malformed, or they cannot be computed together.
        Conflict: another promotion has the new name.

    Source: docs/rules/pricing.md, 1.9.
    """
    values, wanted = _checked(fields)
    hold_rate_book(work)
    row = get_promotion(work, promotion)
    if "name" in values:
        _refuse_taken(work, values["name"], beside=row.id)
    check_recipe(as_changed(row, values))
    return change_with_houses(
        work, row, values, WELCOME_HOUSES, wanted, entity=ENTITY, name=row.name, reason=reason
    )


def activate(work: Work, promotion: str, *, reason: str = "") -> Changed:
    """Let a promotion give new guests a code; the one that did until now stops. The notes name it.

    Raises:
        NotFound: no promotion is called that.
        InvalidInput: several are, or its settings cannot be computed.

    Source: docs/rules/pricing.md, 1.9.
    """
    hold_rate_book(work)
    row = get_promotion(work, promotion)
    check_recipe(row)
    for other in _live(work):
        if other.is_active and other.id != row.id:
            why = f"{row.name} is the active one now"
            change_row(work, other, {"is_active": False}, entity=ENTITY, name=other.name, reason=why)
            work.notes.append(f"The promotion {other.name} is no longer active.")
    return change_row(work, row, {"is_active": True}, entity=ENTITY, name=row.name, reason=reason)


def deactivate(work: Work, promotion: str, *, reason: str = "") -> Changed:
    """Let a promotion issue no more codes; those that were issued stay valid.

    Raises:
        NotFound: no promotion is called that.
    """
    hold_rate_book(work)
    row = get_promotion(work, promotion)
    return change_row(work, row, {"is_active": False}, entity=ENTITY, name=row.name, reason=reason)


def delete_promotion(work: Work, promotion: str, *, reason: str = "") -> Changed:
    """Delete a promotion softly; codes that were issued stay valid.

    Raises:
        NotFound: no promotion is called that.
    """
    hold_rate_book(work)
    row = get_promotion(work, promotion)
    return delete_row(work, row, entity=ENTITY, name=row.name, reason=reason)


def get_promotion(work: Work, reference: str) -> WelcomeDiscountConfig:
    """A promotion by id, name or the unique beginning of its name.

    Raises:
        NotFound: no promotion is called that.
        InvalidInput: several are.
    """
    among = [(row, row.id, (row.name,)) for row in _live(work)]
    return choose(reference, among, kind="promotion", field="promotion")


def active_promotion(work: Work) -> WelcomeDiscountConfig | None:
    """The row that gives new guests a code today; None when there is none."""
    return next((row for row in _live(work) if row.is_active), None)


def _live(work: Work) -> list[WelcomeDiscountConfig]:
    return list(work.session.scalars(select(WelcomeDiscountConfig).where(~_row.c.deleted)).all())


def _refuse_taken(work: Work, name: str, *, beside: UUID | None = None) -> None:
    for row in _live(work):
        if row.id != beside and row.name.casefold() == name.casefold():
            raise Conflict(
                f"There is a promotion {row.name!r} already.",
                code="name_taken",
                hint="Edit it, or choose another name.",
            )


def _checked(fields: PromotionFields) -> tuple[dict[str, Any], list[str] | None]:
    values = checked_recipe(cast(dict[str, Any], fields))
    houses: Iterable[str] | None = values.pop("houses", None)
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=LONGEST_NAME)
    for field, most in (
        ("promotional_message", LONGEST_MESSAGE),
        ("promotional_subtitle", LONGEST_SUBTITLE),
    ):
        if values.get(field) is not None:
            values[field] = clean_text(values[field], field=field, most=most) or None
    if "min_amount_usd" in values:
        values["min_amount_usd"] = values["min_amount_usd"] or ZERO
    return values, None if houses is None else list(houses)
