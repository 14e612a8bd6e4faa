from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from casaaustin.pricing.late_checkout import is_allowed_on, late_checkout_price
from casaaustin.pricing.ratebook import LateCheckoutRule
from casaaustin.vocabulary import ReductionType
from tests.support.world import RATE, SUNDAY, make_book, make_house

MONDAY = date(2026, 4, 13)
SATURDAY = 5


def rule(weekday: int, allowed: bool, value: str = "0.00") -> LateCheckoutRule:
    return LateCheckoutRule(weekday, allowed, ReductionType.PERCENTAGE, Decimal(value))


def test_without_a_rule_it_is_sold_except_before_a_weekend_night() -> None:
    book = make_book()
    week = [is_allowed_on(book, MONDAY + timedelta(days=offset)) for offset in range(7)]
    assert week == [True, True, True, True, False, False, True]


def test_a_rule_decides_its_weekday_alone() -> None:
    book = make_book(late_checkout={SATURDAY: rule(SATURDAY, True), SUNDAY: rule(SUNDAY, False)})
    week = [is_allowed_on(book, MONDAY + timedelta(days=offset)) for offset in range(7)]
    assert week == [True, True, True, True, False, True, False]


@pytest.mark.parametrize(("value", "price"), [("0.00", "110.00"), ("33.33", "73.34"), ("100.00", "0.00")])
def test_a_percentage_is_rounded_once(value: str, price: str) -> None:
    house = make_house()
    book = make_book(house, late_checkout={0: rule(0, True, value)})
    found = late_checkout_price(book, house, MONDAY, 1, RATE)
    assert found is not None
    assert (found.price_usd, found.reduction_percentage) == (Decimal(price), Decimal(value))


@pytest.mark.parametrize(("value", "price"), [("50.00", "60.00"), ("110.00", "0.00"), ("200.00", "0.00")])
def test_a_fixed_reduction_never_exceeds_the_price(value: str, price: str) -> None:
    house = make_house()
    book = make_book(house, late_checkout={0: LateCheckoutRule(0, True, ReductionType.FIXED, Decimal(value))})
    found = late_checkout_price(book, house, MONDAY, 1, RATE)
    assert found is not None
    assert (found.price_usd, found.reduction_percentage) == (Decimal(price), Decimal("0.00"))


def test_a_house_without_a_price_has_no_late_checkout() -> None:
    house = make_house(rates=None)
    assert late_checkout_price(make_book(house), house, MONDAY, 1, RATE) is None
