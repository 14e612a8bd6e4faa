"""What must be true of levels and of who holds them. Source: docs/rules/clients.md, 1.8 and 2.7."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from casaaustin.db.invariants import Invariant, Problem, check, stream
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.levels.models import Achievement, ClientAchievement

HELD = Invariant(
    "level.held",
    "Nobody holds a level that was deleted.",
    "Such a holding counts for nobody: mark its row as deleted.",
)

_level = table_of(Achievement)
_holding = table_of(ClientAchievement)


@check(HELD)
def held(work: Work) -> Iterator[Problem]:
    """Look for holdings of deleted levels."""
    found = (
        select(_holding.c.id, _level.c.name)
        .select_from(_holding.join(_level, _level.c.id == _holding.c.achievement_id))
        .where(~_holding.c.deleted, _level.c.deleted)
    )
    for row in stream(work, found):
        yield HELD.broken(_holding.name, row.id, f"the level {row.name} was deleted")


CHECKS = (held,)
