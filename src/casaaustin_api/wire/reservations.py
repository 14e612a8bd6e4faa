"""Reservations and the calendar of a house as front ends know them.

The contract's check-out date never moves here; an answer to the staff web site
shows a late checkout as the pair that it draws: the day after, and the true
departure beside it. What comes in is always the true date.
Source: docs/rules/pricing.md, 3.2 and 4.8; docs/rules/reservations.md, 0.3; docs/migrating.md, D-20.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NotRequired
from uuid import UUID

from typing_extensions import TypedDict

from casaaustin.availability.occupancy import occupied_until
from casaaustin.clients.models import Client
from casaaustin.money import ZERO, q
from casaaustin.register.models import Reservation
from casaaustin.reservations.ending import paid_in_soles
from casaaustin.reservations.queries import Listed
from casaaustin.vocabulary import AdvanceCurrency, ReservationStatus
from casaaustin_api.fields import TextAmount
from casaaustin_api.wire.houses import HouseDetail

STATUS_NAMES = {
    ReservationStatus.INCOMPLETE: "Incompleta",
    ReservationStatus.PENDING: "Pendiente",
    ReservationStatus.UNDER_REVIEW: "En Revisión (segundo voucher)",
    ReservationStatus.APPROVED: "Aprobada",
    ReservationStatus.REJECTED: "Rechazada",
    ReservationStatus.CANCELLED: "Cancelada",
}


class Guest(TypedDict):
    """The guest of a reservation, for staff."""

    id: UUID
    first_name: str
    last_name: str
    email: str | None
    tel_number: str | None
    document_type: str
    number_doc: str | None


class Seller(TypedDict):
    """Who sold it; `id` is null until staff have accounts."""

    id: UUID | None
    first_name: str
    last_name: str


class ReservationItem(TypedDict):
    """A reservation, for staff."""

    id: UUID
    client: Guest | None
    property: HouseDetail
    seller: Seller | None
    check_in_date: date
    check_out_date: date
    late_checkout: bool
    late_check_out_date: date | None
    price_latecheckout: TextAmount
    temperature_pool: bool
    price_temperature_pool: TextAmount
    guests: int
    price_usd: TextAmount
    price_sol: TextAmount
    computed_price_usd: TextAmount
    price_override_reason: str | None
    discount_code_used: str | None
    exchange_rate: str
    advance_payment: TextAmount
    advance_payment_currency: str
    adelanto_normalizado: TextAmount
    full_payment: bool
    resta_pagar: TextAmount
    resta_pagar_usd: TextAmount
    number_nights: int
    is_upcoming: bool
    status: str
    status_display: str
    origin: str
    tel_contact_number: str | None
    comentarios_reservas: str | None
    payment_voucher_deadline: datetime | None
    payment_voucher_uploaded: bool
    uuid_external: str | None
    house_locked: bool
    required_features: list[str]
    moved_count: int
    cancel_reason: str | None
    version: int
    warnings: NotRequired[list[str]]


class ReservationPage(TypedDict):
    """A page of reservations."""

    count: int
    next: str | None
    previous: str | None
    results: list[ReservationItem]
    actual: int
    total_paginas: int


class OwnReservation(TypedDict):
    """A reservation as its guest sees it."""

    id: UUID
    property: HouseDetail
    check_in_date: date
    check_out_date: date
    guests: int
    price_usd: TextAmount
    price_sol: TextAmount
    discount_code_used: str | None
    exchange_rate: str
    advance_payment_currency: str
    resta_pagar: TextAmount
    resta_pagar_usd: TextAmount
    number_nights: int
    status: str
    status_display: str
    origin: str
    tel_contact_number: str | None
    comentarios_reservas: str | None
    payment_voucher_deadline: datetime | None


class Booked(TypedDict):
    """A web booking that was made."""

    success: bool
    message: str
    reservation: OwnReservation


class Occupied(TypedDict):
    """A run of taken nights; the last three fields are for staff only."""

    start_date: date
    end_date: date
    status: str
    guest_name: NotRequired[str]
    reservation_id: NotRequired[UUID]
    origin: NotRequired[str]


class CalendarData(TypedDict):
    """The calendar of a house; `property_id` is what the address named it by."""

    property_id: str
    occupancy: list[Occupied]


class CalendarReply(TypedDict):
    """The envelope of the calendar."""

    success: bool
    data: CalendarData


def present_reservation(
    reservation: Reservation, client: Client | None, house: HouseDetail, *, code: str | None, today: date
) -> ReservationItem:
    """A reservation as staff see it; `code` is the discount code that it uses."""
    late = reservation.late_checkout
    shown_until = occupied_until(reservation.check_out_date, late_checkout=late)
    due_sol, due_usd = due(reservation)
    return {
        "id": reservation.id,
        "client": _guest(client) if client is not None else None,
        "property": house,
        "seller": _seller(reservation.seller),
        "check_in_date": reservation.check_in_date,
        "check_out_date": shown_until,
        "late_checkout": late,
        "late_check_out_date": reservation.check_out_date if late else None,
        "price_latecheckout": str(reservation.price_latecheckout),
        "temperature_pool": reservation.temperature_pool,
        "price_temperature_pool": str(reservation.price_temperature_pool),
        "guests": reservation.guests,
        "price_usd": str(reservation.price_usd),
        "price_sol": str(reservation.price_sol),
        "computed_price_usd": str(reservation.computed_price_usd),
        "price_override_reason": reservation.price_override_reason,
        "discount_code_used": code,
        "exchange_rate": str(reservation.exchange_rate),
        "advance_payment": str(reservation.advance_payment),
        "advance_payment_currency": reservation.advance_payment_currency,
        "adelanto_normalizado": str(paid_in_soles(reservation)),
        "full_payment": reservation.full_payment,
        "resta_pagar": str(due_sol),
        "resta_pagar_usd": str(due_usd),
        "number_nights": (reservation.check_out_date - reservation.check_in_date).days,
        "is_upcoming": reservation.check_out_date > today,
        "status": reservation.status,
        "status_display": STATUS_NAMES[reservation.status],
        "origin": reservation.origin,
        "tel_contact_number": reservation.tel_contact_number,
        "comentarios_reservas": reservation.comentarios_reservas,
        "payment_voucher_deadline": reservation.payment_voucher_deadline,
        "payment_voucher_uploaded": reservation.payment_voucher_uploaded,
        "uuid_external": reservation.uuid_external,
        "house_locked": reservation.house_locked,
        "required_features": list(reservation.required_features),
        "moved_count": reservation.moved_count,
        "cancel_reason": reservation.cancel_reason,
        "version": reservation.version,
    }


def present_own(reservation: Reservation, house: HouseDetail, *, code: str | None) -> OwnReservation:
    """A reservation as its guest sees it: the true dates, and nothing that only concerns staff."""
    due_sol, due_usd = due(reservation)
    return {
        "id": reservation.id,
        "property": house,
        "check_in_date": reservation.check_in_date,
        "check_out_date": reservation.check_out_date,
        "guests": reservation.guests,
        "price_usd": str(reservation.price_usd),
        "price_sol": str(reservation.price_sol),
        "discount_code_used": code,
        "exchange_rate": str(reservation.exchange_rate),
        "advance_payment_currency": reservation.advance_payment_currency,
        "resta_pagar": str(due_sol),
        "resta_pagar_usd": str(due_usd),
        "number_nights": (reservation.check_out_date - reservation.check_in_date).days,
        "status": reservation.status,
        "status_display": STATUS_NAMES[reservation.status],
        "origin": reservation.origin,
        "tel_contact_number": reservation.tel_contact_number,
        "comentarios_reservas": reservation.comentarios_reservas,
        "payment_voucher_deadline": reservation.payment_voucher_deadline,
    }


def due(reservation: Reservation) -> tuple[Decimal, Decimal]:
    """Still to pay in soles and in dollars; nothing once it is fully paid, negative when overpaid.

    Source: docs/rules/reservations.md, 0.3.
    """
    if reservation.full_payment:
        return ZERO, ZERO
    advance = reservation.advance_payment
    if reservation.advance_payment_currency is AdvanceCurrency.SOLES:
        advance = q(advance / reservation.exchange_rate)
    return reservation.price_sol - paid_in_soles(reservation), reservation.price_usd - advance


def present_occupied(listed: Listed, *, staff: bool) -> Occupied:
    """A reservation in the calendar of its house; who it is, is for staff only."""
    confirmed = listed.status is ReservationStatus.APPROVED
    shown: Occupied = {
        "start_date": listed.check_in,
        "end_date": listed.occupied_until,
        "status": "confirmed" if confirmed else listed.status,
    }
    if staff:
        shown["guest_name"] = _short_name(listed.client)
        shown["reservation_id"] = listed.id
        shown["origin"] = listed.origin
    return shown


def _short_name(name: str | None) -> str:
    """First name and initial: `Ana Q.`; a dash for nobody."""
    words = (name or "").split()
    if not words:
        return "–"
    return f"{words[0]} {words[1][0]}." if len(words) > 1 else words[0]


def _guest(client: Client) -> Guest:
    return {
        "id": client.id,
        "first_name": client.first_name,
        "last_name": client.last_name,
        "email": client.email,
        "tel_number": client.tel_number,
        "document_type": client.document_type,
        "number_doc": client.number_doc,
    }


def _seller(name: str | None) -> Seller | None:
    return None if name is None else {"id": None, "first_name": name, "last_name": ""}


def with_warnings(item: ReservationItem, notes: list[str]) -> ReservationItem:
    """The answer to a change, with what staff should know about it."""
    return {**item, "warnings": notes} if notes else item
