"""The welcome promotions; the codes they gave are no configuration. Source: docs/rules/pricing.md, 1.9."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from casaaustin.checks import clean_line, clean_text
from casaaustin.configuration.section import Key, KeyPart, Section, path
from casaaustin.configuration.sections.conditions import Recipe, recipe_facts
from casaaustin.configuration.sections.keys import alike, by_name
from casaaustin.configuration.values import Usd, as_value_error
from casaaustin.db.work import Work
from casaaustin.discounts.generation import LONGEST_VALIDITY_DAYS
from casaaustin.discounts.service import promotions as service
from casaaustin.errors import InvalidInput

_NAME = "welcome_promotions"


def _check_name(text: str) -> str:
    cleaned = clean_line(text, field="the name", most=service.LONGEST_NAME)
    if cleaned != text:
        raise InvalidInput(f"{text!r} has blanks around it.", hint="Remove them.")
    return cleaned


def _text(most: int) -> AfterValidator:
    def read(value: str | None) -> str | None:
        return None if value is None else clean_text(value, field="the value", most=most) or None

    return AfterValidator(as_value_error(read))


class WelcomePromotion(Recipe):
    """A promotion that gives each new guest one code."""

    is_active: bool = Field(default=False, description="At most one is.")
    validity_days: int = Field(
        default=14,
        ge=1,
        le=LONGEST_VALIDITY_DAYS,
        description="Days after the first on which a code is valid.",
    )
    min_amount_usd: Usd = Field(
        default=Decimal("0.00"), description="Least price of the nights before any discount, dollars."
    )
    promotional_message: Annotated[str | None, _text(service.LONGEST_MESSAGE)] = Field(
        default=None, description="What guests read; none: made from the percentage."
    )
    promotional_subtitle: Annotated[str | None, _text(service.LONGEST_SUBTITLE)] = Field(
        default=None, description="A line below it."
    )


def read(work: Work) -> dict[Key, WelcomePromotion]:
    """Every promotion, inactive ones too."""
    return by_name(
        _NAME,
        (
            (
                line.name,
                WelcomePromotion(
                    **recipe_facts(line),
                    promotional_message=line.promotional_message,
                    promotional_subtitle=line.promotional_subtitle,
                ),
            )
            for line in service.list_promotions(work)
        ),
    )


def write(work: Work, key: Key, item: WelcomePromotion, reason: str) -> None:
    """Add or edit a promotion, and make it the active one or not."""
    fields: service.PromotionFields = {
        **item.fields(work, key[0]),
        "promotional_message": item.promotional_message,
        "promotional_subtitle": item.promotional_subtitle,
    }
    present = _id(work, key)
    if present is None:
        present = str(service.add_promotion(work, reason=reason, **fields).id)
    else:
        service.edit_promotion(work, present, reason=reason, **fields)
    if item.is_active:
        service.activate(work, present, reason=reason)
    else:
        service.deactivate(work, present, reason=reason)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a promotion."""
    service.delete_promotion(work, _id(work, key) or key[0], reason=reason)


def check(items: Mapping[Key, WelcomePromotion]) -> Iterable[str]:
    """Two names alike, or two that are active."""
    yield from alike(_NAME, items)
    active = [key for key, item in items.items() if item.is_active]
    for key in active[1:]:
        yield f"{path(_NAME, *key, 'is_active')}: {active[0][0]} is the active one"


def _id(work: Work, key: Key) -> str | None:
    return next((str(line.id) for line in service.list_promotions(work) if line.name == key[0]), None)


SECTION = Section(
    name=_NAME,
    about="Promotions that give new guests a code, by name; at most one is active.",
    item=WelcomePromotion,
    keys=(KeyPart("name", r"\S", _check_name),),
    read=read,
    write=write,
    remove=remove,
    houses=lambda _, item: item.houses,
    check=check,
)
