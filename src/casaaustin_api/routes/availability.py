"""Whether a house is free: the check of the staff web site, and the calendar of a house.

Source: docs/rules/pricing.md, 4.2 and 4.8.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from casaaustin.availability.queries import occupancy
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput, NotFound
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import House
from casaaustin.references import as_uuid
from casaaustin.reservations.queries import blocking
from casaaustin.stays import ONE_DAY, Stay
from casaaustin_api.auth import PUBLIC, STAFF
from casaaustin_api.endpoint import Answer, Call, Endpoint
from casaaustin_api.fields import WHOLE, Day, Fields, Id
from casaaustin_api.problems import CALENDAR, CHECK, Refusal
from casaaustin_api.wire.reservations import CalendarReply, present_occupied

LATEST_YEAR = 2999


class CheckBody(Fields):
    """Which nights of which house."""

    property: Id
    check_in_date: Day
    check_out_date: Day


class RecheckBody(CheckBody):
    """The same, leaving one reservation out of the test."""

    reservation_id: Id


class Checked(TypedDict):
    """Free."""

    message: str
    condition: Literal[True]


class NotFree(TypedDict):
    """Taken, or no such house."""

    message: str
    condition: Literal[False]


class CalendarQuery(Fields):
    """A day, a month or a year."""

    year: Annotated[int, Field(ge=1, le=LATEST_YEAR), WHOLE]
    month: Annotated[int, Field(ge=1, le=12), WHOLE] | None = None
    day: Annotated[int, Field(ge=1, le=31), WHOLE] | None = None


def check_free(call: Call) -> Answer:
    """Whether all these nights of the house are free; asking has no effect."""
    body: CheckBody = call.body
    stay = Stay(body.check_in_date, body.check_out_date)
    left_out = body.reservation_id if isinstance(body, RecheckBody) else None

    def use(work: Work) -> bool:
        house = rate_book(work).by_id.get(body.property)
        if house is None:
            raise NotFound("There is no such house.", code="house_not_found")
        calendar = occupancy(work, stay, house=house.id, leaving_out=left_out)
        return house.is_open and calendar.is_free(house.id, stay)

    if call.read(use):
        return Answer({"message": "La casa está disponible en esas fechas.", "condition": True})
    return Answer({"message": "La casa no está disponible en esas fechas.", "condition": False}, status=404)


def show_calendar(call: Call) -> CalendarReply:
    """The taken nights of a house that meet a day, a month or a year."""
    window = _window(call.query)
    named = call.path["house"]
    staff = call.caller.is_staff

    def use(work: Work) -> CalendarReply:
        house = _house(work, named)
        taken = [present_occupied(one, staff=staff) for one in blocking(work, window, house=house.id)]
        return {"success": True, "data": {"property_id": named, "occupancy": taken}}

    return call.read(use)


def _house(work: Work, named: str) -> House:
    book = rate_book(work)
    known: UUID | None = as_uuid(named)
    found = book.by_id.get(known) if known is not None else None
    found = found or next((house for house in book.houses if house.slug == named), None)
    if found is None:
        raise NotFound("There is no such house.", code="house_not_found")
    return found


def _window(asked: CalendarQuery) -> Stay:
    """The nights of the day, month or year that was asked for."""
    if asked.month is None:
        if asked.day is not None:
            raise InvalidInput("A day needs a month.", field="month", code="month_missing")
        return Stay(date(asked.year, 1, 1), date(asked.year + 1, 1, 1))
    days = monthrange(asked.year, asked.month)[1]
    if asked.day is None:
        first = date(asked.year, asked.month, 1)
        return Stay(first, date.fromordinal(first.toordinal() + days))
    if asked.day > days:
        raise InvalidInput(f"That month has {days} days.", field="day", code="day_invalid")
    day = date(asked.year, asked.month, asked.day)
    return Stay(day, day + ONE_DAY)


_FAULTY = Refusal(400, "a field is missing or malformed")
_NOT_FREE = Refusal(404, "taken, or no such house: `condition` is false")

ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/prop/check-avaible",
        name="check_free",
        summary="Whether a house is free",
        tag="Availability",
        who=STAFF,
        handler=check_free,
        body=CheckBody,
        answer=Checked,
        other_answers={404: NotFree},
        envelope=CHECK,
        refusals=(_FAULTY, _NOT_FREE),
    ),
    Endpoint(
        method="PATCH",
        path="/prop/check-avaible",
        name="recheck_free",
        summary="Whether a house is free, one reservation left out",
        tag="Availability",
        who=STAFF,
        handler=check_free,
        body=RecheckBody,
        answer=Checked,
        other_answers={404: NotFree},
        envelope=CHECK,
        refusals=(_FAULTY, _NOT_FREE),
    ),
    Endpoint(
        method="GET",
        path="/property/{house}/calendar-occupancy",
        name="show_calendar",
        summary="Taken nights of a house; staff also see whose they are",
        tag="Availability",
        who=PUBLIC,
        handler=show_calendar,
        query=CalendarQuery,
        answer=CalendarReply,
        envelope=CALENDAR,
        refusals=(
            Refusal(400, "year missing, or a parameter is faulty"),
            Refusal(404, "no such house"),
        ),
    ),
)
