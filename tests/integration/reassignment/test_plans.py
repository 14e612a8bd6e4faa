"""Plans are carried out with their booking or not at all; they go stale, expire, and are taken back."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Thread
from uuid import UUID

import pytest

from casaaustin.clock import FixedClock
from casaaustin.db.work import Database, Work
from casaaustin.errors import CasaError, Conflict, DatesTaken, IllegalTransition, InvalidInput, RuleRefused
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment import plans
from casaaustin.reassignment.models import ReassignmentPlan
from casaaustin.reassignment.plans import Applied
from casaaustin.reassignment.proposals import propose
from casaaustin.reassignment.terms import USUAL
from casaaustin.register.models import Reservation
from casaaustin.reservations.booking import Order
from casaaustin.vocabulary import ConsentAnswer, PlanState, ReservationStatus
from tests.integration.reassignment.test_worked_examples import M1, Example, Lodger, april
from tests.support.databases import Kind
from tests.support.desk import Desk, wrong_nights
from tests.support.world import C1, C2, C3, C4, known_id

WANTED = april(17, 19)
B = known_id("lodger B")


@pytest.fixture
def desk(database: Database) -> Desk:
    return Example(M1, 17, 19, 16).desk(database)


def keep(desk: Desk, house: UUID | None = None) -> ReassignmentPlan:
    def use(work: Work) -> ReassignmentPlan:
        request = QuoteRequest(WANTED, 16, house)
        best = propose(work, request).best
        assert best is not None
        return plans.keep(work, request, best, USUAL)

    found: ReassignmentPlan = desk.write(use)
    return found


def order(desk: Desk, house: UUID = C2, **more: object) -> Order:
    return desk.order(WANTED, house, guests=16, **more)


def carry_out(desk: Desk, plan: ReassignmentPlan, **more: object) -> Applied:
    key = more.pop("key", None)

    def use(work: Work) -> Applied:
        return plans.apply_plan(work, find(work, plan), order(desk, **more), key=key)  # type: ignore[arg-type]

    done: Applied = desk.write(use)
    return done


def find(work: Work, plan: ReassignmentPlan) -> ReassignmentPlan:
    return work.session.get_one(ReassignmentPlan, plan.id)


def lodger(desk: Desk, name: str) -> Reservation:
    return desk.database.read(lambda work: desk.get(work, known_id(f"lodger {name}")))


def state_of(desk: Desk, plan: ReassignmentPlan) -> PlanState:
    return desk.database.read(lambda work: find(work, plan).state)


def test_the_plan_and_its_booking_are_carried_out_together(desk: Desk) -> None:
    done = carry_out(desk, keep(desk))
    assert done.booked.property_id == C2
    assert [(one.id, one.property_id, one.moved_count) for one in done.moved] == [(B, C1, 1)]
    assert done.plan.state is PlanState.APPLIED
    assert done.plan.reservation_id == done.booked.id
    assert wrong_nights(desk.database) == []


def test_the_price_that_was_agreed_stays(desk: Desk) -> None:
    desk.set(lodger(desk, "B"), price_usd=Decimal("925.00"))
    carry_out(desk, keep(desk))
    assert lodger(desk, "B").price_usd == Decimal("925.00")


def test_a_repeated_request_key_carries_it_out_once(desk: Desk) -> None:
    plan = keep(desk)
    first, second = carry_out(desk, plan, key="k"), carry_out(desk, plan, key="k")
    assert first.booked.id == second.booked.id
    assert lodger(desk, "B").moved_count == 1


def test_it_is_carried_out_only_once(desk: Desk) -> None:
    plan = keep(desk)
    carry_out(desk, plan)
    with pytest.raises(IllegalTransition) as refused:
        carry_out(desk, plan)
    assert refused.value.code == "plan_not_open"


def test_a_refused_booking_moves_nobody(desk: Desk) -> None:
    plan = keep(desk)
    with pytest.raises(CasaError):
        carry_out(desk, plan, code="NOSUCHCODE")
    assert lodger(desk, "B").property_id == C2
    assert state_of(desk, plan) is PlanState.PROPOSED
    assert wrong_nights(desk.database) == []


def test_an_order_for_something_else_is_refused(desk: Desk) -> None:
    plan = keep(desk)
    with pytest.raises(InvalidInput) as refused:
        carry_out(desk, plan, house=C4)
    assert refused.value.code == "plan_mismatch"


def test_a_plan_expires(desk: Desk, clock: FixedClock) -> None:
    plan = keep(desk)
    clock.advance(timedelta(minutes=15, seconds=1))
    with pytest.raises(RuleRefused) as refused:
        carry_out(desk, plan)
    assert refused.value.code == "plan_expired"


@pytest.mark.parametrize("what", ["target taken", "guests", "cancelled", "moved", "promised"])
def test_whatever_it_rests_on_makes_it_stale(desk: Desk, what: str) -> None:
    plan = keep(desk)
    mover = lodger(desk, "B")
    match what:
        case "target taken":
            desk.reserve(april(16, 17), C1)
        case "guests":
            desk.change(mover, guests=11, keep_price=True)
        case "cancelled":
            desk.cancel(mover)
        case "moved":
            desk.set(mover, moved_count=1)
        case "promised":
            desk.set(mover, house_locked=True)
    with pytest.raises(Conflict) as refused:
        carry_out(desk, plan)
    assert refused.value.code == "plan_stale"
    assert wrong_nights(desk.database) == []


def test_what_it_does_not_touch_leaves_it_as_it_is(desk: Desk) -> None:
    plan = keep(desk)
    desk.reserve(april(25, 27), C1)
    desk.cancel(lodger(desk, "C"))
    carry_out(desk, plan)


def test_taking_it_back_moves_everybody_home(desk: Desk) -> None:
    done = carry_out(desk, keep(desk))
    with pytest.raises(DatesTaken):
        desk.write(lambda work: plans.undo_plan(work, find(work, done.plan), reason="guest insists"))
    assert lodger(desk, "B").property_id == C1
    desk.cancel(done.booked)
    desk.write(lambda work: plans.undo_plan(work, find(work, done.plan), reason="guest insists"))
    assert (lodger(desk, "B").property_id, lodger(desk, "B").moved_count) == (C2, 0)
    assert state_of(desk, done.plan) is PlanState.UNDONE
    assert wrong_nights(desk.database) == []
    with pytest.raises(IllegalTransition):
        desk.write(lambda work: plans.undo_plan(work, find(work, done.plan), reason="again"))


def test_nobody_is_moved_back_who_has_arrived(desk: Desk, clock: FixedClock) -> None:
    done = carry_out(desk, keep(desk))
    desk.cancel(done.booked)
    clock.advance(timedelta(days=11))
    with pytest.raises(RuleRefused) as refused:
        desk.write(lambda work: plans.undo_plan(work, find(work, done.plan), reason="too late"))
    assert refused.value.code == "guest_pinned"


def ask(desk: Desk, plan: ReassignmentPlan) -> None:
    desk.write(lambda work: plans.ask_consent(work, find(work, plan)))


def say(desk: Desk, plan: ReassignmentPlan, *, agrees: bool) -> None:
    desk.write(lambda work: plans.hear(work, find(work, plan), B, agrees=agrees))


def test_while_guests_are_asked_the_nights_that_it_needs_are_kept_free(desk: Desk) -> None:
    plan = keep(desk)
    ask(desk, plan)
    assert not desk.is_free(april(16, 19), C1)
    with pytest.raises(RuleRefused) as refused:
        carry_out(desk, plan)
    assert refused.value.code == "consent_missing"
    say(desk, plan, agrees=True)
    done = carry_out(desk, plan)
    assert done.booked.property_id == C2
    assert wrong_nights(desk.database) == []


def test_a_no_gives_the_plan_up_and_frees_everything(desk: Desk) -> None:
    plan = keep(desk)
    ask(desk, plan)
    say(desk, plan, agrees=False)
    assert state_of(desk, plan) is PlanState.WITHDRAWN
    assert desk.is_free(april(16, 19), C1)


def test_an_answer_is_heard_once(desk: Desk) -> None:
    plan = keep(desk)
    ask(desk, plan)
    say(desk, plan, agrees=True)
    with pytest.raises(IllegalTransition) as refused:
        say(desk, plan, agrees=False)
    assert refused.value.code == "consent_not_asked"
    answers = desk.database.read(lambda work: [one.answer for one in plans.consents(work, find(work, plan))])
    assert answers == [ConsentAnswer.YES]


def test_an_unanswered_question_lapses_by_itself(desk: Desk, clock: FixedClock) -> None:
    plan = keep(desk)
    ask(desk, plan)
    clock.advance(timedelta(hours=24, seconds=1))
    assert desk.is_free(april(16, 19), C1)  # no job has run
    with pytest.raises(RuleRefused) as refused:
        carry_out(desk, plan)
    assert refused.value.code == "plan_expired"


def test_two_stays_change_places(database: Database) -> None:
    """Each takes nights of the other: no change of one row at a time could do it."""
    lodgers = (
        Lodger("A", C2, 14, 18, 10),
        Lodger("T", C1, 14, 16, 10),
        Lodger("V", C3, 10, 25, 30, fixed=True),
        Lodger("W", C4, 10, 25, 16, fixed=True),
    )
    desk = Example(lodgers, 17, 19, 16).desk(database)
    carry_out(desk, keep(desk))
    assert (lodger(desk, "A").property_id, lodger(desk, "T").property_id) == (C1, C2)
    assert wrong_nights(desk.database) == []


def test_who_is_cancelled_while_it_is_verified_is_not_moved(
    desk: Desk, database_kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelling locks no house, so on a server it could come between the look and the move."""
    if database_kind is Kind.SQLITE:
        pytest.skip("SQLite has one writer at a time")
    plan, mover, verify = keep(desk), lodger(desk, "B"), plans._verify
    said: list[str] = []

    def cancel() -> None:
        try:
            desk.cancel(mover)
        except CasaError as refused:
            said.append(refused.code)

    other = Thread(target=cancel)

    def verify_and_wait(*args: object) -> None:
        verify(*args)  # type: ignore[arg-type]
        if not other.ident:
            other.start()
            other.join(timeout=1)

    monkeypatch.setattr(plans, "_verify", verify_and_wait)
    carry_out(desk, plan)
    other.join()
    assert said == ["conflict"]
    assert lodger(desk, "B").status is ReservationStatus.APPROVED
    assert wrong_nights(desk.database) == []
