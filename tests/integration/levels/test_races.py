"""Two people give the same level at the same moment: one holding, and nobody sees an error.

The positive control looks before it writes, as `give` does, but does not hold the guest: if the
harness lets that pass, it is blind (docs/rules/principles.md, 20).
"""

from __future__ import annotations

import time
from collections import Counter
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import func, select

from casaaustin.actors import Actor
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.levels.models import ClientAchievement
from casaaustin.levels.service import give
from tests.support.desk import Desk
from tests.support.offers import give_levels, make_level, store_levels
from tests.support.processes import race

pytestmark = pytest.mark.xdist_group("races")

LEVEL = make_level("Viajero")
STAFF = Actor("staff")
_holding = table_of(ClientAchievement)


def give_it(client: UUID, database: Database, _number: int) -> None:
    """What staff do."""
    database.write(lambda work: give(work, str(client), "Viajero", reason="agreed"), actor=STAFF)


def give_it_naively(client: UUID, database: Database, _number: int) -> None:
    """Look, think, write."""
    mine = select(func.count()).where(_holding.c.client_id == client)
    seen = database.read(lambda work: work.connection.execute(mine).scalar_one())
    time.sleep(0.2)

    def use(work: Work) -> None:
        if not seen:
            give_levels(work, client, [LEVEL])

    database.write(use, actor=STAFF)


def test_a_level_that_many_give_at_once_is_held_once(database: Database) -> None:
    desk = Desk.open(database)
    desk.write(lambda work: store_levels(work, LEVEL))
    said = Counter(race(database, partial(give_it, desk.client), processes=8))
    assert said == {"ok": 8}
    count = select(func.count()).select_from(_holding)
    assert database.read(lambda work: work.connection.execute(count).scalar_one()) == 1


def test_the_harness_sees_a_giver_who_looks_before_writing(database: Database) -> None:
    desk = Desk.open(database)
    desk.write(lambda work: store_levels(work, LEVEL))
    said = race(database, partial(give_it_naively, desk.client), processes=8)
    assert any(word != "ok" for word in said)
