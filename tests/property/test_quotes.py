"""What is true of every quote. Source: docs/rules/pricing.md, 6.10 and 2.12."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from hypothesis import assume, given
from hypothesis import strategies as st

from casaaustin.money import CENT, NOTHING, ZERO, Amount
from casaaustin.pricing.late_checkout import late_checkout_price
from casaaustin.pricing.ratebook import RateBook
from casaaustin.quoting.evaluate import Line
from casaaustin.stays import Stay
from tests.support.strategies import days, exchange_rates, late_checkout_rules, rate_books, stays
from tests.support.world import quote_of

GUESTS = st.integers(1, 45)


def chosen(book: RateBook) -> st.SearchStrategy[tuple[UUID, ...]]:
    if not book.services:
        return st.just(())
    return st.lists(st.sampled_from([service.id for service in book.services]), max_size=4).map(tuple)


def total(lines: list[Line], *kinds: str) -> Amount:
    return sum((line.amount for line in lines if line.kind in kinds), NOTHING)


@given(data=st.data(), book=rate_books(), asked=stays(), guests=GUESTS)
def test_columns_add_up_in_both_currencies(
    data: st.DataObject, book: RateBook, asked: Stay, guests: int
) -> None:
    """6.10, 1: base + extra = subtotal; subtotal - discount = final; final + services = total."""
    for answer in quote_of(book, asked, guests, services=data.draw(chosen(book))).houses:
        totals = answer.totals
        for one in ("usd", "sol"):
            base, extra, subtotal, discount, final, services, everything = (
                getattr(amount, one)
                for amount in (
                    totals.base,
                    totals.extra,
                    totals.subtotal,
                    totals.discount,
                    totals.final,
                    totals.services,
                    totals.total,
                )
            )
            assert base + extra == subtotal
            assert subtotal - discount == final
            assert final + services == everything
            assert all(amount == amount.quantize(CENT) for amount in (base, extra, discount, services))
            assert min(base, extra, services) >= ZERO


@given(data=st.data(), book=rate_books(), asked=stays(), guests=GUESTS)
def test_the_lines_of_a_bill_add_up_to_its_totals(
    data: st.DataObject, book: RateBook, asked: Stay, guests: int
) -> None:
    for answer in quote_of(book, asked, guests, services=data.draw(chosen(book))).houses:
        lines = list(answer.lines())
        if answer.price is None:
            assert not lines
            continue
        assert [line.night for line in lines if line.kind == "night"] == list(asked.nights())
        assert total(lines, "night") == answer.totals.base
        assert total(lines, "extra_guests") == answer.totals.extra
        assert total(lines, "service") == answer.totals.services
        assert sum((line.amount for line in lines), NOTHING) == answer.totals.total
        assert all(line.rule for line in lines)


@given(data=st.data(), book=rate_books(), asked=stays(), guests=GUESTS)
def test_splitting_a_stay_does_not_change_its_price(
    data: st.DataObject, book: RateBook, asked: Stay, guests: int
) -> None:
    """6.10, 3: the same dollars; soles may differ by one cent, because each part is rounded."""
    assume(asked.night_count > 1)
    cut = asked.check_in + timedelta(days=data.draw(st.integers(1, asked.night_count - 1)))

    whole = quote_of(book, asked, guests).houses
    first = quote_of(book, Stay(asked.check_in, cut), guests).houses
    second = quote_of(book, Stay(cut, asked.check_out), guests).houses

    for answer, one, other in zip(whole, first, second, strict=True):
        if answer.price is None:
            assert one.price is None or other.price is None
            continue
        parts = one.totals.subtotal + other.totals.subtotal
        assert parts.usd == answer.totals.subtotal.usd
        assert abs(parts.sol - answer.totals.subtotal.sol) <= CENT


@given(book=rate_books(), asked=stays(), guests=GUESTS)
def test_one_more_guest_adds_the_extra_price_of_every_night(book: RateBook, asked: Stay, guests: int) -> None:
    """6.10, 4."""
    fewer, more = quote_of(book, asked, guests), quote_of(book, asked, guests + 1)
    for before, after in zip(fewer.houses, more.houses, strict=True):
        if before.price is not None:
            added = after.totals.subtotal.usd - before.totals.subtotal.usd
            assert added == before.house.extra_person_usd * asked.night_count


@given(data=st.data(), book=rate_books(), asked=stays(), guests=GUESTS)
def test_a_house_is_quoted_alike_alone_and_among_others(
    data: st.DataObject, book: RateBook, asked: Stay, guests: int
) -> None:
    """6.10, 6."""
    everywhere = [service.id for service in book.services if not service.houses]
    services = tuple(data.draw(st.lists(st.sampled_from(everywhere), unique=True))) if everywhere else ()
    together = quote_of(book, asked, guests, services=services)
    for answer in together.houses:
        assert quote_of(book, asked, guests, house=answer.house.id, services=services).houses == (answer,)


@given(data=st.data(), book=rate_books(), departure=days(), guests=GUESTS, rate=exchange_rates())
def test_late_checkout_is_never_negative_and_never_dearer_than_the_night(
    data: st.DataObject, book: RateBook, departure: date, guests: int, rate: Decimal
) -> None:
    rule = data.draw(late_checkout_rules(departure.weekday()))
    book = replace(book, late_checkout={rule.weekday: rule})
    for house in book.houses:
        price = late_checkout_price(book, house, departure, guests, rate)
        if price is not None:
            assert ZERO <= price.price_usd <= price.full_usd
            assert ZERO <= price.price_sol <= price.full_sol
            assert price.price_usd + price.reduction_usd == price.full_usd
            assert price.price_sol + price.reduction_sol == price.full_sol
