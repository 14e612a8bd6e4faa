"""The houses and levels that discounts are limited to; none = no such limit."""

from __future__ import annotations

from casaaustin.db.links import Links
from casaaustin.db.tables import table_of
from casaaustin.discounts.models import (
    AutomaticDiscountAchievement,
    AutomaticDiscountProperty,
    DiscountCodeProperty,
    DynamicDiscountConfigProperty,
    WelcomeDiscountConfigProperty,
)
from casaaustin.levels.models import Achievement
from casaaustin.properties.models import Property

_slug = table_of(Property).c.slug

CODE_HOUSES = Links(DiscountCodeProperty, "discount_code_id", "property_id", _slug)
GENERATOR_HOUSES = Links(DynamicDiscountConfigProperty, "dynamic_discount_config_id", "property_id", _slug)
WELCOME_HOUSES = Links(WelcomeDiscountConfigProperty, "welcome_discount_config_id", "property_id", _slug)
RULE_HOUSES = Links(AutomaticDiscountProperty, "automatic_discount_id", "property_id", _slug)
RULE_LEVELS = Links(
    AutomaticDiscountAchievement, "automatic_discount_id", "achievement_id", table_of(Achievement).c.name
)
