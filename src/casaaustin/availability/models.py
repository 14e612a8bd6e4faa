"""The table that makes a double booking impossible. Source: docs/rules/pricing.md, 3.1."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Column, Date, ForeignKey, Index
from sqlmodel import Field, SQLModel

from casaaustin.db.mixins import instant, reference
from casaaustin.db.types import Id


class ReservationNight(SQLModel, table=True):
    """One row for every night of a house that a reservation holds.

    The primary key is the guarantee: a night of a house is sold once, on every
    database. `held_until` repeats the reservation's deadline while the nights
    are only held (NULL = firm), so that a lapsed hold counts for nothing at the
    very next read; `casa db check` proves that the two agree.
    """

    __tablename__ = "reservation_night"
    __table_args__ = (Index("ix_reservation_night_night_property_id", "night", "property_id"),)

    property_id: UUID = Field(
        sa_column=Column(Id(), ForeignKey("property.id", ondelete="RESTRICT"), primary_key=True)
    )
    night: date = Field(sa_column=Column(Date(), primary_key=True))
    reservation_id: UUID = reference("reservation.id", index=True)
    held_until: datetime | None = instant(nullable=True)
