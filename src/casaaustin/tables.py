"""Every table of the system in one import, for migrations, backups and the integrity check."""

from casaaustin.audit.models import AuditEvent, RequestKey
from casaaustin.availability.models import ReservationNight
from casaaustin.clients.models import Client
from casaaustin.db.mixins import RateBookVersion, metadata
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
from casaaustin.register.models import Reservation

__all__ = [
    "AdditionalService",
    "AdditionalServiceProperty",
    "AuditEvent",
    "CancellationPolicy",
    "CancellationPolicyProperty",
    "Client",
    "ExchangeRate",
    "LateCheckoutConfig",
    "ProfitPropertyAirBnb",
    "Property",
    "PropertyPhoto",
    "PropertyPricing",
    "RateBookVersion",
    "RequestKey",
    "Reservation",
    "ReservationNight",
    "SavedQuote",
    "SeasonPricing",
    "SpecialDatePricing",
    "metadata",
]
