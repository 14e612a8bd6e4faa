"""Seasons: list, add, edit, disable, delete. Source: docs/rules/pricing.md, 1.4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypedDict, Unpack, cast
from uuid import UUID

from sqlalchemy import select

from casaaustin.audit.service import once
from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import choose, clean_line
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, InvalidInput
from casaaustin.pricing.models import SeasonPricing
from casaaustin.pricing.ratebook import MonthDay, check_month_day
from casaaustin.vocabulary import SeasonType

ENTITY = "season"
_row = table_of(SeasonPricing)


class SeasonFields(TypedDict, total=False):
    """What a season says; a field left out keeps its value. Both ends belong to it."""

    name: str
    season_type: SeasonType
    start: MonthDay
    end: MonthDay
    is_active: bool


@dataclass(frozen=True, slots=True)
class SeasonLine:
    """A season as staff list it, inactive ones too; a start after the end runs over New Year."""

    id: UUID
    name: str
    season_type: SeasonType
    start: MonthDay
    end: MonthDay
    is_active: bool


def list_seasons(work: Work) -> tuple[SeasonLine, ...]:
    """Every season, by name."""
    return tuple(
        SeasonLine(
            id=row.id,
            name=row.name,
            season_type=row.season_type,
            start=(row.start_month, row.start_day),
            end=(row.end_month, row.end_day),
            is_active=row.is_active,
        )
        for row in sorted(_live(work), key=lambda row: (row.name.casefold(), row.name, row.id))
    )


def add_season(
    work: Work, *, key: str | None = None, reason: str = "", **fields: Unpack[SeasonFields]
) -> Changed:
    """Add a season; name, type, start and end are required.

    Args:
        work: a writing unit of work.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `SeasonFields`.

    Raises:
        InvalidInput: a field is missing, or a day that no year has.
        Conflict: another season is called that.
    """
    values = _checked(fields)
    for required in ("name", "season_type", "start_month", "end_month"):
        if required not in values:
            name = required.removesuffix("_month")
            raise InvalidInput(f"A season needs its {name}.", field=name)

    def add() -> Changed:
        hold_rate_book(work)
        _refuse_taken(work, values["name"])
        return add_row(work, SeasonPricing(**values), entity=ENTITY, name=values["name"], reason=reason)

    return once(work, key, "season.add", values, add, remember=Changed.remembered, recall=Changed.recalled)


def edit_season(work: Work, season: str, *, reason: str = "", **fields: Unpack[SeasonFields]) -> Changed:
    """Change a season.

    Raises:
        NotFound: no season is called that.
        InvalidInput: several are, or a field is malformed.
        Conflict: another season has the new name.
    """
    values = _checked(fields)
    hold_rate_book(work)
    row = get_season(work, season)
    if "name" in values:
        _refuse_taken(work, values["name"], beside=row.id)
    return change_row(work, row, values, entity=ENTITY, name=row.name, reason=reason)


def disable_season(work: Work, season: str, *, reason: str = "") -> Changed:
    """Let a season have no effect; it can be made active again.

    Raises:
        NotFound: no season is called that.
    """
    return edit_season(work, season, reason=reason, is_active=False)


def delete_season(work: Work, season: str, *, reason: str = "") -> Changed:
    """Delete a season softly.

    Raises:
        NotFound: no season is called that.
    """
    hold_rate_book(work)
    row = get_season(work, season)
    return delete_row(work, row, entity=ENTITY, name=row.name, reason=reason)


def get_season(work: Work, reference: str) -> SeasonPricing:
    """A season by id, name or the unique beginning of its name.

    Raises:
        NotFound: no season is called that.
        InvalidInput: several are.
    """
    among = [(row, row.id, (row.name,)) for row in _live(work)]
    return choose(reference, among, kind="season", field="season")


def _live(work: Work) -> list[SeasonPricing]:
    return list(work.session.scalars(select(SeasonPricing).where(~_row.c.deleted)).all())


def _refuse_taken(work: Work, name: str, *, beside: UUID | None = None) -> None:
    for row in _live(work):
        if row.id != beside and row.name.casefold() == name.casefold():
            raise Conflict(
                f"There is a season {row.name!r} already.",
                code="name_taken",
                hint="Edit it, or choose another name.",
            )


def _checked(fields: SeasonFields) -> dict[str, Any]:
    values: dict[str, Any] = dict(cast(dict[str, Any], fields))
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=100)
    for end in ("start", "end"):
        if end in values:
            month, day = values.pop(end)
            values[f"{end}_month"], values[f"{end}_day"] = check_month_day(month, day, field=end)
    return values
