"""The bulk load of special dates. Source: docs/rules/pricing.md, 1.5."""

from __future__ import annotations

from decimal import Decimal

import pytest

from casaaustin.errors import InvalidInput
from casaaustin.pricing.special_dates_csv import SpecialDateLine, decode, parse_special_dates
from casaaustin.pricing.year_days import YearDay


def test_four_columns_are_day_month_description_and_price() -> None:
    lines, faults = parse_special_dates("25,12,Navidad,350\n31,12,Fin de Año,450.5\n")
    assert not faults
    assert lines == (
        SpecialDateLine(1, YearDay(12, 25), "Navidad", Decimal("350.00")),
        SpecialDateLine(2, YearDay(12, 31), "Fin de Año", Decimal("450.50")),
    )


def test_a_fifth_column_is_the_minimum_and_a_sixth_the_year() -> None:
    lines, faults = parse_special_dates(
        "5,4,Pascua,290,2,2026\n28,7,Fiestas Patrias,300,,\n1,5,Feriado,260,3\n"
    )
    assert not faults
    assert [(line.day.year, line.minimum_nights) for line in lines] == [(2026, 2), (None, None), (None, 3)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("día,mes,descripción,precio\n25,12,Navidad,350\n", id="header"),
        pytest.param("\ufeff25,12,Navidad,350\n", id="byte-order mark"),
        pytest.param(
            "\ufeffday,month,description,price_usd\r\n\r\n 25 , 12 , Navidad , 350 \r\n", id="all at once"
        ),
        pytest.param('25,12,"Navidad",350', id="quotes, no line end"),
    ],
)
def test_what_spreadsheets_add_is_tolerated(text: str) -> None:
    lines, faults = parse_special_dates(text)
    assert not faults
    assert [(line.day, line.description) for line in lines] == [(YearDay(12, 25), "Navidad")]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("32,12,X,10", "day must be at least 1 and at most 31"),
        ("1,13,X,10", "month must be"),
        ("30,2,X,10", "no day 30/02"),
        ("29,2,X,10,1,2026", "in 2026"),
        ("1,1,,10", "description is empty"),
        ("1,1,X,0", "price_usd must be more than 0.00"),
        ("1,1,X,diez", "price_usd is not an amount"),
        ("1,1,X,1.005", "more than 2 decimals"),
        ("1,1,X,10,0", "minimum_consecutive_nights must be"),
        ("1,1,X,10,1,26", "year"),
        ("1,1,X", "3 columns"),
        ("1,1,X,10,1,2026,7", "7 columns"),
        ("1.0,1,X,10", "day is not a whole number"),
    ],
)
def test_a_faulty_line_is_told_with_its_number(line: str, said: str) -> None:
    _, faults = parse_special_dates(f"25,12,Navidad,350\n{line}\n")
    assert [fault.number for fault in faults] == [2]
    assert said in faults[0].message


def test_every_faulty_line_is_told() -> None:
    lines, faults = parse_special_dates("25,12,Navidad,350\nx1,1,A,1\n1,1,B,-1\n25,12,Otra vez,1\n")
    assert len(lines) == 1
    assert [fault.number for fault in faults] == [2, 3, 4]
    assert "stands in line 1 already" in faults[2].message


def test_a_file_that_is_no_csv_says_where() -> None:
    _, faults = parse_special_dates('25,12,"Navidad,350\n')
    assert "not CSV" in faults[0].message


def test_a_file_in_another_encoding_is_refused() -> None:
    assert decode("\ufeffdía".encode()) == "día"
    with pytest.raises(InvalidInput, match="UTF-8"):
        decode("día".encode("latin-1"))
