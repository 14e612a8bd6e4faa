"""Several desks make room for the same nights at once: one of them gets the house, and one plan is used.

That the harness sees what a naive version breaks is shown in `test_races`.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest
from sqlmodel import select

from casaaustin.actors import Actor
from casaaustin.db.work import Database
from casaaustin.reassignment.models import ReassignmentPlan
from casaaustin.reassignment.rooms import make_room
from casaaustin.reservations.booking import Order
from casaaustin.vocabulary import PlanState
from tests.integration.reassignment.test_worked_examples import M1, Example, april
from tests.support.desk import wrong_nights
from tests.support.processes import race
from tests.support.world import C2, make_client

# One race at a time: two of them would want more connections than a server has.
pytestmark = pytest.mark.xdist_group("races")

DESKS = 6
LATE = {"no_plan", "plan_stale", "dates_taken"}


def want_the_house(clients: tuple[UUID, ...], database: Database, number: int) -> None:
    """M1's request, at one of the desks."""
    order = Order(C2, april(17, 19), guests=16, client=clients[number])
    database.write(lambda work: make_room(work, order), actor=Actor(f"desk {number}"))


def test_one_desk_gets_the_house_and_one_plan_is_used(database: Database) -> None:
    Example(M1, 17, 19, 16).desk(database)
    guests = [make_client("Guest", f"of desk {number}") for number in range(DESKS)]
    ids = tuple(guest.id for guest in guests)
    database.write(lambda work: work.session.add_all(guests), actor=Actor("setup"))
    said = race(database, partial(want_the_house, ids), processes=DESKS)
    assert said.count("ok") == 1
    assert set(said) - {"ok"} <= LATE, said
    assert wrong_nights(database) == []
    states = database.read(
        lambda work: [plan.state for plan in work.session.exec(select(ReassignmentPlan)).all()]
    )
    assert states == [PlanState.APPLIED], "a plan that was not carried out is not kept either"
