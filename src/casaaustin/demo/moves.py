"""What the demo business has to show of moves: a plan that was kept, and two requests that wait."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from casaaustin.db.work import Work
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.reassignment import plans, waiting
from casaaustin.reassignment.proposals import propose
from casaaustin.reassignment.terms import USUAL
from casaaustin.stays import Stay

# One move makes room for it, in one house.
_GROUP = QuoteRequest(Stay(date(2026, 4, 21), date(2026, 4, 25)), guests=16)
# Nothing makes room: only one house is large enough, and somebody is in it.
_WEDDING = QuoteRequest(Stay(date(2026, 4, 24), date(2026, 4, 26)), guests=28)


def add_plans(work: Work, guests: list[UUID]) -> None:
    """Keep the best plan for a group in April, and remember two requests."""
    best = propose(work, _GROUP).best
    if best is None:
        raise AssertionError("the stays of April leave room for the group with one move")
    plans.keep(work, _GROUP, best, USUAL)
    waiting.remember(work, _GROUP, guests[0], note="Viene con su equipo de vóley")
    waiting.remember(work, _WEDDING, guests[1], note="Boda")
