"""Discounts for tests: plain records, and the rows from which the library reads the very same ones back."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

from casaaustin.discounts.record import Discount, Window, weekdays_text
from casaaustin.levels.rules import Level
from casaaustin.vocabulary import Benefit, HoldingSource, Source, Trigger
from tests.support.world import known_id

if TYPE_CHECKING:
    from casaaustin.db.work import Work

YEAR_2026 = Window(date(2026, 1, 1), date(2026, 12, 31))


def make_code(code: str = "TEN", value: str = "10.00", **overrides: Any) -> Discount:
    """A code of 10 % that is valid in all of 2026, everywhere, for everybody."""
    facts: dict[str, Any] = {
        "id": known_id(f"code {code}"),
        "name": code,
        "code": code,
        "source": Source.CODE,
        "benefit": Benefit.PERCENTAGE,
        "value": Decimal(value),
        "description": f"code {code}",
        "book_window": YEAR_2026,
    }
    return Discount(**facts | overrides)


def make_rule(
    name: str = "Global", value: str = "15.00", source: Source = Source.GLOBAL_PROMOTION, **overrides: Any
) -> Discount:
    """An automatic rule that always applies."""
    facts: dict[str, Any] = {
        "id": known_id(f"rule {name}"),
        "name": name,
        "source": source,
        "benefit": Benefit.PERCENTAGE,
        "value": Decimal(value),
    }
    return Discount(**facts | overrides)


def make_level(
    name: str, reservations: int = 0, referrals: int = 0, theirs: int = 0, order: int = 0
) -> Level:
    """A level by what it takes."""
    return Level(
        known_id(f"level {name}"),
        name,
        reservations=reservations,
        referrals=referrals,
        referral_reservations=theirs,
        order=order,
    )


def store_discounts(work: Work, *discounts: Discount) -> None:
    """Store codes and automatic rules; levels that they ask for are stored already."""
    from casaaustin.discounts.models import (
        AutomaticDiscountAchievement,
        AutomaticDiscountProperty,
        DiscountCodeProperty,
    )

    rows: list[Any] = []
    links: list[Any] = []
    for one in discounts:
        houses = sorted(one.houses)
        if one.source is Source.CODE:
            rows.append(_code_row(one))
            links += [DiscountCodeProperty(discount_code_id=one.id, property_id=house) for house in houses]
        else:
            rows.append(_rule_row(one))
            links += [
                AutomaticDiscountProperty(automatic_discount_id=one.id, property_id=each) for each in houses
            ]
            links += [
                AutomaticDiscountAchievement(automatic_discount_id=one.id, achievement_id=level)
                for level in sorted(one.achievements)
            ]
    work.session.add_all(rows)
    work.session.flush()
    work.session.add_all(links)
    work.session.flush()


def store_levels(work: Work, *levels: Level) -> None:
    """Store levels."""
    from casaaustin.levels.models import Achievement

    work.session.add_all(
        Achievement(
            id=level.id,
            name=level.name,
            icon=level.icon or None,
            description=level.description,
            required_reservations=level.reservations,
            required_referrals=level.referrals,
            required_referral_reservations=level.referral_reservations,
            order=level.order,
            is_active=level.is_active,
        )
        for level in levels
    )
    work.session.flush()


def give_levels(work: Work, client: UUID, levels: Iterable[Level]) -> None:
    """Let a client hold levels."""
    from casaaustin.levels.models import ClientAchievement

    work.session.add_all(
        ClientAchievement(
            client_id=client, achievement_id=level.id, earned_at=work.clock.now(), source=HoldingSource.STAFF
        )
        for level in levels
    )
    work.session.flush()


def store_referral(work: Work, level: Level, percentage: str) -> None:
    """Set what those whom a guest of this level brought get off their first stay."""
    from casaaustin.discounts.models import ReferralDiscountByLevel

    work.session.add(
        ReferralDiscountByLevel(
            id=known_id(f"referral {level.name}"),
            achievement_id=level.id,
            discount_percentage=Decimal(percentage),
        )
    )
    work.session.flush()


def _code_row(code: Discount) -> Any:
    from casaaustin.discounts.models import DiscountCode

    window: Any = code.book_window
    return DiscountCode(
        id=code.id,
        code=code.code or code.name,
        description=code.description,
        discount_type=code.benefit,
        discount_value=code.value,
        min_amount_usd=code.min_amount_usd,
        max_discount_usd=code.cap_usd,
        start_date=window.first,
        end_date=window.last,
        usage_limit=code.usage_limit,
        per_client_limit=code.per_client_limit,
        is_active=code.is_active,
        specific_weekdays=_named(code),
        day_scope=code.day_scope,
        apply_only_to_base_price=code.base_only,
        client_id=code.client,
    )


def _rule_row(rule: Discount) -> Any:
    from casaaustin.discounts.models import AutomaticDiscount

    return AutomaticDiscount(
        id=rule.id,
        name=rule.name,
        description=rule.description,
        trigger=Trigger(rule.source.value),
        discount_percentage=rule.value,
        max_discount_usd=rule.cap_usd,
        specific_weekdays=_named(rule),
        day_scope=rule.day_scope,
        start_date=rule.stay_window.first,
        end_date=rule.stay_window.last,
        book_from=rule.book_window.first,
        book_to=rule.book_window.last,
        apply_only_to_base_price=rule.base_only,
        is_active=rule.is_active,
    )


def _named(discount: Discount) -> str:
    return "" if len(discount.weekdays) == 7 else weekdays_text(discount.weekdays)
