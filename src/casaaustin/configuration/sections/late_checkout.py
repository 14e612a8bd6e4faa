"""Late checkout by weekday of departure. Source: docs/rules/pricing.md, 1.13."""

from __future__ import annotations

from decimal import Decimal

from pydantic import Field, model_validator

from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import WEEKDAY
from casaaustin.configuration.values import Label, Usd
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput
from casaaustin.pricing.service import late_checkout_rules as service
from casaaustin.vocabulary import WEEKDAYS, ReductionType


class LateCheckout(Item):
    """The rule of a weekday of departure. An inactive rule forbids nothing: use `allowed = false`."""

    name: Label
    allowed: bool = True
    reduction_type: ReductionType = Field(
        default=ReductionType.PERCENTAGE, description="percentage, or fixed in dollars."
    )
    reduction: Usd = Field(default=Decimal("10.00"), description="Against the price of the full night.")
    is_active: bool = True

    @model_validator(mode="after")
    def _no_more_than_all(self) -> LateCheckout:
        try:
            service.check_reduction(self.reduction_type, self.reduction)
        except InvalidInput as problem:
            raise ValueError(problem.message.replace("discount_value", "reduction")) from None
        return self


def read(work: Work) -> dict[Key, LateCheckout]:
    """The rules that are stored, inactive ones too."""
    return {
        (WEEKDAYS[row.weekday],): LateCheckout(
            name=row.name,
            allowed=row.allows_late_checkout,
            reduction_type=row.discount_type,
            reduction=row.discount_value,
            is_active=row.is_active,
        )
        for row in service.live_rules(work)
    }


def write(work: Work, key: Key, item: LateCheckout, reason: str) -> None:
    """Set the rule of a weekday."""
    service.set_late_checkout(
        work,
        WEEKDAYS.index(key[0]),
        reason=reason,
        name=item.name,
        allows_late_checkout=item.allowed,
        discount_type=item.reduction_type,
        discount_value=item.reduction,
        is_active=item.is_active,
    )


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete the rule of a weekday."""
    service.delete_late_checkout(work, WEEKDAYS.index(key[0]), reason=reason)


SECTION = Section(
    name="late_checkout",
    about="Late checkout, by weekday of departure.",
    item=LateCheckout,
    keys=(WEEKDAY,),
    read=read,
    write=write,
    remove=remove,
)
