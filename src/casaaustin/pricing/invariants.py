"""What must be true of the rate book. Source: docs/rules/pricing.md, 0 and 1.3 to 1.15."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sqlalchemy import and_, or_, select

from casaaustin.db.invariants import Invariant, Problem, Severity, check, stream
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput
from casaaustin.money import HUNDRED, ZERO
from casaaustin.pricing.models import (
    CancellationPolicy,
    ExchangeRate,
    LateCheckoutConfig,
    PropertyPricing,
    SeasonPricing,
    SpecialDatePricing,
)
from casaaustin.pricing.ratebook import LEAP_YEAR, Policy
from casaaustin.properties.models import Property
from casaaustin.vocabulary import ReductionType

POLICY = Invariant(
    "rate_book.policy",
    "Every policy switch is known and has a value that it may have.",
    "Apply a configuration file with the right values: casa config apply FILE",
)
SOLD = Invariant(
    "house.prices",
    "An open house has all four nightly prices.",
    "Set them with: casa prices set",
    Severity.WARNING,
)
REAL_DATE = Invariant(
    "special_date.day", "A special date is a day of the calendar.", "Delete it: casa prices special-dates"
)
REAL_SEASON = Invariant(
    "season.days", "A season begins and ends on days of the calendar.", "Correct it: casa prices seasons"
)
PERCENTAGE = Invariant(
    "percentage.bounds", "A percentage is at most 100.", "Correct the policy or the late checkout rule."
)
RATE = Invariant(
    "exchange_rate.positive", "A sol is worth something.", "Set the rate: casa exchange-rate set 3.750"
)

_book = table_of(RateBookVersion)
_house = table_of(Property)
_pricing = table_of(PropertyPricing)
_special = table_of(SpecialDatePricing)
_season = table_of(SeasonPricing)
_rate = table_of(ExchangeRate)
_policy = table_of(CancellationPolicy)
_late = table_of(LateCheckoutConfig)


@check(POLICY)
def policy(work: Work) -> Iterator[Problem]:
    """Read the switches."""
    for words in list(work.connection.execute(select(_book.c.policy)).scalars()):
        try:
            Policy.from_words(words)
        except InvalidInput as unknown:
            yield POLICY.broken(_book.name, 1, unknown.message.rstrip("."))


@check(SOLD)
def sold(work: Work) -> Iterator[Problem]:
    """Look for open houses without prices."""
    prices = [
        _pricing.c.weekday_low_season_usd,
        _pricing.c.weekend_low_season_usd,
        _pricing.c.weekday_high_season_usd,
        _pricing.c.weekend_high_season_usd,
    ]
    joined = _house.outerjoin(_pricing, and_(_pricing.c.property_id == _house.c.id, ~_pricing.c.deleted))
    found = (
        select(_house.c.id, _house.c.name)
        .select_from(joined)
        .where(
            ~_house.c.deleted,
            _house.c.is_open,
            or_(_pricing.c.id.is_(None), *(price <= ZERO for price in prices)),
        )
    )
    for row in stream(work, found):
        yield SOLD.broken(_house.name, row.id, f"{row.name} is open and has not all four prices")


@check(REAL_DATE)
def real_dates(work: Work) -> Iterator[Problem]:
    """Look for special dates such as 30 February; most days need no thought."""
    found = select(_special.c.id, _special.c.year, _special.c.month, _special.c.day).where(
        ~_special.c.deleted, _special.c.day > 28
    )
    for row in stream(work, found):
        if not _exists(row.year or LEAP_YEAR, row.month, row.day):
            yield REAL_DATE.broken(
                _special.name, row.id, f"there is no {row.year or 'year with'} {row.month:02}-{row.day:02}"
            )


@check(REAL_SEASON)
def real_seasons(work: Work) -> Iterator[Problem]:
    """Look for seasons that begin or end on a day such as 31 April."""
    for row in stream(work, select(_season).where(~_season.c.deleted)):
        for month, day in ((row.start_month, row.start_day), (row.end_month, row.end_day)):
            if not _exists(LEAP_YEAR, month, day):
                yield REAL_SEASON.broken(_season.name, row.id, f"{row.name}: there is no {month:02}-{day:02}")


@check(PERCENTAGE)
def percentages(work: Work) -> Iterator[Problem]:
    """Look for percentages above 100: on SQLite they are stored in hundredths, beyond a plain check."""
    refunds = select(_policy.c.id, _policy.c.refund_percentage.label("value")).where(
        _policy.c.refund_percentage > Decimal("100.00")
    )
    reductions = select(_late.c.id, _late.c.discount_value.label("value")).where(
        _late.c.discount_type == ReductionType.PERCENTAGE, _late.c.discount_value > HUNDRED
    )
    for table, found in ((_policy, refunds), (_late, reductions)):
        for row in stream(work, found):
            yield PERCENTAGE.broken(table.name, row.id, f"{row.value} % is more than all")


@check(RATE)
def rate(work: Work) -> Iterator[Problem]:
    """Look for rates of nothing."""
    found = select(_rate.c.id, _rate.c.usd_to_sol).where(_rate.c.usd_to_sol <= Decimal("0.000"))
    for row in stream(work, found):
        yield RATE.broken(_rate.name, row.id, f"a dollar is worth {row.usd_to_sol} soles")


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


CHECKS = (policy, sold, real_dates, real_seasons, percentages, rate)
