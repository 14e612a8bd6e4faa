"""Every table of the system in one import, for migrations, backups and the integrity check."""

from casaaustin.audit.models import AuditEvent, RequestKey
from casaaustin.availability.models import ReservationNight
from casaaustin.clients.models import Client
from casaaustin.db.mixins import RateBookVersion, metadata
from casaaustin.discounts.models import (
    AutomaticDiscount,
    AutomaticDiscountAchievement,
    AutomaticDiscountProperty,
    DiscountCode,
    DiscountCodeProperty,
    DiscountRedemption,
    DynamicDiscountConfig,
    DynamicDiscountConfigProperty,
    MintedCodes,
    ReferralDiscountByLevel,
    WelcomeDiscountConfig,
    WelcomeDiscountConfigProperty,
)
from casaaustin.levels.models import Achievement, ClientAchievement
from casaaustin.pricing.models import (
    AdditionalService,
    AdditionalServiceProperty,
    CancellationPolicy,
    CancellationPolicyProperty,
    ExchangeRate,
    LateCheckoutConfig,
    PropertyPricing,
    SeasonPricing,
    SpecialDatePricing,
)
from casaaustin.properties.models import ProfitPropertyAirBnb, Property, PropertyPhoto
from casaaustin.quoting.models import SavedQuote
from casaaustin.reassignment.models import PlanConsent, ReassignmentPlan, WaitingRequest
from casaaustin.register.models import Reservation

__all__ = [
    "Achievement",
    "AdditionalService",
    "AdditionalServiceProperty",
    "AuditEvent",
    "AutomaticDiscount",
    "AutomaticDiscountAchievement",
    "AutomaticDiscountProperty",
    "CancellationPolicy",
    "CancellationPolicyProperty",
    "Client",
    "ClientAchievement",
    "DiscountCode",
    "DiscountCodeProperty",
    "DiscountRedemption",
    "DynamicDiscountConfig",
    "DynamicDiscountConfigProperty",
    "ExchangeRate",
    "LateCheckoutConfig",
    "MintedCodes",
    "PlanConsent",
    "ProfitPropertyAirBnb",
    "Property",
    "PropertyPhoto",
    "PropertyPricing",
    "RateBookVersion",
    "ReassignmentPlan",
    "ReferralDiscountByLevel",
    "RequestKey",
    "Reservation",
    "ReservationNight",
    "SavedQuote",
    "SeasonPricing",
    "SpecialDatePricing",
    "WaitingRequest",
    "WelcomeDiscountConfig",
    "WelcomeDiscountConfigProperty",
    "metadata",
]
