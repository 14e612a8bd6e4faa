"""Many processes want the same nights: exactly one gets them, the others are told so.

Each race has its positive control: the same harness lets a naive version, which
looks first and writes afterwards, sell the nights twice. If it does not, the
harness is blind and the test fails (docs/rules/principles.md, 20).
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from functools import partial
from uuid import UUID, uuid4

import pytest
from sqlalchemy import and_, func, select

from casaaustin.actors import Actor
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.errors import DatesTaken
from casaaustin.pricing.queries import rate_book
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, changing, ending
from casaaustin.reservations.booking import Order
from casaaustin.reservations.changing import Change
from casaaustin.stays import Stay
from casaaustin.vocabulary import Origin, ReservationStatus
from tests.support.desk import Desk, wrong_nights
from tests.support.processes import race
from tests.support.world import C1, C2, stay

# One race at a time: two of them would want more connections than a server has.
pytestmark = pytest.mark.xdist_group("races")

RACERS = 32
WANTED = stay("2026-04-17", "2026-04-20")
WEB = Actor("web")


def book(client: UUID, wanted: Stay, database: Database, _number: int) -> None:
    """The library's own reserve."""
    order = Order(house=C1, stay=wanted, guests=2, client=client)
    database.write(lambda work: booking.reserve(work, order), actor=WEB)


def book_shifted(client: UUID, database: Database, number: int) -> None:
    """Overlapping, but not the same nights."""
    first = date(2026, 4, 17) + timedelta(days=number % 3)
    book(client, Stay(first, first + timedelta(days=3)), database, number)


def book_naively(client: UUID, wanted: Stay, database: Database, _number: int) -> None:
    """What the incumbent does: look whether the nights are free, then write."""
    table = table_of(Reservation)
    overlapping = and_(
        table.c.property_id == C1,
        table.c.check_in_date < wanted.check_out,
        table.c.check_out_date > wanted.check_in,
        table.c.status == ReservationStatus.APPROVED,
    )
    found = database.read(
        lambda work: work.session.connection().execute(select(table.c.id).where(overlapping)).first()
    )
    if found is not None:
        raise DatesTaken("taken")

    def insert(work: Work) -> None:
        rate = rate_book(work).rate
        assert rate is not None
        work.session.add(
            Reservation(
                id=uuid4(),
                client_id=client,
                property_id=C1,
                check_in_date=wanted.check_in,
                check_out_date=wanted.check_out,
                guests=2,
                status=ReservationStatus.APPROVED,
                exchange_rate=rate.usd_to_sol,
                booked_on=wanted.check_in,
            )
        )

    database.write(insert, actor=WEB)


def approved(desk: Desk) -> int:
    table = table_of(Reservation)
    statement = select(func.count()).where(table.c.status == ReservationStatus.APPROVED)
    return int(desk.database.read(lambda work: work.session.connection().execute(statement).scalar_one()))


def test_one_winner_among_32_processes(desk: Desk) -> None:
    said = Counter(race(desk.database, partial(book, desk.client, WANTED), processes=RACERS))
    assert said == {"ok": 1, "dates_taken": RACERS - 1}
    assert approved(desk) == 1
    assert len(desk.nights()) == WANTED.night_count
    assert wrong_nights(desk.database) == []


def test_one_winner_when_the_nights_only_overlap(desk: Desk) -> None:
    said = Counter(race(desk.database, partial(book_shifted, desk.client), processes=RACERS))
    assert said == {"ok": 1, "dates_taken": RACERS - 1}
    assert wrong_nights(desk.database) == []


def test_the_harness_catches_the_naive_version(desk: Desk) -> None:
    for _ in range(5):
        said = Counter(race(desk.database, partial(book_naively, desk.client, WANTED), processes=RACERS))
        assert not [word for word in said if word.startswith("error")], said
        if said["ok"] > 1:
            return
        desk.write(lambda work: work.session.connection().execute(table_of(Reservation).delete()))
    pytest.fail("harness blind: the naive version sold the nights only once, five times in a row")


def same_key(client: UUID, database: Database, _number: int) -> None:
    order = Order(house=C1, stay=WANTED, guests=2, client=client)
    database.write(lambda work: booking.reserve(work, order, key="one request"), actor=WEB)


def test_one_request_sent_32_times_is_one_reservation(desk: Desk) -> None:
    said = Counter(race(desk.database, partial(same_key, desk.client), processes=RACERS))
    assert said == {"ok": RACERS}
    assert approved(desk) == 1


def swap(first: UUID, second: UUID, database: Database, number: int) -> None:
    """Half of them move one way, half the other: locks of two houses must not wait in a circle."""
    which, target = ((first, C2), (second, C1))[number % 2]

    def use(work: Work) -> None:
        changing.move(work, work.session.get_one(Reservation, which), target, reason="race")

    database.write(use, actor=WEB)


def test_moves_across_two_houses_end_without_deadlock(desk: Desk) -> None:
    first, second = desk.reserve(WANTED, C1), desk.reserve(WANTED, C2)
    said = Counter(race(desk.database, partial(swap, first.id, second.id), processes=8))
    assert said == {"dates_taken": 8}
    assert wrong_nights(desk.database) == []


def approve_or_cancel(held: UUID, database: Database, number: int) -> None:
    def use(work: Work) -> None:
        reservation = work.session.get_one(Reservation, held)
        if number % 2:
            ending.approve(work, reservation)
        else:
            ending.cancel(work, reservation, reason="race")

    database.write(use, actor=WEB)


def test_approving_and_cancelling_at_once_leaves_one_truth(desk: Desk) -> None:
    held = desk.hold(WANTED)
    said = Counter(race(desk.database, partial(approve_or_cancel, held.id), processes=16))
    assert set(said) <= {"ok", "conflict", "invalid_transition"}
    assert said["ok"] in (1, 2), "one approval and then one cancellation at most"
    assert wrong_nights(desk.database) == []


def one_unpaid(client: UUID, database: Database, number: int) -> None:
    wanted = Stay(
        date(2026, 5, 1) + timedelta(days=7 * number), date(2026, 5, 3) + timedelta(days=7 * number)
    )
    order = Order(
        house=C2, stay=wanted, guests=2, client=client, origin=Origin.CLIENT, hold=timedelta(hours=1)
    )
    database.write(lambda work: booking.reserve(work, order), actor=WEB)


def test_a_client_gets_one_unpaid_booking_however_many_windows_are_open(desk: Desk) -> None:
    said = Counter(race(desk.database, partial(one_unpaid, desk.client), processes=16))
    assert said == {"ok": 1, "pending_reservation_exists": 15}


def extend(booked: UUID, database: Database, _number: int) -> None:
    database.write(
        lambda work: changing.change(
            work, work.session.get_one(Reservation, booked), Change(check_out=date(2026, 4, 21))
        ),
        actor=WEB,
    )


def extend_or_book(booked: UUID, client: UUID, database: Database, number: int) -> None:
    if number % 2:
        extend(booked, database, number)
    else:
        book(client, stay("2026-04-20", "2026-04-22"), database, number)


def test_extending_and_booking_the_same_night(desk: Desk) -> None:
    booked = desk.reserve(WANTED)
    said = Counter(race(desk.database, partial(extend_or_book, booked.id, desk.client), processes=16))
    assert not [word for word in said if word.startswith("error")], said
    assert wrong_nights(desk.database) == []
    assert len([night for _house, night in desk.nights() if night == date(2026, 4, 20)]) == 1
