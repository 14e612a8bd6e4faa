from __future__ import annotations

from decimal import Decimal, localcontext

import pytest

from casaaustin.errors import InvalidInput
from casaaustin.money import in_soles, parse_amount, percent_of, q


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [
        ("0.005", "0.01"),
        ("0.015", "0.02"),
        ("1.005", "1.01"),
        ("2.675", "2.68"),
        ("0.0049999999999999999999999999999", "0.00"),
        ("0.0050000000000000000000000000001", "0.01"),
        ("-0.005", "-0.01"),
        ("-1.005", "-1.01"),
        ("-0.004", "-0.00"),
        ("142.875", "142.88"),
        ("443.275", "443.28"),
        ("3093.6125", "3093.61"),
        ("9999999999.995", "10000000000.00"),
        ("7", "7.00"),
    ],
)
def test_a_tie_is_rounded_away_from_zero(amount: str, rounded: str) -> None:
    assert str(q(Decimal(amount))) == rounded


def test_rounding_does_not_depend_on_the_context_of_the_caller() -> None:
    with localcontext() as context:
        context.prec = 3
        context.rounding = "ROUND_DOWN"
        assert q(Decimal("123456.785")) == Decimal("123456.79")


def test_the_largest_amounts_are_multiplied_without_losing_a_cent() -> None:
    assert in_soles(Decimal("9999999999.99"), Decimal("999.999")) == Decimal("9999989999990.00")
    assert percent_of(Decimal("9999999999.99"), Decimal("99.99")) == Decimal("9998999999.99")


@pytest.mark.parametrize(
    ("text", "places", "amount"),
    [
        ("149.5", 2, "149.50"),
        (" 149.50 ", 2, "149.50"),
        ("-0.5", 2, "-0.50"),
        ("+3", 2, "3.00"),
        (".5", 2, "0.50"),
        ("1.500", 2, "1.50"),
        ("1.5000000000000000000000000000000000000000000000000000", 2, "1.50"),
        ("3.725", 3, "3.725"),
        ("1e3", 2, "1000.00"),
        ("0", 2, "0.00"),
    ],
)
def test_an_amount_is_read_with_all_its_decimals(text: str, places: int, amount: str) -> None:
    assert str(parse_amount(text, field="price", places=places)) == amount


@pytest.mark.parametrize(
    ("text", "places", "why"),
    [
        ("", 2, "is not an amount"),
        ("abc", 2, "is not an amount"),
        ("1,50", 2, "is not an amount"),
        ("S/ 10", 2, "is not an amount"),
        ("nan", 2, "is not an amount"),
        ("snan", 2, "is not an amount"),
        ("Infinity", 2, "is not an amount"),
        ("1.005", 2, "more than 2 decimals"),
        ("3.7255", 3, "more than 3 decimals"),
        ("1." + "0" * 60 + "1", 2, "more than 2 decimals"),
        ("1e-400", 2, "more than 2 decimals"),
        ("1e400", 2, "too large"),
        ("1" + "0" * 18, 2, "too large"),
    ],
)
def test_what_is_no_amount_is_refused_by_name(text: str, places: int, why: str) -> None:
    with pytest.raises(InvalidInput, match=why) as refused:
        parse_amount(text, field="price", places=places)
    assert refused.value.field == "price"
