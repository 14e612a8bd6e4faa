"""Simulating a changed configuration. Nothing is written.

Source: docs/adr/0013-simulating-a-configuration.md; docs/rules/principles.md, 10 and 21.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from uuid import UUID

from sqlalchemy import delete

from casaaustin.actors import Actor
from casaaustin.configuration.document import Configuration
from casaaustin.configuration.sections import discount_codes
from casaaustin.configuration.service import apply
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.discounts.models import DiscountRedemption
from casaaustin.references import find_house
from casaaustin.simulation.past import Past, Period
from casaaustin.simulation.queries import past_of, rules_of
from casaaustin.simulation.replay import Rules
from casaaustin.simulation.report import Report, compare

REASON = "simulation, rolled back"


def simulate(
    database: Database,
    wanted: Configuration,
    period: Period,
    *,
    actor: Actor,
    house: str | None = None,
    prune: bool = False,
    most: int = 10,
    step: Callable[[int], None] | None = None,
) -> Report:
    """What a period's bookings and saved quotes would have cost under a changed configuration.

    Three steps, so that no sale waits while thousands of stays are priced: the past is read;
    the file is applied for real, as if no code had been used yet, its rules are read, and
    everything is rolled back; the past is replayed in memory, under the rules as they are and
    as they would be.

    Args:
        database: see `open_database`.
        wanted: the changed configuration, whole or in part.
        period: which bookings and quotes.
        actor: who asks; nothing of it is kept.
        house: id, slug or name; None for all.
        prune: whether what a section of the file does not mention is gone.
        most: how many single differences to name.
        step: told how many stays were just replayed, for whoever waits.

    Raises:
        NotFound: no such house.
        InvalidInput: the file mentions a house that there is not.
        RuleRefused: the file could not be applied.
    """

    def look_back(work: Work) -> Past:
        chosen = find_house(work, house).id if house is not None else None
        return past_of(work, period, house=chosen)

    past = database.read(look_back)
    codes = {stay.code.id for stay in past.stays if stay.code is not None}
    now, changed = database.write(
        lambda work: _now_and_changed(work, wanted, codes, prune=prune), actor=actor, dry_run=True
    )
    return compare(past, now, changed, period=period, most=most, step=step)


def _now_and_changed(
    work: Work, wanted: Configuration, codes: Collection[UUID], *, prune: bool
) -> tuple[Rules, Rules]:
    # Applying takes this lock; taken here already, no two simulations wait for each other's.
    hold_rate_book(work)
    now = rules_of(work, codes)
    if discount_codes.SECTION.name in wanted.sections:
        _forget_uses(work)
    apply(work, wanted, prune=prune, reason=REASON)
    return now, rules_of(work, codes)


def _forget_uses(work: Work) -> None:
    """Let codes begin unused, as the replay does: a limit may not be set below the uses that there are.

    Only ever in a transaction that is rolled back.
    """
    if not work.dry_run:
        raise RuntimeError("uses are forgotten in a rehearsal only")
    work.connection.execute(delete(table_of(DiscountRedemption)))
