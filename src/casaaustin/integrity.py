"""Every invariant of every domain in one place: what `casa db check` proves.

A domain declares its own in `invariants.py`; here they only come together, those
of the storage first, because the others read values that must be readable.
Source: docs/rules/principles.md, 3; docs/rules/reservations.md, 0.5.
"""

from __future__ import annotations

from collections.abc import Callable

from casaaustin.audit import invariants as of_audit
from casaaustin.clients import invariants as of_clients
from casaaustin.db import table_invariants as of_tables
from casaaustin.db.invariants import EXAMPLES_KEPT, Check, Report, examine
from casaaustin.db.work import Work
from casaaustin.discounts import invariants as of_discounts
from casaaustin.levels import invariants as of_levels
from casaaustin.pricing import invariants as of_pricing
from casaaustin.properties import invariants as of_properties
from casaaustin.quoting import invariants as of_quoting
from casaaustin.reassignment import invariants as of_plans
from casaaustin.reservations import invariants as of_reservations
from casaaustin.reservations import use_invariants as of_uses

CHECKS: tuple[Check, ...] = (
    *of_tables.CHECKS,
    *of_audit.CHECKS,
    *of_properties.CHECKS,
    *of_pricing.CHECKS,
    *of_clients.CHECKS,
    *of_levels.CHECKS,
    *of_discounts.CHECKS,
    *of_quoting.CHECKS,
    *of_reservations.CHECKS,
    *of_uses.CHECKS,
    *of_plans.CHECKS,
)


def integrity(
    work: Work, *, keep: int = EXAMPLES_KEPT, advance: Callable[[int], None] = lambda _steps: None
) -> Report:
    """Prove every invariant, or name the rows that break one.

    Args:
        work: the open unit of work; one snapshot for all checks.
        keep: how many rows to name for each broken invariant.
        advance: called with 1 after each of the `CHECKS`.
    """
    return examine(work, CHECKS, keep=keep, advance=advance)
