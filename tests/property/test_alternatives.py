"""Other dates nearby against trying every date in every house. Source: docs/rules/pricing.md, 3.3."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from casaaustin.availability.min_nights import calendar_window
from casaaustin.availability.occupancy import Occupancy
from casaaustin.pricing.ratebook import RateBook
from casaaustin.quoting.alternatives import alternative_window, alternatives
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.stays import Stay
from tests.support.strategies import rate_books, stays
from tests.support.world import quote_of

Offer = tuple[int, int, Decimal, UUID]


def every_offer(book: RateBook, request: QuoteRequest, calendar: Occupancy, today: date) -> list[Offer]:
    """The cheapest house of every date within thirty days, by asking the evaluator about each."""
    found: list[Offer] = []
    for offset in range(-30, 31):
        shift = timedelta(days=offset)
        moved = Stay(request.stay.check_in + shift, request.stay.check_out + shift)
        if offset == 0 or moved.check_in <= today:
            continue
        answers = quote_of(book, moved, request.guests, house=request.house, occupancy=calendar).houses
        free = [answer for answer in answers if answer.is_available]
        if free:
            best = min(free, key=lambda answer: answer.totals.subtotal.usd)
            found.append((abs(offset), offset, best.totals.subtotal.usd, best.house.id))
    return sorted(found, key=lambda offer: (offer[0], offer[2], offer[1]))


@given(
    book=rate_books(),
    stay=stays(4),
    guests=st.integers(1, 20),
    ahead=st.integers(0, 40),
    data=st.data(),
    most=st.integers(1, 5),
)
def test_the_nearest_dates_in_the_cheapest_house(
    book: RateBook, stay: Stay, guests: int, ahead: int, data: st.DataObject, most: int
) -> None:
    today = stay.check_in - timedelta(days=ahead)
    pairs = st.tuples(st.sampled_from(list(book.by_id)), st.integers(-35, 35))
    taken = data.draw(st.sets(pairs, max_size=60))
    calendar = Occupancy.of(
        calendar_window(alternative_window(stay), book.longest_minimum),
        ((house, stay.check_in + timedelta(days=offset)) for house, offset in taken),
    )
    only = data.draw(st.sampled_from([None, *book.by_id]))
    request = QuoteRequest(stay, guests, only)

    found = alternatives(book, request, calendar, today=today, most=most)

    offers = [(abs(offer.offset), offer.offset, offer.subtotal_usd, offer.house.id) for offer in found]
    assert offers == every_offer(book, request, calendar, today)[:most]
    assert all(offer.stay.night_count == stay.night_count for offer in found)
