"""Tables of the houses. Source: docs/rules/pricing.md, 1.1, 1.2 and 1.17."""

from datetime import time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from casaaustin.db.mixins import (
    LiveKey,
    RateBookTable,
    Row,
    document,
    flag,
    hour,
    money,
    prose,
    reference,
    small,
    whole,
    words,
)


class Property(Row, RateBookTable, table=True):
    """A house. Source: docs/rules/pricing.md, 1.1."""

    __tablename__ = "property"
    __table_args__ = (
        CheckConstraint("capacity_max IS NULL OR capacity_max >= 1", name="capacity_max_positive"),
        CheckConstraint("capacity_sleep IS NULL OR capacity_sleep >= 1", name="capacity_sleep_positive"),
        CheckConstraint(
            "capacity_sleep IS NULL OR capacity_max IS NULL OR capacity_sleep <= capacity_max",
            name="sleeps_no_more_than_enter",
        ),
        CheckConstraint(
            "precio_extra_persona IS NULL OR precio_extra_persona >= 0", name="extra_person_not_negative"
        ),
        CheckConstraint("precio_desde IS NULL OR precio_desde > 0", name="from_price_positive"),
    )

    name: str = words(150)
    slug: str = words(200, unique=True)
    titulo: str | None = words(200, nullable=True)
    descripcion: str | None = prose(nullable=True)
    location: str | None = words(250, nullable=True)
    capacity_max: int | None = whole(nullable=True)
    capacity_sleep: int | None = whole(nullable=True)
    dormitorios: int | None = whole(nullable=True)
    banos: int | None = whole(nullable=True)
    detalle_dormitorios: dict[str, Any] = document(default=dict)
    caracteristicas: list[str] = document(default=list)
    hora_ingreso: time | None = hour(nullable=True)
    hora_salida: time | None = hour(nullable=True)
    precio_extra_persona: Decimal | None = money(nullable=True)
    precio_desde: Decimal | None = money(nullable=True)
    background_color: str = words(255, default="#fff")
    airbnb_url: str | None = words(500, nullable=True)
    on_temperature_pool_url: str | None = words(500, nullable=True)
    off_temperature_pool_url: str | None = words(500, nullable=True)
    player_id: str | None = words(50, nullable=True)
    exchange_class: int | None = whole(nullable=True)
    zone: str | None = words(50, nullable=True)
    guest_instructions: str | None = prose(nullable=True)
    is_open: bool = flag(default=True)


class PropertyPhoto(Row, LiveKey, table=True):
    """A photo of a house. Source: docs/rules/pricing.md, 1.2."""

    __tablename__ = "property_photo"
    __table_args__ = (Index("ix_property_photo_property_id_order", "property_id", "order"),)

    property_id: UUID = reference("property.id")
    image_file: str | None = words(500, nullable=True)
    image_url: str | None = words(500, nullable=True)
    thumbnail: str | None = words(500, nullable=True)
    alt_text: str = words(200, default="")
    order: int = whole(default=0)
    is_main: bool = flag(default=False)
    live_key: str | None = words(32, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """At most one main photo per house."""
        return self.property_id.hex if self.is_main and not self.deleted else None


class ProfitPropertyAirBnb(Row, table=True):
    """Airbnb income of a house in a month, typed in by staff. Source: docs/rules/pricing.md, 1.17."""

    __tablename__ = "profit_property_airbnb"
    __table_args__ = (
        UniqueConstraint("property_id", "month", "year"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month_exists"),
        CheckConstraint("year >= 1", name="year_positive"),
    )

    property_id: UUID = reference("property.id")
    month: int = small()
    year: int = small()
    profit_sol: Decimal = money()
