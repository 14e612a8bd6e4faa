"""Changing a stay that was sold with a code, and booking again after a code was refused.

Source: docs/rules/pricing.md, 2.8 and 2.14; docs/adr/0016-changing-a-sold-stay.md.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from casaaustin.clock import FixedClock
from casaaustin.db.work import Work
from casaaustin.discounts import redemptions
from casaaustin.discounts.models import DiscountCode
from casaaustin.discounts.redemptions import Use
from casaaustin.discounts.winner import public
from casaaustin.errors import CodeRefused, IllegalTransition, InvalidInput, PriceChanged
from casaaustin.quoting import service as quoting
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, changing
from casaaustin.reservations.booking import AgreedPrice
from casaaustin.reservations.changing import Change
from casaaustin.vocabulary import Source
from tests.support.desk import Desk
from tests.support.offers import make_code, make_rule, store_discounts
from tests.support.world import C1, make_client, stay

FIRST, SECOND = stay("2026-04-13", "2026-04-15"), stay("2026-04-20", "2026-04-22")
LONGER = stay("2026-04-13", "2026-04-16").check_out
TEN = make_code("TEN", usage_limit=3)


@pytest.fixture
def sold(desk: Desk) -> Reservation:
    """A stay of 240.00 that was sold with 10 % off."""
    desk.write(lambda work: store_discounts(work, TEN))
    return desk.reserve(FIRST, code="TEN")


def use_of(desk: Desk, booked: Reservation) -> Use | None:
    return desk.database.read(lambda work: redemptions.use_of(work, booked.id))


def edit(desk: Desk, **facts: object) -> None:
    def use(work: Work) -> None:
        row = work.session.get_one(DiscountCode, TEN.id)
        for name, value in facts.items():
            setattr(row, name, value)

    desk.write(use)


def test_a_limit_lowered_below_the_uses_takes_no_use_back(desk: Desk, sold: Reservation) -> None:
    desk.reserve(SECOND, code="TEN")
    edit(desk, usage_limit=1, per_client_limit=1)
    changed = desk.change(sold, check_out=LONGER)
    assert changed.price_usd == Decimal("324.00")
    use = use_of(desk, sold)
    assert use is not None
    assert use.amount.usd == Decimal("36.00")


def test_a_kept_price_keeps_the_use_that_made_it(desk: Desk, sold: Reservation) -> None:
    """Or the code could be used again by another guest while this one still has its discount."""
    edit(desk, min_amount_usd=Decimal("1000.00"))
    changed = desk.change(sold, check_out=LONGER, keep_price=True)
    assert changed.price_usd == Decimal("216.00")
    use = use_of(desk, sold)
    assert use is not None
    assert use.amount.usd == Decimal("24.00")


def test_a_price_that_was_paid_already_keeps_the_use_that_made_it(desk: Desk, sold: Reservation) -> None:
    desk.set(sold, full_payment=True)
    edit(desk, min_amount_usd=Decimal("1000.00"))
    shorter = desk.change(sold, check_out=FIRST.check_in + timedelta(days=1))
    assert shorter.price_usd == Decimal("216.00")
    assert use_of(desk, sold) is not None


def test_a_price_agreed_by_hand_takes_the_place_of_the_code(desk: Desk, sold: Reservation) -> None:
    agreed = AgreedPrice(Decimal("150.00"), "regular guest")
    change = Change(agreed=agreed)

    def use(work: Work) -> list[str]:
        changing.change(work, desk.get(work, sold.id), change)
        return list(work.notes)

    assert desk.write(use) == ["The code TEN was taken off; its use is free again."]
    assert use_of(desk, sold) is None


def test_a_code_that_no_longer_applies_is_given_back_and_said(desk: Desk, sold: Reservation) -> None:
    edit(desk, min_amount_usd=Decimal("1000.00"))

    def use(work: Work) -> list[str]:
        changing.change(work, desk.get(work, sold.id), Change(check_out=LONGER))
        return list(work.notes)

    [note] = desk.write(use)
    assert note.startswith("The code TEN no longer applies (")
    assert use_of(desk, sold) is None


def test_a_change_is_judged_on_the_day_of_booking(desk: Desk, sold: Reservation, clock: FixedClock) -> None:
    edit(desk, end_date=clock.now().date())
    clock.advance(timedelta(days=2))
    assert desk.change(sold, check_out=LONGER).price_usd == Decimal("324.00")
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(SECOND, code="TEN")
    assert refused.value.code == "code_expired"


def test_a_hold_that_lapsed_cannot_be_changed_into_a_use(desk: Desk, clock: FixedClock) -> None:
    desk.write(lambda work: store_discounts(work, replace(TEN, usage_limit=1)))
    held = desk.hold(FIRST, code="TEN")
    clock.advance(timedelta(hours=2))
    desk.reserve(SECOND, code="TEN")
    with pytest.raises(IllegalTransition, match="deadline"):
        desk.change(held, check_out=LONGER)


@pytest.mark.parametrize("how", ["without the code", "accepting"])
def test_the_new_quote_of_a_refused_code_can_be_booked(desk: Desk, sold: Reservation, how: str) -> None:
    edit(desk, is_active=False)
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(SECOND, code="TEN")
    new = refused.value.details["quote_id"]
    more = {"code": "TEN", "accept_without_discount": True} if how == "accepting" else {}
    assert desk.reserve(SECOND, quote_id=new, **more).price_usd == Decimal("240.00")


def test_a_quote_with_a_code_is_not_booked_without_it_nor_the_other_way_round(
    desk: Desk, sold: Reservation
) -> None:
    with_code = desk.quote(SECOND, 2, code="TEN")
    without = desk.quote_id(SECOND)
    name = desk.database.read(lambda work: quoting.quote_id(work, with_code))
    with pytest.raises(InvalidInput) as refused:
        desk.reserve(SECOND, quote_id=name)
    assert refused.value.code == "quote_mismatch"
    with pytest.raises(PriceChanged):
        desk.reserve(SECOND, quote_id=without, code="TEN")
    assert desk.reserve(SECOND, quote_id=name, code=" ten ").price_usd == Decimal("216.00")


def test_a_rehearsal_uses_nothing_up(desk: Desk) -> None:
    desk.write(lambda work: store_discounts(work, replace(TEN, usage_limit=1)))
    order = desk.order(FIRST, code="TEN")
    for _ in range(3):
        desk.database.write(lambda work: booking.reserve(work, order), actor=desk.actor, dry_run=True)
    desk.reserve(FIRST, code="TEN")


def test_a_repeated_request_uses_the_code_once(desk: Desk) -> None:
    desk.write(lambda work: store_discounts(work, replace(TEN, usage_limit=2)))
    first = desk.reserve(FIRST, code="TEN", key="one request")
    assert desk.reserve(FIRST, code="TEN", key="one request").id == first.id
    desk.reserve(SECOND, code="TEN")
    with pytest.raises(CodeRefused):
        desk.reserve(stay("2026-05-04", "2026-05-06"), code="TEN")


def test_another_client_is_told_nothing_of_a_bound_code(desk: Desk) -> None:
    """Whatever test it fails first: a weekday, its limit, its house or its owner."""
    owner = make_client("Bruno", "Salas")

    def use(work: Work) -> None:
        work.session.add(owner)
        work.session.flush()
        store_discounts(
            work,
            make_code("OTHERS", client=owner.id),
            make_code("FRIDAY", client=owner.id, weekdays=frozenset({4})),
            make_code("DEAR", client=owner.id, min_amount_usd=Decimal("9999.00")),
        )

    desk.write(use)
    told = set()
    for code in ("OTHERS", "FRIDAY", "DEAR", "NOBODY"):
        result = public(desk.quote(FIRST, 2, client=desk.client, code=code).of(C1).outcome, desk.client)
        assert result is not None
        told.add((result.status, result.reason, str(result.figures)))
    assert len(told) == 1


def test_a_first_booking_stays_the_first_when_others_follow(desk: Desk, clock: FixedClock) -> None:
    desk.write(lambda work: store_discounts(work, make_rule("First", "25.00", Source.FIRST_TIME)))
    first = desk.reserve(FIRST)
    clock.advance(timedelta(minutes=1))
    second = desk.reserve(SECOND)
    assert (first.price_usd, second.price_usd) == (Decimal("180.00"), Decimal("240.00"))
    assert desk.change(first, check_out=LONGER).price_usd == Decimal("270.00")
    longer = SECOND.check_out + timedelta(days=1)
    assert desk.change(second, check_out=longer).price_usd == Decimal("360.00")
