"""What must be true of quotes that were kept. Source: docs/rules/pricing.md, 1.17."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Text, select, type_coerce

from casaaustin.db.invariants import Invariant, Problem, check, stream
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.quoting.models import SavedQuote

UNCHANGED = Invariant(
    "quote.digest",
    "A snapshot is what was stored with its digest.",
    "Somebody changed it: restore the row from a backup.",
)
TOTALS = Invariant(
    "quote.totals",
    "The totals, dates and guests beside a snapshot are those in it.",
    "Restore the row from a backup.",
)

_quote = table_of(SavedQuote)


@check(UNCHANGED, TOTALS)
def snapshots(work: Work) -> Iterator[Problem]:
    """Hash every snapshot as it is stored, and compare what stands beside it."""
    found = select(
        _quote.c.id,
        _quote.c.check_in_date,
        _quote.c.check_out_date,
        _quote.c.guests,
        _quote.c.total_usd,
        _quote.c.total_sol,
        _quote.c.exchange_rate,
        _quote.c.digest,
        type_coerce(_quote.c.snapshot, Text).label("stored"),
    )
    for row in stream(work, found):
        if hashlib.sha256(row.stored.encode()).hexdigest() != row.digest:
            yield UNCHANGED.broken(_quote.name, row.id, "the snapshot is not the one that was stored")
        elif absent := [said for said in _beside(row) if said not in row.stored]:
            yield TOTALS.broken(_quote.name, row.id, f"the snapshot does not say {', '.join(absent)}")


def _beside(row: Any) -> tuple[str, ...]:
    """What the row says, as the snapshot must say it: that is canonical text, so that it can be searched."""
    return (
        f'"check_in":"{row.check_in_date}"',
        f'"check_out":"{row.check_out_date}"',
        f'"guests":{row.guests},',
        f'"rate":"{row.exchange_rate}"',
        f'"total":{{"sol":"{row.total_sol}","usd":"{row.total_usd}"}}',
    )


CHECKS = (snapshots,)
