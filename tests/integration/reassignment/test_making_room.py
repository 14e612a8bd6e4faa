"""Booking with moves in one step; kept plans with names and as charts; refusals that say what would help."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlmodel import select

from casaaustin.db.work import Database, Work
from casaaustin.errors import CodeRefused, NotAvailable
from casaaustin.moves.solve import ExhaustiveProof
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment import plans
from casaaustin.reassignment.charts import BeforeAndAfter, before_and_after
from casaaustin.reassignment.models import ReassignmentPlan
from casaaustin.reassignment.proposals import propose
from casaaustin.reassignment.queries import PlanSheet, plan_behind, plan_sheet
from casaaustin.reassignment.rooms import Room, make_room
from casaaustin.reassignment.terms import USUAL, Terms
from casaaustin.reassignment.texts import explain_refusal
from casaaustin.reservations.tape_chart import Chart
from casaaustin.vocabulary import Language
from tests.integration.reassignment.test_worked_examples import (
    M1,
    ONE_CLASS,
    Example,
    Lodger,
    april,
    refusal,
)
from tests.support.counting import counting
from tests.support.desk import Desk, wrong_nights
from tests.support.world import C1, C2, C3, C4, C5, known_id

WANTED = april(17, 19)
B = known_id("lodger B")
CLASSES = {C1: 1, C2: 2, C3: 3, C4: 2}


@pytest.fixture
def desk(database: Database) -> Desk:
    return Example(M1, 17, 19, 16).desk(database)


def room(desk: Desk, house: UUID = C2, *, guests: int = 16, key: str | None = None, **more: object) -> Room:
    any_house = bool(more.pop("any_house", False))
    order = desk.order(WANTED, house, guests=guests, **more)
    made: Room = desk.write(lambda work: make_room(work, order, any_house=any_house, key=key))
    return made


def house_of(desk: Desk, reservation: UUID) -> UUID:
    return desk.database.read(lambda work: desk.get(work, reservation).property_id)


def kept(desk: Desk) -> ReassignmentPlan:
    def use(work: Work) -> ReassignmentPlan:
        request = QuoteRequest(WANTED, 16)
        best = propose(work, request).best
        assert best is not None
        return plans.keep(work, request, best, USUAL)

    made: ReassignmentPlan = desk.write(use)
    return made


# -- booking --------------------------------------------------------------------------------------


@pytest.mark.parametrize("any_house", [False, True])
def test_the_best_plan_is_carried_out_with_the_booking(desk: Desk, any_house: bool) -> None:
    made = room(desk, any_house=any_house)
    assert made.plan is not None
    assert (made.booked.property_id, house_of(desk, B)) == (C2, C1)
    assert wrong_nights(desk.database) == []


def test_a_house_that_is_free_moves_nobody(desk: Desk) -> None:
    """Ten guests fit into C1, which is empty."""
    made = room(desk, guests=10, any_house=True)
    assert (made.booked.property_id, made.plan, house_of(desk, B)) == (C1, None, C2)


def test_a_repeated_request_key_makes_room_once(desk: Desk) -> None:
    first, second = room(desk, key="k"), room(desk, key="k")
    assert first.booked.id == second.booked.id
    assert first.plan is not None
    assert second.plan is not None
    assert first.plan.id == second.plan.id


def test_no_plan_names_the_proof_and_writes_nothing(database: Database) -> None:
    """M4: only C3 is large enough, and somebody who fits nowhere else is in it."""
    desk = Example((Lodger("C", C3, 16, 19, 35),), 17, 19, 30).desk(database)
    with pytest.raises(NotAvailable) as refused:
        room(desk, C3, guests=30)
    assert refused.value.code == "no_plan"
    (reason,) = refused.value.details["reasons"]
    assert reason == (
        "Casa 3: on the night of Fri 17 Apr, this stay and 1 other have only 1 house between them."
    )


def test_a_booking_that_is_refused_moves_nobody_and_keeps_no_plan(desk: Desk) -> None:
    with pytest.raises(CodeRefused):
        room(desk, code="NOSUCHCODE")
    assert house_of(desk, B) == C2
    assert desk.database.read(lambda work: work.session.exec(select(ReassignmentPlan)).all()) == []


# -- plans with names -----------------------------------------------------------------------------


def test_a_sheet_names_everybody_in_as_many_statements_whoever_moves(desk: Desk) -> None:
    plan = kept(desk)

    def use(work: Work) -> PlanSheet:
        return plan_sheet(work, plans.find_plan(work, plan.id.hex[:8]))

    desk.database.read(use)  # the rate book is known from now on
    with counting(desk.database) as seen:
        sheet = desk.database.read(use)
    assert len(seen) <= 5
    (mover,) = sheet.movers
    assert (mover.name, mover.origin.id, mover.target.id) == ("Guest B", C2, C1)
    assert (sheet.house.id, sheet.stay, sheet.has_lapsed) == (C2, WANTED, False)


def test_the_sheet_of_a_plan_that_was_carried_out_is_still_about_both_houses(desk: Desk) -> None:
    made = room(desk)

    def use(work: Work) -> PlanSheet:
        found = plan_behind(work, made.booked.id)
        assert found is not None
        return plan_sheet(work, found)

    (mover,) = desk.database.read(use).movers
    assert (mover.origin.id, mover.target.id) == (C2, C1)
    assert desk.database.read(lambda work: plan_behind(work, B)) is None


def test_charts_show_who_lives_where_before_and_after(desk: Desk) -> None:
    def use(work: Work) -> BeforeAndAfter:
        best = propose(work, QuoteRequest(WANTED, 16)).best
        assert best is not None
        return before_and_after(work, best.house, WANTED, 16, best.movers, Language.ENGLISH)

    def bars(chart: Chart) -> set[tuple[str, str]]:
        return {(stay.label, stay.house_id) for stay in chart.stays if stay.house_id in (C1.hex, C2.hex)}

    drawn = desk.database.read(use)
    assert [house.id for house in drawn.before.houses] == [C1.hex, C2.hex]
    assert bars(drawn.before) == {("*Guest B", C2.hex)}
    assert bars(drawn.after) == {("*Guest B", C1.hex), ("new", C2.hex)}


# -- refusals -------------------------------------------------------------------------------------


def test_a_refusal_says_who_would_have_to_accept_a_simpler_house(database: Database) -> None:
    """M9: without a downgrade nothing, and B → C1 would be one."""
    found = Example(M1, 17, 19, 16, classes=CLASSES).propose(database)
    assert found.best is None
    wall = refusal(found, C2)
    assert [(loser.name, loser.target.id) for loser in wall.losers] == [("Guest B", C1)]
    assert wall.needed_downgrade == 1
    assert explain_refusal(wall, Language.ENGLISH)[-1] == (
        "It would become free if a simpler house were accepted: Guest B to Casa 1."
    )
    assert explain_refusal(wall)[-1] == (
        "Quedaría libre si se aceptara una casa más sencilla: Guest B a Casa 1."
    )
    assert refusal(found, C3).losers == ()


def test_the_smallest_conflict_keeps_to_the_terms_of_the_search(database: Database) -> None:
    """F could go to C5, a simpler house; where that is not allowed, H and G are in its way by turns."""
    lodgers = (
        Lodger("F", C2, 10, 14, 6),
        Lodger("G", C4, 12, 14, 16, fixed=True),
        Lodger("H", C1, 10, 12, 8, fixed=True),
        Lodger("V", C3, 8, 16, 30, fixed=True),
    )
    example = Example(lodgers, 10, 14, 16, house=C2, classes={**ONE_CLASS, C5: 0})
    wall = refusal(example.propose(database), C2)
    assert isinstance(wall.answer.proof, ExhaustiveProof)
    assert {one.resident.id for one in wall.wall} == {known_id(f"lodger {name}") for name in "FGHV"}
    assert [loser.target.id for loser in wall.losers] == [C5]


def test_where_a_downgrade_is_allowed_there_is_a_plan(database: Database) -> None:
    terms = Terms(allowed_downgrade=1)
    assert Example(M1, 17, 19, 16, classes=CLASSES, terms=terms).propose(database).best is not None
