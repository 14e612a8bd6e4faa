"""Reading for a search with moves: two statements at most, whatever the number of houses."""

from __future__ import annotations

from pathlib import Path

import pytest

from casaaustin.db.migrate import upgrade
from casaaustin.pricing.queries import rate_book
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment.proposals import neighbourhoods
from casaaustin.reassignment.terms import Terms
from tests.bench import calendars, rearranging, world
from tests.support.counting import counting
from tests.support.world import stay

WANTED = stay("2026-06-10", "2026-06-13")


@pytest.mark.parametrize(("houses", "zones"), [(4, 1), (40, 1), (400, 1), (2000, 50)])
def test_residents_are_read_in_two_statements_at_most(tmp_path: Path, houses: int, zones: int) -> None:
    kind = calendars.Kind(houses, 0.3, 3.0, zones)
    url = f"sqlite:///{tmp_path / 'casa.sqlite3'}"
    upgrade(url)
    world.sell_houses(url, houses=0, stays_a_house=0)
    rearranging.store(url, calendars.calendars(kind, 1))
    with world.open_world(url) as database:
        book = database.read(rate_book)
        assert len(book.houses) == houses
        with counting(database) as statements:
            found = database.read(
                lambda work: neighbourhoods(work, book, QuoteRequest(WANTED, 2), Terms(freeze_days=0))
            )
    assert len(found) == zones
    assert sum(len(one.houses) for one in found) == houses
    assert all(one.residents for one in found)
    assert 1 <= len(statements) <= 2
