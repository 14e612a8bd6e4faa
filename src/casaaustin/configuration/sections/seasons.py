"""The seasons. Source: docs/rules/pricing.md, 1.4."""

from __future__ import annotations

from pydantic import Field

from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import NAME, alike, by_name
from casaaustin.configuration.values import MonthDay
from casaaustin.db.work import Work
from casaaustin.pricing.service import seasons as service
from casaaustin.pricing.year_days import parse_month_day, written_month_day
from casaaustin.vocabulary import SeasonType


class Season(Item):
    """A part of every year, for all houses; a start after the end runs over New Year."""

    season_type: SeasonType = Field(description="Only high changes a price; low informs.")
    start: MonthDay = Field(description="First day, MM-DD.")
    end: MonthDay = Field(description="Last day, which belongs to it, MM-DD.")
    is_active: bool = True


def read(work: Work) -> dict[Key, Season]:
    """Every season, inactive ones too."""
    return by_name(
        "seasons",
        (
            (
                line.name,
                Season(
                    season_type=line.season_type,
                    start=written_month_day(line.start),
                    end=written_month_day(line.end),
                    is_active=line.is_active,
                ),
            )
            for line in service.list_seasons(work)
        ),
    )


def write(work: Work, key: Key, item: Season, reason: str) -> None:
    """Add or edit a season."""
    fields: service.SeasonFields = {
        "name": key[0],
        "season_type": item.season_type,
        "start": parse_month_day(item.start, field="start"),
        "end": parse_month_day(item.end, field="end"),
        "is_active": item.is_active,
    }
    present = _id(work, key)
    if present is None:
        service.add_season(work, reason=reason, **fields)
    else:
        service.edit_season(work, present, reason=reason, **fields)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a season."""
    service.delete_season(work, _id(work, key) or key[0], reason=reason)


def _id(work: Work, key: Key) -> str | None:
    return next((str(line.id) for line in service.list_seasons(work) if line.name == key[0]), None)


SECTION = Section(
    name="seasons",
    about="The seasons, by name.",
    item=Season,
    keys=(NAME,),
    read=read,
    write=write,
    remove=remove,
    check=lambda items: alike("seasons", items),
)
