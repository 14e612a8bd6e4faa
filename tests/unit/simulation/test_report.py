"""What two replays differ in, added up (docs/adr/0013)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from casaaustin.money import NOTHING, Amount
from casaaustin.pricing.ratebook import CapacityMode, Policy
from casaaustin.simulation.past import Group, LeftOut, Past, Period, PeriodBy
from casaaustin.simulation.replay import Rules
from casaaustin.simulation.report import Report, by_house, by_month, compare
from casaaustin.simulation.texts import why
from casaaustin.vocabulary import Benefit, CodeVsAutomatic
from tests.support.offers import make_code, make_rule
from tests.support.pasts import past_of, past_stay, rules_with, with_code
from tests.support.world import C1, C2, RATE, known_id, pure_world, stay

APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))
TEN = make_code("TEN", "10.00")
TWENTY = replace(TEN, value=Decimal("20.00"))
SOLD = with_code(TEN)
WARN, ENFORCE = CapacityMode.WARN, CapacityMode.ENFORCE
BEST = Policy(code_vs_automatic=CodeVsAutomatic.BEST_FOR_GUEST)
NAMES = {C1: "Casa 1", C2: "Casa 2"}


def compared(past: Past, changed: Rules, **more: object) -> Report:
    """Against the worked examples with the code TEN."""
    return compare(past, rules_with(TEN), changed, **{"period": APRIL} | more)  # type: ignore[arg-type]


def test_only_stays_with_the_changed_code_are_touched() -> None:
    report = compared(past_of(past_stay(1, code=SOLD), past_stay(2)), rules_with(TWENTY))
    total = report.parts[Group.BOOKING].total
    assert (total.stays, total.touched) == (2, 1)
    assert (total.now.usd, total.changed.usd) == (Decimal("456.00"), Decimal("432.00"))
    assert total.difference == Amount(Decimal("-24.00"), Decimal("-89.40"))
    assert total.sold.usd == Decimal("480.00")


def test_groups_are_kept_apart() -> None:
    stays = [past_stay(number, group=group) for number, group in enumerate(Group)]
    report = compared(past_of(*stays), rules_with())
    assert {group: part.total.stays for group, part in report.parts.items()} == dict.fromkeys(Group, 1)


@pytest.mark.parametrize(
    ("by", "months"),
    [(PeriodBy.BOOKING, [date(2026, 4, 1)]), (PeriodBy.CHECK_IN, [date(2026, 4, 1), date(2026, 6, 1)])],
)
def test_months_are_those_of_the_day_that_counts(by: PeriodBy, months: list[date]) -> None:
    past = past_of(past_stay(1), past_stay(2, stay=stay("2026-06-01", "2026-06-03")))
    report = compared(past, rules_with(), period=replace(APRIL, by=by))
    assert list(by_month(report.parts[Group.BOOKING])) == months


def test_lines_go_by_month_and_then_by_house_and_add_up() -> None:
    past = past_of(past_stay(1, house=C2), past_stay(2), past_stay(3), past_stay(30, house=C2, code=SOLD))
    part = compared(past, rules_with(TWENTY)).parts[Group.BOOKING]
    assert [(line.month.month, line.house.name, line.figures.stays) for line in part.lines] == [
        (4, "Casa 1", 2),
        (4, "Casa 2", 1),
        (5, "Casa 2", 1),
    ]
    for sums in (by_month(part).values(), by_house(part).values()):
        assert sum((one.difference for one in sums), NOTHING) == part.total.difference
    assert list(by_house(part)) == ["Casa 1", "Casa 2"]


def test_a_stay_that_would_be_refused_is_in_no_other_figure() -> None:
    lax, strict = (Rules(pure_world(policy=Policy(capacity_mode=mode))) for mode in (WARN, ENFORCE))
    report = compare(past_of(past_stay(1), past_stay(2, guests=13)), lax, strict, period=APRIL)
    total = report.parts[Group.BOOKING].total
    assert (total.stays, total.touched, total.refused) == (1, 0, 1)
    assert total.refused_worth.usd > total.now.usd == Decimal("240.00")
    assert report.refusals == {"capacity": 1}
    assert report.largest == ()


def test_a_reason_that_stands_already_is_no_refusal() -> None:
    strict = Rules(pure_world(policy=Policy(capacity_mode=ENFORCE)))
    report = compare(past_of(past_stay(1, guests=13)), strict, strict, period=APRIL)
    assert report.parts[Group.BOOKING].total.stays == 1


def test_a_house_that_goes_refuses_its_stays() -> None:
    world = pure_world()
    without = replace(world, houses=tuple(house for house in world.houses if house.id != C2))
    report = compared(past_of(past_stay(1), past_stay(2, house=C2)), Rules(without))
    assert report.refusals == {"price_missing": 1}
    assert by_house(report.parts[Group.BOOKING])["Casa 2"].refused == 1


def test_what_has_no_price_today_is_left_out() -> None:
    past = past_of(past_stay(1, house=known_id("gone")), left_out={LeftOut.CHANNEL: 2})
    report = compared(past, rules_with())
    assert report.left_out == {LeftOut.CHANNEL: 2, LeftOut.NO_PRICE: 1}
    assert report.is_empty


def test_the_largest_differences_come_first_up_or_down() -> None:
    longer = stay("2026-04-13", "2026-04-18")
    past = past_of(past_stay(1, code=SOLD), past_stay(2, code=SOLD, stay=longer), past_stay(3))
    report = compared(past, rules_with(TWENTY), most=1)
    assert [one.stay.stay for one in report.largest] == [longer]


def test_many_differences_cost_no_memory_and_change_no_answer() -> None:
    many = [past_stay(number, code=SOLD, id=known_id(f"many {number}")) for number in range(1200)]
    big = past_stay(1201, code=SOLD, stay=stay("2026-04-13", "2026-04-18"))
    within_the_year = replace(TEN, book_window=replace(TEN.book_window, last=None))
    past = past_of(*many, big)
    report = compare(
        past,
        rules_with(within_the_year),
        rules_with(replace(within_the_year, value=Decimal("20.00"))),
        period=APRIL,
        most=2,
    )
    assert [one.stay.id for one in report.largest] == [big.id, many[0].id]


def test_steps_are_told_to_whoever_waits() -> None:
    steps: list[int] = []
    compared(past_of(past_stay(1), past_stay(2)), rules_with(), step=steps.append)
    assert sum(steps) == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        pytest.param(
            rules_with(TWENTY), ["discount TEN 10% (-US$ 24.00) → TEN 20% (-US$ 48.00)"], id="percentage"
        ),
        pytest.param(
            rules_with(),
            ["discount TEN 10% (-US$ 24.00) → none", "code TEN: there is no such code"],
            id="gone",
        ),
        pytest.param(
            rules_with(replace(TEN, houses=frozenset({C2})), automatic=(make_rule(),)),
            [
                "discount TEN 10% (-US$ 24.00) → Global 15% (-US$ 36.00)",
                "code TEN: it is only valid in Casa 2",
            ],
            id="another one",
        ),
        pytest.param(
            Rules(pure_world(policy=BEST), automatic=(make_rule(),), codes={TEN.id: TEN}),
            [
                "discount TEN 10% (-US$ 24.00) → Global 15% (-US$ 36.00)",
                "code TEN: another discount is better",
            ],
            id="a better one",
        ),
        pytest.param(
            rules_with(replace(TEN, benefit=Benefit.FIXED_USD, value=Decimal("30.00"))),
            ["discount TEN 10% (-US$ 24.00) → TEN (-US$ 30.00)"],
            id="a fixed amount",
        ),
    ],
)
def test_the_reasons_say_what_won_before_and_after(changed: Rules, said: list[str]) -> None:
    (one,) = compared(past_of(past_stay(1, code=SOLD)), changed).largest
    assert list(why(one, NAMES)) == said


def test_the_reasons_name_the_parts_that_differ() -> None:
    world = pure_world()
    first, *others = world.houses
    assert first.rates is not None
    dearer = replace(first, rates=replace(first.rates, weekday_low=first.rates.weekday_low + 10))
    changed = Rules(replace(world, houses=(dearer, *others)))
    (one,) = compare(past_of(past_stay(1, late_checkout=True)), Rules(world), changed, period=APRIL).largest
    assert [text.partition(" US$")[0] for text in why(one, NAMES)] == ["nights", "late checkout"]
    assert one.difference.sol == one.difference.usd * RATE
