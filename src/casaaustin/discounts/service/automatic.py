"""Automatic rules: list, show, add, edit, disable, delete. Source: docs/rules/pricing.md, 1.10 and 2.7.

A rule of 0 % is refused: it could only ever be reported as taking nothing off. Disable it instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypedDict, Unpack, cast
from uuid import UUID

from sqlalchemy import select

from casaaustin.audit.service import once
from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import check_amount, choose, clean_line, clean_text
from casaaustin.clock import today
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import AutomaticDiscount
from casaaustin.discounts.queries import as_rule, weekdays_of
from casaaustin.discounts.record import check_discount
from casaaustin.discounts.service.fields import check_weekdays, checked_conditions, require
from casaaustin.discounts.service.scopes import RULE_HOUSES, RULE_LEVELS
from casaaustin.errors import Conflict
from casaaustin.levels.queries import get_levels
from casaaustin.money import HUNDRED
from casaaustin.properties.queries import get_houses
from casaaustin.vocabulary import DayScope, Trigger

ENTITY = "automatic_discount"
_row = table_of(AutomaticDiscount)


class RuleFields(TypedDict, total=False):
    """What a rule says; a field left out keeps its value.

    The cap is dollars. `start_date` and `end_date` are about the check-in day, `book_from` and
    `book_to` about the day of booking. `specific_weekdays` is as people write them: `vie,sab`,
    `4,5`. `houses` are ids, slugs or names, none = all houses; `required_achievements` are levels
    by id or name, of which the guest holds any one, none = no such condition.
    """

    name: str
    description: str
    trigger: Trigger
    discount_percentage: Decimal
    max_discount_usd: Decimal | None
    required_achievements: Iterable[str]
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    day_scope: DayScope
    start_date: date | None
    end_date: date | None
    book_from: date | None
    book_to: date | None
    houses: Iterable[str]
    apply_only_to_base_price: bool
    is_active: bool


class RuleState(StrEnum):
    """Whether a rule can apply to what is booked today, and if not, why."""

    LIVE = "live"
    NOT_STARTED = "not_started"
    EXPIRED = "expired"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True)
class RuleListed:
    """A rule as staff list it, inactive ones too.

    Args:
        state: whether it can apply to what is booked today.
        weekdays: allowed ones, 0 = Monday; seven = all.
        houses: slugs; none = all houses.
        required_achievements: names of levels; none = no such condition.
    """

    id: UUID
    name: str
    description: str
    state: RuleState
    trigger: Trigger
    discount_percentage: Decimal
    max_discount_usd: Decimal | None
    required_achievements: tuple[str, ...]
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    weekdays: tuple[int, ...]
    day_scope: DayScope
    start_date: date | None
    end_date: date | None
    book_from: date | None
    book_to: date | None
    houses: tuple[str, ...]
    apply_only_to_base_price: bool
    is_active: bool


def list_rules(work: Work) -> tuple[RuleListed, ...]:
    """Every rule, by name; three statements."""
    houses, levels = RULE_HOUSES.names(work), RULE_LEVELS.names(work)
    day = today(work.clock)
    return tuple(
        RuleListed(
            id=row.id,
            name=row.name,
            description=row.description,
            state=state_of(row, day),
            trigger=row.trigger,
            discount_percentage=row.discount_percentage,
            max_discount_usd=row.max_discount_usd,
            required_achievements=levels.get(row.id, ()),
            restrict_weekdays=row.restrict_weekdays,
            restrict_weekends=row.restrict_weekends,
            specific_weekdays=row.specific_weekdays,
            weekdays=tuple(sorted(weekdays_of(row))),
            day_scope=row.day_scope,
            start_date=row.start_date,
            end_date=row.end_date,
            book_from=row.book_from,
            book_to=row.book_to,
            houses=houses.get(row.id, ()),
            apply_only_to_base_price=row.apply_only_to_base_price,
            is_active=row.is_active,
        )
        for row in sorted(_live(work), key=lambda row: (row.name.casefold(), row.name, row.id))
    )


def show_rule(work: Work, rule: str) -> RuleListed:
    """One rule as `list_rules` tells it.

    Raises:
        NotFound: no rule is called that.
        InvalidInput: several are.
    """
    wanted = get_rule(work, rule).id
    return next(line for line in list_rules(work) if line.id == wanted)


def add_rule(
    work: Work, *, key: str | None = None, reason: str = "", **fields: Unpack[RuleFields]
) -> Changed:
    """Add a rule; name, trigger and percentage are required.

    Args:
        work: a writing unit of work.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `RuleFields`.

    Raises:
        InvalidInput: a field is missing or malformed, or they cannot be computed together.
        NotFound: no such house or level.
        Conflict: another rule is called that.
    """
    values, wanted_houses, wanted_levels = _checked(fields)
    require(values, ("name", "trigger", "discount_percentage"), kind="rule")

    def add() -> Changed:
        hold_rate_book(work)
        _refuse_taken(work, values["name"])
        houses = get_houses(work, wanted_houses or ())
        levels = get_levels(work, wanted_levels or ())
        row = AutomaticDiscount(**values)
        _check(row, (house.id for house in houses), (level.id for level in levels))
        changed = add_row(
            work,
            row,
            entity=ENTITY,
            name=row.name,
            reason=reason,
            beside={
                "houses": [house.slug for house in houses],
                "required_achievements": [level.name for level in levels],
            },
        )
        RULE_HOUSES.set(work, row.id, (house.id for house in houses))
        RULE_LEVELS.set(work, row.id, (level.id for level in levels))
        return changed

    return once(
        work,
        key,
        "automatic_discount.add",
        {**values, "houses": wanted_houses, "required_achievements": wanted_levels},
        add,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_rule(work: Work, rule: str, *, reason: str = "", **fields: Unpack[RuleFields]) -> Changed:
    """Change a rule.

    Raises:
        NotFound: no rule is called that, or no such house or level.
        InvalidInput: several are, a field is malformed, or they cannot be computed together.
        Conflict: another rule has the new name.
    """
    values, wanted_houses, wanted_levels = _checked(fields)
    hold_rate_book(work)
    row = get_rule(work, rule)
    if "name" in values:
        _refuse_taken(work, values["name"], beside=row.id)
    before, after = _scopes(work, row.id), _scopes(work, row.id)
    houses = RULE_HOUSES.targets(work, [row.id]).get(row.id, frozenset())
    levels = RULE_LEVELS.targets(work, [row.id]).get(row.id, frozenset())
    if wanted_houses is not None:
        chosen = get_houses(work, wanted_houses)
        houses = frozenset(house.id for house in chosen)
        after["houses"] = [house.slug for house in chosen]
    if wanted_levels is not None:
        named = get_levels(work, wanted_levels)
        levels = frozenset(level.id for level in named)
        after["required_achievements"] = sorted(level.name for level in named)
    _check(AutomaticDiscount(**row.model_dump() | values), houses, levels)
    if after["houses"] != before["houses"]:
        RULE_HOUSES.set(work, row.id, houses)
    if after["required_achievements"] != before["required_achievements"]:
        RULE_LEVELS.set(work, row.id, levels)
    return change_row(work, row, values, entity=ENTITY, name=row.name, reason=reason, beside=(before, after))


def disable_rule(work: Work, rule: str, *, reason: str = "") -> Changed:
    """Let a rule apply no more, whatever else it says; it can be made active again.

    Raises:
        NotFound: no rule is called that.
    """
    hold_rate_book(work)
    row = get_rule(work, rule)
    return change_row(work, row, {"is_active": False}, entity=ENTITY, name=row.name, reason=reason)


def delete_rule(work: Work, rule: str, *, reason: str = "") -> Changed:
    """Delete a rule softly.

    Raises:
        NotFound: no rule is called that.
    """
    hold_rate_book(work)
    row = get_rule(work, rule)
    return delete_row(work, row, entity=ENTITY, name=row.name, reason=reason)


def get_rule(work: Work, reference: str) -> AutomaticDiscount:
    """A rule by id, name or the unique beginning of its name.

    Raises:
        NotFound: no rule is called that.
        InvalidInput: several are.
    """
    among = [(row, row.id, (row.name,)) for row in _live(work)]
    return choose(reference, among, kind="rule", field="rule")


def _live(work: Work) -> list[AutomaticDiscount]:
    return list(work.session.scalars(select(AutomaticDiscount).where(~_row.c.deleted)).all())


def _scopes(work: Work, rule: UUID) -> dict[str, list[str]]:
    """The houses and levels of a rule, deleted ones too, as the audit trail has them."""
    return {
        "houses": list(RULE_HOUSES.names(work, [rule]).get(rule, ())),
        "required_achievements": list(RULE_LEVELS.names(work, [rule]).get(rule, ())),
    }


def state_of(row: AutomaticDiscount, day: date) -> RuleState:
    """Whether a rule can apply to what is booked on a day."""
    if not row.is_active:
        return RuleState.DISABLED
    if row.book_from is not None and day < row.book_from:
        return RuleState.NOT_STARTED
    # No stay that is booked today begins before today.
    if any(last is not None and last < day for last in (row.book_to, row.end_date)):
        return RuleState.EXPIRED
    return RuleState.LIVE


def _check(row: AutomaticDiscount, houses: Iterable[UUID], levels: Iterable[UUID]) -> None:
    """Refuse a rule that could not be computed clearly."""
    check_weekdays(row)
    check_discount(as_rule(row, houses, levels))


def _refuse_taken(work: Work, name: str, *, beside: UUID | None = None) -> None:
    for row in _live(work):
        if row.id != beside and row.name.casefold() == name.casefold():
            raise Conflict(
                f"There is a rule {row.name!r} already.",
                code="name_taken",
                hint="Edit it, or choose another name.",
            )


def _checked(fields: RuleFields) -> tuple[dict[str, Any], list[str] | None, list[str] | None]:
    values = checked_conditions(cast(dict[str, Any], fields))
    houses, levels = values.pop("houses", None), values.pop("required_achievements", None)
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=100)
    if "description" in values:
        values["description"] = clean_text(values["description"], field="description")
    if "discount_percentage" in values:
        values["discount_percentage"] = check_amount(
            values["discount_percentage"], field="discount_percentage", above=True, most=HUNDRED
        )
    return values, None if houses is None else list(houses), None if levels is None else list(levels)
