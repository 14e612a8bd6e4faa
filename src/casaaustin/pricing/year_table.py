"""The prices of a house over a year, as runs of nights that are priced alike.

Source: docs/rules/pricing.md, 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from casaaustin.pricing.nights import NightPrice, night_price
from casaaustin.pricing.ratebook import House, RateBook
from casaaustin.stays import ONE_DAY, Stay
from casaaustin.vocabulary import DayType, NightSource, SeasonType


@dataclass(frozen=True, slots=True)
class PriceRun:
    """Nights `first` to `last`, both included, that one rule prices; dollars for one guest.

    `weekday_usd` is what its Sunday to Thursday nights cost and `weekend_usd` its
    Friday and Saturday nights; None where the run has no such night, or no price.
    """

    first: date
    last: date
    season: SeasonType | None
    source: NightSource | None
    label: str | None
    weekday_usd: Decimal | None
    weekend_usd: Decimal | None
    minimum_nights: int = 1

    @property
    def night_count(self) -> int:
        """How many nights."""
        return (self.last - self.first).days + 1


def price_runs(book: RateBook, house: House, first: date, last: date) -> tuple[PriceRun, ...]:
    """What the nights from `first` to `last`, both included, cost in a house.

    The price of each night is that of a quote; neighbours are joined while the same
    season, special date or fallback prices them. A run without a source has no price.
    """
    nights = [(night, night_price(book, house, night)) for night in Stay(first, last + ONE_DAY).nights()]
    runs: list[PriceRun] = []
    for _, group in groupby(nights, key=_rule):
        run = list(group)
        price = run[0][1]
        special = house.special_on(run[0][0])
        is_special = price is not None and price.source is NightSource.SPECIAL_DATE
        runs.append(
            PriceRun(
                first=run[0][0],
                last=run[-1][0],
                season=price.season if price else None,
                source=price.source if price else None,
                label=(price.special_label if is_special else price.season_name) or None if price else None,
                weekday_usd=_price_on(DayType.WEEKDAY, run),
                weekend_usd=_price_on(DayType.WEEKEND, run),
                minimum_nights=special.minimum_nights if special is not None and is_special else 1,
            )
        )
    return tuple(runs)


def price_year(book: RateBook, house: House, year: int) -> tuple[PriceRun, ...]:
    """`price_runs` of a calendar year."""
    return price_runs(book, house, date(year, 1, 1), date(year, 12, 31))


def _rule(entry: tuple[date, NightPrice | None]) -> object:
    night, price = entry
    if price is None:
        return None
    if price.source is NightSource.SPECIAL_DATE:
        # Two special dates in a row are two rules, even when they cost the same.
        return night
    return price.source, price.season, price.season_name


def _price_on(day_type: DayType, run: list[tuple[date, NightPrice | None]]) -> Decimal | None:
    return next(
        (price.base_usd for _, price in run if price is not None and price.day_type is day_type), None
    )
