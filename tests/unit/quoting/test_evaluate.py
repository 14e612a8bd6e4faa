from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from casaaustin.errors import ExchangeRateMissing, InvalidInput, NotFound
from casaaustin.pricing.ratebook import CapacityMode, Policy
from casaaustin.quoting.evaluate import Limits, QuoteRequest, check_request, evaluate
from casaaustin.vocabulary import UnavailableReason
from tests.support.world import (
    BREAKFAST,
    C1,
    C2,
    MONDAY,
    NONE_TAKEN,
    RATE_SINCE,
    TRANSFER,
    answer_of,
    known_id,
    make_book,
    make_house,
    make_service,
    pure_world,
    quote_of,
    special,
    stay,
    taken,
)

TODAY = date(2026, 4, 6)
WEEKEND = stay("2026-04-17", "2026-04-19")


def test_all_reasons_come_in_their_order_with_their_figures() -> None:
    house = make_house(
        rates=None,
        capacity_max=4,
        capacity_sleep=2,
        is_open=False,
        features=frozenset({"grill"}),
        special_dates=(special(4, 20, "300.00", 3, label="Feria"),),
    )
    asked = stay("2026-04-17", "2026-04-19")
    sold = (C1, stay("2026-04-18", "2026-04-19"))

    found = answer_of(
        make_book(house),
        asked,
        5,
        occupancy=taken(asked, sold),
        features=frozenset({"grill", "pool", "bbq"}),
        min_sleep=3,
    )

    assert not found.is_available
    assert [(reason.code, reason.figures) for reason in found.reasons] == [
        (UnavailableReason.PRICE_MISSING, {}),
        (UnavailableReason.OCCUPIED, {"nights": (date(2026, 4, 18),)}),
        (UnavailableReason.CAPACITY, {"guests": 5, "capacity": 4}),
        (
            UnavailableReason.MIN_NIGHTS,
            {"date": date(2026, 4, 20), "label": "Feria", "minimum_nights": 3, "nights": 2},
        ),
        (UnavailableReason.CLOSED, {}),
        (UnavailableReason.FEATURES, {"missing": ("bbq", "pool")}),
        (UnavailableReason.SLEEPS, {"beds": 2, "asked": 3}),
    ]
    assert [reason.code for reason in found.reasons] == list(UnavailableReason)


@pytest.mark.parametrize(
    ("capacity", "guests", "refused"),
    [(12, 12, False), (12, 13, True), (None, 500, False)],
    ids=["full", "one too many", "unlimited"],
)
def test_capacity_is_the_most_that_may_enter(capacity: int | None, guests: int, refused: bool) -> None:
    found = answer_of(make_book(make_house(capacity_max=capacity)), WEEKEND, guests)
    assert found.is_available is not refused


def test_capacity_may_be_only_a_remark() -> None:
    book = make_book(make_house(), policy=Policy(capacity_mode=CapacityMode.WARN))
    found = answer_of(book, WEEKEND, 15)
    assert found.is_available
    assert [(one.code, one.figures) for one in found.warnings] == [
        ("capacity", {"guests": 15, "capacity": 12})
    ]


def test_an_unavailable_house_is_still_priced() -> None:
    found = answer_of(make_book(make_house(is_open=False)), WEEKEND)
    assert found.totals.total.usd == Decimal("360.00")


def test_the_available_houses_come_in_natural_order() -> None:
    names = ["Casa 10", "Casa 2", "Casa 1"]
    book = make_book(*(make_house(name, is_open=name != "Casa 1") for name in names))
    found = quote_of(book, WEEKEND)
    assert [house.house.name for house in found.houses] == ["Casa 1", "Casa 2", "Casa 10"]
    assert [house.house.name for house in found.available] == ["Casa 2", "Casa 10"]


def test_a_quote_speaks_of_its_houses_only() -> None:
    found = quote_of(pure_world(), WEEKEND, house=C1)
    assert found.of(C1).house.id == C1
    with pytest.raises(NotFound):
        found.of(C2)
    with pytest.raises(NotFound):
        quote_of(pure_world(), WEEKEND, house=known_id("nowhere"))


def test_without_an_exchange_rate_nothing_is_quoted_unless_one_was_frozen() -> None:
    book = make_book(make_house(), rate=None)
    with pytest.raises(ExchangeRateMissing):
        quote_of(book, WEEKEND)
    frozen = evaluate(
        book,
        QuoteRequest(WEEKEND),
        NONE_TAKEN,
        now=MONDAY,
        valid_for=timedelta(minutes=30),
        rate=Decimal("3.500"),
    )
    assert frozen.houses[0].totals.total.sol == Decimal("1260.00")


@pytest.mark.parametrize(("age", "stale"), [(3, False), (4, True)])
def test_an_old_exchange_rate_is_remarked_on(age: int, stale: bool) -> None:
    found = quote_of(pure_world(), WEEKEND, now=RATE_SINCE + timedelta(days=age))
    assert [one.code for one in found.warnings] == (["exchange_rate_stale"] if stale else [])


def test_a_quote_ends_after_its_time() -> None:
    found = quote_of(pure_world(), WEEKEND)
    assert (found.made_at, found.expires_at) == (MONDAY, MONDAY + timedelta(minutes=30))


def test_an_unknown_service_is_refused() -> None:
    for house in (C1, None):
        with pytest.raises(InvalidInput) as refused:
            quote_of(pure_world(), WEEKEND, house=house, services=(known_id("no such service"),))
        assert refused.value.code == "service_unknown"


def test_a_service_that_a_house_lacks_is_an_error_there_and_a_remark_among_all() -> None:
    sauna = make_service("Sauna", "20.00", houses=frozenset({C1}))
    book = make_book(make_house("Casa 1"), make_house("Casa 2"), services=(sauna,))

    with pytest.raises(InvalidInput) as refused:
        quote_of(book, WEEKEND, house=C2, services=(sauna.id,))
    assert refused.value.code == "service_not_offered"

    with_sauna, without = quote_of(book, WEEKEND, services=(sauna.id,)).houses
    assert with_sauna.totals.services.usd == Decimal("20.00")
    assert with_sauna.warnings == ()
    assert without.totals.services.usd == Decimal("0.00")
    assert [(one.code, one.figures) for one in without.warnings] == [
        ("service_not_offered", {"service": "Sauna"})
    ]


def test_every_line_names_the_rule_that_made_it() -> None:
    book = pure_world(cleaning=True)
    found = answer_of(book, stay("2026-12-30", "2027-01-02"), 3, services=(BREAKFAST, TRANSFER, BREAKFAST))
    lines = [(line.kind, line.label, line.rule, str(line.amount.usd)) for line in found.lines()]
    assert lines == [
        ("night", "weekday", "high season Verano, weekday", "160.00"),
        ("night", "Fin de Año", "special date Fin de Año", "450.00"),
        ("night", "weekend", "high season Verano, weekend", "240.00"),
        ("extra_guests", "2 extra × 3 × 10.00", "extra person per night", "60.00"),
        ("service", "Airport transfer", "chosen service", "30.00"),
        ("service", "Breakfast", "chosen service", "135.00"),
        ("service", "Final cleaning", "mandatory service", "25.00"),
    ]
    assert found.totals.total.usd == Decimal("1100.00")


def test_the_policy_that_is_shown_is_the_default_one_and_all_tiers_are_listed() -> None:
    found = answer_of(pure_world(), WEEKEND)
    assert found.policy is not None
    assert found.policy.days_before == 7
    assert [tier.days_before for tier in found.tiers] == [30, 15, 7]


@pytest.mark.parametrize(
    ("check_in", "check_out", "guests", "code"),
    [
        pytest.param("2026-04-06", "2026-04-07", 1, None, id="today"),
        pytest.param("2026-04-05", "2026-04-07", 1, "check_in_past", id="yesterday"),
        pytest.param("2026-04-06", "2027-04-06", 1, None, id="365 nights"),
        pytest.param("2026-04-06", "2027-04-07", 1, "stay_too_long", id="366 nights"),
        pytest.param("2028-04-06", "2028-04-07", 1, None, id="in 24 months"),
        pytest.param("2028-04-07", "2028-04-08", 1, "too_far_ahead", id="a day later"),
        pytest.param("2026-04-06", "2026-04-07", 0, "guests_invalid", id="nobody"),
        pytest.param("2026-04-06", "2026-04-07", -1, "guests_invalid", id="less than nobody"),
        pytest.param("2026-04-06", "2026-04-07", 10_000, None, id="a festival"),
        pytest.param("2026-04-06", "2026-04-07", 10_001, "guests_invalid", id="a town"),
    ],
)
def test_what_can_be_asked_for(check_in: str, check_out: str, guests: int, code: str | None) -> None:
    request = QuoteRequest(stay(check_in, check_out), guests)
    if code is None:
        check_request(request, TODAY, Limits())
        return
    with pytest.raises(InvalidInput) as refused:
        check_request(request, TODAY, Limits())
    assert refused.value.code == code


def test_the_past_may_be_priced_on_purpose() -> None:
    check_request(QuoteRequest(stay("2026-04-05", "2026-04-07")), TODAY, Limits(), allow_past=True)


@pytest.mark.parametrize("wishes", [{"min_sleep": 12}, {"features": frozenset()}], ids=str)
def test_a_house_that_has_what_is_asked_for_is_available(wishes: dict[str, Any]) -> None:
    assert answer_of(make_book(make_house()), WEEKEND, **wishes).is_available
