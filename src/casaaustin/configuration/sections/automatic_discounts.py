"""The discounts that apply by themselves. Source: docs/rules/pricing.md, 1.10."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import NAME, alike, by_name, house_ids
from casaaustin.configuration.sections.levels import level_id
from casaaustin.configuration.values import Label, PercentageOff, PriceUsd, Prose, Slugs, Weekdays
from casaaustin.db.work import Work
from casaaustin.discounts.record import (
    Discount,
    Window,
    allowed_weekdays,
    check_discount,
    parse_weekdays,
    weekdays_from,
)
from casaaustin.discounts.service import automatic as service
from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import WEEKDAYS, Benefit, DayScope, Source, Trigger

_NAME = "automatic_discounts"
_NOBODY = UUID(int=0)
# The file says level where the tables say achievement.
_FIELDS = {"required_achievements": "required_levels"}


class AutomaticDiscount(Item):
    """A rule that applies by itself: a trigger, its conditions, a percentage."""

    description: Prose = Field(default="", description="What guests read about it.")
    trigger: Trigger = Field(description="What makes it apply.")
    discount_percentage: PercentageOff = Field(description="Per cent that it takes off.")
    max_discount_usd: PriceUsd | None = Field(
        default=None, description="The most that it takes off, dollars."
    )
    required_levels: Annotated[tuple[Label, ...], AfterValidator(lambda names: tuple(sorted(set(names))))] = (
        Field(default=(), description="The guest holds any one of them; none: no such condition.")
    )
    restrict_weekdays: bool = Field(default=False, description="Only nights of Sunday to Thursday.")
    restrict_weekends: bool = Field(default=False, description="Only nights of Friday and Saturday.")
    specific_weekdays: Weekdays = Field(default=(), description="Only these; they override the two above.")
    day_scope: DayScope = Field(
        default=DayScope.CHECK_IN, description="Whether check-in, some night or every night is such a day."
    )
    start_date: date | None = Field(default=None, description="First check-in day.")
    end_date: date | None = Field(default=None, description="Last check-in day.")
    book_from: date | None = Field(default=None, description="First day of booking.")
    book_to: date | None = Field(default=None, description="Last day of booking.")
    apply_only_to_base_price: bool = Field(default=False, description="Leaves the extra guests out.")
    is_active: bool = True
    houses: Slugs = Field(default=(), description="Where it applies; none: everywhere.")

    @model_validator(mode="after")
    def _can_be_computed(self) -> AutomaticDiscount:
        try:
            check_discount(_as_discount(self))
        except InvalidInput as problem:
            field = _FIELDS.get(problem.field or "", problem.field)
            raise ValueError(f"{field}: {problem.message}") from None
        return self


def _as_discount(item: AutomaticDiscount) -> Discount:
    return Discount(
        id=_NOBODY,
        name="",
        source=Source(item.trigger.value),
        benefit=Benefit.PERCENTAGE,
        value=item.discount_percentage,
        cap_usd=item.max_discount_usd,
        book_window=Window(item.book_from, item.book_to),
        stay_window=Window(item.start_date, item.end_date),
        weekdays=allowed_weekdays(
            parse_weekdays(",".join(item.specific_weekdays)),
            restrict_weekdays=item.restrict_weekdays,
            restrict_weekends=item.restrict_weekends,
        ),
        # Which levels they are does not matter here, only whether there are any.
        achievements=frozenset({_NOBODY} if item.required_levels else ()),
    )


def read(work: Work) -> dict[Key, AutomaticDiscount]:
    """Every rule, inactive ones too."""
    return by_name(
        _NAME,
        (
            (
                line.name,
                AutomaticDiscount(
                    description=line.description,
                    trigger=line.trigger,
                    discount_percentage=line.discount_percentage,
                    max_discount_usd=line.max_discount_usd,
                    required_levels=line.required_achievements,
                    restrict_weekdays=line.restrict_weekdays,
                    restrict_weekends=line.restrict_weekends,
                    specific_weekdays=tuple(WEEKDAYS[day] for day in weekdays_from(line.specific_weekdays)),
                    day_scope=line.day_scope,
                    start_date=line.start_date,
                    end_date=line.end_date,
                    book_from=line.book_from,
                    book_to=line.book_to,
                    apply_only_to_base_price=line.apply_only_to_base_price,
                    is_active=line.is_active,
                    houses=line.houses,
                ),
            )
            for line in service.list_rules(work)
        ),
    )


def write(work: Work, key: Key, item: AutomaticDiscount, reason: str) -> None:
    """Add or edit a rule."""
    fields: service.RuleFields = {
        "name": key[0],
        "description": item.description,
        "trigger": item.trigger,
        "discount_percentage": item.discount_percentage,
        "max_discount_usd": item.max_discount_usd,
        "required_achievements": [level_id(work, name) for name in item.required_levels],
        "restrict_weekdays": item.restrict_weekdays,
        "restrict_weekends": item.restrict_weekends,
        "specific_weekdays": ",".join(item.specific_weekdays),
        "day_scope": item.day_scope,
        "start_date": item.start_date,
        "end_date": item.end_date,
        "book_from": item.book_from,
        "book_to": item.book_to,
        "apply_only_to_base_price": item.apply_only_to_base_price,
        "is_active": item.is_active,
        "houses": house_ids(work, item.houses),
    }
    present = _id(work, key)
    if present is None:
        service.add_rule(work, reason=reason, **fields)
    else:
        service.edit_rule(work, present, reason=reason, **fields)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a rule."""
    service.delete_rule(work, _id(work, key) or key[0], reason=reason)


def _id(work: Work, key: Key) -> str | None:
    return next((str(line.id) for line in service.list_rules(work) if line.name == key[0]), None)


SECTION = Section(
    name=_NAME,
    about="Discounts that apply by themselves, by name.",
    item=AutomaticDiscount,
    keys=(NAME,),
    read=read,
    write=write,
    remove=remove,
    houses=lambda _, item: item.houses,
    levels=lambda _, item: item.required_levels,
    check=lambda items: alike(_NAME, items),
)
