"""Racers that book, cancel, change, hold and rearrange the same few houses, and remember what they were told.

Each process goes its own random way through the library's use cases. What it was told goes into a
file of its own, so that afterwards nothing that was acknowledged can have got lost unnoticed. What a
plan rests on is written down once more when it is found, as plain rows, and compared inside the
transaction that carries it out: that does not rely on the plan's digest.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update

from casaaustin.availability.models import ReservationNight
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.errors import CasaError, Conflict
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment import plans
from casaaustin.reassignment.models import ReassignmentPlan
from casaaustin.reassignment.plans import KeptMove
from casaaustin.reassignment.proposals import propose
from casaaustin.reassignment.terms import Terms
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking
from casaaustin.reservations.booking import Order
from casaaustin.stays import Stay
from casaaustin.vocabulary import PlanState, ReservationStatus
from tests.support.desk import Desk
from tests.support.world import C1, C2, C3, C4

HOUSES = (C1, C2, C3, C4)
FIRST = date(2026, 6, 1)
NIGHTS = 20
PERIOD = timedelta(days=NIGHTS + 5)
"""Operations move on to the next period after a while, or thousands of ended stays would pile up in one."""

TICK = timedelta(seconds=20)
"""What each operation takes: a hold lapses after 180 of them, a plan after 45."""

# Stays are moved again and again here, or the plans would soon run out.
TERMS = Terms(most_moves=1_000_000)

_reservation = table_of(Reservation)
_night = table_of(ReservationNight)
_plan = table_of(ReassignmentPlan)


@dataclass(frozen=True, slots=True)
class Job:
    """What every process is to do.

    Args:
        folder: for what they were told, and what plans rest on.
        clients: one for each process.
        operations: of each process.
        periods: over which they are spread.
        seed: of the random way.
        naive: carry plans out as a program without digest and locks would.
    """

    folder: Path
    clients: tuple[UUID, ...]
    operations: int
    periods: int = 1
    seed: int = 1
    naive: bool = False


def rearrange(job: Job, database: Database, number: int) -> None:
    """Do all operations of one process; only a defect ends it early."""
    with (job.folder / f"said-{number}.jsonl").open("w", encoding="utf-8") as told:
        racer = Racer(
            Desk(database, job.clients[number]), random.Random(f"{job.seed} {number}"), job.folder, job.naive
        )
        for done in range(job.operations):
            racer.period = done * job.periods // job.operations
            told.write(json.dumps(racer.step()) + "\n")


@dataclass(slots=True)
class Racer:
    """One process: a desk, its dice, and where it writes."""

    desk: Desk
    dice: random.Random
    folder: Path
    naive: bool
    period: int = 0

    def step(self) -> dict[str, Any]:
        """One random operation, and what was said to it."""
        clock = self.desk.database.clock
        assert isinstance(clock, FixedClock)
        clock.advance(TICK)
        ways: dict[str, tuple[int, Callable[[], dict[str, Any]]]] = {
            "reserve": (20, self.reserve),
            "hold": (8, self.hold),
            "cancel": (16, self.cancel),
            "change": (9, self.change),
            "move": (3, self.move),
            "propose": (18, self.propose),
            "apply": (15, self.apply),
            "undo": (5, self.undo),
            "ask": (3, self.ask),
            "withdraw": (1, self.withdraw),
            "expire": (2, self.expire),
        }
        [name] = self.dice.choices(list(ways), weights=[weight for weight, _ in ways.values()])
        try:
            return {"op": name, "said": "ok", **ways[name][1]()}
        except CasaError as refused:
            return {"op": name, "said": refused.code}

    def reserve(self) -> dict[str, Any]:
        booked = self.desk.reserve(self._nights(), self._house(), guests=self._guests())
        return {"booked": booked.id.hex, "version": booked.version}

    def hold(self) -> dict[str, Any]:
        name = f"{self.dice.getrandbits(64):x}"
        booked = self.desk.hold(self._nights(), self._house(), guests=self._guests(), guest=name)
        return {"held": booked.id.hex}

    def cancel(self) -> dict[str, Any]:
        one = self._somebody()
        self.desk.cancel(one)
        return {"cancelled": one.id.hex}

    def change(self) -> dict[str, Any]:
        one, nights = self._somebody(), self._nights()
        self.desk.change(one, check_in=nights.check_in, check_out=nights.check_out)
        return {"changed": one.id.hex}

    def move(self) -> dict[str, Any]:
        one = self._somebody()
        self.desk.move(one, self._house())
        return {"moved": one.id.hex}

    def propose(self) -> dict[str, Any]:
        """Find a plan in one unit of work, and keep it in a later one: the world goes on between the two.

        Half of them are carried out at once, in a third one; the others wait for somebody.
        """
        request = QuoteRequest(self._nights(), self._guests(), self._house())
        found, seen = self.desk.database.read(
            lambda work: (propose(work, request, TERMS).best, all_stays(work))
        )
        if found is None:
            return {"said": "nothing to move"}
        kept = self.desk.write(lambda work: plans.keep(work, request, found, TERMS))
        # Written under another name first: another process may look for it at any moment.
        draft = self._seen(kept.id).with_suffix(".draft")
        draft.write_text(json.dumps(seen))
        draft.rename(self._seen(kept.id))
        return self._apply(kept.id) if self.dice.random() < 0.5 else {"plan": kept.id.hex}

    def apply(self) -> dict[str, Any]:
        """Carry out a plan of anybody's; look for one when nobody has any."""
        plan = self._some_plan(PlanState.PROPOSED)
        return self.propose() if plan is None else self._apply(plan)

    def _apply(self, plan: UUID) -> dict[str, Any]:
        if self.naive:
            booked = apply_naively(self.desk, plan)
            return {"op": "apply", "plan": plan.hex, "booked": booked.id.hex}
        try:
            seen = json.loads(self._seen(plan).read_text())
        except FileNotFoundError:
            raise Conflict("Somebody else found it out of date.", code="no_such_plan") from None

        def use(work: Work) -> Any:
            row = work.session.get_one(ReassignmentPlan, plan)
            done = plans.apply_plan(work, row, order_of(self.desk, row))
            refuse_if_stale(work, seen, row, done.booked.id)
            return done.booked.id.hex, len(done.moved)

        try:
            booked, moves = self.desk.write(use)
        except Conflict:
            # Nobody tries it again.
            self._seen(plan).unlink(missing_ok=True)
            raise
        return {"op": "apply", "plan": plan.hex, "booked": booked, "moves": moves}

    def undo(self) -> dict[str, Any]:
        """Take a plan back; the booking that it was made for goes first, half of the time."""
        plan = self._need_plan(PlanState.APPLIED)
        done: dict[str, Any] = {"plan": plan.hex}
        if self.dice.random() < 0.5:
            guest = self.desk.database.read(lambda work: self._guest_of(work, plan))
            try:
                self.desk.cancel(guest)
                done["cancelled"] = guest.id.hex
            except CasaError:
                pass  # somebody did it before us
        try:
            self.desk.write(
                lambda work: plans.undo_plan(
                    work, work.session.get_one(ReassignmentPlan, plan), reason="guest insists"
                )
            )
        except CasaError as refused:
            return {**done, "said": refused.code}
        return done

    def _guest_of(self, work: Work, plan: UUID) -> Reservation:
        booked = work.session.get_one(ReassignmentPlan, plan).reservation_id
        if booked is None:
            raise Conflict("Somebody is still booking it.", code="no_such_plan")
        return self.desk.get(work, booked)

    def ask(self) -> dict[str, Any]:
        """Ask everybody, hear what they say, and carry the plan out when all agree."""
        plan = self._need_plan(PlanState.PROPOSED)

        def find(work: Work) -> ReassignmentPlan:
            return work.session.get_one(ReassignmentPlan, plan)

        asked = self.desk.write(lambda work: plans.ask_consent(work, find(work), hours=1))
        agrees = self.dice.random() < 0.7
        for one in asked:
            stay = one.reservation_id
            self.desk.write(lambda work, stay=stay: plans.hear(work, find(work), stay, agrees=agrees).state)
        if not agrees and asked:
            return {"said": "a guest said no"}

        def use(work: Work) -> str:
            row = find(work)
            return plans.apply_plan(work, row, order_of(self.desk, row)).booked.id.hex

        return {"plan": plan.hex, "booked": self.desk.write(use)}

    def withdraw(self) -> dict[str, Any]:
        plan = self._need_plan(self.dice.choice([PlanState.PROPOSED, PlanState.ASKING]))
        self.desk.write(
            lambda work: plans.withdraw(
                work, work.session.get_one(ReassignmentPlan, plan), reason="not wanted any more"
            )
        )
        return {"plan": plan.hex}

    def expire(self) -> dict[str, Any]:
        return {"ended": self.desk.expire_all()}

    def _house(self) -> UUID:
        return self.dice.choice(HOUSES)

    def _guests(self) -> int:
        return self.dice.choice([2, 8, 12, 16])

    def _nights(self) -> Stay:
        first = FIRST + self.period * PERIOD + timedelta(days=self.dice.randrange(NIGHTS - 4))
        return Stay(first, first + timedelta(days=self.dice.randint(1, 5)))

    def _somebody(self) -> Reservation:
        """Anybody who has nights in this period now."""
        first = FIRST + self.period * PERIOD
        statement = (
            select(_night.c.reservation_id).distinct().where(_night.c.night.between(first, first + PERIOD))
        )

        def use(work: Work) -> Reservation:
            found = sorted(work.connection.execute(statement).scalars())
            if not found:
                raise Conflict("Nobody is here.", code="nobody")
            return self.desk.get(work, self.dice.choice(found))

        return self.desk.database.read(use)

    def _some_plan(self, state: PlanState) -> UUID | None:
        """One of the latest plans in a state."""
        last = _plan.c.expires_at if state in {PlanState.PROPOSED, PlanState.ASKING} else _plan.c.ended_at
        statement = select(_plan.c.id).where(_plan.c.state == state).order_by(last.desc()).limit(6)
        found = self.desk.database.read(lambda work: work.connection.execute(statement).scalars().all())
        # Who keeps a plan writes down what it rests on right after the commit.
        known = [plan for plan in found if state is not PlanState.PROPOSED or self._seen(plan).is_file()]
        return self.dice.choice(known) if known else None

    def _need_plan(self, state: PlanState) -> UUID:
        plan = self._some_plan(state)
        if plan is None:
            raise Conflict("There is no such plan.", code="no_such_plan")
        return plan

    def _seen(self, plan: UUID) -> Path:
        return self.folder / f"{plan.hex}.json"


def order_of(desk: Desk, plan: ReassignmentPlan) -> Order:
    """The booking that a plan was made for."""
    return desk.order(Stay(plan.check_in_date, plan.check_out_date), plan.property_id, guests=plan.guests)


def all_stays(work: Work) -> dict[str, list[Any]]:
    """Everybody who lives somewhere now, by plain rules: house, first night, day of leaving, version."""
    now = work.clock.now()
    rows = work.connection.execute(
        select(
            _reservation.c.id,
            _reservation.c.property_id,
            _reservation.c.check_in_date,
            _reservation.c.check_out_date,
            _reservation.c.version,
            _reservation.c.payment_voucher_deadline.label("deadline"),
        ).where(_reservation.c.status.in_([ReservationStatus.APPROVED, ReservationStatus.INCOMPLETE]))
    )
    return {
        row.id.hex: [row.property_id.hex, str(row.check_in_date), str(row.check_out_date), row.version]
        for row in rows
        if row.deadline is None or row.deadline >= now
    }


def refuse_if_stale(work: Work, seen: dict[str, list[Any]], plan: ReassignmentPlan, booked: UUID) -> None:
    """Compare what a plan rested on when it was found with what is there now that it is carried out.

    Those who move are in their new house, with one change since; everybody else in these houses and
    nights is as they were, and nobody has come but the new guest.
    """
    moves = {move.reservation.hex: move for move in plans.moves_of(plan)}
    houses = {plan.property_id.hex}.union(*({move.origin.hex, move.target.hex} for move in moves.values()))
    first = min([plan.check_in_date, *(move.nights.check_in for move in moves.values())])
    last = max([plan.check_out_date, *(move.nights.check_out for move in moves.values())])
    now = all_stays(work)

    def concerned(stays: dict[str, list[Any]]) -> dict[str, list[Any]]:
        return {
            one: facts
            for one, facts in stays.items()
            if facts[0] in houses and facts[1] < str(last) and facts[2] > str(first)
        }

    before, after = concerned(seen), concerned(now)
    after.pop(booked.hex)
    for one, move in moves.items():
        house, check_in, check_out, version = before.pop(one)
        assert house == move.origin.hex
        assert after.pop(one) == [move.target.hex, check_in, check_out, version + 1], (
            f"{one} was not moved so"
        )
    if work.database.dialect != "sqlite":
        # On a server a bystander may be cancelled while the plan is carried out: that hurts nobody.
        before = {one: facts for one, facts in before.items() if one in now}
    assert after == before, f"a stale plan was carried out: {before} became {after}"


def apply_naively(desk: Desk, plan: UUID) -> Reservation:
    """What a program without digest and locks does: look, decide, then move one stay after the other.

    With nobody else around it is right: all nights are given back before any is taken.
    """
    row = desk.database.read(lambda work: work.session.get_one(ReassignmentPlan, plan))
    moves = plans.moves_of(row)
    if not desk.database.read(lambda work: _would_work(work, row, moves)):
        raise Conflict("Somebody is in the way.", code="plan_stale")
    for move in moves:
        leave = delete(_night).where(_night.c.reservation_id == move.reservation)
        desk.write(lambda work, leave=leave: work.connection.execute(leave))
    for move in moves:
        desk.write(lambda work, move=move: _put(work, move))
    booked: Reservation = desk.write(lambda work: booking.reserve(work, order_of(desk, row)))
    ended = update(_plan).where(_plan.c.id == plan)
    facts = {"state": PlanState.APPLIED, "reservation_id": booked.id, "ended_at": desk.database.clock.now()}
    desk.write(lambda work: work.connection.execute(ended.values(facts)))
    return booked


def _would_work(work: Work, plan: ReassignmentPlan, moves: tuple[KeptMove, ...]) -> bool:
    stays = all_stays(work)
    for move in moves:
        nights = [str(move.nights.check_in), str(move.nights.check_out)]
        if stays.pop(move.reservation.hex, [])[:3] != [move.origin.hex, *nights]:
            return False
    wanted = [(plan.property_id, Stay(plan.check_in_date, plan.check_out_date))]
    wanted += [(move.target, move.nights) for move in moves]
    return not any(
        facts[0] == house.hex and facts[1] < str(nights.check_out) and facts[2] > str(nights.check_in)
        for facts in stays.values()
        for house, nights in wanted
    )


def _put(work: Work, move: KeptMove) -> None:
    work.connection.execute(
        update(_reservation)
        .where(_reservation.c.id == move.reservation)
        .values(property_id=move.target, version=_reservation.c.version + 1)
    )
    for night in move.nights.nights():
        key = (_night.c.property_id == move.target) & (_night.c.night == night)
        taken = work.connection.execute(select(_night.c.reservation_id).where(key)).first()
        if taken is None:
            work.connection.execute(
                insert(_night).values(property_id=move.target, night=night, reservation_id=move.reservation)
            )
