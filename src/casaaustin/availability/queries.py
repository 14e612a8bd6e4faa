"""Reading the calendar: one statement, whatever the number of houses and nights."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, or_, select

from casaaustin.availability.models import ReservationNight
from casaaustin.availability.occupancy import Occupancy
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.properties.models import Property
from casaaustin.stays import Stay

nights = table_of(ReservationNight)
_house = table_of(Property)


def is_held(now: datetime | BindParameter[Any]) -> ColumnElement[bool]:
    """Whether a night row still counts at `now`: firm, or held until `now` or later."""
    return or_(nights.c.held_until.is_(None), nights.c.held_until >= now)


def occupancy(
    work: Work, window: Stay, *, house: UUID | None = None, leaving_out: UUID | None = None
) -> Occupancy:
    """The taken nights of one house or of all, within a window.

    Args:
        work: the open unit of work.
        window: the nights to know about.
        house: one house, or None for all.
        leaving_out: a reservation whose own nights do not count.
    """
    given: dict[str, Any] = {"first": window.check_in, "last": window.check_out, "now": work.clock.now()}
    if house is not None:
        given["house"] = house
    if leaving_out is not None:
        given["left_out"] = leaving_out
    statement = _taken(one_house=house is not None, leaving_out=leaving_out is not None)
    rows: Any = work.connection.execute(statement, given).all()
    return Occupancy.of(window, rows)


@cache
def _taken(*, one_house: bool, leaving_out: bool) -> Select[Any]:
    """The statement behind every quote: putting it together takes longer than running it, so it is kept."""
    conditions = [
        nights.c.night >= bindparam("first"),
        nights.c.night < bindparam("last"),
        is_held(bindparam("now")),
    ]
    if one_house:
        conditions.append(nights.c.property_id == bindparam("house"))
    if leaving_out:
        conditions.append(nights.c.reservation_id != bindparam("left_out"))
    return select(nights.c.property_id, nights.c.night).where(*conditions)


def lock_houses(work: Work, houses: Collection[UUID]) -> None:
    """Make every other writer of these houses wait for our commit.

    The rows are locked in the order of their ids, so that two transactions never
    wait for each other. SQLite needs nothing: its writers queue at BEGIN. The
    night rows' key is the guarantee; this lock only makes the answer a clean one.
    """
    if not work.is_writing:
        raise RuntimeError("houses are locked in a writing unit of work only")
    if work.database.dialect == "sqlite":
        return
    work.session.connection().execute(
        select(_house.c.id).where(_house.c.id.in_(set(houses))).order_by(_house.c.id).with_for_update()
    )
