"""The special dates of the houses. Source: docs/rules/pricing.md, 1.5."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from casaaustin.checks import clean_line
from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import DAY, HOUSE, house_id, year_day
from casaaustin.configuration.values import PriceUsd, as_value_error
from casaaustin.db.work import Work
from casaaustin.pricing.service import special_dates as service
from casaaustin.pricing.special_dates_csv import LONGEST_DESCRIPTION, MOST_NIGHTS


def _label(value: str | None) -> str | None:
    if value is None:
        return None
    return clean_line(value, field="the value", most=LONGEST_DESCRIPTION, required=False) or None


class SpecialDate(Item):
    """A night of a house with its own price: MM-DD every year, YYYY-MM-DD in that year only."""

    description: Annotated[str | None, AfterValidator(as_value_error(_label))] = Field(
        default=None, max_length=LONGEST_DESCRIPTION
    )
    price_usd: PriceUsd = Field(description="Dollars for one guest; replaces the season's price.")
    minimum_nights: int = Field(
        default=1, ge=1, le=MOST_NIGHTS, description="Stays around the date have at least as many nights."
    )
    is_active: bool = True


def read(work: Work) -> dict[Key, SpecialDate]:
    """Every special date, inactive ones too."""
    return {
        (line.house_slug, str(line.day)): SpecialDate(
            description=line.description,
            price_usd=line.price_usd,
            minimum_nights=line.minimum_consecutive_nights,
            is_active=line.is_active,
        )
        for line in service.list_special_dates(work)
    }


def write(work: Work, key: Key, item: SpecialDate, reason: str) -> None:
    """Add or edit a special date."""
    fields: service.SpecialDateFields = {
        "description": item.description,
        "price_usd": item.price_usd,
        "minimum_consecutive_nights": item.minimum_nights,
        "is_active": item.is_active,
    }
    house, day = house_id(work, key[0]), year_day(key)
    if service.has_special_date(work, house, day):
        service.edit_special_date(work, house, day, reason=reason, **fields)
    else:
        service.add_special_date(work, house, day, reason=reason, **fields)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a special date."""
    service.delete_special_date(work, house_id(work, key[0]), year_day(key), reason=reason)


SECTION = Section(
    name="special_dates",
    about="Nights with a price of their own, by house and day.",
    item=SpecialDate,
    keys=(HOUSE, DAY),
    read=read,
    write=write,
    remove=remove,
    houses=lambda key, _: key[:1],
)
