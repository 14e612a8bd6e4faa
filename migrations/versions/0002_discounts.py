"""Discounts: codes, rules, generators, redemptions; levels of guests.

Revision: 0002.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from casaaustin.db import types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def word() -> TypeEngine[str]:
    """A short word of a closed list."""
    return sa.String(20).with_variant(
        mysql.VARCHAR(20, charset="ascii", collation="ascii_bin"), "mysql", "mariadb"
    )


def upgrade() -> None:
    """Create the tables of discounts and levels; a client can be issued a welcome code once."""
    op.create_table(
        "achievement",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", types.Words(100), nullable=False),
        sa.Column("description", types.Prose(), nullable=False),
        sa.Column("icon", types.Words(50), nullable=True),
        sa.Column("required_reservations", sa.Integer(), nullable=False),
        sa.Column("required_referrals", sa.Integer(), nullable=False),
        sa.Column("required_referral_reservations", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("order", sa.Integer(), nullable=False),
        sa.Column("live_key", types.Words(110), nullable=True),
        sa.CheckConstraint(
            "required_reservations >= 0 AND required_referrals >= 0 AND required_referral_reservations >= 0",
            name=op.f("ck_achievement_requirements_not_negative"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_achievement")),
        sa.UniqueConstraint("live_key", name=op.f("uq_achievement_live_key")),
    )
    op.create_table(
        "automatic_discount",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", types.Words(100), nullable=False),
        sa.Column("description", types.Prose(), nullable=False),
        sa.Column("trigger", word(), nullable=False),
        sa.Column("discount_percentage", types.Exact(5, 2), nullable=False),
        sa.Column("max_discount_usd", types.Exact(12, 2), nullable=True),
        sa.Column("restrict_weekdays", sa.Boolean(), nullable=False),
        sa.Column("restrict_weekends", sa.Boolean(), nullable=False),
        sa.Column("specific_weekdays", types.Words(20), nullable=False),
        sa.Column("day_scope", word(), nullable=False),
        sa.Column("start_date", sa.Date(), nullable=True),
        sa.Column("end_date", sa.Date(), nullable=True),
        sa.Column("book_from", sa.Date(), nullable=True),
        sa.Column("book_to", sa.Date(), nullable=True),
        sa.Column("apply_only_to_base_price", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("live_key", types.Words(110), nullable=True),
        sa.CheckConstraint(
            "book_from <= book_to", name=op.f("ck_automatic_discount_booking_window_not_reversed")
        ),
        sa.CheckConstraint(
            "discount_percentage >= 0", name=op.f("ck_automatic_discount_percentage_not_negative")
        ),
        sa.CheckConstraint("max_discount_usd > 0", name=op.f("ck_automatic_discount_cap_positive")),
        sa.CheckConstraint(
            "start_date <= end_date", name=op.f("ck_automatic_discount_stay_window_not_reversed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_discount")),
        sa.UniqueConstraint("live_key", name=op.f("uq_automatic_discount_live_key")),
    )
    op.create_table(
        "dynamic_discount_config",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", types.Words(100), nullable=False),
        sa.Column("display_name", types.Words(100), nullable=False),
        sa.Column("description", types.Prose(), nullable=False),
        sa.Column("icon", types.Words(50), nullable=False),
        sa.Column("prefix", types.Words(10), nullable=False),
        sa.Column("discount_percentage", types.Exact(5, 2), nullable=False),
        sa.Column("validity_days", sa.Integer(), nullable=False),
        sa.Column("min_amount_usd", types.Exact(12, 2), nullable=False),
        sa.Column("max_discount_usd", types.Exact(12, 2), nullable=True),
        sa.Column("usage_limit", sa.Integer(), nullable=False),
        sa.Column("apply_only_to_base_price", sa.Boolean(), nullable=False),
        sa.Column("restrict_weekdays", sa.Boolean(), nullable=False),
        sa.Column("restrict_weekends", sa.Boolean(), nullable=False),
        sa.Column("specific_weekdays", types.Words(20), nullable=False),
        sa.Column("day_scope", word(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("live_key", types.Words(110), nullable=True),
        sa.CheckConstraint(
            "discount_percentage > 0", name=op.f("ck_dynamic_discount_config_percentage_positive")
        ),
        sa.CheckConstraint("max_discount_usd > 0", name=op.f("ck_dynamic_discount_config_cap_positive")),
        sa.CheckConstraint(
            "min_amount_usd >= 0", name=op.f("ck_dynamic_discount_config_minimum_not_negative")
        ),
        sa.CheckConstraint(
            "usage_limit >= 1", name=op.f("ck_dynamic_discount_config_usage_limit_at_least_one")
        ),
        sa.CheckConstraint(
            "validity_days >= 1", name=op.f("ck_dynamic_discount_config_validity_at_least_one_day")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dynamic_discount_config")),
        sa.UniqueConstraint("live_key", name=op.f("uq_dynamic_discount_config_live_key")),
    )
    op.create_table(
        "minted_codes",
        sa.Column("minter", types.Words(150), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("codes", sa.Integer(), nullable=False),
        sa.CheckConstraint("codes >= 0", name=op.f("ck_minted_codes_codes_not_negative")),
        sa.PrimaryKeyConstraint("minter", "day", name=op.f("pk_minted_codes")),
    )
    op.create_table(
        "welcome_discount_config",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("name", types.Words(200), nullable=False),
        sa.Column("discount_percentage", types.Exact(5, 2), nullable=False),
        sa.Column("validity_days", sa.Integer(), nullable=False),
        sa.Column("min_amount_usd", types.Exact(12, 2), nullable=False),
        sa.Column("max_discount_usd", types.Exact(12, 2), nullable=True),
        sa.Column("apply_only_to_base_price", sa.Boolean(), nullable=False),
        sa.Column("restrict_weekdays", sa.Boolean(), nullable=False),
        sa.Column("restrict_weekends", sa.Boolean(), nullable=False),
        sa.Column("specific_weekdays", types.Words(20), nullable=False),
        sa.Column("day_scope", word(), nullable=False),
        sa.Column("promotional_message", types.Words(500), nullable=True),
        sa.Column("promotional_subtitle", types.Words(300), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("live_key", types.Words(10), nullable=True),
        sa.CheckConstraint(
            "discount_percentage > 0", name=op.f("ck_welcome_discount_config_percentage_positive")
        ),
        sa.CheckConstraint("max_discount_usd > 0", name=op.f("ck_welcome_discount_config_cap_positive")),
        sa.CheckConstraint(
            "min_amount_usd >= 0", name=op.f("ck_welcome_discount_config_minimum_not_negative")
        ),
        sa.CheckConstraint(
            "validity_days >= 1", name=op.f("ck_welcome_discount_config_validity_at_least_one_day")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome_discount_config")),
        sa.UniqueConstraint("live_key", name=op.f("uq_welcome_discount_config_live_key")),
    )
    op.create_table(
        "automatic_discount_achievement",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("automatic_discount_id", types.Id(), nullable=False),
        sa.Column("achievement_id", types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievement.id"],
            name=op.f("fk_automatic_discount_achievement_achievement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["automatic_discount_id"],
            ["automatic_discount.id"],
            name=op.f("fk_automatic_discount_achievement_automatic_discount_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_discount_achievement")),
    )
    op.create_index(
        op.f("ix_automatic_discount_achievement_achievement_id"),
        "automatic_discount_achievement",
        ["achievement_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_automatic_discount_achievement_automatic_discount_id"),
        "automatic_discount_achievement",
        ["automatic_discount_id"],
        unique=False,
    )
    op.create_table(
        "automatic_discount_property",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("automatic_discount_id", types.Id(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["automatic_discount_id"],
            ["automatic_discount.id"],
            name=op.f("fk_automatic_discount_property_automatic_discount_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_automatic_discount_property_property_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_automatic_discount_property")),
    )
    op.create_index(
        op.f("ix_automatic_discount_property_automatic_discount_id"),
        "automatic_discount_property",
        ["automatic_discount_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_automatic_discount_property_property_id"),
        "automatic_discount_property",
        ["property_id"],
        unique=False,
    )
    op.create_table(
        "client_achievement",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("client_id", types.Id(), nullable=False),
        sa.Column("achievement_id", types.Id(), nullable=False),
        sa.Column("earned_at", types.Instant(), nullable=False),
        sa.Column("source", word(), nullable=False),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievement.id"],
            name=op.f("fk_client_achievement_achievement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_client_achievement_client_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_achievement")),
        sa.UniqueConstraint(
            "client_id", "achievement_id", name=op.f("uq_client_achievement_client_id_achievement_id")
        ),
    )
    op.create_index(
        op.f("ix_client_achievement_achievement_id"), "client_achievement", ["achievement_id"], unique=False
    )
    op.create_table(
        "discount_code",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("code", types.Words(50), nullable=False),
        sa.Column("description", types.Words(200), nullable=False),
        sa.Column("discount_type", word(), nullable=False),
        sa.Column("discount_value", types.Exact(12, 2), nullable=False),
        sa.Column("min_amount_usd", types.Exact(12, 2), nullable=True),
        sa.Column("max_discount_usd", types.Exact(12, 2), nullable=True),
        sa.Column("start_date", sa.Date(), nullable=False),
        sa.Column("end_date", sa.Date(), nullable=False),
        sa.Column("usage_limit", sa.Integer(), nullable=True),
        sa.Column("per_client_limit", sa.Integer(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("restrict_weekdays", sa.Boolean(), nullable=False),
        sa.Column("restrict_weekends", sa.Boolean(), nullable=False),
        sa.Column("specific_weekdays", types.Words(20), nullable=False),
        sa.Column("day_scope", word(), nullable=False),
        sa.Column("apply_only_to_base_price", sa.Boolean(), nullable=False),
        sa.Column("client_id", types.Id(), nullable=True),
        sa.Column("origin", word(), nullable=False),
        sa.Column("dynamic_config_id", types.Id(), nullable=True),
        sa.Column("welcome_config_id", types.Id(), nullable=True),
        sa.Column("made_by", types.Words(150), nullable=False),
        sa.Column("welcomed", types.Words(40), nullable=True),
        sa.CheckConstraint(
            "NOT (restrict_weekdays AND restrict_weekends) OR specific_weekdays <> '' OR NOT is_active",
            name=op.f("ck_discount_code_weekdays_or_weekends"),
        ),
        sa.CheckConstraint("discount_value > 0", name=op.f("ck_discount_code_value_positive")),
        sa.CheckConstraint("max_discount_usd > 0", name=op.f("ck_discount_code_cap_positive")),
        sa.CheckConstraint("min_amount_usd >= 0", name=op.f("ck_discount_code_minimum_not_negative")),
        sa.CheckConstraint(
            "per_client_limit >= 1", name=op.f("ck_discount_code_per_client_limit_at_least_one")
        ),
        sa.CheckConstraint("start_date <= end_date", name=op.f("ck_discount_code_window_not_reversed")),
        sa.CheckConstraint("usage_limit >= 1", name=op.f("ck_discount_code_usage_limit_at_least_one")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_discount_code_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["dynamic_config_id"],
            ["dynamic_discount_config.id"],
            name=op.f("fk_discount_code_dynamic_config_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["welcome_config_id"],
            ["welcome_discount_config.id"],
            name=op.f("fk_discount_code_welcome_config_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_code")),
        sa.UniqueConstraint("code", name=op.f("uq_discount_code_code")),
        sa.UniqueConstraint("welcomed", name=op.f("uq_discount_code_welcomed")),
    )
    op.create_index(op.f("ix_discount_code_client_id"), "discount_code", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_discount_code_dynamic_config_id"), "discount_code", ["dynamic_config_id"], unique=False
    )
    op.create_index(
        op.f("ix_discount_code_welcome_config_id"), "discount_code", ["welcome_config_id"], unique=False
    )
    op.create_table(
        "dynamic_discount_config_property",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("dynamic_discount_config_id", types.Id(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dynamic_discount_config_id"],
            ["dynamic_discount_config.id"],
            name=op.f("fk_dynamic_discount_config_property_dynamic_discount_config_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_dynamic_discount_config_property_property_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dynamic_discount_config_property")),
    )
    op.create_index(
        op.f("ix_dynamic_discount_config_property_dynamic_discount_config_id"),
        "dynamic_discount_config_property",
        ["dynamic_discount_config_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_dynamic_discount_config_property_property_id"),
        "dynamic_discount_config_property",
        ["property_id"],
        unique=False,
    )
    op.create_table(
        "referral_discount_by_level",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("achievement_id", types.Id(), nullable=False),
        sa.Column("discount_percentage", types.Exact(5, 2), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("live_key", types.Words(40), nullable=True),
        sa.CheckConstraint(
            "discount_percentage >= 0", name=op.f("ck_referral_discount_by_level_percentage_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["achievement_id"],
            ["achievement.id"],
            name=op.f("fk_referral_discount_by_level_achievement_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral_discount_by_level")),
        sa.UniqueConstraint("live_key", name=op.f("uq_referral_discount_by_level_live_key")),
    )
    op.create_index(
        op.f("ix_referral_discount_by_level_achievement_id"),
        "referral_discount_by_level",
        ["achievement_id"],
        unique=False,
    )
    op.create_table(
        "welcome_discount_config_property",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("welcome_discount_config_id", types.Id(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_welcome_discount_config_property_property_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["welcome_discount_config_id"],
            ["welcome_discount_config.id"],
            name=op.f("fk_welcome_discount_config_property_welcome_discount_config_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welcome_discount_config_property")),
    )
    op.create_index(
        op.f("ix_welcome_discount_config_property_property_id"),
        "welcome_discount_config_property",
        ["property_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_welcome_discount_config_property_welcome_discount_config_id"),
        "welcome_discount_config_property",
        ["welcome_discount_config_id"],
        unique=False,
    )
    op.create_table(
        "discount_code_property",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("discount_code_id", types.Id(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.ForeignKeyConstraint(
            ["discount_code_id"],
            ["discount_code.id"],
            name=op.f("fk_discount_code_property_discount_code_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_discount_code_property_property_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_code_property")),
    )
    op.create_index(
        op.f("ix_discount_code_property_discount_code_id"),
        "discount_code_property",
        ["discount_code_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_discount_code_property_property_id"), "discount_code_property", ["property_id"], unique=False
    )
    op.create_table(
        "discount_redemption",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("code_id", types.Id(), nullable=False),
        sa.Column("reservation_id", types.Id(), nullable=False),
        sa.Column("client_id", types.Id(), nullable=True),
        sa.Column("amount_usd", types.Exact(12, 2), nullable=False),
        sa.Column("amount_sol", types.Exact(12, 2), nullable=False),
        sa.Column("state", word(), nullable=False),
        sa.Column("held_until", types.Instant(), nullable=True),
        sa.Column("released_at", types.Instant(), nullable=True),
        sa.Column("live_key", types.Words(40), nullable=True),
        sa.CheckConstraint(
            "amount_usd >= 0 AND amount_sol >= 0", name=op.f("ck_discount_redemption_amounts_not_negative")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_discount_redemption_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["code_id"],
            ["discount_code.id"],
            name=op.f("fk_discount_redemption_code_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_discount_redemption_reservation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_discount_redemption")),
        sa.UniqueConstraint("live_key", name=op.f("uq_discount_redemption_live_key")),
    )
    op.create_index(
        op.f("ix_discount_redemption_client_id"), "discount_redemption", ["client_id"], unique=False
    )
    op.create_index(
        "ix_discount_redemption_code_id_state", "discount_redemption", ["code_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_discount_redemption_reservation_id"), "discount_redemption", ["reservation_id"], unique=False
    )
    op.add_column("client", sa.Column("welcome_discount_issued_at", types.Instant(), nullable=True))


def downgrade() -> None:
    """Drop the tables of discounts and levels."""
    op.drop_column("client", "welcome_discount_issued_at")
    op.drop_table("discount_redemption")
    op.drop_table("discount_code_property")
    op.drop_table("welcome_discount_config_property")
    op.drop_table("referral_discount_by_level")
    op.drop_table("dynamic_discount_config_property")
    op.drop_table("discount_code")
    op.drop_table("client_achievement")
    op.drop_table("automatic_discount_property")
    op.drop_table("automatic_discount_achievement")
    op.drop_table("welcome_discount_config")
    op.drop_table("minted_codes")
    op.drop_table("dynamic_discount_config")
    op.drop_table("automatic_discount")
    op.drop_table("achievement")
