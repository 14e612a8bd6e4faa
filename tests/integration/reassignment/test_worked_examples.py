"""The worked examples of re-assignment through the library, on every database (pricing.md, 6.8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from casaaustin.db.work import Database, Work
from casaaustin.moves.pinning import Pin
from casaaustin.moves.solve import Kind, NightProof
from casaaustin.properties.models import Property
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment.proposals import Proposals, Refusal, propose
from casaaustin.reassignment.terms import Terms
from casaaustin.register.models import Reservation
from casaaustin.reservations.claims import claim
from casaaustin.stays import Stay
from casaaustin.vocabulary import Origin, ReservationStatus
from tests.support.desk import Desk
from tests.support.world import C1, C2, C3, C4, C5, RATE, known_id, make_client

APPROVED, PENDING = ReservationStatus.APPROVED, ReservationStatus.PENDING
ONE_CLASS = {C1: 1, C2: 1, C3: 1, C4: 1}


@dataclass(frozen=True)
class Lodger:
    """A row of an example's table: days of April 2026."""

    name: str
    house: UUID
    first: int
    last: int
    guests: int
    status: ReservationStatus = APPROVED
    paid: bool = False
    fixed: bool = False


@dataclass(frozen=True)
class Example:
    """One example: who lives where, and what is asked for."""

    lodgers: tuple[Lodger, ...]
    first: int
    last: int
    guests: int
    house: UUID | None = None
    closed: tuple[UUID, ...] = ()
    classes: dict[UUID, int] = field(default_factory=lambda: ONE_CLASS)
    terms: Terms = field(default_factory=Terms)

    def propose(self, database: Database) -> Proposals:
        """Store it and ask."""
        self.desk(database)
        request = QuoteRequest(april(self.first, self.last), self.guests, self.house)
        return database.read(lambda work: propose(work, request, self.terms))

    def desk(self, database: Database) -> Desk:
        """Store it."""
        opened = Desk.open(database)
        opened.write(self.store)
        return opened

    def store(self, work: Work) -> None:
        for house_id in (C1, C2, C3, C4, C5):
            house = work.session.get_one(Property, house_id)
            house.exchange_class = self.classes.get(house_id)
            house.deleted = house_id not in self.classes
            house.is_open = house_id not in self.closed
        work.session.flush()
        for lodger in self.lodgers:
            guest = make_client("Guest", lodger.name)
            work.session.add(guest)
            work.session.flush()
            row = Reservation(
                id=known_id(f"lodger {lodger.name}"),
                client_id=guest.id,
                property_id=lodger.house,
                check_in_date=april(lodger.first, lodger.last).check_in,
                check_out_date=april(lodger.first, lodger.last).check_out,
                guests=lodger.guests,
                status=lodger.status,
                origin=Origin.AIRBNB if lodger.fixed else Origin.STAFF,
                full_payment=lodger.paid,
                exchange_rate=RATE,
                booked_class=self.classes[lodger.house],
                booked_on=date(2026, 4, 1),
            )
            work.session.add(row)
            work.session.flush()
            claim(work, row)


def april(first: int, last: int) -> Stay:
    return Stay(date(2026, 4, first), date(2026, 4, last))


def moves(found: Proposals) -> list[tuple[UUID, UUID, UUID]]:
    assert found.best is not None
    return sorted((one.resident.id, one.origin.id, one.target.id) for one in found.best.movers)


def wanted(*expected: tuple[str, UUID, UUID]) -> list[tuple[UUID, UUID, UUID]]:
    return sorted((known_id(f"lodger {name}"), origin, target) for name, origin, target in expected)


def packed(found: Proposals) -> int:
    assert found.best is not None
    assert found.best.answer.plan is not None
    return found.best.answer.plan.score.packed


def refusal(found: Proposals, house: UUID) -> Refusal:
    return next(one for one in found.refusals if one.house.id == house)


M1 = (
    Lodger("B", C2, 16, 19, 10, paid=True),
    Lodger("C", C3, 17, 20, 30),
    Lodger("D", C4, 15, 18, 17),
)


def test_m1_one_move_between_houses_of_different_size(database: Database) -> None:
    found = Example(M1, 17, 19, 16).propose(database)
    assert found.best is not None
    assert found.best.house.id == C2
    assert moves(found) == wanted(("B", C2, C1))
    assert packed(found) == 1_000_090
    assert found.best.figures.disturbance == 60
    assert found.quote.available == ()


def test_m2_a_chain_of_two_moves_the_later_arrivals_chosen(database: Database) -> None:
    lodgers = (
        Lodger("B", C2, 15, 17, 8, PENDING),
        Lodger("C", C3, 16, 18, 14),
        Lodger("D", C4, 16, 20, 12, paid=True),
    )
    found = Example(lodgers, 17, 19, 30).propose(database)
    assert found.best is not None
    assert found.best.house.id == C3
    assert moves(found) == wanted(("C", C3, C4), ("D", C4, C1))
    assert (packed(found), found.best.figures.disturbance) == (2_000_180, 110)


def test_m3_two_stays_to_two_different_houses(database: Database) -> None:
    lodgers = (
        Lodger("Q", C2, 20, 22, 10),
        Lodger("R", C2, 22, 24, 13),
        Lodger("S", C1, 22, 24, 10),
        Lodger("U", C4, 20, 22, 16, fixed=True),
        Lodger("V", C3, 19, 25, 20, fixed=True),
    )
    found = Example(lodgers, 20, 24, 16).propose(database)
    assert moves(found) == wanted(("Q", C2, C1), ("R", C2, C4))
    assert found.best is not None
    assert (packed(found), found.best.figures.disturbance) == (2_000_170, 90)


def test_m4_a_night_on_which_two_need_one_house(database: Database) -> None:
    found = Example((Lodger("C", C3, 16, 19, 35),), 17, 19, 30).propose(database)
    assert found.best is None
    proof = refusal(found, C3).answer.proof
    assert proof == NightProof(date(2026, 4, 17).toordinal(), (known_id("lodger C"),), (C3,))


def test_m5_every_night_passes_but_nobody_changes_houses_mid_stay(database: Database) -> None:
    lodgers = (
        Lodger("F1", C2, 10, 12, 16, fixed=True),
        Lodger("F2", C4, 12, 14, 16, fixed=True),
        Lodger("V", C3, 8, 16, 30, fixed=True),
    )
    found = Example(lodgers, 10, 14, 16).propose(database)
    assert found.best is None
    assert {one.answer.kind for one in found.refusals} == {Kind.IMPOSSIBLE}


def test_m6_a_tie_is_decided_by_disturbance_and_then_by_the_smallest_id(database: Database) -> None:
    lodgers = (
        Lodger("A", C2, 24, 26, 10, paid=True),
        Lodger("B", C4, 24, 26, 11, PENDING),
        Lodger("V", C3, 23, 27, 30, fixed=True),
    )
    found = Example(lodgers, 24, 26, 16).propose(database)
    assert packed(found) == 1_000_082
    by_house = {option.house.id: option.figures.disturbance for option in found.options}
    assert by_house == {C2: 52, C4: 27}


def test_m7_nothing_is_suggested_wrongly(database: Database) -> None:
    lodgers = (Lodger("B", C2, 10, 12, 16), Lodger("V", C3, 9, 13, 35, fixed=True))
    found = Example(lodgers, 10, 12, 25).propose(database)
    assert found.best is None
    proof = refusal(found, C3).answer.proof
    assert isinstance(proof, NightProof)
    assert (proof.night, proof.stays) == (date(2026, 4, 10).toordinal(), (known_id("lodger V"),))


INSIDE = (Lodger("B", C2, 5, 9, 10),)


def test_m8_a_guest_who_is_inside_is_never_moved(database: Database) -> None:
    found = Example(INSIDE, 7, 8, 2, closed=(C1, C3)).propose(database)
    assert [answer.house.id for answer in found.quote.available] == [C4]
    assert found.options == ()


def test_m8_with_the_house_insisted_on_the_guest_inside_is_the_reason(database: Database) -> None:
    found = Example(INSIDE, 7, 8, 2, house=C2, closed=(C1, C3)).propose(database)
    assert found.best is None
    (inside,) = refusal(found, C2).obstacles
    assert Pin.BEGUN in inside.pins


CLASSES = {C1: 1, C2: 2, C3: 3, C4: 2}


def test_m9_nobody_is_put_into_a_lower_class(database: Database) -> None:
    assert Example(M1, 17, 19, 16, classes=CLASSES).propose(database).best is None


def test_m9_unless_it_is_allowed_with_a_refund(database: Database) -> None:
    terms = Terms(allowed_downgrade=1)
    found = Example(M1, 17, 19, 16, classes=CLASSES, terms=terms).propose(database)
    assert found.best is not None
    assert moves(found) == wanted(("B", C2, C1))
    assert packed(found) == 1_010_090
    assert found.best.figures.money_cents == 18_500
    assert found.best.figures.quality >= 10
