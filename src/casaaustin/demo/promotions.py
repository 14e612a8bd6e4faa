"""The discounts of the demo business: codes, rules, levels and who holds them, and the welcome promotion.

Codes exist from the first day, so that stays are sold with them. The rest begins
in the week of the demo: the year before was sold without it. Rules are limited
to some weekdays, guests or months, so that most examples show plain prices.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import func, select

from casaaustin.clients import service as clients
from casaaustin.db.mixins import Row
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import (
    AutomaticDiscount,
    AutomaticDiscountAchievement,
    DiscountCode,
    DiscountCodeProperty,
    DynamicDiscountConfig,
    ReferralDiscountByLevel,
    WelcomeDiscountConfig,
)
from casaaustin.levels.models import Achievement, ClientAchievement
from casaaustin.register.models import Reservation
from casaaustin.vocabulary import Benefit, DayScope, HoldingSource, ReservationStatus, Trigger

_IDS = UUID("ca5a0000-0000-5000-8000-d15c00000000")
_OPENED, _LAST_DAY = date(2025, 6, 1), date(2026, 12, 31)
_RULES_BEGAN = date(2026, 4, 1)

# The house that a code is for counts from 0; so does the guest that one is bound to.
_CODES: tuple[dict[str, Any], ...] = (
    {
        "code": "AMIGOS10",
        "description": "10% para amigos de la casa",
        "discount_type": Benefit.PERCENTAGE,
        "discount_value": Decimal("10.00"),
        "max_discount_usd": Decimal("40.00"),
    },
    {
        "code": "SOLES100",
        "description": "S/ 100 menos",
        "discount_type": Benefit.FIXED_SOL,
        "discount_value": Decimal("100.00"),
        "min_amount_usd": Decimal("300.00"),
    },
    {
        "code": "FINDE15",
        "description": "15% en fin de semana",
        "discount_type": Benefit.PERCENTAGE,
        "discount_value": Decimal("15.00"),
        "max_discount_usd": Decimal("120.00"),
        "restrict_weekends": True,
    },
    {
        "code": "TRES20",
        "description": "20% en Casa Austin 3",
        "discount_type": Benefit.PERCENTAGE,
        "discount_value": Decimal("20.00"),
        "house": 2,
    },
    {
        "code": "ANA20",
        "description": "20% del precio base, para Ana",
        "discount_type": Benefit.PERCENTAGE,
        "discount_value": Decimal("20.00"),
        "apply_only_to_base_price": True,
        "per_client_limit": 1,
        "guest": 0,
    },
    {
        "code": "VERANO12",
        "description": "12% por reservar en verano",
        "discount_type": Benefit.PERCENTAGE,
        "discount_value": Decimal("12.00"),
        "start_date": date(2025, 12, 15),
        "end_date": date(2026, 3, 31),
    },
    {
        "code": "UNICO50",
        "description": "US$ 50 menos, una sola vez",
        "discount_type": Benefit.FIXED_USD,
        "discount_value": Decimal("50.00"),
        "usage_limit": 1,
    },
    {
        "code": "ENERO5",
        "description": "5% en enero, quitado por error",
        "discount_type": Benefit.PERCENTAGE,
        "discount_value": Decimal("5.00"),
        "deleted": True,
    },
)


@dataclass(frozen=True, slots=True)
class _Level:
    """A level: what it takes, and what it gives to those whom a guest of it brings."""

    name: str
    icon: str
    reservations: int
    referrals: int
    theirs: int
    gives: Decimal | None


_LEVELS = (
    _Level("Recién llegado", "☘", 0, 0, 0, None),
    _Level("De la casa", "⌂", 1, 0, 0, Decimal("5.00")),
    _Level("Viajero", "✦", 3, 0, 0, Decimal("8.00")),
    _Level("Anfitrión", "★", 3, 1, 1, Decimal("10.00")),
    _Level("Leyenda", "♛", 10, 3, 5, Decimal("15.00")),
)
# Given by hand: Andrés is a legend, Marco brought guests in the old days, Ana is a friend of the house.
_BY_HAND = {"Leyenda": 19, "Anfitrión": 5, "Viajero": 0}

_RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "Cumpleaños",
        "description": "En el mes de tu cumpleaños",
        "trigger": Trigger.BIRTHDAY,
        "discount_percentage": Decimal("10.00"),
        "max_discount_usd": Decimal("50.00"),
    },
    {
        "name": "Vuelve entre semana",
        "description": "Para quien ya se hospedó",
        "trigger": Trigger.RETURNING,
        "discount_percentage": Decimal("8.00"),
        "specific_weekdays": "1,2",
    },
    {
        "name": "Último minuto",
        "description": "Para hoy o mañana, de domingo a jueves",
        "trigger": Trigger.LAST_MINUTE,
        "discount_percentage": Decimal("20.00"),
        "max_discount_usd": Decimal("60.00"),
        "restrict_weekdays": True,
        "day_scope": DayScope.ALL_NIGHTS,
    },
    {
        "name": "Jueves y domingo",
        "description": "Llegadas de mayo y junio",
        "trigger": Trigger.GLOBAL_PROMOTION,
        "discount_percentage": Decimal("15.00"),
        "specific_weekdays": "3,6",
        "start_date": date(2026, 5, 1),
        "end_date": date(2026, 6, 30),
        "apply_only_to_base_price": True,
    },
    {
        "name": "Club Leyenda",
        "description": "Para nuestros huéspedes de siempre",
        "trigger": Trigger.LOYALTY,
        "discount_percentage": Decimal("12.00"),
        "levels": ("Anfitrión", "Leyenda"),
    },
    {
        "name": "Fiestas Patrias con tiempo",
        "description": "Todavía no empieza",
        "trigger": Trigger.GLOBAL_PROMOTION,
        "discount_percentage": Decimal("10.00"),
        "is_active": False,
    },
)
# Guests count from 0: Carla and Teresa have told their birthday; Marco and Ana brought the other two, who
# have not stayed yet.
_BIRTHDAYS = {4: date(1990, 4, 22), 24: date(1985, 5, 9)}
_BROUGHT_BY = {26: 5, 53: 0}

_reservation = table_of(Reservation)


def add_codes(work: Work, houses: Sequence[UUID], guests: Sequence[UUID]) -> None:
    """Add the codes; nobody has used one yet."""
    links = []
    for described in _CODES:
        values = dict(described)
        house, guest = values.pop("house", None), values.pop("guest", None)
        row = DiscountCode(
            id=_id("code", values["code"]),
            client_id=guests[guest] if guest is not None else None,
            **{"start_date": _OPENED, "end_date": _LAST_DAY, **values},
        )
        work.session.add(row)
        if house is not None:
            links.append(
                DiscountCodeProperty(
                    id=_id("code house", row.code), discount_code_id=row.id, property_id=houses[house]
                )
            )
    work.session.flush()
    work.session.add_all(links)
    work.session.flush()


def add_the_rest(work: Work, guests: Sequence[UUID]) -> None:
    """Add what begins in the week of the demo: levels and who holds them, rules, a generator, promotions."""
    for guest, birth_date in _BIRTHDAYS.items():
        clients.edit(work, str(guests[guest]), birth_date=birth_date)
    for guest, by in _BROUGHT_BY.items():
        clients.edit(work, str(guests[guest]), referred_by=str(guests[by]))
    levels = _add_levels(work)
    _give_levels(work, levels, guests)
    _add_rules(work, levels)
    work.session.add_all(
        [
            DynamicDiscountConfig(
                id=_id("generator", "aniversario"),
                name="aniversario",
                display_name="Aniversario de la casa",
                prefix="ANIV",
                discount_percentage=Decimal("15.00"),
                validity_days=30,
                max_discount_usd=Decimal("80.00"),
            ),
            WelcomeDiscountConfig(
                id=_id("welcome", "abril"),
                name="Bienvenida de abril",
                discount_percentage=Decimal("10.00"),
                min_amount_usd=Decimal("100.00"),
                max_discount_usd=Decimal("50.00"),
                is_active=True,
            ),
            WelcomeDiscountConfig(
                id=_id("welcome", "mayo"),
                name="Bienvenida de mayo",
                discount_percentage=Decimal("12.50"),
                validity_days=21,
                restrict_weekdays=True,
            ),
        ]
    )
    work.session.flush()


def _add_levels(work: Work) -> Mapping[str, UUID]:
    ids = {level.name: _id("level", level.name) for level in _LEVELS}
    for order, level in enumerate(_LEVELS):
        work.session.add(
            Achievement(
                id=ids[level.name],
                name=level.name,
                icon=level.icon,
                required_reservations=level.reservations,
                required_referrals=level.referrals,
                required_referral_reservations=level.theirs,
                order=order,
            )
        )
    work.session.flush()
    for level in _LEVELS:
        if level.gives is not None:
            work.session.add(
                ReferralDiscountByLevel(
                    id=_id("referral", level.name),
                    achievement_id=ids[level.name],
                    discount_percentage=level.gives,
                )
            )
    return ids


def _give_levels(work: Work, levels: Mapping[str, UUID], guests: Sequence[UUID]) -> None:
    """Give every guest the levels that their stays have earned, and some what staff decided."""
    counted = work.connection.execute(
        select(_reservation.c.client_id, func.count().label("stays"))
        .where(_reservation.c.status == ReservationStatus.APPROVED)
        .group_by(_reservation.c.client_id)
    )
    stays = {row.client_id: row.stays for row in counted}
    for number, guest in enumerate(guests):
        for level in _LEVELS:
            by_hand = _BY_HAND.get(level.name) == number
            # Nobody's guests have stayed yet, so that levels that ask for some are not earned by anybody.
            earned = not level.referrals and stays.get(guest, 0) >= level.reservations
            if not (earned or by_hand):
                continue
            work.session.add(
                ClientAchievement(
                    id=_id(level.name, str(number)),
                    client_id=guest,
                    achievement_id=levels[level.name],
                    earned_at=work.clock.now(),
                    source=HoldingSource.STAFF if by_hand else HoldingSource.RULE,
                )
            )
    work.session.flush()


def _add_rules(work: Work, levels: Mapping[str, UUID]) -> None:
    links: list[Row] = []
    for described in _RULES:
        values = dict(described)
        asked = values.pop("levels", ())
        rule = AutomaticDiscount(id=_id("rule", values["name"]), book_from=_RULES_BEGAN, **values)
        work.session.add(rule)
        links += [
            AutomaticDiscountAchievement(
                id=_id(f"rule {rule.name}", name),
                automatic_discount_id=rule.id,
                achievement_id=levels[name],
            )
            for name in asked
        ]
    work.session.flush()
    work.session.add_all(links)
    work.session.flush()


def _id(kind: str, name: str) -> UUID:
    """An id that is the same in every demo, and draws none of those that stays get."""
    return uuid5(_IDS, f"{kind} {name}")
