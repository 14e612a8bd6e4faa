"""The rate book read from rows is the rate book that was stored."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casaaustin.actors import Actor
from casaaustin.db.work import Database
from casaaustin.pricing.queries import rate_book
from tests.support.world import build_world


@pytest.mark.parametrize("again", range(2))
def test_what_is_stored_is_read_back(database: Database, actor: Actor, again: int) -> None:
    stored = database.write(build_world, actor=actor)
    read = database.read(rate_book)
    assert replace(read, version=stored.version) == stored
