"""An invented business to try things on: four houses, their prices, guests, and a year of stays.

Every stay is booked by the library's own `reserve`, at the moment at which somebody
might have booked it: the clock is set back and runs forward through the year, and
ends at `NOW`. The same seed makes the same business, down to the ids, so that
examples and pictures stay true. Nobody and nothing in here exists.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import select

from casaaustin.actors import Actor
from casaaustin.audit.service import facts, record
from casaaustin.clients import service as clients
from casaaustin.clients.models import Client
from casaaustin.clock import FixedClock, lima_instant, parse_instant
from casaaustin.db.mixins import Row
from casaaustin.db.work import Database, Work
from casaaustin.demo import moves, promotions
from casaaustin.errors import InvalidInput, RuleRefused
from casaaustin.money import ZERO, percent_of
from casaaustin.pricing.models import (
    AdditionalService,
    CancellationPolicy,
    ExchangeRate,
    LateCheckoutConfig,
    PropertyPricing,
    SeasonPricing,
    SpecialDatePricing,
)
from casaaustin.properties.models import Property
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, ending
from casaaustin.reservations.booking import Order
from casaaustin.reservations.nights import take
from casaaustin.stays import ONE_DAY, Stay
from casaaustin.vocabulary import (
    CancelReason,
    Origin,
    ReductionType,
    ReservationStatus,
    SeasonType,
    ServiceType,
)

NOW = parse_instant("2026-04-06T10:00:00-05:00")  # a Monday, the week after Easter
SEED = 2026
FIRST_NIGHT, LAST_NIGHT = date(2025, 10, 1), date(2026, 9, 30)
OPENED = lima_instant(date(2025, 6, 1), time(9))
DEMO = Actor(name="demo")

# Between these days every stay is written down below, so that examples can rely on what is free.
_STAGE = Stay(date(2026, 4, 2), date(2026, 5, 4))

_HOUSES: tuple[dict[str, Any], ...] = (
    {
        "capacity_max": 12,
        "capacity_sleep": 10,
        "precio_extra_persona": Decimal("10.00"),
        "caracteristicas": ["wifi", "parrilla", "piscina"],
        "prices": ("110.00", "180.00", "160.00", "240.00"),
    },
    {
        "capacity_max": 18,
        "capacity_sleep": 15,
        "precio_extra_persona": Decimal("15.00"),
        "caracteristicas": ["wifi", "parrilla", "piscina", "jacuzzi"],
        "prices": ("120.00", "200.00", "170.00", "260.00"),
    },
    {
        "capacity_max": 40,
        "capacity_sleep": 32,
        "precio_extra_persona": Decimal("20.00"),
        "caracteristicas": ["wifi", "parrilla", "piscina", "jacuzzi", "billar", "cancha"],
        "on_temperature_pool_url": "https://pool.example/on",
        "prices": ("200.00", "320.00", "260.00", "420.00"),
    },
    {
        "capacity_max": 18,
        "capacity_sleep": 16,
        "precio_extra_persona": Decimal("15.00"),
        "caracteristicas": ["wifi", "parrilla", "piscina", "billar"],
        "prices": ("125.50", "205.75", "175.25", "265.90"),
    },
)

# Month, day, year (None: every year), label, price as a multiple of the house's dearest night, least nights.
_SPECIAL_DATES: tuple[tuple[int, int, int | None, str, Decimal, int], ...] = (
    (4, 3, 2026, "Viernes Santo", Decimal("1.25"), 3),
    (5, 1, None, "Día del Trabajo", Decimal("1.10"), 1),
    (7, 28, None, "Fiestas Patrias", Decimal("1.25"), 2),
    (12, 25, None, "Navidad", Decimal("1.50"), 2),
    (12, 31, None, "Fin de Año", Decimal("1.875"), 3),
)

_FIRST_NAMES = (
    "Ana Bruno Lucía Diego Carla Marco Elena Hugo Paola Renato Silvia Tomás Ximena Óscar Nadia "
    "Iván Rocío Fabián Gloria Andrés Julia Pedro Zoila Martín Teresa Víctor Olga Sergio Inés Raúl"
)
_LAST_NAMES = (
    "Aliaga Poma Ramos Paredes Núñez Huamán Vargas Chávez Flores Rojas "
    "Mamani Cárdenas Valdivia Soto Espinoza Ccori Benavides Tello Yupanqui Zegarra"
)
_CLIENTS = 60


class _Fate(StrEnum):
    """What became of a stay after it was booked."""

    STAYS = "stays"
    CANCELLED = "cancelled"
    PENDING = "pending"
    UNDER_REVIEW = "under review"
    HELD = "held"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class _Plan:
    """A stay that somebody will book at an instant; `client` counts from 0."""

    at: datetime
    house: int
    stay: Stay
    guests: int
    client: int
    fate: _Fate = _Fate.STAYS
    hold: timedelta | None = None
    late_checkout: bool = False
    seller: str = "rosa"
    remark: str | None = None
    code: str | None = None


# When something happens, its number in line, the plan, and the reservation if it is to be cancelled.
_Due = tuple[datetime, int, _Plan, Reservation | None]


@dataclass(frozen=True, slots=True)
class Demo:
    """What was built."""

    houses: int
    clients: int
    stays: int
    first_night: date
    last_night: date


def build(database: Database, clock: FixedClock, *, seed: int = SEED) -> Demo:
    """Fill an empty, migrated database with the demo business; one transaction.

    Args:
        database: asks `clock` for the time.
        clock: moved through the year while the stays are booked; stands at `NOW` afterwards.
        seed: another one makes another year outside the weeks that examples rely on.

    Raises:
        InvalidInput: there are houses in the database already.
    """

    def fill(work: Work) -> Demo:
        rng = random.Random(seed)  # noqa: S311 - an invented business, not a secret
        if work.session.exec(select(Property)).first() is not None:
            raise InvalidInput(
                "The demo business needs an empty database.", hint="Choose another database, or folder."
            )
        with reproducible_ids(rng):
            clock.set(OPENED)
            houses = _add_houses(work)
            _add_rate_book(work)
            guests = _add_clients(work, rng)
            promotions.add_codes(work, houses, guests)
            made = _live_through(work, clock, _plans(rng), houses, guests)
            promotions.add_the_rest(work, guests)
        clock.set(NOW)
        # Ids of their own, so that a stay or a code more leaves them as they are.
        with reproducible_ids(random.Random(f"moves {seed}")):  # noqa: S311 - not a secret
            moves.add_plans(work, guests)
        return Demo(len(houses), len(guests), made, FIRST_NIGHT, LAST_NIGHT)

    return database.write(fill, actor=DEMO)


@contextmanager
def reproducible_ids(rng: random.Random) -> Iterator[None]:
    """While it lasts, rows get ids from `rng`; that of a reservation begins with its house and day.

    `c20417…` is a stay in Casa Austin 2 from 17 April: examples can name it.
    """

    def choose(row: Any, _arguments: Any, values: dict[str, Any]) -> None:
        if "id" not in values:
            made = UUID(int=rng.getrandbits(128), version=4)
            values["id"] = _telling(made, values) if isinstance(row, Reservation) else made

    event.listen(Row, "init", choose, propagate=True)
    try:
        yield
    finally:
        event.remove(Row, "init", choose)


def _telling(made: UUID, values: dict[str, Any]) -> UUID:
    number = values["property_id"].int & 0xF
    return UUID(hex=f"c{number:x}{values['check_in_date']:%m%d%y}" + made.hex[8:])


def _add_houses(work: Work) -> list[UUID]:
    found = []
    for number, described in enumerate(_HOUSES, start=1):
        values = {name: value for name, value in described.items() if name != "prices"}
        house = Property(
            id=UUID(int=0xCA5A << 112 | 4 << 76 | 8 << 60 | number),
            name=f"Casa Austin {number}",
            slug=f"casa-austin-{number}",
            titulo=f"Casa Austin {number}, para {values['capacity_max']} personas",
            **values,
        )
        work.session.add(house)
        work.session.flush()
        _add_prices(work, house, described["prices"])
        record(work, "house.add", "house", house.id, after=facts(house))
        found.append(house.id)
    return found


def _add_prices(work: Work, house: Property, prices: tuple[str, str, str, str]) -> None:
    weekday_low, weekend_low, weekday_high, weekend_high = map(Decimal, prices)
    work.session.add(
        PropertyPricing(
            property_id=house.id,
            weekday_low_season_usd=weekday_low,
            weekend_low_season_usd=weekend_low,
            weekday_high_season_usd=weekday_high,
            weekend_high_season_usd=weekend_high,
        )
    )
    for month, day, year, label, factor, minimum in _SPECIAL_DATES:
        work.session.add(
            SpecialDatePricing(
                property_id=house.id,
                month=month,
                day=day,
                year=year,
                description=label,
                price_usd=percent_of(weekend_high, factor * 100),
                minimum_consecutive_nights=minimum,
            )
        )


def _add_rate_book(work: Work) -> None:
    add = work.session.add
    for name, (start_month, start_day), (end_month, end_day) in (
        ("Verano", (12, 15), (3, 15)),
        ("Fiestas Patrias", (7, 25), (7, 31)),
    ):
        add(
            SeasonPricing(
                name=name,
                season_type=SeasonType.HIGH,
                start_month=start_month,
                start_day=start_day,
                end_month=end_month,
                end_day=end_day,
            )
        )
    names = ("Lunes", "Martes", "Miércoles", "Jueves", "Viernes", "Sábado", "Domingo")
    for weekday, name in enumerate(names):
        add(
            LateCheckoutConfig(
                weekday=weekday,
                name=name,
                allows_late_checkout=weekday not in (4, 5),
                discount_type=ReductionType.PERCENTAGE,
                discount_value=Decimal("15.00") if weekday == 6 else Decimal("10.00"),
            )
        )
    for name, price, per_night, per_person, after in (
        ("Desayuno", "15.00", True, True, None),
        ("Piscina temperada", "50.00", True, False, "temperature_pool"),
        ("Traslado", "30.00", False, False, None),
    ):
        add(
            AdditionalService(
                name=name,
                price_usd=Decimal(price),
                service_type=ServiceType.OPTIONAL,
                is_per_night=per_night,
                is_per_person=per_person,
                post_action=after,
            )
        )
    for name, days, percentage in (("Flexible", 30, "100.00"), ("Media", 15, "50.00"), ("Corta", 7, "25.00")):
        add(
            CancellationPolicy(
                name=name,
                days_before_checkin=days,
                refund_percentage=Decimal(percentage),
                is_default=days == 7,
            )
        )
    add(ExchangeRate(usd_to_sol=Decimal("3.725"), created=lima_instant(date(2026, 4, 4), time(9))))
    work.session.flush()


def _add_clients(work: Work, rng: random.Random) -> list[UUID]:
    found: list[Client] = []
    first_names, last_names = _FIRST_NAMES.split(), _LAST_NAMES.split()
    for number in range(_CLIENTS):
        first = first_names[number % len(first_names)]
        last = last_names[(number * 7 + number // len(first_names)) % len(last_names)]
        if number < 2:
            last = ("Quispe", "Salas")[number]
        found.append(
            clients.add(
                work,
                pick=rng.choice,
                first_name=first,
                last_name=last,
                number_doc=f"{111 + number:08}",
                tel_number=f"+51999000{111 + number}",
                email=f"guest{number + 1}@example.org",
            )
        )
    return [client.id for client in found]


def _plans(rng: random.Random) -> list[_Plan]:
    """Every booking of the year, in the order in which it is made."""
    planned = list(_written_down())
    for house, described in enumerate(_HOUSES):
        for free in (Stay(FIRST_NIGHT, _STAGE.check_in), Stay(_STAGE.check_out, LAST_NIGHT)):
            planned.extend(_drawn(rng, house, described["capacity_max"], free))
    return sorted(planned, key=lambda plan: (plan.at, plan.house, plan.stay))


def _drawn(rng: random.Random, house: int, capacity: int, free: Stay) -> Iterator[_Plan]:
    """Stays of one house that fill a good half of a span: weekends mostly, some weeks, some work."""
    day = free.check_in + timedelta(days=rng.randrange(4))
    while day < free.check_out:
        to_friday = (4 - day.weekday()) % 7
        if to_friday and rng.random() < 0.55:
            day += timedelta(days=to_friday)
        nights = rng.choice((2, 2, 2, 3, 3, 4, 5, 7) if day.weekday() in (3, 4) else (1, 2, 2, 3, 4))
        stay = Stay(day, day + timedelta(days=nights))
        if stay.check_out > free.check_out:
            return
        yield _drawn_plan(rng, house, capacity, stay)
        day = stay.check_out + timedelta(days=rng.choice((0, 0, 1, 1, 2, 3)))


def _drawn_plan(rng: random.Random, house: int, capacity: int, stay: Stay) -> _Plan:
    arrival = lima_instant(stay.check_in, time(15))
    booked = arrival - timedelta(days=rng.randrange(3, 75), minutes=rng.randrange(360))
    fate = rng.choices((_Fate.STAYS, _Fate.CANCELLED, _Fate.BLOCK), weights=(86, 11, 3))[0]
    latest = NOW - timedelta(days=1)
    return _Plan(
        at=min(booked, latest - timedelta(minutes=rng.randrange(60 * 24 * 60))),
        house=house,
        stay=stay if fate is not _Fate.BLOCK else Stay(stay.check_in, stay.check_in + ONE_DAY),
        guests=rng.randint(2, capacity),
        client=rng.randrange(_CLIENTS),
        fate=fate,
        late_checkout=rng.random() < 0.08,
        seller=rng.choice(("rosa", "julio")),
    )


def _written_down() -> Iterator[_Plan]:
    """April 2026, by hand: turnovers, a late checkout, holds, vouchers, a block, and nights left free."""

    def plan(
        house: int,
        first: tuple[int, int],
        nights: int,
        guests: int,
        client: int,
        *,
        days_ago: int = 20,
        **more: Any,
    ) -> _Plan:
        check_in = date(2026, *first)
        return _Plan(
            at=NOW - timedelta(days=days_ago + max(0, (NOW.date() - check_in).days), hours=house),
            house=house - 1,
            stay=Stay(check_in, check_in + timedelta(days=nights)),
            guests=guests,
            client=client,
            **more,
        )

    a_day, an_hour = timedelta(hours=24), timedelta(hours=1)
    yield plan(1, (4, 2), 4, 9, 2)
    yield plan(1, (4, 6), 3, 4, 3)
    yield plan(1, (4, 10), 2, 10, 4, late_checkout=True)
    yield plan(1, (4, 14), 2, 8, 5, fate=_Fate.PENDING, hold=a_day)
    yield plan(1, (4, 24), 2, 8, 24, code="SOLES100")
    yield plan(1, (4, 28), 3, 6, 6)
    yield plan(2, (4, 3), 4, 12, 7)
    yield plan(2, (4, 10), 2, 14, 8)
    yield plan(2, (4, 13), 3, 1, 0, fate=_Fate.BLOCK)
    yield plan(2, (4, 17), 2, 8, 1, remark="Llegan después de las 18:00")
    yield plan(2, (4, 20), 2, 2, 9, days_ago=1, fate=_Fate.HELD, hold=an_hour)
    yield plan(2, (4, 24), 3, 16, 10)
    yield plan(2, (5, 1), 2, 12, 11)
    yield plan(3, (4, 2), 3, 30, 12)
    yield plan(3, (4, 9), 3, 35, 13)
    yield plan(3, (4, 14), 2, 20, 14, fate=_Fate.UNDER_REVIEW, hold=a_day)
    yield plan(3, (4, 24), 2, 28, 15, code="FINDE15")
    yield plan(3, (4, 30), 3, 38, 16, code="AMIGOS10")
    yield plan(4, (4, 2), 3, 10, 17)
    yield plan(4, (4, 5), 3, 6, 18, code="VERANO12")
    yield plan(4, (4, 11), 2, 15, 19)
    yield plan(4, (4, 14), 2, 8, 21, days_ago=0, fate=_Fate.HELD, hold=timedelta(hours=29), code="UNICO50")
    yield plan(4, (4, 18), 4, 12, 20)
    yield plan(4, (4, 25), 2, 16, 22, fate=_Fate.CANCELLED)
    yield plan(4, (5, 1), 3, 18, 23)


def _live_through(
    work: Work, clock: FixedClock, plans: list[_Plan], houses: list[UUID], guests: list[UUID]
) -> int:
    """Carry out every plan at its time, cancellations in between; the number of stays that were made."""
    number = count()
    due: list[_Due] = [(plan.at, next(number), plan, None) for plan in plans]
    heapify(due)
    made = 0
    while due:
        at, _, plan, booked = heappop(due)
        clock.set(at)
        if booked is not None:
            _cancel(work, booked)
            continue
        try:
            booked = _book(work, plan, houses, guests)
        except RuleRefused:
            # What a guest asks for at random may be taken, or too short beside a feast: they go elsewhere.
            continue
        made += 1
        if plan.fate is _Fate.CANCELLED:
            half_way = at + (min(lima_instant(plan.stay.check_in), NOW) - at) / 2
            heappush(due, (half_way, next(number), plan, booked))
    return made


def _book(work: Work, plan: _Plan, houses: list[UUID], guests: list[UUID]) -> Reservation:
    is_block = plan.fate is _Fate.BLOCK
    order = Order(
        house=houses[plan.house],
        stay=plan.stay,
        guests=1 if is_block else plan.guests,
        client=None if is_block else guests[plan.client],
        origin=Origin.MAINTENANCE if is_block else Origin.STAFF,
        hold=plan.hold,
        late_checkout=plan.late_checkout and not is_block,
        seller=plan.seller,
        comments="Pintura" if is_block else plan.remark,
        code=plan.code,
    )
    try:
        booked = booking.reserve(work, order)
    except RuleRefused:
        if not order.late_checkout:
            raise
        booked = booking.reserve(work, replace(order, late_checkout=False))
    match plan.fate:
        case _Fate.STAYS | _Fate.CANCELLED:
            _pay(work, booked, in_full=plan.stay.check_in < NOW.date())
        case _Fate.PENDING:
            _show_voucher(work, booked, ReservationStatus.PENDING)
        case _Fate.UNDER_REVIEW:
            _show_voucher(work, booked, ReservationStatus.UNDER_REVIEW)
        case _Fate.HELD | _Fate.BLOCK:
            pass
    return booked


def _pay(work: Work, booked: Reservation, *, in_full: bool) -> None:
    """Everything, or half in advance, in soles."""
    before = facts(booked)
    booked.full_payment = in_full
    booked.advance_payment = ZERO if in_full else percent_of(booked.price_sol, Decimal(50))
    record(work, "reservation.pay", "reservation", booked.id, before=before, after=facts(booked))


def _show_voucher(work: Work, booked: Reservation, status: ReservationStatus) -> None:
    """A transfer slip came in and waits for somebody to look at it; the nights are firm meanwhile."""
    before = facts(booked)
    booked.status = status
    booked.payment_voucher_uploaded = True
    booked.payment_voucher_deadline = None
    work.session.flush()
    take(work, booked)
    record(work, "reservation.voucher", "reservation", booked.id, before=before, after=facts(booked))


def _cancel(work: Work, booked: Reservation) -> None:
    ending.cancel(work, booked, reason="El huésped no puede viajar", why=CancelReason.CLIENT_REQUEST)
