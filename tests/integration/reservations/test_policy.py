"""The switch `hold_without_deadline` acts at once, on the holds that are there."""

from __future__ import annotations

import pytest

from casaaustin.errors import Conflict
from casaaustin.reservations.policy import set_policy
from tests.support.desk import Desk, wrong_nights
from tests.support.world import stay

NIGHTS = stay("2026-04-17", "2026-04-19")


def test_holds_without_a_deadline_block_or_not_as_the_switch_says(desk: Desk) -> None:
    hold = desk.hold(NIGHTS)
    desk.set(hold, payment_voucher_deadline=None)
    assert not desk.is_free(NIGHTS)
    desk.write(lambda work: set_policy(work, {"hold_without_deadline": "ignored"}))
    assert desk.is_free(NIGHTS)
    desk.write(lambda work: set_policy(work, {"hold_without_deadline": "blocks"}))
    assert not desk.is_free(NIGHTS)
    assert wrong_nights(desk.database) == []


def test_it_cannot_be_switched_back_over_nights_that_were_sold(desk: Desk) -> None:
    hold = desk.hold(NIGHTS)
    desk.set(hold, payment_voucher_deadline=None)
    desk.write(lambda work: set_policy(work, {"hold_without_deadline": "ignored"}))
    sold = desk.reserve(NIGHTS)
    with pytest.raises(Conflict):
        desk.write(lambda work: set_policy(work, {"hold_without_deadline": "blocks"}))
    assert desk.nights() == desk.nights(sold)
