"""Why a stay gets its discount, or none: every discount considered, each test, its worth, and the winner.

The winner is the one that the evaluator chose. An explanation judges the other
discounts for the same stay once more and shows the work; it decides nothing.
Source: docs/rules/pricing.md, 2.5 to 2.7.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from casaaustin.discounts.check_texts import NO_NAMES, Names
from casaaustin.discounts.judge import Case, Check, Verdict, discount_amount, discount_base, judge
from casaaustin.discounts.judge import explain as checks_of
from casaaustin.discounts.offers import Offers, Recommendation
from casaaustin.discounts.record import Discount
from casaaustin.discounts.winner import NOT_FOUND, RANKED_BY, Outcome, rank
from casaaustin.errors import NotAvailable
from casaaustin.money import NOTHING, Amount
from casaaustin.pricing.ratebook import Policy
from casaaustin.quoting.evaluate import HouseQuote
from casaaustin.vocabulary import CodeVsAutomatic, Source

_ORDER = {source: place for place, source in enumerate(Source)}
_AMOUNTS = frozenset({"dollars", "soles"})


class Standing(StrEnum):
    """What became of a discount that was considered."""

    WON = "won"
    PASSED_OVER = "passed_over"
    REFUSED = "refused"


class Why(StrEnum):
    """Why the winner won."""

    NOTHING_APPLIES = "nothing_applies"
    NOTHING_ELSE_APPLIES = "nothing_else_applies"
    CODE_WINS = "code_wins"
    LARGEST = "largest"
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class Considered:
    """A discount that was looked at.

    Args:
        source: of which kind it is.
        discount: None for a code that does not exist and a recommendation that gives nothing.
        code: the code as it was typed, of a code.
        checks: every test, in the order in which refusals are told.
        standing: what became of it.
        worth: what it would take off by itself, whether or not it applies.
        effect: what it takes off the price: its worth when it won, else nothing.
    """

    source: Source
    discount: Discount | None
    code: str | None
    checks: tuple[Check, ...]
    standing: Standing
    worth: Amount
    effect: Amount


@dataclass(frozen=True, slots=True)
class Decision:
    """Why the winner won; over which other one, and by what when both take off the same."""

    why: Why
    over: Verdict | None = None
    tie_broken_by: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every discount considered for a stay in a house; the effects add up to the price.

    Args:
        answer: the quote of the house.
        booked_on: the day of booking that was assumed.
        client: for whom, if for anybody.
        code_vs_automatic: the switch.
        considered: the code, the recommendation and every rule, always in the same order.
        decision: why the winner won.
        names: what people call the houses and levels that the tests saw.
    """

    answer: HouseQuote
    booked_on: date
    client: UUID | None
    code_vs_automatic: CodeVsAutomatic
    considered: tuple[Considered, ...]
    decision: Decision
    names: Names = NO_NAMES


def explain(
    answer: HouseQuote,
    offers: Offers,
    policy: Policy,
    *,
    rules: Iterable[Discount],
    recommended: Recommendation | None = None,
    names: Names = NO_NAMES,
) -> Explanation:
    """Show the work behind a quote of one house.

    Args:
        answer: the quote.
        offers: what it was made from.
        policy: of the same moment.
        rules: every automatic rule, also those that are switched off.
        recommended: who brought the client, if anybody did.
        names: see `Explanation`.

    Raises:
        NotAvailable: the house has no price for these nights (`price_missing`).
    """
    if answer.price is None:
        raise NotAvailable(
            f"{answer.house.name} has no price for these nights.",
            code="price_missing",
            hint="See its prices with: casa prices show",
        )
    case = offers.case(answer.house.id, answer.stay, answer.price, answer.rate, policy)
    outcome = answer.outcome
    considered = [_of(rule, case, outcome) for rule in sorted(rules, key=_place)]
    if recommended is not None:
        considered.insert(0, _recommendation(recommended, case, outcome))
    if offers.asked is not None:
        considered.insert(0, _code(offers.asked, offers.code, case, outcome))
    return Explanation(
        answer=answer,
        booked_on=offers.booked_on,
        client=offers.person.id if offers.person is not None else None,
        code_vs_automatic=policy.code_vs_automatic,
        considered=tuple(considered),
        decision=_decision(outcome, policy.code_vs_automatic),
        names=names,
    )


def _place(rule: Discount) -> tuple[Any, ...]:
    return (_ORDER[rule.source], rule.name, rule.id)


def _of(discount: Discount, case: Case, outcome: Outcome, *first: Check) -> Considered:
    worth = discount_amount(discount, discount_base(discount, case), case)
    won = outcome.winner is not None and outcome.winner.discount.id == discount.id
    standing = Standing.REFUSED
    if won:
        standing = Standing.WON
    elif judge(discount, case).applies:
        standing = Standing.PASSED_OVER
    return Considered(
        source=discount.source,
        discount=discount,
        code=discount.code,
        checks=(*first, *checks_of(discount, case)),
        standing=standing,
        worth=worth,
        effect=outcome.amount if won else NOTHING,
    )


def _code(asked: str, code: Discount | None, case: Case, outcome: Outcome) -> Considered:
    exists = Check("exists", code is not None, {"code": asked}, None if code is not None else NOT_FOUND)
    if code is not None:
        return _of(code, case, outcome, exists)
    return Considered(Source.CODE, None, asked, (exists,), Standing.REFUSED, NOTHING, NOTHING)


def _recommendation(recommended: Recommendation, case: Case, outcome: Outcome) -> Considered:
    gives = recommended.discount is not None
    first = (
        Check("recommended by another client", True, {}),
        Check(
            "level with a percentage",
            gives,
            {"level": recommended.level.id if recommended.level is not None else None},
            None if gives else "referral_without_percentage",
        ),
    )
    if recommended.discount is not None:
        return _of(recommended.discount, case, outcome, *first)
    return Considered(Source.REFERRAL, None, None, first, Standing.REFUSED, NOTHING, NOTHING)


def _decision(outcome: Outcome, policy: CodeVsAutomatic) -> Decision:
    winner = outcome.winner
    if winner is None:
        return Decision(Why.NOTHING_APPLIES)
    others = [one for one in outcome.considered if one.applies and one.discount.id != winner.discount.id]
    if not others:
        return Decision(Why.NOTHING_ELSE_APPLIES)
    next_best = min(others, key=rank)
    if outcome.code_won and policy is CodeVsAutomatic.CODE_WINS:
        return Decision(Why.CODE_WINS, next_best)
    decided_by = next(_differences(winner, next_best))
    if decided_by in _AMOUNTS:
        return Decision(Why.LARGEST, next_best)
    return Decision(Why.TIE, next_best, decided_by)


def _differences(one: Verdict, other: Verdict) -> Iterator[str]:
    """By what two discounts can be told apart, what counts most first."""
    pairs = zip(RANKED_BY, rank(one), rank(other), strict=True)
    return (name for name, mine, theirs in pairs if mine != theirs)
