from __future__ import annotations

from decimal import Decimal

import pytest

from casaaustin.pricing.cancellation import default_tier, refund, tiers_of
from casaaustin.pricing.extras import charged_services, offered_services, service_line
from casaaustin.pricing.ratebook import Service
from tests.support.world import (
    BREAKFAST,
    C1,
    C2,
    CLEANING,
    POOL_HEATING,
    RATE,
    TIERS,
    TRANSFER,
    make_book,
    make_service,
    make_tier,
    pure_world,
)

OWN = make_tier(3, "80.00", houses=frozenset({C2}))


def test_a_house_with_tiers_of_its_own_has_no_others() -> None:
    tiers = (*TIERS, OWN)
    assert tiers_of(C2, tiers) == (OWN,)
    assert [tier.days_before for tier in tiers_of(C1, tiers)] == [30, 15, 7]


@pytest.mark.parametrize(
    ("days_before", "returned"),
    [(365, "100.00"), (30, "100.00"), (29, "50.00"), (7, "25.00"), (6, "0.00"), (0, "0.00")],
)
def test_the_tier_with_the_most_days_that_are_kept(days_before: int, returned: str) -> None:
    assert refund(Decimal("100.00"), days_before, TIERS).amount == Decimal(returned)


def test_nothing_is_returned_where_nothing_is_promised() -> None:
    nothing = refund(Decimal("100.00"), 365, ())
    assert (nothing.amount, nothing.tier) == (Decimal("0.00"), None)


def test_of_two_tiers_with_the_same_days_the_better_one_counts() -> None:
    better = make_tier(7, "40.00", name="better")
    assert refund(Decimal("100.00"), 7, (*TIERS, better)).tier == better


def test_the_default_tier_is_what_a_quote_shows() -> None:
    found = default_tier(tiers_of(C1, TIERS))
    assert found is not None
    assert found.days_before == 7
    assert default_tier((OWN,)) is None


@pytest.mark.parametrize(
    ("service", "usd", "sol"),
    [
        pytest.param(
            make_service("Breakfast", "15.00", is_per_night=True, is_per_person=True), "90.00", "335.25"
        ),
        pytest.param(make_service("Pool heating", "50.00", is_per_night=True), "100.00", "372.50"),
        pytest.param(make_service("Airport transfer", "30.00"), "30.00", "111.75"),
        pytest.param(make_service("Final cleaning", "25.00", is_mandatory=True), "25.00", "93.13"),
        pytest.param(make_service("Towels", "2.50", is_per_person=True), "7.50", "27.94"),
    ],
    ids=lambda one: one.name if isinstance(one, Service) else "",
)
def test_a_service_is_rounded_once_per_line(service: Service, usd: str, sol: str) -> None:
    line = service_line(service, nights=2, guests=3, rate=RATE)
    assert (line.total_usd, line.total_sol) == (Decimal(usd), Decimal(sol))


def test_mandatory_services_are_charged_and_chosen_ones_once() -> None:
    book = pure_world(cleaning=True)
    charged = charged_services(book, C1, [BREAKFAST, BREAKFAST, TRANSFER])
    assert {service.id for service in charged} == {BREAKFAST, TRANSFER, CLEANING}
    assert len(charged) == 3
    assert POOL_HEATING in {service.id for service in offered_services(book, C1)}


def test_a_service_of_one_house_is_not_offered_in_another() -> None:
    only_c1 = make_service("Sauna", "20.00", is_mandatory=True, houses=frozenset({C1}))
    book = make_book(services=(only_c1,))
    assert charged_services(book, C1, []) == (only_c1,)
    assert charged_services(book, C2, [only_c1.id]) == ()
