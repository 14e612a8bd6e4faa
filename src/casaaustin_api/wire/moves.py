"""Searches with moves, and the plans that they keep, as the staff web site knows them.

They name guests, so they are for staff only. `movement_required` and `movements_required` are the
contract's two spellings of what `movements` says for any number of moves.
Source: docs/rules/pricing.md, 3.6.4 and 4.4; docs/migrating.md, D-47.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from casaaustin.moves.solve import Answer, BoundProof, ExhaustiveProof, NightProof
from casaaustin.quoting.alternatives import Alternative
from casaaustin.quoting.evaluate import HouseQuote
from casaaustin.reassignment.models import PlanConsent, ReassignmentPlan
from casaaustin.reassignment.plans import figures_of
from casaaustin.reassignment.proposals import Mover, Obstacle, Option, Proposals, Refusal
from casaaustin.reassignment.queries import PlanSheet
from casaaustin.reassignment.texts import (
    after_moves_message,
    explain_option,
    explain_refusal,
    first_message,
    message_to_guest,
    obstacle_sentence,
    second_message,
)
from casaaustin_api.fields import Number
from casaaustin_api.wire.quotes import (
    HouseOffer,
    OfferedService,
    Unavailable,
    present_house,
    present_reasons,
)
from casaaustin_api.wire.reservations import ReservationItem


class Dates(TypedDict):
    """The nights of a stay: its contract's, whatever its late checkout takes besides."""

    check_in: date
    check_out: date
    nights: int


class RequestedDates(Dates):
    """What was asked for."""

    guests: int


class MovementRequired(TypedDict):
    """A move as the contract writes it; houses go by their names."""

    reservation_id: UUID
    client_name: str
    from_property: str
    to_property: str
    reservation_dates: Dates
    status: str


class Consent(TypedDict):
    """What a guest said who was asked: `asked` until they answer."""

    answer: str
    said_at: datetime | None
    heard_by: str | None
    note: str


class Meaning(TypedDict):
    """What a move means for the guest.

    `difference_usd` is what the nights cost in the new house less what they cost in the old one, at
    today's prices; `message` is a draft of what the guest is told.
    """

    guests: int
    from_property_id: UUID
    to_property_id: UUID
    difference_usd: Number
    message: str
    consent: NotRequired[Consent]


class Movement(MovementRequired, Meaning):
    """A move, and what it means for the guest."""


class Cost(TypedDict):
    """What decides between plans, from left to right; `packed` is all but the holes in one number."""

    moves: int
    steps_up: int
    steps_down: int
    urgency: int
    holes: int
    packed: int


class PlanFigures(TypedDict):
    """What a plan costs beside; shown, not decisive, except the disturbance between equals."""

    disturbance: int
    quality: int
    money_cents: int
    calendar: int


class DirectOffer(HouseOffer):
    """A house that is free."""

    option_type: str


class WayToFree(TypedDict):
    """The plan that makes a house free."""

    option_type: str
    available_after_moves: bool
    movements: list[Movement]
    plan_id: UUID
    plan_expires_at: datetime
    cost: Cost
    figures: PlanFigures
    explanation: list[str]
    movement_required: NotRequired[MovementRequired]
    movements_required: NotRequired[list[MovementRequired]]
    total_movements: NotRequired[int]


class MoveOffer(HouseOffer, WayToFree):
    """A house that a plan makes free, with the price that it has once the plan is carried out."""


class InTheWay(TypedDict):
    """Somebody who stands in the way; without `pins` they may move, and there is no place for them."""

    reservation_id: UUID
    client_name: str
    property_name: str
    reservation_dates: Dates
    pins: list[str]
    message: str


class Certificate(TypedDict):
    """What is certain: the class of the answer, the moves needed at least, and the proof.

    A proof is a `night` on which the stays and the request need one of `houses`, one too few; or the
    number of `states` that were all tried; or the `lower_bound` of moves.
    """

    kind: str
    min_moves: int | None
    night: NotRequired[date]
    stays: NotRequired[list[UUID]]
    houses: NotRequired[list[UUID]]
    states: NotRequired[int]
    lower_bound: NotRequired[int]


class Infeasible(TypedDict):
    """A house that cannot be had: without a certificate it does not suit, whoever moves.

    A certificate of the kind `plan` says that the house can be freed, but not sold then: see the reasons.
    """

    property_id: UUID
    property_name: str
    unavailable_reasons: list[Unavailable]
    certificate: Certificate | None
    in_the_way: list[InTheWay]
    wall: list[InTheWay]
    explanation: list[str]


class OtherDates(TypedDict):
    """The same length of stay on other dates, in the house that is cheapest then."""

    check_in_date: date
    check_out_date: date
    offset_days: int
    property_id: UUID
    property_name: str
    subtotal_usd: Number


class Summary(TypedDict):
    """How many houses of each kind; options are counted also when they are more than were asked for."""

    total_direct_available: int
    total_options_with_movements: int
    total_properties_checked: int


class SearchData(TypedDict):
    """All that can be offered for a request, and why no more."""

    requested_dates: RequestedDates
    direct_available: list[DirectOffer]
    options_with_movements: list[MoveOffer]
    summary: Summary
    message1: str
    message2: str
    infeasible: list[Infeasible]
    alternatives: list[OtherDates]
    quote_id: str
    expires_at: datetime


class SearchReply(TypedDict):
    """The envelope of the pricing routes."""

    success: bool
    error: int
    data: SearchData
    message: str


class AppliedPlan(TypedDict):
    """The stays that moved, in the order of the plan, and what room was made for."""

    reservations: list[ReservationItem]
    hold: ReservationItem


class PlanItem(TypedDict):
    """A plan that was kept. `is_expired`: it was never carried out, and is too old by now."""

    plan_id: UUID
    state: str
    is_expired: bool
    plan_expires_at: datetime
    made_at: datetime
    made_by: str
    ended_at: datetime | None
    reservation_id: UUID | None
    property_id: UUID
    property_name: str
    requested_dates: RequestedDates
    features: list[str]
    movements: list[Movement]
    cost: Cost
    figures: PlanFigures


def present_search(found: Proposals, kept: Sequence[ReassignmentPlan], quote_id: str) -> SearchData:
    """A search with moves as the contract writes it.

    Args:
        found: what was found.
        kept: the plans of the first options, in their order; the other options are only counted.
        quote_id: signed name of the quote, by which any of its houses can be booked.
    """
    request = found.quote.request
    services: dict[UUID, OfferedService] = {}
    free = sorted(found.quote.available, key=lambda answer: answer.totals.total.usd)
    offered = {option.house.id for option in found.options}.union(answer.house.id for answer in free)
    refusals = {refusal.house.id: refusal for refusal in found.refusals}
    return {
        "requested_dates": {
            **_dates(request.stay.check_in, request.stay.check_out),
            "guests": request.guests,
        },
        "direct_available": [
            {**present_house(answer, request, services, staff=True), "option_type": "direct"}
            for answer in free
        ],
        "options_with_movements": [
            {
                **present_house(option.quoted, request, services, staff=True),
                "availability_message": after_moves_message(option),
                **_way_to_free(option, plan),
            }
            for option, plan in zip(found.options, kept, strict=False)
        ],
        "summary": {
            "total_direct_available": len(free),
            "total_options_with_movements": len(found.options),
            "total_properties_checked": len(found.quote.houses),
        },
        "message1": first_message(found),
        "message2": second_message(found),
        "infeasible": [
            _infeasible(answer, refusals.get(answer.house.id))
            for answer in found.quote.houses
            if answer.house.id not in offered
        ],
        "alternatives": [_other_dates(one) for one in found.alternatives],
        "quote_id": quote_id,
        "expires_at": found.quote.expires_at,
    }


def present_plan(sheet: PlanSheet) -> PlanItem:
    """A plan that was kept, with what its guests said."""
    plan = sheet.plan
    return {
        "plan_id": plan.id,
        "state": plan.state,
        "is_expired": sheet.has_lapsed,
        "plan_expires_at": plan.expires_at,
        "made_at": plan.created,
        "made_by": plan.made_by,
        "ended_at": plan.ended_at,
        "reservation_id": plan.reservation_id,
        "property_id": sheet.house.id,
        "property_name": sheet.house.name,
        "requested_dates": {**_dates(sheet.stay.check_in, sheet.stay.check_out), "guests": plan.guests},
        "features": list(plan.features),
        "movements": [_movement(mover, sheet.answers.get(mover.resident.id)) for mover in sheet.movers],
        "cost": _cost(plan.figures),
        "figures": _figures(plan.figures),
    }


def _way_to_free(option: Option, plan: ReassignmentPlan) -> WayToFree:
    figures = figures_of(option)
    way: WayToFree = {
        "option_type": "move_required",
        "available_after_moves": True,
        "movements": [_movement(mover) for mover in option.movers],
        "plan_id": plan.id,
        "plan_expires_at": plan.expires_at,
        "cost": _cost(figures),
        "figures": _figures(figures),
        "explanation": list(explain_option(option)),
    }
    required = [_required(mover) for mover in option.movers]
    if len(required) == 1:
        way["movement_required"] = required[0]
    else:
        way["movements_required"], way["total_movements"] = required, len(required)
    return way


def _required(mover: Mover) -> MovementRequired:
    one = mover.resident
    return {
        "reservation_id": one.id,
        "client_name": mover.name,
        "from_property": mover.origin.name,
        "to_property": mover.target.name,
        "reservation_dates": _dates(one.check_in, one.check_out),
        "status": one.status,
    }


def _movement(mover: Mover, said: PlanConsent | None = None) -> Movement:
    meaning: Meaning = {
        "guests": mover.resident.guests,
        "from_property_id": mover.origin.id,
        "to_property_id": mover.target.id,
        "difference_usd": mover.difference_usd,
        "message": message_to_guest(mover),
    }
    if said is not None:
        meaning["consent"] = {
            "answer": said.answer,
            "said_at": said.said_at,
            "heard_by": said.heard_by,
            "note": said.note,
        }
    return {**_required(mover), **meaning}


def _cost(figures: Mapping[str, int]) -> Cost:
    return {
        "moves": figures["moves"],
        "steps_up": figures["steps_up"],
        "steps_down": figures["steps_down"],
        "urgency": figures["urgency"],
        "holes": figures["holes"],
        "packed": figures["packed"],
    }


def _figures(figures: Mapping[str, int]) -> PlanFigures:
    return {
        "disturbance": figures["disturbance"],
        "quality": figures["quality"],
        "money_cents": figures["money_cents"],
        "calendar": figures["calendar"],
    }


def _infeasible(answer: HouseQuote, refusal: Refusal | None) -> Infeasible:
    reasons = refusal.reasons if refusal is not None and refusal.reasons else answer.reasons
    return {
        "property_id": answer.house.id,
        "property_name": answer.house.name,
        "unavailable_reasons": present_reasons(reasons),
        "certificate": _certificate(refusal.answer) if refusal is not None else None,
        "in_the_way": [_obstacle(one) for one in refusal.obstacles] if refusal is not None else [],
        "wall": [_obstacle(one) for one in refusal.wall] if refusal is not None else [],
        "explanation": list(explain_refusal(refusal)) if refusal is not None else [],
    }


def _certificate(answer: Answer) -> Certificate:
    certain: Certificate = {"kind": answer.kind, "min_moves": answer.min_moves}
    match answer.proof:
        case NightProof(night, stays, houses):
            certain["night"] = date.fromordinal(night)
            certain["stays"] = [UUID(str(one)) for one in stays]
            certain["houses"] = [UUID(str(one)) for one in houses]
        case ExhaustiveProof(states):
            certain["states"] = states
        case BoundProof(lower_bound):
            certain["lower_bound"] = lower_bound
    return certain


def _obstacle(one: Obstacle) -> InTheWay:
    return {
        "reservation_id": one.resident.id,
        "client_name": one.name,
        "property_name": one.house.name,
        "reservation_dates": _dates(one.resident.check_in, one.resident.check_out),
        "pins": list(one.pins),
        "message": obstacle_sentence(one),
    }


def _other_dates(one: Alternative) -> OtherDates:
    return {
        "check_in_date": one.stay.check_in,
        "check_out_date": one.stay.check_out,
        "offset_days": one.offset,
        "property_id": one.house.id,
        "property_name": one.house.name,
        "subtotal_usd": one.subtotal_usd,
    }


def _dates(check_in: date, check_out: date) -> Dates:
    return {"check_in": check_in, "check_out": check_out, "nights": (check_out - check_in).days}
