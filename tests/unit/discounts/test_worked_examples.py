"""The worked examples of discounts, as plain values. Source: docs/rules/pricing.md, 6.3 to 6.5."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from casaaustin.discounts.judge import Case, Person, Uses, judge
from casaaustin.discounts.record import WEEKDAY_NIGHTS, WEEKEND_NIGHTS, Discount, Window, allowed_weekdays
from casaaustin.discounts.winner import CodeStatus, choose, public
from casaaustin.errors import InvalidInput
from casaaustin.money import Amount
from casaaustin.pricing.nights import stay_price
from casaaustin.pricing.ratebook import RateBook
from casaaustin.vocabulary import Benefit, CodeVsAutomatic, DayScope, Source, SpecialNights
from tests.support.world import C1, C2, C4, RATE, known_id, pure_world, stay

TODAY = date(2026, 4, 6)
W01 = stay("2026-04-13", "2026-04-15")
W02 = stay("2026-04-17", "2026-04-19")
W07 = stay("2026-05-01", "2026-05-03")
W20 = stay("2026-04-16", "2026-04-19")
RECURRENTE, LEGEND, PREMIUM, CLIENTE = (
    known_id(name) for name in ("Recurrente", "Legend", "Premium", "Cliente")
)
ANA = Person(known_id("Ana"), date(1990, 5, 12))
BRUNO = Person(known_id("Bruno"), achievements=frozenset({PREMIUM}))
CARLA = Person(known_id("Carla"), approved=3, prior=3, achievements=frozenset({CLIENTE, RECURRENTE}))
DIEGO = Person(known_id("Diego"), date(1988, 4, 20))


def case_of(asked: Any, guests: int, house: Any = C1, **facts: Any) -> Case:
    book: RateBook = pure_world()
    price = stay_price(book, book.by_id[house], asked, guests)
    assert price is not None
    return Case(house, asked, price, RATE, facts.pop("today", TODAY), **facts)


def code(value: str = "10.00", benefit: Benefit = Benefit.PERCENTAGE, **facts: Any) -> Discount:
    return Discount(known_id("code"), "code", Source.CODE, benefit, Decimal(value), code="CODE", **facts)


def rule(source: Source, value: str, **facts: Any) -> Discount:
    return Discount(known_id(source), source.value, source, Benefit.PERCENTAGE, Decimal(value), **facts)


def usd_sol(usd: str, sol: str) -> Amount:
    return Amount(Decimal(usd), Decimal(sol))


@pytest.mark.parametrize(
    ("discount", "case", "expected"),
    [
        pytest.param(code("10.00"), (W02, 4), ("42.00", "156.45"), id="W11 on everything"),
        pytest.param(code("15.00", base_only=True), (W02, 4), ("54.00", "201.15"), id="W12 base price only"),
        pytest.param(
            code("50.00", base_only=True, cap_usd=Decimal("100.00")),
            (W02, 3, C2),
            ("100.00", "372.50"),
            id="W13 cap",
        ),
        pytest.param(
            code("500.00", Benefit.FIXED_USD), (W01, 1), ("220.00", "819.50"), id="W14 larger than the stay"
        ),
        pytest.param(code("150.00", Benefit.FIXED_SOL), (W01, 1), ("40.27", "150.00"), id="W15 fixed soles"),
        pytest.param(
            code("15.00"),
            (stay("2026-04-13", "2026-04-14"), 1, C4),
            ("18.83", "70.14"),
            id="W16 half-cent tie",
        ),
    ],
)
def test_amounts(discount: Discount, case: tuple[Any, ...], expected: tuple[str, str]) -> None:
    verdict = judge(discount, case_of(*case))
    assert verdict.applies
    assert verdict.amount == usd_sol(*expected)


def test_a_code_of_one_house_w17() -> None:
    only_c2 = code("10.00", houses=frozenset({C2}))
    assert judge(only_c2, case_of(W02, 2, C2)).amount.usd == Decimal("43.00")
    refused = judge(only_c2, case_of(W02, 2, C1))
    assert refused.refusal is not None
    assert refused.refusal.reason == "code_wrong_property"


@pytest.mark.parametrize(
    ("today", "reason"),
    [
        pytest.param(date(2026, 4, 6), None, id="W18 last day"),
        pytest.param(date(2026, 4, 7), "code_expired", id="W18 a day late"),
        pytest.param(date(2026, 3, 31), "code_not_started", id="W18 a day early"),
    ],
)
def test_booking_window_is_inclusive(today: date, reason: str | None) -> None:
    window = Window(date(2026, 4, 1), date(2026, 4, 6))
    verdict = judge(code(book_window=window), case_of(W01, 1, today=today))
    assert (verdict.refusal.reason if verdict.refusal else None) == reason


@pytest.mark.parametrize(
    ("minimum", "reason"),
    [pytest.param("250.00", "code_below_minimum", id="W19a"), pytest.param("220.00", None, id="W19b")],
)
def test_minimum_amount(minimum: str, reason: str | None) -> None:
    verdict = judge(code(min_amount_usd=Decimal(minimum)), case_of(W01, 1))
    assert (verdict.refusal.reason if verdict.refusal else None) == reason
    assert verdict.amount.usd == (Decimal("22.00") if reason is None else Decimal("0.00"))


@pytest.mark.parametrize(
    ("weekdays", "scope", "expected"),
    [
        pytest.param(WEEKDAY_NIGHTS, DayScope.CHECK_IN, "94.00", id="W20 check-in"),
        pytest.param(WEEKDAY_NIGHTS, DayScope.ELIGIBLE_NIGHTS, "22.00", id="W20 eligible nights"),
        pytest.param(WEEKDAY_NIGHTS, DayScope.ALL_NIGHTS, None, id="W20 all nights"),
        pytest.param(WEEKEND_NIGHTS, DayScope.CHECK_IN, None, id="W21 check-in"),
        pytest.param(WEEKEND_NIGHTS, DayScope.ELIGIBLE_NIGHTS, "72.00", id="W21 eligible nights"),
        pytest.param(WEEKEND_NIGHTS, DayScope.ALL_NIGHTS, None, id="W21 all nights"),
    ],
)
def test_day_restriction(weekdays: frozenset[int], scope: DayScope, expected: str | None) -> None:
    verdict = judge(code("20.00", weekdays=weekdays, day_scope=scope), case_of(W20, 1))
    if expected is None:
        assert verdict.refusal is not None
        assert verdict.refusal.reason == "code_day_not_allowed"
    else:
        assert verdict.amount.usd == Decimal(expected)


def test_check_in_today_is_judged_like_any_other_w22() -> None:
    verdict = judge(code("20.00", weekdays=WEEKEND_NIGHTS), case_of(stay("2026-04-06", "2026-04-07"), 1))
    assert verdict.refusal is not None
    assert verdict.refusal.reason == "code_day_not_allowed"


@pytest.mark.parametrize(
    ("switch", "base", "expected"),
    [
        pytest.param(SpecialNights.CHECK_IN_ONLY, "550.00", "55.00", id="W23a"),
        pytest.param(SpecialNights.EXCLUDE, "290.00", "29.00", id="W23b"),
    ],
)
def test_special_night_inside_the_stay(switch: SpecialNights, base: str, expected: str) -> None:
    verdict = judge(code(), case_of(stay("2026-04-30", "2026-05-03"), 1, special_nights=switch))
    assert (verdict.base_usd, verdict.amount.usd) == (Decimal(base), Decimal(expected))


def test_check_in_on_a_special_night_w24() -> None:
    verdict = judge(code(), case_of(W07, 2))
    assert verdict.refusal is not None
    assert verdict.refusal.reason == "code_special_date"


def test_uses_w25() -> None:
    limited = code(usage_limit=1)
    held = judge(limited, case_of(W01, 1, uses={limited.id: Uses(total=1)}))
    assert held.refusal is not None
    assert held.refusal.reason == "code_exhausted"
    assert judge(limited, case_of(W01, 1)).applies


def test_both_day_flags_cannot_be_stored_w26() -> None:
    with pytest.raises(InvalidInput) as refused:
        allowed_weekdays(frozenset(), restrict_weekdays=True, restrict_weekends=True)
    assert refused.value.field == "restrict_weekends"


W27_RULES = (
    rule(Source.BIRTHDAY, "10.00"),
    rule(Source.GLOBAL_PROMOTION, "15.00", base_only=True),
    rule(Source.RETURNING, "12.00", cap_usd=Decimal("30.00")),
    rule(Source.LAST_MINUTE, "20.00"),
)


def test_the_best_automatic_discount_w27() -> None:
    outcome = choose(W27_RULES, case_of(W02, 4, person=DIEGO), policy=CodeVsAutomatic.CODE_WINS)
    assert outcome.winner is not None
    assert outcome.winner.discount.source is Source.GLOBAL_PROMOTION
    assert outcome.amount == usd_sol("54.00", "201.15")
    worth = {one.discount.source: one.amount.usd for one in outcome.considered if one.applies}
    assert worth == {Source.BIRTHDAY: Decimal("42.00"), Source.GLOBAL_PROMOTION: Decimal("54.00")}


@pytest.mark.parametrize(
    ("policy", "amount", "status"),
    [
        pytest.param(CodeVsAutomatic.CODE_WINS, "42.00", CodeStatus.APPLIED, id="W28 code wins"),
        pytest.param(CodeVsAutomatic.BEST_FOR_GUEST, "54.00", CodeStatus.SUPERSEDED, id="W28 best for guest"),
    ],
)
def test_code_against_automatic(policy: CodeVsAutomatic, amount: str, status: CodeStatus) -> None:
    outcome = choose(W27_RULES, case_of(W02, 4, person=DIEGO), policy=policy, asked="CODE", code=code())
    assert outcome.amount.usd == Decimal(amount)
    assert outcome.code is not None
    assert outcome.code.status is status


@pytest.mark.parametrize("found", [True, False])
def test_an_invalid_code_w29(found: bool) -> None:
    expired = code(book_window=Window(None, date(2026, 4, 5))) if found else None
    outcome = choose(
        W27_RULES, case_of(W02, 4, person=DIEGO), policy=CodeVsAutomatic.CODE_WINS, asked="CODE", code=expired
    )
    assert outcome.amount.usd == Decimal("54.00")
    assert outcome.code is not None
    assert (outcome.code.status, outcome.code.reason) == (
        CodeStatus.REFUSED,
        "code_expired" if found else "code_not_found",
    )
    assert public(outcome.code).reason == "code_not_valid"


REFERRAL = rule(Source.REFERRAL, "20.00")
GLOBAL = rule(Source.GLOBAL_PROMOTION, "15.00", base_only=True)


def test_referral_beats_global_w30() -> None:
    outcome = choose((GLOBAL, REFERRAL), case_of(W02, 4, person=ANA), policy=CodeVsAutomatic.CODE_WINS)
    assert outcome.winner is not None
    assert (outcome.winner.discount.source, outcome.amount) == (Source.REFERRAL, usd_sol("84.00", "312.90"))


def test_a_cancelled_stay_is_no_earlier_booking_w31() -> None:
    rules = (GLOBAL, REFERRAL, rule(Source.FIRST_TIME, "25.00"))
    outcome = choose(rules, case_of(W02, 4, person=ANA), policy=CodeVsAutomatic.CODE_WINS)
    assert outcome.winner is not None
    assert (outcome.winner.discount.source, outcome.amount.usd) == (Source.FIRST_TIME, Decimal("105.00"))


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        pytest.param(stay("2026-04-30", "2026-05-02"), "0.00", id="W32a in April"),
        pytest.param(stay("2026-05-02", "2026-05-04"), "32.00", id="W32b in May"),
    ],
)
def test_birthday_is_about_the_stay(asked: Any, amount: str) -> None:
    birthday = rule(Source.BIRTHDAY, "10.00")
    assert judge(birthday, case_of(asked, 1, C2, person=ANA)).amount.usd == Decimal(amount)


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        pytest.param(stay("2026-04-06", "2026-04-07"), "22.00", id="W33a today"),
        pytest.param(stay("2026-04-07", "2026-04-08"), "22.00", id="W33b tomorrow"),
        pytest.param(stay("2026-04-08", "2026-04-09"), "0.00", id="W33c the day after"),
    ],
)
def test_last_minute(asked: Any, amount: str) -> None:
    assert judge(rule(Source.LAST_MINUTE, "20.00"), case_of(asked, 1)).amount.usd == Decimal(amount)


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        pytest.param(stay("2026-04-17", "2026-04-18"), "18.00", id="W34a a Friday"),
        pytest.param(stay("2026-04-13", "2026-04-14"), "0.00", id="W34b a Monday"),
    ],
)
def test_named_weekdays_override_the_flags(asked: Any, amount: str) -> None:
    days = allowed_weekdays(frozenset({4}), restrict_weekdays=True, restrict_weekends=False)
    fridays = rule(Source.GLOBAL_PROMOTION, "10.00", weekdays=days)
    assert judge(fridays, case_of(asked, 1)).amount.usd == Decimal(amount)


@pytest.mark.parametrize(
    ("discount", "person", "amount"),
    [
        pytest.param(Source.LOYALTY, CARLA, "33.00", id="W35a holds one of them"),
        pytest.param(Source.LOYALTY, BRUNO, "0.00", id="W35b holds another"),
        pytest.param(Source.LOYALTY, None, "0.00", id="W35c nobody"),
    ],
)
def test_any_one_of_the_levels(discount: Source, person: Person | None, amount: str) -> None:
    loyal = rule(discount, "15.00", achievements=frozenset({RECURRENTE, LEGEND}))
    assert judge(loyal, case_of(W01, 1, person=person)).amount.usd == Decimal(amount)


def test_an_anonymous_visitor_holds_no_level_w35() -> None:
    legends = rule(Source.GLOBAL_PROMOTION, "10.00", achievements=frozenset({LEGEND}))
    assert not judge(legends, case_of(W01, 1)).applies
