"""What happens to a reservation after it was made: approve, reject, cancel, change, move."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from casaaustin.audit.models import AuditEvent
from casaaustin.clock import FixedClock, lima_instant
from casaaustin.db.tables import table_of
from casaaustin.errors import (
    Conflict,
    DatesTaken,
    IllegalTransition,
    InvalidInput,
    NotAvailable,
    RuleRefused,
)
from casaaustin.reservations.booking import AgreedPrice
from casaaustin.vocabulary import ReservationStatus
from tests.support.desk import HOUR, Desk, wrong_nights
from tests.support.world import BREAKFAST, C1, C2, C3, C4, C5, stay

WEEKEND = stay("2026-04-17", "2026-04-19")


def nights(house: object, *days: int) -> set[object]:
    return {(house, date(2026, 4, day)) for day in days}


def test_approving_makes_a_hold_firm(desk: Desk, clock: FixedClock) -> None:
    held = desk.hold(WEEKEND)
    approved = desk.approve(held)
    assert (approved.status, approved.payment_voucher_deadline) == (ReservationStatus.APPROVED, None)
    clock.advance(2 * HOUR)
    assert not desk.is_free(WEEKEND)
    assert wrong_nights(desk.database) == []


def test_a_hold_may_be_approved_late_while_its_nights_are_its_own(desk: Desk, clock: FixedClock) -> None:
    held = desk.hold(WEEKEND)
    clock.advance(2 * HOUR)
    assert desk.approve(held).status is ReservationStatus.APPROVED
    assert not desk.is_free(WEEKEND)


def test_a_hold_that_lost_its_nights_cannot_be_approved(desk: Desk, clock: FixedClock) -> None:
    held = desk.hold(WEEKEND)
    clock.advance(2 * HOUR)
    desk.reserve(WEEKEND)
    with pytest.raises(IllegalTransition):
        desk.approve(held)


def test_approving_twice(desk: Desk) -> None:
    held = desk.hold(WEEKEND)
    first = desk.approve(held, key="approve-1")
    assert desk.approve(held, key="approve-1").version == first.version
    for key in (None, "approve-2"):
        with pytest.raises(IllegalTransition):
            desk.approve(held, key=key)


def test_rejecting_frees_the_nights_and_needs_a_reason(desk: Desk) -> None:
    held = desk.hold(WEEKEND)
    desk.set(held, status="pending", payment_voucher_uploaded=True)
    with pytest.raises(InvalidInput):
        desk.reject(held, reason="  ")
    assert desk.reject(held).status is ReservationStatus.REJECTED
    assert desk.is_free(WEEKEND)


@pytest.mark.parametrize(
    ("days_before", "refund"),
    [
        pytest.param(40, "1408.05", id="W42a 40 days"),
        pytest.param(15, "704.03", id="W42b 15 days"),
        pytest.param(9, "352.01", id="W42c 9 days"),
        pytest.param(3, "0.00", id="W42d 3 days"),
    ],
)
def test_cancelling_proposes_the_refund_of_the_day(
    desk: Desk, clock: FixedClock, days_before: int, refund: str
) -> None:
    booked = desk.reserve(stay("2026-06-12", "2026-06-14"))
    desk.set(booked, advance_payment=Decimal("1408.05"))
    clock.set(lima_instant(date(2026, 6, 12) - timedelta(days=days_before)))
    cancelled = desk.cancel(booked)
    assert (cancelled.days_before, cancelled.refund.amount) == (days_before, Decimal(refund))
    assert desk.nights() == set()


def test_cancelling_is_final_and_repeatable_by_key(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND)
    desk.cancel(booked, key="c-1")
    desk.cancel(booked, key="c-1")
    with pytest.raises(IllegalTransition):
        desk.cancel(booked)
    with pytest.raises(IllegalTransition):
        desk.approve(booked)
    events = desk.database.read(
        lambda work: work.session.connection().execute(table_of(AuditEvent).select()).all()
    )
    assert sorted(event.action for event in events) == ["reservation.cancel", "reservation.reserve"]
    assert {event.actor for event in events} == {"ana"}


def test_longer_shorter_and_elsewhere_in_one_step(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND)
    longer = desk.change(booked, check_out=date(2026, 4, 20))
    assert (longer.price_usd, desk.nights()) == (Decimal("500.00"), nights(C1, 17, 18, 19))
    shorter = desk.change(booked, check_in=date(2026, 4, 18))
    assert (shorter.price_usd, desk.nights()) == (Decimal("310.00"), nights(C1, 18, 19))
    elsewhere = desk.change(booked, house=C2)
    assert (elsewhere.price_usd, desk.nights()) == (Decimal("350.00"), nights(C2, 18, 19))
    assert wrong_nights(desk.database) == []


def test_a_change_onto_taken_nights_changes_nothing_r27(desk: Desk) -> None:
    booked = desk.reserve(stay("2026-04-14", "2026-04-16"))
    desk.reserve(stay("2026-04-16", "2026-04-18"))
    with pytest.raises(DatesTaken):
        desk.change(booked, check_in=date(2026, 4, 15), check_out=date(2026, 4, 17))
    with pytest.raises(InvalidInput):
        desk.change(booked, check_in=date(2026, 4, 16), check_out=date(2026, 4, 16))
    kept = desk.reload(booked)
    assert (kept.check_in_date, kept.check_out_date) == (date(2026, 4, 14), date(2026, 4, 16))
    assert desk.nights(booked) == nights(C1, 14, 15)


def test_late_checkout_on_and_off_r24_r26(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND, guests=4)
    late = desk.change(booked, late_checkout=True)
    # Sunday 15 %: the night of Sunday 19th for four guests is 140.00, less 21.00.
    assert late.price_usd == Decimal("420.00") + Decimal("119.00")
    assert late.price_latecheckout == Decimal("443.28")
    assert (late.check_out_date, desk.nights()) == (date(2026, 4, 19), nights(C1, 17, 18, 19))
    with pytest.raises(DatesTaken):
        desk.reserve(stay("2026-04-19", "2026-04-21"))
    assert desk.is_free(stay("2026-04-20", "2026-04-21"))
    early = desk.change(booked, late_checkout=False)
    assert (early.price_usd, early.price_latecheckout) == (Decimal("420.00"), Decimal("0.00"))
    assert desk.nights() == nights(C1, 17, 18)


def test_late_checkout_onto_a_taken_night_r25(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND)
    desk.reserve(stay("2026-04-19", "2026-04-20"))
    with pytest.raises(DatesTaken):
        desk.change(booked, late_checkout=True)
    assert desk.reload(booked).price_latecheckout == Decimal("0.00")


def test_late_checkout_on_a_friday_is_not_sold(desk: Desk) -> None:
    booked = desk.reserve(stay("2026-04-15", "2026-04-17"))
    with pytest.raises(NotAvailable) as refused:
        desk.change(booked, late_checkout=True)
    assert refused.value.code == "late_day_not_allowed"


def test_guests_and_services_are_priced_again_at_the_frozen_rate(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND, guests=2)
    desk.write(lambda work: setattr(Desk.get(work, booked.id), "exchange_rate", Decimal("3.500")))
    changed = desk.change(booked, guests=3, services=(BREAKFAST,))
    assert changed.price_usd == Decimal("400.00") + Decimal("90.00")
    assert changed.price_sol == Decimal("1715.00")
    again = desk.change(booked, guests=2)
    assert again.price_usd == Decimal("380.00") + Decimal("60.00")


def test_leaving_early_is_never_refused_by_a_selling_rule(desk: Desk) -> None:
    booked = desk.reserve(stay("2026-12-29", "2027-01-02"))
    shorter = desk.change(booked, check_in=date(2027, 1, 1), keep_price=True, reason="left early")
    assert shorter.price_usd == booked.price_usd
    assert {night for _house, night in desk.nights()} == {date(2027, 1, 1)}
    with pytest.raises(NotAvailable):
        desk.reserve(stay("2026-12-29", "2026-12-31"))


def test_a_hand_agreed_price_is_never_replaced_silently(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND, agreed=AgreedPrice(Decimal("300.00"), "fourth visit"))
    with pytest.raises(InvalidInput) as refused:
        desk.change(booked, guests=3)
    assert refused.value.code == "price_agreed_by_hand"
    assert desk.change(booked, guests=3, keep_price=True).price_usd == Decimal("300.00")
    new = desk.change(booked, guests=4, agreed=AgreedPrice(Decimal("320.00"), "one more"))
    assert new.price_usd == Decimal("320.00")


def test_a_price_below_what_was_paid_is_flagged_not_applied(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND)
    desk.set(booked, advance_payment=Decimal("1415.50"))
    shorter = desk.change(booked, check_out=date(2026, 4, 18))
    assert shorter.price_usd == Decimal("380.00")
    assert shorter.price_override_reason is not None


def test_moving_keeps_the_price(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND)
    moved = desk.move(booked, C3)
    assert (moved.price_usd, moved.moved_count, desk.nights()) == (Decimal("380.00"), 1, nights(C3, 17, 18))


def test_moving_onto_taken_nights_changes_nothing(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND)
    desk.reserve(WEEKEND, C2)
    with pytest.raises(DatesTaken):
        desk.move(booked, C2)
    assert desk.nights(booked) == nights(C1, 17, 18)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        pytest.param({"guests": 7}, "capacity", id="too many guests for the house"),
        pytest.param({"required_features": ("pool",)}, "features", id="a promised feature is missing"),
    ],
)
def test_a_house_that_does_not_fit_is_refused(desk: Desk, facts: dict[str, object], code: str) -> None:
    booked = desk.reserve(WEEKEND, **facts)  # type: ignore[arg-type]
    with pytest.raises(NotAvailable) as refused:
        desk.move(booked, C5)
    assert refused.value.code == code


def test_a_promised_house_is_kept_unless_forced(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND, house_locked=True)
    with pytest.raises(RuleRefused) as refused:
        desk.move(booked, C4)
    assert refused.value.code == "house_locked"
    assert desk.move(booked, C4, force=True).property_id == C4


def test_an_outdated_view_is_refused(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND)
    desk.change(booked, guests=3)
    with pytest.raises(Conflict):
        desk.change(booked, guests=4, expected_version=booked.version)


def test_a_lapsed_hold_cannot_be_changed(desk: Desk, clock: FixedClock) -> None:
    held = desk.hold(WEEKEND)
    clock.advance(2 * HOUR)
    with pytest.raises(IllegalTransition):
        desk.change(held, guests=3)


def test_nothing_to_change_is_said_so(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND)
    with pytest.raises(InvalidInput):
        desk.change(booked)
