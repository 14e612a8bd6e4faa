"""The worked examples of discounts, as plain values. Source: docs/rules/pricing.md, 6.3 to 6.6.

The same table runs on every database in tests/integration/discounts/test_worked_examples.py.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from casaaustin.discounts.judge import Uses
from casaaustin.discounts.offers import Offers
from casaaustin.discounts.record import allowed_weekdays
from casaaustin.discounts.winner import public
from casaaustin.errors import InvalidInput
from casaaustin.money import Amount
from casaaustin.pricing.ratebook import RateBook
from casaaustin.quoting.evaluate import HouseQuote, QuoteRequest, evaluate
from casaaustin.vocabulary import Source
from tests.support.discount_examples import EXAMPLES, W01, W02, Example, person_id
from tests.support.offers import make_code
from tests.support.world import (
    BREAKFAST,
    C1,
    MONDAY,
    NONE_TAKEN,
    POOL_HEATING,
    TRANSFER,
    pure_world,
    stay,
)


def offers_of(example: Example, **facts: Any) -> Offers:
    usual: dict[str, Any] = {
        "booked_on": example.today,
        "rules": example.all_rules(),
        "person": example.person(),
        "asked": example.asked,
        "code": example.code,
    }
    return Offers(**usual | facts)


def answer(book: RateBook, request: QuoteRequest, offers: Offers) -> HouseQuote:
    quoted = evaluate(book, request, NONE_TAKEN, now=MONDAY, valid_for=timedelta(minutes=30), offers=offers)
    return quoted.of(request.house or C1)


def answer_to(example: Example, **facts: Any) -> HouseQuote:
    request = QuoteRequest(example.stay, example.guests, example.house)
    return answer(example.book(), request, offers_of(example, **facts))


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    EXAMPLES[name].check(answer_to(EXAMPLES[name]))


def test_the_losers_are_told_too_w27() -> None:
    outcome = answer_to(EXAMPLES["W27"]).outcome
    worth = {one.discount.source: one.amount.usd for one in outcome.considered if one.applies}
    assert worth == {Source.BIRTHDAY: Decimal("42.00"), Source.GLOBAL_PROMOTION: Decimal("54.00")}


@pytest.mark.parametrize("name", ["W29a", "W29b"])
def test_a_stranger_cannot_tell_an_expired_code_from_none(name: str) -> None:
    told = public(answer_to(EXAMPLES[name]).outcome, person_id("Diego"))
    assert told is not None
    assert (told.reason, told.figures) == ("code_not_valid", {})


@pytest.mark.parametrize("name", ["C40 code wins", "C40 best for guest"])
def test_the_better_offer_that_was_passed_over_is_told_c40(name: str) -> None:
    passed_over = answer_to(EXAMPLES[name]).outcome.passed_over
    amount = passed_over.amount.usd if passed_over is not None else None
    assert amount == (Decimal("48.00") if name == "C40 code wins" else None)


@pytest.mark.parametrize(
    ("used", "reason"), [pytest.param(1, "code_exhausted", id="W25a"), pytest.param(0, None, id="W25b")]
)
def test_the_last_use(used: int, reason: str | None) -> None:
    limited = make_code("CODE", usage_limit=1)
    outcome = answer_to(Example(W01, code=limited), uses={limited.id: Uses(total=used)}).outcome
    assert outcome.code is not None
    assert outcome.code.reason == reason


def test_both_day_flags_mean_nothing_w26() -> None:
    with pytest.raises(InvalidInput) as refused:
        allowed_weekdays(frozenset(), restrict_weekdays=True, restrict_weekends=True)
    assert (refused.value.field, refused.value.code) == ("restrict_weekends", "code_config_conflict")


def test_services_are_outside_the_discount_w36() -> None:
    request = QuoteRequest(W02, 3, C1, services=(BREAKFAST, POOL_HEATING, TRANSFER))
    totals = answer(pure_world(cleaning=True), request, offers_of(Example(W02, code=make_code()))).totals
    assert (totals.subtotal.usd, totals.discount.usd, totals.final) == (
        Decimal("400.00"),
        Decimal("40.00"),
        Amount(Decimal("360.00"), Decimal("1341.00")),
    )
    assert totals.services == Amount(Decimal("245.00"), Decimal("912.63"))
    assert totals.total == Amount(Decimal("605.00"), Decimal("2253.63"))


def test_the_dates_of_the_stay_play_no_part_in_the_booking_window_w18() -> None:
    example = EXAMPLES["W18a"]
    later = Example(stay("2026-08-03", "2026-08-05"), code=example.code)
    assert answer_to(later).outcome.code_won
