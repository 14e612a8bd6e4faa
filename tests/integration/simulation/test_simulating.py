"""Simulating a changed configuration on every database; nothing is written (docs/adr/0013)."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update

from casaaustin.clock import FixedClock
from casaaustin.configuration.document import Configuration, Format, parse
from casaaustin.configuration.service import export
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.errors import CodeRefused, InvalidInput, NotFound
from casaaustin.money import Amount
from casaaustin.pricing.queries import rate_book
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reservations.booking import AgreedPrice
from casaaustin.simulation.past import Group, LeftOut, Period, PeriodBy
from casaaustin.simulation.report import Report
from casaaustin.simulation.service import _now_and_changed, simulate
from casaaustin.tables import AutomaticDiscount, DiscountCode, Property, Reservation
from casaaustin.vocabulary import Origin, Source
from tests.support.counting import counting
from tests.support.desk import ANA, HOUR, Desk
from tests.support.offers import (
    give_levels,
    make_code,
    make_level,
    make_rule,
    store_discounts,
    store_levels,
    store_referral,
)
from tests.support.world import BREAKFAST, C1, C2, make_client, stay

DAY = timedelta(days=1)
SPRING = Period(date(2026, 4, 1), date(2026, 5, 31))
FIRST, SECOND = stay("2026-04-13", "2026-04-15"), stay("2026-04-20", "2026-04-22")
THIRD, FOURTH = stay("2026-04-27", "2026-04-29"), stay("2026-05-04", "2026-05-06")

UNCHANGED = "version = 1\n"
BEST_FOR_GUEST = UNCHANGED + '[policy_switches]\ncode_vs_automatic = "best_for_guest"\n'
TEN = """
[discount_codes.TEN]
description = "code TEN"
discount_type = "percentage"
discount_value = "{value}"
start_date = 2026-01-01
end_date = 2026-12-31
{more}
"""
GLOBAL_20 = (
    UNCHANGED
    + """
[automatic_discounts.Global]
trigger = "global_promotion"
discount_percentage = "20.00"
"""
)
DEARER = (
    UNCHANGED
    + """
[nightly_prices.casa-1]
weekday_low_season_usd = "130.00"
weekend_low_season_usd = "200.00"
weekday_high_season_usd = "170.00"
weekend_high_season_usd = "260.00"
"""
)


@pytest.fixture
def desk(database: Database) -> Desk:
    """The worked examples, with a code of 10 % and a rule of 15 % that applies to everybody."""
    opened = Desk.open(database)
    opened.write(lambda work: store_discounts(work, make_code("TEN"), make_rule("Global", "15.00")))
    return opened


def ran(desk: Desk, text: str = UNCHANGED, period: Period = SPRING, **more: Any) -> Report:
    return simulate(desk.database, parse(text, Format.TOML), period, actor=ANA, **more)


def bookings(report: Report) -> tuple[int, int, str]:
    """Stays, touched, difference in dollars."""
    total = report.parts[Group.BOOKING].total
    return total.stays, total.touched, str(total.difference.usd)


def save_quote(desk: Desk, clock: FixedClock, **more: Any) -> None:
    request = QuoteRequest(FOURTH, 2, C1, **more)
    desk.write(lambda work: quoting.save(work, request, house=C1, client=desk.client))
    clock.advance(DAY)


def test_an_unchanged_configuration_changes_nothing_and_is_what_the_stays_were_sold_for(
    desk: Desk, clock: FixedClock
) -> None:
    for nights, more in (
        (FIRST, {"code": "TEN"}),
        (SECOND, {"services": (BREAKFAST,), "late_checkout": True}),
    ):
        desk.reserve(nights, **more)
        clock.advance(DAY)
    save_quote(desk, clock, code="TEN")
    whole = desk.database.read(export)
    for wanted in (Configuration(), whole):
        report = simulate(desk.database, wanted, SPRING, actor=ANA)
        assert bookings(report) == (2, 0, "0.00")
        assert report.largest == ()
        for group in (Group.BOOKING, Group.QUOTE):
            total = report.parts[group].total
            assert total.sold == total.now == total.changed


def test_a_switch_touches_exactly_the_stays_that_it_is_about(desk: Desk, clock: FixedClock) -> None:
    with_code = desk.reserve(FIRST, code="TEN")
    clock.advance(DAY)
    desk.reserve(SECOND)
    report = ran(desk, BEST_FOR_GUEST)
    assert bookings(report) == (2, 1, "-12.00")
    (one,) = report.largest
    assert (one.stay.id, one.stay.sold) == (with_code.id, Amount(Decimal("216.00"), Decimal("804.60")))
    assert one.now.won is not None
    assert one.changed is not None
    assert one.changed.won is not None
    assert (one.now.won.source, one.changed.won.source) == (Source.CODE, Source.GLOBAL_PROMOTION)


def test_a_changed_percentage_touches_exactly_the_stays_that_the_rule_won(
    desk: Desk, clock: FixedClock
) -> None:
    desk.reserve(FIRST, code="TEN")
    clock.advance(DAY)
    by_rule = desk.reserve(SECOND)
    report = ran(desk, GLOBAL_20)
    assert bookings(report) == (2, 1, "-12.00")  # 5 % of 240
    assert [one.stay.id for one in report.largest] == [by_rule.id]


def test_a_rule_that_goes_touches_the_stays_that_it_won(desk: Desk, clock: FixedClock) -> None:
    desk.reserve(FIRST, code="TEN")
    clock.advance(DAY)
    desk.reserve(SECOND)
    assert bookings(ran(desk, UNCHANGED + "[automatic_discounts]\n", prune=True)) == (2, 1, "36.00")


def test_a_dearer_house_touches_its_own_stays(desk: Desk, clock: FixedClock) -> None:
    desk.reserve(FIRST)
    clock.advance(DAY)
    desk.reserve(SECOND, C2)
    report = ran(desk, DEARER)
    assert bookings(report) == (2, 1, "34.00")  # 2 nights × 20, less 15 %
    lines = {line.house.name: line.figures.touched for line in report.parts[Group.BOOKING].lines}
    assert lines == {"Casa 1": 1, "Casa 2": 0}


def test_what_a_section_does_not_mention_goes_only_when_asked(desk: Desk) -> None:
    desk.reserve(FIRST)
    assert bookings(ran(desk, UNCHANGED + "[nightly_prices]\n")) == (1, 0, "0.00")
    pruned = ran(desk, UNCHANGED + "[nightly_prices]\n", prune=True)
    assert pruned.refusals == {"price_missing": 1}
    assert bookings(pruned) == (0, 0, "0.00")


def test_the_past_is_what_it_was_whatever_became_of_the_stay(desk: Desk, clock: FixedClock) -> None:
    """Cancelled, rejected and lapsed stays stand apart; a moved one stays in the house it was sold in."""
    desk.cancel(desk.reserve(FIRST))
    clock.advance(DAY)
    desk.hold(SECOND)
    clock.advance(DAY)
    desk.hold(THIRD, span=90 * DAY)
    moved = desk.reserve(FOURTH)
    desk.move(moved, C2)
    desk.block(stay("2026-06-01", "2026-06-05"))
    report = ran(desk)
    assert report.parts[Group.ENDED].total.stays == 2
    assert {line.house.name: line.figures.stays for line in report.parts[Group.BOOKING].lines} == {
        "Casa 1": 2
    }


def test_prices_that_no_configuration_makes_are_left_out(desk: Desk) -> None:
    desk.reserve(FIRST, client=None, origin=Origin.AIRBNB)
    desk.reserve(SECOND, agreed=AgreedPrice(Decimal("100.00"), "a friend of the house"))
    report = ran(desk, DEARER)
    assert report.left_out == {LeftOut.BY_HAND: 1, LeftOut.CHANNEL: 1}
    assert report.is_empty


def test_a_booking_without_a_snapshot_is_replayed_from_its_row(desk: Desk) -> None:
    desk.set(desk.reserve(FIRST, code="TEN"), quote_id=None)
    report = ran(desk)
    assert report.without_snapshot == 1
    assert report.parts[Group.BOOKING].total.now.usd == Decimal("204.00")  # the rule, for want of the code


@pytest.mark.parametrize(
    ("period", "found"),
    [
        (Period(date(2026, 4, 6), date(2026, 4, 6)), 1),
        (Period(date(2026, 4, 7), date(2026, 4, 7)), 2),
        (Period(date(2026, 4, 8), date(2026, 4, 30)), 0),
        (Period(date(2026, 4, 13), date(2026, 4, 20), PeriodBy.CHECK_IN), 2),
        (Period(date(2026, 5, 4), date(2026, 5, 4), PeriodBy.CHECK_IN), 1),
    ],
)
def test_both_ends_of_the_period_belong_to_it(
    desk: Desk, clock: FixedClock, period: Period, found: int
) -> None:
    desk.reserve(FIRST)
    clock.advance(timedelta(hours=37))  # 23:00 in Lima, already the 8th in UTC
    desk.reserve(SECOND)
    save_quote(desk, clock)
    report = ran(desk, period=period)
    assert sum(part.total.stays for part in report.parts.values()) == found


def test_a_lowered_limit_leaves_the_discount_to_the_first_bookings(desk: Desk, clock: FixedClock) -> None:
    booked = []
    for nights in (FIRST, SECOND, THIRD, FOURTH):
        booked.append(desk.reserve(nights, code="TEN"))
        clock.advance(DAY)
    desk.cancel(booked[1])
    report = ran(desk, UNCHANGED + TEN.format(value="10.00", more="usage_limit = 2"))
    # The cancelled one held a use while it lasted, which was until after the fourth.
    assert [one.stay.id for one in report.largest] == [one.id for one in booked[2:]]
    assert bookings(report) == (3, 2, "-24.00")  # the rule of 15 % takes over from the code of 10 %
    for one in report.largest:
        assert one.changed is not None
        assert one.changed.code is not None
        assert (one.changed.code.reason, one.changed.code.figures) == (
            "code_exhausted",
            {"used": 2, "limit": 2},
        )


def test_a_code_that_goes_or_takes_more_touches_its_own_stays(desk: Desk, clock: FixedClock) -> None:
    desk.reserve(FIRST, code="TEN")
    clock.advance(DAY)
    desk.reserve(SECOND)
    assert bookings(ran(desk, UNCHANGED + TEN.format(value="50.00", more=""))) == (2, 1, "-96.00")
    assert bookings(ran(desk, UNCHANGED + "[discount_codes]\n", prune=True)) == (2, 1, "-12.00")
    elsewhere = TEN.format(value="10.00", more='houses = ["casa-2"]')
    assert bookings(ran(desk, UNCHANGED + elsewhere)) == (2, 1, "-12.00")


@pytest.mark.parametrize(
    ("end", "changed"),
    [
        pytest.param(lambda desk, other: None, "240.00", id="still held"),
        pytest.param(Desk.cancel, "216.00", id="given back"),
        pytest.param(lambda desk, other: desk.expire_all(), "216.00", id="lapsed"),
    ],
)
def test_a_use_in_another_house_counts_while_it_lasts(
    desk: Desk, clock: FixedClock, end: Callable[[Desk, Reservation], object], changed: str
) -> None:
    desk.write(delete_rules)
    span = 90 * DAY if changed == "240.00" else HOUR
    other = desk.hold(FIRST, C2, code="TEN", span=span)
    clock.advance(HOUR / 2 if end is Desk.cancel else 2 * HOUR)
    end(desk, other)
    clock.advance(DAY)
    desk.reserve(SECOND, code="TEN")
    report = ran(desk, UNCHANGED + TEN.format(value="10.00", more="usage_limit = 1"), house="Casa 1")
    assert str(report.parts[Group.BOOKING].total.changed.usd) == changed


def test_uses_by_bookings_that_are_not_replayed_count_all_the_same(desk: Desk, clock: FixedClock) -> None:
    """A limit that is lowered to what other houses and days used before leaves nothing for this one."""
    desk.reserve(FIRST, C2, code="TEN")
    clock.advance(DAY)
    desk.reserve(SECOND, code="TEN")
    desk.write(lambda work: _set_limit(work, 1))
    here = ran(desk, house="casa 1").parts[Group.BOOKING].total
    assert (here.stays, here.now.usd) == (1, Decimal("204.00"))
    assert ran(desk).parts[Group.BOOKING].total.stays == 2


def test_an_unknown_house_and_a_file_that_cannot_hold_are_refused(desk: Desk) -> None:
    with pytest.raises(NotFound):
        ran(desk, house="nowhere")
    with pytest.raises(InvalidInput) as refused:
        ran(desk, DEARER.replace("casa-1", "casa-99"))
    assert refused.value.code == "house_not_found"


def test_nothing_is_written_and_nothing_is_kept(desk: Desk) -> None:
    desk.reserve(FIRST, code="TEN")
    before, book = contents(desk), desk.database.read(rate_book)
    kept = {name: (version, id(value)) for name, (version, value) in desk.database.caches.items()}
    changed = DEARER + GLOBAL_20.removeprefix(UNCHANGED) + TEN.format(value="20.00", more="usage_limit = 1")
    assert bookings(ran(desk, changed, prune=True))[:2] == (1, 1)
    assert contents(desk) == before
    assert desk.database.read(rate_book) is book
    after = {name: (version, id(value)) for name, (version, value) in desk.database.caches.items()}
    assert {name: after[name] for name in kept} == kept
    assert desk.quote(SECOND).houses[0].totals.total.usd == Decimal("204.00")


def test_uses_are_forgotten_in_a_rehearsal_only(desk: Desk) -> None:
    wanted = parse(UNCHANGED + TEN.format(value="10.00", more=""), Format.TOML)
    with pytest.raises(RuntimeError, match="rehearsal"):
        desk.write(lambda work: _now_and_changed(work, wanted, (), prune=False))


def test_the_number_of_statements_does_not_grow_with_the_bookings(desk: Desk, clock: FixedClock) -> None:
    def counted() -> int:
        with counting(desk.database) as statements:
            ran(desk, BEST_FOR_GUEST)
        return len(statements)

    desk.reserve(FIRST, code="TEN")
    counted()  # the rate book is known from here on
    few = counted()
    for number in range(8):
        clock.advance(DAY)
        guest = make_client("Guest", str(number), referred_by_id=desk.client)
        desk.write(lambda work, guest=guest: work.session.add(guest))
        desk.reserve(
            stay(f"2026-05-{2 * number + 10}", f"2026-05-{2 * number + 11}"), client=guest.id, code="TEN"
        )
        save_quote(desk, clock)
    assert counted() == few


@pytest.mark.parametrize("seed", range(3))
def test_a_replay_of_any_past_gives_the_prices_it_was_sold_at(
    database: Database, clock: FixedClock, seed: int
) -> None:
    """Bookings, holds that lapse, cancellations, codes that run out, first stays, referrals, levels.

    Each price was made by `reserve` at its moment, by what the database said then; the replay makes it
    again from what the database says at the end. Only "returning" is not there: when a booking was
    approved is no longer known once it was cancelled.
    """
    desk = Desk.open(database)
    chance = random.Random(seed)
    people = [make_client("Guest", str(number)) for number in range(4)]
    _live(desk, clock, chance, people)
    report = ran(desk, period=Period(date(2026, 1, 1), date(2027, 12, 31)), most=100)
    for part in report.parts.values():
        assert part.total.now == part.total.sold
    assert report.parts[Group.BOOKING].total.stays > 5
    assert report.parts[Group.ENDED].total.stays > 3


def _live(desk: Desk, clock: FixedClock, chance: random.Random, people: list[Any]) -> None:
    gold = make_level("Gold", 3)
    codes = [
        make_code("TEN"),
        make_code("TWICE", "30.00", usage_limit=2),
        make_code("EACH", "20.00", per_client_limit=1),
    ]
    rules = [
        make_rule("First", "12.00", Source.FIRST_TIME),
        make_rule("Gold", "8.00", Source.LOYALTY, achievements=frozenset({gold.id})),
    ]

    def set_up(work: Work) -> None:
        work.session.add_all(people)
        work.session.flush()
        people[1].referred_by_id = people[0].id
        store_levels(work, gold)
        store_discounts(work, *codes, *rules)
        store_referral(work, gold, "18.00")

    desk.write(set_up)
    live: list[Any] = []
    for number in range(40):
        clock.advance(chance.choice([HOUR / 2, HOUR, 2 * HOUR]))
        if number == 12:
            desk.write(lambda work: give_levels(work, people[0].id, [gold]))
        if number % 9 == 0:
            desk.expire_all()
        if live and chance.random() < 0.25:
            desk.cancel(live.pop(chance.randrange(len(live))))
            continue
        first = date(2026, 5, 1) + 2 * number * DAY
        with suppress(CodeRefused):
            booked = desk.reserve(
                stay(str(first), str(first + DAY)),
                client=chance.choice(people).id,
                code=chance.choice([None, "TEN", "TWICE", "EACH"]),
                accept_without_discount=chance.random() < 0.5,
                hold=chance.choice([None, None, HOUR]),
            )
            if booked.payment_voucher_deadline is None:
                live.append(booked)


def delete_rules(work: Work) -> None:
    """Take the rule away that would win wherever the code does not."""
    work.session.execute(update(AutomaticDiscount).values(is_active=False))


def _set_limit(work: Work, limit: int) -> None:
    work.connection.execute(table_of(DiscountCode).update().values(usage_limit=limit))


def contents(desk: Desk) -> dict[str, Any]:
    """How many rows each table has, and the version of the rate book."""
    version = table_of(RateBookVersion)

    def use(work: Work) -> dict[str, Any]:
        tables = table_of(Property).metadata.sorted_tables
        counts = {
            table.name: work.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in tables
        }
        policy = work.connection.execute(select(version.c.version, version.c.policy)).one()
        return {**counts, "version": policy.version, "policy": policy.policy}

    return desk.database.read(use)
