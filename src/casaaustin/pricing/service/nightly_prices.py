"""The four nightly prices of a house. Source: docs/rules/pricing.md, 1.3."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypedDict, Unpack, cast

from sqlalchemy import select

from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.changes import Changed, Verb
from casaaustin.checks import check_amount
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput, NotFound
from casaaustin.pricing.models import PropertyPricing
from casaaustin.properties.models import Property
from casaaustin.properties.queries import get_house

ENTITY = "nightly_prices"
PRICES = (
    "weekday_low_season_usd",
    "weekend_low_season_usd",
    "weekday_high_season_usd",
    "weekend_high_season_usd",
)
_row = table_of(PropertyPricing)


class PriceFields(TypedDict, total=False):
    """Dollars for one guest and one night; 0 means not configured. A price left out keeps its value."""

    weekday_low_season_usd: Decimal
    weekend_low_season_usd: Decimal
    weekday_high_season_usd: Decimal
    weekend_high_season_usd: Decimal


def set_prices(work: Work, house: str, *, reason: str = "", **prices: Unpack[PriceFields]) -> Changed:
    """Set some or all of the nightly prices of a house; the first time all four.

    A house that is left with a price of 0 cannot be sold; the unit of work's notes say so.

    Args:
        work: a writing unit of work.
        house: id, slug or name.
        reason: why.
        prices: see `PriceFields`.

    Raises:
        NotFound: no such house.
        InvalidInput: a price is negative or has more than two decimals, or one of the first four is missing.
    """
    values: dict[str, Any] = {
        name: check_amount(price, field=name) for name, price in cast(dict[str, Decimal], prices).items()
    }
    hold_rate_book(work)
    owner = get_house(work, house)
    row = _find(work, owner)
    if row is None or row.deleted:
        _refuse_gaps(owner, values)
    if row is None:
        row = PropertyPricing(property_id=owner.id, **values)
        changed = add_row(work, row, entity=ENTITY, name=owner.name, reason=reason)
    elif row.deleted:
        # One row per house for ever.
        values["deleted"] = False
        restored = change_row(
            work, row, values, entity=ENTITY, name=owner.name, verb="restore", reason=reason
        )
        changed = Changed(restored.id, restored.name, Verb.ADDED, restored.fields)
    else:
        changed = change_row(work, row, values, entity=ENTITY, name=owner.name, reason=reason)
    missing = [name for name in PRICES if not getattr(row, name)]
    if missing:
        work.notes.append(f"{owner.name} cannot be sold while a price is 0: {', '.join(missing)}")
    return changed


def delete_prices(work: Work, house: str, *, reason: str = "") -> Changed:
    """Take the four prices of a house away; it is sold at its "from" price, if it has one.

    Raises:
        NotFound: no such house, or it has no prices.
    """
    hold_rate_book(work)
    owner = get_house(work, house)
    row = _find(work, owner)
    if row is None or row.deleted:
        raise NotFound(f"{owner.name} has no nightly prices.", code="prices_not_found")
    return delete_row(work, row, entity=ENTITY, name=owner.name, reason=reason)


def _refuse_gaps(house: Property, values: Mapping[str, Any]) -> None:
    """A price that is missing would be 0, and a house that has a "from" price could not be sold any more."""
    missing = [name for name in PRICES if name not in values]
    if missing:
        raise InvalidInput(
            f"{house.name} has no nightly prices yet, so it needs all four; missing: {', '.join(missing)}.",
            field=missing[0],
            hint="Give all four.",
        )


def _find(work: Work, house: Property) -> PropertyPricing | None:
    return work.session.scalars(select(PropertyPricing).where(_row.c.property_id == house.id)).one_or_none()
