"""Plans: kept, agreed to by those who move, carried out, taken back: in one step or not at all.

A plan is bound to a digest of all that it rests on: the houses it touches and everybody who
lives there around its nights. Whoever carries it out reads the same again, under the locks of
those houses; any difference makes it stale. Source: docs/rules/pricing.md, 3.6.5.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlmodel import col

from casaaustin.audit.service import facts, record
from casaaustin.availability.occupancy import free_runs
from casaaustin.availability.queries import occupancy
from casaaustin.checks import LARGEST_WHOLE
from casaaustin.clients.models import Client
from casaaustin.db.tables import table_of
from casaaustin.db.types import canonical_json, plain
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, IllegalTransition, InvalidInput, NotFound, RuleRefused
from casaaustin.moves.objective import Move, Plan
from casaaustin.moves.pinning import is_pinned
from casaaustin.moves.verify import faults_of
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import RateBook
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment.calendar import Neighbourhood, neighbourhood, residents, zones
from casaaustin.reassignment.models import PlanConsent, ReassignmentPlan
from casaaustin.reassignment.proposals import Option
from casaaustin.reassignment.terms import Terms
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, ending
from casaaustin.reservations.booking import Order
from casaaustin.reservations.claims import claim
from casaaustin.reservations.lifecycle import LIVE
from casaaustin.reservations.nights import clear_the_way, give_back
from casaaustin.reservations.repeat import once_per_key
from casaaustin.stays import Stay
from casaaustin.vocabulary import ConsentAnswer, Origin, PlanState, ReservationStatus

_client = table_of(Client)
_plan = table_of(ReassignmentPlan)
_consent = table_of(PlanConsent)


@dataclass(frozen=True, slots=True)
class KeptMove:
    """One move of a plan that was kept."""

    reservation: UUID
    origin: UUID
    target: UUID
    nights: Stay

    def plain(self) -> dict[str, Any]:
        """As it is stored."""
        values: dict[str, Any] = plain(
            {
                "reservation": self.reservation,
                "from": self.origin,
                "to": self.target,
                "check_in": self.nights.check_in,
                "occupied_until": self.nights.check_out,
            }
        )
        return values


@dataclass(frozen=True, slots=True)
class Applied:
    """A plan that was carried out, the stays that moved, and the booking it was made for."""

    plan: ReassignmentPlan
    moved: tuple[Reservation, ...]
    booked: Reservation


def keep(work: Work, request: QuoteRequest, option: Option, terms: Terms) -> ReassignmentPlan:
    """Keep a plan until it is carried out or expires; see `keep_each`."""
    (kept,) = keep_each(work, request, (option,), terms)
    return kept


def lock_houses_of(work: Work, stay: Stay, option: Option) -> None:
    """Make every other writer of the houses that a plan touches wait for our commit.

    For whoever keeps a plan and carries it out in one transaction, and before the first: the row of a
    plan refers to its house, and two transactions that both did so could not lock it any more.

    Args:
        work: a writing unit of work.
        stay: what the plan makes room for.
        option: as `proposals.propose` found it.
    """
    moves = _moves_in(option)
    clear_the_way(work, _houses_of(option.house.id, moves), _span(stay, moves))


def keep_each(
    work: Work, request: QuoteRequest, options: Sequence[Option], terms: Terms
) -> tuple[ReassignmentPlan, ...]:
    """Keep plans until they are carried out or expire; one statement, however many.

    Nothing is read, so a plan may be kept in a later unit of work than the one that found it:
    whatever changed between the two makes it stale.

    Args:
        work: a writing unit of work.
        request: what they make room for.
        options: as `proposals.propose` found them.
        terms: on which they were found.
    """
    kept = tuple(_as_kept(work, request, option, terms) for option in options)
    work.session.add_all(kept)
    work.session.flush()
    return kept


def _as_kept(work: Work, request: QuoteRequest, option: Option, terms: Terms) -> ReassignmentPlan:
    moves = _moves_in(option)
    return ReassignmentPlan(
        check_in_date=request.stay.check_in,
        check_out_date=request.stay.check_out,
        guests=request.guests,
        features=sorted(request.features),
        client_id=request.client,
        property_id=option.house.id,
        terms=terms.plain(),
        moves=[move.plain() for move in moves],
        figures=figures_of(option),
        digest=_digest(option.found, option.house.id, request.stay, moves),
        made_by=work.actor.name,
        expires_at=work.clock.now() + timedelta(minutes=work.settings.plan_minutes),
    )


def _moves_in(option: Option) -> list[KeptMove]:
    return [
        KeptMove(mover.resident.id, mover.origin.id, mover.target.id, mover.resident.nights)
        for mover in option.movers
    ]


def figures_of(option: Option) -> dict[str, int]:
    """All that a plan costs, by name: what decided between plans, and what is only shown.

    Source: docs/rules/pricing.md, 3.6.2.
    """
    plan = option.answer.plan
    if plan is None:
        raise AssertionError("an option has a plan")
    return {
        "moves": plan.score.moves,
        "steps_up": plan.score.steps_up,
        "steps_down": plan.score.steps_down,
        "urgency": plan.score.urgency,
        "holes": plan.score.holes,
        "packed": plan.score.packed,
        "disturbance": option.figures.disturbance,
        "quality": option.figures.quality,
        "money_cents": option.figures.money_cents,
        "calendar": option.figures.calendar,
    }


def find_plan(work: Work, reference: str) -> ReassignmentPlan:
    """The plan with this id, or with the only id that begins so.

    Raises:
        NotFound: none.
        InvalidInput: several.
    """
    start = reference.strip().lower().replace("-", "")
    known = all(letter in "0123456789abcdef" for letter in start)
    found: Sequence[ReassignmentPlan] = ()
    if known and 6 <= len(start) <= 32:
        first, last = UUID(start.ljust(32, "0")), UUID(start.ljust(32, "f"))
        found = work.session.scalars(
            select(ReassignmentPlan).where(_plan.c.id.between(first, last)).limit(2)
        ).all()
    if len(found) > 1:
        raise InvalidInput(
            f"{reference!r} is the beginning of several plans.", field="plan", code="ambiguous_plan"
        )
    if not found:
        raise NotFound(
            f"There is no plan {reference!r}.", code="plan_not_found", hint="Ask for one: casa availability"
        )
    return found[0]


def apply_plan(work: Work, plan: ReassignmentPlan, order: Order, *, key: str | None = None) -> Applied:
    """Move everybody and book the request, in one transaction.

    The nights of all moved stays are dropped first and taken anew afterwards, so that rotations
    meet no constraint half-way.

    Args:
        work: a writing unit of work.
        plan: to carry out.
        order: the booking it was made for: its house, nights and guests are those of the plan.
        key: request key.

    Raises:
        Conflict: what the plan rests on has changed (`plan_stale`); propose again.
        RuleRefused: it is too old (`plan_expired`), or somebody has not agreed (`consent_missing`).
        IllegalTransition: it was carried out or withdrawn already.
        InvalidInput: the order is for something else.
        CasaError: whatever `booking.reserve` refuses; then nobody has moved either.

    Source: docs/rules/pricing.md, 3.6.5.
    """

    def do() -> Reservation:
        return _apply(work, plan, order)

    content = {**booking.describe(order), "plan": plan.id}
    booked = once_per_key(work, key, "plan.apply", content, do)
    moved = tuple(work.session.get_one(Reservation, move.reservation) for move in moves_of(plan))
    return Applied(plan, moved, booked)


def undo_plan(
    work: Work, plan: ReassignmentPlan, *, reason: str, released: Collection[UUID] = ()
) -> tuple[Reservation, ...]:
    """Move everybody back: the reverse plan, through the same checks.

    Args:
        work: a writing unit of work.
        plan: that was carried out.
        reason: why.
        released: stays that staff let move although a rule that can be lifted keeps them.

    Raises:
        IllegalTransition: it was not carried out, or it was taken back already.
        Conflict: a stay has ended or is elsewhere by now (`plan_stale`).
        RuleRefused: somebody may not be moved any more (`guest_pinned`), or must be in no closed or
            smaller house (`house_unsuitable`).
        DatesTaken: their old nights are another's, such as the booking that the plan was made for.
    """
    if not reason.strip():
        raise InvalidInput("Say why the moves are taken back.", field="reason", hint="Add --reason.")
    _lock(work, plan)
    if plan.state is not PlanState.APPLIED:
        raise _wrong_state(plan)
    moves = moves_of(plan)
    _clear(work, plan, moves)
    moved = _reservations(work, moves)
    stays = [
        (one, move.origin)
        for one, move in zip(moved, moves, strict=True)
        if one.status in LIVE and one.property_id == move.target
    ]
    if len(stays) != len(moves):
        raise _stale("Somebody who was moved is not there any more.")
    book = rate_book(work)
    _check_return(work, book, plan, stays, released)
    _rehouse(work, stays, reason=f"plan {plan.id.hex[:8]} taken back: {reason.strip()}", count=-1)
    _end(work, plan, PlanState.UNDONE, reason)
    return tuple(one for one, _ in stays)


def ask_consent(work: Work, plan: ReassignmentPlan, *, hours: int | None = None) -> tuple[PlanConsent, ...]:
    """Wait for the yes of every approved guest who would move; the nights that the plan needs stay blocked.

    What is still free of them is blocked by holds that lapse by themselves when nobody answers.

    Args:
        work: a writing unit of work.
        plan: a proposed one.
        hours: until when; the setting when left out.

    Raises:
        IllegalTransition: it is not a mere proposal any more.
        RuleRefused, Conflict: too old, or stale.
    """
    _lock(work, plan)
    if plan.state is not PlanState.PROPOSED:
        raise _wrong_state(plan)
    moves = moves_of(plan)
    _clear(work, plan, moves)
    moving = _reservations(work, moves)
    _verify(work, plan, moves)
    span = timedelta(hours=hours if hours is not None else work.settings.plan_consent_hours)
    blocked = [_earmark(work, plan, house, run, span) for house, run in _free_nights(work, plan, moves)]
    plan.state = PlanState.ASKING
    plan.expires_at = work.clock.now() + span
    plan.terms = {**plan.terms, "earmarks": [str(one) for one in blocked]}
    asked = [
        PlanConsent(plan_id=plan.id, reservation_id=one.id)
        for one in moving
        if one.status is ReservationStatus.APPROVED
    ]
    work.session.add_all(asked)
    work.session.flush()
    record(work, "plan.ask", "plan", plan.id, after={"until": plan.expires_at, "asked": len(asked)})
    return tuple(asked)


def hear(
    work: Work, plan: ReassignmentPlan, reservation: UUID, *, agrees: bool, note: str = ""
) -> ReassignmentPlan:
    """Note what a guest said. A no withdraws the plan and frees what it had blocked.

    Raises:
        IllegalTransition: nobody is being asked, or this guest has answered already.
    """
    _lock(work, plan)
    if plan.state is not PlanState.ASKING:
        raise _wrong_state(plan)
    answer = ConsentAnswer.YES if agrees else ConsentAnswer.NO
    heard = work.connection.execute(
        update(_consent)
        .where(
            _consent.c.plan_id == plan.id,
            _consent.c.reservation_id == reservation,
            _consent.c.answer == ConsentAnswer.ASKED,
        )
        .values(answer=answer, said_at=work.clock.now(), heard_by=work.actor.name, note=note.strip())
    )
    if heard.rowcount != 1:
        raise IllegalTransition(
            "This guest is not being asked, or has answered already.", code="consent_not_asked"
        )
    record(
        work, "plan.hear", "plan", plan.id, after={"reservation": reservation, "answer": answer}, reason=note
    )
    if not agrees:
        _withdraw(work, plan, "a guest said no")
    return plan


def withdraw(work: Work, plan: ReassignmentPlan, *, reason: str) -> ReassignmentPlan:
    """Give a plan up that was proposed or is being asked about.

    Raises:
        IllegalTransition: it was carried out or withdrawn already.
    """
    _lock(work, plan)
    if plan.state not in {PlanState.PROPOSED, PlanState.ASKING}:
        raise _wrong_state(plan)
    _withdraw(work, plan, reason)
    return plan


def consents(work: Work, plan: ReassignmentPlan) -> tuple[PlanConsent, ...]:
    """Who is asked about a plan, and what they said."""
    found = work.session.scalars(
        select(PlanConsent).where(_consent.c.plan_id == plan.id).order_by(_consent.c.created, _consent.c.id)
    )
    return tuple(found)


def moves_of(plan: ReassignmentPlan) -> tuple[KeptMove, ...]:
    """The moves of a plan that was kept."""
    return tuple(
        KeptMove(
            UUID(move["reservation"]),
            UUID(move["from"]),
            UUID(move["to"]),
            Stay(date.fromisoformat(move["check_in"]), date.fromisoformat(move["occupied_until"])),
        )
        for move in plan.moves
    )


def _apply(work: Work, plan: ReassignmentPlan, order: Order) -> Reservation:
    _lock(work, plan)
    if plan.state not in {PlanState.PROPOSED, PlanState.ASKING}:
        raise _wrong_state(plan)
    _check_order(plan, order)
    if order.client is not None:
        # The order of locks of every booking: the guest, then the houses.
        work.connection.execute(select(_client.c.id).where(_client.c.id == order.client).with_for_update())
    moves = moves_of(plan)
    if plan.state is PlanState.ASKING:
        _refuse_unless_agreed(work, plan)
        _free_earmarks(work, plan, "the plan is carried out")
    _clear(work, plan, moves)
    moving = _reservations(work, moves)
    _verify(work, plan, moves)
    stays = [(one, move.target) for one, move in zip(moving, moves, strict=True)]
    _rehouse(work, stays, reason=f"plan {plan.id.hex[:8]}", count=1)
    booked = booking.reserve(work, order)
    plan.reservation_id = booked.id
    _end(work, plan, PlanState.APPLIED, f"made room for reservation {booked.id.hex[:8]}")
    return booked


def _check_order(plan: ReassignmentPlan, order: Order) -> None:
    wanted = Stay(plan.check_in_date, plan.check_out_date)
    if (order.house, order.stay) != (plan.property_id, wanted) or order.guests > plan.guests:
        raise InvalidInput(
            f"The plan makes room for {plan.guests} guests, {wanted}, in one house; this order is another.",
            field="plan",
            code="plan_mismatch",
            hint="Ask for a plan for these dates and guests: casa availability",
        )
    if order.late_checkout:
        raise InvalidInput(
            "A plan makes room for the nights only, not for a late checkout.",
            field="late_checkout",
            code="plan_mismatch",
            hint="Book first, then: casa reservations change --late-checkout",
        )


def _refuse_unless_agreed(work: Work, plan: ReassignmentPlan) -> None:
    missing = [one.reservation_id for one in consents(work, plan) if one.answer is not ConsentAnswer.YES]
    if missing:
        raise RuleRefused(
            f"{len(missing)} of those who would move have not agreed yet.",
            code="consent_missing",
            hint="Note their answer with: casa availability consent PLAN RESERVATION --yes",
            details={"reservations": missing},
        )


def _lock(work: Work, plan: ReassignmentPlan) -> None:
    """Make every other writer of this plan wait for our commit, and see what they left."""
    work.session.refresh(plan, with_for_update=work.database.dialect != "sqlite" or None)
    if plan.state in {PlanState.PROPOSED, PlanState.ASKING} and plan.expires_at < work.clock.now():
        raise RuleRefused(
            "The plan has expired.", code="plan_expired", hint="Ask for a new one: casa availability"
        )


def _clear(work: Work, plan: ReassignmentPlan, moves: Iterable[KeptMove]) -> None:
    """Lock the houses that the plan touches, and end lapsed holds on its nights."""
    span = _span(Stay(plan.check_in_date, plan.check_out_date), moves)
    clear_the_way(work, _houses_of(plan.property_id, moves), span)


def _verify(work: Work, plan: ReassignmentPlan, moves: Sequence[KeptMove]) -> None:
    """Read all again that the plan rests on: nothing may differ, and it must still keep every promise.

    Raises:
        Conflict: something differs (`plan_stale`).
    """
    book = rate_book(work)
    if plan.property_id not in book.by_id:
        raise _stale("The house is gone.")
    terms = Terms.stored(plan.terms)
    request = QuoteRequest(
        Stay(plan.check_in_date, plan.check_out_date),
        plan.guests,
        plan.property_id,
        features=frozenset(plan.features),
    )
    found = _around(work, book, request, terms, moves, but=earmarks_of(plan))
    if _digest(found, plan.property_id, request.stay, moves) != plan.digest:
        raise _stale("Somebody booked, moved or changed something that it rests on.")
    as_found = Plan(
        plan.property_id,
        tuple(Move(move.reservation, move.origin, move.target) for move in moves),
        score=None,  # type: ignore[arg-type]  # what it costs is not in question
    )
    faults = faults_of(as_found, found.instance, most_downgrade=terms.allowed_downgrade)
    if faults:
        raise _stale(f"It does not work out any more: {faults[0]}.")


def _around(
    work: Work,
    book: RateBook,
    request: QuoteRequest,
    terms: Terms,
    moves: Iterable[KeptMove],
    *,
    but: Collection[UUID],
) -> Neighbourhood:
    (houses,) = zones(book, request)
    span = _span(request.stay, moves)
    living = residents(work, book, [house.id for house in houses], span, but=but)
    return neighbourhood(work, book, houses, living, request, terms)


def _digest(found: Neighbourhood, wanted: UUID, stay: Stay, moves: Iterable[KeptMove]) -> str:
    """What a plan rests on: the houses it touches, who lives there around its nights, who may move."""
    moves = tuple(moves)
    touched = _houses_of(wanted, moves)
    span = _span(stay, moves)
    pinned = {living.id for living in found.instance.stays if living.pinned}
    content = {
        "moves": [move.plain() for move in moves],
        "houses": [
            [place.id, place.capacity, sorted(place.features), place.rank, place.is_open]
            for place in found.instance.houses
            if place.id in touched
        ],
        "residents": sorted(
            [str(one.id), one.version, str(one.house), str(one.nights), one.id in pinned]
            for one in found.residents.values()
            if one.house in touched and one.nights.overlaps(span)
        ),
    }
    return hashlib.sha256(canonical_json(plain(content)).encode()).hexdigest()


def _span(stay: Stay, moves: Iterable[KeptMove]) -> Stay:
    """From the first night that a plan touches to the last."""
    moves = tuple(moves)
    return Stay(
        min([stay.check_in, *(move.nights.check_in for move in moves)]),
        max([stay.check_out, *(move.nights.check_out for move in moves)]),
    )


def _houses_of(wanted: UUID, moves: Iterable[KeptMove]) -> set[UUID]:
    return {wanted}.union(*((move.origin, move.target) for move in moves))


def _reservations(work: Work, moves: Sequence[KeptMove]) -> list[Reservation]:
    """The rows of the moved stays in the order of the moves, locked; one statement.

    Whoever cancels a stay locks no house, only its row: from here on they wait for us, so that what is
    verified afterwards is what is moved. The houses were locked before, as in every booking.
    """
    rows = work.session.scalars(
        select(Reservation)
        .where(col(Reservation.id).in_([move.reservation for move in moves]))
        .order_by(col(Reservation.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    by_id = {row.id: row for row in rows}
    return [by_id[move.reservation] for move in moves]


def _rehouse(work: Work, stays: Sequence[tuple[Reservation, UUID]], *, reason: str, count: int) -> None:
    """Put stays into other houses: all nights go first, then all are taken anew.

    Raises:
        DatesTaken: somebody else has one of the nights.
    """
    before = {one.id: facts(one) for one, _ in stays}
    for one, _ in stays:
        give_back(work, one.id)
    for one, house in stays:
        one.property_id = house
        one.moved_count = max(0, one.moved_count + count)
    work.session.flush()
    for one, _ in stays:
        claim(work, one)
        record(
            work,
            "reservation.move",
            "reservation",
            one.id,
            before=before[one.id],
            after=facts(one),
            reason=reason,
        )


def _check_return(
    work: Work,
    book: RateBook,
    plan: ReassignmentPlan,
    stays: Sequence[tuple[Reservation, UUID]],
    released: Collection[UUID],
) -> None:
    terms = replace(Terms.stored(plan.terms), most_moves=LARGEST_WHOLE, released=frozenset(released))
    request = QuoteRequest(Stay(plan.check_in_date, plan.check_out_date), plan.guests, plan.property_id)
    found = _around(work, book, request, terms, moves_of(plan), but=())
    houses = {house.id: house for house in found.houses}
    for one, home in stays:
        reasons = found.pins.get(one.id)
        house = houses.get(home)
        if reasons is None or house is None:
            raise _stale("Somebody who was moved, or their house, is not there any more.")
        if is_pinned(reasons, terms.lifted_for(one.id)):
            raise RuleRefused(
                f"Reservation {one.id.hex[:8]} may not be moved any more: {reasons[0].value}.",
                code="guest_pinned",
                details={"reservation": one.id, "pins": [reason.value for reason in reasons]},
            )
        too_small = house.capacity_max is not None and one.guests > house.capacity_max
        if too_small or not house.is_open or frozenset(one.required_features) - house.features:
            raise RuleRefused(
                f"{house.name} does not suit reservation {one.id.hex[:8]} any more.",
                code="house_unsuitable",
                details={"reservation": one.id, "house": house.id},
            )


def _free_nights(work: Work, plan: ReassignmentPlan, moves: Sequence[KeptMove]) -> list[tuple[UUID, Stay]]:
    """Nights that the plan needs and that nobody has yet, as runs."""
    wanted = Stay(plan.check_in_date, plan.check_out_date)
    span = _span(wanted, moves)
    calendar = occupancy(work, span)
    needed = [(plan.property_id, wanted), *((move.target, move.nights) for move in moves)]
    return [
        (house, run)
        for house, nights in needed
        for run in free_runs(calendar.taken_nights(house, nights), nights)
    ]


def _earmark(work: Work, plan: ReassignmentPlan, house: UUID, run: Stay, span: timedelta) -> UUID:
    order = Order(
        house=house,
        stay=run,
        origin=Origin.MAINTENANCE,
        hold=span,
        allow_past=True,
        comments=f"kept free for plan {plan.id.hex[:8]} while guests are asked",
    )
    return booking.reserve(work, order).id


def earmarks_of(plan: ReassignmentPlan) -> frozenset[UUID]:
    """The holds that keep the nights of a plan free while guests are asked."""
    return frozenset(UUID(one) for one in plan.terms.get("earmarks", ()))


def _free_earmarks(work: Work, plan: ReassignmentPlan, reason: str) -> None:
    earmarks = earmarks_of(plan)
    rows = work.session.scalars(select(Reservation).where(col(Reservation.id).in_(earmarks))).all()
    for row in sorted(rows, key=lambda row: row.id):
        if row.status is ReservationStatus.INCOMPLETE:
            ending.cancel(work, row, reason=reason)


def _withdraw(work: Work, plan: ReassignmentPlan, reason: str) -> None:
    _free_earmarks(work, plan, reason)
    _end(work, plan, PlanState.WITHDRAWN, reason)


def _end(work: Work, plan: ReassignmentPlan, state: PlanState, reason: str) -> None:
    before = plan.state
    plan.state = state
    plan.ended_at = work.clock.now()
    work.session.flush()
    record(
        work,
        f"plan.{state.value}",
        "plan",
        plan.id,
        before={"state": before},
        after={"state": state, "moves": plan.moves, "figures": plan.figures},
        reason=reason,
    )


def _stale(why: str) -> Conflict:
    return Conflict(
        f"The plan is out of date. {why}", code="plan_stale", hint="Ask for a new one: casa availability"
    )


def _wrong_state(plan: ReassignmentPlan) -> IllegalTransition:
    return IllegalTransition(
        f"The plan {_WAS[plan.state]}.",
        code="plan_not_open",
        hint=f"Look at it with: casa availability plan {plan.id.hex[:8]}",
        details={"plan": plan.id, "state": plan.state},
    )


_WAS = {
    PlanState.PROPOSED: "is only proposed: nobody has moved, and nobody is being asked",
    PlanState.ASKING: "is being asked about: nobody has moved yet",
    PlanState.APPLIED: "was carried out",
    PlanState.UNDONE: "was taken back",
    PlanState.WITHDRAWN: "was withdrawn",
}
