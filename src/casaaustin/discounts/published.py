"""What anybody may read of the automatic rules, with all that limits them.

Source: docs/rules/pricing.md, 4.6.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import AutomaticDiscount
from casaaustin.discounts.queries import as_rule
from casaaustin.discounts.record import Discount
from casaaustin.discounts.service.automatic import RuleState, state_of
from casaaustin.discounts.service.scopes import RULE_HOUSES, RULE_LEVELS
from casaaustin.errors import NotFound
from casaaustin.levels.queries import as_level, level_rows
from casaaustin.levels.rules import Level

_rule = table_of(AutomaticDiscount)


@dataclass(frozen=True, slots=True)
class PublishedRule:
    """An automatic rule as front ends show it.

    Args:
        discount: what it is judged by.
        is_live: whether it can apply to what is booked today.
        levels: of which the guest holds any one, the entry level first; none = no such condition.
        restrict_weekdays: only from Sunday to Thursday; named weekdays override it.
        restrict_weekends: only Friday and Saturday; likewise.
        specific_weekdays: named weekdays as they are stored, `4,5`; 0 is Monday.
        created: when it was added.
        updated: when it was changed last.
    """

    discount: Discount
    is_live: bool
    levels: tuple[Level, ...]
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    created: datetime
    updated: datetime


def published_rules(work: Work) -> tuple[PublishedRule, ...]:
    """The rules that can apply to what is booked today, by name; four statements."""
    found = _published(work, _rows(work))
    return tuple(rule for rule in found if rule.is_live)


def published_rule(work: Work, rule: UUID) -> PublishedRule:
    """One rule, also one that is over or switched off; four statements.

    Raises:
        NotFound: no such rule (`rule_not_found`).
    """
    rows = [row for row in _rows(work) if row.id == rule]
    if not rows:
        raise NotFound("There is no such automatic discount.", code="rule_not_found")
    return _published(work, rows)[0]


def _rows(work: Work) -> list[AutomaticDiscount]:
    rows = work.session.scalars(select(AutomaticDiscount).where(~_rule.c.deleted)).all()
    return sorted(rows, key=lambda row: (row.name.casefold(), row.id))


def _published(work: Work, rows: Iterable[AutomaticDiscount]) -> list[PublishedRule]:
    houses, linked = RULE_HOUSES.targets(work), RULE_LEVELS.targets(work)
    levels = [as_level(row) for row in level_rows(work)]
    day = today(work.clock)
    nothing: frozenset[UUID] = frozenset()
    return [
        PublishedRule(
            discount=as_rule(row, houses.get(row.id, nothing), linked.get(row.id, nothing)),
            is_live=state_of(row, day) is RuleState.LIVE,
            levels=tuple(level for level in levels if level.id in linked.get(row.id, nothing)),
            restrict_weekdays=row.restrict_weekdays,
            restrict_weekends=row.restrict_weekends,
            specific_weekdays=row.specific_weekdays,
            created=row.created,
            updated=row.updated,
        )
        for row in rows
    ]
