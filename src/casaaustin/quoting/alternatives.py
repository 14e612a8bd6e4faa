"""Other dates nearby, when nothing is free. Source: docs/rules/pricing.md, 3.3."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from casaaustin.availability.min_nights import min_nights_violations
from casaaustin.availability.occupancy import Occupancy
from casaaustin.pricing.nights import stay_price
from casaaustin.pricing.ratebook import CapacityMode, House, RateBook
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.stays import ONE_DAY, Stay

HORIZON_DAYS = 30


@dataclass(frozen=True, slots=True)
class Alternative:
    """The same length of stay on other dates, in the house that is cheapest then."""

    stay: Stay
    offset: int
    house: House
    subtotal_usd: Decimal


def alternative_window(stay: Stay) -> Stay:
    """The nights that alternatives of a stay may touch."""
    reach = timedelta(days=HORIZON_DAYS)
    return Stay(stay.check_in - reach, stay.check_out + reach)


def alternatives(
    book: RateBook, request: QuoteRequest, occupancy: Occupancy, *, today: date, most: int = 3
) -> tuple[Alternative, ...]:
    """The nearest dates on which a house is free for the same request.

    Args:
        book: prices of the moment.
        request: what was asked for.
        occupancy: taken nights of `alternative_window`, widened for minimum nights.
        today: the business day; nothing before tomorrow is offered.
        most: how many.

    Returns:
        One offer per date, the cheapest house that can be sold then; ordered by distance in days
        from the dates asked for, then by subtotal, then earlier first.
    """
    found: list[Alternative] = []
    for _distance, offsets in groupby(_offsets(), key=abs):
        ring = [
            offer
            for offset in offsets
            for offer in _cheapest(book, request, occupancy, offset, earliest=today + ONE_DAY)
        ]
        found.extend(sorted(ring, key=lambda offer: (offer.subtotal_usd, offer.offset)))
        if len(found) >= most:
            break
    return tuple(found[:most])


def _offsets() -> Iterator[int]:
    for distance in range(1, HORIZON_DAYS + 1):
        yield -distance
        yield distance


def _cheapest(
    book: RateBook, request: QuoteRequest, occupancy: Occupancy, offset: int, *, earliest: date
) -> Iterator[Alternative]:
    shift = timedelta(days=offset)
    stay = Stay(request.stay.check_in + shift, request.stay.check_out + shift)
    if stay.check_in < earliest:
        return
    offers = []
    for house in _suitable(book, request):
        if not occupancy.is_free(house.id, stay):
            continue
        if min_nights_violations(house, stay, occupancy, book.policy.min_nights_mode):
            continue
        price = stay_price(book, house, stay, request.guests)
        if price is not None:
            offers.append(Alternative(stay, offset, house, price.subtotal_usd))
    if offers:
        yield min(offers, key=lambda offer: offer.subtotal_usd)


def _suitable(book: RateBook, request: QuoteRequest) -> Iterator[House]:
    enforced = book.policy.capacity_mode is CapacityMode.ENFORCE
    for house in book.houses:
        if request.house is not None and house.id != request.house:
            continue
        if not house.is_open or request.features - house.features:
            continue
        if enforced and house.capacity_max is not None and request.guests > house.capacity_max:
            continue
        if request.min_sleep is not None and house.sleeps is not None and house.sleeps < request.min_sleep:
            continue
        yield house
