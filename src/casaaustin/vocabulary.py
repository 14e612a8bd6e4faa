"""The closed lists of words that tables, commands and answers share.

Values are what the database and the wire carry; they are the incumbent's where
it had one. Standard library only, so that `casa --help` can show them.
"""

from __future__ import annotations

from enum import StrEnum


class ReservationStatus(StrEnum):
    """Where a reservation is in its life. Source: docs/rules/reservations.md, 2.1."""

    INCOMPLETE = "incomplete"
    PENDING = "pending"
    UNDER_REVIEW = "under_review"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Origin(StrEnum):
    """Who brought the reservation in. Source: docs/rules/reservations.md, 1.1."""

    AIRBNB = "air"
    STAFF = "aus"
    MAINTENANCE = "man"
    CLIENT = "client"


class CancelReason(StrEnum):
    """Why a reservation ended without a stay. Source: docs/rules/reservations.md, 1.1."""

    VOUCHER_DEADLINE = "voucher_deadline"
    CLIENT_REQUEST = "client_request"
    STAFF = "staff"
    REJECTED_PAYMENT = "rejected_payment"
    EXTERNAL_VANISHED = "external_vanished"
    DUPLICATE = "duplicate"


class AdvanceCurrency(StrEnum):
    """Currency of what has been paid so far."""

    SOLES = "sol"
    DOLLARS = "usd"


class SeasonType(StrEnum):
    """Only `high` changes a price; `low` rows inform. Source: docs/rules/pricing.md, 1.4."""

    LOW = "low"
    HIGH = "high"


class DayType(StrEnum):
    """Friday and Saturday nights are the weekend."""

    WEEKDAY = "weekday"
    WEEKEND = "weekend"


class NightSource(StrEnum):
    """Which rule priced a night. Source: docs/rules/pricing.md, 2.2."""

    SPECIAL_DATE = "special_date"
    RATE = "rate"
    FALLBACK = "fallback"


class ServiceType(StrEnum):
    """A mandatory service is part of every quote of its houses."""

    OPTIONAL = "optional"
    MANDATORY = "mandatory"


class ReductionType(StrEnum):
    """How a late checkout is made cheaper than a full night; `fixed` is dollars."""

    PERCENTAGE = "percentage"
    FIXED = "fixed"


class UnavailableReason(StrEnum):
    """Why a house cannot take a stay, in the order of docs/rules/pricing.md, 2.4."""

    PRICE_MISSING = "price_missing"
    OCCUPIED = "occupied"
    CAPACITY = "capacity"
    MIN_NIGHTS = "min_nights"
    CLOSED = "closed"
    FEATURES = "features"
    SLEEPS = "sleeps"


class DocumentType(StrEnum):
    """Identity documents, as the incumbent abbreviates them."""

    DNI = "dni"
    FOREIGN_CARD = "cex"
    PASSPORT = "pas"
    RUC = "ruc"


class Channel(StrEnum):
    """Through which face something was done."""

    CLI = "cli"
    API = "api"
    LIBRARY = "library"
    CRON = "cron"


class Language(StrEnum):
    """Languages that people read. Guests read Spanish."""

    SPANISH = "es"
    ENGLISH = "en"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class Source(StrEnum):
    """Where a discount comes from, in the order that breaks ties. Source: docs/rules/pricing.md, 2.6."""

    CODE = "code"
    REFERRAL = "referral"
    LOYALTY = "loyalty"
    BIRTHDAY = "birthday"
    RETURNING = "returning"
    FIRST_TIME = "first_time"
    LAST_MINUTE = "last_minute"
    GLOBAL_PROMOTION = "global_promotion"


class Benefit(StrEnum):
    """What a discount takes off."""

    PERCENTAGE = "percentage"
    FIXED_USD = "fixed_usd"
    FIXED_SOL = "fixed_sol"


class DayScope(StrEnum):
    """Which nights a day restriction looks at. Source: docs/rules/pricing.md, 2.5.2."""

    CHECK_IN = "check_in"
    ELIGIBLE_NIGHTS = "eligible_nights"
    ALL_NIGHTS = "all_nights"


class CodeVsAutomatic(StrEnum):
    """Whether a valid code always wins, or the larger amount does. Source: docs/rules/pricing.md, 2.6."""

    CODE_WINS = "code_wins"
    BEST_FOR_GUEST = "best_for_guest"


class SpecialNights(StrEnum):
    """Whether special nights inside a stay are discounted. Source: docs/rules/pricing.md, 2.5.3."""

    CHECK_IN_ONLY = "check_in_only"
    EXCLUDE = "exclude"


class Trigger(StrEnum):
    """What makes an automatic discount apply. Source: docs/rules/pricing.md, 2.7."""

    BIRTHDAY = "birthday"
    RETURNING = "returning"
    FIRST_TIME = "first_time"
    LOYALTY = "loyalty"
    LAST_MINUTE = "last_minute"
    GLOBAL_PROMOTION = "global_promotion"


class CodeOrigin(StrEnum):
    """Who made a discount code. Source: docs/rules/pricing.md, 1.7."""

    MANUAL = "manual"
    DYNAMIC = "dynamic"
    SIMPLE = "simple"
    WELCOME = "welcome"


class RedemptionState(StrEnum):
    """What became of a use of a code. Source: docs/rules/pricing.md, 1.17 and 2.8."""

    HELD = "held"
    CONFIRMED = "confirmed"
    RELEASED = "released"


class HoldingSource(StrEnum):
    """Why a client holds a level: earned by the rule, or given by staff."""

    RULE = "rule"
    STAFF = "staff"


class PlanState(StrEnum):
    """What became of a plan that makes room. Source: docs/rules/pricing.md, 3.6.5."""

    PROPOSED = "proposed"
    ASKING = "asking"
    APPLIED = "applied"
    UNDONE = "undone"
    WITHDRAWN = "withdrawn"


class ConsentAnswer(StrEnum):
    """What a guest said to being moved. Source: docs/rules/pricing.md, 3.6.5."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"
