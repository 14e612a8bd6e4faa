"""Generators of codes: their recipes, and the codes they make. Source: docs/rules/pricing.md, 1.8 and 2.8."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Unpack, cast
from uuid import UUID

from sqlalchemy import func, select

from casaaustin.audit.service import once
from casaaustin.audit.writing import change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import check_amount, check_whole, choose, clean_line, clean_text
from casaaustin.clock import today
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.generation import SIMPLE_PREFIX, Pick, last_day, normal_prefix
from casaaustin.discounts.models import DiscountCode, DynamicDiscountConfig
from casaaustin.discounts.queries import weekdays_of
from casaaustin.discounts.service.fields import (
    ONE_PER_CENT,
    RecipeFields,
    as_changed,
    check_recipe,
    checked_recipe,
    require,
)
from casaaustin.discounts.service.minting import Allowance, mint, spend
from casaaustin.discounts.service.scopes import CODE_HOUSES, GENERATOR_HOUSES
from casaaustin.errors import Conflict, InvalidInput, NotFound, RuleRefused
from casaaustin.formats import percentage as percentage_text
from casaaustin.money import HUNDRED, ZERO
from casaaustin.properties.scoped import add_with_houses, change_with_houses
from casaaustin.vocabulary import Benefit, CodeOrigin, DayScope

ENTITY = "code_generator"
SIMPLE_PERCENTAGE = Decimal("10.00")
SIMPLE_VALIDITY_DAYS = 7
LONGEST_SIMPLE_VALIDITY_DAYS = 365
LONGEST_NAME = 100
LONGEST_ICON = 50
DEFAULT_ICON = "pricetag-outline"

_row = table_of(DynamicDiscountConfig)
_code = table_of(DiscountCode)


class GeneratorFields(RecipeFields, total=False):
    """What a generator says; a field left out keeps its value. The prefix is given once and never changes."""

    prefix: str
    display_name: str
    description: str
    icon: str
    usage_limit: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class GeneratorListed:
    """A generator as staff list it, inactive ones too.

    Args:
        usage_limit: uses of each of its codes.
        weekdays: allowed ones, 0 = Monday; seven = all.
        houses: slugs; none = all houses.
        codes: how many it has made.
    """

    id: UUID
    name: str
    display_name: str
    description: str
    icon: str
    prefix: str
    discount_percentage: Decimal
    validity_days: int
    min_amount_usd: Decimal
    max_discount_usd: Decimal | None
    usage_limit: int
    apply_only_to_base_price: bool
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    weekdays: tuple[int, ...]
    day_scope: DayScope
    is_active: bool
    houses: tuple[str, ...]
    codes: int


@dataclass(frozen=True, slots=True)
class GeneratedCode:
    """A code that was just made; `end_date` is the last day on which one may book with it."""

    id: UUID
    code: str
    description: str
    discount_percentage: Decimal
    min_amount_usd: Decimal | None
    max_discount_usd: Decimal | None
    start_date: date
    end_date: date
    validity_days: int
    usage_limit: int | None
    houses: tuple[str, ...]


def list_generators(work: Work) -> tuple[GeneratorListed, ...]:
    """Every generator, by name; three statements."""
    houses = GENERATOR_HOUSES.names(work)
    counted = (
        select(_code.c.dynamic_config_id, func.count().label("codes"))
        .where(_code.c.dynamic_config_id.is_not(None))
        .group_by(_code.c.dynamic_config_id)
    )
    codes = {row.dynamic_config_id: row.codes for row in work.connection.execute(counted)}
    return tuple(
        GeneratorListed(
            id=row.id,
            name=row.name,
            display_name=row.display_name,
            description=row.description,
            icon=row.icon,
            prefix=row.prefix,
            discount_percentage=row.discount_percentage,
            validity_days=row.validity_days,
            min_amount_usd=row.min_amount_usd,
            max_discount_usd=row.max_discount_usd,
            usage_limit=row.usage_limit,
            apply_only_to_base_price=row.apply_only_to_base_price,
            restrict_weekdays=row.restrict_weekdays,
            restrict_weekends=row.restrict_weekends,
            specific_weekdays=row.specific_weekdays,
            weekdays=tuple(sorted(weekdays_of(row))),
            day_scope=row.day_scope,
            is_active=row.is_active,
            houses=houses.get(row.id, ()),
            codes=codes.get(row.id, 0),
        )
        for row in sorted(_live(work), key=lambda row: (row.name.casefold(), row.id))
    )


def add_generator(
    work: Work, *, key: str | None = None, reason: str = "", **fields: Unpack[GeneratorFields]
) -> Changed:
    """Add a generator; name, prefix and percentage are required.

    Args:
        work: a writing unit of work.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `GeneratorFields`.

    Raises:
        InvalidInput: a field is missing or malformed, or they cannot be computed together.
        NotFound: no such house.
        Conflict: another generator is called that.

    Source: docs/rules/pricing.md, 1.8.
    """
    values, wanted = _checked(fields)
    require(values, ("name", "prefix", "discount_percentage"), kind="generator")

    def add() -> Changed:
        hold_rate_book(work)
        _refuse_taken(work, values["name"])
        row = DynamicDiscountConfig(**values)
        check_recipe(row)
        return add_with_houses(
            work, row, GENERATOR_HOUSES, wanted or (), entity=ENTITY, name=row.name, reason=reason
        )

    return once(
        work,
        key,
        "code_generator.add",
        {**values, "houses": wanted},
        add,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_generator(
    work: Work, generator: str, *, reason: str = "", **fields: Unpack[GeneratorFields]
) -> Changed:
    """Change a generator; the codes it made stay as they are.

    Raises:
        NotFound: no generator is called that, or no such house.
        InvalidInput: several are, a field is malformed, or they cannot be computed together.
        Conflict: another generator has the new name.
        RuleRefused: another prefix (`prefix_never_changes`).

    Source: docs/rules/pricing.md, 1.8.
    """
    values, wanted = _checked(fields)
    hold_rate_book(work)
    row = get_generator(work, generator)
    if values.get("prefix", row.prefix) != row.prefix:
        raise RuleRefused(
            f"The prefix of {row.name} is {row.prefix} for good: guests know it.",
            code="prefix_never_changes",
            hint="Add another generator.",
        )
    if "name" in values:
        _refuse_taken(work, values["name"], beside=row.id)
    check_recipe(as_changed(row, values))
    return change_with_houses(
        work, row, values, GENERATOR_HOUSES, wanted, entity=ENTITY, name=row.name, reason=reason
    )


def disable_generator(work: Work, generator: str, *, reason: str = "") -> Changed:
    """Let a generator make no more codes; those it made stay valid.

    Raises:
        NotFound: no generator is called that.
    """
    hold_rate_book(work)
    row = get_generator(work, generator)
    return change_row(work, row, {"is_active": False}, entity=ENTITY, name=row.name, reason=reason)


def delete_generator(work: Work, generator: str, *, reason: str = "") -> Changed:
    """Delete a generator softly; the codes it made stay valid.

    Raises:
        NotFound: no generator is called that.
    """
    hold_rate_book(work)
    row = get_generator(work, generator)
    return delete_row(work, row, entity=ENTITY, name=row.name, reason=reason)


def get_generator(work: Work, reference: str) -> DynamicDiscountConfig:
    """A generator by id, name or the unique beginning of its name.

    Raises:
        NotFound: no generator is called that.
        InvalidInput: several are.
    """
    among = [(row, row.id, (row.name,)) for row in _live(work)]
    return choose(reference, among, kind="generator", field="generator")


def generate(
    work: Work,
    name: str,
    *,
    key: str | None = None,
    allowance: Allowance | None = None,
    reason: str = "",
    pick: Pick = secrets.choice,
) -> GeneratedCode:
    """Make a code from a generator's recipe, valid from today on.

    Args:
        work: a writing unit of work.
        name: the whole name of the generator, in any case.
        key: of the request; a repetition returns the first code.
        allowance: of an API key; None for staff, who have no cap.
        reason: why, for the audit trail.
        pick: draws one character of a text.

    Raises:
        NotFound: no generator is called that (`generator_not_found`).
        RuleRefused: it is switched off (`generator_inactive`), the allowance does not cover it,
            or no free code was found (`code_space_exhausted`).

    Source: docs/rules/pricing.md, 2.8.
    """
    return _once(
        work,
        key,
        "code_generator.generate",
        {"name": name.strip().casefold(), "reason": reason},
        lambda: _generate(work, name, allowance, reason, pick),
    )


def generate_simple(
    work: Work,
    *,
    percentage: Decimal = SIMPLE_PERCENTAGE,
    validity_days: int = SIMPLE_VALIDITY_DAYS,
    key: str | None = None,
    allowance: Allowance | None = None,
    reason: str = "",
    pick: Pick = secrets.choice,
) -> GeneratedCode:
    """Make a code for one use, everywhere and without a minimum, valid from today on.

    Args:
        work: a writing unit of work.
        percentage: 1 to 100.
        validity_days: 1 to 365; the last day is today and so many more.
        key: of the request; a repetition returns the first code.
        allowance: of an API key; None for staff, who have no cap.
        reason: why, for the audit trail.
        pick: draws one character of a text.

    Raises:
        InvalidInput: the percentage or the days are out of range.
        RuleRefused: the allowance does not cover it, or no free code was found.

    Source: docs/rules/pricing.md, 2.8.
    """
    value = check_amount(percentage, field="percentage", least=ONE_PER_CENT, most=HUNDRED)
    check_whole(validity_days, field="validity_days", least=1, most=LONGEST_SIMPLE_VALIDITY_DAYS)

    def do() -> GeneratedCode:
        spend(work, allowance, value)
        start = today(work.clock)
        row = DiscountCode(
            description=f"Descuento del {percentage_text(value)}",
            discount_type=Benefit.PERCENTAGE,
            discount_value=value,
            start_date=start,
            end_date=last_day(start, validity_days),
            usage_limit=1,
            origin=CodeOrigin.SIMPLE,
        )
        return _told(work, mint(work, row, SIMPLE_PREFIX, reason=reason, pick=pick))

    content = {"percentage": value, "validity_days": validity_days, "reason": reason}
    return _once(work, key, "discount_code.generate_simple", content, do)


def _generate(work: Work, name: str, allowance: Allowance | None, reason: str, pick: Pick) -> GeneratedCode:
    generator = _called(work, name)
    if not generator.is_active:
        raise RuleRefused(
            f"The generator {generator.name} is switched off.",
            code="generator_inactive",
            hint="Switch it on with: casa discounts generators edit --active",
        )
    check_recipe(generator)
    spend(work, allowance, generator.discount_percentage)
    start = today(work.clock)
    row = DiscountCode(
        description=generator.display_name or generator.name,
        discount_type=Benefit.PERCENTAGE,
        discount_value=generator.discount_percentage,
        min_amount_usd=generator.min_amount_usd,
        max_discount_usd=generator.max_discount_usd,
        start_date=start,
        end_date=last_day(start, generator.validity_days),
        usage_limit=generator.usage_limit,
        restrict_weekdays=generator.restrict_weekdays,
        restrict_weekends=generator.restrict_weekends,
        specific_weekdays=generator.specific_weekdays,
        day_scope=generator.day_scope,
        apply_only_to_base_price=generator.apply_only_to_base_price,
        origin=CodeOrigin.DYNAMIC,
        dynamic_config_id=generator.id,
    )
    houses = GENERATOR_HOUSES.targets(work, [generator.id]).get(generator.id, frozenset())
    return _told(work, mint(work, row, generator.prefix, houses=houses, reason=reason, pick=pick))


def _told(work: Work, row: DiscountCode) -> GeneratedCode:
    return GeneratedCode(
        id=row.id,
        code=row.code,
        description=row.description,
        discount_percentage=row.discount_value,
        min_amount_usd=row.min_amount_usd,
        max_discount_usd=row.max_discount_usd,
        start_date=row.start_date,
        end_date=row.end_date,
        validity_days=(row.end_date - row.start_date).days,
        usage_limit=row.usage_limit,
        houses=CODE_HOUSES.names(work, [row.id]).get(row.id, ()),
    )


def _once(
    work: Work, key: str | None, operation: str, content: Mapping[str, Any], do: Callable[[], GeneratedCode]
) -> GeneratedCode:
    return once(
        work,
        key,
        operation,
        content,
        do,
        remember=lambda made: {"id": str(made.id)},
        recall=lambda kept: _told(work, work.session.get_one(DiscountCode, UUID(kept["id"]))),
    )


def _called(work: Work, name: str) -> DynamicDiscountConfig:
    """The generator with this whole name; a part of it is not enough to make a code.

    Raises:
        NotFound: there is none; the hint lists what there is.
    """
    live = _live(work)
    found = [row for row in live if row.name.casefold() == name.strip().casefold()]
    if not found:
        names = ", ".join(sorted(row.name for row in live))
        raise NotFound(
            f"There is no generator {name.strip()!r}.",
            code="generator_not_found",
            hint=f"There is: {names}." if names else "Add one with: casa discounts generators add",
        )
    return found[0]


def _live(work: Work) -> list[DynamicDiscountConfig]:
    return list(work.session.scalars(select(DynamicDiscountConfig).where(~_row.c.deleted)).all())


def _refuse_taken(work: Work, name: str, *, beside: UUID | None = None) -> None:
    for row in _live(work):
        if row.id != beside and row.name.casefold() == name.casefold():
            raise Conflict(
                f"There is a generator {row.name!r} already.",
                code="name_taken",
                hint="Edit it, or choose another name.",
            )


def _checked(fields: GeneratorFields) -> tuple[dict[str, Any], list[str] | None]:
    values = checked_recipe(cast(dict[str, Any], fields))
    houses = values.pop("houses", None)
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=LONGEST_NAME)
    if "prefix" in values:
        values["prefix"] = normal_prefix(values["prefix"])
    for field, most in (("display_name", LONGEST_NAME), ("icon", LONGEST_ICON)):
        if field in values:
            values[field] = clean_line(values[field], field=field, most=most, required=False)
    if "icon" in values:
        values["icon"] = values["icon"] or DEFAULT_ICON
    if "description" in values:
        values["description"] = clean_text(values["description"], field="description")
    if "min_amount_usd" in values:
        values["min_amount_usd"] = values["min_amount_usd"] or ZERO
    if "usage_limit" in values:
        if values["usage_limit"] is None:
            raise InvalidInput("Each generated code has a limit of uses.", field="usage_limit")
        check_whole(values["usage_limit"], field="usage_limit", least=1)
    return values, None if houses is None else list(houses)
