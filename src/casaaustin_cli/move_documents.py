"""The JSON documents of plans that move stays. Field names are a promise, as in `documents`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from casaaustin_cli.documents import chart_document, stay_fields

if TYPE_CHECKING:
    from uuid import UUID

    from casaaustin.moves.solve import Answer
    from casaaustin.reassignment.charts import BeforeAndAfter
    from casaaustin.reassignment.models import ReassignmentPlan, WaitingRequest
    from casaaustin.reassignment.proposals import Mover, Obstacle, Option, Refusal
    from casaaustin.reassignment.queries import PlanSheet
    from casaaustin.reassignment.waiting import Waiting
    from casaaustin.vocabulary import Language

Document = dict[str, Any]


def option_document(option: Option, kept: ReassignmentPlan | None, language: Language) -> Document:
    """A house that a plan makes free; `plan` is null when it was not kept."""
    from casaaustin.reassignment.plans import figures_of
    from casaaustin.reassignment.texts import explain_option

    return {
        "plan": kept.id if kept is not None else None,
        "expires_at": kept.expires_at if kept is not None else None,
        "house": option.house.name,
        "house_id": option.house.id,
        "total_usd": option.quoted.totals.total.usd,
        "total_sol": option.quoted.totals.total.sol,
        "moves": [mover_document(mover) for mover in option.movers],
        "figures": figures_of(option),
        **_certain(option.answer),
        "explanation": explain_option(option, language),
    }


def refusal_document(refusal: Refusal, language: Language) -> Document:
    """A house that no plan makes free, as far as it was proved."""
    from casaaustin.reassignment.texts import explain_refusal

    return {
        "house": refusal.house.name,
        "house_id": refusal.house.id,
        **_certain(refusal.answer),
        "in_the_way": [_obstacle(one, language) for one in refusal.obstacles],
        "wall": [_obstacle(one, language) for one in refusal.wall],
        "needed_downgrade": refusal.needed_downgrade or None,
        "explanation": explain_refusal(refusal, language),
    }


def mover_document(mover: Mover) -> Document:
    """A stay that changes house."""
    from casaaustin.reassignment.texts import message_to_guest

    one = mover.resident
    return {
        "reservation": one.id,
        "client": mover.name or None,
        "guests": one.guests,
        "check_in": one.check_in,
        "check_out": one.check_out,
        "from": mover.origin.name,
        "from_id": mover.origin.id,
        "to": mover.target.name,
        "to_id": mover.target.id,
        "difference_usd": mover.difference_usd,
        "message": message_to_guest(mover),
    }


def plan_document(sheet: PlanSheet, chart: BeforeAndAfter | None = None) -> Document:
    """A plan that was kept."""
    plan = sheet.plan
    return {
        "plan": plan.id,
        "state": plan.state,
        "lapsed": sheet.has_lapsed,
        "expires_at": plan.expires_at,
        "made_at": plan.created,
        "made_by": plan.made_by,
        "ended_at": plan.ended_at,
        "reservation": plan.reservation_id,
        **stay_fields(sheet.stay),
        "guests": plan.guests,
        "features": plan.features,
        "house": sheet.house.name,
        "house_id": sheet.house.id,
        "moves": [{**mover_document(mover), **_said(sheet, mover)} for mover in sheet.movers],
        "figures": plan.figures,
        **({"chart": charts_document(chart)} if chart is not None else {}),
    }


def charts_document(drawn: BeforeAndAfter) -> Document:
    """Who lives where before a plan and after it; the new stay has no reservation yet."""
    return {"before": chart_document(drawn.before), "after": chart_document(drawn.after)}


def waiting_document(one: Waiting, houses: Mapping[UUID, str], language: Language) -> Document:
    """A request that waits, and what could be done for it now; `class` is null once its dates are past."""
    from casaaustin.reassignment.texts import answer_sentence

    answer = one.answer
    return {
        **request_document(one.request, one.client, houses),
        "class": answer.kind if answer is not None else None,
        "min_moves": answer.min_moves if answer is not None else None,
        "message": answer_sentence(answer, language) if answer is not None else None,
    }


def request_document(kept: WaitingRequest, client: str | None, houses: Mapping[UUID, str]) -> Document:
    """A request that was remembered."""
    from casaaustin.stays import Stay

    wanted = kept.property_id
    return {
        "request": kept.id,
        "client": client,
        "client_id": kept.client_id,
        **stay_fields(Stay(kept.check_in_date, kept.check_out_date)),
        "guests": kept.guests,
        "features": kept.features,
        "house": houses.get(wanted) if wanted is not None else None,
        "house_id": wanted,
        "note": kept.note,
        "remembered_by": kept.remembered_by,
        "remembered_at": kept.created,
        "closed_at": kept.closed_at,
        "closed_because": kept.closed_because,
    }


def _said(sheet: PlanSheet, mover: Mover) -> Document:
    said = sheet.answers.get(mover.resident.id)
    return {
        "answer": said.answer if said is not None else None,
        "said_at": said.said_at if said is not None else None,
        "heard_by": said.heard_by if said is not None else None,
        "note": said.note if said is not None else None,
    }


def _obstacle(one: Obstacle, language: Language) -> Document:
    from casaaustin.reassignment.texts import obstacle_sentence

    return {
        "reservation": one.resident.id,
        "client": one.name or None,
        "house": one.house.name,
        "check_in": one.resident.check_in,
        "check_out": one.resident.check_out,
        "pins": one.pins,
        "message": obstacle_sentence(one, language),
    }


def _certain(answer: Answer) -> Document:
    """What is certain: the class of the answer, moves needed at least, and the proof of it."""
    from casaaustin.moves.documents import answer_to

    neutral = answer_to(answer)
    proof = neutral["proof"]
    if "night" in proof:
        proof["night"] = date.fromordinal(proof["night"])
    return {"class": neutral["class"], "min_moves": neutral["min_moves"], "proof": proof}
