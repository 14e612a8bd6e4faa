"""Pasts for tests of simulations: plain values, with defaults for what a test does not care about."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from casaaustin.clock import lima_date
from casaaustin.discounts.record import Discount
from casaaustin.money import Amount
from casaaustin.simulation.past import Group, Past, PastStay, UsedCode
from casaaustin.simulation.replay import Rules
from tests.support.world import C1, MONDAY, RATE, known_id, pure_world, stay

DAY = timedelta(days=1)
ANA, BRUNO = known_id("Ana Quispe"), known_id("Bruno Salas")
TWO_NIGHTS = stay("2026-04-13", "2026-04-15")  # US$ 240.00 in Casa 1 for two, without extras


def past_stay(number: int = 1, **overrides: Any) -> PastStay:
    """Two nights in Casa 1 for Ana and somebody else, booked `number` days after Monday 6 April."""
    at: datetime = MONDAY + number * DAY
    facts: dict[str, Any] = {
        "id": known_id(f"stay {number}"),
        "group": Group.BOOKING,
        "at": at,
        "booked_on": lima_date(at),
        "client": ANA,
        "house": C1,
        "stay": TWO_NIGHTS,
        "guests": 2,
        "rate": RATE,
        "sold": Amount(Decimal("240.00"), Decimal("894.00")),
    }
    return PastStay(**facts | overrides)


def with_code(code: Discount) -> UsedCode:
    """That a stay was sold with this code."""
    return UsedCode(code.id, code.code or "")


def past_of(*stays: PastStay, **more: Any) -> Past:
    """A past of these stays."""
    return Past(stays=stays, **more)


def rules_with(*codes: Discount, automatic: tuple[Discount, ...] = (), **more: Any) -> Rules:
    """The rules of the worked examples, with these codes."""
    known: Mapping[UUID, Discount] = {code.id: code for code in codes}
    return Rules(pure_world(), automatic=automatic, codes=known, **more)
