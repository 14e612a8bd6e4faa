from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from casaaustin.availability.occupancy import Occupancy
from casaaustin.pricing.ratebook import RateBook
from casaaustin.quoting.alternatives import HORIZON_DAYS, alternative_window, alternatives
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.stays import Stay
from tests.support.world import C1, NONE_TAKEN, make_book, make_house, rates, stay, taken

TODAY = date(2026, 4, 6)
ASKED = stay("2026-04-14", "2026-04-16")
CHEAP = make_house("Casa 1")
DEAR = make_house("Casa 2", rates=rates("300.00", "400.00", "300.00", "400.00"))
BOOK = make_book(CHEAP, DEAR)


def offers(
    book: RateBook = BOOK,
    calendar: Occupancy = NONE_TAKEN,
    *,
    asked: Stay = ASKED,
    house: UUID | None = None,
    guests: int = 1,
    today: date = TODAY,
    most: int = 3,
) -> list[tuple[int, str]]:
    found = alternatives(book, QuoteRequest(asked, guests, house), calendar, today=today, most=most)
    return [(offer.offset, offer.house.name) for offer in found]


def test_the_nearest_dates_come_first_and_the_cheaper_of_two() -> None:
    # A day earlier are two weekday nights as well; two days later begins the weekend.
    assert offers() == [(-1, "Casa 1"), (1, "Casa 1"), (-2, "Casa 1")]
    assert offers(most=1) == [(-1, "Casa 1")]


def test_each_date_is_offered_in_its_cheapest_free_house() -> None:
    calendar = taken(ASKED, (C1, stay("2026-04-13", "2026-04-14")))
    assert offers(calendar=calendar) == [(1, "Casa 1"), (-1, "Casa 2"), (2, "Casa 1")]


def test_nothing_before_tomorrow_is_offered() -> None:
    assert min(offset for offset, _ in offers(today=date(2026, 4, 12), most=60)) == -1
    assert all(offset > 0 for offset, _ in offers(today=date(2026, 4, 13), most=60))


@pytest.mark.parametrize(
    ("book", "guests"),
    [
        pytest.param(make_book(make_house(is_open=False)), 1, id="closed"),
        pytest.param(make_book(make_house(rates=None)), 1, id="without a price"),
        pytest.param(make_book(make_house(capacity_max=4)), 5, id="too small"),
    ],
)
def test_a_house_that_could_not_be_sold_is_not_offered(book: RateBook, guests: int) -> None:
    assert offers(book, guests=guests) == []


def test_a_house_that_was_asked_for_is_the_only_one() -> None:
    assert {name for _, name in offers(house=DEAR.id, most=60)} == {"Casa 2"}


def test_a_full_calendar_has_no_offer_and_the_search_ends() -> None:
    window = alternative_window(ASKED)
    full = taken(ASKED, (CHEAP.id, window), (DEAR.id, window))
    assert offers(calendar=full) == []
    assert window.night_count == ASKED.night_count + 2 * HORIZON_DAYS
