"""The levels of guests; who holds one is no configuration. Source: docs/rules/clients.md, 1.8."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field

from casaaustin.checks import LARGEST_WHOLE, clean_line
from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.sections.keys import NAME, alike, by_name
from casaaustin.configuration.values import Prose, as_value_error
from casaaustin.db.work import Work
from casaaustin.discounts.service.retirement import delete_level
from casaaustin.errors import NotFound
from casaaustin.levels import service
from casaaustin.levels.queries import level_rows

_NAME = "levels"


def _icon(value: str | None) -> str | None:
    return None if value is None else clean_line(value, field="the value", most=50, required=False) or None


class Level(Item):
    """A level, and what a guest must have done to hold it."""

    description: Prose = ""
    icon: Annotated[str | None, AfterValidator(as_value_error(_icon))] = Field(
        default=None, description="Shown before the name.", max_length=50
    )
    required_reservations: int = Field(
        default=0, ge=0, le=LARGEST_WHOLE, description="Approved stays of one's own."
    )
    required_referrals: int = Field(default=0, ge=0, le=LARGEST_WHOLE, description="Recommended guests.")
    required_referral_reservations: int = Field(
        default=0, ge=0, le=LARGEST_WHOLE, description="Approved stays of those guests."
    )
    order: int = Field(default=0, ge=0, le=LARGEST_WHOLE, description="Its place in lists, lowest first.")
    is_active: bool = True


def read(work: Work) -> dict[Key, Level]:
    """Every level, inactive ones too."""
    return by_name(
        _NAME,
        (
            (row.name, Level.model_validate({field: getattr(row, field) for field in Level.model_fields}))
            for row in level_rows(work)
        ),
    )


def write(work: Work, key: Key, item: Level, reason: str) -> None:
    """Add or edit a level; one whose name only changes its capitals stays the one that guests hold."""
    (name,) = key
    fields: service.LevelFields = {
        "name": name,
        "description": item.description,
        "icon": item.icon,
        "required_reservations": item.required_reservations,
        "required_referrals": item.required_referrals,
        "required_referral_reservations": item.required_referral_reservations,
        "order": item.order,
        "is_active": item.is_active,
    }
    present = next((row for row in level_rows(work) if row.name.casefold() == name.casefold()), None)
    if present is None:
        service.add_level(work, reason=reason, **fields)
    else:
        service.edit_level(work, str(present.id), reason=reason, **fields)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a level that no rule asks for alone; one that was renamed meanwhile is gone already."""
    found = level_ids(work).get(key[0])
    if found is not None:
        delete_level(work, found, reason=reason)


def level_ids(work: Work) -> Mapping[str, str]:
    """The id of every level by its name, as services take it."""
    return {row.name: str(row.id) for row in level_rows(work)}


def level_id(work: Work, name: str) -> str:
    """The id of a level by its name alone.

    Raises:
        NotFound: no such level.
    """
    found = level_ids(work)
    if name not in found:
        raise NotFound(
            f"There is no level {name!r}.",
            code="level_not_found",
            hint=f"Levels: {', '.join(found) or 'none'}.",
        )
    return found[name]


SECTION = Section(
    name=_NAME,
    about="Levels of guests, by name; discounts may ask for them.",
    item=Level,
    keys=(NAME,),
    read=read,
    write=write,
    remove=remove,
    check=lambda items: alike(_NAME, items),
    is_mentioned=True,
)
