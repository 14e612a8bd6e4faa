"""The nightly prices of the houses. Source: docs/rules/pricing.md, 1.3."""

from __future__ import annotations

from pydantic import Field
from sqlalchemy import select

from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import HOUSE, house_id, slugs_by_id
from casaaustin.configuration.values import Usd
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.pricing.models import PropertyPricing
from casaaustin.pricing.service.nightly_prices import PRICES, delete_prices, set_prices

_row = table_of(PropertyPricing)


class NightlyPrices(Item):
    """Dollars for one guest and one night; a price of 0 means that the house cannot be sold."""

    weekday_low_season_usd: Usd = Field(description="Sunday to Thursday, low season.")
    weekend_low_season_usd: Usd = Field(description="Friday and Saturday, low season.")
    weekday_high_season_usd: Usd = Field(description="Sunday to Thursday, high season.")
    weekend_high_season_usd: Usd = Field(description="Friday and Saturday, high season.")


def read(work: Work) -> dict[Key, NightlyPrices]:
    """The prices of every house that has any."""
    slugs = slugs_by_id(work)
    rows = work.session.scalars(select(PropertyPricing).where(~_row.c.deleted)).all()
    return {
        (slugs[row.property_id],): NightlyPrices.model_validate({name: getattr(row, name) for name in PRICES})
        for row in rows
        if row.property_id in slugs
    }


def write(work: Work, key: Key, item: NightlyPrices, reason: str) -> None:
    """Set the four prices of a house."""
    set_prices(
        work,
        house_id(work, key[0]),
        reason=reason,
        weekday_low_season_usd=item.weekday_low_season_usd,
        weekend_low_season_usd=item.weekend_low_season_usd,
        weekday_high_season_usd=item.weekday_high_season_usd,
        weekend_high_season_usd=item.weekend_high_season_usd,
    )


def remove(work: Work, key: Key, reason: str) -> None:
    """Take the prices of a house away."""
    delete_prices(work, house_id(work, key[0]), reason=reason)


SECTION = Section(
    name="nightly_prices",
    about="What a night costs, by house.",
    item=NightlyPrices,
    keys=(HOUSE,),
    read=read,
    write=write,
    remove=remove,
    houses=lambda key, _: key,
)
