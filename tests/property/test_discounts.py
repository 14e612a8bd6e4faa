"""What is always true of a discount. Source: docs/rules/pricing.md, 2.5, 2.6 and 6.10."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.clock import FixedClock, today
from casaaustin.discounts.judge import Case, Person, explain, judge
from casaaustin.discounts.offers import Offers
from casaaustin.discounts.record import EVERY_DAY, Discount, Window, check_discount
from casaaustin.discounts.winner import CodeStatus, choose, rank
from casaaustin.errors import InvalidInput
from casaaustin.money import in_soles, q
from casaaustin.pricing.nights import stay_price
from casaaustin.pricing.ratebook import Policy
from casaaustin.quoting.evaluate import HouseQuote, QuoteRequest, evaluate
from casaaustin.stays import Stay
from casaaustin.vocabulary import Benefit, CodeVsAutomatic, DayScope, Source, SpecialNights
from tests.support.offers import make_code, make_rule
from tests.support.world import C1, C2, MONDAY, NONE_TAKEN, RATE, pure_world

BOOK = pure_world()
TODAY = date(2026, 4, 6)
USUAL = Policy()


def cents(low: int, high: int) -> st.SearchStrategy[Decimal]:
    return st.integers(low, high).map(lambda number: Decimal(number) / 100)


@st.composite
def discounts(draw: st.DrawFn, source: Source | None = None) -> Discount:
    chosen = source or draw(st.sampled_from([one for one in Source if one is not Source.CODE]))
    benefit = draw(st.sampled_from(list(Benefit))) if chosen is Source.CODE else Benefit.PERCENTAGE
    return Discount(
        id=UUID(int=draw(st.integers(1, 40))),
        name=draw(st.sampled_from(["a", "b", "c"])),
        source=chosen,
        benefit=benefit,
        # Often one of a few, so that there are ties.
        value=draw(
            cents(1, 10_000) | st.sampled_from([Decimal("10.00"), Decimal("10.01"), Decimal("15.00")])
        ),
        code="CODE" if chosen is Source.CODE else None,
        cap_usd=draw(st.none() | cents(1, 50_000)) if benefit is Benefit.PERCENTAGE else None,
        min_amount_usd=draw(st.none() | cents(0, 60_000)),
        book_window=Window(None, draw(st.none() | st.just(TODAY + timedelta(days=draw(st.integers(-2, 2)))))),
        weekdays=draw(st.just(EVERY_DAY) | st.frozensets(st.integers(0, 6), min_size=1)),
        day_scope=draw(st.sampled_from(list(DayScope))),
        base_only=draw(st.booleans()),
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    check_in = TODAY + timedelta(days=draw(st.integers(0, 400)))
    stay = Stay(check_in, check_in + timedelta(days=draw(st.integers(1, 12))))
    house = draw(st.sampled_from(BOOK.houses))
    price = stay_price(BOOK, house, stay, draw(st.integers(1, 20)))
    assert price is not None
    person = draw(st.none() | st.builds(Person, st.just(UUID(int=7)), prior=st.integers(0, 1)))
    return Case(
        house.id,
        stay,
        price,
        RATE,
        TODAY,
        person,
        special_nights=draw(st.sampled_from(list(SpecialNights))),
    )


@given(discount=discounts(Source.CODE) | discounts(), case=cases())
def test_between_nothing_and_the_subtotal_and_never_above_its_cap(discount: Discount, case: Case) -> None:
    verdict = judge(discount, case)
    subtotal = case.price.subtotal_usd
    assert 0 <= verdict.amount.usd <= verdict.base_usd <= subtotal
    assert 0 <= verdict.amount.sol <= in_soles(subtotal, case.rate)
    if discount.cap_usd is not None:
        assert verdict.amount.usd <= discount.cap_usd
    if not verdict.applies:
        assert verdict.amount.usd == verdict.amount.sol == 0


@given(case=cases(), rules=st.lists(discounts(), max_size=6), code=st.none() | discounts(Source.CODE))
def test_the_order_in_which_rules_are_stored_does_not_matter(
    case: Case, rules: list[Discount], code: Discount | None
) -> None:
    for policy in CodeVsAutomatic:
        there = choose(rules, case, policy=policy, asked="CODE", code=code)
        back = choose(rules[::-1], case, policy=policy, asked="CODE", code=code)
        assert there.amount == back.amount
        assert there.code == back.code


@given(case=cases(), rules=st.lists(discounts(), max_size=5), code=discounts(Source.CODE))
def test_sending_a_code_never_raises_the_price_when_the_best_is_taken(
    case: Case, rules: list[Discount], code: Discount
) -> None:
    without = choose(rules, case, policy=CodeVsAutomatic.BEST_FOR_GUEST)
    sent = choose(rules, case, policy=CodeVsAutomatic.BEST_FOR_GUEST, asked="CODE", code=code)
    assert sent.amount.usd >= without.amount.usd


@given(case=cases(), rules=st.lists(discounts(), max_size=5), code=st.none() | discounts(Source.CODE))
def test_an_invalid_code_never_changes_the_price(
    case: Case, rules: list[Discount], code: Discount | None
) -> None:
    for policy in CodeVsAutomatic:
        sent = choose(rules, case, policy=policy, asked="CODE", code=code)
        assert sent.code is not None
        if sent.code.status is CodeStatus.REFUSED:
            assert sent.amount == choose(rules, case, policy=policy).amount


@given(case=cases(), rules=st.lists(discounts(), min_size=1, max_size=5), one_more=discounts())
def test_one_more_rule_never_makes_it_dearer(case: Case, rules: list[Discount], one_more: Discount) -> None:
    fewer = choose(rules, case, policy=CodeVsAutomatic.BEST_FOR_GUEST)
    more = choose([*rules, one_more], case, policy=CodeVsAutomatic.BEST_FOR_GUEST)
    assert more.amount.usd >= fewer.amount.usd


@given(discount=discounts(Source.CODE) | discounts(), case=cases())
def test_an_explanation_says_what_the_judge_says(discount: Discount, case: Case) -> None:
    refusal = judge(discount, case).refusal
    reasons = [check.reason for check in explain(discount, case) if not check.passed]
    assert reasons[:1] == ([] if refusal is None else [refusal.reason])


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        pytest.param({"value": Decimal("0.00")}, "discount_value", id="nothing off"),
        pytest.param({"value": Decimal("100.01")}, "discount_value", id="more than everything off"),
        pytest.param({"cap_usd": Decimal("0.00")}, "max_discount_usd", id="a cap of nothing"),
        pytest.param(
            {"cap_usd": Decimal("1.00"), "benefit": Benefit.FIXED_USD},
            "max_discount_usd",
            id="a fixed one capped",
        ),
        pytest.param({"min_amount_usd": Decimal("-1.00")}, "min_amount_usd", id="a negative minimum"),
        pytest.param({"usage_limit": 0}, "usage_limit", id="a limit of nothing"),
        pytest.param({"per_client_limit": 0}, "per_client_limit", id="a client's limit of nothing"),
        pytest.param(
            {"book_window": Window(TODAY, TODAY - timedelta(days=1))}, "end_date", id="ends before it begins"
        ),
        pytest.param({"source": Source.LOYALTY}, "required_achievements", id="loyalty without a level"),
    ],
)
def test_settings_that_cannot_be_computed_clearly_are_refused(facts: dict[str, object], field: str) -> None:
    usual: dict[str, object] = {
        "id": UUID(int=1),
        "name": "a",
        "source": Source.CODE,
        "benefit": Benefit.PERCENTAGE,
        "value": Decimal("10.00"),
    }
    check_discount(Discount(**usual))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused:
        check_discount(Discount(**usual | facts))  # type: ignore[arg-type]
    assert refused.value.field == field


def offers_of(rules: list[Discount], code: Discount | None, *, asks: bool, person: Person | None) -> Offers:
    return Offers(
        booked_on=TODAY,
        rules=tuple(rules),
        person=person,
        asked="CODE" if asks else None,
        code=code if asks else None,
    )


def priced(
    case: Case,
    guests: int,
    offers: Offers,
    *,
    policy: Policy = USUAL,
    house: UUID | None = None,
) -> HouseQuote:
    """The evaluator's answer for the house of a case, asked for alone or with all others."""
    request = QuoteRequest(case.stay, guests, house)
    book = replace(BOOK, policy=policy)
    return evaluate(
        book, request, NONE_TAKEN, now=MONDAY, valid_for=timedelta(minutes=30), rate=case.rate, offers=offers
    ).of(case.house)


people = st.none() | st.builds(
    Person,
    st.just(UUID(int=7)),
    st.none() | st.dates(date(1950, 1, 1), date(2005, 12, 31)),
    approved=st.integers(0, 1),
    prior=st.integers(0, 1),
)
policies = st.builds(
    Policy,
    code_vs_automatic=st.sampled_from(list(CodeVsAutomatic)),
    special_nights=st.sampled_from(list(SpecialNights)),
)
some_rules = st.lists(discounts(), max_size=5)
some_code = st.none() | discounts(Source.CODE)


@given(
    case=cases(),
    guests=st.integers(1, 20),
    rules=some_rules,
    code=some_code,
    asks=st.booleans(),
    person=people,
    policy=policies,
)
def test_invariants_1_2_and_6(
    case: Case,
    guests: int,
    rules: list[Discount],
    code: Discount | None,
    asks: bool,
    person: Person | None,
    policy: Policy,
) -> None:
    """The columns add up, the discount keeps to its bounds, and no house affects another."""
    offers = offers_of(rules, code, asks=asks, person=person)
    answer = priced(case, guests, offers, policy=policy)
    totals = answer.totals
    for column in ("usd", "sol"):
        base, extra, subtotal, discount, final, services, total = (
            getattr(getattr(totals, name), column)
            for name in ("base", "extra", "subtotal", "discount", "final", "services", "total")
        )
        assert base + extra == subtotal
        assert subtotal - discount == final
        assert final + services == total
        assert 0 <= discount <= subtotal
        assert sum(getattr(line.amount, column) for line in answer.lines()) == total
    won = answer.outcome.winner
    if won is not None and won.discount.cap_usd is not None:
        assert totals.discount.usd <= won.discount.cap_usd
    assert priced(case, guests, offers, policy=policy, house=case.house) == answer
    assert priced(case, guests, offers, policy=policy) == answer, "evaluated twice"


@given(case=cases(), guests=st.integers(1, 19), data=st.data())
def test_invariants_3_and_4(case: Case, guests: int, data: st.DataObject) -> None:
    """Parts of a stay add up to the whole; one more guest costs what one more guest costs."""
    nobody = Offers(TODAY)
    whole = priced(case, guests, nobody).totals.subtotal
    one_more = priced(case, guests + 1, nobody).totals.subtotal
    extra = BOOK.by_id[case.house].extra_person_usd
    assert one_more.usd - whole.usd == extra * case.stay.night_count
    if case.stay.night_count > 1:
        day = data.draw(st.integers(1, case.stay.night_count - 1))
        middle = case.stay.check_in + timedelta(days=day)
        parts = [
            priced(replace(case, stay=part), guests, nobody).totals.subtotal
            for part in (Stay(case.stay.check_in, middle), Stay(middle, case.stay.check_out))
        ]
        assert parts[0].usd + parts[1].usd == whole.usd
        assert abs(parts[0].sol + parts[1].sol - whole.sol) <= Decimal("0.01")


@given(case=cases(), guests=st.integers(1, 20), rules=some_rules, code=some_code, person=people)
def test_invariant_5(
    case: Case, guests: int, rules: list[Discount], code: Discount | None, person: Person | None
) -> None:
    """Sending a code never costs the guest anything, in neither currency."""
    best = Policy(code_vs_automatic=CodeVsAutomatic.BEST_FOR_GUEST)
    for policy in (Policy(), best):
        without = priced(case, guests, offers_of(rules, code, asks=False, person=person), policy=policy)
        sent = priced(case, guests, offers_of(rules, code, asks=True, person=person), policy=policy)
        result = sent.outcome.code
        assert result is not None
        if result.status is CodeStatus.REFUSED:
            assert sent.totals == without.totals
        elif policy is best:
            assert sent.totals.total.usd <= without.totals.total.usd
            assert sent.totals.total.sol <= without.totals.total.sol


def test_invariant_5_in_soles_when_the_dollars_are_equal() -> None:
    """Two that take off 22.00 dollars, one of them a céntimo less in soles: the better one wins."""
    price = stay_price(BOOK, BOOK.by_id[C1], Stay(date(2026, 4, 13), date(2026, 4, 15)), 1)
    assert price is not None
    case = Case(C1, Stay(date(2026, 4, 13), date(2026, 4, 15)), price, RATE, TODAY)
    code = make_code("CODE", "81.94", benefit=Benefit.FIXED_SOL)
    without = choose([make_rule("Global", "10.00")], case, policy=CodeVsAutomatic.BEST_FOR_GUEST)
    sent = choose(
        [make_rule("Global", "10.00")],
        case,
        policy=CodeVsAutomatic.BEST_FOR_GUEST,
        asked="CODE",
        code=code,
    )
    assert (judge(code, case).amount.usd, without.amount.usd) == (Decimal("22.00"), Decimal("22.00"))
    assert sent.amount == without.amount
    assert sent.amount.sol == Decimal("81.95")


@given(case=cases(), value=cents(1, 100_000), rate=st.integers(2_000, 6_000).map(lambda n: Decimal(n) / 1000))
def test_fixed_soles_are_exact_at_the_rate_of_the_stay(case: Case, value: Decimal, rate: Decimal) -> None:
    case = replace(case, rate=rate)
    code = make_code("CODE", str(value), benefit=Benefit.FIXED_SOL)
    verdict = judge(code, case)
    if verdict.applies:
        assert verdict.amount.sol == min(value, in_soles(case.price.subtotal_usd, rate))
        assert verdict.amount.usd == min(q(value / rate), case.price.subtotal_usd)


@given(
    rules=st.lists(discounts(), max_size=8),
    code=some_code,
    guests=st.integers(1, 20),
    person=people,
    case=cases(),
)
def test_dropping_what_cannot_apply_anywhere_changes_no_winner(
    rules: list[Discount], code: Discount | None, guests: int, person: Person | None, case: Case
) -> None:
    """A search of many houses judges fewer rules; each house gets the winner among all of them."""
    offers = offers_of(rules, code, asks=True, person=person)
    policy = Policy()
    quoted = evaluate(
        BOOK,
        QuoteRequest(case.stay, guests),
        NONE_TAKEN,
        now=MONDAY,
        valid_for=timedelta(minutes=30),
        offers=offers,
    )
    for answer in quoted.houses:
        assert answer.price is not None
        alone = choose(
            rules,
            offers.case(answer.house.id, case.stay, answer.price, RATE, policy),
            policy=policy.code_vs_automatic,
            asked="CODE",
            code=code,
        )
        assert (answer.outcome.winner, answer.outcome.code) == (alone.winner, alone.code)


# Invariant 11: the clock around the turn of the year, the leap day, and midnight in Lima (05:00 UTC).
MIDNIGHTS = [date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 28), date(2027, 3, 1), date(2028, 2, 28)]
MIDNIGHTS += [date(2028, 2, 29), date(2028, 3, 1)]


@pytest.mark.parametrize("day", MIDNIGHTS, ids=str)
@given(minutes=st.integers(-90, 90))
def test_invariant_11_the_day_of_booking_begins_at_midnight_in_lima(day: date, minutes: int) -> None:
    instant = datetime.combine(day, time(5), UTC) + timedelta(minutes=minutes)
    booked_on = today(FixedClock(instant))
    assert booked_on == (day if minutes >= 0 else day - timedelta(days=1))
    one_day = make_code("CODE", book_window=Window(day, day))
    stay = Stay(day, day + timedelta(days=1))
    house = BOOK.by_id[C2]  # it has no special dates
    price = stay_price(BOOK, house, stay, 1)
    assert price is not None
    case = Case(house.id, stay, price, RATE, booked_on)
    assert judge(one_day, case).applies is (minutes >= 0)
    last_minute = make_rule("Last minute", "20.00", Source.LAST_MINUTE)
    assert judge(last_minute, case).applies
    two_days = Stay(day + timedelta(days=1), day + timedelta(days=2))
    assert judge(last_minute, replace(case, stay=two_days)).applies is (minutes >= 0)
    birthday = make_rule("Birthday", "10.00", Source.BIRTHDAY)
    born = Person(UUID(int=7), date(1988, day.month, min(day.day, 28)))
    assert judge(birthday, replace(case, person=born)).applies, "it is the month of the stay"


@given(case=cases(), rules=st.lists(discounts(), max_size=12), person=people)
def test_rules_that_are_not_judged_would_not_have_won(
    case: Case, rules: list[Discount], person: Person | None
) -> None:
    """The short cut of a search finds whom judging every rule finds, ties included."""
    case = replace(case, person=person)
    verdicts = [judge(rule, case) for rule in rules]
    best = min((one for one in verdicts if one.applies), key=rank, default=None)
    outcome = choose(rules, case, policy=CodeVsAutomatic.CODE_WINS)
    assert outcome.winner == best
    assert sorted(outcome.considered, key=repr) == sorted(verdicts, key=repr)
