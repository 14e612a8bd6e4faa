"""Two people administer at once: names stay unique although no database key guards them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from casaaustin.errors import Conflict
from casaaustin.pricing.service import seasons
from casaaustin.vocabulary import SeasonType
from tests.integration.pricing_admin.conftest import Office
from tests.support.databases import Kind

WRITERS = 4


def add_at_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Several writers add one season; each waits, after looking for its name, for the others to look too."""
    everybody_looked = threading.Barrier(WRITERS)
    look = seasons._refuse_taken

    def look_and_wait(*arguments: Any, **more: Any) -> None:
        look(*arguments, **more)
        try:
            everybody_looked.wait(timeout=0.5)
        except threading.BrokenBarrierError:
            return

    def add(_: int) -> str:
        try:
            office.do(
                lambda work: seasons.add_season(
                    work, name="Mayo", season_type=SeasonType.HIGH, start=(5, 1), end=(5, 31)
                )
            )
        except Conflict:
            return "refused"
        return "added"

    monkeypatch.setattr(seasons, "_refuse_taken", look_and_wait)
    with ThreadPoolExecutor(WRITERS) as pool:
        return sorted(pool.map(add, range(WRITERS)))


def test_one_of_several_writers_wins(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert add_at_once(office, monkeypatch) == ["added", *["refused"] * (WRITERS - 1)]
    names = [line.name for line in office.read(seasons.list_seasons)]
    assert names.count("Mayo") == 1


def test_without_holding_the_rate_book_they_would_all_win(
    office: Office, monkeypatch: pytest.MonkeyPatch, database_kind: Kind
) -> None:
    """Positive control: the harness sees what the hold prevents. On SQLite writers queue at BEGIN anyway."""
    monkeypatch.setattr(seasons, "hold_rate_book", lambda _work: None)
    added = add_at_once(office, monkeypatch).count("added")
    assert added == (1 if database_kind is Kind.SQLITE else WRITERS)
