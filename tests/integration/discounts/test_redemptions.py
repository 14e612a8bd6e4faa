"""Uses of codes: held with the booking, confirmed, released; counted from rows (pricing.md, 2.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from casaaustin.clock import FixedClock
from casaaustin.db.work import Database
from casaaustin.discounts import redemptions
from casaaustin.discounts.redemptions import Use
from casaaustin.errors import CodeRefused, InvalidInput, RuleRefused
from casaaustin.register.models import Reservation
from casaaustin.vocabulary import Origin, RedemptionState
from tests.support.desk import HOUR, Desk
from tests.support.offers import make_code, store_discounts
from tests.support.world import C1, C2, stay

FIRST, SECOND = stay("2026-04-13", "2026-04-15"), stay("2026-04-20", "2026-04-22")


@pytest.fixture
def desk(database: Database) -> Desk:
    opened = Desk.open(database)
    opened.write(lambda work: store_discounts(work, make_code("ONCE", usage_limit=1)))
    return opened


def use_of(desk: Desk, booked: Reservation) -> Use | None:
    return desk.database.read(lambda work: redemptions.use_of(work, booked.id))


def test_a_booking_uses_the_code_and_costs_less(desk: Desk) -> None:
    booked = desk.reserve(FIRST, code=" once ")
    assert (booked.price_usd, booked.price_sol) == (Decimal("216.00"), Decimal("804.60"))
    use = use_of(desk, booked)
    assert use is not None
    assert (use.code, use.state, use.amount.usd) == ("ONCE", RedemptionState.CONFIRMED, Decimal("24.00"))


def test_a_used_up_code_is_refused_with_the_new_price_and_nothing_is_kept(desk: Desk) -> None:
    desk.reserve(FIRST, code="ONCE")
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(SECOND, code="ONCE")
    assert refused.value.code == "code_exhausted"
    assert refused.value.details["quote"].of(C1).totals.total.usd == Decimal("240.00")
    assert desk.is_free(SECOND)


def test_who_accepts_it_books_without_the_discount(desk: Desk) -> None:
    desk.reserve(FIRST, code="ONCE")
    booked = desk.reserve(SECOND, code="ONCE", accept_without_discount=True)
    assert booked.price_usd == Decimal("240.00")
    assert use_of(desk, booked) is None


@pytest.mark.parametrize("end", [Desk.cancel, Desk.reject], ids=["cancelled", "rejected"])
def test_an_ended_booking_gives_its_use_back_once(desk: Desk, end: Callable[..., object]) -> None:
    held = desk.hold(FIRST, code="ONCE")
    desk.set(held, payment_voucher_deadline=None, status="pending", payment_voucher_uploaded=True)
    end(desk, held, key="once")
    end(desk, held, key="once")
    desk.reserve(SECOND, code="ONCE")
    with pytest.raises(CodeRefused):
        desk.reserve(FIRST, C2, code="ONCE")


def test_w25_a_lapsed_hold_blocks_no_use_and_no_job_has_run(desk: Desk, clock: FixedClock) -> None:
    held = desk.hold(FIRST, code="ONCE")
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(SECOND, code="ONCE")
    assert refused.value.code == "code_exhausted"
    clock.advance(HOUR + timedelta(seconds=1))
    desk.reserve(SECOND, code="ONCE")
    use = use_of(desk, held)
    assert use is not None
    assert use.state is RedemptionState.HELD  # nobody has tidied up


def test_approval_confirms_the_use(desk: Desk) -> None:
    held = desk.hold(FIRST, code="ONCE")
    desk.approve(held)
    use = use_of(desk, held)
    assert use is not None
    assert (use.state, use.held_until) == (RedemptionState.CONFIRMED, None)


def test_a_lapsed_hold_gets_its_use_back_only_while_there_is_one(desk: Desk, clock: FixedClock) -> None:
    held = desk.hold(FIRST, code="ONCE")
    clock.advance(2 * HOUR)
    other = desk.reserve(SECOND, code="ONCE")
    with pytest.raises(RuleRefused, match="uses") as refused:
        desk.approve(held)
    assert refused.value.code == "code_exhausted"
    desk.cancel(other)
    desk.approve(held)
    use = use_of(desk, held)
    assert use is not None
    assert use.state is RedemptionState.CONFIRMED


def test_expiry_releases(desk: Desk, clock: FixedClock) -> None:
    held = desk.hold(FIRST, code="ONCE")
    clock.advance(2 * HOUR)
    assert desk.expire_all() == 1
    assert use_of(desk, held) is None


def test_a_change_keeps_the_code_at_its_new_amount(desk: Desk) -> None:
    booked = desk.reserve(FIRST, code="ONCE")
    changed = desk.change(booked, check_out=stay("2026-04-13", "2026-04-16").check_out)
    assert changed.price_usd == Decimal("324.00")
    use = use_of(desk, booked)
    assert use is not None
    assert use.amount.usd == Decimal("36.00")


def test_staff_take_the_code_away(desk: Desk) -> None:
    booked = desk.reserve(FIRST, code="ONCE")
    assert desk.change(booked, drop_code=True).price_usd == Decimal("240.00")
    assert use_of(desk, booked) is None
    desk.reserve(SECOND, code="ONCE")


def test_only_our_own_sales_take_a_code(desk: Desk) -> None:
    with pytest.raises(InvalidInput, match="sell ourselves"):
        desk.reserve(FIRST, code="ONCE", origin=Origin.MAINTENANCE, client=None)
