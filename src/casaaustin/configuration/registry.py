"""The sections of the configuration file, in the order in which it has them and in which they are written.

A section may mention what stands before it: houses come first, levels before the discounts. To add one,
write its module in `sections/` and name it here.
"""

from __future__ import annotations

from typing import Any

from casaaustin.configuration.section import Section
from casaaustin.configuration.sections import (
    automatic_discounts,
    cancellation_policies,
    code_generators,
    discount_codes,
    exchange_rate,
    houses,
    late_checkout,
    levels,
    nightly_prices,
    policy_switches,
    referral_discounts,
    seasons,
    services,
    special_dates,
    welcome_promotions,
)

SECTIONS: tuple[Section[Any], ...] = (
    policy_switches.SECTION,
    exchange_rate.SECTION,
    houses.SECTION,
    nightly_prices.SECTION,
    seasons.SECTION,
    special_dates.SECTION,
    late_checkout.SECTION,
    services.SECTION,
    cancellation_policies.SECTION,
    levels.SECTION,
    referral_discounts.SECTION,
    automatic_discounts.SECTION,
    discount_codes.SECTION,
    code_generators.SECTION,
    welcome_promotions.SECTION,
)
BY_NAME: dict[str, Section[Any]] = {section.name: section for section in SECTIONS}
