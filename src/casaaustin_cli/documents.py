"""The JSON documents of the main job, and the amounts and days that go with them.

Field names are a promise (docs/reference/json.md lists them): they may be added to,
never renamed. Amounts end in `_usd` or `_sol`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from casaaustin.vocabulary import Language

if TYPE_CHECKING:
    from casaaustin.discounts.check_texts import Names
    from casaaustin.discounts.judge import Check, Verdict
    from casaaustin.discounts.winner import Outcome
    from casaaustin.quoting.alternatives import Alternative
    from casaaustin.quoting.evaluate import HouseQuote, Line, Quote, Reason, Remark
    from casaaustin.quoting.explain import Considered, Explanation
    from casaaustin.reservations.details import BillLine, Details, SoldDiscount
    from casaaustin.reservations.queries import Holder, Listed
    from casaaustin.reservations.tape_chart import Chart, ChartStay
    from casaaustin.stays import Stay

Document = dict[str, Any]


def stay_fields(stay: Stay) -> Document:
    """The days of a stay."""
    return {"check_in": stay.check_in, "check_out": stay.check_out, "nights": stay.night_count}


def quote_document(
    quote: Quote,
    language: Language,
    *,
    quote_id: str | None,
    names: Mapping[UUID, str] | None = None,
) -> Document:
    """A quote of one house or of all; `names` are those of all houses, to say where a code is valid."""
    return {
        **stay_fields(quote.request.stay),
        "guests": quote.request.guests,
        "exchange_rate": quote.rate,
        "made_at": quote.made_at,
        "expires_at": quote.expires_at,
        "quote_id": quote_id,
        "warnings": list(_remarks(quote.warnings, language)),
        "houses": [house_document(answer, language, names=names) for answer in quote.houses],
    }


def house_document(
    answer: HouseQuote, language: Language, *, names: Mapping[UUID, str] | None = None
) -> Document:
    """What one house answers; amounts are null where the house has no price."""
    priced = answer.price is not None
    totals = answer.totals
    return {
        "id": answer.house.id,
        "slug": answer.house.slug,
        "name": answer.house.name,
        "available": answer.is_available,
        "reasons": list(_reasons(answer.reasons, language)),
        "warnings": list(_remarks(answer.warnings, language)),
        "subtotal_usd": totals.subtotal.usd if priced else None,
        "subtotal_sol": totals.subtotal.sol if priced else None,
        "discount_usd": totals.discount.usd if priced else None,
        "discount_sol": totals.discount.sol if priced else None,
        "services_usd": totals.services.usd if priced else None,
        "services_sol": totals.services.sol if priced else None,
        "total_usd": totals.total.usd if priced else None,
        "total_sol": totals.total.sol if priced else None,
        "lines": [line_document(line) for line in answer.lines()],
        **_outcome_fields(answer.outcome, language, names or {}),
        "offered_services": [
            {
                "id": service.id,
                "name": service.name,
                "price_usd": service.price_usd,
                "mandatory": service.is_mandatory,
                "per_night": service.is_per_night,
                "per_person": service.is_per_person,
            }
            for service in answer.offered
        ],
        "cancellation": [
            {"days_before": tier.days_before, "refund_percentage": tier.refund_percentage, "text": tier.text}
            for tier in answer.tiers
        ],
    }


def _outcome_fields(outcome: Outcome, language: Language, names: Mapping[UUID, str]) -> Document:
    """Which discount won, what became of the code, and everything that was considered."""
    winner = outcome.winner
    return {
        "discount": verdict_document(winner, language, names) if winner is not None else None,
        "code_result": code_document(outcome, language, names),
        "candidates": [
            verdict_document(one, language, names)
            | {"won": winner is not None and one.discount.id == winner.discount.id}
            for one in outcome.considered
        ],
    }


def verdict_document(verdict: Verdict, language: Language, names: Mapping[UUID, str]) -> Document:
    """A discount and what it takes off a stay; nothing where it is refused."""
    from casaaustin.discounts.texts import benefit_in_words, reason_sentence, title

    discount, refusal = verdict.discount, verdict.refusal
    message = None
    if refusal is not None:
        message = reason_sentence(refusal.reason, refusal.figures, language, houses=names)
    return {
        "id": discount.id,
        "source": discount.source,
        "name": discount.name,
        "code": discount.code,
        "title": title(discount, language),
        "benefit": benefit_in_words(discount, language),
        "percentage": discount.percentage,
        "applies": verdict.applies,
        "reason": refusal.reason if refusal is not None else None,
        "message": message,
        "base_usd": verdict.base_usd,
        "amount_usd": verdict.amount.usd,
        "amount_sol": verdict.amount.sol,
    }


def code_document(outcome: Outcome, language: Language, names: Mapping[UUID, str]) -> Document | None:
    """What became of the code that was sent; null when none was."""
    from casaaustin.discounts.texts import outcome_sentence, title

    result = outcome.code
    if result is None:
        return None
    better = outcome.passed_over
    return {
        "code": result.code,
        "status": result.status,
        "reason": result.reason,
        "message": outcome_sentence(outcome, language, houses=names),
        "passed_over": title(better.discount, language) if better is not None else None,
    }


def explanation_document(explained: Explanation, language: Language) -> Document:
    """Every discount considered for a stay; subtotal less the effects is the price after the discount."""
    from casaaustin.discounts.texts import kind_name
    from casaaustin.quoting.explain_texts import decision_sentence

    answer, decision = explained.answer, explained.decision
    totals = answer.totals
    return {
        **stay_fields(answer.stay),
        "guests": answer.guests,
        "house": answer.house.slug,
        "client": explained.client,
        "booked_on": explained.booked_on,
        "exchange_rate": answer.rate,
        "code_vs_automatic": explained.code_vs_automatic,
        "considered": [
            {
                "id": one.discount.id if one.discount is not None else None,
                "source": one.source,
                "kind": kind_name(one.source, language),
                "title": considered_title(one, language),
                "standing": one.standing,
                "worth_usd": one.worth.usd,
                "worth_sol": one.worth.sol,
                "effect_usd": one.effect.usd,
                "effect_sol": one.effect.sol,
                "checks": [_check_document(check, language, explained.names) for check in one.checks],
            }
            for one in explained.considered
        ],
        "decision": {
            "why": decision.why,
            "over": decision.over.discount.id if decision.over is not None else None,
            "tie_broken_by": decision.tie_broken_by,
            "message": decision_sentence(explained, language),
        },
        **{
            f"{name}_{currency}": getattr(amount, currency)
            for name, amount in (
                ("subtotal", totals.subtotal),
                ("discount", totals.discount),
                ("final", totals.final),
            )
            for currency in ("usd", "sol")
        },
    }


def considered_title(one: Considered, language: Language) -> str:
    """What people call a discount that was considered, also one that does not exist."""
    from casaaustin.discounts.texts import kind_name, title

    if one.discount is not None:
        return title(one.discount, language)
    return f"{kind_name(one.source, language)} {one.code or ''}".rstrip()


def _check_document(check: Check, language: Language, names: Names) -> Document:
    from casaaustin.discounts.check_texts import check_sentence, name_of

    return {
        "test": name_of(check, language),
        "passed": check.passed,
        "reason": check.reason,
        "message": check_sentence(check, language, names),
        "saw": check.saw,
    }


def line_document(line: Line) -> Document:
    """One line of a quote."""
    return {
        "kind": line.kind,
        "label": line.label,
        "rule": line.rule,
        "night": line.night,
        "amount_usd": line.amount.usd,
        "amount_sol": line.amount.sol,
    }


def alternative_document(offer: Alternative) -> Document:
    """The same request on other dates."""
    return {
        **stay_fields(offer.stay),
        "days_away": offer.offset,
        "house": offer.house.slug,
        "subtotal_usd": offer.subtotal_usd,
    }


def holder_document(holder: Holder) -> Document:
    """Who holds a night."""
    return {
        "night": holder.night,
        "reservation": holder.reservation_id,
        "client": holder.client,
        "status": holder.status,
        "origin": holder.origin,
        "held_until": holder.held_until,
    }


def listed_document(listed: Listed) -> Document:
    """A reservation as lists show it."""
    return {
        "id": listed.id,
        "house": listed.house,
        "house_id": listed.house_id,
        "client": listed.client,
        "client_id": listed.client_id,
        "check_in": listed.check_in,
        "check_out": listed.check_out,
        "nights": listed.nights,
        "occupied_until": listed.occupied_until,
        "late_checkout": listed.late_checkout,
        "guests": listed.guests,
        "status": listed.status,
        "origin": listed.origin,
        "price_usd": listed.price_usd,
        "price_sol": listed.price_sol,
        "deadline": listed.deadline,
        "lapsed": listed.is_lapsed,
    }


def reservation_document(found: Details) -> Document:
    """Everything about a reservation."""
    return {
        **listed_document(found.listed),
        "bill": [bill_document(line) for line in found.bill],
        "discount": _sold_discount(found.discount),
        "exchange_rate": found.exchange_rate,
        "computed_price_usd": found.computed_price_usd,
        "price_reason": found.price_reason,
        "paid_sol": found.paid_sol,
        "due_sol": found.due_sol,
        "nights_held": found.nights_held,
        "seller": found.seller,
        "booked_on": found.booked_on,
        "phone": found.phone,
        "comments": found.comments,
        "voucher_uploaded": found.voucher_uploaded,
        "house_locked": found.house_locked,
        "required_features": found.required_features,
        "moved_count": found.moved_count,
        "cancel_reason": found.cancel_reason,
        "cancelled_at": found.cancelled_at,
        "cancelled_by": found.cancelled_by,
        "version": found.version,
    }


def _sold_discount(sold: SoldDiscount | None) -> Document | None:
    if sold is None:
        return None
    return {
        "source": sold.source,
        "name": sold.name,
        "code": sold.code,
        "percentage": sold.percentage,
        "amount_usd": sold.usd,
        "amount_sol": sold.sol,
        "use": sold.use,
    }


def chart_document(chart: Chart) -> Document:
    """What the tape chart shows: every stay that holds a night of the window."""
    return {
        "from": chart.first_night,
        "to": chart.end,
        "nights": chart.night_count,
        "today": chart.today,
        "houses": [
            {
                "id": UUID(house.id),
                "name": house.name,
                "capacity": house.capacity,
                "stays": [_bar_document(stay) for stay in chart.stays if stay.house_id == house.id],
            }
            for house in chart.houses
        ],
    }


def _bar_document(stay: ChartStay) -> Document:
    return {
        "reservation": UUID(stay.id) if stay.id else None,
        "client": stay.label or None,
        "check_in": stay.check_in,
        "check_out": stay.check_out,
        "occupied_until": stay.occupied_until,
        "status": stay.status,
        "origin": stay.origin,
        "kind": stay.kind,
        "held_until": stay.held_until,
        "guests": stay.guests,
    }


def bill_document(line: BillLine) -> Document:
    """One line of what a reservation was sold for."""
    return {
        "kind": line.kind,
        "label": line.label,
        "rule": line.rule,
        "night": line.night,
        "amount_usd": line.usd,
        "amount_sol": line.sol,
    }


def _reasons(reasons: Iterable[Reason], language: Language) -> Iterator[Document]:
    from casaaustin.quoting.texts import reason_sentence

    for reason in reasons:
        yield {"code": reason.code, "message": reason_sentence(reason, language), **reason.figures}


def _remarks(remarks: Iterable[Remark], language: Language) -> Iterator[Document]:
    from casaaustin.quoting.texts import remark_sentence

    for remark in remarks:
        yield {"code": remark.code, "message": remark_sentence(remark, language), **remark.figures}
