"""Hypothesis strategies for the values of the trade: amounts, dates, stays, rate books."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st

from casaaustin.pricing.ratebook import (
    LEAP_YEAR,
    CurrentRate,
    House,
    LateCheckoutRule,
    MonthDay,
    NightRates,
    RateBook,
    Season,
    Service,
    SpecialDate,
)
from casaaustin.stays import Stay
from casaaustin.vocabulary import ReductionType, SeasonType
from tests.support.world import RATE_SINCE, known_id

# Three years around New Year and a 29 February, so that random dates meet the edges of the calendar often.
FIRST_DAY, LAST_DAY = date(2026, 11, 1), date(2029, 3, 31)


def amounts(smallest: str = "0.01", largest: str = "2000.00") -> st.SearchStrategy[Decimal]:
    """Amounts with two decimals."""
    # Whole cents are drawn several times faster than decimals, and shrink as well.
    cents = st.integers(int(Decimal(smallest) * 100), int(Decimal(largest) * 100))
    return cents.map(lambda count: Decimal(count).scaleb(-2))


def exchange_rates() -> st.SearchStrategy[Decimal]:
    """Soles for a dollar, three decimals."""
    return st.integers(1_000, 9_999).map(lambda count: Decimal(count).scaleb(-3))


def days() -> st.SearchStrategy[date]:
    """Days of a few years, with New Year and the leap day more often than chance would."""
    edges = [
        date(2026, 12, 31),
        date(2027, 1, 1),
        date(2027, 2, 28),
        date(2028, 2, 28),
        date(2028, 2, 29),
        date(2028, 3, 1),
        date(2028, 12, 31),
    ]
    return st.one_of(st.dates(FIRST_DAY, LAST_DAY), st.sampled_from(edges))


@st.composite
def stays(draw: st.DrawFn, longest: int = 12, near: date | None = None) -> Stay:
    """A stay of at most `longest` nights, anywhere or within three weeks of a day."""
    first = draw(days()) if near is None else near + timedelta(days=draw(st.integers(-21, 21)))
    return Stay(first, first + timedelta(days=draw(st.integers(1, longest))))


def month_days() -> st.SearchStrategy[MonthDay]:
    """Any of the 366 days that a calendar can have."""
    first = date(LEAP_YEAR, 1, 1)
    return st.integers(0, 365).map(lambda n: first + timedelta(days=n)).map(lambda day: (day.month, day.day))


@st.composite
def seasons(draw: st.DrawFn) -> Season:
    """A part of the year; it may run over New Year."""
    return Season(
        draw(st.sampled_from(["Verano", "Fiestas", "Otoño"])),
        draw(st.sampled_from(SeasonType)),
        draw(month_days()),
        draw(month_days()),
    )


@st.composite
def special_dates(draw: st.DrawFn, longest_minimum: int = 4) -> SpecialDate:
    """A special date, of every year or of one."""
    month, day = draw(month_days())
    return SpecialDate(
        month,
        day,
        draw(st.sampled_from([None, None, 2027, 2028])),
        draw(st.sampled_from(["", "Feriado"])),
        draw(amounts()),
        draw(st.integers(1, longest_minimum)),
    )


def _one_per_date(rows: list[SpecialDate]) -> tuple[SpecialDate, ...]:
    return tuple({(row.year, row.month, row.day): row for row in rows}.values())


@st.composite
def houses(draw: st.DrawFn, name: str = "Casa 1") -> House:
    """A house with prices, a "from" price only, or no price at all."""
    priced = draw(st.sampled_from(["rates", "rates", "from", "nothing"]))
    return House(
        id=known_id(name),
        name=name,
        slug=name.lower().replace(" ", "-"),
        capacity_max=draw(st.one_of(st.none(), st.integers(1, 40))),
        extra_person_usd=draw(amounts("0.00", "50.00")),
        from_price_usd=draw(amounts()) if priced == "from" else None,
        rates=NightRates(*(draw(amounts()) for _ in range(4))) if priced == "rates" else None,
        special_dates=draw(st.lists(special_dates(), max_size=3).map(_one_per_date)),
        is_open=draw(st.booleans()),
    )


@st.composite
def services(draw: st.DrawFn, name: str, offered_in: list[UUID]) -> Service:
    """A service of every house or of some."""
    return Service(
        id=known_id(name),
        name=name,
        description="",
        price_usd=draw(amounts("0.00", "100.00")),
        is_mandatory=draw(st.booleans()),
        is_per_night=draw(st.booleans()),
        is_per_person=draw(st.booleans()),
        houses=frozenset(draw(st.sets(st.sampled_from(offered_in)))),
    )


@st.composite
def late_checkout_rules(draw: st.DrawFn, weekday: int) -> LateCheckoutRule:
    """A late checkout rule; a percentage is at most 100."""
    kind = draw(st.sampled_from(ReductionType))
    largest = "100.00" if kind is ReductionType.PERCENTAGE else "5000.00"
    return LateCheckoutRule(weekday, draw(st.booleans()), kind, draw(amounts("0.00", largest)))


@st.composite
def rate_books(draw: st.DrawFn) -> RateBook:
    """A whole rate book of one to three houses."""
    names = [f"Casa {number}" for number in range(1, draw(st.integers(1, 3)) + 1)]
    ids = [known_id(name) for name in names]
    service_names = ["Breakfast", "Cleaning", "Transfer"][: draw(st.integers(0, 3))]
    weekdays = draw(st.sets(st.integers(0, 6), max_size=3))
    return RateBook(
        version=1,
        houses=tuple(draw(houses(name)) for name in names),
        seasons=tuple(draw(st.lists(seasons(), max_size=2))),
        late_checkout={weekday: draw(late_checkout_rules(weekday)) for weekday in sorted(weekdays)},
        services=tuple(draw(services(name, ids)) for name in service_names),
        rate=CurrentRate(draw(exchange_rates()), RATE_SINCE),
    )
