"""Racers that want the uses of a code; apart from the tests, so that a process imports little to run one."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select

from casaaustin.actors import Actor
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.discounts.models import DiscountRedemption
from casaaustin.errors import RuleRefused
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, changing, ending
from casaaustin.reservations.booking import Order
from casaaustin.reservations.changing import Change
from casaaustin.stays import Stay
from casaaustin.vocabulary import Origin, RedemptionState
from tests.support.offers import make_code
from tests.support.world import C1, C2, C3, C4, stay

HOUSES = (C1, C2, C3, C4)
WEB = Actor("web")
FIRST = stay("2026-04-13", "2026-04-15")
CODE = make_code("SCARCE")

_redemption = table_of(DiscountRedemption)


def place(number: int) -> tuple[UUID, Stay]:
    """A house and nights that no other number has."""
    first = date(2026, 4, 20) + timedelta(days=2 * (number // len(HOUSES)))
    return HOUSES[number % len(HOUSES)], Stay(first, first + timedelta(days=2))


def book(clients: list[UUID], database: Database, number: int) -> None:
    """The library's own reserve, with the code."""
    house, nights = place(number)
    order = Order(house=house, stay=nights, guests=1, client=clients[number % len(clients)], code="SCARCE")
    database.write(lambda work: booking.reserve(work, order), actor=WEB)


def book_naively(limit: int, reservations: list[UUID], database: Database, number: int) -> None:
    """What the incumbent does: count the uses, decide, then write."""
    used = select(func.count()).select_from(_redemption).where(_redemption.c.code_id == CODE.id)
    if database.read(lambda work: work.connection.execute(used).scalar_one()) >= limit:
        raise RuleRefused("All uses of this code are taken.", code="code_exhausted")

    def write(work: Work) -> None:
        now = work.clock.now()
        work.connection.execute(
            insert(_redemption).values(
                id=uuid4(),
                created=now,
                updated=now,
                deleted=False,
                code_id=CODE.id,
                reservation_id=reservations[number],
                amount_usd=0,
                amount_sol=0,
                state=RedemptionState.CONFIRMED,
                live_key=reservations[number].hex,
            )
        )

    database.write(write, actor=WEB)


def cancel(booked: UUID, key: str | None, database: Database, _number: int) -> None:
    database.write(
        lambda work: ending.cancel(
            work, work.session.get_one(Reservation, booked), reason="guest is ill", key=key
        ),
        actor=WEB,
    )


def change_or_cancel(booked: UUID, database: Database, number: int) -> None:
    """Locks are wanted in different orders: the code first here, the reservation first there."""
    wanted = Change(check_out=FIRST.check_out + timedelta(days=1 + number))

    def use(work: Work) -> None:
        reservation = work.session.get_one(Reservation, booked)
        if number % 2:
            changing.change(work, reservation, wanted)
        else:
            ending.cancel(work, reservation, reason="race")

    database.write(use, actor=WEB)


def approve_or_book(held: UUID, clients: list[UUID], database: Database, number: int) -> None:
    if number:
        book(clients, database, number)
        return
    database.write(lambda work: ending.approve(work, work.session.get_one(Reservation, held)), actor=WEB)


def book_first(client: UUID, database: Database, number: int) -> None:
    house, nights = place(number)
    order = Order(house=house, stay=nights, guests=1, client=client, origin=Origin.STAFF)
    database.write(lambda work: booking.reserve(work, order), actor=WEB)
