"""A plan as two tape charts: who lives where before it, and after it.

Source: docs/rules/pricing.md, 3.6.4.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

from casaaustin.db.work import Work
from casaaustin.pricing.ratebook import House
from casaaustin.reassignment.proposals import Mover
from casaaustin.reservations.tape_chart import Chart, ChartStay
from casaaustin.reservations.tape_chart_query import chart
from casaaustin.stays import Stay
from casaaustin.vocabulary import Language, Origin, ReservationStatus

AROUND = timedelta(days=2)
"""What is shown beside the nights that a plan touches."""

MOVED = "*"
"""Stands before the name of everybody who moves, in both charts."""

NEW = {Language.SPANISH: "nueva", Language.ENGLISH: "new"}


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """The houses that a plan touches, before it and after it."""

    before: Chart
    after: Chart


def before_and_after(
    work: Work,
    house: House,
    stay: Stay,
    guests: int,
    movers: Sequence[Mover],
    language: Language = Language.SPANISH,
    *,
    but: Collection[UUID] = (),
) -> BeforeAndAfter:
    """Draw a plan that is still to be carried out; for staff only, since it names guests.

    Args:
        work: the open unit of work.
        house: that becomes free.
        stay: that it becomes free for.
        guests: of that stay.
        movers: who moves.
        language: of the word for the new stay.
        but: reservations that are left out, such as the holds of the plan itself.
    """
    touched = [stay, *(mover.resident.nights for mover in movers)]
    first, last = min(one.check_in for one in touched), max(one.check_out for one in touched)
    whole = chart(work, Stay(first - AROUND, last + AROUND))
    concerned = {house.id.hex}.union(*((mover.origin.id.hex, mover.target.id.hex) for mover in movers))
    going = {mover.resident.id.hex: mover.target.id.hex for mover in movers}
    left_out = {one.hex for one in but}
    before = replace(
        whole,
        houses=tuple(one for one in whole.houses if one.id in concerned),
        stays=tuple(
            _marked(one) if one.id in going else one for one in whole.stays if one.id not in left_out
        ),
    )
    new = ChartStay(
        id="",
        house_id=house.id.hex,
        label=NEW[language],
        check_in=stay.check_in,
        check_out=stay.check_out,
        occupied_until=stay.check_out,
        status=ReservationStatus.APPROVED,
        origin=Origin.STAFF,
        guests=guests,
    )
    moved = (replace(one, house_id=going.get(one.id, one.house_id)) for one in before.stays)
    return BeforeAndAfter(before, replace(before, stays=(*moved, new)))


def _marked(stay: ChartStay) -> ChartStay:
    return replace(stay, label=f"{MOVED}{stay.label}")
