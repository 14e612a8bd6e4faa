"""Tables of the discounts. Source: docs/rules/pricing.md, 1.7 to 1.11 and 1.17.

Automatic rules and referral discounts are part of the rate book: they are read with
it and kept with it. Codes and generators are not, because there may be thousands.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlmodel import SQLModel

from casaaustin.db.mixins import (
    Derived,
    LiveKey,
    RateBookTable,
    Row,
    choice,
    day,
    flag,
    instant,
    money,
    percentage,
    prose,
    reference,
    whole,
    words,
)
from casaaustin.vocabulary import Benefit, CodeOrigin, DayScope, RedemptionState, Trigger


class DiscountCode(Row, Derived, table=True):
    """What a guest types. A code is never given out twice, not even after it was deleted.

    Its uses are not stored here: they are counted from the redemptions.
    """

    __tablename__ = "discount_code"
    __table_args__ = (
        CheckConstraint("discount_value > 0", name="value_positive"),
        CheckConstraint("start_date <= end_date", name="window_not_reversed"),
        CheckConstraint("usage_limit >= 1", name="usage_limit_at_least_one"),
        CheckConstraint("per_client_limit >= 1", name="per_client_limit_at_least_one"),
        CheckConstraint("min_amount_usd >= 0", name="minimum_not_negative"),
        CheckConstraint("max_discount_usd > 0", name="cap_positive"),
        # Named weekdays override the flags; without them both flags together mean nothing.
        CheckConstraint(
            "NOT (restrict_weekdays AND restrict_weekends) OR specific_weekdays <> '' OR NOT is_active",
            name="weekdays_or_weekends",
        ),
    )

    code: str = words(50, unique=True)
    description: str = words(200)
    discount_type: Benefit = choice(Benefit)
    discount_value: Decimal = money()
    min_amount_usd: Decimal | None = money(nullable=True)
    max_discount_usd: Decimal | None = money(nullable=True)
    start_date: date = day()
    end_date: date = day()
    usage_limit: int | None = whole(nullable=True)
    per_client_limit: int | None = whole(nullable=True)
    is_active: bool = flag(default=True)
    restrict_weekdays: bool = flag(default=False)
    restrict_weekends: bool = flag(default=False)
    specific_weekdays: str = words(20, default="")
    day_scope: DayScope = choice(DayScope, default=DayScope.CHECK_IN)
    apply_only_to_base_price: bool = flag(default=False)
    client_id: UUID | None = reference("client.id", nullable=True, index=True)
    origin: CodeOrigin = choice(CodeOrigin, default=CodeOrigin.MANUAL)
    dynamic_config_id: UUID | None = reference("dynamic_discount_config.id", nullable=True, index=True)
    welcome_config_id: UUID | None = reference("welcome_discount_config.id", nullable=True, index=True)
    made_by: str = words(150, default="")
    welcomed: str | None = words(40, nullable=True, unique=True)

    def derive(self) -> None:
        """At most one welcome code per client, ever: the key stays when the code is deleted."""
        bound = self.origin == CodeOrigin.WELCOME and self.client_id is not None
        self.welcomed = self.client_id.hex if bound and self.client_id is not None else None


class DiscountCodeProperty(Row, table=True):
    """Where a code is valid; a code without rows here is valid in every house."""

    __tablename__ = "discount_code_property"

    discount_code_id: UUID = reference("discount_code.id", cascade=True, index=True)
    property_id: UUID = reference("property.id", index=True)


class DynamicDiscountConfig(Row, LiveKey, table=True):
    """A recipe by which codes are generated, called by its name."""

    __tablename__ = "dynamic_discount_config"
    __table_args__ = (
        CheckConstraint("discount_percentage > 0", name="percentage_positive"),
        CheckConstraint("validity_days >= 1", name="validity_at_least_one_day"),
        CheckConstraint("usage_limit >= 1", name="usage_limit_at_least_one"),
        CheckConstraint("min_amount_usd >= 0", name="minimum_not_negative"),
        CheckConstraint("max_discount_usd > 0", name="cap_positive"),
    )

    name: str = words(100)
    display_name: str = words(100, default="")
    description: str = prose(default="")
    icon: str = words(50, default="pricetag-outline")
    prefix: str = words(10)
    discount_percentage: Decimal = percentage()
    validity_days: int = whole(default=7)
    min_amount_usd: Decimal = money(default=Decimal("30.00"))
    max_discount_usd: Decimal | None = money(nullable=True)
    usage_limit: int = whole(default=1)
    apply_only_to_base_price: bool = flag(default=False)
    restrict_weekdays: bool = flag(default=False)
    restrict_weekends: bool = flag(default=False)
    specific_weekdays: str = words(20, default="")
    day_scope: DayScope = choice(DayScope, default=DayScope.CHECK_IN)
    is_active: bool = flag(default=True)
    live_key: str | None = words(110, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """One live recipe per name, whatever its case."""
        return None if self.deleted else self.name.casefold()


class DynamicDiscountConfigProperty(Row, table=True):
    """Houses that generated codes are for; none = every house."""

    __tablename__ = "dynamic_discount_config_property"

    dynamic_discount_config_id: UUID = reference("dynamic_discount_config.id", cascade=True, index=True)
    property_id: UUID = reference("property.id", index=True)


class WelcomeDiscountConfig(Row, LiveKey, table=True):
    """A promotion that gives each new client one code; at most one is active."""

    __tablename__ = "welcome_discount_config"
    __table_args__ = (
        CheckConstraint("discount_percentage > 0", name="percentage_positive"),
        CheckConstraint("validity_days >= 1", name="validity_at_least_one_day"),
        CheckConstraint("min_amount_usd >= 0", name="minimum_not_negative"),
        CheckConstraint("max_discount_usd > 0", name="cap_positive"),
    )

    name: str = words(200, default="Descuento de Bienvenida")
    discount_percentage: Decimal = percentage()
    validity_days: int = whole(default=14)
    min_amount_usd: Decimal = money(default=Decimal("0.00"))
    max_discount_usd: Decimal | None = money(nullable=True)
    apply_only_to_base_price: bool = flag(default=False)
    restrict_weekdays: bool = flag(default=False)
    restrict_weekends: bool = flag(default=False)
    specific_weekdays: str = words(20, default="")
    day_scope: DayScope = choice(DayScope, default=DayScope.CHECK_IN)
    promotional_message: str | None = words(500, nullable=True)
    promotional_subtitle: str | None = words(300, nullable=True)
    is_active: bool = flag(default=False)
    live_key: str | None = words(10, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """At most one active promotion."""
        return "active" if self.is_active and not self.deleted else None


class WelcomeDiscountConfigProperty(Row, table=True):
    """Houses that welcome codes are for; none = every house."""

    __tablename__ = "welcome_discount_config_property"

    welcome_discount_config_id: UUID = reference("welcome_discount_config.id", cascade=True, index=True)
    property_id: UUID = reference("property.id", index=True)


class AutomaticDiscount(Row, RateBookTable, LiveKey, table=True):
    """A rule that applies by itself: a trigger, its conditions, a percentage."""

    __tablename__ = "automatic_discount"
    __table_args__ = (
        CheckConstraint("discount_percentage >= 0", name="percentage_not_negative"),
        CheckConstraint("max_discount_usd > 0", name="cap_positive"),
        CheckConstraint("start_date <= end_date", name="stay_window_not_reversed"),
        CheckConstraint("book_from <= book_to", name="booking_window_not_reversed"),
    )

    name: str = words(100)
    description: str = prose(default="")
    trigger: Trigger = choice(Trigger)
    discount_percentage: Decimal = percentage()
    max_discount_usd: Decimal | None = money(nullable=True)
    restrict_weekdays: bool = flag(default=False)
    restrict_weekends: bool = flag(default=False)
    specific_weekdays: str = words(20, default="")
    day_scope: DayScope = choice(DayScope, default=DayScope.CHECK_IN)
    start_date: date | None = day(nullable=True)
    end_date: date | None = day(nullable=True)
    book_from: date | None = day(nullable=True)
    book_to: date | None = day(nullable=True)
    apply_only_to_base_price: bool = flag(default=False)
    is_active: bool = flag(default=True)
    live_key: str | None = words(110, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """One live rule per name, whatever its case."""
        return None if self.deleted else self.name.casefold()


class AutomaticDiscountProperty(RateBookTable, Row, table=True):
    """Where a rule applies; a rule without rows here applies in every house."""

    __tablename__ = "automatic_discount_property"

    automatic_discount_id: UUID = reference("automatic_discount.id", cascade=True, index=True)
    property_id: UUID = reference("property.id", index=True)


class AutomaticDiscountAchievement(RateBookTable, Row, table=True):
    """Levels of which a client must hold any one; a rule without rows here asks for none."""

    __tablename__ = "automatic_discount_achievement"

    automatic_discount_id: UUID = reference("automatic_discount.id", cascade=True, index=True)
    achievement_id: UUID = reference("achievement.id", index=True)


class ReferralDiscountByLevel(Row, RateBookTable, LiveKey, table=True):
    """What a referred client's first stay costs less, by the level of who brought them."""

    __tablename__ = "referral_discount_by_level"
    __table_args__ = (CheckConstraint("discount_percentage >= 0", name="percentage_not_negative"),)

    achievement_id: UUID = reference("achievement.id", index=True)
    discount_percentage: Decimal = percentage()
    is_active: bool = flag(default=True)
    live_key: str | None = words(40, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """One row per level."""
        return None if self.deleted else self.achievement_id.hex


class DiscountRedemption(Row, LiveKey, table=True):
    """One use of a code by one reservation: held, then confirmed or released.

    `held_until` is the deadline of the hold that it belongs to, so that a lapsed hold
    blocks no use at the very next read.
    """

    __tablename__ = "discount_redemption"
    __table_args__ = (
        Index("ix_discount_redemption_code_id_state", "code_id", "state"),
        CheckConstraint("amount_usd >= 0 AND amount_sol >= 0", name="amounts_not_negative"),
    )

    code_id: UUID = reference("discount_code.id")
    reservation_id: UUID = reference("reservation.id", index=True)
    client_id: UUID | None = reference("client.id", nullable=True, index=True)
    amount_usd: Decimal = money()
    amount_sol: Decimal = money()
    state: RedemptionState = choice(RedemptionState)
    held_until: datetime | None = instant(nullable=True)
    released_at: datetime | None = instant(nullable=True)
    live_key: str | None = words(40, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """One unreleased use per reservation."""
        return None if self.deleted or self.state == RedemptionState.RELEASED else self.reservation_id.hex


class MintedCodes(SQLModel, table=True):
    """How many codes somebody generated on a day: what the daily cap counts."""

    __tablename__ = "minted_codes"
    __table_args__: Any = (CheckConstraint("codes >= 0", name="codes_not_negative"),)

    minter: str = words(150, primary_key=True)
    day: date = day(primary_key=True)
    codes: int = whole(default=0)
