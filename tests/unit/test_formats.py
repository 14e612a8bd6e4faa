from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path

import pytest
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent
from hypothesis import given
from hypothesis import strategies as st

from casaaustin import formats
from casaaustin.errors import InvalidInput
from casaaustin.formats import Currency
from casaaustin.vocabulary import Language

SPANISH, ENGLISH = Language.SPANISH, Language.ENGLISH

LANGUAGES = pytest.mark.parametrize("language", list(Language), ids=str)
FOUR_YEARS = [date(2024, 1, 1) + timedelta(days=count) for count in range(4 * 366)]


def by_babel(amount: Decimal, currency: Currency, language: Language) -> str:
    """The same amount through Babel, with our two symbols and a plain space."""
    pattern = f"'{formats.SYMBOLS[currency]}' #,##0.00"
    with localcontext(rounding=ROUND_HALF_UP):
        return format_currency(
            amount, currency, pattern, locale=formats.LOCALES[language], currency_digits=False
        ).replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        pytest.param("1234.50", "PEN", "S/ 1,234.50", id="soles"),
        pytest.param("1234.50", "USD", "US$ 1,234.50", id="dollars"),
        pytest.param("0.00", "PEN", "S/ 0.00", id="zero"),
        pytest.param("-0.00", "PEN", "S/ 0.00", id="zero has no sign"),
        pytest.param("-0.004", "USD", "US$ 0.00", id="rounds to zero, without a sign"),
        pytest.param("-3", "USD", "-US$ 3.00", id="owed the other way"),
        pytest.param("1.005", "USD", "US$ 1.01", id="a tie rounds up"),
        pytest.param("1234567890123456.78", "PEN", "S/ 1,234,567,890,123,456.78", id="the widest column"),
    ],
)
@LANGUAGES
def test_money(amount: str, currency: Currency, text: str, language: Language) -> None:
    assert formats.money(Decimal(amount), currency, language) == text


@given(
    amount=st.decimals(min_value="-1e17", max_value="1e17", places=2).filter(bool),
    currency=st.sampled_from(["USD", "PEN"]),
    language=st.sampled_from(Language),
)
def test_money_is_grouped_as_babel_groups_it(amount: Decimal, currency: Currency, language: Language) -> None:
    assert formats.money(amount, currency, language) == by_babel(amount, currency, language)


def test_soles_are_written_as_babel_writes_them_in_peru() -> None:
    babel = format_currency(Decimal("1234.50"), "PEN", locale="es_PE")
    assert formats.money(Decimal("1234.50"), "PEN") == babel.replace("\N{NO-BREAK SPACE}", " ")


@given(
    amount=st.decimals(min_value="-1e12", max_value="1e12", places=3).filter(bool),
    language=st.sampled_from(Language),
)
def test_numbers_are_babels(amount: Decimal, language: Language) -> None:
    assert formats.number(amount, language) == format_decimal(amount, locale=formats.LOCALES[language])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(40060, "40,060", id="a count"),
        pytest.param(Decimal("3.7450"), "3.745", id="an exchange rate"),
        pytest.param(Decimal("1E+3"), "1,000", id="an exponent is written out"),
        pytest.param(Decimal("-0.0001"), "0", id="zero has no sign"),
    ],
)
def test_number(value: Decimal | int, text: str) -> None:
    assert formats.number(value) == text


@given(value=st.decimals(min_value="0", max_value="1000", places=2), language=st.sampled_from(Language))
def test_percentages_are_babels(value: Decimal, language: Language) -> None:
    babel = format_percent(value / 100, "#,##0.##%", locale=formats.LOCALES[language])
    assert formats.percentage(value, language) == babel


@pytest.mark.parametrize(("value", "text"), [("15", "15%"), ("7.50", "7.5%"), ("0", "0%"), ("100", "100%")])
def test_percentage(value: str, text: str) -> None:
    assert formats.percentage(Decimal(value)) == text


@pytest.mark.parametrize(
    ("language", "short", "full", "weekday"),
    [
        (SPANISH, "vie 17 abr", "viernes, 17 de abril de 2026", "viernes"),
        (ENGLISH, "Fri 17 Apr", "Friday, April 17, 2026", "Friday"),
    ],
)
def test_days(language: Language, short: str, full: str, weekday: str) -> None:
    friday = date(2026, 4, 17)
    assert formats.day(friday, language) == short
    assert formats.day_long(friday, language) == full
    assert formats.weekday_name(friday, language) == weekday


@LANGUAGES
def test_long_days_are_babels_on_every_day_of_four_years(language: Language) -> None:
    for day in FOUR_YEARS:
        assert formats.day_long(day, language) == format_date(day, "full", locale=formats.LOCALES[language])


@LANGUAGES
def test_short_days_are_babels_without_full_stops(language: Language) -> None:
    for day in FOUR_YEARS:
        babel = format_date(day, "EEE d MMM", locale=formats.LOCALES[language])
        assert formats.day(day, language) == babel.replace(".", "")


@pytest.mark.parametrize(
    ("check_in", "check_out", "spanish", "english"),
    [
        pytest.param(
            date(2026, 4, 17),
            date(2026, 4, 19),
            "17 al 19 de abril de 2026",
            "17 to 19 April 2026",
            id="one month",
        ),
        pytest.param(
            date(2026, 10, 30),
            date(2026, 11, 2),
            "30 de octubre al 2 de noviembre de 2026",
            "30 October to 2 November 2026",
            id="two months",
        ),
        pytest.param(
            date(2025, 12, 30),
            date(2026, 1, 2),
            "30 de diciembre de 2025 al 2 de enero de 2026",
            "30 December 2025 to 2 January 2026",
            id="two years",
        ),
        pytest.param(
            date(2025, 1, 30),
            date(2026, 1, 2),
            "30 de enero de 2025 al 2 de enero de 2026",
            "30 January 2025 to 2 January 2026",
            id="the same month of two years",
        ),
    ],
)
def test_date_range(check_in: date, check_out: date, spanish: str, english: str) -> None:
    assert formats.date_range(check_in, check_out) == spanish
    assert formats.date_range(check_in, check_out, ENGLISH) == english


@pytest.mark.parametrize(
    ("language", "text"),
    [
        pytest.param(SPANISH, "Viernes 14 de noviembre", id="R82-day"),
        pytest.param(ENGLISH, "Friday 14 November", id="english"),
    ],
)
def test_a_day_in_a_message(language: Language, text: str) -> None:
    assert formats.day_in_message(date(2025, 11, 14), language) == text


@pytest.mark.parametrize(
    ("check_in", "check_out", "spanish", "english"),
    [
        pytest.param(
            date(2025, 10, 11),
            date(2025, 10, 12),
            "del 11 al 12 de octubre",
            "from 11 to 12 October",
            id="R82-month",
        ),
        pytest.param(
            date(2025, 10, 30),
            date(2025, 11, 2),
            "del 30 de octubre al 2 de noviembre",
            "from 30 October to 2 November",
            id="R82-year",
        ),
        pytest.param(
            date(2025, 12, 30),
            date(2026, 1, 2),
            "del 30 de diciembre al 2 de enero de 2026",
            "from 30 December to 2 January 2026",
            id="R82-new-year",
        ),
    ],
)
def test_date_range_in_message(check_in: date, check_out: date, spanish: str, english: str) -> None:
    assert formats.date_range_in_message(check_in, check_out) == spanish
    assert formats.date_range_in_message(check_in, check_out, ENGLISH) == english


def test_an_instant_is_shown_on_limas_clocks() -> None:
    evening = datetime(2026, 1, 1, 1, 30, tzinfo=UTC)
    assert formats.instant(evening) == "mié 31 dic 2025, 20:30"
    assert formats.instant(evening, ENGLISH) == "Wed 31 Dec 2025, 20:30"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput):
        formats.instant(datetime(2026, 1, 1, 1, 30, tzinfo=UTC).replace(tzinfo=None))


def test_amounts_never_load_babel() -> None:
    script = (
        "import sys; from decimal import Decimal; from casaaustin import formats;"
        "formats.money(Decimal('1234.5'), 'PEN'); formats.number(12345); formats.percentage(15);"
        "sys.exit('babel' in sys.modules)"
    )
    source = {"PYTHONPATH": str(Path(formats.__file__).parents[1])}
    subprocess.run([sys.executable, "-c", script], check=True, env=os.environ | source)
