"""Conditions that codes, generators and promotions say alike. Source: docs/rules/pricing.md, 1.7 to 1.9."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from casaaustin.checks import check_amount
from casaaustin.configuration.section import Item
from casaaustin.configuration.sections.keys import house_ids
from casaaustin.configuration.values import PercentageOff, PriceUsd, Slugs, Usd, Weekdays, as_value_error
from casaaustin.db.work import Work
from casaaustin.discounts.generation import LONGEST_VALIDITY_DAYS
from casaaustin.discounts.record import allowed_weekdays, parse_weekdays, weekdays_from
from casaaustin.discounts.service.fields import ONE_PER_CENT, RecipeFields
from casaaustin.discounts.service.generators import GeneratorListed
from casaaustin.discounts.service.promotions import PromotionListed
from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import WEEKDAYS, DayScope

_at_least_one = as_value_error(lambda value: check_amount(value, field="the percentage", least=ONE_PER_CENT))
Discounted = Annotated[PercentageOff, AfterValidator(_at_least_one)]


class Conditions(Item):
    """When and where a discount is valid."""

    max_discount_usd: PriceUsd | None = Field(
        default=None, description="The most that a percentage takes off, dollars."
    )
    restrict_weekdays: bool = Field(default=False, description="Only nights of Sunday to Thursday.")
    restrict_weekends: bool = Field(default=False, description="Only nights of Friday and Saturday.")
    specific_weekdays: Weekdays = Field(default=(), description="Only these; they override the two above.")
    day_scope: DayScope = Field(
        default=DayScope.CHECK_IN, description="Whether check-in, some night or every night is such a day."
    )
    apply_only_to_base_price: bool = Field(default=False, description="Leaves the extra guests out.")
    houses: Slugs = Field(default=(), description="Where it is valid; none: everywhere.")

    @model_validator(mode="after")
    def _weekdays_mean_something(self) -> Self:
        try:
            allowed_weekdays(
                parse_weekdays(",".join(self.specific_weekdays)),
                restrict_weekdays=self.restrict_weekdays,
                restrict_weekends=self.restrict_weekends,
            )
        except InvalidInput as problem:
            raise ValueError(f"{problem.field}: {problem.message}") from None
        return self


class Recipe(Conditions):
    """What the codes of a generator or a promotion give."""

    discount_percentage: Discounted = Field(description="Per cent that its codes take off, 1 to 100.")
    validity_days: int = Field(
        default=7,
        ge=1,
        le=LONGEST_VALIDITY_DAYS,
        description="Days after the first on which a code is valid.",
    )
    min_amount_usd: Usd = Field(
        default=Decimal("30.00"), description="Least price of the nights before any discount, dollars."
    )

    def fields(self, work: Work, name: str) -> RecipeFields:
        """What the services take."""
        return {
            "name": name,
            "discount_percentage": self.discount_percentage,
            "validity_days": self.validity_days,
            "min_amount_usd": self.min_amount_usd,
            "max_discount_usd": self.max_discount_usd,
            "restrict_weekdays": self.restrict_weekdays,
            "restrict_weekends": self.restrict_weekends,
            "specific_weekdays": ",".join(self.specific_weekdays),
            "day_scope": self.day_scope,
            "apply_only_to_base_price": self.apply_only_to_base_price,
            "houses": house_ids(work, self.houses),
        }


def recipe_facts(line: GeneratorListed | PromotionListed) -> dict[str, Any]:
    """What a stored recipe says, as the file has it."""
    return {
        "discount_percentage": line.discount_percentage,
        "validity_days": line.validity_days,
        "min_amount_usd": line.min_amount_usd,
        "max_discount_usd": line.max_discount_usd,
        "restrict_weekdays": line.restrict_weekdays,
        "restrict_weekends": line.restrict_weekends,
        "specific_weekdays": weekday_names(line.specific_weekdays),
        "day_scope": line.day_scope,
        "apply_only_to_base_price": line.apply_only_to_base_price,
        "is_active": line.is_active,
        "houses": line.houses,
    }


def weekday_names(stored: str) -> tuple[str, ...]:
    """Stored weekdays as the file names them."""
    return tuple(WEEKDAYS[day] for day in sorted(weekdays_from(stored)))
