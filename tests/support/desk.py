"""A front desk for tests: the library's own use cases, one transaction each, by short names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import select

from casaaustin.actors import Actor
from casaaustin.availability.models import ReservationNight
from casaaustin.availability.occupancy import holding
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import Quote, QuoteRequest
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, changing, ending
from casaaustin.reservations.booking import Order
from casaaustin.reservations.changing import Change
from casaaustin.reservations.claims import claim
from casaaustin.reservations.nights import nights_of
from casaaustin.stays import Stay
from casaaustin.vocabulary import Origin
from tests.support.world import C1, build_world, make_client

HOUR = timedelta(hours=1)
ANA = Actor("ana")


@dataclass(slots=True)
class Desk:
    """Ana at the front desk of the business of the worked examples."""

    database: Database
    client: UUID
    actor: Actor = ANA

    @classmethod
    def open(cls, database: Database) -> Desk:
        """Store the business and one guest in an empty database."""
        ana = make_client()

        def use(work: Work) -> UUID:
            build_world(work)
            work.session.add(ana)
            return ana.id

        return cls(database, database.write(use, actor=Actor("setup")))

    def order(self, stay: Stay, house: UUID = C1, **more: Any) -> Order:
        """An order of the guest; two persons."""
        facts: dict[str, Any] = {"house": house, "stay": stay, "guests": 2, "client": self.client}
        return Order(**facts | more)

    def reserve(self, stay: Stay, house: UUID = C1, *, key: str | None = None, **more: Any) -> Reservation:
        """Book at once."""
        order = self.order(stay, house, **more)
        return self.write(lambda work: booking.reserve(work, order, key=key))

    def hold(self, stay: Stay, house: UUID = C1, *, span: timedelta = HOUR, **more: Any) -> Reservation:
        """Hold for an hour, as a web booking does, for a guest of its own."""
        guest = make_client("Guest", str(more.pop("guest", f"{house} {stay}")))

        def use(work: Work) -> Reservation:
            if work.session.get(type(guest), guest.id) is None:
                work.session.add(guest)
                work.session.flush()
            order = self.order(stay, house, origin=Origin.CLIENT, hold=span, client=guest.id, **more)
            return booking.reserve(work, order)

        return self.write(use)

    def block(self, stay: Stay, house: UUID = C1) -> Reservation:
        """Block for maintenance."""
        return self.reserve(stay, house, client=None, origin=Origin.MAINTENANCE)

    def approve(self, booked: Reservation, **more: Any) -> Reservation:
        return self.write(lambda work: ending.approve(work, self.get(work, booked.id), **more))

    def cancel(self, booked: Reservation, reason: str = "guest is ill", **more: Any) -> ending.Cancellation:
        return self.write(lambda work: ending.cancel(work, self.get(work, booked.id), reason=reason, **more))

    def reject(self, booked: Reservation, reason: str = "wrong account", **more: Any) -> Reservation:
        return self.write(lambda work: ending.reject(work, self.get(work, booked.id), reason=reason, **more))

    def change(self, booked: Reservation, **wanted: Any) -> Reservation:
        more = {name: wanted.pop(name) for name in ("reason", "key") if name in wanted}
        change = Change(**wanted)
        return self.write(lambda work: changing.change(work, self.get(work, booked.id), change, **more))

    def move(self, booked: Reservation, house: UUID, **more: Any) -> Reservation:
        facts = {"reason": "pool is being mended"} | more
        return self.write(lambda work: changing.move(work, self.get(work, booked.id), house, **facts))

    def expire_all(self) -> int:
        """What the cron job does: each hold in its own transaction."""
        waiting = self.database.read(ending.expired_candidates)
        return sum(self.write(lambda work, one=one: ending.expire(work, one)) for one in waiting)

    def set(self, booked: Reservation, **facts: Any) -> None:
        """Put a reservation into a state that a later capability brings about (vouchers, payments)."""

        def use(work: Work) -> None:
            row = self.get(work, booked.id)
            for name, value in facts.items():
                setattr(row, name, value)
            work.session.flush()
            claim(work, row)

        self.write(use)

    def quote(self, stay: Stay, guests: int = 2, house: UUID | None = C1, **more: Any) -> Quote:
        request = QuoteRequest(stay, guests, house, **more)
        return self.database.read(lambda work: quoting.quote(work, request))

    def quote_id(self, stay: Stay, guests: int = 2, house: UUID | None = C1) -> str:
        quoted = self.quote(stay, guests, house)
        return self.database.read(lambda work: quoting.quote_id(work, quoted))

    def is_free(self, stay: Stay, house: UUID = C1) -> bool:
        """Whether a quote says that the house can be sold."""
        return self.quote(stay, 2, house).houses[0].is_available

    def nights(self, booked: Reservation | None = None) -> set[tuple[UUID, date]]:
        """The (house, night) rows of one reservation, or of all."""
        table = table_of(ReservationNight)
        statement = table.select()
        if booked is not None:
            statement = statement.where(table.c.reservation_id == booked.id)
        return self.database.read(
            lambda work: {
                (row.property_id, row.night) for row in work.session.connection().execute(statement)
            }
        )

    def reload(self, booked: Reservation) -> Reservation:
        return self.database.read(lambda work: self.get(work, booked.id))

    def write(self, use: Any) -> Any:
        return self.database.write(use, actor=self.actor)

    @staticmethod
    def get(work: Work, reservation_id: UUID) -> Reservation:
        return work.session.get_one(Reservation, reservation_id)


def wrong_nights(database: Database) -> list[str]:
    """Every difference between the night rows and what the reservations say, found the slow way."""

    def use(work: Work) -> list[str]:
        table = table_of(ReservationNight)
        rows = list(work.session.connection().execute(table.select()))
        found = {(row.property_id, row.night, row.reservation_id, row.held_until) for row in rows}
        expected = set()
        for booked in work.session.exec(select(Reservation)):
            held = holding(
                status=booked.status,
                origin=booked.origin,
                deadline=booked.payment_voucher_deadline,
                voucher_uploaded=booked.payment_voucher_uploaded,
                deleted=booked.deleted,
            )
            if held is not None:
                expected |= {
                    (booked.property_id, night, booked.id, held.until) for night in nights_of(booked).nights()
                }
        return [f"missing {row}" for row in expected - found] + [
            f"left over {row}" for row in found - expected
        ]

    return database.read(use)
