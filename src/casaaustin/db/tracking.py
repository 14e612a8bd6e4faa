"""What every row gets without being asked: times, derived columns, live keys, news of a changed rate book.

This is bookkeeping of the storage layer, not business: it decides nothing that
a guest or staff would notice (docs/adr/0004-rate-book-version.md).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import event, update
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction

from casaaustin.clock import Clock
from casaaustin.db.mixins import Derived, RateBookTable, RateBookVersion, Row
from casaaustin.db.tables import table_of


def track(session: Session, clock: Clock) -> None:
    """Attach the bookkeeping to one session."""

    def before_flush(flushed: Session, _context: UOWTransaction, _instances: Any) -> None:
        written = [*flushed.new, *(row for row in flushed.dirty if flushed.is_modified(row))]
        for row in written:
            _stamp(row, clock.now())
        # The row of the version itself carries the policy switches.
        if any(isinstance(row, RateBookTable | RateBookVersion) for row in (*written, *flushed.deleted)):
            bump(flushed)

    def before_bulk(state: ORMExecuteState) -> None:
        if not (state.is_update or state.is_delete or state.is_insert):
            return
        mapper = state.bind_mapper
        if mapper is not None and issubclass(mapper.class_, RateBookTable | RateBookVersion):
            bump(state.session)

    event.listen(session, "before_flush", before_flush)
    event.listen(session, "do_orm_execute", before_bulk)


def _stamp(row: object, now: datetime) -> None:
    if isinstance(row, Row):
        if getattr(row, "created", None) is None:
            row.created = now
        # A row may be told when it came into being; it has not changed before that.
        row.updated = max(now, row.created)
    if isinstance(row, Derived):
        row.derive()


def bump(session: Session) -> None:
    """Tell every process that the rate book changed, in the transaction that changed it."""
    session.info["rate_book_changed"] = True
    table = table_of(RateBookVersion)
    session.connection().execute(update(table).values(version=table.c.version + 1))
