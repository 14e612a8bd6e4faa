"""What can be offered for a request: free houses, plans that make room, proofs that none can, other dates.

Reading is the rate book's version, the taken nights, the residents (twice when a chain of stays reaches far),
and one statement for the names of those whom a plan concerns, whatever the number of houses.
Source: docs/rules/pricing.md, 3.6.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from casaaustin.availability.occupancy import Occupancy, free_runs
from casaaustin.clients.models import Client
from casaaustin.clients.rules import full_name
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.money import HUNDRED
from casaaustin.moves.conflict import minimal_conflict
from casaaustin.moves.frontier import MOST_HOUSES
from casaaustin.moves.objective import Score
from casaaustin.moves.pinning import Pin
from casaaustin.moves.solve import Answer, ExhaustiveProof, Kind, NightProof, solve_each_house
from casaaustin.pricing.nights import stay_price
from casaaustin.pricing.ratebook import House, RateBook
from casaaustin.quoting import service as quoting
from casaaustin.quoting.alternatives import Alternative, alternative_window, alternatives
from casaaustin.quoting.evaluate import HouseQuote, Quote, QuoteRequest, Reason
from casaaustin.quoting.service import Basis
from casaaustin.reassignment.calendar import (
    USUAL_REACH,
    Neighbourhood,
    Resident,
    is_whole,
    neighbourhood,
    residents,
    weight_of,
    zones,
)
from casaaustin.reassignment.terms import USUAL, Terms
from casaaustin.register.models import Reservation
from casaaustin.stays import Stay

if TYPE_CHECKING:
    from casaaustin.moves.instance import Id

_reservation = table_of(Reservation)
_client = table_of(Client)

BED_MISSING, FEATURE_LOST, CLASS_LOST, SPECIAL_SPOILT = 5, 3, 10, 5


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan costs the house and its guests, beside what decides; shown and stored, never decisive.

    Args:
        disturbance: summed over the moved stays (c2).
        quality: beds missing, features lost, classes lost, weighed (c3).
        money_cents: differences of subtotals at today's prices, in cents of a dollar (c4).
        calendar: one-night holes made, and special dates that can no longer be sold, weighed (c5).
    """

    disturbance: int
    quality: int
    money_cents: int
    calendar: int


@dataclass(frozen=True, slots=True)
class Mover:
    """A stay that a plan moves.

    Args:
        resident: the reservation.
        name: of the guest.
        origin: house it leaves.
        target: house it goes to.
        difference_usd: what the same nights cost in the new house less what they cost in the old one, today.
    """

    resident: Resident
    name: str
    origin: House
    target: House
    difference_usd: Decimal


@dataclass(frozen=True, slots=True)
class Option:
    """A house that a plan makes free.

    Args:
        house: that becomes free.
        quoted: its price, as it is once the plan is carried out.
        answer: of the search, with the plan and its proof.
        movers: who moves, in the order of the plan.
        figures: what it costs beside.
        found: the neighbourhood that it was found in.
    """

    house: House
    quoted: HouseQuote
    answer: Answer
    movers: tuple[Mover, ...]
    figures: Figures
    found: Neighbourhood


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Somebody who stands in the way, and why they cannot be moved; no reason: there is no place for them."""

    resident: Resident
    name: str
    house: House
    pins: tuple[Pin, ...]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A house that no plan makes free, as far as it was proved.

    Args:
        house: the house.
        answer: of the search; `plan` when its only plan would break `reasons`.
        obstacles: those who take its nights.
        wall: those who cannot be housed together with the request, when that was proved.
        reasons: what speaks against the house even after the plan.
        losers: those who would have to go to a simpler house than the terms allow, where that would free it.
        needed_downgrade: how many classes one of them would lose; 0 where there are none.
    """

    house: House
    answer: Answer
    obstacles: tuple[Obstacle, ...]
    wall: tuple[Obstacle, ...] = ()
    reasons: tuple[Reason, ...] = ()
    losers: tuple[Mover, ...] = ()
    needed_downgrade: int = 0


@dataclass(frozen=True, slots=True)
class Proposals:
    """All that can be said about a request.

    Args:
        quote: every house as it is now.
        options: plans, the best first.
        refusals: houses that suit but that nothing makes free.
        alternatives: other dates, when neither a house nor a plan was found or when they were asked for.
    """

    quote: Quote
    options: tuple[Option, ...]
    refusals: tuple[Refusal, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def best(self) -> Option | None:
        """The best plan there is."""
        return self.options[0] if self.options else None


def propose(
    work: Work, request: QuoteRequest, terms: Terms = USUAL, *, most_alternatives: int = 0
) -> Proposals:
    """Free houses, the best plan for every other house that suits, and other dates when there is neither.

    Args:
        work: the open unit of work.
        request: what is asked for.
        terms: who may be moved.
        most_alternatives: other dates to offer, at most.

    Raises:
        InvalidInput: dates or guests that cannot be quoted.
        NotFound: no such house or client.
    """
    reach = alternative_window(request.stay) if most_alternatives else None
    basis = quoting.look_up(work, request, reach)
    quote = quoting.price(work, basis, request)
    options: list[Option] = []
    refusals: list[Refusal] = []
    free = {answer.house.id for answer in quote.available}
    answered = [
        (found, *_answers(found, terms)) for found in neighbourhoods(work, basis.book, request, terms)
    ]
    concerned = _named(
        work, [(found, [*answers.values(), *lenient.values()]) for found, answers, lenient in answered]
    )
    for found, answers, lenient in answered:
        for house in found.houses:
            answer = answers.get(house.id)
            if answer is None or house.id in free or answer.kind is Kind.DIRECT:
                continue
            offer = _option(work, basis, request, terms, found, house, answer, concerned)
            if isinstance(offer, Option):
                options.append(offer)
            else:
                refusals.append(_with_losers(basis.book, offer, found, lenient.get(house.id), concerned))
    options.sort(key=_order)
    nothing = not free and not options
    return Proposals(
        quote=quote,
        options=tuple(options),
        refusals=tuple(refusals),
        alternatives=alternatives(
            basis.book, request, basis.calendar, today=today(work.clock), most=most_alternatives
        )
        if most_alternatives and (nothing or request.house is not None)
        else (),
    )


def neighbourhoods(work: Work, book: RateBook, request: QuoteRequest, terms: Terms) -> list[Neighbourhood]:
    """The questions of all zones, each with everybody whom the answer depends on.

    Everything is read again, once, when the usual window turns out too narrow.

    Args:
        work: the open unit of work.
        book: prices and houses of the moment.
        request: what is to be placed.
        terms: who may be moved.
    """
    groups = zones(book, request)
    houses = [house.id for group in groups for house in group]
    window = Stay(request.stay.check_in - USUAL_REACH, request.stay.check_out + USUAL_REACH)
    living = residents(work, book, houses, window)
    found = [neighbourhood(work, book, group, living, request, terms) for group in groups]
    # With few houses any number of moves is tried, so every chain of stays must be known to its end.
    depth = [terms.max_moves if len(group) > MOST_HOUSES else len(living) for group in groups]
    if all(is_whole(one, window, moves) for one, moves in zip(found, depth, strict=True)):
        return found
    living = residents(work, book, houses, None)
    return [neighbourhood(work, book, group, living, request, terms) for group in groups]


def _answers(found: Neighbourhood, terms: Terms) -> tuple[Mapping[Id, Answer], Mapping[Id, Answer]]:
    """What is certain for each house, and what would be if guests could go to any simpler house.

    The second is worked out only where it may make a difference.
    """
    answers = solve_each_house(
        found.instance, max_moves=terms.max_moves, most_downgrade=terms.allowed_downgrade
    )
    classes = {place.rank for place in found.instance.houses}
    if len(classes) == 1 or all(answer.plan is not None for answer in answers.values()):
        return answers, {}
    return answers, solve_each_house(found.instance, max_moves=terms.max_moves)


def _with_losers(
    book: RateBook,
    refusal: Refusal,
    found: Neighbourhood,
    lenient: Answer | None,
    names: dict[UUID, str],
) -> Refusal:
    """A refusal that says who would have to accept a simpler house, where that would help."""
    if refusal.answer.plan is not None or lenient is None or lenient.plan is None:
        return refusal
    ranks = {place.id: place.rank for place in found.instance.houses}
    booked = {stay.id: stay.booked_rank for stay in found.instance.stays}
    lost = {move: booked[move.stay] - ranks[move.target] for move in lenient.plan.moves}
    return replace(
        refusal,
        losers=tuple(
            _mover(book, found.residents[UUID(str(move.stay))], move.target, names)
            for move, classes in lost.items()
            if classes > 0
        ),
        needed_downgrade=max(lost.values()),
    )


def _option(
    work: Work,
    basis: Basis,
    request: QuoteRequest,
    terms: Terms,
    found: Neighbourhood,
    house: House,
    answer: Answer,
    names: dict[UUID, str],
) -> Option | Refusal:
    in_the_way = _obstacles(found, found_in(found, house, request.stay), names)
    if answer.kind is not Kind.PLAN or answer.plan is None:
        wall = _obstacles(found, _wall(found, answer, house, terms), names)
        return Refusal(house, answer, in_the_way, wall)
    movers = tuple(
        _mover(basis.book, found.residents[UUID(str(move.stay))], move.target, names)
        for move in answer.plan.moves
    )
    after = calendar_after(basis.calendar, movers)
    alone = replace(request, house=house.id)
    quoted = quoting.price(work, replace(basis, calendar=after), alone).of(house.id)
    if quoted.reasons:
        return Refusal(house, answer, in_the_way, reasons=quoted.reasons)
    figures = _figures(work, basis, movers, after, holes=answer.plan.score.holes)
    return Option(house, quoted, answer, movers, figures, found)


def calendar_after(calendar: Occupancy, movers: Iterable[Mover]) -> Occupancy:
    """The calendar once everybody has moved; nights outside its window are left out."""
    movers = tuple(movers)
    for mover in movers:
        calendar = calendar.without(mover.origin.id, mover.resident.nights)
    for mover in movers:
        calendar = calendar.with_taken(mover.target.id, mover.resident.nights)
    return calendar


def found_in(found: Neighbourhood, house: House, stay: Stay) -> tuple[UUID, ...]:
    """Who takes nights of a stay in a house."""
    return tuple(
        one.id for one in found.residents.values() if one.house == house.id and one.nights.overlaps(stay)
    )


def _wall(found: Neighbourhood, answer: Answer, house: House, terms: Terms) -> tuple[UUID, ...]:
    """Those who, by the proof, cannot all be housed together with the request."""
    if isinstance(answer.proof, NightProof):
        return tuple(UUID(str(one)) for one in answer.proof.stays)
    if isinstance(answer.proof, ExhaustiveProof) and len(found.houses) <= MOST_HOUSES:
        alone = found.instance._replace(request=found.instance.request._replace(house=house.id))
        return tuple(
            UUID(str(one)) for one in minimal_conflict(alone, most_downgrade=terms.allowed_downgrade)
        )
    return ()


def _obstacles(found: Neighbourhood, stays: Iterable[UUID], names: dict[UUID, str]) -> tuple[Obstacle, ...]:
    houses = {house.id: house for house in found.houses}
    return tuple(
        Obstacle(
            found.residents[one],
            names.get(one, ""),
            houses[found.residents[one].house],
            found.pins[one],
        )
        for one in stays
    )


def _mover(book: RateBook, resident: Resident, target: object, names: dict[UUID, str]) -> Mover:
    goal = book.by_id[UUID(str(target))]
    return mover_between(book, resident, names.get(resident.id, ""), book.by_id[resident.house], goal)


def mover_between(book: RateBook, resident: Resident, name: str, origin: House, goal: House) -> Mover:
    """A stay that goes from one house to another, with the difference at today's prices.

    Args:
        book: prices of the moment.
        resident: the reservation, wherever it is now.
        name: of the guest.
        origin: house it leaves, or left.
        goal: house it goes to, or went to.
    """
    contract = Stay(resident.check_in, resident.check_out)
    here, there = (stay_price(book, house, contract, resident.guests) for house in (origin, goal))
    difference = there.subtotal_usd - here.subtotal_usd if here and there else Decimal("0.00")
    return Mover(resident, name, origin, goal, difference)


def _figures(work: Work, basis: Basis, movers: tuple[Mover, ...], after: Occupancy, *, holes: int) -> Figures:
    """The figures c2 to c5 of a plan.

    Source: docs/rules/pricing.md, 3.6.2.
    """
    day = today(work.clock)
    return Figures(
        disturbance=sum(weight_of(mover.resident, day) for mover in movers),
        quality=sum(_quality_lost(mover) for mover in movers),
        money_cents=sum(int(abs(mover.difference_usd) * HUNDRED) for mover in movers),
        calendar=max(0, holes) + SPECIAL_SPOILT * _spoilt_dates(basis, movers, after),
    )


def _quality_lost(mover: Mover) -> int:
    beds = mover.target.sleeps
    missing = max(0, mover.resident.guests - beds) if beds is not None else 0
    lost = len(mover.origin.features - mover.target.features)
    before, now = mover.origin.exchange_class, mover.target.exchange_class
    classes = max(0, before - now) if before is not None and now is not None else 0
    return missing * BED_MISSING + lost * FEATURE_LOST + classes * CLASS_LOST


def _spoilt_dates(basis: Basis, movers: tuple[Mover, ...], after: Occupancy) -> int:
    """Special dates that had a free run of their minimum before the plan, and have none after it."""
    touched = {mover.target.id for mover in movers}
    return sum(
        1
        for house in sorted(touched)
        for night, minimum in _special_nights(basis.book.by_id[house], after.window)
        if _has_run(basis.calendar, house, night, minimum) and not _has_run(after, house, night, minimum)
    )


def _special_nights(house: House, window: Stay) -> Iterable[tuple[date, int]]:
    for night in window.nights():
        special = house.special_on(night)
        if special is not None:
            yield night, special.minimum_nights


def _has_run(calendar: Occupancy, house: UUID, night: date, minimum: int) -> bool:
    taken = calendar.taken_nights(house, calendar.window)
    return any(night in run and run.night_count >= minimum for run in free_runs(taken, calendar.window))


def _named(work: Work, answered: Iterable[tuple[Neighbourhood, Iterable[Answer]]]) -> dict[UUID, str]:
    """Names of those who live where the request wants to, or whom a plan concerns; one statement."""
    concerned = set()
    for found, answers in answered:
        request = found.instance.request
        concerned |= {
            stay.id for stay in found.instance.stays if stay.start < request.end and stay.end > request.start
        }
        for answer in answers:
            if answer.plan is not None:
                concerned |= {move.stay for move in answer.plan.moves}
    return guest_names(work, {UUID(str(stay)) for stay in concerned})


def guest_names(work: Work, reservations: Collection[UUID]) -> dict[UUID, str]:
    """Who comes, by reservation; blocks and imported stays have nobody. One statement."""
    rows = work.connection.execute(
        select(_reservation.c.id, _client.c.first_name, _client.c.last_name)
        .select_from(_reservation.join(_client, _client.c.id == _reservation.c.client_id))
        .where(_reservation.c.id.in_(reservations))
    )
    return {row.id: full_name(row.first_name, row.last_name) for row in rows}


def _order(option: Option) -> Score:
    if option.answer.plan is None:
        raise AssertionError("an option has a plan")
    return option.answer.plan.score
