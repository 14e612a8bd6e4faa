"""However many codes, rules and houses there are, a quote costs the same few statements.

Source: docs/rules/principles.md, 22.
"""

from __future__ import annotations

from uuid import UUID

import pytest

from casaaustin.actors import Actor
from casaaustin.db.work import Database, Work
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.quoting.service import quote
from casaaustin.reservations import booking
from casaaustin.reservations.booking import Order
from casaaustin.vocabulary import DayScope, Source
from tests.support.counting import counting
from tests.support.offers import (
    give_levels,
    make_code,
    make_level,
    make_rule,
    store_discounts,
    store_levels,
    store_referral,
)
from tests.support.world import make_book, make_client, make_house, stay, store_book

ASKED = stay("2026-09-15", "2026-09-18")
LEVELS = [make_level(f"Level {number}", number) for number in range(5)]
RULES, CODES = 50, 1_000
BRUNO, ANA = make_client("Bruno", "Salas"), make_client("Ana", "Quispe")

# The marks of docs/rules/principles.md, 22, are 10 and 14 cold, 3 and 6 warm.
STRANGER = (10, 2)
KNOWN_WITH_CODE = (13, 5)
# On a server two more lock the house and the code; SQLite has one writer at a time.
BOOKING = {"sqlite": 14, "mariadb": 16, "postgresql": 16}


def business(houses: int) -> list[UUID]:
    return [make_house(f"Casa {number}").id for number in range(1, houses + 1)]


def store(work: Work, houses: int) -> None:
    """Codes and rules that name houses and levels, and a guest whom another one brought."""
    ids = business(houses)
    store_book(work, make_book(*(make_house(f"Casa {number}") for number in range(1, houses + 1))))
    store_levels(work, *LEVELS)
    store_referral(work, LEVELS[-1], "12.00")
    work.session.add(make_client("Bruno", "Salas"))
    work.session.flush()
    work.session.add(make_client("Ana", "Quispe", referred_by_id=BRUNO.id))
    work.session.flush()
    give_levels(work, BRUNO.id, LEVELS)
    give_levels(work, ANA.id, LEVELS[:2])
    some = frozenset(ids[: min(len(ids), 20)])
    triggers = [Source(source) for source in Source if source not in {Source.CODE, Source.REFERRAL}]
    store_discounts(
        work,
        *(
            make_rule(
                f"Rule {number}",
                "5.00",
                triggers[number % len(triggers)],
                houses=some,
                achievements=frozenset(level.id for level in LEVELS[:2]),
                weekdays=frozenset({0, 1, 2, 3}),
                day_scope=DayScope.ELIGIBLE_NIGHTS,
            )
            for number in range(RULES)
        ),
        *(
            make_code(f"CODE{number}", houses=some if number < 5 else frozenset(), usage_limit=3)
            for number in range(CODES)
        ),
    )


@pytest.mark.parametrize("houses", [4, 400])
def test_a_quote_costs_the_same_statements(database: Database, actor: Actor, houses: int) -> None:
    database.write(lambda work: store(work, houses), actor=actor)
    known = QuoteRequest(ASKED, 2, client=ANA.id, code="CODE1")
    for asked, expected in ((QuoteRequest(ASKED, 2), STRANGER), (known, KNOWN_WITH_CODE)):
        database.caches.clear()
        with counting(database) as cold:
            answer = database.read(lambda work, asked=asked: quote(work, asked))  # type: ignore[misc]
        with counting(database) as warm:
            database.read(lambda work, asked=asked: quote(work, asked))  # type: ignore[misc]
        assert len(answer.houses) == houses
        assert (len(cold), len(warm)) == expected
    assert any(one.outcome.code_won for one in answer.houses)


@pytest.mark.parametrize("houses", [4, 400])
def test_a_booking_with_a_code_costs_the_same_statements(
    database: Database, actor: Actor, houses: int
) -> None:
    database.write(lambda work: store(work, houses), actor=actor)
    database.read(lambda work: quote(work, QuoteRequest(ASKED, 2)))
    order = Order(house=business(houses)[0], stay=ASKED, guests=2, client=ANA.id, code="CODE1")
    with counting(database) as sent:
        database.write(lambda work: booking.reserve(work, order), actor=actor)
    assert len(sent) == BOOKING[database.dialect]
