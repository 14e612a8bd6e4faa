"""What is quoted is what is booked, to the cent, whoever asks for whatever with whichever code.

Generated stays in a business with every kind of discount; each is quoted, booked from that quote and
rolled back. Source: docs/rules/pricing.md, 2.14.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random

from hypothesis import settings

from casaaustin.actors import Actor
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.discounts import redemptions
from casaaustin.discounts.record import OPEN, WEEKDAY_NIGHTS, WEEKEND_NIGHTS, Discount, Window
from casaaustin.discounts.winner import CodeStatus
from casaaustin.errors import CodeRefused
from casaaustin.pricing.models import ExchangeRate
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.quoting.models import SavedQuote
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking
from casaaustin.reservations.booking import Order
from casaaustin.stays import Stay
from casaaustin.vocabulary import Benefit, DayScope, Source
from tests.integration.discounts.test_worked_examples import store_people
from tests.support.discount_examples import EMBAJADOR, LEGEND, PEOPLE, PREMIUM, RECURRENTE, person_id
from tests.support.offers import make_code, make_rule, store_discounts, store_referral
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
    known_id,
)

PER_BUSINESS = 20  # cases at one rate and under one policy
CASES = 10_000 if settings.get_current_profile_name() == "nightly" else 200
TODAY = date(2026, 4, 6)
SETUP, WEB = Actor("setup"), Actor("web")


def codes() -> Iterator[Discount]:
    """Codes of every kind, some of which nobody can use."""
    yield make_code("PERCENT", "12.50")
    yield make_code("CAPPED", "50.00", cap_usd=Decimal("33.33"))
    yield make_code("DOLLARS", "47.11", benefit=Benefit.FIXED_USD)
    yield make_code("SOLES", "99.99", benefit=Benefit.FIXED_SOL)
    yield make_code("FORTUNE", "99999.99", benefit=Benefit.FIXED_SOL)
    yield make_code("NIGHTS", "15.00", weekdays=WEEKDAY_NIGHTS, day_scope=DayScope.ELIGIBLE_NIGHTS)
    yield make_code("WEEKEND", "20.00", weekdays=WEEKEND_NIGHTS, base_only=True)
    yield make_code("SOLID", "10.00", min_amount_usd=Decimal("500.00"))
    yield make_code("HERE", "10.00", houses=frozenset({C1, C3}))
    yield make_code("OVER", "10.00", book_window=Window(date(2026, 1, 1), date(2026, 4, 5)))
    yield make_code("MINE", "30.00", client=person_id("Ana"))
    yield make_code("ONCE", "25.00", usage_limit=1, per_client_limit=1)


def rules() -> Iterator[Discount]:
    """An automatic discount for every trigger."""
    for number, source in enumerate(one for one in Source if one not in {Source.CODE, Source.REFERRAL}):
        loyal = frozenset({RECURRENTE.id, LEGEND.id}) if source is Source.LOYALTY else frozenset()
        yield make_rule(
            source.value,
            f"{7 + number}.50",
            source,
            achievements=loyal,
            base_only=number % 2 == 0,
            cap_usd=Decimal("60.00") if number % 3 == 0 else None,
            stay_window=Window(date(2026, 5, 1)) if source is Source.GLOBAL_PROMOTION else OPEN,
        )


def store(work: Work) -> None:
    build_world(work)
    store_people(work)
    for level in (PREMIUM, EMBAJADOR):
        store_referral(work, level, "11.25")
    store_discounts(work, *codes(), *rules())


def order_of(random: Random) -> Order:
    check_in = TODAY + timedelta(days=random.choice((random.randrange(3), random.randrange(300))))
    known = [code.code for code in codes()]
    return Order(
        house=random.choice((C1, C2, C3, C4, C5)),
        stay=Stay(check_in, check_in + timedelta(days=random.choice((1, 2, 3, 7)))),
        guests=random.randint(1, 9),
        client=person_id(random.choice(list(PEOPLE))),
        services=tuple(random.sample((BREAKFAST, POOL_HEATING, TRANSFER), random.randrange(4))),
        code=random.choice((*known, "NOBODY", None)),
    )


def change_business(work: Work, random: Random) -> None:
    """Another rate, other switches."""
    rate = work.session.get_one(ExchangeRate, known_id("rate"))
    rate.usd_to_sol = Decimal(random.randint(3_200, 4_200)) / 1000
    book = work.session.get_one(RateBookVersion, 1)
    book.policy = {
        **book.policy,
        "code_vs_automatic": random.choice(("code_wins", "best_for_guest")),
        "special_nights": random.choice(("check_in_only", "exclude")),
    }


def quote_and_book(work: Work, order: Order) -> str:
    """Book from a quote; what became of it."""
    request = QuoteRequest(
        order.stay, order.guests, order.house, order.services, client=order.client, code=order.code
    )
    quoted = quoting.quote(work, request)
    answer = quoted.of(order.house)
    if not answer.is_available:
        return "not sold"
    order = replace(order, quote_id=quoting.quote_id(work, quoted))
    result = answer.outcome.code
    if result is not None and result.status is CodeStatus.REFUSED:
        order = replace(order, accept_without_discount=True)
    booked = booking.reserve(work, order)
    total = answer.totals.total
    assert (booked.price_usd, booked.price_sol) == (total.usd, total.sol)
    _check_breakdown(work, booked)
    used = redemptions.use_of(work, booked.id)
    assert (used is not None) is answer.outcome.code_won
    if result is not None:
        return str(result.status)
    return "automatic" if answer.outcome.winner is not None else "nothing"


def _check_breakdown(work: Work, booked: Reservation) -> None:
    assert booked.quote_id is not None
    snapshot = work.session.get_one(SavedQuote, booked.quote_id).snapshot
    for column, price in (("usd", booked.price_usd), ("sol", booked.price_sol)):
        lines = sum((Decimal(line[column]) for line in snapshot["lines"]), Decimal(0))
        assert lines == Decimal(snapshot["totals"]["total"][column]) == price


def test_the_booking_costs_what_was_quoted(sqlite_database: Database) -> None:
    sqlite_database.write(store, actor=SETUP)
    sqlite_database.write(_name_the_rate, actor=SETUP)
    became: Counter[str] = Counter()
    for seed in range(CASES):
        random = Random(seed)
        order = order_of(random)

        if seed % PER_BUSINESS == 0:
            sqlite_database.write(partial(change_business, random=random), actor=SETUP)
        try:
            became[sqlite_database.write(partial(quote_and_book, order=order), actor=WEB, dry_run=True)] += 1
        except (AssertionError, CodeRefused) as wrong:
            raise AssertionError(f"case {seed}: {order}") from wrong
    assert set(became) >= {"not sold", "applied", "superseded", "refused", "automatic"}
    assert became["not sold"] < CASES // 3


def _name_the_rate(work: Work) -> None:
    """Give the stored rate an id that every case finds again."""
    work.connection.execute(table_of(ExchangeRate).update().values(id=known_id("rate")))
