"""One writer of the rate book at a time."""

from __future__ import annotations

from sqlalchemy import select

from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work


def hold_rate_book(work: Work) -> None:
    """Make every other writer of the rate book, and every sale from it, wait for our commit.

    Every change of the rate book begins with this, so that "no other season is
    called that" is still true at the commit, and so that no two writers wait for
    each other. SQLite needs nothing: its writers queue at BEGIN.
    """
    if not work.is_writing:
        raise RuntimeError("the rate book is held in a writing unit of work only")
    work.session.connection().execute(select(table_of(RateBookVersion).c.version).with_for_update())
