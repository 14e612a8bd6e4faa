"""Businesses of any size, written in bulk: benchmarks measure reading and selling, not building."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from casaaustin.clock import FixedClock
from casaaustin.db.engine import open_engines
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database
from casaaustin.settings import Settings
from casaaustin.tables import (
    Client,
    ExchangeRate,
    LateCheckoutConfig,
    Property,
    PropertyPricing,
    Reservation,
    ReservationNight,
    SeasonPricing,
    SpecialDatePricing,
)
from casaaustin.vocabulary import DocumentType, Origin, ReductionType, ReservationStatus, SeasonType

NOW = datetime(2026, 4, 6, 15, tzinfo=UTC)
FIRST = date(2026, 4, 10)
BATCH = 20_000
RATE = Decimal("3.725")


def open_world(url: str) -> Database:
    """The database, on Monday 6 April 2026."""
    facts: dict[str, Any] = {
        "_env_file": None,
        "env": "test",
        "secret_key": "a key for benchmarks, 32 bytes or longer",
        "database_url": url,
        "max_months_ahead": 120,
    }
    return Database(open_engines(url), settings=Settings(**facts), clock=FixedClock(NOW))


def sell_houses(url: str, *, houses: int, stays_a_house: int) -> None:
    """Fill an empty, migrated database: houses with prices, and stays of 1 to 5 nights with gaps of 0 to 1.

    Args:
        url: the database.
        houses: how many.
        stays_a_house: one after the other from 10 April 2026; 100 of them fill about a year.
    """
    chance = random.Random(houses * 1000 + stays_a_house)
    engines = open_engines(url)
    stamps = {"created": NOW, "updated": NOW, "deleted": False}
    with engines.writing.begin() as connection:

        def store(model: Any, rows: Iterator[dict[str, Any]]) -> None:
            while batch := list(islice(rows, BATCH)):
                connection.execute(insert(table_of(model)), batch)

        store(Property, ({**stamps, **house_facts(number)} for number in range(1, houses + 1)))
        store(PropertyPricing, ({**stamps, **_prices(number)} for number in range(1, houses + 1)))
        store(SpecialDatePricing, ({**stamps, **_special(number)} for number in range(1, houses + 1)))
        store(SeasonPricing, iter([{**stamps, **_season()}]))
        store(ExchangeRate, iter([{**stamps, **_rate()}]))
        store(LateCheckoutConfig, iter([{**stamps, **_late()}]))
        store(Client, iter([{**stamps, **client_facts()}]))
        stays = list(_stays(chance, houses, stays_a_house))
        store(Reservation, ({**stamps, **reservation_facts(*stay)} for stay in stays))
        store(ReservationNight, (night for stay in stays for night in _nights(*stay)))
    engines.dispose()


def house_id(number: int) -> UUID:
    return UUID(int=number)


def house_facts(number: int) -> dict[str, Any]:
    return {
        "id": house_id(number),
        "name": f"House {number}",
        "slug": f"house-{number}",
        "capacity_max": 8 + number % 20,
        "caracteristicas": ["pool"] if number % 2 else ["grill"],
        "detalle_dormitorios": {},
        "precio_extra_persona": Decimal("10.00"),
        "precio_desde": None,
        "background_color": "#fff",
        "is_open": True,
    }


def _prices(number: int) -> dict[str, Any]:
    base = Decimal(100 + number % 50)
    return {
        "id": house_id(number),
        "property_id": house_id(number),
        "weekday_low_season_usd": base,
        "weekend_low_season_usd": base + 70,
        "weekday_high_season_usd": base + 50,
        "weekend_high_season_usd": base + 130,
    }


def _special(number: int) -> dict[str, Any]:
    return {
        "id": house_id(number),
        "property_id": house_id(number),
        "month": 12,
        "day": 31,
        "year": None,
        "description": "Fin de Año",
        "price_usd": Decimal("450.00"),
        "minimum_consecutive_nights": 3,
        "is_active": True,
        "live_key": f"{house_id(number).hex}:12-31:every year",
    }


def _season() -> dict[str, Any]:
    return {
        "id": UUID(int=1),
        "name": "Verano",
        "season_type": SeasonType.HIGH,
        "start_month": 12,
        "start_day": 15,
        "end_month": 3,
        "end_day": 15,
        "is_active": True,
    }


def _rate() -> dict[str, Any]:
    return {"id": UUID(int=1), "usd_to_sol": RATE, "is_active": True, "live_key": "active"}


def _late() -> dict[str, Any]:
    return {
        "id": UUID(int=1),
        "weekday": 6,
        "name": "Sunday",
        "allows_late_checkout": True,
        "discount_type": ReductionType.PERCENTAGE,
        "discount_value": Decimal("15.00"),
        "is_active": True,
        "live_key": "6",
    }


def client_facts() -> dict[str, Any]:
    return {
        "id": UUID(int=1),
        "first_name": "Ana",
        "last_name": "Quispe",
        "search_name": "ana quispe",
        "document_type": DocumentType.DNI,
        "number_doc": "00000001",
        "live_key": "dni:00000001",
        "notes": "",
    }


def _stays(chance: random.Random, houses: int, count: int) -> Iterator[tuple[int, int, date, date]]:
    number = 0
    for house in range(1, houses + 1):
        night = FIRST + timedelta(days=chance.randrange(5))
        for _ in range(count):
            number += 1
            leaves = night + timedelta(days=chance.randint(1, 5))
            yield number, house, night, leaves
            night = leaves + timedelta(days=chance.randint(0, 1))


def reservation_facts(number: int, house: int, check_in: date, check_out: date) -> dict[str, Any]:
    return {
        "id": UUID(int=number),
        "client_id": UUID(int=1),
        "property_id": house_id(house),
        "check_in_date": check_in,
        "check_out_date": check_out,
        "guests": 2,
        "status": ReservationStatus.APPROVED,
        "origin": Origin.STAFF,
        "price_usd": Decimal("100.00"),
        "price_sol": Decimal("372.50"),
        "exchange_rate": RATE,
        "computed_price_usd": Decimal("100.00"),
        "advance_payment": Decimal("0.00"),
        "advance_payment_currency": "sol",
        "full_payment": False,
        "late_checkout": False,
        "price_latecheckout": Decimal("0.00"),
        "temperature_pool": False,
        "price_temperature_pool": Decimal("0.00"),
        "payment_voucher_uploaded": False,
        "booked_on": NOW.date(),
        "house_locked": False,
        "required_features": [],
        "moved_count": 0,
        "calendar_conflict": False,
        "version": 1,
    }


def _nights(number: int, house: int, check_in: date, check_out: date) -> Iterator[dict[str, Any]]:
    for offset in range((check_out - check_in).days):
        yield {
            "property_id": house_id(house),
            "night": check_in + timedelta(days=offset),
            "reservation_id": UUID(int=number),
            "held_until": None,
        }
