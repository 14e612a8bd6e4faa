"""The front desk on every database."""

from __future__ import annotations

import pytest

from casaaustin.db.work import Database
from tests.support.desk import Desk


@pytest.fixture
def desk(database: Database) -> Desk:
    """Ana at the front desk, the business of the worked examples behind her."""
    return Desk.open(database)
