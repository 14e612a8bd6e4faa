"""The first tables: houses, rate book, guests, quotes, reservations, audit trail.

Revision: 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from casaaustin.db import types

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def word() -> TypeEngine[str]:
    """A short word of a closed list."""
    return sa.String(20).with_variant(
        mysql.VARCHAR(20, charset="ascii", collation="ascii_bin"), "mysql", "mariadb"
    )


def protect_audit_trail() -> None:
    """Let the database itself refuse to change or delete what was recorded (principle 5)."""
    dialect = op.get_bind().dialect.name
    if dialect == "postgresql":
        op.execute(
            """
            CREATE FUNCTION audit_event_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'audit events are final'; END $$
            """
        )
        op.execute(
            "CREATE TRIGGER audit_event_final BEFORE UPDATE OR DELETE ON audit_event "
            "FOR EACH ROW EXECUTE FUNCTION audit_event_is_final()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        refusal = (
            "SELECT RAISE(ABORT, 'audit events are final')"
            if dialect == "sqlite"
            else "SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'audit events are final'"
        )
        op.execute(
            f"CREATE TRIGGER audit_event_final_{verb.lower()} BEFORE {verb} ON audit_event "
            f"FOR EACH ROW BEGIN {refusal}; END"
        )


def release_audit_trail() -> None:
    """Undo `protect_audit_trail`."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_event_final ON audit_event")
        op.execute("DROP FUNCTION audit_event_is_final()")
        return
    for verb in ("update", "delete"):
        op.execute(f"DROP TRIGGER audit_event_final_{verb}")


def upgrade() -> None:
    """Create every table, and the one row that carries the version of the rate book."""
    op.create_table(
        "additional_service",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", types.Words(100), nullable=False),
        sa.Column("description", types.Prose(), nullable=False),
        sa.Column("price_usd", types.Exact(12, 2), nullable=False),
        sa.Column("service_type", word(), nullable=False),
        sa.Column("is_per_night", sa.Boolean(), nullable=False),
        sa.Column("is_per_person", sa.Boolean(), nullable=False),
        sa.Column("post_action", types.Words(50), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("price_usd >= 0", name=op.f("ck_additional_service_price_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additional_service")),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("at", types.Instant(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("actor", types.Words(150), nullable=False),
        sa.Column("actor_kind", word(), nullable=False),
        sa.Column("channel", word(), nullable=False),
        sa.Column("action", types.Words(60), nullable=False),
        sa.Column("entity", types.Words(60), nullable=False),
        sa.Column("entity_id", types.Words(64), nullable=False),
        sa.Column("before", types.Document(), nullable=False),
        sa.Column("after", types.Document(), nullable=False),
        sa.Column("reason", types.Prose(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index("ix_audit_event_at", "audit_event", ["at"], unique=False)
    op.create_index(
        "ix_audit_event_entity_entity_id_at", "audit_event", ["entity", "entity_id", "at"], unique=False
    )
    op.create_table(
        "cancellation_policy",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", types.Words(100), nullable=False),
        sa.Column("description", types.Prose(), nullable=False),
        sa.Column("days_before_checkin", sa.Integer(), nullable=False),
        sa.Column("refund_percentage", types.Exact(5, 2), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("days_before_checkin >= 0", name=op.f("ck_cancellation_policy_days_not_negative")),
        sa.CheckConstraint("refund_percentage >= 0", name=op.f("ck_cancellation_policy_refund_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation_policy")),
    )
    op.create_table(
        "client",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("first_name", types.Words(100), nullable=False),
        sa.Column("last_name", types.Words(100), nullable=False),
        sa.Column("search_name", types.Prose(), nullable=False),
        sa.Column("document_type", word(), nullable=False),
        sa.Column("number_doc", types.Words(20), nullable=True),
        sa.Column("tel_number", types.Words(20), nullable=True),
        sa.Column("email", types.Words(254), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("referral_code", types.Words(20), nullable=True),
        sa.Column("referred_by_id", types.Id(), nullable=True),
        sa.Column("notes", types.Prose(), nullable=False),
        sa.Column("live_key", types.Words(60), nullable=True),
        sa.ForeignKeyConstraint(
            ["referred_by_id"], ["client.id"], name=op.f("fk_client_referred_by_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("live_key", name=op.f("uq_client_live_key")),
        sa.UniqueConstraint("referral_code", name=op.f("uq_client_referral_code")),
    )
    op.create_index(op.f("ix_client_email"), "client", ["email"], unique=False)
    op.create_index("ix_client_last_name_first_name", "client", ["last_name", "first_name"], unique=False)
    op.create_index(op.f("ix_client_referred_by_id"), "client", ["referred_by_id"], unique=False)
    op.create_index(op.f("ix_client_tel_number"), "client", ["tel_number"], unique=False)
    op.create_table(
        "exchange_rate",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("usd_to_sol", types.Exact(6, 3), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("live_key", types.Words(10), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exchange_rate")),
        sa.UniqueConstraint("live_key", name=op.f("uq_exchange_rate_live_key")),
    )
    op.create_table(
        "late_checkout_config",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("name", types.Words(100), nullable=False),
        sa.Column("allows_late_checkout", sa.Boolean(), nullable=False),
        sa.Column("discount_type", word(), nullable=False),
        sa.Column("discount_value", types.Exact(12, 2), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("live_key", types.Words(10), nullable=True),
        sa.CheckConstraint(
            "discount_value >= 0", name=op.f("ck_late_checkout_config_reduction_not_negative")
        ),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_late_checkout_config_weekday_exists")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_checkout_config")),
        sa.UniqueConstraint("live_key", name=op.f("uq_late_checkout_config_live_key")),
    )
    op.create_table(
        "property",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", types.Words(150), nullable=False),
        sa.Column("slug", types.Words(200), nullable=False),
        sa.Column("titulo", types.Words(200), nullable=True),
        sa.Column("descripcion", types.Prose(), nullable=True),
        sa.Column("location", types.Words(250), nullable=True),
        sa.Column("capacity_max", sa.Integer(), nullable=True),
        sa.Column("capacity_sleep", sa.Integer(), nullable=True),
        sa.Column("dormitorios", sa.Integer(), nullable=True),
        sa.Column("banos", sa.Integer(), nullable=True),
        sa.Column("detalle_dormitorios", types.Document(), nullable=False),
        sa.Column("caracteristicas", types.Document(), nullable=False),
        sa.Column("hora_ingreso", sa.Time(), nullable=True),
        sa.Column("hora_salida", sa.Time(), nullable=True),
        sa.Column("precio_extra_persona", types.Exact(12, 2), nullable=True),
        sa.Column("precio_desde", types.Exact(12, 2), nullable=True),
        sa.Column("background_color", types.Words(255), nullable=False),
        sa.Column("airbnb_url", types.Words(500), nullable=True),
        sa.Column("on_temperature_pool_url", types.Words(500), nullable=True),
        sa.Column("off_temperature_pool_url", types.Words(500), nullable=True),
        sa.Column("player_id", types.Words(50), nullable=True),
        sa.Column("exchange_class", sa.Integer(), nullable=True),
        sa.Column("zone", types.Words(50), nullable=True),
        sa.Column("guest_instructions", types.Prose(), nullable=True),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "capacity_max IS NULL OR capacity_max >= 1", name=op.f("ck_property_capacity_max_positive")
        ),
        sa.CheckConstraint(
            "capacity_sleep IS NULL OR capacity_max IS NULL OR capacity_sleep <= capacity_max",
            name=op.f("ck_property_sleeps_no_more_than_enter"),
        ),
        sa.CheckConstraint(
            "capacity_sleep IS NULL OR capacity_sleep >= 1", name=op.f("ck_property_capacity_sleep_positive")
        ),
        sa.CheckConstraint(
            "precio_desde IS NULL OR precio_desde > 0", name=op.f("ck_property_from_price_positive")
        ),
        sa.CheckConstraint(
            "precio_extra_persona IS NULL OR precio_extra_persona >= 0",
            name=op.f("ck_property_extra_person_not_negative"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property")),
        sa.UniqueConstraint("slug", name=op.f("uq_property_slug")),
    )
    op.create_table(
        "rate_book",
        sa.Column("id", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("policy", types.Document(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rate_book")),
    )
    op.create_table(
        "request_key",
        sa.Column("key", types.Words(120), nullable=False),
        sa.Column("operation", types.Words(60), nullable=False),
        sa.Column("digest", types.Words(64), nullable=False),
        sa.Column("result", types.Document(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_request_key")),
    )
    op.create_table(
        "season_pricing",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", types.Words(100), nullable=False),
        sa.Column("season_type", word(), nullable=False),
        sa.Column("start_month", sa.SmallInteger(), nullable=False),
        sa.Column("start_day", sa.SmallInteger(), nullable=False),
        sa.Column("end_month", sa.SmallInteger(), nullable=False),
        sa.Column("end_day", sa.SmallInteger(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "end_month BETWEEN 1 AND 12 AND end_day BETWEEN 1 AND 31",
            name=op.f("ck_season_pricing_end_exists"),
        ),
        sa.CheckConstraint(
            "start_month BETWEEN 1 AND 12 AND start_day BETWEEN 1 AND 31",
            name=op.f("ck_season_pricing_start_exists"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_season_pricing")),
    )
    op.create_table(
        "additional_service_property",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("additional_service_id", types.Id(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["additional_service_id"],
            ["additional_service.id"],
            name=op.f("fk_additional_service_property_additional_service_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_additional_service_property_property_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_additional_service_property")),
    )
    op.create_index(
        op.f("ix_additional_service_property_additional_service_id"),
        "additional_service_property",
        ["additional_service_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_additional_service_property_property_id"),
        "additional_service_property",
        ["property_id"],
        unique=False,
    )
    op.create_table(
        "cancellation_policy_property",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("cancellation_policy_id", types.Id(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cancellation_policy_id"],
            ["cancellation_policy.id"],
            name=op.f("fk_cancellation_policy_property_cancellation_policy_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_cancellation_policy_property_property_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cancellation_policy_property")),
    )
    op.create_index(
        op.f("ix_cancellation_policy_property_cancellation_policy_id"),
        "cancellation_policy_property",
        ["cancellation_policy_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_cancellation_policy_property_property_id"),
        "cancellation_policy_property",
        ["property_id"],
        unique=False,
    )
    op.create_table(
        "profit_property_airbnb",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("profit_sol", types.Exact(12, 2), nullable=False),
        sa.CheckConstraint("month BETWEEN 1 AND 12", name=op.f("ck_profit_property_airbnb_month_exists")),
        sa.CheckConstraint("year >= 1", name=op.f("ck_profit_property_airbnb_year_positive")),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_profit_property_airbnb_property_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profit_property_airbnb")),
        sa.UniqueConstraint(
            "property_id", "month", "year", name=op.f("uq_profit_property_airbnb_property_id_month_year")
        ),
    )
    op.create_table(
        "property_photo",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.Column("image_file", types.Words(500), nullable=True),
        sa.Column("image_url", types.Words(500), nullable=True),
        sa.Column("thumbnail", types.Words(500), nullable=True),
        sa.Column("alt_text", types.Words(200), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("live_key", types.Words(32), nullable=True),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_property_photo_property_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_photo")),
        sa.UniqueConstraint("live_key", name=op.f("uq_property_photo_live_key")),
    )
    op.create_index(
        "ix_property_photo_property_id_order", "property_photo", ["property_id", "order"], unique=False
    )
    op.create_table(
        "property_pricing",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.Column("weekday_low_season_usd", types.Exact(12, 2), nullable=False),
        sa.Column("weekend_low_season_usd", types.Exact(12, 2), nullable=False),
        sa.Column("weekday_high_season_usd", types.Exact(12, 2), nullable=False),
        sa.Column("weekend_high_season_usd", types.Exact(12, 2), nullable=False),
        sa.CheckConstraint(
            "weekday_low_season_usd >= 0 AND weekend_low_season_usd >= 0 AND weekday_high_season_usd >= 0 AND weekend_high_season_usd >= 0",
            name=op.f("ck_property_pricing_prices_not_negative"),
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_property_pricing_property_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_property_pricing")),
        sa.UniqueConstraint("property_id", name=op.f("uq_property_pricing_property_id")),
    )
    op.create_table(
        "quote",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("kind", word(), nullable=False),
        sa.Column("client_id", types.Id(), nullable=True),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.Column("check_in_date", sa.Date(), nullable=False),
        sa.Column("check_out_date", sa.Date(), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("total_usd", types.Exact(12, 2), nullable=False),
        sa.Column("total_sol", types.Exact(12, 2), nullable=False),
        sa.Column("exchange_rate", types.Exact(6, 3), nullable=False),
        sa.Column("snapshot", types.Document(), nullable=False),
        sa.Column("digest", types.Words(64), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_quote_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_quote_property_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quote")),
    )
    op.create_index(op.f("ix_quote_client_id"), "quote", ["client_id"], unique=False)
    op.create_index(op.f("ix_quote_property_id"), "quote", ["property_id"], unique=False)
    op.create_table(
        "special_date_pricing",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.SmallInteger(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=True),
        sa.Column("description", types.Words(100), nullable=True),
        sa.Column("price_usd", types.Exact(12, 2), nullable=False),
        sa.Column("minimum_consecutive_nights", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("live_key", types.Words(60), nullable=True),
        sa.CheckConstraint(
            "minimum_consecutive_nights >= 1", name=op.f("ck_special_date_pricing_minimum_at_least_one")
        ),
        sa.CheckConstraint(
            "month BETWEEN 1 AND 12 AND day BETWEEN 1 AND 31", name=op.f("ck_special_date_pricing_day_exists")
        ),
        sa.CheckConstraint("price_usd > 0", name=op.f("ck_special_date_pricing_price_positive")),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_special_date_pricing_property_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_date_pricing")),
        sa.UniqueConstraint("live_key", name=op.f("uq_special_date_pricing_live_key")),
    )
    op.create_table(
        "reservation",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("client_id", types.Id(), nullable=True),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.Column("seller", types.Words(150), nullable=True),
        sa.Column("check_in_date", sa.Date(), nullable=False),
        sa.Column("check_out_date", sa.Date(), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("status", word(), nullable=False),
        sa.Column("origin", word(), nullable=False),
        sa.Column("price_usd", types.Exact(12, 2), nullable=False),
        sa.Column("price_sol", types.Exact(12, 2), nullable=False),
        sa.Column("exchange_rate", types.Exact(6, 3), nullable=False),
        sa.Column("computed_price_usd", types.Exact(12, 2), nullable=False),
        sa.Column("price_override_reason", types.Prose(), nullable=True),
        sa.Column("quote_id", types.Id(), nullable=True),
        sa.Column("advance_payment", types.Exact(12, 2), nullable=False),
        sa.Column("advance_payment_currency", word(), nullable=False),
        sa.Column("full_payment", sa.Boolean(), nullable=False),
        sa.Column("late_checkout", sa.Boolean(), nullable=False),
        sa.Column("price_latecheckout", types.Exact(12, 2), nullable=False),
        sa.Column("temperature_pool", sa.Boolean(), nullable=False),
        sa.Column("price_temperature_pool", types.Exact(12, 2), nullable=False),
        sa.Column("tel_contact_number", types.Words(255), nullable=True),
        sa.Column("comentarios_reservas", types.Prose(), nullable=True),
        sa.Column("uuid_external", types.Words(100), nullable=True),
        sa.Column("payment_voucher_deadline", types.Instant(), nullable=True),
        sa.Column("payment_voucher_uploaded", sa.Boolean(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("house_locked", sa.Boolean(), nullable=False),
        sa.Column("required_features", types.Document(), nullable=False),
        sa.Column("moved_count", sa.Integer(), nullable=False),
        sa.Column("booked_class", sa.Integer(), nullable=True),
        sa.Column("cancel_reason", word(), nullable=True),
        sa.Column("cancelled_at", types.Instant(), nullable=True),
        sa.Column("cancelled_by", types.Words(150), nullable=True),
        sa.Column("calendar_conflict", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("check_out_date > check_in_date", name=op.f("ck_reservation_at_least_one_night")),
        sa.CheckConstraint("guests >= 1", name=op.f("ck_reservation_at_least_one_guest")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_reservation_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_reservation_property_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["quote_id"], ["quote.id"], name=op.f("fk_reservation_quote_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reservation")),
    )
    op.create_index("ix_reservation_check_in_date", "reservation", ["check_in_date"], unique=False)
    op.create_index(op.f("ix_reservation_client_id"), "reservation", ["client_id"], unique=False)
    op.create_index(
        "ix_reservation_property_id_check_in_date",
        "reservation",
        ["property_id", "check_in_date"],
        unique=False,
    )
    op.create_index(op.f("ix_reservation_quote_id"), "reservation", ["quote_id"], unique=False)
    op.create_index(
        "ix_reservation_status_payment_voucher_deadline",
        "reservation",
        ["status", "payment_voucher_deadline"],
        unique=False,
    )
    op.create_table(
        "reservation_night",
        sa.Column("property_id", types.Id(), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("reservation_id", types.Id(), nullable=False),
        sa.Column("held_until", types.Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_reservation_night_property_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_reservation_night_reservation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("property_id", "night", name=op.f("pk_reservation_night")),
    )
    op.create_index(
        "ix_reservation_night_night_property_id", "reservation_night", ["night", "property_id"], unique=False
    )
    op.create_index(
        op.f("ix_reservation_night_reservation_id"), "reservation_night", ["reservation_id"], unique=False
    )
    op.execute("INSERT INTO rate_book (id, version, policy) VALUES (1, 1, '{}')")
    protect_audit_trail()


def downgrade() -> None:
    """Drop every table."""
    release_audit_trail()
    op.drop_table("reservation_night")
    op.drop_table("reservation")
    op.drop_table("special_date_pricing")
    op.drop_table("quote")
    op.drop_table("property_pricing")
    op.drop_table("property_photo")
    op.drop_table("profit_property_airbnb")
    op.drop_table("cancellation_policy_property")
    op.drop_table("additional_service_property")
    op.drop_table("season_pricing")
    op.drop_table("request_key")
    op.drop_table("rate_book")
    op.drop_table("property")
    op.drop_table("late_checkout_config")
    op.drop_table("exchange_rate")
    op.drop_table("client")
    op.drop_table("cancellation_policy")
    op.drop_table("audit_event")
    op.drop_table("additional_service")
