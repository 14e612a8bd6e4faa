"""What an explanation of discounts says. Source: docs/rules/pricing.md, 2.5 to 2.7."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from casaaustin.discounts.check_texts import NO_NAMES, Names, check_sentence, name_of
from casaaustin.discounts.offers import Offers, Recommendation
from casaaustin.discounts.record import Discount
from casaaustin.discounts.texts import outcome_sentence
from casaaustin.discounts.winner import CodeStatus
from casaaustin.errors import NotAvailable
from casaaustin.money import NOTHING
from casaaustin.pricing.ratebook import Policy
from casaaustin.quoting.evaluate import HouseQuote, QuoteRequest, evaluate
from casaaustin.quoting.explain import Explanation, Standing, Why, explain
from casaaustin.quoting.explain_texts import decision_sentence
from casaaustin.vocabulary import Benefit, CodeVsAutomatic, Language, Source
from tests.support.discount_examples import EXAMPLES, W01, Example
from tests.support.offers import make_code, make_level, make_rule
from tests.support.world import MONDAY, NONE_TAKEN, make_house

ENGLISH = Language.ENGLISH


def explained(example: Example, *more: Discount, **facts: Any) -> Explanation:
    """The explanation of an example, in which the rules `more` are switched off."""
    offers = offers_of(example)
    rules = [rule for rule in offers.rules if rule.source is not Source.REFERRAL]
    theirs = [rule for rule in offers.rules if rule.source is Source.REFERRAL]
    usual: dict[str, Any] = {
        "rules": [*rules, *(replace(rule, is_active=False) for rule in more)],
        "recommended": Recommendation(None, theirs[0]) if theirs else None,
    }
    return explain(answer_to(example, offers), offers, example.policy, **usual | facts)


def offers_of(example: Example) -> Offers:
    return Offers(
        booked_on=example.today,
        rules=example.all_rules(),
        person=example.person(),
        asked=example.asked,
        code=example.code,
    )


def answer_to(example: Example, offers: Offers) -> HouseQuote:
    request = QuoteRequest(example.stay, example.guests, example.house)
    return evaluate(
        example.book(), request, NONE_TAKEN, now=MONDAY, valid_for=timedelta(minutes=30), offers=offers
    ).of(example.house)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_effects_add_up_to_the_price(name: str) -> None:
    found = explained(EXAMPLES[name], make_rule("Off"))
    totals = found.answer.totals
    assert totals.subtotal - sum((one.effect for one in found.considered), NOTHING) == totals.final


@pytest.mark.parametrize("name", EXAMPLES)
def test_it_agrees_with_the_evaluator(name: str) -> None:
    found = explained(EXAMPLES[name])
    outcome = found.answer.outcome
    won = [one.discount for one in found.considered if one.standing is Standing.WON]
    assert won == ([outcome.winner.discount] if outcome.winner is not None else [])
    applies = {one.discount for one in found.considered if one.standing is not Standing.REFUSED}
    assert applies == {one.discount for one in outcome.considered if one.applies}
    for one in found.considered:
        assert all(check.passed for check in one.checks) is (one.standing is not Standing.REFUSED)


@pytest.mark.parametrize("name", EXAMPLES)
@pytest.mark.parametrize("language", Language)
def test_everything_has_words(name: str, language: Language) -> None:
    found = explained(EXAMPLES[name], make_rule("Off"))
    assert decision_sentence(found, language)
    for one in found.considered:
        for check in one.checks:
            assert name_of(check, language)
            if not check.passed:
                assert check_sentence(check, language)


def test_a_rule_that_is_switched_off_is_explained_too() -> None:
    found = explained(Example(W01), make_rule("Off"))
    (off,) = found.considered
    assert off.standing is Standing.REFUSED
    assert [check.reason for check in off.checks if not check.passed] == ["code_inactive"]
    assert (off.worth.usd, off.effect) == (Decimal("33.00"), NOTHING)


def test_the_order_is_always_the_same() -> None:
    rules = (
        make_rule("B"),
        make_rule("A"),
        make_rule("Late", source=Source.LAST_MINUTE),
        make_rule("Home", source=Source.BIRTHDAY),
    )
    one = explained(Example(W01, code=make_code("CODE"), rules=rules), recommended=Recommendation(None, None))
    other = explained(
        Example(W01, code=make_code("CODE"), rules=rules[::-1]), recommended=Recommendation(None, None)
    )
    assert one.considered == other.considered
    assert [each.source for each in one.considered] == [
        Source.CODE,
        Source.REFERRAL,
        Source.BIRTHDAY,
        Source.LAST_MINUTE,
        Source.GLOBAL_PROMOTION,
        Source.GLOBAL_PROMOTION,
    ]
    assert [each.discount.name for each in one.considered[-2:] if each.discount] == ["A", "B"]


def test_a_code_that_does_not_exist_is_one_failed_test() -> None:
    (one,) = explained(Example(W01, sends="NOPE")).considered
    assert (one.discount, one.code, one.standing) == (None, "NOPE", Standing.REFUSED)
    assert [check.reason for check in one.checks] == ["code_not_found"]


def test_a_recommendation_whose_level_gives_nothing_says_so() -> None:
    level = make_level("Semilla")
    found = explained(Example(W01, who="Ana"), recommended=Recommendation(level, None))
    (one,) = found.considered
    assert [check.passed for check in one.checks] == [True, False]
    said = check_sentence(one.checks[1], ENGLISH, Names(levels={level.id: level.title}))
    assert said == "the level of who recommended gives no discount (Semilla)"


BIG, SMALL = make_rule("Big", "20.00"), make_rule("Small", "5.00")


@pytest.mark.parametrize(
    ("example", "why", "sentence"),
    [
        pytest.param(Example(W01), Why.NOTHING_APPLIES, "none applies", id="nothing applies"),
        pytest.param(
            Example(W01, rules=(BIG,)), Why.NOTHING_ELSE_APPLIES, "Big: nothing else applies", id="alone"
        ),
        pytest.param(
            Example(W01, rules=(SMALL, BIG)),
            Why.LARGEST,
            "Big: takes more off than Small (US$ 11.00)",
            id="the largest",
        ),
        pytest.param(
            Example(W01, rules=(BIG,), code=make_code("CODE")),
            Why.CODE_WINS,
            "code CODE: a code always wins (code_vs_automatic = code_wins), also over Big (US$ 44.00)",
            id="a code wins",
        ),
        pytest.param(
            Example(W01, rules=(make_rule("A", "20.00"), BIG)),
            Why.TIE,
            "A: it takes off as much as Big (US$ 44.00) and wins by name",
            id="a tie, by name",
        ),
        pytest.param(
            Example(W01, rules=(make_rule("Late", "20.00", Source.RETURNING), BIG), who="Carla"),
            Why.TIE,
            "Late: it takes off as much as Big (US$ 44.00) and wins by the order of the kinds",
            id="a tie, by kind",
        ),
        pytest.param(
            Example(W01, rules=(make_rule("Capped", "50.00", cap_usd=Decimal("44.00")), BIG)),
            Why.TIE,
            "Capped: it takes off as much as Big (US$ 44.00) and wins by the higher percentage",
            id="a tie, by percentage",
        ),
    ],
)
def test_why_the_winner_won(example: Example, why: Why, sentence: str) -> None:
    found = explained(example)
    assert (found.decision.why, decision_sentence(found, ENGLISH)) == (why, sentence)


def test_without_a_price_there_is_nothing_to_explain() -> None:
    example = Example(W01, house=make_house("No price", rates=None, from_price_usd=None).id)
    offers = offers_of(example)
    unpriced = replace(answer_to(replace(example, house=Example(W01).house), offers), price=None)
    with pytest.raises(NotAvailable) as refused:
        explain(unpriced, offers, example.policy, rules=())
    assert refused.value.code == "price_missing"


# -- one sentence for a quote ---------------------------------------------------------------------


def sentence(example: Example, language: Language = ENGLISH) -> str | None:
    return outcome_sentence(answer_to(example, offers_of(example)).outcome, language)


def test_no_code_and_no_discount_need_no_sentence() -> None:
    assert sentence(Example(W01)) is None


def test_a_discount_is_named_with_what_it_takes_off() -> None:
    capped = make_rule("Promo", "15.00", base_only=True, cap_usd=Decimal("30.00"))
    assert sentence(Example(W01, rules=(capped,))) == "Promo: 15% of the base price, at most US$ 30.00"
    in_soles = make_code("CODE", "50.00", benefit=Benefit.FIXED_SOL)
    assert sentence(Example(W01, code=in_soles)) == "code CODE: S/ 50.00"


def test_a_better_offer_that_was_passed_over_is_named() -> None:
    passed = Example(W01, code=make_code("CODE", "5.00"), rules=(BIG,))
    assert sentence(passed) == "code CODE: 5%; the better Big (20%) was passed over"
    assert sentence(passed, Language.SPANISH) == "código CODE: 5%; se dejó de lado algo mejor, Big (20%)"


def test_a_code_that_was_passed_over_is_not_used() -> None:
    best = Policy(code_vs_automatic=CodeVsAutomatic.BEST_FOR_GUEST)
    passed = Example(W01, code=make_code("CODE", "5.00"), rules=(BIG,), policy=best)
    outcome = answer_to(passed, offers_of(passed)).outcome
    assert outcome.code is not None
    assert (outcome.code.status, outcome.passed_over) == (CodeStatus.SUPERSEDED, None)
    assert sentence(passed) == "code CODE: not used, there is something better; Big: 20%"


def test_a_refused_code_says_why_and_what_there_is_instead() -> None:
    refused = Example(W01, sends="NOPE", rules=(BIG,))
    assert sentence(refused) == "code NOPE: does not apply, there is no such code; Big: 20%"


def test_unknown_names_are_left_out() -> None:
    found = explained(Example(W01, rules=(make_rule(achievements=frozenset({make_level("Gone").id})),)))
    level = next(check for check in found.considered[0].checks if check.test == "level")
    assert check_sentence(level, ENGLISH, NO_NAMES).startswith("the client holds none of its levels")
