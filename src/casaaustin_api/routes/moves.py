"""Staff search with moves, and the plans that make room: shown, carried out, asked about, taken back.

A search reads and thinks on a reading connection; only then are its plans stored, in a transaction
that does nothing else. Source: docs/rules/pricing.md, 3.6 and 4.4.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import Field

from casaaustin.db.work import Work
from casaaustin.discounts.offers import LONGEST_CODE
from casaaustin.errors import CasaError, NotFound, RuleRefused
from casaaustin.moves.pinning import FREEZE_DAYS, Pin
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment import plans
from casaaustin.reassignment.models import ReassignmentPlan
from casaaustin.reassignment.proposals import Proposals, propose
from casaaustin.reassignment.queries import plan_sheet
from casaaustin.reassignment.terms import Terms
from casaaustin.reservations.booking import Order, Shown
from casaaustin.stays import Stay
from casaaustin_api.auth import STAFF
from casaaustin_api.endpoint import Call, Endpoint
from casaaustin_api.fields import (
    WHOLE,
    Day,
    Fields,
    Guests,
    Id,
    OptionalId,
    OptionalIds,
    Price,
    Text,
    YesNo,
)
from casaaustin_api.problems import PRICING, Refusal
from casaaustin_api.routes.reservations import LONGEST_COMMENT, LONGEST_TOKEN, presented
from casaaustin_api.wire.moves import (
    AppliedPlan,
    PlanItem,
    SearchData,
    SearchReply,
    present_plan,
    present_search,
)
from casaaustin_api.wire.reservations import with_warnings

USUAL_OPTIONS, MOST_OPTIONS = 20, 100
MOST_ALTERNATIVES = 3
LONGEST_HOLD_MINUTES = 10_080
LONGEST_FREEZE_DAYS = 365
LONGEST_WAIT_HOURS = 336
LONGEST_REASON = 500

OUTDATED = frozenset({"plan_stale", "plan_expired"})
"""Refusals after which the same search finds what is possible now."""

Reason = Annotated[str, Text(LONGEST_REASON, is_needed=True)]


class MovesQuery(Fields):
    """What stay to make room for, and who may be moved for it."""

    check_in_date: Day
    check_out_date: Day
    guests: Guests = 1
    client_id: OptionalId = None
    property_id: OptionalId = None
    features: Annotated[str, Text(500)] = Field(
        "", description="What the house must have, separated by commas."
    )
    allow_origin_air: YesNo = Field(False, description="Let stays that were sold on Airbnb move as well.")
    freeze_days: Annotated[int, Field(ge=0, le=LONGEST_FREEZE_DAYS), WHOLE] = Field(
        FREEZE_DAYS, description="Whoever arrives within so many days stays where they are."
    )
    max_options: Annotated[int, Field(ge=1, le=MOST_OPTIONS), WHOLE] = Field(
        USUAL_OPTIONS, description="Plans to show and to keep, the best ones first."
    )


class PlanOrder(Fields):
    """The booking that a plan makes room for; its dates and its house are the plan's.

    What is left out is what was searched with. A price that is sent is only compared.
    """

    client_id: OptionalId = None
    guests: Guests | None = None
    hold_minutes: Annotated[int, Field(ge=1, le=LONGEST_HOLD_MINUTES), WHOLE] | None = Field(
        None, description="Hold the nights so long until it is paid; left out, it is booked at once."
    )
    additional_services: OptionalIds = ()
    discount_code: Annotated[str, Text(LONGEST_CODE)] = ""
    accept_without_discount: YesNo = Field(
        False, description="Book all the same when the code does not apply."
    )
    price_usd: Price = None
    price_sol: Price = None
    quote_id: Annotated[str, Text(LONGEST_TOKEN)] = ""
    tel_contact_number: Annotated[str, Text(255)] = ""
    comments: Annotated[str, Text(LONGEST_COMMENT)] = ""


class TakingBack(Fields):
    """Why everybody moves back, and who may although a rule that can be lifted keeps them."""

    reason: Reason
    release: OptionalIds = ()


class Asking(Fields):
    """How long to wait for the guests who would move."""

    hours: Annotated[int, Field(ge=1, le=LONGEST_WAIT_HOURS), WHOLE] | None = Field(
        None, description="As set up when left out."
    )


class Hearing(Fields):
    """What a guest said who was asked."""

    reservation_id: Id
    agrees: YesNo
    note: Annotated[str, Text(LONGEST_REASON)] = ""


class GivingUp(Fields):
    """Why a plan is given up."""

    reason: Reason


def calculate_pricing_erp(call: Call) -> SearchReply:
    """Free houses, and plans that free the others; the plans are kept, so that they can be carried out."""
    asked: MovesQuery = call.query
    request = QuoteRequest(
        Stay(asked.check_in_date, asked.check_out_date),
        asked.guests,
        asked.property_id,
        features=frozenset(part.strip().casefold() for part in asked.features.split(",") if part.strip()),
        client=asked.client_id,
    )
    terms = Terms(
        freeze_days=asked.freeze_days,
        lifted=frozenset({Pin.EXTERNAL}) if asked.allow_origin_air else frozenset(),
    )
    data = _search(call, request, terms, most=asked.max_options)
    return {"success": True, "error": 0, "data": data, "message": "Opciones calculadas"}


def show(call: Call) -> PlanItem:
    """One plan, whatever became of it."""
    return call.read(lambda work: present_plan(plan_sheet(work, _plan(call, work))))


def carry_out(call: Call) -> AppliedPlan:
    """Move everybody and book, or nothing; a plan that is out of date is answered with a fresh search."""
    body: PlanOrder = call.body

    def use(work: Work) -> AppliedPlan:
        plan = _plan(call, work)
        done = plans.apply_plan(work, plan, _order(plan, body), key=call.key)
        booked, *moved = presented(call, work, [done.booked, *done.moved])
        return {"reservations": moved, "hold": with_warnings(booked, work.notes)}

    try:
        return call.write(use)
    except RuleRefused as refused:
        if refused.code in OUTDATED:
            refused.details |= _fresh_proposal(call)
        raise


def take_back(call: Call) -> PlanItem:
    """Move everybody back: the reverse plan, through the same checks."""
    body: TakingBack = call.body

    def step(work: Work, plan: ReassignmentPlan) -> None:
        plans.undo_plan(work, plan, reason=body.reason, released=body.release)

    return _step(call, step)


def ask(call: Call) -> PlanItem:
    """Wait for the yes of the guests who would move; the nights that the plan needs stay blocked."""
    body: Asking = call.body
    return _step(call, lambda work, plan: plans.ask_consent(work, plan, hours=body.hours))


def hear(call: Call) -> PlanItem:
    """Note what a guest said; a no withdraws the plan."""
    body: Hearing = call.body
    return _step(
        call,
        lambda work, plan: plans.hear(work, plan, body.reservation_id, agrees=body.agrees, note=body.note),
    )


def give_up(call: Call) -> PlanItem:
    """Give up a plan that was not carried out, and free what it had blocked."""
    body: GivingUp = call.body
    return _step(call, lambda work, plan: plans.withdraw(work, plan, reason=body.reason))


def _search(call: Call, request: QuoteRequest, terms: Terms, *, most: int) -> SearchData:
    """Find what can be offered, then keep the best plans.

    Finding takes long and must not keep other writers waiting; a plan that somebody outruns
    between the two is stale, as it would be a moment later.
    """

    def find(work: Work) -> tuple[Proposals, str]:
        found = propose(work, request, terms, most_alternatives=MOST_ALTERNATIVES)
        return found, quoting.quote_id(work, found.quote)

    found, quote_id = call.read(find)
    shown = found.options[:most]
    kept = call.write(lambda work: plans.keep_each(work, request, shown, terms)) if shown else ()
    return present_search(found, kept, quote_id)


def _fresh_proposal(call: Call) -> dict[str, SearchData]:
    """The search of a plan, made again for every house; nothing when it cannot be, as for nights gone by."""

    def search_of(work: Work) -> tuple[QuoteRequest, Terms]:
        plan = _plan(call, work)
        request = QuoteRequest(
            Stay(plan.check_in_date, plan.check_out_date),
            plan.guests,
            features=frozenset(plan.features),
            client=plan.client_id,
        )
        return request, Terms.stored(plan.terms)

    try:
        return {"proposal": _search(call, *call.read(search_of), most=USUAL_OPTIONS)}
    except CasaError:
        return {}


def _order(plan: ReassignmentPlan, body: PlanOrder) -> Order:
    return Order(
        house=plan.property_id,
        stay=Stay(plan.check_in_date, plan.check_out_date),
        guests=body.guests or plan.guests,
        client=body.client_id or plan.client_id,
        services=body.additional_services,
        code=body.discount_code or None,
        accept_without_discount=body.accept_without_discount,
        hold=timedelta(minutes=body.hold_minutes) if body.hold_minutes is not None else None,
        quote_id=body.quote_id or None,
        expected=Shown(body.price_usd, body.price_sol),
        phone=body.tel_contact_number or None,
        comments=body.comments or None,
        required_features=tuple(plan.features),
    )


def _step(call: Call, step: Callable[[Work, ReassignmentPlan], object]) -> PlanItem:
    """Do something with a plan, and answer with what became of it."""

    def use(work: Work) -> PlanItem:
        plan = _plan(call, work)
        step(work, plan)
        return present_plan(plan_sheet(work, plan))

    return call.write(use)


def _plan(call: Call, work: Work) -> ReassignmentPlan:
    """The plan in the path.

    Raises:
        NotFound: there is none.
    """
    plan = work.session.get(ReassignmentPlan, call.id)
    if plan is None or plan.deleted:
        raise NotFound("There is no such plan.", code="plan_not_found")
    return plan


_FAULTY = Refusal(400, "a field is missing or faulty")
_NO_PLAN = Refusal(404, "no such plan")

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/properties/calculate-pricing-erp",
        name="calculate_pricing_erp",
        summary="Free houses, and plans that free others by moving stays, each kept for 15 minutes",
        tag="Moves",
        who=STAFF,
        handler=calculate_pricing_erp,
        query=MovesQuery,
        answer=SearchReply,
        envelope=PRICING,
        keeps=True,
        refusals=(
            Refusal(400, "dates missing", 1, ("check_in_date_missing", "check_out_date_missing")),
            Refusal(400, "not a date", 2, ("check_in_date_invalid", "check_out_date_invalid")),
            Refusal(400, "guests not a whole number from 1 to 1000", 3, ("guests_invalid",)),
            Refusal(400, "`property_id` is not a UUID", 5, ("property_id_invalid",)),
            Refusal(400, "`client_id` is not a UUID", 7, ("client_id_invalid",)),
            Refusal(400, "check-out not after check-in", 9, ("check_out_not_after_check_in",)),
            Refusal(400, "check-in in the past", 8, ("check_in_past",)),
            Refusal(400, "stay too long, or too far ahead", 14, ("stay_too_long", "too_far_ahead")),
            Refusal(404, "client not found", 6, ("client_not_found",)),
            Refusal(503, "no exchange rate", 13, ("exchange_rate_missing",)),
            Refusal(404, "house not found", 4, ("house_not_found",)),
            Refusal(
                400,
                "another parameter is malformed",
                14,
                (
                    "features_invalid",
                    "allow_origin_air_invalid",
                    "freeze_days_invalid",
                    "max_options_invalid",
                    "parameters_malformed",
                ),
            ),
            Refusal(500, "internal", 10),
        ),
    ),
    Endpoint(
        method="GET",
        path="/properties/reassignment-plans/{id}",
        name="show_plan",
        summary="One plan that moves stays, and how it stands",
        tag="Moves",
        who=STAFF,
        handler=show,
        answer=PlanItem,
        refusals=(_NO_PLAN,),
    ),
    Endpoint(
        method="POST",
        path="/properties/reassignment-plans/{id}/apply",
        name="apply_plan",
        summary="Move everybody and book, in one step or not at all",
        tag="Moves",
        who=STAFF,
        handler=carry_out,
        body=PlanOrder,
        answer=AppliedPlan,
        takes_key=True,
        refusals=(
            _FAULTY,
            Refusal(404, "no such plan or client"),
            Refusal(
                409,
                "`plan_stale` or `plan_expired`, with `proposal`, the same search made again; "
                "`consent_missing`, with the `reservations` that have not agreed; `plan_not_open`; "
                "or why it cannot be booked, as for `reservations/`: `price_changed` with the new `quote`, "
                "`quote_expired`, `key_reused`, …",
            ),
            Refusal(503, "no exchange rate, or the database is not ready"),
        ),
    ),
    Endpoint(
        method="POST",
        path="/properties/reassignment-plans/{id}/undo",
        name="undo_plan",
        summary="Move everybody back whom a plan has moved",
        tag="Moves",
        who=STAFF,
        handler=take_back,
        body=TakingBack,
        answer=PlanItem,
        refusals=(
            _FAULTY,
            _NO_PLAN,
            Refusal(
                409,
                "`plan_not_open`; `plan_stale`: somebody who moved is not there any more; `guest_pinned`; "
                "`house_unsuitable`; `dates_taken`: an old night is another's",
            ),
        ),
    ),
    Endpoint(
        method="POST",
        path="/properties/reassignment-plans/{id}/ask",
        name="ask_about_plan",
        summary="Wait for the guests who would move, and block what the plan needs meanwhile",
        tag="Moves",
        who=STAFF,
        handler=ask,
        body=Asking,
        answer=PlanItem,
        refusals=(_FAULTY, _NO_PLAN, Refusal(409, "`plan_stale`, `plan_expired` or `plan_not_open`")),
    ),
    Endpoint(
        method="POST",
        path="/properties/reassignment-plans/{id}/consent",
        name="hear_about_plan",
        summary="Note what a guest who was asked has said; a no withdraws the plan",
        tag="Moves",
        who=STAFF,
        handler=hear,
        body=Hearing,
        answer=PlanItem,
        refusals=(
            _FAULTY,
            _NO_PLAN,
            Refusal(
                409, "`consent_not_asked`: nobody asked, or answered already; `plan_expired`; `plan_not_open`"
            ),
        ),
    ),
    Endpoint(
        method="POST",
        path="/properties/reassignment-plans/{id}/withdraw",
        name="withdraw_plan",
        summary="Give up a plan that was not carried out, and free what it had blocked",
        tag="Moves",
        who=STAFF,
        handler=give_up,
        body=GivingUp,
        answer=PlanItem,
        refusals=(_FAULTY, _NO_PLAN, Refusal(409, "`plan_expired` or `plan_not_open`")),
    ),
)
