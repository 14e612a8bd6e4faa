"""The discount codes that were made by hand. Source: docs/rules/pricing.md, 1.7.

Generated codes and welcome codes are no configuration: they belong to the guest who
was given them. Nor are codes bound to a client, because the file names no guests.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from casaaustin.checks import clean_line
from casaaustin.configuration.section import Key, KeyPart, Section
from casaaustin.configuration.sections.conditions import Conditions, weekday_names
from casaaustin.configuration.sections.keys import house_ids
from casaaustin.configuration.values import PriceUsd, Usd, as_value_error
from casaaustin.db.work import Work
from casaaustin.discounts.offers import is_code
from casaaustin.discounts.record import Discount, Window, check_discount
from casaaustin.discounts.service import codes as service
from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import Benefit, Source

_NAME = "discount_codes"
_NOBODY = UUID(int=0)


def _check_code(text: str) -> str:
    if not is_code(text):
        raise InvalidInput(
            f"{text!r} cannot be a code.", hint="Use 3 to 50 capital letters, digits and dashes."
        )
    return text


CODE = KeyPart("code", "^[A-Z0-9][A-Z0-9-]{2,49}$", _check_code)
_description = as_value_error(
    lambda value: clean_line(value, field="the value", most=service.LONGEST_DESCRIPTION)
)


class DiscountCode(Conditions):
    """What a guest types, and what it takes off."""

    description: Annotated[str, AfterValidator(_description)] = Field(
        min_length=1, max_length=service.LONGEST_DESCRIPTION, description="What guests read about it."
    )
    discount_type: Benefit = Field(description="A percentage, or a fixed amount of dollars or soles.")
    discount_value: PriceUsd = Field(description="Per cent, dollars or soles.")
    min_amount_usd: Usd | None = Field(
        default=None, description="Least price of the nights before any discount, dollars."
    )
    start_date: date = Field(description="First day on which one may book with it.")
    end_date: date = Field(description="Last day on which one may book with it.")
    usage_limit: int | None = Field(default=None, ge=1, description="Uses in all.")
    per_client_limit: int | None = Field(default=None, ge=1, description="Uses of one client.")
    is_active: bool = True

    @model_validator(mode="after")
    def _can_be_computed(self) -> Self:
        try:
            check_discount(
                Discount(
                    id=_NOBODY,
                    name="",
                    source=Source.CODE,
                    benefit=self.discount_type,
                    value=self.discount_value,
                    cap_usd=self.max_discount_usd,
                    book_window=Window(self.start_date, self.end_date),
                )
            )
        except InvalidInput as problem:
            raise ValueError(f"{problem.field}: {problem.message}") from None
        return self


def read(work: Work) -> dict[Key, DiscountCode]:
    """Every code that was made by hand for anybody, disabled ones too."""
    found = service.manual_codes(work)
    bound = sum(line.client_id is not None for line in found)
    bound_codes = "1 code that is bound to a client is" if bound == 1 else f"{bound} codes of clients are"
    note = f"{bound_codes} not in the file: it names no guests."
    if bound and note not in work.notes:
        work.notes.append(note)
    return {
        (line.code,): DiscountCode(
            description=line.description,
            discount_type=line.discount_type,
            discount_value=line.discount_value,
            min_amount_usd=line.min_amount_usd,
            max_discount_usd=line.max_discount_usd,
            start_date=line.start_date,
            end_date=line.end_date,
            usage_limit=line.usage_limit,
            per_client_limit=line.per_client_limit,
            restrict_weekdays=line.restrict_weekdays,
            restrict_weekends=line.restrict_weekends,
            specific_weekdays=weekday_names(line.specific_weekdays),
            day_scope=line.day_scope,
            apply_only_to_base_price=line.apply_only_to_base_price,
            is_active=line.is_active,
            houses=line.houses,
        )
        for line in found
        if line.client_id is None
    }


def write(work: Work, key: Key, item: DiscountCode, reason: str) -> None:
    """Create, edit or bring back a code; one that is bound to a client or was generated is refused."""
    fields: service.CodeFields = {
        "description": item.description,
        "discount_type": item.discount_type,
        "discount_value": item.discount_value,
        "min_amount_usd": item.min_amount_usd,
        "max_discount_usd": item.max_discount_usd,
        "start_date": item.start_date,
        "end_date": item.end_date,
        "usage_limit": item.usage_limit,
        "per_client_limit": item.per_client_limit,
        "restrict_weekdays": item.restrict_weekdays,
        "restrict_weekends": item.restrict_weekends,
        "specific_weekdays": ",".join(item.specific_weekdays),
        "day_scope": item.day_scope,
        "apply_only_to_base_price": item.apply_only_to_base_price,
        "is_active": item.is_active,
        "houses": house_ids(work, item.houses),
    }
    present = service.manual_code(work, key[0])
    if present is None:
        service.create_code(work, key[0], reason=reason, **fields)
        return
    if present.deleted:
        service.restore_code(work, key[0], reason=reason)
    service.edit_code(work, key[0], reason=reason, **fields)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a code."""
    service.delete_code(work, key[0], reason=reason)


SECTION = Section(
    name=_NAME,
    about="Discount codes that were made by hand for anybody, by code.",
    item=DiscountCode,
    keys=(CODE,),
    read=read,
    write=write,
    remove=remove,
    houses=lambda _, item: item.houses,
)
