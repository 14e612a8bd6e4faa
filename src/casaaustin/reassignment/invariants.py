"""What must be true of plans, of what guests said to them, and of requests that wait.

A proposal whose guest has cancelled since is no defect: it is refused when somebody tries to carry it
out, and lapses by itself. Source: docs/rules/pricing.md, 3.6.5 and 3.6.6.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from casaaustin.db.invariants import Invariant, Problem, check, stream
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.properties.models import Property
from casaaustin.reassignment.models import PlanConsent, ReassignmentPlan, WaitingRequest
from casaaustin.register.models import Reservation
from casaaustin.vocabulary import ConsentAnswer, PlanState, ReservationStatus

BOOKED = Invariant(
    "plan.booked",
    "A plan names a booking exactly if it was carried out, now or once.",
    "Find the booking in the audit trail: casa audit, and set reservation_id or state by hand.",
)
ENDED = Invariant(
    "plan.ended",
    "A plan says when it ended exactly if it has ended.",
    "Correct ended_at by hand: the audit trail knows when.",
)
KNOWN = Invariant(
    "plan.known",
    "A plan moves at least one stay, and only stays and houses that exist.",
    "Withdraw it: casa availability withdraw",
)
EARMARKS = Invariant(
    "plan.earmarks",
    "Nights are kept free only for a plan that guests are being asked about.",
    "Cancel the hold: casa reservations cancel",
)
ASKED = Invariant(
    "consent.asked",
    "Guests are asked only about a plan that moves them.",
    "Delete the row: nobody was meant to be asked.",
)
AGREED = Invariant(
    "consent.agreed",
    "Everybody who was asked about a plan agreed before it was carried out.",
    "Call the guest; take the plan back if they mind: casa availability undo",
)
CLOSED = Invariant(
    "waiting.closed",
    "A request that waits no longer says why, and no other does or names a booking.",
    "Correct closed_at, closed_because or reservation_id by hand.",
)

_CARRIED_OUT = (PlanState.APPLIED, PlanState.UNDONE)
_OPEN = (PlanState.PROPOSED, PlanState.ASKING)

_plan = table_of(ReassignmentPlan)
_consent = table_of(PlanConsent)
_waiting = table_of(WaitingRequest)
_reservation = table_of(Reservation)
_house = table_of(Property)


@check(BOOKED, ENDED)
def states(work: Work) -> Iterator[Problem]:
    """Look for plans whose state contradicts the rest of their row."""
    carried_out, is_open = _plan.c.state.in_(_CARRIED_OUT), _plan.c.state.in_(_OPEN)
    books, ended = _plan.c.reservation_id.is_not(None), _plan.c.ended_at.is_not(None)
    for invariant, condition, message in (
        (BOOKED, and_(carried_out, ~books), "and names no booking"),
        (BOOKED, and_(~carried_out, books), "and names a booking"),
        (ENDED, and_(~is_open, ~ended), "and does not say since when"),
        (ENDED, and_(is_open, ended), "and says when it ended"),
    ):
        for row in stream(work, select(_plan.c.id, _plan.c.state).where(condition)):
            yield invariant.broken(_plan.name, row.id, f"{row.state.value}, {message}")


@check(KNOWN, EARMARKS)
def references(work: Work) -> Iterator[Problem]:
    """Look up the stays and houses that plans name in their documents, where no foreign key guards them."""
    houses = {house.hex for house in work.connection.execute(select(_house.c.id)).scalars()}
    named: dict[str, list[UUID]] = {}
    kept: dict[str, UUID] = {}
    statement = select(_plan.c.id, _plan.c.state, _plan.c.moves, _plan.c.terms)
    for row in stream(work, statement):
        if not row.moves:
            yield KNOWN.broken(_plan.name, row.id, "it moves nobody")
        for move in row.moves:
            named.setdefault(_key(move["reservation"]), []).append(row.id)
            for house in (move["from"], move["to"]):
                if _key(house) not in houses:
                    yield KNOWN.broken(_plan.name, row.id, f"there is no house {house}")
        if row.state is not PlanState.ASKING:
            kept |= {_key(earmark): row.id for earmark in row.terms.get("earmarks", ())}
    for row in stream(work, select(_reservation.c.id, _reservation.c.status)):
        named.pop(row.id.hex, None)
        plan = kept.get(row.id.hex)
        if plan is not None and row.status is ReservationStatus.INCOMPLETE:
            yield EARMARKS.broken(
                _reservation.name, row.id, f"kept free for plan {plan.hex[:8]}, about which nobody is asked"
            )
    for reservation, plans in named.items():
        for plan in plans:
            yield KNOWN.broken(_plan.name, plan, f"there is no reservation {reservation}")


@check(ASKED, AGREED)
def consents(work: Work) -> Iterator[Problem]:
    """Compare what guests said with the plans they were asked about."""
    asked: Any = select(
        _consent.c.id, _consent.c.reservation_id, _consent.c.answer, _plan.c.state, _plan.c.moves
    ).select_from(_consent.join(_plan, _plan.c.id == _consent.c.plan_id))
    for row in stream(work, asked):
        if row.reservation_id.hex not in {_key(move["reservation"]) for move in row.moves}:
            yield ASKED.broken(_consent.name, row.id, f"the plan leaves {row.reservation_id} where it is")
        elif row.state in _CARRIED_OUT and row.answer is not ConsentAnswer.YES:
            yield AGREED.broken(_consent.name, row.id, f"{row.answer.value}, and the plan was carried out")


@check(CLOSED)
def waiting(work: Work) -> Iterator[Problem]:
    """Look for requests that are half closed."""
    closed, because = _waiting.c.closed_at.is_not(None), _waiting.c.closed_because.is_not(None)
    placed = _waiting.c.reservation_id.is_not(None)
    wrong = or_(and_(closed, ~because), and_(~closed, or_(because, placed)))
    for row in stream(work, select(_waiting.c.id, _waiting.c.closed_at).where(wrong)):
        what = "waits" if row.closed_at is None else "is closed without a reason"
        more = ", and says why it is closed or what it became" if row.closed_at is None else ""
        yield CLOSED.broken(_waiting.name, row.id, f"it {what}{more}")


def _key(text: str) -> str:
    """An id as documents write it, in the form in which ids are compared here."""
    return text.replace("-", "")


CHECKS = (states, references, consents, waiting)
