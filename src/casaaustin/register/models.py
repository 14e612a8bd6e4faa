"""The table of the reservations. Source: docs/rules/reservations.md, 1.1; docs/rules/pricing.md, 1.16."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Integer
from sqlmodel import Field

from casaaustin.db.mixins import (
    Row,
    choice,
    day,
    document,
    flag,
    instant,
    money,
    prose,
    rate,
    reference,
    whole,
    words,
)
from casaaustin.vocabulary import AdvanceCurrency, CancelReason, Origin, ReservationStatus

_VERSION: "Column[int]" = Column("version", Integer, nullable=False)


class Reservation(Row, table=True):
    """A stay with a client, a price and a status.

    `check_in_date` and `check_out_date` are the contract and never move by
    themselves; late checkout alone drives the extra night that is blocked.
    """

    __tablename__ = "reservation"
    __table_args__ = (
        CheckConstraint("check_out_date > check_in_date", name="at_least_one_night"),
        CheckConstraint("guests >= 1", name="at_least_one_guest"),
        Index("ix_reservation_property_id_check_in_date", "property_id", "check_in_date"),
        Index("ix_reservation_status_payment_voucher_deadline", "status", "payment_voucher_deadline"),
        Index("ix_reservation_check_in_date", "check_in_date"),
    )

    client_id: UUID | None = reference("client.id", nullable=True, index=True)
    property_id: UUID = reference("property.id")
    seller: str | None = words(150, nullable=True)
    check_in_date: date = day()
    check_out_date: date = day()
    guests: int = whole(default=1)
    status: ReservationStatus = choice(ReservationStatus)
    origin: Origin = choice(Origin, default=Origin.STAFF)
    price_usd: Decimal = money(default=Decimal("0.00"))
    price_sol: Decimal = money(default=Decimal("0.00"))
    exchange_rate: Decimal = rate()
    computed_price_usd: Decimal = money(default=Decimal("0.00"))
    price_override_reason: str | None = prose(nullable=True)
    quote_id: UUID | None = reference("quote.id", nullable=True, index=True)
    advance_payment: Decimal = money(default=Decimal("0.00"))
    advance_payment_currency: AdvanceCurrency = choice(AdvanceCurrency, default=AdvanceCurrency.SOLES)
    full_payment: bool = flag(default=False)
    late_checkout: bool = flag(default=False)
    price_latecheckout: Decimal = money(default=Decimal("0.00"))
    temperature_pool: bool = flag(default=False)
    price_temperature_pool: Decimal = money(default=Decimal("0.00"))
    tel_contact_number: str | None = words(255, nullable=True)
    comentarios_reservas: str | None = prose(nullable=True)
    uuid_external: str | None = words(100, nullable=True)
    payment_voucher_deadline: datetime | None = instant(nullable=True)
    payment_voucher_uploaded: bool = flag(default=False)
    booked_on: date = day()
    house_locked: bool = flag(default=False)
    required_features: list[str] = document(default=list)
    moved_count: int = whole(default=0)
    booked_class: int | None = whole(nullable=True)
    cancel_reason: CancelReason | None = choice(CancelReason, nullable=True)
    cancelled_at: datetime | None = instant(nullable=True)
    cancelled_by: str | None = words(150, nullable=True)
    calendar_conflict: bool = flag(default=False)
    version: int = Field(default=1, sa_column=_VERSION)

    # Two people who edit one reservation at the same moment: the second is refused.
    __mapper_args__ = {"version_id_col": _VERSION}  # noqa: RUF012 - the shape SQLAlchemy asks for
