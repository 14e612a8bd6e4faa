"""What people read: amounts, dates and instants, in Spanish and in English.

The words and patterns are Babel's, for `es_PE` and `en`. Three choices are made here, once:

- dollars are `US$ 1,234.50` and soles `S/ 1,234.50`, in both languages: Babel writes `USD` in the
  one and `$` and `PEN` in the other, and a guest in Lima wants to see which dollar and which sol;
- the space inside an amount is a plain one, so that people and programs find what they type;
- abbreviated weekdays and months carry no full stop: `vie 17 abr`.

Every line of every quote formats amounts, so digits are grouped by Python itself; that this is
what Babel would write is proved by the tests. Babel is loaded at the first date and never at
import; the names it knows are kept for the life of the process.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Final, Literal

from casaaustin.clock import LIMA, utc
from casaaustin.money import ZERO, q
from casaaustin.vocabulary import Language

Currency = Literal["USD", "PEN"]

SYMBOLS: Final[dict[Currency, str]] = {"USD": "US$", "PEN": "S/"}
LOCALES: Final[dict[Language, str]] = {Language.SPANISH: "es_PE", Language.ENGLISH: "en"}

_THOUSANDTH = Decimal("0.001")


def money(amount: Decimal, currency: Currency, language: Language = Language.SPANISH) -> str:  # noqa: ARG001
    """An amount with its currency: `S/ 1,234.50`, `US$ 1,234.50`, `-S/ 3.00`.

    An amount of zero has no sign. Both languages of the house write amounts alike; `language` is asked
    for, here and below, so that no caller has to know that.
    """
    rounded = q(amount)
    if rounded < ZERO:
        return f"-{SYMBOLS[currency]} {-rounded:,}"
    return f"{SYMBOLS[currency]} {abs(rounded):,}"


def number(amount: Decimal | int, language: Language = Language.SPANISH) -> str:  # noqa: ARG001
    """A plain figure with grouped digits and at most three decimals: `1,234.5`, `3.745`, `40,060`."""
    if isinstance(amount, int):
        return f"{amount:,}"
    return _without_trailing_zeros(amount.quantize(_THOUSANDTH, rounding=ROUND_HALF_UP))


def percentage(value: Decimal | int, language: Language = Language.SPANISH) -> str:  # noqa: ARG001
    """A percentage with at most two decimals, from a value in which 15 means 15 %: `15%`, `7.25%`."""
    return f"{_without_trailing_zeros(q(Decimal(value)))}%"


def weekday_name(day: date, language: Language = Language.SPANISH) -> str:
    """The weekday in full: `viernes`, `Friday`."""
    return _names(language).weekdays[day.weekday()]


def weekday_of(number: int, language: Language = Language.SPANISH) -> str:
    """The weekday with this number, 0 = Monday, in full: `jueves`, `Thursday`."""
    return _names(language).weekdays[number]


def weekday_short(day: date, language: Language = Language.SPANISH) -> str:
    """The weekday in three letters: `vie`, `Fri`."""
    return _names(language).short_weekdays[day.weekday()]


def month_name(day: date, language: Language = Language.SPANISH) -> str:
    """The month in full: `abril`, `April`."""
    return _names(language).months[day.month - 1]


def month_short(day: date, language: Language = Language.SPANISH) -> str:
    """The month in three letters: `abr`, `Apr`."""
    return _names(language).short_months[day.month - 1]


def day(value: date, language: Language = Language.SPANISH) -> str:
    """A day where space is short and the year is clear: `vie 17 abr`, `Fri 17 Apr`."""
    return f"{weekday_short(value, language)} {value.day} {month_short(value, language)}"


def day_and_year(value: date, language: Language = Language.SPANISH) -> str:
    """A day in any year, short: `vie 17 abr 2026`, `Fri 17 Apr 2026`."""
    return f"{day(value, language)} {value.year}"


def day_long(value: date, language: Language = Language.SPANISH) -> str:
    """A day in full: `viernes, 17 de abril de 2026`, `Friday, April 17, 2026`."""
    weekday, month = weekday_name(value, language), month_name(value, language)
    if language is Language.ENGLISH:
        return f"{weekday}, {month} {value.day}, {value.year}"
    return f"{weekday}, {value.day} de {month} de {value.year}"


def day_in_message(value: date, language: Language = Language.SPANISH) -> str:
    """A day as messages name it, without a year: `Viernes 14 de noviembre`, `Friday 14 November`.

    Source: docs/rules/reservations.md, 5.4 and R82.
    """
    weekday, month = weekday_name(value, language), month_name(value, language)
    joint = " de " if language is Language.SPANISH else " "
    return f"{weekday[0].upper()}{weekday[1:]} {value.day}{joint}{month}"


def date_range(check_in: date, check_out: date, language: Language = Language.SPANISH) -> str:
    """A stay's dates with the year, as the first line of a quote's message has them.

    Month and year stand once when both days share them, the year once when only that is shared:
    `17 al 19 de abril de 2026`, `30 de octubre al 2 de noviembre de 2026`,
    `30 de diciembre de 2025 al 2 de enero de 2026`.

    Source: docs/rules/pricing.md, 2.15.
    """
    of, to = (" de ", " al ") if language is Language.SPANISH else (" ", " to ")
    first_month, last_month = month_name(check_in, language), month_name(check_out, language)
    end = f"{check_out.day}{of}{last_month}{of}{check_out.year}"
    if check_in.year != check_out.year:
        return f"{check_in.day}{of}{first_month}{of}{check_in.year}{to}{end}"
    if check_in.month != check_out.month:
        return f"{check_in.day}{of}{first_month}{to}{end}"
    return f"{check_in.day}{to}{end}"


def date_range_in_message(check_in: date, check_out: date, language: Language = Language.SPANISH) -> str:
    """A stay's dates inside a sentence; a year only when the stay crosses into another one.

    `del 11 al 12 de octubre`, `del 30 de octubre al 2 de noviembre`,
    `del 30 de diciembre al 2 de enero de 2026`.

    Source: docs/rules/reservations.md, 5.4 and R82.
    """
    start, of, to = ("del ", " de ", " al ") if language is Language.SPANISH else ("from ", " ", " to ")
    first_month, last_month = month_name(check_in, language), month_name(check_out, language)
    end = f"{check_out.day}{of}{last_month}"
    if check_in.year != check_out.year:
        end += f"{of}{check_out.year}"
    if (check_in.year, check_in.month) == (check_out.year, check_out.month):
        return f"{start}{check_in.day}{to}{end}"
    return f"{start}{check_in.day}{of}{first_month}{to}{end}"


def instant(at: datetime, language: Language = Language.SPANISH) -> str:
    """An instant on Lima's clocks: `vie 17 abr 2026, 15:00`.

    Raises:
        InvalidInput: the instant carries no zone.
    """
    local = utc(at).astimezone(LIMA)
    return f"{day(local.date(), language)} {local.year}, {local:%H:%M}"


def _without_trailing_zeros(value: Decimal) -> str:
    """Group the digits; no zeros at the end, no lonely point, no sign before zero."""
    text = f"{value:,f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


@dataclass(frozen=True, slots=True)
class _Names:
    """What a language calls its months (from January) and weekdays (from Monday)."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    weekdays: tuple[str, ...]
    short_weekdays: tuple[str, ...]


@cache
def _names(language: Language) -> _Names:
    from babel import Locale  # 30 ms, so only when a date is written

    locale = Locale.parse(LOCALES[language])
    months, days = locale.months["format"], locale.days["format"]
    return _Names(
        months=tuple(months["wide"][number] for number in range(1, 13)),
        short_months=tuple(months["abbreviated"][number].rstrip(".") for number in range(1, 13)),
        weekdays=tuple(days["wide"][number] for number in range(7)),
        short_weekdays=tuple(days["abbreviated"][number].rstrip(".") for number in range(7)),
    )
