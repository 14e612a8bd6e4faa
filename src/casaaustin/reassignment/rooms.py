"""Booking a stay and moving whoever is in the way, in one step or not at all.

Source: docs/rules/pricing.md, 3.6.5 and 3.6.6.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from casaaustin.db.work import Work
from casaaustin.errors import NotAvailable
from casaaustin.quoting.evaluate import HouseQuote, QuoteRequest
from casaaustin.reassignment import plans
from casaaustin.reassignment.models import ReassignmentPlan
from casaaustin.reassignment.proposals import Option, Proposals, propose
from casaaustin.reassignment.queries import plan_behind
from casaaustin.reassignment.terms import USUAL, Terms
from casaaustin.reassignment.texts import explain_refusal
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking
from casaaustin.reservations.booking import Order
from casaaustin.reservations.repeat import once_per_key
from casaaustin.vocabulary import Language


@dataclass(frozen=True, slots=True)
class Room:
    """A booking that room was made for.

    Args:
        booked: the reservation.
        plan: that was carried out for it; None when its house was free.
    """

    booked: Reservation
    plan: ReassignmentPlan | None


def make_room(
    work: Work, order: Order, *, any_house: bool = False, terms: Terms = USUAL, key: str | None = None
) -> Room:
    """Book a stay; if its house is taken, by the best plan that makes it free.

    Nothing is moved for a house that is free already. Where any house will do, a free one goes before a
    plan, and the cheapest of the free ones before the others.

    Args:
        work: a writing unit of work.
        order: what is to be booked.
        any_house: any house will do; that of the order does not count.
        terms: who may be moved.
        key: request key.

    Raises:
        NotAvailable: no plan makes room (`no_plan`); `details["reasons"]` says why, house by house.
        CasaError: whatever `plans.apply_plan` and `booking.reserve` refuse; then nobody has moved either.
    """

    def do() -> Reservation:
        return _make_room(work, order, terms, any_house=any_house)

    content = {**booking.describe(order), "house": None if any_house else order.house, "terms": terms.plain()}
    booked = once_per_key(work, key, "plan.make_room", content, do)
    return Room(booked, plan_behind(work, booked.id))


def _make_room(work: Work, order: Order, terms: Terms, *, any_house: bool) -> Reservation:
    request = QuoteRequest(
        order.stay,
        order.guests,
        None if any_house else order.house,
        order.services,
        features=frozenset(order.required_features),
        client=order.client,
        code=order.code,
    )
    found = propose(work, request, terms)
    if found.quote.available:
        cheapest = min(found.quote.available, key=_price)
        return booking.reserve(work, replace(order, house=cheapest.house.id))
    if found.best is None:
        raise _no_room(found)
    return _carry_out(work, order, request, found.best, terms)


def _carry_out(work: Work, order: Order, request: QuoteRequest, best: Option, terms: Terms) -> Reservation:
    plans.lock_houses_of(work, order.stay, best)
    plan = plans.keep(work, request, best, terms)
    return plans.apply_plan(work, plan, replace(order, house=best.house.id)).booked


def _price(answer: HouseQuote) -> Decimal:
    return answer.totals.total.usd


def _no_room(found: Proposals) -> NotAvailable:
    reasons = [explain_refusal(refusal, Language.ENGLISH)[0] for refusal in found.refusals]
    stay = found.quote.request.stay
    guests = found.quote.request.guests
    return NotAvailable(
        "No moves of other stays make room for this one.",
        code="no_plan",
        hint=f"casa availability --from {stay.check_in} --to {stay.check_out} --guests {guests}",
        details={"reasons": reasons},
    )
