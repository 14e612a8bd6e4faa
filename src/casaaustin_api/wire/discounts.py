"""Discounts as front ends know them: in a quote, as lists, and as codes that were made.

What a guest reads is Spanish. Whoever is not staff learns of a code only what
`winner.public` lets them. Source: docs/rules/pricing.md, 2.5.1, 4.3, 4.6 and 4.7.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from casaaustin.discounts.judge import Verdict
from casaaustin.discounts.offers import NO_PRICE
from casaaustin.discounts.texts import reason_sentence, title
from casaaustin.discounts.winner import CodeResult, CodeStatus, Outcome, public
from casaaustin.formats import money, percentage
from casaaustin.money import ZERO, percent_of
from casaaustin.vocabulary import Benefit, Source
from casaaustin_api.fields import Number


class DiscountApplied(TypedDict):
    """What is taken off, or that nothing is although a code was sent.

    `type` is `discount_code`, `automatic`, `error` (the code was refused and nothing else applies)
    or `none` (the house has no price).
    """

    type: str
    description: str
    discount_percentage: Number
    discount_amount_usd: Number
    discount_amount_sol: Number
    code_used: str | None
    apply_only_to_base_price: bool


class CodeAnswer(TypedDict):
    """What became of the code that was sent: `applied`, `superseded` or `refused`, and why."""

    status: str
    reason: str | None
    message: str


class DiscountCandidate(TypedDict):
    """A discount that was considered, for staff; a refused one says why and takes nothing off."""

    id: UUID
    type: str
    name: str
    code: str | None
    discount_percentage: Number
    discount_amount_usd: Number
    discount_amount_sol: Number
    applies: bool
    won: bool
    reason: str | None
    message: str


class HouseDiscounts(TypedDict):
    """The part of a house's answer that is about discounts."""

    discount_applied: NotRequired[DiscountApplied]
    code_result: NotRequired[CodeAnswer]
    discount_candidates: NotRequired[list[DiscountCandidate]]


def present_outcome(
    outcome: Outcome, *, staff: bool, viewer: UUID | None, houses: Mapping[UUID, str]
) -> HouseDiscounts:
    """What a house's answer says about discounts; nothing when none applies and no code was sent.

    Args:
        outcome: of the house.
        staff: whether the inner reasons and the losers are shown.
        viewer: the client who asks; None for a stranger.
        houses: names of live houses, to say where a code is valid.
    """
    found: HouseDiscounts = {}
    result = outcome.code if staff else public(outcome, viewer)
    if outcome.winner is not None:
        found["discount_applied"] = _applied(outcome.winner)
    elif result is not None:
        found["discount_applied"] = _nothing(_message(result, outcome, houses), result)
    if result is not None:
        found["code_result"] = {
            "status": result.status,
            "reason": result.reason,
            "message": _message(result, outcome, houses),
        }
    if staff and outcome.considered:
        found["discount_candidates"] = [_candidate(one, outcome, houses) for one in outcome.considered]
    return found


def _applied(won: Verdict) -> DiscountApplied:
    discount = won.discount
    return {
        "type": "discount_code" if discount.source is Source.CODE else "automatic",
        "description": _sentence(discount_sentence(won)),
        "discount_percentage": discount.percentage,
        "discount_amount_usd": won.amount.usd,
        "discount_amount_sol": won.amount.sol,
        "code_used": discount.code,
        "apply_only_to_base_price": discount.base_only,
    }


def _nothing(message: str, result: CodeResult) -> DiscountApplied:
    return {
        "type": "none" if result.reason == NO_PRICE else "error",
        "description": message,
        "discount_percentage": ZERO,
        "discount_amount_usd": ZERO,
        "discount_amount_sol": ZERO,
        "code_used": None,
        "apply_only_to_base_price": False,
    }


def _message(result: CodeResult, outcome: Outcome, houses: Mapping[UUID, str]) -> str:
    if result.status is CodeStatus.REFUSED:
        return _sentence(reason_sentence(result.reason or "", result.figures, houses=houses))
    if result.status is CodeStatus.SUPERSEDED:
        return "Otro descuento es mayor: se aplica ese, y el código queda sin usar."
    better = outcome.passed_over
    if better is None:
        return "El código se aplicó."
    return f"El código se aplicó. Sin él descontaría más: {discount_sentence(better)}."


def discount_sentence(verdict: Verdict) -> str:
    """What a discount takes off: its name, the amount, and the percentage unless a cap made it less.

    Source: docs/migrating.md, D-38.
    """
    discount, amount = verdict.discount, verdict.amount
    in_soles = discount.benefit is Benefit.FIXED_SOL
    taken = money(amount.sol, "PEN") if in_soles else money(amount.usd, "USD")
    is_whole = amount.usd == percent_of(verdict.base_usd, discount.value)
    share = f" ({percentage(discount.value)})" if discount.benefit is Benefit.PERCENTAGE and is_whole else ""
    return f"{title(discount)}: {taken} de descuento{share}"


def _candidate(verdict: Verdict, outcome: Outcome, houses: Mapping[UUID, str]) -> DiscountCandidate:
    discount, refusal = verdict.discount, verdict.refusal
    said = (
        discount_sentence(verdict)
        if refusal is None
        else reason_sentence(refusal.reason, refusal.figures, houses=houses)
    )
    return {
        "id": discount.id,
        "type": discount.source,
        "name": discount.name,
        "code": discount.code,
        "discount_percentage": discount.percentage,
        "discount_amount_usd": verdict.amount.usd,
        "discount_amount_sol": verdict.amount.sol,
        "applies": verdict.applies,
        "won": verdict == outcome.winner,
        "reason": refusal.reason if refusal is not None else None,
        "message": _sentence(said),
    }


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
