"""Reservations over HTTP: staff sell and change, a client's booking is a hold, a price is never believed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from casaaustin.audit.queries import Trail, changes
from casaaustin.clock import FixedClock
from casaaustin.vocabulary import Channel
from tests.contract.conftest import ANA, Api
from tests.contract.shapes import assert_shape
from tests.support.counting import counting
from tests.support.world import BREAKFAST, C1, C2, make_client

WEEKEND = {
    "property": str(C1),
    "client": str(ANA),
    "check_in_date": "2026-04-17",
    "check_out_date": "2026-04-19",
    "guests": 4,
}
BOOK = "/clients/reservations/create/"


def create(api: Api, *, headers: dict[str, str] | None = None, **change: Any) -> Any:
    return api.send("POST", "/reservations/", json={**WEEKEND, **change}, headers=headers or {})


def book(api: Api, *, headers: dict[str, str] | None = None, **change: Any) -> Any:
    return api.send("POST", BOOK, json={**WEEKEND, **change}, headers=headers or {})


def quoted(api: Api, **change: Any) -> Any:
    asked = {"check_in_date": "2026-04-17", "check_out_date": "2026-04-19", "guests": 4, **change}
    return api.get("/properties/calculate-pricing/", **asked).json()["data"]


@pytest.mark.parametrize("kind", ["json", "data", "files"])
def test_staff_sell_a_stay(api_everywhere: Api, kind: str) -> None:
    fields = {name: str(value) for name, value in WEEKEND.items()}
    body: dict[str, Any] = {kind: WEEKEND if kind == "json" else fields}
    if kind == "files":
        body = {"files": {name: (None, value) for name, value in fields.items()}}
    response = api_everywhere.send("POST", "/reservations/", **body)
    assert response.status_code == 201, response.text
    sold = response.json()
    assert_shape("reservation", sold)
    assert (sold["price_usd"], sold["price_sol"]) == ("420.00", "1564.50")
    assert (sold["status"], sold["origin"], sold["number_nights"]) == ("approved", "aus", 2)
    assert (sold["resta_pagar"], sold["resta_pagar_usd"]) == ("1564.50", "420.00")
    assert api_everywhere.send("GET", f"/reservations/{sold['id']}/").json() == sold
    (event,) = api_everywhere.database.read(lambda work: changes(work, Trail(action="reservation.reserve")))
    assert (event.channel, event.actor) == (Channel.API, "api-key")


def test_late_checkout_is_shown_as_the_pair_that_staff_know(api: Api) -> None:
    sold = create(api, late_checkout=True).json()
    assert (sold["check_out_date"], sold["late_check_out_date"]) == ("2026-04-20", "2026-04-19")
    assert sold["number_nights"] == 2
    assert sold["price_latecheckout"] == "443.28"
    assert sold["price_usd"] == "539.00"
    back = api.send("PATCH", f"/reservations/{sold['id']}/", json={"late_checkout": False}).json()
    assert (back["check_out_date"], back["late_check_out_date"]) == ("2026-04-19", None)


def test_a_second_sale_of_a_night_is_refused(api_everywhere: Api) -> None:
    assert create(api_everywhere).status_code == 201
    refused = create(api_everywhere, check_in_date="2026-04-18", check_out_date="2026-04-20")
    assert refused.status_code == 409
    body = refused.json()
    assert (body["code"], body["nights"]) == ("dates_taken", ["2026-04-18"])
    assert body["detail"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        pytest.param({"guests": 13}, 409, "capacity", id="too many"),
        pytest.param(
            {"check_in_date": "2026-12-29", "check_out_date": "2026-12-31"}, 409, "min_nights", id="W43a"
        ),
        pytest.param({"price_usd": "10.00"}, 409, "price_changed", id="another price"),
        pytest.param({"price_sol": 1564.48}, 409, "price_changed", id="two cents less"),
        pytest.param({"quote_id": "nonsense"}, 400, None, id="no quote of ours"),
        pytest.param({"client": str(uuid4())}, 404, "client_not_found", id="nobody"),
        pytest.param({"property": str(uuid4())}, 404, "house_not_found", id="no house"),
        pytest.param({"client": ""}, 400, None, id="no client"),
        pytest.param({"check_in_date": "2026-04-01"}, 400, None, id="in the past"),
        pytest.param({"origin": "client"}, 400, None, id="another's origin"),
        pytest.param({"additional_services": [str(uuid4())]}, 400, None, id="no such service"),
        pytest.param({"temperature_pool": True}, 400, None, id="no pool heating"),
        pytest.param({"price_override_reason": "friend"}, 400, None, id="a reason without a price"),
        pytest.param({"guests": 10**30}, 400, None, id="all mankind"),
        pytest.param({"comentarios_reservas": "x" * 5000}, 400, None, id="a novel"),
        pytest.param({"late_checkout": True, "check_out_date": "2026-04-18"}, 409, None, id="W38a"),
    ],
)
def test_what_cannot_be_sold(api: Api, change: dict[str, Any], status: int, code: str | None) -> None:
    response = create(api, **change)
    assert response.status_code == status, response.text
    if code is not None:
        assert response.json()["code"] == code
    assert api.send("GET", "/reservations/").json()["count"] == 0


def test_a_changed_price_comes_with_the_new_quote(api: Api) -> None:
    body = create(api, price_usd="10.00").json()
    assert body["now"] == {"usd": 420.0, "sol": 1564.5}
    again = create(api, quote_id=body["quote"]["quote_id"])
    assert (again.status_code, again.json()["price_usd"]) == (201, "420.00")
    assert_shape("price_changed", body)


def test_the_right_price_is_no_objection(api: Api) -> None:
    response = create(api, price_usd="420.00", price_sol=1564.5)
    assert response.status_code == 201, response.text


def test_staff_may_agree_on_another_price(api: Api) -> None:
    sold = create(api, price_usd="400.00", price_override_reason="vuelve cada año").json()
    assert (sold["price_usd"], sold["computed_price_usd"]) == ("400.00", "420.00")
    assert sold["price_override_reason"] == "vuelve cada año"


def test_nights_can_be_blocked_without_a_guest(api: Api) -> None:
    blocked = create(api, origin="man", client="").json()
    assert (blocked["origin"], blocked["price_usd"], blocked["client"]) == ("man", "0.00", None)


def test_a_repeated_request_is_one_request(api_everywhere: Api) -> None:
    key = {"Idempotency-Key": "booking-1"}
    first, second = (create(api_everywhere, headers=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] == second.json()["id"]
    other = create(api_everywhere, headers=key, guests=2)
    assert (other.status_code, other.json()["code"]) == (409, "key_reused")
    assert api_everywhere.send("GET", "/reservations/").json()["count"] == 1


@pytest.mark.parametrize("key", ["", "x" * 121, "\x01"])
def test_a_request_key_is_a_name(api: Api, key: str) -> None:
    assert create(api, headers={"Idempotency-Key": key}).status_code == 400


def test_a_change_moves_the_nights(api_everywhere: Api) -> None:
    api = api_everywhere
    sold = create(api).json()
    address = f"/reservations/{sold['id']}/"
    changed = api.send("PATCH", address, json={"check_out_date": "2026-04-20", "guests": 2})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["check_out_date"], changed.json()["price_usd"]) == ("2026-04-20", "500.00")
    create(api, check_in_date="2026-04-21", check_out_date="2026-04-23")
    clash = api.send("PATCH", address, data={"check_out_date": "2026-04-22"})
    assert (clash.status_code, clash.json()["code"]) == (409, "dates_taken")
    moved = api.send("PATCH", address, json={"property": str(C2), "additional_services": [str(BREAKFAST)]})
    assert moved.json()["property"]["slug"] == "casa-2"
    assert moved.json()["price_usd"] == "655.00"
    stale = api.send("PATCH", address, json={"guests": 3, "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"check_in_date": "2026-04-19"}, 400),
        ({"guests": 0}, 400),
        ({"property": str(uuid4())}, 404),
        ({"price_usd": "1.00", "price_override_reason": "x", "keep_price": True}, 400),
    ],
)
def test_faulty_changes(api: Api, body: dict[str, Any], status: int) -> None:
    address = f"/reservations/{create(api).json()['id']}/"
    assert api.send("PATCH", address, json=body).status_code == status


def test_an_unknown_reservation(api: Api) -> None:
    for method in ("GET", "PATCH"):
        response = api.send(method, f"/reservations/{uuid4()}/", json={"guests": 2})
        assert response.status_code == 404


def test_the_list_costs_the_same_however_long(api: Api) -> None:
    counts = []
    for day in (1, 4, 7):
        api.sold(f"2026-05-{day:02}", f"2026-05-{day + 2:02}")
        with counting(api.database) as statements:
            page = api.send("GET", "/reservations/?page_size=2").json()
        counts.append(len(statements))
    assert counts[0] == counts[2], counts
    assert_shape("reservations", page)
    assert page["total_paginas"] == 2


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("property={C1}", 2),
        ("property={C2}", 0),
        ("client={ANA}", 1),
        ("status=approved", 2),
        ("status=cancelled", 0),
        ("type=man", 1),
        ("upcoming=true", 2),
    ],
)
def test_the_list_can_be_narrowed(api: Api, query: str, count: int) -> None:
    create(api)
    create(api, origin="man", client="", check_in_date="2026-05-04", check_out_date="2026-05-06")
    page = api.send("GET", f"/reservations/?{query.format(C1=C1, C2=C2, ANA=ANA)}&page_size=none").json()
    assert len(page) == count


def test_a_client_s_booking_is_a_hold(api_everywhere: Api, clock: FixedClock) -> None:
    """R29, docs/migrating.md, B-01: whatever origin and status the browser sends."""
    response = book(api_everywhere, origin="aus", status="approved", seller="bruno")
    assert response.status_code == 201, response.text
    body = response.json()
    assert_shape("booked", body)
    held = body["reservation"]
    assert (held["status"], held["origin"]) == ("incomplete", "client")
    deadline = clock.now() + timedelta(minutes=60)
    assert held["payment_voucher_deadline"] == "2026-04-06T11:00:00-05:00"
    assert deadline.isoformat() == "2026-04-06T16:00:00+00:00"
    assert "client" not in held


def test_a_client_waits_with_one_booking_at_a_time(api_everywhere: Api) -> None:
    book(api_everywhere)
    again = book(api_everywhere, check_in_date="2026-05-04", check_out_date="2026-05-06")
    assert (again.status_code, again.json()["code"]) == (409, "pending_reservation_exists")
    assert again.json()["success"] is False


def test_two_clients_cannot_hold_the_same_night(api: Api) -> None:
    bruno = make_client("Bruno", "Salas")
    api.database.write(lambda work: work.session.add(bruno), actor=api.actor)
    assert book(api).status_code == 201
    refused = book(api, client=str(bruno.id))
    assert (refused.status_code, refused.json()["error_code"]) == (409, "dates_taken")


def test_a_booking_from_a_quote_costs_what_was_quoted(api: Api) -> None:
    found = quoted(api)
    response = book(api, quote_id=found["quote_id"])
    assert response.status_code == 201, response.text
    assert response.json()["reservation"]["price_usd"] == "420.00"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        pytest.param({"price_usd": "10.00"}, 409, "price_changed", id="D-16"),
        pytest.param({"discount_code": "VERANO"}, 409, "price_changed", id="a code"),
        pytest.param({"points_to_redeem": 10}, 400, "points_not_available", id="points"),
        pytest.param({"points_to_redeem": -1}, 400, "invalid_input", id="fewer than no points"),
        pytest.param({"quote_id": "a.b"}, 400, "quote_invalid", id="no quote of ours"),
        pytest.param({"check_in_date": "2026-04-19"}, 400, "check_out_not_after_check_in", id="no night"),
        pytest.param({"client": None}, 400, "invalid_input", id="nobody"),
        pytest.param({"guests": 13}, 409, "capacity", id="too many"),
    ],
)
def test_what_cannot_be_booked(api: Api, change: dict[str, Any], status: int, code: str) -> None:
    response = book(api, **change)
    assert response.status_code == status, response.text
    body = response.json()
    assert body["code"] == body["error_code"] == code
    assert (body["success"], body["message"]) == (False, body["error"])
    if status == 400:
        assert body["errors"]
    if code == "price_changed":
        assert body["quote"]["properties"][0]["subtotal_usd"] == 420.0


def test_a_quote_is_booked_until_it_expires(api: Api, clock: FixedClock) -> None:
    found = quoted(api)
    clock.advance(timedelta(minutes=30))
    late = book(api, quote_id=found["quote_id"])
    assert (late.status_code, late.json()["code"]) == (409, "quote_expired")


def test_the_heated_pool_is_the_service_that_says_so(api: Api) -> None:
    def mark(work: Any) -> None:
        from casaaustin.pricing.models import AdditionalService
        from tests.support.world import POOL_HEATING

        work.session.get_one(AdditionalService, POOL_HEATING).post_action = "temperature_pool"

    api.database.write(mark, actor=api.actor)
    held = book(api, temperature_pool=True).json()["reservation"]
    assert held["price_usd"] == "520.00"
