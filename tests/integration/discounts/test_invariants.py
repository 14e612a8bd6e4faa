"""Invariants 1 to 6 and 11 through the library's quote, on every database (pricing.md, 6.10).

The same properties hold on plain values in tests/property/test_discounts.py; here rows, types and
statements of each database are in between. Invariant 9 is that of test_races.py and test_state_machine.py.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

import pytest

from casaaustin.clock import FixedClock
from casaaustin.db.work import Database, Work
from casaaustin.discounts.record import Window
from casaaustin.discounts.winner import CodeStatus
from casaaustin.money import Amount
from casaaustin.pricing.queries import rate_book
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import HouseQuote, QuoteRequest
from casaaustin.reservations.policy import set_policy
from casaaustin.stays import Stay
from casaaustin.vocabulary import CodeVsAutomatic, Source
from tests.integration.discounts.test_quote_equals_booking import SETUP, order_of, store
from tests.support.offers import make_code, make_rule, store_discounts
from tests.support.world import C2, build_world

CASES = 60
POLICIES = list(CodeVsAutomatic)


@pytest.fixture
def business(database: Database) -> Database:
    """Every kind of discount, and people of every kind."""
    database.write(store, actor=SETUP)
    return database


def requests() -> list[QuoteRequest]:
    orders = [order_of(Random(seed)) for seed in range(CASES)]
    return [
        QuoteRequest(
            order.stay, order.guests, order.house, order.services, client=order.client, code=order.code
        )
        for order in orders
    ]


def quoted(work: Work, request: QuoteRequest) -> HouseQuote:
    assert request.house is not None
    return quoting.quote(work, request).of(request.house)


def switch(business: Database, policy: CodeVsAutomatic) -> None:
    words = {"code_vs_automatic": policy.value}
    business.write(lambda work: set_policy(work, words), actor=SETUP)


@pytest.mark.parametrize("policy", POLICIES)
def test_invariants_1_and_2(business: Database, policy: CodeVsAutomatic) -> None:
    """The columns add up, and a discount keeps to its bounds."""
    switch(business, policy)
    answers = business.read(lambda work: [quoted(work, request) for request in requests()])
    won = 0
    for answer in answers:
        totals = answer.totals
        assert totals.base + totals.extra == totals.subtotal
        assert totals.subtotal - totals.discount == totals.final
        assert totals.final + totals.services == totals.total
        for column in ("usd", "sol"):
            assert 0 <= getattr(totals.discount, column) <= getattr(totals.subtotal, column)
            lines = sum((getattr(line.amount, column) for line in answer.lines()), Decimal(0))
            assert lines == getattr(totals.total, column) or answer.price is None
        winner = answer.outcome.winner
        if winner is not None:
            won += 1
            assert winner.discount.cap_usd is None or totals.discount.usd <= winner.discount.cap_usd
    assert won > CASES // 4


def test_invariants_3_and_4(business: Database) -> None:
    """Parts of a stay add up to the whole; one more guest costs what one more guest costs."""

    def subtotal(work: Work, request: QuoteRequest, **other: object) -> Amount:
        return quoted(work, replace(request, code=None, client=None, **other)).totals.subtotal  # type: ignore[arg-type]

    def use(work: Work) -> int:
        houses, split = rate_book(work).by_id, 0
        for request in requests():
            assert request.house is not None
            whole, stay = subtotal(work, request), request.stay
            extra = houses[request.house].extra_person_usd * stay.night_count
            assert subtotal(work, request, guests=request.guests + 1).usd - whole.usd == extra
            if stay.night_count > 1:
                middle = stay.check_in + timedelta(days=1)
                parts = [
                    subtotal(work, request, stay=part)
                    for part in (Stay(stay.check_in, middle), Stay(middle, stay.check_out))
                ]
                assert parts[0].usd + parts[1].usd == whole.usd
                assert abs(parts[0].sol + parts[1].sol - whole.sol) <= Decimal("0.01")
                split += 1
        return split

    assert business.read(use) > CASES // 2


@pytest.mark.parametrize("policy", POLICIES)
def test_invariant_5(business: Database, policy: CodeVsAutomatic) -> None:
    """An invalid code changes no price; under `best_for_guest` no code raises one."""
    switch(business, policy)
    seen: set[CodeStatus] = set()

    def use(work: Work) -> None:
        for request in requests():
            if request.code is None:
                continue
            sent, without = quoted(work, request), quoted(work, replace(request, code=None))
            result = sent.outcome.code
            assert result is not None
            seen.add(result.status)
            if result.status is CodeStatus.REFUSED:
                assert sent.totals == without.totals
            elif policy is CodeVsAutomatic.BEST_FOR_GUEST:
                assert sent.totals.total.usd <= without.totals.total.usd
                assert sent.totals.total.sol <= without.totals.total.sol

    business.read(use)
    assert seen >= {CodeStatus.APPLIED, CodeStatus.REFUSED}


def test_invariant_6(business: Database) -> None:
    """A house costs the same whether others are quoted with it or not."""

    def use(work: Work) -> None:
        for request in requests():
            assert request.house is not None
            # A search of all houses offers a service where it exists; alone, a house would refuse it.
            alone = replace(request, services=())
            among = quoting.quote(work, replace(alone, house=None)).of(request.house)
            assert quoted(work, alone) == among

    business.read(use)


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2027, 2, 28), date(2028, 2, 29)], ids=str)
@pytest.mark.parametrize("minutes", [-1, 0, 1])
def test_invariant_11(database: Database, clock: FixedClock, day: date, minutes: int) -> None:
    """A day of booking begins at midnight in Lima, 05:00 UTC: at the turn of a year, and of February."""

    def store_day(work: Work) -> None:
        build_world(work)
        one_day = make_code("ONEDAY", book_window=Window(day, day))
        store_discounts(work, one_day, make_rule("Soon", "20.00", Source.LAST_MINUTE))

    database.write(store_day, actor=SETUP)
    clock.advance(datetime.combine(day, time(5), UTC) + timedelta(minutes=minutes) - clock.now())
    tomorrow = day + timedelta(days=1)
    asked = QuoteRequest(Stay(tomorrow, tomorrow + timedelta(days=1)), 1, C2, code="ONEDAY")
    answer = database.read(lambda work: quoted(work, asked))
    assert answer.outcome.code is not None
    begun = minutes >= 0
    assert answer.outcome.code.status is (CodeStatus.APPLIED if begun else CodeStatus.REFUSED)
    assert any(one.applies for one in answer.outcome.considered if one.discount.name == "Soon") is begun
