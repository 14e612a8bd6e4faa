"""What is always true of a discount. Source: docs/rules/pricing.md, 2.5, 2.6 and 6.10."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.discounts.judge import Case, Person, explain, judge
from casaaustin.discounts.record import EVERY_DAY, Discount, Window, check_discount
from casaaustin.discounts.winner import CodeStatus, choose
from casaaustin.errors import InvalidInput
from casaaustin.money import in_soles
from casaaustin.pricing.nights import stay_price
from casaaustin.stays import Stay
from casaaustin.vocabulary import Benefit, CodeVsAutomatic, DayScope, Source, SpecialNights
from tests.support.world import RATE, pure_world

BOOK = pure_world()
TODAY = date(2026, 4, 6)


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda number: Decimal(number) / 100)


@st.composite
def discounts(draw: st.DrawFn, source: Source | None = None) -> Discount:
    chosen = source or draw(st.sampled_from([one for one in Source if one is not Source.CODE]))
    benefit = draw(st.sampled_from(list(Benefit))) if chosen is Source.CODE else Benefit.PERCENTAGE
    return Discount(
        id=UUID(int=draw(st.integers(1, 40))),
        name=draw(st.sampled_from(["a", "b", "c"])),
        source=chosen,
        benefit=benefit,
        value=draw(cents(1, 10_000)),
        code="CODE" if chosen is Source.CODE else None,
        cap_usd=draw(st.none() | cents(1, 50_000)) if benefit is Benefit.PERCENTAGE else None,
        min_amount_usd=draw(st.none() | cents(0, 60_000)),
        book_window=Window(None, draw(st.none() | st.just(TODAY + timedelta(days=draw(st.integers(-2, 2)))))),
        weekdays=draw(st.just(EVERY_DAY) | st.frozensets(st.integers(0, 6), min_size=1)),
        day_scope=draw(st.sampled_from(list(DayScope))),
        base_only=draw(st.booleans()),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    check_in = TODAY + timedelta(days=draw(st.integers(0, 400)))
    stay = Stay(check_in, check_in + timedelta(days=draw(st.integers(1, 12))))
    house = draw(st.sampled_from(BOOK.houses))
    price = stay_price(BOOK, house, stay, draw(st.integers(1, 20)))
    assert price is not None
    person = draw(st.none() | st.builds(Person, st.just(UUID(int=7)), prior=st.integers(0, 1)))
    return Case(
        house.id,
        stay,
        price,
        RATE,
        TODAY,
        person,
        special_nights=draw(st.sampled_from(list(SpecialNights))),
    )


@given(discount=discounts(Source.CODE) | discounts(), case=cases())
def test_between_nothing_and_the_subtotal_and_never_above_its_cap(discount: Discount, case: Case) -> None:
    verdict = judge(discount, case)
    subtotal = case.price.subtotal_usd
    assert 0 <= verdict.amount.usd <= verdict.base_usd <= subtotal
    assert 0 <= verdict.amount.sol <= in_soles(subtotal, case.rate)
    if discount.cap_usd is not None:
        assert verdict.amount.usd <= discount.cap_usd
    if not verdict.applies:
        assert verdict.amount.usd == verdict.amount.sol == 0


@given(case=cases(), rules=st.lists(discounts(), max_size=6), code=st.none() | discounts(Source.CODE))
def test_the_order_in_which_rules_are_stored_does_not_matter(
    case: Case, rules: list[Discount], code: Discount | None
) -> None:
    for policy in CodeVsAutomatic:
        there = choose(rules, case, policy=policy, asked="CODE", code=code)
        back = choose(rules[::-1], case, policy=policy, asked="CODE", code=code)
        assert there.amount == back.amount
        assert there.code == back.code


@given(case=cases(), rules=st.lists(discounts(), max_size=5), code=discounts(Source.CODE))
def test_sending_a_code_never_raises_the_price_when_the_best_is_taken(
    case: Case, rules: list[Discount], code: Discount
) -> None:
    without = choose(rules, case, policy=CodeVsAutomatic.BEST_FOR_GUEST)
    sent = choose(rules, case, policy=CodeVsAutomatic.BEST_FOR_GUEST, asked="CODE", code=code)
    assert sent.amount.usd >= without.amount.usd


@given(case=cases(), rules=st.lists(discounts(), max_size=5), code=st.none() | discounts(Source.CODE))
def test_an_invalid_code_never_changes_the_price(
    case: Case, rules: list[Discount], code: Discount | None
) -> None:
    for policy in CodeVsAutomatic:
        sent = choose(rules, case, policy=policy, asked="CODE", code=code)
        assert sent.code is not None
        if sent.code.status is CodeStatus.REFUSED:
            assert sent.amount == choose(rules, case, policy=policy).amount


@given(case=cases(), rules=st.lists(discounts(), min_size=1, max_size=5), one_more=discounts())
def test_one_more_rule_never_makes_it_dearer(case: Case, rules: list[Discount], one_more: Discount) -> None:
    fewer = choose(rules, case, policy=CodeVsAutomatic.BEST_FOR_GUEST)
    more = choose([*rules, one_more], case, policy=CodeVsAutomatic.BEST_FOR_GUEST)
    assert more.amount.usd >= fewer.amount.usd


@given(discount=discounts(Source.CODE) | discounts(), case=cases())
def test_an_explanation_says_what_the_judge_says(discount: Discount, case: Case) -> None:
    refusal = judge(discount, case).refusal
    reasons = [check.reason for check in explain(discount, case) if not check.passed]
    assert reasons[:1] == ([] if refusal is None else [refusal.reason])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        pytest.param({"value": Decimal("0.00")}, "discount_value", id="nothing off"),
        pytest.param({"value": Decimal("100.01")}, "discount_value", id="more than everything off"),
        pytest.param({"cap_usd": Decimal("0.00")}, "max_discount_usd", id="a cap of nothing"),
        pytest.param(
            {"cap_usd": Decimal("1.00"), "benefit": Benefit.FIXED_USD},
            "max_discount_usd",
            id="a fixed one capped",
        ),
        pytest.param({"min_amount_usd": Decimal("-1.00")}, "min_amount_usd", id="a negative minimum"),
        pytest.param({"usage_limit": 0}, "usage_limit", id="a limit of nothing"),
        pytest.param({"per_client_limit": 0}, "per_client_limit", id="a client's limit of nothing"),
        pytest.param(
            {"book_window": Window(TODAY, TODAY - timedelta(days=1))}, "end_date", id="ends before it begins"
        ),
        pytest.param({"source": Source.LOYALTY}, "required_achievements", id="loyalty without a level"),
    ],
)
def test_settings_that_cannot_be_computed_clearly_are_refused(facts: dict[str, object], field: str) -> None:
    usual: dict[str, object] = {
        "id": UUID(int=1),
        "name": "a",
        "source": Source.CODE,
        "benefit": Benefit.PERCENTAGE,
        "value": Decimal("10.00"),
    }
    check_discount(Discount(**usual))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        check_discount(Discount(**usual | facts))  # type: ignore[arg-type]
    assert refused.value.field == field
