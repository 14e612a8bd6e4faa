"""Reading levels: one of them as people name it, those that a guest holds, and the highest.

Source: docs/rules/clients.md, 1.8 and 2.7; docs/rules/pricing.md, 1.12.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select

from casaaustin.checks import choose
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.levels.models import Achievement, ClientAchievement
from casaaustin.levels.rules import Level, highest, place, rank
from casaaustin.vocabulary import HoldingSource

_level = table_of(Achievement)
_holding = table_of(ClientAchievement)


@dataclass(frozen=True, slots=True)
class Holding:
    """A level that a guest holds: which, since when, and whether earned or given by staff."""

    level: Level
    earned_at: datetime
    source: HoldingSource


def as_level(row: Any) -> Level:
    """A level's row as rules see it."""
    return Level(
        id=row.id,
        name=row.name,
        icon=row.icon or "",
        description=row.description,
        reservations=row.required_reservations,
        referrals=row.required_referrals,
        referral_reservations=row.required_referral_reservations,
        order=row.order,
        is_active=row.is_active,
    )


def level_rows(work: Work) -> list[Achievement]:
    """Every level that is not deleted, inactive ones too, the entry level first."""
    found = work.session.scalars(select(Achievement).where(~_level.c.deleted)).all()
    return sorted(found, key=lambda row: place(as_level(row)))


def get_level(work: Work, reference: str) -> Achievement:
    """A level by id, name or the unique beginning of its name.

    Raises:
        NotFound: no level is called that; the hint lists the levels.
        InvalidInput: several are.
    """
    among = [(row, row.id, (row.name,)) for row in level_rows(work)]
    return choose(reference, among, kind="level", field="level")


def get_levels(work: Work, references: Iterable[str]) -> list[Achievement]:
    """Several levels, each once, the entry level first; one statement.

    Raises:
        NotFound: one of them does not exist.
        InvalidInput: one of them could be several.
    """
    wanted = list(references)
    if not wanted:
        return []
    rows = level_rows(work)
    among = [(row, row.id, (row.name,)) for row in rows]
    found = {choose(reference, among, kind="level", field="level").id for reference in wanted}
    return [row for row in rows if row.id in found]


def holdings(work: Work, client: UUID) -> tuple[Holding, ...]:
    """What a guest holds, the highest level first; inactive levels count for nobody and are left out."""
    held = [
        Holding(as_level(row), row.earned_at, row.source) for row in work.connection.execute(_held_by(client))
    ]
    return tuple(sorted(held, key=lambda holding: rank(holding.level)))


def level_of(work: Work, client: UUID) -> Level | None:
    """The level of a guest: the highest one held, or None; one statement.

    Quotes decide by the same rule (`levels.rules.highest`), from what they have read already.
    """
    return highest(as_level(row) for row in work.connection.execute(_held_by(client)))


def _held_by(client: UUID) -> Select[Any]:
    return (
        select(_level, _holding.c.earned_at, _holding.c.source)
        .select_from(_holding.join(_level, _level.c.id == _holding.c.achievement_id))
        .where(_holding.c.client_id == client, ~_holding.c.deleted, ~_level.c.deleted, _level.c.is_active)
    )
