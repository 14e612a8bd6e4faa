"""A process is killed in the middle of its work: whole stays remain, or none.

Half of the kills strike before a chosen statement of a chosen step, so that no
point between two statements is left out; the other half strike at a random
moment. The positive control kills a writer that commits in two halves.
"""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import select

from casaaustin.actors import Actor
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, changing, ending
from casaaustin.reservations.booking import Order
from casaaustin.reservations.changing import Change
from casaaustin.reservations.nights import give_back
from casaaustin.stays import Stay
from casaaustin.vocabulary import ReservationStatus
from tests.support.databases import Kind
from tests.support.desk import Desk, wrong_nights
from tests.support.processes import address, reopen, start
from tests.support.world import C1, C2

WEB = Actor("web")
FIRST = date(2026, 5, 4)
# SQLite is embedded, so its whole recovery is in our hands: it gets the full number of kills.
KILLS = {Kind.SQLITE: 200, Kind.MARIADB: 40, Kind.POSTGRESQL: 40}
STATEMENTS_OF_A_STEP = 14


def nights_from(number: int) -> Stay:
    start_day = FIRST + timedelta(days=3 * number)
    return Stay(start_day, start_day + timedelta(days=3))


def work_until_killed(where: tuple[str, Any, str], client: UUID, number: int, before_statement: int) -> None:
    """Reserve, change, move and cancel, over and over; die before the given statement, if one is given."""
    database = reopen(*where)
    if before_statement:
        seen = 0

        def count(*_: Any) -> None:
            nonlocal seen
            seen += 1
            if seen == before_statement:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(database.engines.writing, "before_cursor_execute", count)
        event.listen(database.engines.writing, "commit", count)
    while True:
        _a_round(database, client, number)


def _a_round(database: Database, client: UUID, number: int) -> None:
    order = Order(house=C1, stay=nights_from(number), guests=2, client=client)
    booked = database.write(lambda work: booking.reserve(work, order), actor=WEB)

    def get(work: Work) -> Reservation:
        return work.session.get_one(Reservation, booked.id)

    shorter = Change(check_out=order.stay.check_out - timedelta(days=1))
    database.write(lambda work: changing.change(work, get(work), shorter), actor=WEB)
    database.write(lambda work: changing.move(work, get(work), C2, reason="kill test"), actor=WEB)
    database.write(lambda work: ending.cancel(work, get(work), reason="kill test"), actor=WEB)


def clean_up(desk: Desk, number: int) -> None:
    """Let the next worker have the same nights: cancel what the dead one left."""
    wanted = nights_from(number)
    for booked in _live(desk):
        if booked.check_in_date in wanted:
            desk.cancel(booked)


def _live(desk: Desk) -> list[Reservation]:
    approved = table_of(Reservation).c.status == ReservationStatus.APPROVED
    return list(desk.database.read(lambda work: work.session.exec(select(Reservation).where(approved)).all()))


def test_a_killed_process_leaves_whole_stays_or_none(desk: Desk, database_kind: Kind) -> None:
    chance = random.Random(20260406)
    where = address(desk.database)
    kills = KILLS[database_kind]
    for number in range(kills):
        at_statement = number % 2 == 0
        before = 1 + (number // 2) % (4 * STATEMENTS_OF_A_STEP) if at_statement else 0
        process = start(work_until_killed, (where, desk.client, number % 50, before))
        if not at_statement:
            time.sleep(chance.uniform(0.02, 0.15))
            process.kill()
        process.join(timeout=60)
        assert process.exitcode == -signal.SIGKILL, f"worker {number} ended by itself: {process.exitcode}"
        if number % 10 == 9 or number == kills - 1:
            assert wrong_nights(desk.database) == []
        clean_up(desk, number % 50)
    assert wrong_nights(desk.database) == []


def commit_in_halves(where: tuple[str, Any, str], client: UUID) -> None:
    """What must never be written: the stay is committed before its nights are."""
    database = reopen(*where)
    order = Order(house=C1, stay=nights_from(0), guests=2, client=client)

    def half(work: Work) -> None:
        booked = booking.reserve(work, order)
        give_back(work, booked.id)

    database.write(half, actor=WEB)
    os.kill(os.getpid(), signal.SIGKILL)


def test_the_check_sees_a_stay_without_its_nights(desk: Desk) -> None:
    process = start(commit_in_halves, (address(desk.database), desk.client))
    process.join(timeout=60)
    assert process.exitcode == -signal.SIGKILL
    assert len(wrong_nights(desk.database)) == nights_from(0).night_count, "harness blind"
