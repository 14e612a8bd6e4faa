"""Completion swallows every error, so only a real database shows that its statements fit the tables."""

from __future__ import annotations

from datetime import date

import pytest

from casaaustin.db.work import Database
from casaaustin.stays import Stay
from casaaustin_cli import complete
from tests.support.desk import Desk


def test_houses_clients_and_reservations_are_offered_on_every_database(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk.open(database)
    booked = desk.reserve(Stay(date(2026, 5, 4), date(2026, 5, 6)))
    monkeypatch.setenv("CASA_DATABASE_URL", database.engines.url.render_as_string(hide_password=False))

    assert len(complete.houses("")) >= 4
    assert complete.reservations(booked.id.hex[:6]) == [
        (booked.id.hex, f"2026-05-04 → 2026-05-06, {booked.status}")
    ]
    assert complete.clients("ana") == [("Ana Quispe", "")]
    assert complete.clients("nobody") == []
