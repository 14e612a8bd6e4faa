"""What codes, generators and promotions say alike, and how it is checked before it is stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, TypedDict, TypeVar
from uuid import UUID

from casaaustin.checks import check_amount, check_whole
from casaaustin.db.mixins import Row
from casaaustin.db.tables import table_of
from casaaustin.discounts.generation import LONGEST_VALIDITY_DAYS
from casaaustin.discounts.models import DynamicDiscountConfig, WelcomeDiscountConfig
from casaaustin.discounts.queries import weekdays_of
from casaaustin.discounts.record import (
    Discount,
    allowed_weekdays,
    check_discount,
    parse_weekdays,
    weekdays_from,
    weekdays_text,
)
from casaaustin.errors import InvalidInput
from casaaustin.money import HUNDRED
from casaaustin.vocabulary import Benefit, DayScope, Source

R = TypeVar("R", bound=Row)

ONE_PER_CENT = Decimal("1.00")


class Conditions(TypedDict, total=False):
    """Conditions of a discount; a field left out keeps its value.

    Amounts are dollars. `specific_weekdays` is as people write them: `vie,sab`, `4,5`.
    """

    min_amount_usd: Decimal | None
    max_discount_usd: Decimal | None
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    day_scope: DayScope
    apply_only_to_base_price: bool


class RecipeFields(Conditions, total=False):
    """What a generator and a promotion say alike; the percentage is 1 to 100, `houses` none = all."""

    name: str
    discount_percentage: Decimal
    validity_days: int
    houses: Iterable[str]


def checked_conditions(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with their conditions in the form that is stored.

    Raises:
        InvalidInput: one of them is malformed.
    """
    checked = dict(values)
    for field, above in (("min_amount_usd", False), ("max_discount_usd", True)):
        if checked.get(field) is not None:
            checked[field] = check_amount(checked[field], field=field, above=above)
    if "specific_weekdays" in checked:
        checked["specific_weekdays"] = weekdays_text(parse_weekdays(checked["specific_weekdays"]))
    return checked


def checked_recipe(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a generator or a promotion in the form that is stored.

    Raises:
        InvalidInput: one of them is malformed.
    """
    checked = checked_conditions(values)
    if "discount_percentage" in checked:
        checked["discount_percentage"] = check_amount(
            checked["discount_percentage"], field="discount_percentage", least=ONE_PER_CENT, most=HUNDRED
        )
    if "validity_days" in checked:
        check_whole(checked["validity_days"], field="validity_days", least=1, most=LONGEST_VALIDITY_DAYS)
    return checked


def check_weekdays(row: Any) -> None:
    """Refuse weekdays that mean nothing.

    Raises:
        InvalidInput: both flags and no named weekdays (`code_config_conflict`).

    Source: docs/rules/pricing.md, 2.5.2 and W26.
    """
    allowed_weekdays(
        weekdays_from(row.specific_weekdays),
        restrict_weekdays=row.restrict_weekdays,
        restrict_weekends=row.restrict_weekends,
    )


def check_recipe(row: DynamicDiscountConfig | WelcomeDiscountConfig) -> None:
    """Refuse a recipe whose codes could not be computed.

    Raises:
        InvalidInput: naming the field.
    """
    check_weekdays(row)
    check_discount(as_offer(row))


def as_offer(row: DynamicDiscountConfig | WelcomeDiscountConfig, houses: Iterable[UUID] = ()) -> Discount:
    """The discount that codes of this recipe give."""
    return Discount(
        id=row.id,
        name=row.name,
        source=Source.CODE,
        benefit=Benefit.PERCENTAGE,
        value=row.discount_percentage,
        cap_usd=row.max_discount_usd,
        min_amount_usd=row.min_amount_usd,
        houses=frozenset(houses),
        weekdays=weekdays_of(row),
        day_scope=row.day_scope,
        base_only=row.apply_only_to_base_price,
    )


def as_changed(row: R, values: Mapping[str, Any]) -> R:
    """A row as it would be with these values, apart from the session, so that it can be checked first."""
    columns = table_of(type(row)).columns.keys()
    return type(row)(**{name: getattr(row, name) for name in columns} | dict(values))


def require(values: Mapping[str, Any], fields: Sequence[str], *, kind: str) -> None:
    """Refuse a new thing that lacks what it must say.

    Raises:
        InvalidInput: naming the field.
    """
    for field in fields:
        if values.get(field) in (None, ""):
            raise InvalidInput(f"A {kind} needs its {field}.", field=field)
