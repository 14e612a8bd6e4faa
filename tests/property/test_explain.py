"""What is true of every explanation of discounts. Source: docs/rules/pricing.md, 2.6 and 6.10."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from casaaustin.discounts.offers import Offers
from casaaustin.discounts.record import Discount
from casaaustin.money import NOTHING
from casaaustin.pricing.ratebook import Policy
from casaaustin.quoting.evaluate import QuoteRequest, evaluate
from casaaustin.quoting.explain import Standing, explain
from casaaustin.stays import Stay
from casaaustin.vocabulary import Benefit, CodeVsAutomatic, DayScope, Source, SpecialNights
from tests.support.offers import make_code, make_rule
from tests.support.strategies import exchange_rates
from tests.support.world import C1, MONDAY, NONE_TAKEN, pure_world

TODAY = date(2026, 4, 6)
VALUES = st.integers(1, 10_000).map(lambda cents: Decimal(cents) / 100)
TRIGGERS = st.sampled_from([Source.GLOBAL_PROMOTION, Source.LAST_MINUTE, Source.BIRTHDAY])


@st.composite
def rules(draw: st.DrawFn) -> list[Discount]:
    """Up to six rules, some of them switched off or for some weekdays only."""
    return [
        make_rule(
            f"Rule {number}",
            str(draw(VALUES)),
            draw(TRIGGERS),
            is_active=draw(st.booleans()),
            base_only=draw(st.booleans()),
            cap_usd=draw(st.none() | VALUES),
            weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
            day_scope=draw(st.sampled_from(DayScope)),
        )
        for number in range(draw(st.integers(0, 6)))
    ]


@given(
    offered=rules(),
    code=st.none() | st.builds(make_code, value=VALUES.map(str), benefit=st.sampled_from(Benefit)),
    policy=st.builds(
        Policy,
        code_vs_automatic=st.sampled_from(CodeVsAutomatic),
        special_nights=st.sampled_from(SpecialNights),
    ),
    ahead=st.integers(0, 300),
    nights=st.integers(1, 9),
    guests=st.integers(1, 12),
    rate=exchange_rates(),
)
def test_the_effects_add_up_and_one_discount_wins_at_most(
    offered: list[Discount],
    code: Discount | None,
    policy: Policy,
    ahead: int,
    nights: int,
    guests: int,
    rate: Decimal,
) -> None:
    check_in = TODAY + timedelta(days=ahead)
    offers = Offers(
        booked_on=TODAY,
        rules=tuple(rule for rule in offered if rule.is_active),
        asked=code.code if code is not None else None,
        code=code,
    )
    answer = evaluate(
        pure_world(policy=policy),
        QuoteRequest(Stay(check_in, check_in + timedelta(days=nights)), guests, C1),
        NONE_TAKEN,
        now=MONDAY,
        valid_for=timedelta(minutes=30),
        rate=rate,
        offers=offers,
    ).of(C1)
    found = explain(answer, offers, policy, rules=offered)
    effects = sum((one.effect for one in found.considered), NOTHING)
    assert answer.totals.subtotal - effects == answer.totals.final
    assert len(found.considered) == len(offered) + (code is not None)
    won = [one for one in found.considered if one.standing is Standing.WON]
    assert len(won) == (answer.outcome.winner is not None)
    for one in found.considered:
        assert all(check.passed for check in one.checks) is (one.standing is not Standing.REFUSED)
