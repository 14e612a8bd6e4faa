"""The life of a reservation as one table: which step leads from which status to which.

Source: docs/rules/reservations.md, 2.1 and 2.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from casaaustin.errors import IllegalTransition
from casaaustin.vocabulary import ReservationStatus

APPROVED = ReservationStatus.APPROVED
CANCELLED = ReservationStatus.CANCELLED
INCOMPLETE = ReservationStatus.INCOMPLETE
PENDING = ReservationStatus.PENDING
REJECTED = ReservationStatus.REJECTED
UNDER_REVIEW = ReservationStatus.UNDER_REVIEW

LIVE = frozenset({INCOMPLETE, PENDING, UNDER_REVIEW, APPROVED})


class Step(StrEnum):
    """What can happen to a reservation after it was made."""

    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"
    EXPIRE = "expire"
    CHANGE = "change"
    MOVE = "move"


_ALLOWED_FROM: Mapping[Step, frozenset[ReservationStatus]] = {
    Step.APPROVE: frozenset({INCOMPLETE, PENDING, UNDER_REVIEW}),
    Step.REJECT: frozenset({PENDING, UNDER_REVIEW}),
    Step.CANCEL: LIVE,
    Step.EXPIRE: frozenset({INCOMPLETE, PENDING}),
    Step.CHANGE: LIVE,
    Step.MOVE: LIVE,
}
_LEADS_TO: Mapping[Step, ReservationStatus] = {
    Step.APPROVE: APPROVED,
    Step.REJECT: REJECTED,
    Step.CANCEL: CANCELLED,
    Step.EXPIRE: CANCELLED,
}
_PARTICIPLE: Mapping[Step, str] = {
    Step.APPROVE: "approved",
    Step.REJECT: "rejected",
    Step.CANCEL: "cancelled",
    Step.EXPIRE: "expired",
    Step.CHANGE: "changed",
    Step.MOVE: "moved",
}


def can(step: Step, status: ReservationStatus) -> bool:
    """Whether the step is allowed from this status."""
    return status in _ALLOWED_FROM[step]


def after(step: Step, status: ReservationStatus) -> ReservationStatus:
    """The status after a step.

    Raises:
        IllegalTransition: the step is not allowed from this status; nothing revives an ended reservation.
    """
    if not can(step, status):
        allowed = ", ".join(sorted(_ALLOWED_FROM[step]))
        raise IllegalTransition(
            f"A reservation that is {status.value} cannot be {_PARTICIPLE[step]}.",
            hint=f"Only these can: {allowed}." if status in LIVE else "Make a new reservation instead.",
            details={"status": status.value, "step": step.value},
        )
    return _LEADS_TO.get(step, status)
