"""Reservations: staff list, book and change them; a client books through staff until clients log in.

Source: docs/rules/pricing.md, 4.8; docs/rules/reservations.md, 2.2 and 2.3.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select

from casaaustin.clients.queries import clients_by_id
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts import redemptions
from casaaustin.discounts.offers import LONGEST_CODE
from casaaustin.errors import InvalidInput, NotFound
from casaaustin.pricing.queries import rate_book
from casaaustin.register.models import Reservation
from casaaustin.reservations.booking import AgreedPrice, Order, Shown, reserve
from casaaustin.reservations.changing import Change, change
from casaaustin.reservations.queries import Filter, listing
from casaaustin.stays import Stay
from casaaustin.vocabulary import AdvanceCurrency, Origin, ReservationStatus
from casaaustin_api.auth import ON_BEHALF, STAFF
from casaaustin_api.endpoint import Call, Endpoint
from casaaustin_api.fields import (
    WHOLE,
    Day,
    Fields,
    Guests,
    Id,
    OptionalId,
    OptionalIds,
    Price,
    Text,
    YesNo,
)
from casaaustin_api.pages import PageQuery, paged
from casaaustin_api.problems import BOOKING, Refusal
from casaaustin_api.routes.houses import details
from casaaustin_api.wire.reservations import (
    Booked,
    ReservationItem,
    ReservationPage,
    present_own,
    present_reservation,
    with_warnings,
)

LONGEST_COMMENT = 4000
LONGEST_TOKEN = 16 * 1024
POOL = "temperature_pool"

_reservation = table_of(Reservation)

Comment = Annotated[str, Text(LONGEST_COMMENT)]
Phone = Annotated[str, Text(255)]
Code = Annotated[str, Text(LONGEST_CODE)]
Points = Annotated[int, Field(ge=0, le=1_000_000), WHOLE]


class ReservationsQuery(PageQuery):
    """Which reservations to list."""

    property: OptionalId = None
    client: OptionalId = None
    status: ReservationStatus | None = None
    type: Origin | None = Field(None, description="Origin of the reservation.")
    upcoming: YesNo = False


class StaffBooking(Fields):
    """A stay that staff sell, or nights that they block.

    A price that is sent is compared with the computed one; with a
    `price_override_reason` it is the price. `check_out_date` is the true departure.
    """

    property: Id
    client: OptionalId = None
    check_in_date: Day
    check_out_date: Day
    guests: Guests = 1
    origin: Literal["aus", "air", "man"] = "aus"
    late_checkout: YesNo = False
    temperature_pool: YesNo = False
    additional_services: OptionalIds = ()
    discount_code: Code = ""
    accept_without_discount: YesNo = Field(
        False, description="Book all the same when the code does not apply."
    )
    price_usd: Price = None
    price_sol: Price = None
    price_override_reason: Annotated[str, Text(500)] = ""
    quote_id: Annotated[str, Text(LONGEST_TOKEN)] = ""
    tel_contact_number: Phone = ""
    comentarios_reservas: Comment = ""
    allow_past: YesNo = Field(False, description="Enter a stay that has begun or is over.")


class StaffChange(Fields):
    """What to change; a field left out stays as it is."""

    property: OptionalId = None
    check_in_date: Day | None = None
    check_out_date: Day | None = None
    guests: Guests | None = None
    late_checkout: YesNo | None = None
    additional_services: OptionalIds | None = None
    discount_code: Literal[""] | None = Field(None, description="Empty or null takes the code away.")
    price_usd: Price = None
    price_override_reason: Annotated[str, Text(500)] = ""
    keep_price: YesNo = Field(False, description="Leave the price as it was agreed.")
    reason: Annotated[str, Text(500)] = ""
    version: Annotated[int, Field(ge=1, le=2_147_483_647), WHOLE] | None = Field(
        None, description="Refuse when somebody changed it since this version."
    )


class OwnBooking(Fields):
    """A stay that a client books; `client` names the client until clients log in.

    Prices that are sent are only compared; `origin`, `seller` and `status` are passed over.
    """

    client: Id
    property: Id
    check_in_date: Day
    check_out_date: Day
    guests: Guests = 1
    temperature_pool: YesNo = False
    additional_services: OptionalIds = ()
    points_to_redeem: Points = 0
    discount_code: Code = ""
    accept_without_discount: YesNo = Field(
        False, description="Book all the same when the code does not apply."
    )
    price_usd: Price = None
    price_sol: Price = None
    quote_id: Annotated[str, Text(LONGEST_TOKEN)] = ""
    tel_contact_number: Phone = ""
    comentarios_reservas: Comment = ""
    advance_payment_currency: AdvanceCurrency = AdvanceCurrency.SOLES


def list_all(call: Call) -> Any:
    """Reservations by check-in; deleted ones are never shown."""
    asked: ReservationsQuery = call.query
    wanted = Filter(
        house=asked.property,
        client=asked.client,
        statuses=None if asked.status is None else (asked.status,),
        origin=asked.type,
        upcoming=asked.upcoming,
    )

    def use(work: Work) -> tuple[list[ReservationItem], int]:
        size = asked.page_size
        page = listing(work, wanted, page=asked.page if size else 1, page_size=size or 1_000_000)
        return presented(call, work, _rows(work, [row.id for row in page.rows])), page.count

    return paged(call, *call.read(use))


def show(call: Call) -> ReservationItem:
    """One reservation."""
    return call.read(lambda work: presented(call, work, [_get(work, call.id)])[0])


def create(call: Call) -> ReservationItem:
    """Sell a stay or block nights: from the price check to the nights in one transaction."""
    body: StaffBooking = call.body

    def use(work: Work) -> ReservationItem:
        services = _services(work, body.property, body.additional_services, pool=body.temperature_pool)
        order = Order(
            house=body.property,
            stay=Stay(body.check_in_date, body.check_out_date),
            guests=body.guests,
            client=body.client,
            services=services,
            code=body.discount_code or None,
            accept_without_discount=body.accept_without_discount,
            origin=Origin(body.origin),
            late_checkout=body.late_checkout,
            quote_id=body.quote_id or None,
            expected=_shown(body),
            agreed=_agreed(body),
            allow_past=body.allow_past,
            phone=body.tel_contact_number or None,
            comments=body.comentarios_reservas or None,
        )
        booked = reserve(work, order, key=call.key)
        return with_warnings(presented(call, work, [booked])[0], work.notes)

    return call.write(use)


def edit(call: Call) -> ReservationItem:
    """Change a stay: old and new nights change hands in one transaction."""
    body: StaffChange = call.body
    reservation_id = call.id
    sent = body.model_fields_set

    def use(work: Work) -> ReservationItem:
        wanted = Change(
            check_in=body.check_in_date,
            check_out=body.check_out_date,
            guests=body.guests,
            services=body.additional_services if "additional_services" in sent else None,
            late_checkout=body.late_checkout,
            house=body.property,
            agreed=_agreed(body),
            keep_price=body.keep_price,
            drop_code="discount_code" in sent,
            expected_version=body.version,
        )
        changed = change(work, _get(work, reservation_id), wanted, reason=body.reason, key=call.key)
        return with_warnings(presented(call, work, [changed])[0], work.notes)

    return call.write(use)


def book(call: Call) -> Booked:
    """Hold a stay for a client until it is paid."""
    body: OwnBooking = call.body
    if body.points_to_redeem:
        raise InvalidInput(
            "Points cannot be spent here yet.", field="points_to_redeem", code="points_not_available"
        )

    def use(work: Work) -> Booked:
        services = _services(work, body.property, body.additional_services, pool=body.temperature_pool)
        order = Order(
            house=body.property,
            stay=Stay(body.check_in_date, body.check_out_date),
            guests=body.guests,
            client=body.client,
            services=services,
            code=body.discount_code or None,
            accept_without_discount=body.accept_without_discount,
            origin=Origin.CLIENT,
            hold=timedelta(minutes=work.settings.hold_minutes),
            quote_id=body.quote_id or None,
            expected=_shown(body),
            currency=body.advance_payment_currency,
            phone=body.tel_contact_number or None,
            comments=body.comentarios_reservas or None,
        )
        booked = reserve(work, order, key=call.key)
        work.session.flush()
        house = details(work, [booked.property_id], call.origin)[booked.property_id]
        code = redemptions.codes_used(work, [booked.id]).get(booked.id)
        return {
            "success": True,
            "message": "Reserva creada",
            "reservation": present_own(booked, house, code=code),
        }

    return call.write(use)


def _agreed(body: StaffBooking | StaffChange) -> AgreedPrice | None:
    """The price that staff agreed on; without a reason, a price is only compared."""
    if not body.price_override_reason:
        return None
    if body.price_usd is None:
        raise InvalidInput("A price agreed by hand is given in dollars.", field="price_usd")
    return AgreedPrice(body.price_usd, body.price_override_reason)


def _shown(body: StaffBooking | OwnBooking) -> Shown | None:
    """The prices that came with the request: compared, never stored."""
    if body.price_usd is None and body.price_sol is None:
        return None
    return Shown(body.price_usd, body.price_sol)


def _services(work: Work, house: UUID, chosen: Sequence[UUID], *, pool: bool) -> tuple[UUID, ...]:
    """The chosen services; the heated pool is the service that says so.

    Raises:
        InvalidInput: the pool is wanted, and the house offers no heating.
    """
    if not pool:
        return tuple(chosen)
    heating = next(
        (
            service.id
            for service in rate_book(work).services
            if service.post_action == POOL and service.is_offered_in(house)
        ),
        None,
    )
    if heating is None:
        raise InvalidInput(
            "This house offers no pool heating.", field="temperature_pool", code="service_not_offered"
        )
    return tuple(dict.fromkeys([*chosen, heating]))


def _get(work: Work, reservation_id: UUID) -> Reservation:
    found = work.session.get(Reservation, reservation_id)
    if found is None or found.deleted:
        raise NotFound("There is no such reservation.", code="reservation_not_found")
    return found


def _rows(work: Work, ids: Sequence[UUID]) -> list[Reservation]:
    """The rows of a page, in its order; one statement."""
    if not ids:
        return []
    found = {
        row.id: row for row in work.session.scalars(select(Reservation).where(_reservation.c.id.in_(ids)))
    }
    return [found[one] for one in ids if one in found]


def presented(call: Call, work: Work, rows: Sequence[Reservation]) -> list[ReservationItem]:
    """Reservations as staff see them; four statements, however many."""
    work.session.flush()
    houses = details(work, [row.property_id for row in rows], call.origin)
    wanted = {row.client_id for row in rows if row.client_id is not None}
    clients = clients_by_id(work, list(wanted)) if wanted else {}
    codes = redemptions.codes_used(work, [row.id for row in rows])
    day = today(work.clock)
    return [
        present_reservation(
            row,
            clients.get(row.client_id) if row.client_id is not None else None,
            houses[row.property_id],
            code=codes.get(row.id),
            today=day,
        )
        for row in rows
    ]


_FAULTY = Refusal(400, "a field is missing or faulty")
_UNKNOWN = Refusal(404, "no such house, client or reservation")
_REFUSED = Refusal(
    409,
    "`dates_taken`; `price_changed`, with the new `quote`, whose `code_result` says why a code was refused; "
    "`quote_expired`; `key_reused`; or the first reason why the house cannot take the stay",
)
_NO_RATE = Refusal(503, "no exchange rate, or the database is not ready")

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/reservations",
        name="list_reservations",
        summary="Reservations by check-in",
        tag="Reservations",
        who=STAFF,
        handler=list_all,
        query=ReservationsQuery,
        answer=ReservationPage | list[ReservationItem],
        refusals=(Refusal(404, "no such page"),),
    ),
    Endpoint(
        method="POST",
        path="/reservations",
        name="create_reservation",
        summary="Sell a stay or block nights",
        tag="Reservations",
        who=STAFF,
        handler=create,
        body=StaffBooking,
        answer=ReservationItem,
        status=201,
        takes_key=True,
        refusals=(_FAULTY, _UNKNOWN, _REFUSED, _NO_RATE),
    ),
    Endpoint(
        method="GET",
        path="/reservations/{id}",
        name="show_reservation",
        summary="One reservation",
        tag="Reservations",
        who=STAFF,
        handler=show,
        answer=ReservationItem,
        refusals=(Refusal(404, "no such reservation"),),
    ),
    Endpoint(
        method="PATCH",
        path="/reservations/{id}",
        name="change_reservation",
        summary="Change dates, guests, services, late checkout, house or price of a stay",
        tag="Reservations",
        who=STAFF,
        handler=edit,
        body=StaffChange,
        answer=ReservationItem,
        takes_key=True,
        refusals=(_FAULTY, _UNKNOWN, _REFUSED, _NO_RATE),
    ),
    Endpoint(
        method="POST",
        path="/clients/reservations/create",
        name="book",
        summary="Hold a stay for a client until it is paid",
        tag="Reservations",
        who=ON_BEHALF,
        handler=book,
        body=OwnBooking,
        answer=Booked,
        status=201,
        takes_key=True,
        envelope=BOOKING,
        refusals=(
            _FAULTY,
            _UNKNOWN,
            Refusal(
                409,
                "`dates_taken`; `price_changed`, with the new `quote`, whose `code_result` says why a code "
                "was refused; `quote_expired`; `pending_reservation_exists`; `key_reused`; "
                "or the first reason against the house",
            ),
            _NO_RATE,
        ),
    ),
)
