"""Plans that move stays, what guests said to them, and requests that wait for a place.

Revision: 0003.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql
from sqlalchemy.types import TypeEngine

from casaaustin.db import types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def word() -> TypeEngine[str]:
    """A short word of a closed list."""
    return sa.String(20).with_variant(
        mysql.VARCHAR(20, charset="ascii", collation="ascii_bin"), "mysql", "mariadb"
    )


def upgrade() -> None:
    """Create the tables of plans and waiting requests."""
    op.create_table(
        "reassignment_plan",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("check_in_date", sa.Date(), nullable=False),
        sa.Column("check_out_date", sa.Date(), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("features", types.Document(), nullable=False),
        sa.Column("client_id", types.Id(), nullable=True),
        sa.Column("property_id", types.Id(), nullable=False),
        sa.Column("terms", types.Document(), nullable=False),
        sa.Column("moves", types.Document(), nullable=False),
        sa.Column("figures", types.Document(), nullable=False),
        sa.Column("digest", types.Words(64), nullable=False),
        sa.Column("state", word(), nullable=False),
        sa.Column("made_by", types.Words(150), nullable=False),
        sa.Column("expires_at", types.Instant(), nullable=False),
        sa.Column("ended_at", types.Instant(), nullable=True),
        sa.Column("reservation_id", types.Id(), nullable=True),
        sa.CheckConstraint(
            "check_out_date > check_in_date", name=op.f("ck_reassignment_plan_at_least_one_night")
        ),
        sa.CheckConstraint("guests >= 1", name=op.f("ck_reassignment_plan_at_least_one_guest")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_reassignment_plan_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["property_id"],
            ["property.id"],
            name=op.f("fk_reassignment_plan_property_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_reassignment_plan_reservation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reassignment_plan")),
    )
    op.create_index(op.f("ix_reassignment_plan_client_id"), "reassignment_plan", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_reassignment_plan_reservation_id"), "reassignment_plan", ["reservation_id"], unique=False
    )
    op.create_index(
        "ix_reassignment_plan_state_expires_at", "reassignment_plan", ["state", "expires_at"], unique=False
    )
    op.create_table(
        "waiting_request",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("client_id", types.Id(), nullable=False),
        sa.Column("check_in_date", sa.Date(), nullable=False),
        sa.Column("check_out_date", sa.Date(), nullable=False),
        sa.Column("guests", sa.Integer(), nullable=False),
        sa.Column("features", types.Document(), nullable=False),
        sa.Column("property_id", types.Id(), nullable=True),
        sa.Column("remembered_by", types.Words(150), nullable=False),
        sa.Column("note", types.Prose(), nullable=False),
        sa.Column("closed_at", types.Instant(), nullable=True),
        sa.Column("closed_because", types.Words(60), nullable=True),
        sa.Column("reservation_id", types.Id(), nullable=True),
        sa.CheckConstraint(
            "check_out_date > check_in_date", name=op.f("ck_waiting_request_at_least_one_night")
        ),
        sa.CheckConstraint("guests >= 1", name=op.f("ck_waiting_request_at_least_one_guest")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_waiting_request_client_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["property_id"], ["property.id"], name=op.f("fk_waiting_request_property_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_waiting_request_reservation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_request")),
    )
    op.create_index(op.f("ix_waiting_request_client_id"), "waiting_request", ["client_id"], unique=False)
    op.create_index(
        "ix_waiting_request_closed_at_check_in_date",
        "waiting_request",
        ["closed_at", "check_in_date"],
        unique=False,
    )
    op.create_index(
        op.f("ix_waiting_request_reservation_id"), "waiting_request", ["reservation_id"], unique=False
    )
    op.create_table(
        "plan_consent",
        sa.Column("id", types.Id(), nullable=False),
        sa.Column("created", types.Instant(), nullable=False),
        sa.Column("updated", types.Instant(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("plan_id", types.Id(), nullable=False),
        sa.Column("reservation_id", types.Id(), nullable=False),
        sa.Column("answer", word(), nullable=False),
        sa.Column("said_at", types.Instant(), nullable=True),
        sa.Column("heard_by", types.Words(150), nullable=True),
        sa.Column("note", types.Prose(), nullable=False),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["reassignment_plan.id"], name=op.f("fk_plan_consent_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reservation_id"],
            ["reservation.id"],
            name=op.f("fk_plan_consent_reservation_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_consent")),
        sa.UniqueConstraint("plan_id", "reservation_id", name=op.f("uq_plan_consent_plan_id_reservation_id")),
    )
    op.create_index(op.f("ix_plan_consent_reservation_id"), "plan_consent", ["reservation_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_table("plan_consent")
    op.drop_table("waiting_request")
    op.drop_table("reassignment_plan")
