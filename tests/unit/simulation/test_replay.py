"""The past under one configuration: as of each booking, in the order of booking (docs/adr/0013)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from casaaustin.discounts.winner import CodeStatus
from casaaustin.errors import InvalidInput
from casaaustin.pricing.ratebook import CapacityMode, Policy
from casaaustin.simulation.past import Group, Guest, History, Holding, OtherUse, Past, PastStay, Period
from casaaustin.simulation.replay import LATE_DAY, Price, Rules, replay
from casaaustin.vocabulary import CodeVsAutomatic, Source
from tests.support.offers import make_code, make_level, make_rule
from tests.support.pasts import ANA, BRUNO, DAY, past_of, past_stay, rules_with, with_code
from tests.support.world import BREAKFAST, C2, C5, MONDAY, SUNDAY, known_id, pure_world, stay

TEN = make_code("TEN", "10.00")
ONCE = make_code("ONCE", "10.00", usage_limit=1)
SECOND = timedelta(seconds=1)


def totals(past: Past, rules: Rules) -> list[str | None]:
    """The dollars of every stay."""
    return [None if price is None else str(price.total.usd) for price in replay(past, rules)]


def only(past: Past, rules: Rules) -> Price:
    """The price of the one stay there is."""
    (price,) = replay(past, rules)
    assert price is not None
    return price


def booked(code: str = "TEN", *numbers: int, **more: object) -> Iterable[PastStay]:
    chosen = {"TEN": TEN, "ONCE": ONCE}[code]
    return (past_stay(number, code=with_code(chosen), **more) for number in numbers)


def test_a_stay_without_discounts_costs_its_nights() -> None:
    price = only(past_of(past_stay()), rules_with())
    assert (price.total.usd, price.total.sol) == (Decimal("240.00"), Decimal("894.00"))
    assert price.won is None


def test_the_rate_is_the_one_frozen_with_the_stay() -> None:
    price = only(past_of(past_stay(rate=Decimal("3.500"))), rules_with())
    assert price.total.sol == Decimal("840.00")


def test_services_and_late_checkout_belong_to_the_price() -> None:
    plain = only(past_of(past_stay()), rules_with())
    whole = only(past_of(past_stay(services=(BREAKFAST,), late_checkout=True)), rules_with())
    assert whole.services.usd > 0
    assert whole.late_checkout.usd > 0
    assert whole.total.usd == plain.total.usd + whole.services.usd + whole.late_checkout.usd


def test_a_service_that_is_not_sold_any_more_is_left_out() -> None:
    assert only(past_of(past_stay(services=(known_id("gone"),))), rules_with()).services.usd == 0


def test_a_code_takes_its_discount() -> None:
    price = only(past_of(*booked("TEN", 1)), rules_with(TEN))
    assert price.total.usd == Decimal("216.00")
    assert price.won is not None
    assert (price.won.name, price.won.source) == ("TEN", Source.CODE)


def test_a_code_that_is_gone_takes_nothing_and_says_so() -> None:
    price = only(past_of(*booked("TEN", 1)), rules_with())
    assert price.total.usd == Decimal("240.00")
    assert price.code is not None
    assert (price.code.status, price.code.reason) == (CodeStatus.REFUSED, "code_not_found")


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(1, ["216.00", "240.00", "240.00"]), (2, ["216.00", "216.00", "240.00"]), (None, ["216.00"] * 3)],
)
def test_the_first_bookings_get_the_uses(limit: int | None, expected: list[str]) -> None:
    past = past_of(*booked("TEN", 1, 2, 3))
    assert totals(past, rules_with(replace(TEN, usage_limit=limit))) == expected


def test_a_limit_per_client_counts_per_client() -> None:
    past = past_of(
        *booked("TEN", 1), *booked("TEN", 2, client=BRUNO), *booked("TEN", 3), *booked("TEN", 4, client=BRUNO)
    )
    code = replace(TEN, per_client_limit=1)
    assert totals(past, rules_with(code)) == ["216.00", "216.00", "240.00", "240.00"]


@pytest.mark.parametrize(
    ("gone_after", "second"),
    [
        pytest.param(DAY - SECOND, "216.00", id="ended before"),
        pytest.param(DAY, "216.00", id="ended at that instant"),
        pytest.param(DAY + SECOND, "240.00", id="still a booking then"),
    ],
)
def test_an_ended_booking_gives_its_use_back_when_it_ends(gone_after: timedelta, second: str) -> None:
    ended = past_stay(1, code=with_code(ONCE), group=Group.ENDED, until=MONDAY + DAY + gone_after)
    assert totals(past_of(ended, *booked("ONCE", 2)), rules_with(ONCE)) == ["216.00", second]


def test_a_saved_quote_reads_the_uses_and_takes_none() -> None:
    quotes = booked("ONCE", 1, 2, group=Group.QUOTE)
    asked_later = booked("ONCE", 4, group=Group.QUOTE)
    past = past_of(*quotes, *booked("ONCE", 3), *asked_later)
    assert totals(past, rules_with(ONCE)) == ["216.00", "216.00", "216.00", "240.00"]


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        pytest.param(OtherUse(MONDAY, ONCE.id, BRUNO), "240.00", id="before"),
        pytest.param(OtherUse(MONDAY, ONCE.id, BRUNO, MONDAY + SECOND), "216.00", id="given back"),
        pytest.param(OtherUse(MONDAY + 9 * DAY, ONCE.id, BRUNO), "216.00", id="after"),
    ],
)
def test_uses_outside_the_past_count_while_they_last(use: OtherUse, expected: str) -> None:
    assert totals(past_of(*booked("ONCE", 1), other_uses=(use,)), rules_with(ONCE)) == [expected]


def test_a_code_that_lost_to_a_better_discount_is_not_used_up() -> None:
    better = make_rule(value="15.00", stay_window=TEN.stay_window)
    policy = Policy(code_vs_automatic=CodeVsAutomatic.BEST_FOR_GUEST)
    rules = replace(rules_with(ONCE, automatic=(better,)), book=pure_world(policy=policy))
    prices = [price for price in replay(past_of(*booked("ONCE", 1, 2)), rules) if price is not None]
    assert [price.code and price.code.status for price in prices] == [CodeStatus.SUPERSEDED] * 2


def test_a_window_of_booking_looks_at_the_day_of_booking() -> None:
    rule = make_rule(book_window=replace(TEN.book_window, first=date(2026, 4, 8)))
    past = past_of(past_stay(1), past_stay(2))
    assert totals(past, rules_with(automatic=(rule,))) == ["240.00", "204.00"]


def history(*bookings: tuple[int, int | None, bool]) -> History:
    """From days after Monday: made, ended, approved."""

    def at(day: int) -> datetime:
        return MONDAY + day * DAY

    return History.of(
        (at(made), None if ended is None else at(ended), approved) for made, ended, approved in bookings
    )


@pytest.mark.parametrize(
    ("bookings", "expected"),
    [
        pytest.param([(3, None, True)], "204.00", id="itself does not count"),
        pytest.param([(1, None, True), (3, None, True)], "240.00", id="an earlier one does"),
        pytest.param([(3, None, True), (5, None, True)], "204.00", id="a later one does not"),
        pytest.param([(1, 2, False), (3, None, True)], "204.00", id="one that had ended does not"),
        pytest.param([(1, 4, False), (3, None, True)], "240.00", id="one that ended later does"),
        pytest.param([(1, 1, False), (3, None, True)], "204.00", id="one that ended as it began never did"),
    ],
)
def test_first_time_looks_at_the_bookings_of_that_moment(
    bookings: list[tuple[int, int | None, bool]], expected: str
) -> None:
    past = past_of(past_stay(3), guests={ANA: Guest(history=history(*bookings))})
    rule = make_rule("First", source=Source.FIRST_TIME)
    assert totals(past, rules_with(automatic=(rule,))) == [expected]


def test_returning_counts_the_approved_ones_before() -> None:
    rule = make_rule("Back", source=Source.RETURNING)
    guests = {ANA: Guest(history=history((1, None, True), (2, None, False), (3, None, True)))}
    past = past_of(past_stay(1), past_stay(3), guests=guests)
    assert totals(past, rules_with(automatic=(rule,))) == ["240.00", "204.00"]


def test_a_birthday_is_that_of_the_guest() -> None:
    rule = make_rule("Birthday", source=Source.BIRTHDAY)
    past = past_of(
        past_stay(1), past_stay(2, client=BRUNO), guests={ANA: Guest(birth_date=date(1990, 4, 30))}
    )
    assert totals(past, rules_with(automatic=(rule,))) == ["204.00", "240.00"]


def test_a_level_counts_from_the_day_it_was_earned() -> None:
    gold = make_level("Gold", 5)
    rule = make_rule("Gold", source=Source.LOYALTY, achievements=frozenset({gold.id}))
    past = past_of(past_stay(1), past_stay(3), holdings={ANA: (Holding(gold.id, MONDAY + 2 * DAY),)})
    rules = rules_with(automatic=(rule,), levels={gold.id: gold})
    assert totals(past, rules) == ["240.00", "204.00"]
    assert totals(past, replace(rules, levels={})) == ["240.00", "240.00"]


def test_a_referral_goes_by_the_level_that_the_referrer_had_then() -> None:
    silver, gold = make_level("Silver", 1), make_level("Gold", 5)
    held = (Holding(silver.id, MONDAY), Holding(gold.id, MONDAY + 2 * DAY))
    guests = {ANA: Guest(referred_by=known_id("Carla Inga"))}
    past = past_of(past_stay(1), past_stay(3), guests=guests, holdings={known_id("Carla Inga"): held})
    referral = {
        level.id: make_rule(level.name, value, Source.REFERRAL)
        for level, value in ((silver, "10.00"), (gold, "20.00"))
    }
    rules = rules_with(levels={silver.id: silver, gold.id: gold}, referral=referral)
    assert totals(past, rules) == ["216.00", "192.00"]


def test_what_the_configuration_cannot_price_has_no_price() -> None:
    past = past_of(past_stay(1, house=known_id("gone")), past_stay(2))
    assert totals(past, rules_with()) == [None, "240.00"]
    world = pure_world()
    unpriced = replace(
        world, houses=tuple(replace(house, rates=None, from_price_usd=None) for house in world.houses)
    )
    assert totals(past, Rules(unpriced)) == [None, None]


def test_reasons_against_are_told_and_taken_nights_are_none() -> None:
    world = pure_world(policy=Policy(capacity_mode=CapacityMode.ENFORCE))
    closed = replace(world, houses=tuple(replace(house, is_open=False) for house in world.houses))
    price = only(past_of(past_stay(guests=90)), Rules(closed))
    assert price.refusals == {"capacity", "closed"}


def test_a_late_checkout_that_is_not_sold_is_told() -> None:
    world = pure_world()
    none_on_sunday = replace(
        world,
        late_checkout={SUNDAY: replace(world.late_checkout[SUNDAY], allowed=False)},
    )
    sunday = stay("2026-04-17", "2026-04-19")
    price = only(past_of(past_stay(stay=sunday, late_checkout=True)), Rules(none_on_sunday))
    assert price.refusals == {LATE_DAY}


def test_each_house_has_its_own_price() -> None:
    stays = [past_stay(), *(past_stay(house=house) for house in (C2, C5))]
    first, second, third = totals(past_of(*stays), rules_with())
    assert len({first, second, third}) == 3


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InvalidInput) as refused:
        Period(date(2026, 4, 2), date(2026, 4, 1))
    assert refused.value.code == "period_reversed"
