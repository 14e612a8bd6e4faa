"""The life of a reservation: every step from every status."""

from __future__ import annotations

import pytest

from casaaustin.errors import IllegalTransition
from casaaustin.reservations.lifecycle import Step, after, can
from casaaustin.vocabulary import ReservationStatus as Status

ALLOWED = {
    Step.APPROVE: {Status.INCOMPLETE, Status.PENDING, Status.UNDER_REVIEW},
    Step.REJECT: {Status.PENDING, Status.UNDER_REVIEW},
    Step.CANCEL: {Status.INCOMPLETE, Status.PENDING, Status.UNDER_REVIEW, Status.APPROVED},
    Step.EXPIRE: {Status.INCOMPLETE, Status.PENDING},
    Step.CHANGE: {Status.INCOMPLETE, Status.PENDING, Status.UNDER_REVIEW, Status.APPROVED},
    Step.MOVE: {Status.INCOMPLETE, Status.PENDING, Status.UNDER_REVIEW, Status.APPROVED},
}
ENDS_IN = {
    Step.APPROVE: Status.APPROVED,
    Step.REJECT: Status.REJECTED,
    Step.CANCEL: Status.CANCELLED,
    Step.EXPIRE: Status.CANCELLED,
}


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("step", list(Step))
def test_each_step_from_each_status(step: Step, status: Status) -> None:
    assert can(step, status) is (status in ALLOWED[step])
    if status in ALLOWED[step]:
        assert after(step, status) is ENDS_IN.get(step, status)
        return
    with pytest.raises(IllegalTransition) as refused:
        after(step, status)
    assert refused.value.code == "invalid_transition"


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("ended", [Status.CANCELLED, Status.REJECTED])
def test_nothing_revives_an_ended_reservation_r37(step: Step, ended: Status) -> None:
    assert not can(step, ended)
