from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from casaaustin.pricing.nights import night_price, stay_price
from casaaustin.stays import Stay
from casaaustin.vocabulary import DayType, NightSource, SeasonType
from tests.support.world import C1, C5, make_book, make_house, pure_world, rates, special, stay

WORLD = pure_world()


@pytest.mark.parametrize(
    ("night", "price", "season", "day_type", "source"),
    [
        ("2026-04-13", "110.00", SeasonType.LOW, DayType.WEEKDAY, NightSource.RATE),
        ("2026-04-17", "180.00", SeasonType.LOW, DayType.WEEKEND, NightSource.RATE),
        ("2026-04-18", "180.00", SeasonType.LOW, DayType.WEEKEND, NightSource.RATE),
        ("2026-04-19", "110.00", SeasonType.LOW, DayType.WEEKDAY, NightSource.RATE),
        ("2027-01-04", "160.00", SeasonType.HIGH, DayType.WEEKDAY, NightSource.RATE),
        ("2027-01-08", "240.00", SeasonType.HIGH, DayType.WEEKEND, NightSource.RATE),
        ("2026-12-25", "350.00", SeasonType.HIGH, DayType.WEEKEND, NightSource.SPECIAL_DATE),
    ],
)
def test_a_night_is_priced_by_special_date_then_season_and_day(
    night: str, price: str, season: SeasonType, day_type: DayType, source: NightSource
) -> None:
    found = night_price(WORLD, WORLD.by_id[C1], date.fromisoformat(night))
    assert found is not None
    assert (found.base_usd, found.season, found.day_type, found.source) == (
        Decimal(price),
        season,
        day_type,
        source,
    )


def test_a_night_names_the_rule_that_made_it() -> None:
    summer = night_price(WORLD, WORLD.by_id[C1], date(2027, 1, 4))
    christmas = night_price(WORLD, WORLD.by_id[C1], date(2026, 12, 25))
    assert summer is not None
    assert christmas is not None
    assert (summer.season_name, summer.special_label) == ("Verano", None)
    assert christmas.special_label == "Navidad"


@pytest.mark.parametrize(
    "configured",
    [
        pytest.param({"rates": None}, id="no price row and no from price"),
        pytest.param({"rates": rates("110.00", "180.00", "0.00", "240.00")}, id="one price is zero"),
        pytest.param(
            {"rates": rates("0.00", "0.00", "0.00", "0.00"), "from_price_usd": Decimal("95.25")},
            id="zero prices, in spite of a from price",
        ),
    ],
)
def test_a_house_without_a_price_is_not_quotable_rather_than_free(configured: dict[str, Any]) -> None:
    house = make_house(**configured)
    book = make_book(house)
    assert night_price(book, house, date(2026, 4, 13)) is None
    assert stay_price(book, house, stay("2026-04-13", "2026-04-15"), 2) is None


def test_a_special_date_is_sold_where_nothing_else_is_configured() -> None:
    house = make_house(rates=None, special_dates=(special(4, 13, "200.00"),))
    book = make_book(house)
    only_that_night = stay_price(book, house, stay("2026-04-13", "2026-04-14"), 1)
    assert only_that_night is not None
    assert only_that_night.subtotal_usd == Decimal("200.00")
    assert stay_price(book, house, stay("2026-04-13", "2026-04-15"), 1) is None


@pytest.mark.parametrize(
    ("night", "price"), [("2026-04-13", "95.25"), ("2026-04-17", "95.25"), ("2027-01-04", "142.88")]
)
def test_an_emergency_price_is_half_as_much_again_in_high_season(night: str, price: str) -> None:
    found = night_price(WORLD, WORLD.by_id[C5], date.fromisoformat(night))
    assert found is not None
    assert (found.base_usd, found.source) == (Decimal(price), NightSource.FALLBACK)


@pytest.mark.parametrize(("guests", "extra"), [(1, "0.00"), (2, "20.00"), (5, "80.00")])
def test_the_first_guest_is_in_the_price_of_the_night(guests: int, extra: str) -> None:
    found = stay_price(WORLD, WORLD.by_id[C1], stay("2026-04-13", "2026-04-15"), guests)
    assert found is not None
    assert found.extra_usd == Decimal(extra)
    assert found.extra_guests == guests - 1


def test_prices_that_a_book_remembers_are_not_those_of_another_book() -> None:
    night = Stay(date(2026, 4, 13), date(2026, 4, 14))
    house = make_house()
    dearer = replace(house, rates=rates("200.00", "200.00", "200.00", "200.00"))
    for _ in range(2):
        for one, price in ((house, "110.00"), (dearer, "200.00")):
            found = stay_price(make_book(one), one, night, 1)
            assert found is not None
            assert found.subtotal_usd == Decimal(price)
