"""Tables of the plans and of requests that wait for a place. Source: docs/rules/pricing.md, 3.6.5."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint

from casaaustin.db.mixins import (
    Row,
    choice,
    day,
    document,
    instant,
    prose,
    reference,
    whole,
    words,
)
from casaaustin.vocabulary import ConsentAnswer, PlanState


class ReassignmentPlan(Row, table=True):
    """A way to make room for a request, with the digest of all that it was made from.

    What it read, whom it moves and what it costs never change; only its state does.
    """

    __tablename__ = "reassignment_plan"
    __table_args__ = (
        CheckConstraint("check_out_date > check_in_date", name="at_least_one_night"),
        CheckConstraint("guests >= 1", name="at_least_one_guest"),
        Index("ix_reassignment_plan_state_expires_at", "state", "expires_at"),
    )

    check_in_date: date = day()
    check_out_date: date = day()
    guests: int = whole(default=1)
    features: list[str] = document(default=list)
    client_id: UUID | None = reference("client.id", nullable=True, index=True)
    property_id: UUID = reference("property.id")
    terms: dict[str, Any] = document(default=dict)
    moves: list[dict[str, Any]] = document(default=list)
    figures: dict[str, Any] = document(default=dict)
    digest: str = words(64)
    state: PlanState = choice(PlanState, default=PlanState.PROPOSED)
    made_by: str = words(150)
    expires_at: datetime = instant()
    ended_at: datetime | None = instant(nullable=True)
    reservation_id: UUID | None = reference("reservation.id", nullable=True, index=True)


class PlanConsent(Row, table=True):
    """What a guest who would move said to it; one row for each moved stay that has to be asked."""

    __tablename__ = "plan_consent"
    __table_args__ = (UniqueConstraint("plan_id", "reservation_id"),)

    plan_id: UUID = reference("reassignment_plan.id", cascade=True)
    reservation_id: UUID = reference("reservation.id", index=True)
    answer: ConsentAnswer = choice(ConsentAnswer, default=ConsentAnswer.ASKED)
    said_at: datetime | None = instant(nullable=True)
    heard_by: str | None = words(150, nullable=True)
    note: str = prose(default="")


class WaitingRequest(Row, table=True):
    """A request that could not be placed and that staff want to be reminded of."""

    __tablename__ = "waiting_request"
    __table_args__ = (
        CheckConstraint("check_out_date > check_in_date", name="at_least_one_night"),
        CheckConstraint("guests >= 1", name="at_least_one_guest"),
        Index("ix_waiting_request_closed_at_check_in_date", "closed_at", "check_in_date"),
    )

    client_id: UUID = reference("client.id", index=True)
    check_in_date: date = day()
    check_out_date: date = day()
    guests: int = whole(default=1)
    features: list[str] = document(default=list)
    property_id: UUID | None = reference("property.id", nullable=True)
    remembered_by: str = words(150)
    note: str = prose(default="")
    closed_at: datetime | None = instant(nullable=True)
    closed_because: str | None = words(60, nullable=True)
    reservation_id: UUID | None = reference("reservation.id", nullable=True, index=True)
