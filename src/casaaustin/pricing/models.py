"""Tables of the rate book. Source: docs/rules/pricing.md, 1.3 to 1.6 and 1.13 to 1.15."""

from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint

from casaaustin.db.mixins import (
    LiveKey,
    RateBookTable,
    Row,
    choice,
    flag,
    money,
    percentage,
    prose,
    rate,
    reference,
    small,
    whole,
    words,
)
from casaaustin.vocabulary import ReductionType, SeasonType, ServiceType

_DAY_AND_MONTH = "{0}month BETWEEN 1 AND 12 AND {0}day BETWEEN 1 AND 31"


class PropertyPricing(Row, RateBookTable, table=True):
    """The four nightly prices of a house, dollars for one guest; 0 means not configured."""

    __tablename__ = "property_pricing"
    __table_args__ = (
        CheckConstraint(
            "weekday_low_season_usd >= 0 AND weekend_low_season_usd >= 0 "
            "AND weekday_high_season_usd >= 0 AND weekend_high_season_usd >= 0",
            name="prices_not_negative",
        ),
    )

    property_id: UUID = reference("property.id", unique=True)
    weekday_low_season_usd: Decimal = money(default=Decimal("0.00"))
    weekend_low_season_usd: Decimal = money(default=Decimal("0.00"))
    weekday_high_season_usd: Decimal = money(default=Decimal("0.00"))
    weekend_high_season_usd: Decimal = money(default=Decimal("0.00"))


class SeasonPricing(Row, RateBookTable, table=True):
    """A part of every year, both ends included; it may run over New Year."""

    __tablename__ = "season_pricing"
    __table_args__ = (
        CheckConstraint(_DAY_AND_MONTH.format("start_"), name="start_exists"),
        CheckConstraint(_DAY_AND_MONTH.format("end_"), name="end_exists"),
    )

    name: str = words(100)
    season_type: SeasonType = choice(SeasonType)
    start_month: int = small()
    start_day: int = small()
    end_month: int = small()
    end_day: int = small()
    is_active: bool = flag(default=True)


class SpecialDatePricing(Row, RateBookTable, LiveKey, table=True):
    """A named night of a house with its own price; every year, or in one year only."""

    __tablename__ = "special_date_pricing"
    __table_args__ = (
        CheckConstraint(_DAY_AND_MONTH.format(""), name="day_exists"),
        CheckConstraint("price_usd > 0", name="price_positive"),
        CheckConstraint("minimum_consecutive_nights >= 1", name="minimum_at_least_one"),
    )

    property_id: UUID = reference("property.id")
    month: int = small()
    day: int = small()
    year: int | None = small(nullable=True)
    description: str | None = words(100, nullable=True)
    price_usd: Decimal = money()
    minimum_consecutive_nights: int = whole(default=1)
    is_active: bool = flag(default=True)
    live_key: str | None = words(60, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """One row per house and date (and year) among those that are not deleted."""
        if self.deleted:
            return None
        return f"{self.property_id.hex}:{self.month:02}-{self.day:02}:{self.year or 'every year'}"


class ExchangeRate(Row, RateBookTable, LiveKey, table=True):
    """Soles for one dollar; at most one row is active."""

    __tablename__ = "exchange_rate"

    usd_to_sol: Decimal = rate()
    is_active: bool = flag(default=True)
    live_key: str | None = words(10, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """At most one active rate."""
        return "active" if self.is_active and not self.deleted else None


class LateCheckoutConfig(Row, RateBookTable, LiveKey, table=True):
    """Late checkout by weekday of the departure date (0 = Monday)."""

    __tablename__ = "late_checkout_config"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday_exists"),
        CheckConstraint("discount_value >= 0", name="reduction_not_negative"),
    )

    weekday: int = small()
    name: str = words(100)
    allows_late_checkout: bool = flag(default=True)
    discount_type: ReductionType = choice(ReductionType, default=ReductionType.PERCENTAGE)
    discount_value: Decimal = money(default=Decimal("10.00"))
    is_active: bool = flag(default=True)
    live_key: str | None = words(10, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """One row per weekday among those that are not deleted."""
        return None if self.deleted else str(self.weekday)


class AdditionalService(Row, RateBookTable, table=True):
    """Something sold beside the nights: breakfast, pool heating, cleaning."""

    __tablename__ = "additional_service"
    __table_args__ = (CheckConstraint("price_usd >= 0", name="price_not_negative"),)

    name: str = words(100)
    description: str = prose(default="")
    price_usd: Decimal = money()
    service_type: ServiceType = choice(ServiceType, default=ServiceType.OPTIONAL)
    is_per_night: bool = flag(default=False)
    is_per_person: bool = flag(default=False)
    post_action: str | None = words(50, nullable=True)
    is_active: bool = flag(default=True)


class AdditionalServiceProperty(RateBookTable, Row, table=True):
    """Where a service is offered; a service without rows here is offered in every house."""

    __tablename__ = "additional_service_property"

    additional_service_id: UUID = reference("additional_service.id", cascade=True, index=True)
    property_id: UUID = reference("property.id", index=True)


class CancellationPolicy(Row, RateBookTable, table=True):
    """What is returned to a guest who cancels at least so many days before check-in."""

    __tablename__ = "cancellation_policy"
    __table_args__ = (
        CheckConstraint("days_before_checkin >= 0", name="days_not_negative"),
        # Percentages are stored as hundredths on SQLite, so the upper bound is the service's to check.
        CheckConstraint("refund_percentage >= 0", name="refund_not_negative"),
    )

    name: str = words(100)
    description: str = prose(default="")
    days_before_checkin: int = whole()
    refund_percentage: Decimal = percentage()
    is_default: bool = flag(default=False)
    is_active: bool = flag(default=True)


class CancellationPolicyProperty(RateBookTable, Row, table=True):
    """Houses that a policy is for; a policy without rows here is for every house."""

    __tablename__ = "cancellation_policy_property"

    cancellation_policy_id: UUID = reference("cancellation_policy.id", cascade=True, index=True)
    property_id: UUID = reference("property.id", index=True)
