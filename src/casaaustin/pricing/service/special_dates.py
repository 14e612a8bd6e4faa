"""Special dates of the houses: list, add, edit, delete, bulk load. Source: docs/rules/pricing.md, 1.5."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, Unpack, cast
from uuid import UUID

from sqlalchemy import select

from casaaustin.audit.service import once
from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import check_amount, check_whole, clean_line
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, InvalidInput, NotFound
from casaaustin.pricing.models import SpecialDatePricing
from casaaustin.pricing.special_dates_csv import (
    LONGEST_DESCRIPTION,
    MOST_NIGHTS,
    SpecialDateLine,
    parse_special_dates,
)
from casaaustin.pricing.year_days import YearDay, check_year_day
from casaaustin.properties.models import Property
from casaaustin.properties.queries import get_house, get_houses, houses

ENTITY = "special_date"
_row = table_of(SpecialDatePricing)


class SpecialDateFields(TypedDict, total=False):
    """What a special date says beside its house and day; a field left out keeps its value."""

    price_usd: Decimal
    description: str | None
    minimum_consecutive_nights: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class SpecialDateListed:
    """A special date as staff list it, inactive ones too; dollars for one guest."""

    id: UUID
    house: str
    house_slug: str
    day: YearDay
    description: str | None
    price_usd: Decimal
    minimum_consecutive_nights: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What a bulk load did: what became of each line in each house, and which lines it passed over."""

    changed: tuple[Changed, ...]
    skipped: tuple[str, ...]


def list_special_dates(work: Work, house: str | None = None) -> tuple[SpecialDateListed, ...]:
    """The special dates of one house or of all, by house and day, recurring ones first.

    Raises:
        NotFound: no such house.
    """
    owners = {owner.id: owner for owner in ([get_house(work, house)] if house else houses(work))}
    rows = [row for row in _live(work, owners) if row.property_id in owners]
    listed = [
        SpecialDateListed(
            id=row.id,
            house=owners[row.property_id].name,
            house_slug=owners[row.property_id].slug,
            day=YearDay(row.month, row.day, row.year),
            description=row.description,
            price_usd=row.price_usd,
            minimum_consecutive_nights=row.minimum_consecutive_nights,
            is_active=row.is_active,
        )
        for row in rows
    ]
    return tuple(sorted(listed, key=lambda line: (line.house_slug, line.day.order)))


def has_special_date(work: Work, house: str, day: YearDay) -> bool:
    """Whether the house has a special date on that day, active or not.

    Raises:
        NotFound: no such house.
    """
    return _find(work, get_house(work, house), day) is not None


def add_special_date(
    work: Work,
    house: str,
    day: YearDay,
    *,
    key: str | None = None,
    reason: str = "",
    **fields: Unpack[SpecialDateFields],
) -> Changed:
    """Give a night of a house its own price.

    Args:
        work: a writing unit of work.
        house: id, slug or name.
        day: every year, or in one year, which then beats the recurring one.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `SpecialDateFields`; the price is required.

    Raises:
        NotFound: no such house.
        InvalidInput: a field is missing or malformed, or no year has that day.
        Conflict: the house has that date already.
    """
    values = _checked(fields)
    if "price_usd" not in values:
        raise InvalidInput("A special date needs its price.", field="price_usd")
    check_year_day(day.month, day.day, day.year, field="day")

    def add() -> Changed:
        hold_rate_book(work)
        owner = get_house(work, house)
        if _find(work, owner, day) is not None:
            raise Conflict(
                f"{owner.name} has a special date {day} already.", code="special_date_taken", hint="Edit it."
            )
        return _add(work, owner, day, values, reason)

    return once(
        work,
        key,
        "special_date.add",
        {"house": house, "day": str(day), **values},
        add,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_special_date(
    work: Work, house: str, day: YearDay, *, reason: str = "", **fields: Unpack[SpecialDateFields]
) -> Changed:
    """Change a special date; what is not mentioned stays, its minimum of nights above all.

    Raises:
        NotFound: no such house, or it has no such date.
        InvalidInput: a field is malformed.
    """
    values = _checked(fields)
    hold_rate_book(work)
    owner = get_house(work, house)
    row = _get(work, owner, day)
    return change_row(work, row, values, entity=ENTITY, name=_name(owner, day), reason=reason)


def delete_special_date(work: Work, house: str, day: YearDay, *, reason: str = "") -> Changed:
    """Delete a special date softly.

    Raises:
        NotFound: no such house, or it has no such date.
    """
    hold_rate_book(work)
    owner = get_house(work, house)
    row = _get(work, owner, day)
    return delete_row(work, row, entity=ENTITY, name=_name(owner, day), reason=reason)


def import_special_dates(
    work: Work, wanted: Sequence[str], text: str, *, overwrite: bool = False, reason: str = ""
) -> ImportReport:
    """Store the special dates of a CSV file in one house or several; all lines or none.

    Dates that exist already are passed over unless `overwrite` is on. A minimum of
    nights that the file does not mention is never reset. The same file twice changes
    nothing the second time.

    Args:
        work: a writing unit of work.
        wanted: houses by id, slug or name.
        text: of the file, see `special_dates_csv`.
        overwrite: whether the file wins over what is there.
        reason: why.

    Raises:
        NotFound: no such house.
        InvalidInput: faulty lines, all of them in `details["reasons"]`; nothing is stored.
    """
    lines, faults = parse_special_dates(text)
    if faults:
        raise InvalidInput(
            f"{len(faults)} faulty line{'s' if len(faults) > 1 else ''}: nothing is stored.",
            field="file",
            code="faulty_lines",
            hint="Mend them and load the whole file again.",
            details={
                "reasons": [str(fault) for fault in faults],
                "lines": [{"line": fault.number, "message": fault.message} for fault in faults],
            },
        )
    hold_rate_book(work)
    owners = get_houses(work, wanted)
    present = {
        (row.property_id, YearDay(row.month, row.day, row.year)): row
        for row in _live(work, [owner.id for owner in owners])
    }
    changed: list[Changed] = []
    skipped: list[str] = []
    for owner in owners:
        for line in lines:
            row = present.get((owner.id, line.day))
            if row is None:
                changed.append(_add(work, owner, line.day, _values(line), reason))
            elif overwrite:
                name = _name(owner, line.day)
                changed.append(change_row(work, row, _values(line), entity=ENTITY, name=name, reason=reason))
            else:
                skipped.append(_name(owner, line.day))
    return ImportReport(tuple(changed), tuple(skipped))


def _add(work: Work, owner: Property, day: YearDay, values: dict[str, Any], reason: str) -> Changed:
    row = SpecialDatePricing(property_id=owner.id, month=day.month, day=day.day, year=day.year, **values)
    return add_row(work, row, entity=ENTITY, name=_name(owner, day), reason=reason)


def _values(line: SpecialDateLine) -> dict[str, Any]:
    values: dict[str, Any] = {"description": line.description, "price_usd": line.price_usd}
    if line.minimum_nights is not None:
        values["minimum_consecutive_nights"] = line.minimum_nights
    return values


def _live(work: Work, owners: Sequence[UUID] | dict[UUID, Property]) -> list[SpecialDatePricing]:
    statement = select(SpecialDatePricing).where(~_row.c.deleted, _row.c.property_id.in_(list(owners)))
    return list(work.session.scalars(statement).all())


def _find(work: Work, owner: Property, day: YearDay) -> SpecialDatePricing | None:
    return work.session.scalars(
        select(SpecialDatePricing).where(
            ~_row.c.deleted,
            _row.c.property_id == owner.id,
            _row.c.month == day.month,
            _row.c.day == day.day,
            _row.c.year == day.year if day.year is not None else _row.c.year.is_(None),
        )
    ).one_or_none()


def _get(work: Work, owner: Property, day: YearDay) -> SpecialDatePricing:
    row = _find(work, owner, day)
    if row is None:
        raise NotFound(
            f"{owner.name} has no special date {day}.",
            code="special_date_not_found",
            hint=f"See them with: casa prices special-dates list --house {owner.slug}",
        )
    return row


def _name(owner: Property, day: YearDay) -> str:
    return f"{owner.name} {day}"


def _checked(fields: SpecialDateFields) -> dict[str, Any]:
    values: dict[str, Any] = dict(cast(dict[str, Any], fields))
    if "price_usd" in values:
        values["price_usd"] = check_amount(values["price_usd"], field="price_usd", above=True)
    if values.get("description") is not None:
        values["description"] = (
            clean_line(values["description"], field="description", most=LONGEST_DESCRIPTION, required=False)
            or None
        )
    if "minimum_consecutive_nights" in values:
        check_whole(
            values["minimum_consecutive_nights"],
            field="minimum_consecutive_nights",
            least=1,
            most=MOST_NIGHTS,
        )
    return values
