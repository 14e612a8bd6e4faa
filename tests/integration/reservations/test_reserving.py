"""Reserving: price, snapshot, nights and trail in one transaction, or nothing."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from sqlmodel import select

from casaaustin.audit.models import AuditEvent
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import (
    DatesTaken,
    InvalidInput,
    KeyReused,
    NotAvailable,
    NotFound,
    PriceChanged,
    QuoteExpired,
    RuleRefused,
)
from casaaustin.money import ZERO, Amount
from casaaustin.pricing.models import PropertyPricing
from casaaustin.quoting.models import SavedQuote
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking
from casaaustin.reservations.booking import AgreedPrice
from casaaustin.stays import Stay
from casaaustin.vocabulary import Origin, ReservationStatus
from tests.support.desk import HOUR, Desk, wrong_nights
from tests.support.world import BREAKFAST, C1, C2, make_client, stay

WEEKEND = stay("2026-04-17", "2026-04-19")


def rows_of(desk: Desk, model: type) -> int:
    table = table_of(model)
    return desk.database.read(lambda work: len(work.session.connection().execute(table.select()).all()))


def test_a_reservation_stores_price_snapshot_nights_and_trail(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND, guests=4, quote_id=desk.quote_id(WEEKEND, 4), services=())
    stored = desk.reload(booked)
    assert (stored.status, stored.price_usd, stored.price_sol) == (
        ReservationStatus.APPROVED,
        Decimal("420.00"),
        Decimal("1564.50"),
    )
    assert stored.exchange_rate == Decimal("3.725")
    assert desk.nights(booked) == {(C1, date(2026, 4, 17)), (C1, date(2026, 4, 18))}
    snapshot = desk.database.read(lambda work: work.session.get_one(SavedQuote, stored.quote_id)).snapshot
    assert [(line["kind"], line["usd"], line["sol"]) for line in snapshot["lines"]] == [
        ("night", "180.00", "670.50"),
        ("night", "180.00", "670.50"),
        ("extra_guests", "60.00", "223.50"),
    ]
    assert snapshot["totals"]["total"] == {"usd": "420.00", "sol": "1564.50"}
    assert rows_of(desk, AuditEvent) == 1


def test_quote_equals_booking_with_services(desk: Desk) -> None:
    quoted = desk.quote(WEEKEND, 3, services=(BREAKFAST,)).houses[0]
    booked = desk.reserve(WEEKEND, guests=3, services=(BREAKFAST,))
    assert Amount(booked.price_usd, booked.price_sol) == quoted.totals.total
    assert quoted.totals.services.usd == Decimal("90.00")


@pytest.mark.parametrize(
    ("asked", "free"),
    [
        pytest.param(stay("2026-04-12", "2026-04-14"), True, id="W45a after"),
        pytest.param(stay("2026-04-08", "2026-04-10"), True, id="W45b before"),
        pytest.param(stay("2026-04-11", "2026-04-12"), False, id="W45c its last night"),
        pytest.param(stay("2026-04-09", "2026-04-13"), False, id="W45d around it"),
    ],
)
def test_half_open_intervals(desk: Desk, asked: Stay, free: bool) -> None:
    desk.reserve(stay("2026-04-10", "2026-04-12"))
    assert desk.is_free(asked) is free
    if free:
        desk.reserve(asked)
    else:
        with pytest.raises(DatesTaken):
            desk.reserve(asked)
    assert wrong_nights(desk.database) == []


def test_late_checkout_blocks_the_next_night_w45e(desk: Desk) -> None:
    desk.reserve(stay("2026-04-10", "2026-04-12"), late_checkout=True)
    assert not desk.is_free(stay("2026-04-12", "2026-04-14"))
    assert desk.is_free(stay("2026-04-13", "2026-04-14"))


@pytest.mark.parametrize(
    ("facts", "free"),
    [
        pytest.param({"status": "under_review"}, False, id="W46a under review"),
        pytest.param({"status": "incomplete", "deadline": -5}, True, id="W46b hold until 10:00, now 10:05"),
        pytest.param({"status": "incomplete", "deadline": 25}, False, id="W46c hold until 10:30"),
        pytest.param({"status": "cancelled"}, True, id="W46d cancelled"),
        pytest.param(
            {"status": "pending", "payment_voucher_uploaded": True}, False, id="W46e pending, voucher"
        ),
        pytest.param({"status": "approved", "origin": Origin.MAINTENANCE}, False, id="W46f maintenance"),
        pytest.param(
            {"status": "pending", "deadline": -5}, True, id="pending without voucher, deadline over"
        ),
        pytest.param({"status": "pending", "deadline": 0}, False, id="at the deadline itself it still holds"),
    ],
)
def test_statuses(desk: Desk, clock: FixedClock, facts: dict[str, object], free: bool) -> None:
    asked = stay("2026-04-10", "2026-04-12")
    other = desk.hold(asked)
    facts = dict(facts)
    minutes = facts.pop("deadline", None)
    deadline = None if minutes is None else clock.now() + timedelta(minutes=int(str(minutes)))
    desk.set(other, payment_voucher_deadline=deadline, **facts)
    assert desk.is_free(asked) is free


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        pytest.param(stay("2026-04-16", "2026-04-18"), "free", id="R14 the day the other leaves"),
        pytest.param(stay("2026-04-12", "2026-04-14"), "free", id="R15 leaves when the other comes"),
        pytest.param(stay("2026-04-15", "2026-04-17"), "taken", id="R16 its last night"),
        pytest.param(stay("2026-04-13", "2026-04-15"), "taken", id="R16 its first night"),
        pytest.param(stay("2026-04-14", "2026-04-16"), "taken", id="R16 the same"),
        pytest.param(stay("2026-04-10", "2026-04-20"), "taken", id="R16 around it"),
        pytest.param(stay("2026-04-14", "2026-04-15"), "taken", id="R16 inside it"),
    ],
)
def test_turnover_and_overlap(desk: Desk, asked: Stay, answer: str) -> None:
    desk.reserve(stay("2026-04-14", "2026-04-16"))
    if answer == "free":
        desk.reserve(asked)
        return
    with pytest.raises(DatesTaken) as refused:
        desk.reserve(asked)
    assert refused.value.code == "dates_taken"
    assert refused.value.details["nights"]


def test_under_review_blocks_r17(desk: Desk) -> None:
    booked = desk.hold(stay("2026-04-14", "2026-04-16"))
    desk.set(booked, status="under_review", payment_voucher_deadline=None)
    with pytest.raises(DatesTaken):
        desk.reserve(stay("2026-04-15", "2026-04-16"))


@pytest.mark.parametrize("end", ["cancelled", "rejected", "deleted"])
def test_an_ended_stay_blocks_nothing_r18(desk: Desk, end: str) -> None:
    booked = desk.reserve(stay("2026-04-14", "2026-04-16"))
    desk.set(booked, **({"deleted": True} if end == "deleted" else {"status": end}))
    desk.reserve(stay("2026-04-14", "2026-04-16"))


def test_a_web_booking_is_held_for_an_hour_r29(desk: Desk, clock: FixedClock) -> None:
    booked = desk.hold(WEEKEND)
    assert booked.status is ReservationStatus.INCOMPLETE
    assert booked.payment_voucher_deadline == clock.now() + HOUR


def test_the_job_ends_a_hold_one_second_after_its_deadline_r32(desk: Desk, clock: FixedClock) -> None:
    booked = desk.hold(WEEKEND)
    clock.advance(HOUR)
    assert desk.expire_all() == 0
    clock.advance(timedelta(seconds=1))
    assert (desk.expire_all(), desk.expire_all()) == (1, 0)
    ended = desk.reload(booked)
    assert (ended.status, ended.cancel_reason) == (ReservationStatus.CANCELLED, "voucher_deadline")
    assert desk.nights() == set()


def test_whoever_wants_the_nights_of_a_lapsed_hold_ends_it_r32a(desk: Desk, clock: FixedClock) -> None:
    lapsed = desk.hold(WEEKEND)
    clock.advance(HOUR + timedelta(seconds=1))
    assert desk.is_free(WEEKEND)
    booked = desk.reserve(stay("2026-04-18", "2026-04-20"))
    ended = desk.reload(lapsed)
    assert (ended.status, ended.cancel_reason) == (ReservationStatus.CANCELLED, "voucher_deadline")
    assert desk.nights() == desk.nights(booked)


def test_a_client_has_one_unpaid_booking_at_a_time(desk: Desk, clock: FixedClock) -> None:
    desk.hold(WEEKEND, guest="Bruno")
    with pytest.raises(RuleRefused) as refused:
        desk.hold(stay("2026-05-11", "2026-05-13"), C2, guest="Bruno")
    assert refused.value.code == "pending_reservation_exists"
    clock.advance(HOUR + timedelta(seconds=1))
    desk.hold(stay("2026-05-11", "2026-05-13"), C2, guest="Bruno")


def test_a_changed_price_is_refused_with_the_new_quote(desk: Desk) -> None:
    old = desk.quote_id(WEEKEND, 4)

    def dearer(work: Work) -> None:
        table = table_of(PropertyPricing)
        prices = work.session.exec(select(PropertyPricing).where(table.c.property_id == C1)).one()
        prices.weekend_low_season_usd = Decimal("200.00")

    desk.write(dearer)
    with pytest.raises(PriceChanged) as refused:
        desk.reserve(WEEKEND, guests=4, quote_id=old)
    assert refused.value.details["shown"] == {"usd": Decimal("420.00"), "sol": Decimal("1564.50")}
    assert refused.value.details["now"]["usd"] == Decimal("460.00")
    assert rows_of(desk, Reservation) == 0
    assert rows_of(desk, SavedQuote) == 0
    booked = desk.reserve(WEEKEND, guests=4, quote_id=refused.value.details["quote_id"])
    assert booked.price_usd == Decimal("460.00")


def test_an_expired_quote_is_refused(desk: Desk, clock: FixedClock) -> None:
    old = desk.quote_id(WEEKEND)
    clock.advance(timedelta(minutes=30))
    with pytest.raises(QuoteExpired):
        desk.reserve(WEEKEND, quote_id=old)


def test_a_quote_for_other_guests_is_refused(desk: Desk) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.reserve(WEEKEND, guests=5, quote_id=desk.quote_id(WEEKEND, 4))
    assert refused.value.code == "quote_mismatch"


def test_a_shown_price_is_compared_to_the_cent(desk: Desk) -> None:
    almost = Amount(Decimal("380.01"), Decimal("1415.50"))
    desk.reserve(WEEKEND, expected=almost)
    with pytest.raises(PriceChanged):
        desk.reserve(WEEKEND, C2, expected=Amount(Decimal("1.00"), Decimal("3.73")))


def test_every_reason_is_told_at_once(desk: Desk) -> None:
    with pytest.raises(NotAvailable) as refused:
        desk.reserve(stay("2026-12-29", "2026-12-31"), guests=15)
    assert [reason["code"] for reason in refused.value.details["reasons"]] == ["capacity", "min_nights"]
    assert refused.value.code == "capacity"


def test_staff_may_agree_on_another_price_with_a_reason(desk: Desk) -> None:
    booked = desk.reserve(WEEKEND, agreed=AgreedPrice(Decimal("300.00"), "fourth visit"))
    assert (booked.price_usd, booked.price_sol) == (Decimal("300.00"), Decimal("1117.50"))
    assert booked.computed_price_usd == Decimal("380.00")
    with pytest.raises(InvalidInput):
        desk.reserve(stay("2026-05-11", "2026-05-13"), agreed=AgreedPrice(Decimal("1.00"), " "))


def test_a_maintenance_block_costs_nothing_and_ignores_selling_rules(desk: Desk) -> None:
    blocked = desk.block(stay("2026-12-30", "2026-12-31"))
    assert (blocked.price_usd, blocked.status, blocked.client_id) == (ZERO, ReservationStatus.APPROVED, None)
    with pytest.raises(DatesTaken):
        desk.reserve(stay("2026-12-30", "2027-01-02"))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        pytest.param({"client": uuid4()}, NotFound, id="no such client"),
        pytest.param({"client": None}, InvalidInput, id="no client at all"),
        pytest.param({"house": uuid4()}, NotFound, id="no such house"),
        pytest.param({"guests": 0}, InvalidInput, id="nobody comes"),
        pytest.param({"services": (uuid4(),)}, InvalidInput, id="no such service"),
        pytest.param({"origin": Origin.CLIENT}, InvalidInput, id="a web booking that is no hold"),
        pytest.param({"quote_id": "made up"}, InvalidInput, id="a made-up quote"),
    ],
)
def test_a_refused_order_leaves_nothing(desk: Desk, wrong: dict[str, object], error: type) -> None:
    with pytest.raises(error):
        desk.reserve(WEEKEND, **wrong)  # type: ignore[arg-type]
    assert (rows_of(desk, Reservation), rows_of(desk, SavedQuote), rows_of(desk, AuditEvent)) == (0, 0, 0)
    assert desk.nights() == set()


def test_yesterday_is_entered_only_on_purpose(desk: Desk) -> None:
    past = stay("2026-04-03", "2026-04-05")
    with pytest.raises(InvalidInput) as refused:
        desk.reserve(past)
    assert refused.value.code == "check_in_past"
    desk.reserve(past, allow_past=True)


def test_the_same_key_gives_the_same_reservation(desk: Desk) -> None:
    first = desk.reserve(WEEKEND, key="web-1")
    again = desk.reserve(WEEKEND, key="web-1")
    assert again.id == first.id
    assert rows_of(desk, Reservation) == 1
    with pytest.raises(KeyReused):
        desk.reserve(WEEKEND, guests=3, key="web-1")


@pytest.mark.parametrize(
    "other",
    [{"required_features": ("pool",)}, {"house_locked": True}, {"seller": "rosa"}, {"phone": "+51999000222"}],
    ids=lambda other: next(iter(other)),
)
def test_the_same_key_with_anything_else_in_it_is_refused(desk: Desk, other: dict[str, object]) -> None:
    desk.reserve(WEEKEND, key="web-1")
    with pytest.raises(KeyReused):
        desk.reserve(WEEKEND, key="web-1", **other)  # type: ignore[arg-type]


def test_a_refused_request_does_not_use_up_its_key(desk: Desk) -> None:
    other = desk.reserve(WEEKEND)
    with pytest.raises(DatesTaken):
        desk.reserve(WEEKEND, key="web-2")
    desk.cancel(other)
    assert desk.reserve(WEEKEND, key="web-2").status is ReservationStatus.APPROVED


def test_a_dry_run_meets_every_rule_and_leaves_nothing(desk: Desk) -> None:
    order = desk.order(WEEKEND)
    predicted = desk.database.write(lambda work: booking.reserve(work, order), actor=desk.actor, dry_run=True)
    assert predicted.price_usd == Decimal("380.00")
    assert rows_of(desk, Reservation) == 0
    desk.reserve(WEEKEND)
    with pytest.raises(DatesTaken):
        desk.database.write(lambda work: booking.reserve(work, order), actor=desk.actor, dry_run=True)


def test_a_client_that_was_deleted_cannot_book(desk: Desk) -> None:
    gone = make_client("Carla", "Rojas", deleted=True)
    desk.write(lambda work: work.session.add(gone))
    with pytest.raises(NotFound):
        desk.reserve(WEEKEND, client=gone.id)
