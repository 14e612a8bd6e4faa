"""What is true of every simulation (docs/adr/0013-simulating-a-configuration.md)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casaaustin.money import NOTHING
from casaaustin.pricing.ratebook import RateBook
from casaaustin.simulation.past import Group, Guest, History, Past, PastStay, Period, PeriodBy
from casaaustin.simulation.replay import Rules, replay
from casaaustin.simulation.report import by_house, by_month, compare
from casaaustin.vocabulary import Source
from tests.support.offers import make_code, make_rule
from tests.support.pasts import ANA, BRUNO, DAY, past_stay, with_code
from tests.support.strategies import amounts, rate_books, stays
from tests.support.world import C1, C2, C3, MONDAY, known_id, pure_world

CODES = (make_code("TEN", "10.00", usage_limit=2), make_code("HALF", "50.00", per_client_limit=1))
RULES = (
    make_rule("Global", "5.00"),
    make_rule("First", "15.00", Source.FIRST_TIME),
    make_rule("Back", "20.00", Source.RETURNING),
    make_rule("Soon", "25.00", Source.LAST_MINUTE),
)
GUESTS = {
    ANA: Guest(history=History.of([(MONDAY, None, True), (MONDAY + 3 * DAY, MONDAY + 5 * DAY, False)])),
    BRUNO: Guest(birth_date=date(1990, 4, 30)),
}
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30))
limits = st.none() | st.integers(1, 4)


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """A few stays of two guests, some with codes, some ended."""
    count = draw(st.integers(0, 5))
    days = sorted(draw(st.lists(st.integers(0, 20), min_size=count, max_size=count)))
    return Past(stays=tuple(draw(past_stays(number, day)) for number, day in enumerate(days)), guests=GUESTS)


@st.composite
def past_stays(draw: st.DrawFn, number: int, day: int) -> PastStay:
    group = draw(st.sampled_from(Group))
    at = MONDAY + day * DAY
    code = draw(st.none() | st.sampled_from(CODES))
    return past_stay(
        day,
        id=known_id(f"drawn {number}"),
        group=group,
        client=draw(st.none() | st.sampled_from([ANA, BRUNO])),
        house=draw(st.sampled_from([C1, C2, C3])),
        stay=draw(stays(near=date(2026, 4, 20))),
        guests=draw(st.integers(1, 20)),
        rate=draw(st.decimals("3.000", "4.000", places=3)),
        code=None if code is None else with_code(code),
        late_checkout=draw(st.booleans()),
        until=at + draw(st.integers(1, 10)) * timedelta(hours=13) if group is Group.ENDED else None,
    )


@st.composite
def rules(draw: st.DrawFn) -> Rules:
    """Some of the rules and codes, with percentages and limits of any size."""
    codes = [
        replace(code, value=draw(amounts("1.00", "100.00")), usage_limit=draw(limits))
        for code in draw(st.lists(st.sampled_from(CODES), unique_by=lambda code: code.id))
    ]
    automatic = draw(st.lists(st.sampled_from(RULES), unique_by=lambda rule: rule.id))
    return Rules(pure_world(), automatic=tuple(automatic), codes={code.id: code for code in codes})


@given(past=pasts(), unchanged=rules())
def test_the_same_configuration_changes_nothing(past: Past, unchanged: Rules) -> None:
    report = compare(past, unchanged, unchanged, period=APRIL)
    assert report.largest == ()
    assert report.refusals == {}
    for part in report.parts.values():
        assert (part.total.touched, part.total.difference) == (0, NOTHING)
        assert part.total.now == part.total.changed


@given(past=pasts(), now=rules(), changed=rules(), by=st.sampled_from(PeriodBy))
def test_months_and_houses_add_up_and_the_way_back_is_the_opposite(
    past: Past, now: Rules, changed: Rules, by: PeriodBy
) -> None:
    period = replace(APRIL, by=by)
    there = compare(past, now, changed, period=period, most=100)
    back = compare(past, changed, now, period=period, most=100)
    assert sum(part.total.stays for part in there.parts.values()) == len(past.stays)
    for group, part in there.parts.items():
        for sums in (by_month(part), by_house(part)):
            assert sum((one.difference for one in sums.values()), NOTHING) == part.total.difference
        assert part.total.difference + back.parts[group].total.difference == NOTHING
        named = (one.difference for one in there.largest if one.stay.group is group)
        assert sum(named, NOTHING) == part.total.difference


@given(past=pasts(), drawn=rules(), limit=st.integers(1, 3))
def test_no_code_is_ever_used_beyond_its_limit(past: Past, drawn: Rules, limit: int) -> None:
    limited = replace(
        drawn, codes={key: replace(code, usage_limit=limit) for key, code in drawn.codes.items()}
    )
    prices = list(replay(past, limited))
    in_use = [
        stay
        for stay, price in zip(past.stays, prices, strict=True)
        if stay.group is Group.BOOKING and price and price.won and price.won.source is Source.CODE
    ]
    for code in CODES:
        assert sum(1 for stay in in_use if stay.code == with_code(code)) <= limit


@given(book=rate_books(), past=pasts())
def test_any_rate_book_can_be_simulated(book: RateBook, past: Past) -> None:
    """Houses of the past that a drawn book lacks are refused or left out, never a crash."""
    drawn = Rules(book)
    now = Rules(pure_world())
    report = compare(past, now, drawn, period=APRIL)
    counted = sum(part.total.stays + part.total.refused for part in report.parts.values())
    assert counted + sum(report.left_out.values()) == len(past.stays)
