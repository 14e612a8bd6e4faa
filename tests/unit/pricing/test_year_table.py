"""The year of a house as runs of nights that are priced alike. Source: docs/rules/pricing.md, 2.2."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from casaaustin.pricing.nights import night_price
from casaaustin.pricing.ratebook import RateBook
from casaaustin.pricing.year_table import price_year
from casaaustin.stays import ONE_DAY, is_weekend_night
from casaaustin.vocabulary import NightSource, SeasonType
from tests.support.strategies import rate_books
from tests.support.world import C1, C5, make_book, make_house, pure_world


def test_casa_1_in_2026() -> None:
    book = pure_world()
    runs = price_year(book, book.by_id[C1], 2026)
    assert [(run.first, run.last, run.label) for run in runs] == [
        (date(2026, 1, 1), date(2026, 3, 15), "Verano"),
        (date(2026, 3, 16), date(2026, 4, 30), None),
        (date(2026, 5, 1), date(2026, 5, 1), "Feriado"),
        (date(2026, 5, 2), date(2026, 7, 24), None),
        (date(2026, 7, 25), date(2026, 7, 31), "Fiestas Patrias"),
        (date(2026, 8, 1), date(2026, 12, 14), None),
        (date(2026, 12, 15), date(2026, 12, 24), "Verano"),
        (date(2026, 12, 25), date(2026, 12, 25), "Navidad"),
        (date(2026, 12, 26), date(2026, 12, 30), "Verano"),
        (date(2026, 12, 31), date(2026, 12, 31), "Fin de Año"),
    ]
    christmas = runs[7]
    assert (christmas.weekday_usd, christmas.weekend_usd) == (None, Decimal("350.00"))  # a Friday
    assert christmas.minimum_nights == 2
    assert runs[0].season is SeasonType.HIGH
    assert runs[1].night_count == 46


def test_a_house_without_prices_is_one_run_without_a_source() -> None:
    house = make_house(rates=None)
    (run,) = price_year(make_book(house), house, 2027)
    assert (run.source, run.weekday_usd, run.weekend_usd) == (None, None, None)


def test_the_from_price_is_marked() -> None:
    book = pure_world()
    assert {run.source for run in price_year(book, book.by_id[C5], 2026)} == {NightSource.FALLBACK}


@given(book=rate_books(), year=st.integers(2026, 2028))
def test_the_runs_are_the_nights_of_the_year_at_the_prices_of_a_quote(book: RateBook, year: int) -> None:
    for house in book.houses:
        runs = price_year(book, house, year)
        assert runs[0].first == date(year, 1, 1)
        assert runs[-1].last == date(year, 12, 31)
        assert all(after.first == run.last + ONE_DAY for run, after in pairwise(runs))
        for run in runs:
            for number in range(run.first.toordinal(), run.last.toordinal() + 1):
                night = date.fromordinal(number)
                price = night_price(book, house, night)
                shown = run.weekend_usd if is_weekend_night(night) else run.weekday_usd
                assert shown == (price.base_usd if price else None)
