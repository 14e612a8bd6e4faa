"""Late checkout by weekday of departure: show, set, delete. Source: docs/rules/pricing.md, 1.13."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, Unpack, cast

from sqlalchemy import select

from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import check_amount, check_percentage, check_whole, clean_line
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput, NotFound
from casaaustin.money import ZERO
from casaaustin.pricing.models import LateCheckoutConfig
from casaaustin.stays import FRIDAY, SATURDAY
from casaaustin.vocabulary import WEEKDAYS, ReductionType

ENTITY = "late_checkout"
_row = table_of(LateCheckoutConfig)


class LateCheckoutFields(TypedDict, total=False):
    """What the rule of a weekday says; a field left out keeps its value. A fixed reduction is dollars."""

    name: str
    allows_late_checkout: bool
    discount_type: ReductionType
    discount_value: Decimal
    is_active: bool


@dataclass(frozen=True, slots=True)
class LateCheckoutDay:
    """A weekday of departure, what its rule says, and what holds.

    `has_rule` is false where nothing is stored; `is_active` false means that what is
    stored counts for nothing. `allowed` and `reduction` are what holds in the end.
    """

    weekday: int
    name: str
    has_rule: bool
    is_active: bool
    allowed: bool
    reduction_type: ReductionType
    reduction: Decimal


def list_late_checkout(work: Work) -> tuple[LateCheckoutDay, ...]:
    """All seven weekdays, Monday first; an inactive rule that would forbid is told in the notes (D-21)."""
    rules = {row.weekday: row for row in live_rules(work)}
    days = []
    for weekday, english in enumerate(WEEKDAYS):
        row = rules.get(weekday)
        if row is not None and row.is_active:
            days.append(
                LateCheckoutDay(
                    weekday,
                    row.name,
                    has_rule=True,
                    is_active=True,
                    allowed=row.allows_late_checkout,
                    reduction_type=row.discount_type,
                    reduction=row.discount_value,
                )
            )
            continue
        if row is not None:
            work.notes.append(inactive_warning(weekday))
        days.append(
            LateCheckoutDay(
                weekday,
                row.name if row is not None else english.capitalize(),
                has_rule=row is not None,
                is_active=False,
                allowed=is_allowed_without_rule(weekday),
                reduction_type=ReductionType.PERCENTAGE,
                reduction=ZERO,
            )
        )
    return tuple(days)


def set_late_checkout(
    work: Work, weekday: int, *, reason: str = "", **fields: Unpack[LateCheckoutFields]
) -> Changed:
    """Set the rule of a weekday of departure, or some of its fields.

    A rule that ends up inactive forbids nothing; the unit of work's notes say what holds then.

    Args:
        work: a writing unit of work.
        weekday: 0 = Monday.
        reason: why.
        fields: see `LateCheckoutFields`.

    Raises:
        InvalidInput: no such weekday, a percentage above 100, or a negative reduction.
    """
    check_whole(weekday, field="weekday", least=0, most=6)
    values: dict[str, Any] = dict(cast(dict[str, Any], fields))
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=100)
    hold_rate_book(work)
    row = _find(work, weekday)
    kind = values.get("discount_type", row.discount_type if row else ReductionType.PERCENTAGE)
    value = values.get("discount_value", row.discount_value if row else Decimal("10.00"))
    values |= {"discount_type": kind, "discount_value": check_reduction(kind, value)}
    name = WEEKDAYS[weekday]
    if row is None:
        row = LateCheckoutConfig(weekday=weekday, **{"name": name.capitalize(), **values})
        changed = add_row(work, row, entity=ENTITY, name=name, reason=reason)
    else:
        changed = change_row(work, row, values, entity=ENTITY, name=name, reason=reason)
    if not row.is_active:
        work.notes.append(inactive_warning(weekday))
    return changed


def delete_late_checkout(work: Work, weekday: int, *, reason: str = "") -> Changed:
    """Delete the rule of a weekday softly; the default holds then.

    Raises:
        NotFound: the weekday has no rule.
    """
    hold_rate_book(work)
    row = _find(work, weekday)
    if row is None:
        raise NotFound(f"There is no late checkout rule for {WEEKDAYS[weekday]}.", code="rule_not_found")
    return delete_row(work, row, entity=ENTITY, name=WEEKDAYS[weekday], reason=reason)


def check_reduction(kind: ReductionType, value: Decimal) -> Decimal:
    """A reduction of the full price: per cent up to 100, or dollars.

    Raises:
        InvalidInput: naming `discount_value`.
    """
    if kind is ReductionType.PERCENTAGE:
        return check_percentage(value, field="discount_value")
    return check_amount(value, field="discount_value")


def parse_weekday(text: str) -> int:
    """A weekday by its English name, the beginning of it, or its number (0 = Monday).

    Raises:
        InvalidInput: none of these.
    """
    wanted = text.strip().casefold()
    if wanted.isdigit() and wanted in "0123456":
        return int(wanted)
    found = [number for number, name in enumerate(WEEKDAYS) if len(wanted) > 1 and name.startswith(wanted)]
    if len(found) != 1:
        raise InvalidInput(
            f"There is no weekday {text!r}.", field="weekday", hint=f"Use one of: {', '.join(WEEKDAYS)}."
        )
    return found[0]


def is_allowed_without_rule(weekday: int) -> bool:
    """What holds on a weekday without an active rule: allowed, except Friday and Saturday."""
    return weekday not in (FRIDAY, SATURDAY)


def inactive_warning(weekday: int) -> str:
    """What staff must know about an inactive rule (D-21)."""
    name = WEEKDAYS[weekday].capitalize()
    if is_allowed_without_rule(weekday):
        return (
            f"The rule of {name} is inactive, which does not forbid it: late checkout is sold at full price. "
            "To forbid it, make the rule active with late checkout not allowed"
        )
    return f"The rule of {name} is inactive: late checkout is not sold on that day, whatever the rule says"


def live_rules(work: Work) -> list[LateCheckoutConfig]:
    """The rules that are stored, inactive ones too, Monday first."""
    rows = work.session.scalars(select(LateCheckoutConfig).where(~_row.c.deleted)).all()
    return sorted(rows, key=lambda row: row.weekday)


def _find(work: Work, weekday: int) -> LateCheckoutConfig | None:
    return work.session.scalars(
        select(LateCheckoutConfig).where(~_row.c.deleted, _row.c.weekday == weekday)
    ).one_or_none()
