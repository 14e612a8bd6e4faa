"""The worked examples of docs/rules/pricing.md, 6, under their numbers.

Each runs on plain values and on the same values stored in every database.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from casaaustin.availability.occupancy import holding, occupied_stay
from casaaustin.pricing.cancellation import refund, tiers_of
from casaaustin.pricing.late_checkout import is_allowed_on, late_checkout_price
from casaaustin.pricing.ratebook import LateCheckoutRule, RateBook
from casaaustin.quoting.evaluate import Totals
from casaaustin.vocabulary import (
    NightSource,
    Origin,
    ReductionType,
    ReservationStatus,
    UnavailableReason,
)
from tests.support.world import (
    BREAKFAST,
    C1,
    C2,
    C3,
    C4,
    C5,
    MONDAY,
    POOL_HEATING,
    RATE,
    SUNDAY,
    TRANSFER,
    answer_of,
    quote_of,
    stay,
    taken,
)

World = Callable[..., RateBook]


@dataclass(frozen=True)
class Priced:
    """One stay and what it costs; `soles` are base, extra and subtotal."""

    house: UUID
    check_in: str
    check_out: str
    guests: int
    nights: str
    extra: str
    subtotal: str
    soles: tuple[str, str, str] | None = None
    choices: tuple[tuple[str, Any], ...] = ()


PRICED = {
    "W01": Priced(
        C1, "2026-04-13", "2026-04-15", 1, "110 110", "0.00", "220.00", ("819.50", "0.00", "819.50")
    ),
    "W02": Priced(
        C1, "2026-04-17", "2026-04-19", 4, "180 180", "60.00", "420.00", ("1341.00", "223.50", "1564.50")
    ),
    "W03": Priced(C1, "2026-04-16", "2026-04-20", 2, "110 180 180 110", "40.00", "620.00"),
    "W04": Priced(C1, "2027-03-13", "2027-03-17", 1, "240 160 160 110", "0.00", "670.00"),
    "W05": Priced(C2, "2026-12-30", "2027-01-02", 1, "170 170 260", "0.00", "600.00"),
    "W06": Priced(C1, "2026-12-30", "2027-01-02", 6, "160 450 240", "150.00", "1000.00"),
    "W07": Priced(C1, "2026-05-01", "2026-05-03", 2, "260 180", "20.00", "460.00"),
    "W08a": Priced(
        C1, "2028-02-28", "2028-03-01", 1, "160 190", "0.00", "350.00", choices=(("leap_day", True),)
    ),
    "W08b": Priced(C1, "2027-02-28", "2027-03-01", 1, "160", "0.00", "160.00", choices=(("leap_day", True),)),
    "W09": Priced(C5, "2027-03-14", "2027-03-17", 3, "142.88 142.88 95.25", "72.00", "453.01"),
    "W10": Priced(
        C4,
        "2026-07-27",
        "2026-07-30",
        5,
        "175.25 300.00 175.25",
        "180.00",
        "830.50",
        ("2423.11", "670.50", "3093.61"),
    ),
}


@pytest.mark.parametrize("case", [pytest.param(case, id=number) for number, case in PRICED.items()])
def test_nights_seasons_special_dates_and_extra_guests(world: World, case: Priced) -> None:
    book = world(**dict(case.choices))

    found = answer_of(book, stay(case.check_in, case.check_out), case.guests, house=case.house)

    assert found.price is not None
    nights = [Decimal(price) for price in case.nights.split()]
    assert [night.base_usd for night in found.price.nights] == nights
    totals = found.totals
    assert totals.base.usd == sum(nights)
    assert totals.extra.usd == Decimal(case.extra)
    assert totals.subtotal.usd == totals.total.usd == Decimal(case.subtotal)
    assert found.is_available
    if case.soles is not None:
        soles = (totals.base.sol, totals.extra.sol, totals.subtotal.sol)
        assert soles == tuple(map(Decimal, case.soles))


def test_every_line_of_an_emergency_price_says_so(world: World) -> None:
    found = answer_of(world(), stay("2027-03-14", "2027-03-17"), 3, house=C5)
    assert found.price is not None
    assert {night.source for night in found.price.nights} == {NightSource.FALLBACK}


def test_services_stand_beside_the_stay(world: World) -> None:
    """The example of 2.10.2."""
    chosen = (BREAKFAST, POOL_HEATING, TRANSFER)

    found = answer_of(world(cleaning=True), stay("2026-04-17", "2026-04-19"), 3, services=chosen)

    assert {line.service.name: (str(line.total_usd), str(line.total_sol)) for line in found.services} == {
        "Breakfast": ("90.00", "335.25"),
        "Pool heating": ("100.00", "372.50"),
        "Airport transfer": ("30.00", "111.75"),
        "Final cleaning": ("25.00", "93.13"),
    }
    totals = found.totals
    assert (totals.subtotal.usd, totals.services.usd, totals.total.usd) == tuple(
        map(Decimal, ("400.00", "245.00", "645.00"))
    )
    assert (totals.subtotal.sol, totals.services.sol, totals.total.sol) == tuple(
        map(Decimal, ("1490.00", "912.63", "2402.63"))
    )


def fixed(value: str) -> LateCheckoutRule:
    return LateCheckoutRule(SUNDAY, True, ReductionType.FIXED, Decimal(value))


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        pytest.param({}, "140.00 21.00 119.00 521.50 78.22 443.28", id="W37"),
        pytest.param({"sunday": fixed("200.00")}, "140.00 140.00 0.00 521.50 521.50 0.00", id="W39"),
    ],
)
def test_late_checkout_on_a_sunday(world: World, choices: dict[str, Any], expected: str) -> None:
    book = world(**choices)
    departure = date(2026, 4, 19)
    assert is_allowed_on(book, departure)

    price = late_checkout_price(book, book.by_id[C1], departure, 4, RATE)

    assert price is not None
    found = (
        price.full_usd,
        price.reduction_usd,
        price.price_usd,
        price.full_sol,
        price.reduction_sol,
        price.price_sol,
    )
    assert found == tuple(map(Decimal, expected.split()))


def test_late_checkout_is_not_sold_on_a_friday(world: World) -> None:
    assert not is_allowed_on(world(), date(2026, 4, 17)), "W38a"


def test_late_checkout_needs_the_night_of_the_departure(world: World) -> None:
    departure = stay("2026-04-19", "2026-04-20")
    next_guest = (C1, stay("2026-04-19", "2026-04-21"))
    assert is_allowed_on(world(), departure.check_in)
    assert not taken(departure, next_guest).is_free(C1, departure), "W38b"


def test_late_checkout_on_a_weekday_without_a_rule_has_no_reduction(world: World) -> None:
    book = world()
    departure = date(2026, 4, 20)
    assert is_allowed_on(book, departure), "W38c"
    price = late_checkout_price(book, book.by_id[C1], departure, 1, RATE)
    assert price is not None
    assert (price.reduction_usd, price.price_usd) == (Decimal("0.00"), Decimal("110.00"))


@pytest.mark.parametrize(
    ("days_before", "returned"),
    [
        pytest.param(40, "1408.05", id="W42a"),
        pytest.param(15, "704.03", id="W42b"),
        pytest.param(9, "352.01", id="W42c"),
        pytest.param(3, "0.00", id="W42d"),
    ],
)
def test_refund_tiers(world: World, days_before: int, returned: str) -> None:
    scope = tiers_of(C1, world().cancellation)
    assert refund(Decimal("1408.05"), days_before, scope).amount == Decimal(returned)


@pytest.mark.parametrize(
    ("check_in", "check_out", "spoiled"),
    [
        pytest.param("2026-12-29", "2026-12-31", "2026-12-31", id="W43a"),
        pytest.param("2026-12-28", "2026-12-31", "2026-12-31", id="W43b"),
        pytest.param("2026-12-30", "2027-01-02", None, id="W43c"),
        pytest.param("2026-12-31", "2027-01-03", None, id="W43d"),
        pytest.param("2027-01-01", "2027-01-03", "2026-12-31", id="W43e"),
        pytest.param("2027-01-03", "2027-01-05", None, id="W43f"),
        pytest.param("2026-12-26", "2026-12-29", "2026-12-25", id="W43g"),
    ],
)
def test_protected_nights_around_a_special_date(
    world: World, check_in: str, check_out: str, spoiled: str | None
) -> None:
    asked = stay(check_in, check_out)

    found = answer_of(world(), asked)

    if spoiled is None:
        assert found.is_available
    else:
        (reason,) = found.reasons
        assert reason.code is UnavailableReason.MIN_NIGHTS
        assert reason.figures["date"] == date.fromisoformat(spoiled)
        assert reason.figures["nights"] == asked.night_count
        assert found.price is not None


def test_nothing_is_left_to_protect_once_the_special_night_is_sold(world: World) -> None:
    asked = stay("2026-12-29", "2026-12-31")
    sold = (C1, stay("2026-12-31", "2027-01-01"))
    assert answer_of(world(), asked, occupancy=taken(asked, sold)).is_available, "W44"


@pytest.mark.parametrize(
    ("check_in", "check_out", "late_checkout", "is_free"),
    [
        pytest.param("2026-04-12", "2026-04-14", False, True, id="W45a"),
        pytest.param("2026-04-08", "2026-04-10", False, True, id="W45b"),
        pytest.param("2026-04-11", "2026-04-12", False, False, id="W45c"),
        pytest.param("2026-04-09", "2026-04-13", False, False, id="W45d"),
        pytest.param("2026-04-12", "2026-04-14", True, False, id="W45e"),
    ],
)
def test_stays_are_half_open(
    world: World, check_in: str, check_out: str, late_checkout: bool, is_free: bool
) -> None:
    asked = stay(check_in, check_out)
    sold = occupied_stay(stay("2026-04-10", "2026-04-12"), late_checkout=late_checkout)

    found = answer_of(world(), asked, occupancy=taken(asked, (C1, sold)))

    expected = [] if is_free else [UnavailableReason.OCCUPIED]
    assert [reason.code for reason in found.reasons] == expected


@pytest.mark.parametrize(
    ("status", "origin", "deadline", "voucher", "is_free"),
    [
        pytest.param(ReservationStatus.UNDER_REVIEW, Origin.CLIENT, None, True, False, id="W46a"),
        pytest.param(ReservationStatus.INCOMPLETE, Origin.CLIENT, "10:00", False, True, id="W46b"),
        pytest.param(ReservationStatus.INCOMPLETE, Origin.CLIENT, "10:30", False, False, id="W46c"),
        pytest.param(ReservationStatus.CANCELLED, Origin.CLIENT, None, True, True, id="W46d"),
        pytest.param(ReservationStatus.PENDING, Origin.CLIENT, "10:00", True, False, id="W46e"),
        pytest.param(ReservationStatus.APPROVED, Origin.MAINTENANCE, None, False, False, id="W46f"),
    ],
)
def test_what_blocks_a_night(
    world: World,
    status: ReservationStatus,
    origin: Origin,
    deadline: str | None,
    voucher: bool,
    is_free: bool,
) -> None:
    until = None if deadline is None else datetime.fromisoformat(f"2026-04-06T{deadline}:00-05:00")
    held = holding(status=status, origin=origin, deadline=until, voucher_uploaded=voucher, deleted=False)
    asked = stay("2026-04-10", "2026-04-12")
    nights = [(C1, asked)] if held is not None and held.is_live(MONDAY) else []

    found = answer_of(world(), asked, occupancy=taken(asked, *nights))

    assert found.is_available is is_free


def test_capacity_is_a_reason_beside_a_price(world: World) -> None:
    """W47: every house is priced, two are too small."""
    found = quote_of(world(), stay("2026-04-17", "2026-04-19"), 15)

    def subtotal(totals: Totals) -> str:
        return str(totals.subtotal.usd)

    assert {house.house.id: subtotal(house.totals) for house in found.houses} == {
        C1: "640.00",
        C2: "820.00",
        C3: "1200.00",
        C4: "831.50",
        C5: "526.50",
    }
    too_small = {
        house.house.id: [one.code for one in house.reasons] for house in found.houses if house.reasons
    }
    assert too_small == {C1: [UnavailableReason.CAPACITY], C5: [UnavailableReason.CAPACITY]}
    assert sum(house.is_available for house in found.houses) == 3
