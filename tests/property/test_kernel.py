"""Amounts, stays, names and the business day: what is always true."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from casaaustin.clock import LIMA, FixedClock, lima_date, lima_instant, parse_instant, today
from casaaustin.errors import InvalidInput
from casaaustin.money import CENT, ZERO, in_soles, parse_amount, percent_of, q
from casaaustin.pricing.cancellation import refund
from casaaustin.pricing.ratebook import natural_key
from casaaustin.stays import Stay
from tests.support.strategies import amounts, exchange_rates, stays
from tests.support.world import make_tier

DECIMALS = st.decimals(-(10**10), 10**10, allow_nan=False, allow_infinity=False, places=6)


@given(amount=DECIMALS)
@example(Decimal("0.005"))
@example(Decimal("-0.005"))
def test_rounding_is_half_away_from_zero(amount: Decimal) -> None:
    cents = abs(Fraction(amount)) * 100
    whole = int(cents) + (1 if cents - int(cents) >= Fraction(1, 2) else 0)
    assert Fraction(q(amount)) == Fraction(whole, 100) * (-1 if amount < 0 else 1)
    assert q(-amount) == -q(amount)
    assert q(q(amount)) == q(amount)


@given(usd=amounts("0.00", "99999.99"), more=amounts("0.00", "99999.99"), rate=exchange_rates())
def test_soles_of_a_sum_are_within_a_cent_of_the_sum_of_soles(
    usd: Decimal, more: Decimal, rate: Decimal
) -> None:
    apart = in_soles(usd, rate) + in_soles(more, rate)
    assert abs(apart - in_soles(usd + more, rate)) <= CENT


@given(amount=amounts("0.00", "99999.99"), percentage=amounts("0.00", "100.00"))
def test_a_percentage_up_to_a_hundred_is_a_part(amount: Decimal, percentage: Decimal) -> None:
    assert ZERO <= percent_of(amount, percentage) <= amount
    assert percent_of(amount, Decimal(100)) == amount


@given(amount=st.decimals(-(10**17), 10**17, places=2), blanks=st.sampled_from(["", " ", "\t "]))
def test_an_amount_is_read_back_as_it_was_written(amount: Decimal, blanks: str) -> None:
    read = parse_amount(f"{blanks}{amount:f}{blanks}", field="price")
    assert read == amount
    assert read.as_tuple().exponent == -2


@given(
    text=st.one_of(
        st.text(max_size=40), st.from_regex(r"[-+]?\d{0,25}\.?\d{0,40}([eE]-?\d{1,3})?", fullmatch=True)
    )
)
def test_reading_an_amount_gives_exactly_it_or_a_refusal(text: str) -> None:
    with suppress(InvalidInput):
        amount = parse_amount(text, field="price")
        assert amount.as_tuple().exponent == -2
        assert amount == Decimal(text.strip())


@given(digits=st.integers(3, 200).map(lambda zeros: "1." + "0" * zeros + "1"))
def test_no_surplus_decimal_is_too_small_to_be_seen(digits: str) -> None:
    with pytest.raises(InvalidInput, match="decimals"):
        parse_amount(digits, field="price")


@given(one=stays(), other=stays())
def test_stays_overlap_exactly_when_they_share_a_night(one: Stay, other: Stay) -> None:
    shared = set(one.nights()) & set(other.nights())
    assert one.overlaps(other) == other.overlaps(one) == bool(shared)
    assert all(night in one and night in other for night in shared)


@given(stay=stays(400))
def test_the_nights_of_a_stay_are_every_date_but_the_last(stay: Stay) -> None:
    nights = list(stay.nights())
    assert len(nights) == stay.night_count
    assert nights == [stay.check_in + timedelta(days=n) for n in range((stay.check_out - stay.check_in).days)]
    assert stay.check_out not in stay


@given(first=st.dates(), later=st.integers(0, 1000))
def test_a_stay_without_a_night_does_not_exist(first: date, later: int) -> None:
    earlier = first - timedelta(days=min(later, (first - date.min).days))
    with pytest.raises(InvalidInput, match="not after"):
        Stay(first, earlier)


INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(instant=INSTANTS)
def test_the_business_day_is_the_utc_day_five_hours_ago(instant: datetime) -> None:
    assert today(FixedClock(instant)) == (instant - timedelta(hours=5)).date()


@given(instant=INSTANTS)
def test_an_instant_survives_being_written_in_lima(instant: datetime) -> None:
    local = instant.astimezone(LIMA)
    assert parse_instant(local.isoformat()) == instant
    assert lima_instant(local.date(), local.time()) == instant
    assert lima_date(local) == local.date()


@given(
    numbers=st.lists(st.integers(0, 200), unique=True, min_size=2),
    stem=st.sampled_from(["Casa", "Casa de Playa"]),
)
def test_houses_are_sorted_by_their_number(numbers: list[int], stem: str) -> None:
    names = [f"{stem} {number}" for number in numbers]
    assert sorted(names, key=natural_key) == [f"{stem} {number}" for number in sorted(numbers)]


@given(names=st.lists(st.text("Csa 012", max_size=6), unique=True), data=st.data())
def test_every_set_of_names_has_one_order(names: list[str], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(names))
    assert sorted(names, key=natural_key) == sorted(shuffled, key=natural_key)


@given(
    paid=amounts("0.00", "99999.99"),
    days_before=st.integers(0, 400),
    tiers=st.lists(st.tuples(st.integers(0, 90), amounts("0.00", "100.00")), max_size=5),
)
def test_a_refund_lies_between_nothing_and_what_was_paid(
    paid: Decimal, days_before: int, tiers: list[tuple[int, Decimal]]
) -> None:
    scope = [make_tier(days, str(percentage)) for days, percentage in tiers]
    returned = refund(paid, days_before, scope)
    assert ZERO <= returned.amount <= paid
    assert (returned.tier is None) == all(days > days_before for days, _ in tiers)
    earlier = refund(paid, days_before + 1, scope)
    assert earlier.tier is not None or returned.tier is None
