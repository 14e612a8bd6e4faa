"""The worked examples of discounts on every database, by number: quoted, and then booked at that price.

The table is that of tests/unit/discounts/test_worked_examples.py. Everything of one example is one
transaction that is rolled back. Source: docs/rules/pricing.md, 6.3 to 6.6.
"""

from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from casaaustin.actors import Actor
from casaaustin.clock import FixedClock, lima_instant
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.discounts import redemptions
from casaaustin.discounts.models import DiscountCode, DiscountRedemption
from casaaustin.discounts.queries import discount_book
from casaaustin.discounts.winner import CodeStatus
from casaaustin.errors import CodeRefused
from casaaustin.money import Amount
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import Policy
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import HouseQuote, QuoteRequest
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, ending
from casaaustin.reservations.booking import Order
from casaaustin.vocabulary import Origin, Source
from tests.support.desk import Desk
from tests.support.discount_examples import C6, EXAMPLES, LEVELS, PEOPLE, W01, W02, Example, person_id
from tests.support.offers import (
    give_levels,
    make_code,
    make_rule,
    store_discounts,
    store_levels,
    store_referral,
)
from tests.support.world import (
    BREAKFAST,
    C1,
    C2,
    C3,
    C4,
    C5,
    POOL_HEATING,
    TRANSFER,
    build_world,
    make_client,
    stay,
    store_book,
)

ELSEWHERE = [stay(f"2026-0{month}-01", f"2026-0{month}-03") for month in (6, 7, 8)]
STRANGER = "Diego"  # somebody books what nobody known was quoted


def store_people(work: Work) -> None:
    """Everybody of the examples, with levels, recommendations and approved stays."""
    for name, guest in PEOPLE.items():
        work.session.add(
            make_client(
                name,
                guest.last_name,
                birth_date=guest.birth_date,
                referred_by_id=person_id(guest.referred_by) if guest.referred_by else None,
            )
        )
        work.session.flush()
    store_levels(work, *LEVELS)
    for name, guest in PEOPLE.items():
        give_levels(work, person_id(name), guest.levels)
        for past in ELSEWHERE[: guest.approved]:
            booking.reserve(work, Order(house=C3, stay=past, guests=1, client=person_id(name)))


def store(work: Work, example: Example) -> None:
    """What is on offer in an example."""
    for level in LEVELS:
        if example.referral is not None and level.name in {"Premium", "Embajador"}:
            store_referral(work, level, example.referral)
    store_discounts(work, *example.rules, *([example.code] if example.code is not None else []))
    if example.once_cancelled:
        assert example.who is not None
        once = booking.reserve(work, Order(house=C3, stay=W01, guests=1, client=person_id(example.who)))
        ending.cancel(work, once, reason="guest is ill")


def quote(work: Work, example: Example) -> HouseQuote:
    client = person_id(example.who) if example.who is not None else None
    request = QuoteRequest(example.stay, example.guests, example.house, client=client, code=example.asked)
    return quoting.quote(work, request).of(example.house)


def reserve(work: Work, example: Example, answer: HouseQuote) -> Reservation:
    order = Order(
        house=example.house,
        stay=example.stay,
        guests=example.guests,
        client=person_id(example.who or STRANGER),
        code=example.asked,
        expected=answer.totals.total,
    )
    return booking.reserve(work, order)


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(database: Database, clock: FixedClock, actor: Actor, name: str) -> None:
    example = EXAMPLES[name]
    clock.set(lima_instant(example.today, time(10)))

    def use(work: Work) -> None:
        store_book(work, example.book())
        store_people(work)
        store(work, example)
        answer = quote(work, example)
        example.check(answer)
        if example.status is CodeStatus.REFUSED:
            with pytest.raises(CodeRefused) as refused:
                reserve(work, example, answer)
            assert refused.value.code == example.reason
            return
        booked = reserve(work, example, answer)
        assert (booked.price_usd, booked.price_sol) == (answer.totals.total.usd, answer.totals.total.sol)
        used = redemptions.use_of(work, booked.id)
        assert (used.amount if used else None) == (
            answer.totals.discount if answer.outcome.code_won else None
        )

    database.write(use, actor=actor, dry_run=True)


def test_all_houses_are_asked_w17(database: Database, actor: Actor) -> None:
    def use(work: Work) -> Any:
        build_world(work)
        store_discounts(work, make_code("CODE", houses=frozenset({C2})))
        return quoting.quote(work, QuoteRequest(W02, 2, code="code"))

    answers = database.write(use, actor=actor).houses
    assert [one.house.id for one in answers] == [C1, C2, C3, C4, C5]
    assert [one.totals.discount.usd for one in answers] == [
        Decimal(off) for off in ("0.00", "43.00", "0.00", "0.00", "0.00")
    ]
    assert {one.outcome.code.reason for one in answers if one.outcome.code} == {None, "code_wrong_property"}


def test_both_day_flags_cannot_be_stored_w26(database: Database, actor: Actor) -> None:
    """The service refuses them by name; the table has the last word."""

    def use(work: Work) -> None:
        row = work.session.get_one(DiscountCode, make_code("BOTH").id)
        row.restrict_weekdays = row.restrict_weekends = True

    database.write(lambda work: store_discounts(work, make_code("BOTH")), actor=actor)
    with pytest.raises(Exception, match="weekdays_or_weekends"):
        database.write(use, actor=actor)


def test_services_are_outside_the_discount_w36(database: Database, actor: Actor) -> None:
    chosen = (BREAKFAST, POOL_HEATING, TRANSFER)

    def use(work: Work) -> tuple[HouseQuote, Reservation]:
        build_world(work, cleaning=True)
        store_people(work)
        store_discounts(work, make_code("CODE"))
        answer = quoting.quote(work, QuoteRequest(W02, 3, C1, chosen, code="CODE")).of(C1)
        order = Order(house=C1, stay=W02, guests=3, client=person_id("Diego"), services=chosen, code="CODE")
        return answer, booking.reserve(work, order)

    answer, booked = database.write(use, actor=actor)
    assert answer.totals.total == Amount(Decimal("605.00"), Decimal("2253.63"))
    assert (booked.price_usd, booked.price_sol) == (Decimal("605.00"), Decimal("2253.63"))


def test_a_passed_over_code_is_not_consumed_w28(database: Database, actor: Actor) -> None:
    desk = Desk.open(database)
    desk.write(lambda work: store_discounts(work, make_code("CODE"), make_rule("Global", "15.00")))

    def switch(work: Work) -> None:
        work.session.get_one(RateBookVersion, 1).policy = Policy().words() | {
            "code_vs_automatic": "best_for_guest"
        }

    desk.write(switch)
    desk.reserve(W02, code="CODE")
    rows = select(func.count()).select_from(table_of(DiscountRedemption))
    assert database.read(lambda work: work.connection.execute(rows).scalar_one()) == 0


def offered(desk: Desk, guest: UUID) -> bool:
    outcome = desk.quote(stay("2026-06-01", "2026-06-03"), 6, C6, client=guest).of(C6).outcome
    return outcome.winner is not None and outcome.winner.discount.source is Source.REFERRAL


def test_a_first_booking_takes_the_referral_discount_and_cancelling_offers_it_again_c37(
    database: Database, clock: FixedClock
) -> None:
    example = EXAMPLES["C36"]

    def use(work: Work) -> UUID:
        store_book(work, example.book())
        store_people(work)
        store(work, example)
        return person_id("Elena")

    desk = Desk(database, database.write(use, actor=Actor("setup")))
    elena = desk.client

    def hold() -> Reservation:
        order = Order(
            house=C6, stay=W01, guests=6, client=elena, origin=Origin.CLIENT, hold=timedelta(hours=1)
        )
        return desk.write(lambda work: booking.reserve(work, order))  # type: ignore[no-any-return]

    assert offered(desk, elena)
    lapsing = hold()
    assert lapsing.price_usd == Decimal("340.00")
    assert not offered(desk, elena), "a live hold is a booking"
    clock.advance(timedelta(minutes=61))
    assert offered(desk, elena), "a lapsed hold is none, with no job having run"
    held = hold()
    desk.approve(held)
    assert not offered(desk, elena)
    desk.cancel(held)
    assert offered(desk, elena)


def test_every_example_reads_the_rate_book_of_its_own(database: Database, actor: Actor) -> None:
    """What one example stored and rolled back is nobody else's: neither prices nor discounts."""

    def use(work: Work) -> int:
        build_world(work)
        store_discounts(work, make_rule("Global", "15.00"))
        return len(discount_book(work, rate_book(work)).rules)

    assert database.write(use, actor=actor, dry_run=True) == 1
    database.write(build_world, actor=actor)
    assert database.read(lambda work: len(discount_book(work, rate_book(work)).rules)) == 0
