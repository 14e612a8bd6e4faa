"""The stays of a span of nights, as the tape chart draws them; one statement beside the rate book's."""

from __future__ import annotations

from uuid import UUID

from casaaustin.clock import today
from casaaustin.db.work import Work
from casaaustin.pricing.queries import rate_book
from casaaustin.reservations.queries import Listed, blocking
from casaaustin.reservations.tape_chart import Chart, ChartHouse, ChartStay
from casaaustin.stays import Stay
from casaaustin.vocabulary import Origin


def chart(work: Work, window: Stay, *, house: UUID | None = None) -> Chart:
    """What holds the nights of one house, or of all; for staff only, since it names guests.

    Args:
        work: the open unit of work.
        window: the nights to show.
        house: one house, or None for all.
    """
    houses = [one for one in rate_book(work).houses if house is None or one.id == house]
    return Chart(
        houses=tuple(ChartHouse(one.id.hex, one.name, one.capacity_max) for one in houses),
        stays=tuple(_drawn(listed) for listed in blocking(work, window, house=house)),
        first_night=window.check_in,
        end=window.check_out,
        today=today(work.clock),
    )


def _drawn(listed: Listed) -> ChartStay:
    return ChartStay(
        id=listed.id.hex,
        house_id=listed.house_id.hex,
        label=listed.client or "",
        check_in=listed.check_in,
        check_out=listed.check_out,
        occupied_until=listed.occupied_until,
        status=listed.status,
        origin=listed.origin,
        held_until=listed.deadline,
        guests=listed.guests if listed.origin is not Origin.MAINTENANCE else 0,
    )
