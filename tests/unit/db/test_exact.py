"""What the expression language refuses to do with amounts, and what a type refuses to be."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import Decimal
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy import Column, MetaData, Table, func

from casaaustin.db.types import Choice, Exact

BILL = Table(
    "bill",
    MetaData(),
    Column("usd", Exact(12, 2)),
    Column("sol", Exact(12, 2)),
    Column("rate", Exact(6, 3)),
)


@pytest.mark.parametrize(
    "operation",
    [operator.mul, operator.truediv, operator.floordiv, operator.mod],
    ids=lambda operation: operation.__name__,
)
@pytest.mark.parametrize("other", [2, Decimal("1.50"), BILL.c.sol], ids=["number", "amount", "column"])
def test_sql_never_multiplies_or_divides_an_amount(operation: Callable[[Any, Any], Any], other: Any) -> None:
    with pytest.raises(TypeError, match="never multiplies"):
        operation(BILL.c.usd, other)
    with pytest.raises(TypeError, match="never multiplies"):
        operation(other, BILL.c.usd)


@pytest.mark.parametrize("operation", [operator.add, operator.sub, operator.lt, operator.eq])
def test_sql_never_mixes_amounts_of_different_scales(operation: Callable[[Any, Any], Any]) -> None:
    with pytest.raises(TypeError, match="2 and 3 decimals"):
        operation(BILL.c.usd, BILL.c.rate)


def test_a_sum_is_an_amount_too() -> None:
    with pytest.raises(TypeError, match="never multiplies"):
        func.sum(BILL.c.usd) * 2


@pytest.mark.parametrize(("digits", "places"), [(19, 2), (2, 3), (5, -1)])
def test_an_amount_has_at_most_eighteen_digits(digits: int, places: int) -> None:
    with pytest.raises(ValueError, match="at most 18 digits"):
        Exact(digits, places)


@pytest.mark.parametrize("value", [Decimal("1.5"), Decimal("1.50"), Decimal("15E-1")], ids=str)
def test_a_checked_amount_has_all_its_decimals(value: Decimal) -> None:
    assert str(Exact(12, 2).checked(value)) == "1.50"


def test_a_list_of_words_must_fit_its_column() -> None:
    class Long(StrEnum):
        WORD = "a word of more than twenty letters"

    with pytest.raises(ValueError, match="longer than 20"):
        Choice(Long)
