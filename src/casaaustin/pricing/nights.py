"""The price of one night, and of a run of nights with extra guests.

Source: docs/rules/pricing.md, 2.2 and 2.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from casaaustin.money import ZERO, q
from casaaustin.pricing.ratebook import House, RateBook
from casaaustin.stays import Stay, is_weekend_night
from casaaustin.vocabulary import DayType, NightSource, SeasonType

FALLBACK_HIGH_FACTOR = Decimal("1.5")


@dataclass(frozen=True, slots=True)
class NightPrice:
    """One night for one guest, in dollars, and the rule that made it."""

    night: date
    season: SeasonType
    day_type: DayType
    source: NightSource
    base_usd: Decimal
    special_label: str | None = None
    season_name: str | None = None


@dataclass(frozen=True, slots=True)
class StayPrice:
    """Nights and extra guests of a stay, in dollars; subtotal = base + extra."""

    nights: tuple[NightPrice, ...]
    extra_guests: int
    extra_per_night_usd: Decimal
    base_usd: Decimal
    extra_usd: Decimal

    @property
    def subtotal_usd(self) -> Decimal:
        """Nights and extra guests, before any discount."""
        return self.base_usd + self.extra_usd


def night_price(book: RateBook, house: House, night: date) -> NightPrice | None:
    """Price of one night for one guest.

    Precedence: the house's special date (of that year before the recurring one),
    then its four prices by season and day type, then its "from" price, half as
    much again in high season.

    Returns:
        The price, or None when nothing is configured: the house is not quotable.

    Source: docs/rules/pricing.md, 2.2.
    """
    is_high = (night.month, night.day) in book.high_days
    season = SeasonType.HIGH if is_high else SeasonType.LOW
    weekend = is_weekend_night(night)
    day_type = DayType.WEEKEND if weekend else DayType.WEEKDAY
    special = house.special_on(night)
    if special is not None:
        return NightPrice(night, season, day_type, NightSource.SPECIAL_DATE, special.price_usd, special.label)
    season_name = book.season_name(night) if is_high else None
    rates = house.rates
    if rates is not None:
        # A zero is "not configured", never a free night (D-01).
        if not rates.are_configured():
            return None
        if is_high:
            price = rates.weekend_high if weekend else rates.weekday_high
        else:
            price = rates.weekend_low if weekend else rates.weekday_low
        return NightPrice(night, season, day_type, NightSource.RATE, price, None, season_name)
    if house.from_price_usd is None:
        return None
    price = q(house.from_price_usd * FALLBACK_HIGH_FACTOR) if is_high else house.from_price_usd
    return NightPrice(night, season, day_type, NightSource.FALLBACK, price, None, season_name)


def stay_price(book: RateBook, house: House, stay: Stay, guests: int) -> StayPrice | None:
    """Price of all nights and extra guests of a stay.

    Args:
        book: prices of the moment.
        house: a house of that book.
        stay: the nights.
        guests: all persons; the first is in the base price.

    Returns:
        The price, or None when some night has none.

    Source: docs/rules/pricing.md, 2.3.
    """
    prices = tuple(_remembered(book, house, night) for night in stay.nights())
    nights = tuple(price for price in prices if price is not None)
    if len(nights) < len(prices):
        return None
    extra_guests = max(0, guests - 1)
    extra_per_night = house.extra_person_usd * extra_guests
    return StayPrice(
        nights=nights,
        extra_guests=extra_guests,
        extra_per_night_usd=extra_per_night,
        base_usd=sum((price.base_usd for price in nights), ZERO),
        extra_usd=extra_per_night * len(nights),
    )


def _remembered(book: RateBook, house: House, night: date) -> NightPrice | None:
    memory = book.night_memory
    key = (house.id, night)
    try:
        return memory[key]
    except KeyError:
        return memory.setdefault(key, night_price(book, house, night))
