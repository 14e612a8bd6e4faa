"""The houses that a service or a policy is for; none = all houses."""

from __future__ import annotations

from casaaustin.db.links import Links
from casaaustin.db.tables import table_of
from casaaustin.pricing.models import AdditionalServiceProperty, CancellationPolicyProperty
from casaaustin.properties.models import Property

_slug = table_of(Property).c.slug

SERVICE_HOUSES = Links(AdditionalServiceProperty, "additional_service_id", "property_id", _slug)
POLICY_HOUSES = Links(CancellationPolicyProperty, "cancellation_policy_id", "property_id", _slug)
