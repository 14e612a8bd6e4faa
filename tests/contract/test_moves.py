"""Staff search with moves over HTTP, and what can be done with its plans."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from casaaustin.clock import FixedClock
from casaaustin.db.work import Database
from casaaustin.pricing.models import ExchangeRate
from casaaustin.properties.models import Property
from casaaustin.reassignment.models import ReassignmentPlan
from casaaustin.register.models import Reservation
from casaaustin.reservations import ending
from casaaustin.vocabulary import Origin, PlanState, ReservationStatus
from tests.contract.conftest import ANA, Api, Opener
from tests.contract.shapes import assert_shape
from tests.integration.reassignment.test_worked_examples import M1, PENDING, Example, Lodger
from tests.support.counting import counting
from tests.support.desk import wrong_nights
from tests.support.world import C1, C2, C3, C4, known_id

SEARCH = "/properties/calculate-pricing-erp/"
PLANS = "/properties/reassignment-plans"
B = known_id("lodger B")
# M1: 16 guests from 17 to 19 April. B goes from C2 to C1 to make room there; to free C4, D follows into C2.
WANTED: dict[str, Any] = {"check_in_date": "2026-04-17", "check_out_date": "2026-04-19", "guests": 16}


@pytest.fixture
def m1(api: Api) -> Api:
    return live(api, M1)


@pytest.fixture
def m1_everywhere(database: Database, open_api: Opener) -> Iterator[Api]:
    with open_api(database) as opened:
        yield live(opened, M1)


def live(api: Api, lodgers: tuple[Lodger, ...], **choices: Any) -> Api:
    """The houses of the examples, and those who live there."""
    api.database.write(Example(lodgers, 17, 19, 16, **choices).store, actor=api.actor)
    return api


def as_sent(api: Api, **more: Any) -> Any:
    return api.get(SEARCH, staff=True, **{**WANTED, **more}).json()["data"]


def search(api: Api, **more: Any) -> Any:
    """What a search answers, its numbers as they are written."""
    response = api.get(SEARCH, staff=True, **{**WANTED, **more})
    assert response.status_code == 200, response.text
    return json.loads(response.text, parse_float=Decimal)["data"]


def plan_of(api: Api, **more: Any) -> str:
    """The id of the best plan."""
    found: str = search(api, **more)["options_with_movements"][0]["plan_id"]
    return found


def send(api: Api, plan: str, step: str = "apply", **body: Any) -> Any:
    headers = body.pop("headers", {})
    sent = {"client_id": str(ANA), **body} if step == "apply" else body
    return api.send("POST", f"{PLANS}/{plan}/{step}/", json=sent, headers=headers)


def reservation(api: Api, id: UUID = B) -> Reservation:
    return api.database.read(lambda work: work.session.get_one(Reservation, id))


def change(api: Api, id: UUID, **values: Any) -> None:
    def use(work: Any) -> None:
        row = work.session.get_one(Reservation, id)
        for name, value in values.items():
            setattr(row, name, value)

    api.database.write(use, actor=api.actor)


def cancel(api: Api, id: UUID) -> None:
    api.database.write(
        lambda work: ending.cancel(work, work.session.get_one(Reservation, id), reason="changed plans"),
        actor=api.actor,
    )


def kept(api: Api) -> list[ReassignmentPlan]:
    return api.database.read(lambda work: list(work.session.scalars(select(ReassignmentPlan))))


def test_m1_one_move_with_the_fields_that_front_ends_know(m1_everywhere: Api) -> None:
    data = search(m1_everywhere)
    assert data["requested_dates"] == {
        "check_in": "2026-04-17",
        "check_out": "2026-04-19",
        "nights": 2,
        "guests": 16,
    }
    assert data["direct_available"] == []
    assert data["summary"] == {
        "total_direct_available": 0,
        "total_options_with_movements": 2,
        "total_properties_checked": 4,
    }
    option, dearer = data["options_with_movements"]
    assert (option["property_id"], option["option_type"]) == (str(C2), "move_required")
    assert (dearer["property_id"], dearer["cost"]["packed"]) == (str(C4), 2_000_181)
    required = {
        "reservation_id": str(B),
        "client_name": "Guest B",
        "from_property": "Casa 2",
        "to_property": "Casa 1",
        "reservation_dates": {"check_in": "2026-04-16", "check_out": "2026-04-19", "nights": 3},
        "status": "approved",
    }
    assert option["movement_required"] == required
    (movement,) = option["movements"]
    assert required.items() <= movement.items()
    assert (movement["guests"], movement["difference_usd"]) == (10, Decimal("-185.00"))
    assert movement["message"].startswith("Hola Guest:")
    assert option["cost"] == {
        "moves": 1,
        "steps_up": 0,
        "steps_down": 0,
        "urgency": 90,
        "holes": 0,
        "packed": 1_000_090,
    }
    assert option["figures"]["disturbance"] == 60
    assert option["figures"]["money_cents"] == 18_500
    assert option["explanation"][0].startswith("Casa 2 queda libre")
    assert not {"movements_required", "total_movements"} & option.keys()
    assert_shape("search_with_moves", as_sent(m1_everywhere))


def test_m2_several_moves_are_a_list(api: Api) -> None:
    lodgers = (
        Lodger("B", C2, 15, 17, 8, PENDING),
        Lodger("C", C3, 16, 18, 14),
        Lodger("D", C4, 16, 20, 12, paid=True),
    )
    (option,) = search(live(api, lodgers), guests=30)["options_with_movements"]
    assert option["total_movements"] == len(option["movements_required"]) == 2
    assert {(one["from_property"], one["to_property"]) for one in option["movements_required"]} == {
        ("Casa 3", "Casa 4"),
        ("Casa 4", "Casa 1"),
    }
    assert "movement_required" not in option
    assert option["explanation"][-1] == "Con menos movimientos no es posible (comprobado)."


def test_d47_an_option_does_not_contradict_itself_and_the_texts_count_it(m1: Api) -> None:
    data = search(m1)
    option, _ = data["options_with_movements"]
    assert option["available"] is option["available_after_moves"] is True
    assert option["availability_message"] == "Disponible moviendo 1 reserva"
    assert option["unavailable_reasons"] == []
    assert data["message1"].endswith("Ninguna casa está libre; moviendo reservas quedan libres 2 casas.")
    assert data["message2"].splitlines() == [
        "🏠 Casa 2: *US$ 850.00* o *S/ 3,166.25* (moviendo 1 reserva)",
        "🏠 Casa 4: *US$ 861.50* o *S/ 3,209.09* (moviendo 2 reservas)",
    ]


def test_a_free_house_needs_no_plan(m1: Api) -> None:
    data = search(m1, check_in_date="2026-04-24", check_out_date="2026-04-26", guests=4)
    prices = [one["final_price_with_services_usd"] for one in data["direct_available"]]
    assert len(prices) == 4
    assert prices == sorted(prices)
    assert {one["option_type"] for one in data["direct_available"]} == {"direct"}
    assert data["options_with_movements"] == data["infeasible"] == data["alternatives"] == []
    assert kept(m1) == []


def test_free_houses_and_plans_stand_side_by_side(m1: Api) -> None:
    data = search(m1, check_in_date="2026-04-15", check_out_date="2026-04-16", guests=4)
    assert [one["property_id"] for one in data["options_with_movements"]] == [str(C4)]
    assert len(data["direct_available"]) == 3
    assert data["message1"].endswith("Moviendo reservas queda libre 1 casa más.")
    assert len(data["message2"].splitlines()) == 4


def test_m4_a_house_that_nothing_frees_says_why(api: Api) -> None:
    data = search(live(api, (Lodger("C", C3, 16, 19, 35),)), guests=30)
    by_house = {one["property_id"]: one for one in data["infeasible"]}
    taken, too_small = by_house[str(C3)], by_house[str(C1)]
    assert taken["certificate"] == {
        "kind": "impossible",
        "min_moves": None,
        "night": "2026-04-17",
        "stays": [str(known_id("lodger C"))],
        "houses": [str(C3)],
    }
    (in_the_way,) = taken["in_the_way"]
    assert in_the_way["client_name"] == "Guest C"
    assert in_the_way["message"].startswith("Guest C (Casa 3, ")
    assert taken["explanation"][0].startswith("Casa 3: la noche del vie 17 abr")
    assert too_small["certificate"] is None
    assert [one["code"] for one in too_small["unavailable_reasons"]] == ["capacity"]
    assert [one["offset_days"] for one in data["alternatives"]] == [2, -3, 3]
    assert_shape("search_without_moves", as_sent(api, guests=30))


def test_a_plan_that_would_break_a_selling_rule_is_no_option(api: Api) -> None:
    """With B gone, Christmas in C1 is open again, and is sold for two nights at least."""
    live(api, ())
    api.sold("2026-12-25", "2026-12-27", house=C1)
    christmas = {"check_in_date": "2026-12-25", "check_out_date": "2026-12-26", "property_id": str(C1)}
    data = search(api, guests=2, **christmas)
    assert data["options_with_movements"] == []
    (refused,) = data["infeasible"]
    assert [one["code"] for one in refused["unavailable_reasons"]] == ["min_nights"]
    assert refused["certificate"]["kind"] == "plan"
    assert refused["explanation"][0].startswith("Casa 1: solo 2 noches o más")
    christmas["check_out_date"] = "2026-12-27"
    assert len(search(api, guests=2, **christmas)["options_with_movements"]) == 1


def test_every_house_is_offered_or_refused(m1: Api) -> None:
    data = search(m1)
    named = [
        one["property_id"]
        for part in ("direct_available", "options_with_movements", "infeasible")
        for one in data[part]
    ]
    assert sorted(named) == sorted(map(str, (C1, C2, C3, C4)))


@pytest.mark.parametrize(
    ("asked", "status", "number", "code"),
    [
        ({"check_in_date": None}, 400, 1, "check_in_date_missing"),
        ({"check_out_date": "19/04/2026"}, 400, 2, "check_out_date_invalid"),
        ({"guests": "0"}, 400, 3, "guests_invalid"),
        ({"property_id": str(uuid4())}, 404, 4, "house_not_found"),
        ({"property_id": "casa-1"}, 400, 5, "property_id_invalid"),
        ({"client_id": str(uuid4())}, 404, 6, "client_not_found"),
        ({"client_id": "ana"}, 400, 7, "client_id_invalid"),
        ({"check_in_date": "2026-04-05"}, 400, 8, "check_in_past"),
        ({"check_out_date": "2026-04-17"}, 400, 9, "check_out_not_after_check_in"),
        ({"freeze_days": "-1"}, 400, 14, "freeze_days_invalid"),
        ({"max_options": "0"}, 400, 14, "max_options_invalid"),
        ({"allow_origin_air": "perhaps"}, 400, 14, "allow_origin_air_invalid"),
        ({"features": "x" * 501}, 400, 14, "features_invalid"),
    ],
)
def test_refusals_have_the_numbers_of_the_quote(
    m1: Api, asked: dict[str, Any], status: int, number: int, code: str
) -> None:
    query: dict[str, Any] = {name: value for name, value in {**WANTED, **asked}.items() if value is not None}
    response = m1.get(SEARCH, staff=True, **query)
    body = response.json()
    assert (response.status_code, body["error"], body["code"]) == (status, number, code)
    assert body["success"] is False
    assert body["message"] == body["error_message"]


def test_without_a_rate_nothing_is_searched(m1: Api) -> None:
    def use(work: Any) -> None:
        for rate in work.session.scalars(select(ExchangeRate)):
            rate.is_active = False

    m1.database.write(use, actor=m1.actor)
    response = m1.get(SEARCH, staff=True, **WANTED)
    assert (response.status_code, response.json()["error"]) == (503, 13)


def test_it_names_guests_so_it_is_not_public(m1: Api) -> None:
    response = m1.client.get(f"/api/v1{SEARCH}", params=WANTED)
    assert response.status_code == 401
    assert "Guest" not in response.text
    assert kept(m1) == []


def test_only_the_house_asked_for_is_searched(m1: Api) -> None:
    (option,) = search(m1, property_id=str(C4))["options_with_movements"]
    assert option["property_id"] == str(C4)
    data = search(m1, property_id=str(C3))
    assert data["options_with_movements"] == []
    assert [one["property_id"] for one in data["infeasible"]] == [str(C3)]
    assert data["summary"]["total_properties_checked"] == 1


def test_a_house_without_a_feature_is_not_freed(m1: Api) -> None:
    data = search(m1, features=" JACUZZI ,")
    assert data["options_with_movements"] == []
    assert {one["code"] for each in data["infeasible"] for one in each["unavailable_reasons"]} >= {"features"}


def test_whoever_arrives_within_the_freeze_stays(m1: Api) -> None:
    data = search(m1, freeze_days=10)
    assert data["options_with_movements"] == []
    in_the_way = next(one for one in data["infeasible"] if one["property_id"] == str(C2))["in_the_way"]
    assert [one["pins"] for one in in_the_way] == [["frozen"]]


def test_airbnb_stays_move_only_if_that_is_allowed(m1: Api) -> None:
    change(m1, B, origin=Origin.AIRBNB)
    assert search(m1)["options_with_movements"] == []
    plan = plan_of(m1, allow_origin_air=True)
    booked = send(m1, plan).json()["hold"]
    assert reservation(m1).property_id == C1
    cancel(m1, UUID(booked["id"]))
    assert send(m1, plan, "undo", reason="the guest insists").status_code == 200
    assert reservation(m1).property_id == C2


def test_to_allow_airbnb_lifts_no_other_reason(m1: Api) -> None:
    change(m1, B, origin=Origin.AIRBNB, house_locked=True)
    assert search(m1, allow_origin_air=True)["options_with_movements"] == []


def test_only_the_best_options_are_shown_and_kept(api: Api) -> None:
    """M6 has a plan for each of two houses."""
    lodgers = (
        Lodger("A", C2, 24, 26, 10, paid=True),
        Lodger("B", C4, 24, 26, 11, PENDING),
        Lodger("V", C3, 23, 27, 30, fixed=True),
    )
    dates = {"check_in_date": "2026-04-24", "check_out_date": "2026-04-26"}
    data = search(live(api, lodgers), max_options=1, **dates)
    assert len(data["options_with_movements"]) == 1
    assert data["summary"]["total_options_with_movements"] == 2
    assert len(kept(api)) == 1


@pytest.mark.parametrize("most", [1, 4])
@pytest.mark.parametrize("zones", [("a", "a", "a", "a"), ("a", "a", "b", "a"), ("a", "b", "c", "d")])
def test_a_search_takes_so_many_statements(m1: Api, most: int, zones: tuple[str, ...]) -> None:
    """D-48: rate book, taken nights, residents, names; one more to keep plans, however many."""

    def use(work: Any) -> None:
        for house, zone in zip((C1, C2, C3, C4), zones, strict=True):
            work.session.get_one(Property, house).zone = zone

    m1.database.write(use, actor=m1.actor)
    found = len(search(m1)["options_with_movements"])
    with counting(m1.database) as statements:
        search(m1, max_options=most)
    assert len(statements.about("INSERT")) == (1 if found else 0)
    assert len(statements) == (5 if found else 4)


def test_the_plan_is_carried_out_with_its_booking(m1_everywhere: Api) -> None:
    data = search(m1_everywhere)
    option = data["options_with_movements"][0]
    response = send(m1_everywhere, option["plan_id"], quote_id=data["quote_id"], comments="Llegan de noche")
    assert response.status_code == 200, response.text
    body = response.json()
    (moved,) = body["reservations"]
    assert (moved["id"], moved["property"]["id"], moved["moved_count"]) == (str(B), str(C1), 1)
    hold = body["hold"]
    assert (hold["property"]["id"], hold["status"], hold["guests"]) == (str(C2), "approved", 16)
    assert hold["comentarios_reservas"] == "Llegan de noche"
    assert Decimal(hold["price_usd"]) == option["final_price_with_services_usd"]
    assert wrong_nights(m1_everywhere.database) == []
    assert_shape("applied_plan", body)


def test_the_nights_may_only_be_held(m1: Api, clock: FixedClock) -> None:
    hold = send(m1, plan_of(m1), hold_minutes=90).json()["hold"]
    assert hold["status"] == ReservationStatus.INCOMPLETE
    assert reservation(m1, UUID(hold["id"])).payment_voucher_deadline == clock.now() + timedelta(minutes=90)


def test_the_guest_of_the_search_is_the_guest_of_the_booking(m1: Api) -> None:
    plan = plan_of(m1, client_id=str(ANA))
    response = m1.send("POST", f"{PLANS}/{plan}/apply/", json={})
    assert response.json()["hold"]["client"]["id"] == str(ANA)


def test_a_booking_without_a_guest_is_refused(m1: Api) -> None:
    response = m1.send("POST", f"{PLANS}/{plan_of(m1)}/apply/", json={})
    assert response.status_code == 400
    assert list(response.json()) == ["client"]
    assert reservation(m1).property_id == C2


def test_a_repeated_request_is_one(m1: Api) -> None:
    plan = plan_of(m1)
    first, second = (send(m1, plan, headers={"Idempotency-Key": "k1"}).json() for _ in range(2))
    assert first["hold"]["id"] == second["hold"]["id"]
    assert reservation(m1).moved_count == 1


def test_another_price_moves_nobody(m1: Api) -> None:
    response = send(m1, plan_of(m1), price_usd="10.00")
    body = response.json()
    assert (response.status_code, body["code"]) == (409, "price_changed")
    assert body["quote"]["properties"][0]["property_id"] == str(C2)
    assert reservation(m1).property_id == C2


def test_an_unknown_plan(m1: Api) -> None:
    for step in ("apply", "ask", "undo", "consent", "withdraw"):
        body = {"reason": "none", "reservation_id": str(B), "agrees": True}
        response = send(m1, str(uuid4()), step, **body)
        assert (response.status_code, response.json()["code"]) == (404, "plan_not_found")
    assert m1.get(f"{PLANS}/{uuid4()}/", staff=True).status_code == 404


def test_a_stale_plan_brings_a_fresh_one(m1_everywhere: Api) -> None:
    """B gets one more guest: the plan rests on something else, and still there is one."""
    plan = plan_of(m1_everywhere)
    m1_everywhere.send("PATCH", f"/reservations/{B}/", json={"guests": 11, "keep_price": True})
    response = send(m1_everywhere, plan)
    body = response.json()
    assert (response.status_code, body["code"]) == (409, "plan_stale")
    assert reservation(m1_everywhere).property_id == C2
    fresh = body["proposal"]["options_with_movements"][0]
    assert fresh["plan_id"] != plan
    assert send(m1_everywhere, fresh["plan_id"]).status_code == 200
    assert_shape("plan_stale", body)


def test_a_fresh_search_may_find_nothing(m1: Api) -> None:
    plan = plan_of(m1)
    m1.sold("2026-04-16", "2026-04-17", house=C1, house_locked=True)
    body = send(m1, plan).json()
    assert body["code"] == "plan_stale"
    assert body["proposal"]["options_with_movements"] == []
    assert len(body["proposal"]["infeasible"]) == 4


def test_a_plan_expires(m1: Api, clock: FixedClock) -> None:
    plan = plan_of(m1)
    clock.advance(timedelta(minutes=15, seconds=1))
    body = send(m1, plan).json()
    assert body["code"] == "plan_expired"
    assert send(m1, body["proposal"]["options_with_movements"][0]["plan_id"]).status_code == 200


def test_a_fresh_search_keeps_to_the_terms(m1: Api, clock: FixedClock) -> None:
    change(m1, B, origin=Origin.AIRBNB)
    plan = plan_of(m1, allow_origin_air=True)
    clock.advance(timedelta(minutes=16))
    best = send(m1, plan).json()["proposal"]["options_with_movements"][0]
    assert best["movement_required"]["reservation_id"] == str(B)


def test_nothing_is_proposed_for_nights_gone_by(m1: Api, clock: FixedClock) -> None:
    plan = plan_of(m1)
    clock.advance(timedelta(days=30))
    response = send(m1, plan)
    assert (response.status_code, response.json()["code"]) == (409, "plan_expired")
    assert "proposal" not in response.json()


def test_a_plan_is_carried_out_once(m1: Api) -> None:
    plan = plan_of(m1)
    assert send(m1, plan).status_code == 200
    response = send(m1, plan)
    assert (response.status_code, response.json()["code"]) == (409, "plan_not_open")
    assert "proposal" not in response.json()


def test_it_is_taken_back_when_its_booking_is_gone(m1: Api) -> None:
    plan = plan_of(m1)
    booked = send(m1, plan).json()["hold"]
    refused = send(m1, plan, "undo", reason="the guest insists")
    assert (refused.status_code, refused.json()["code"]) == (409, "dates_taken")
    cancel(m1, UUID(booked["id"]))
    undone = send(m1, plan, "undo", reason="the guest insists")
    assert undone.status_code == 200, undone.text
    assert undone.json()["state"] == PlanState.UNDONE
    assert reservation(m1).property_id == C2
    assert wrong_nights(m1.database) == []
    assert_shape("plan", undone.json())


def test_taking_back_needs_a_reason(m1: Api) -> None:
    response = send(m1, plan_of(m1), "undo", reason=" ")
    assert (response.status_code, response.json()) == (400, {"reason": ["Este campo es obligatorio."]})


def test_guests_are_asked_first(m1: Api) -> None:
    plan = plan_of(m1)
    asked = send(m1, plan, "ask", hours=48).json()
    assert asked["state"] == PlanState.ASKING
    assert asked["movements"][0]["consent"]["answer"] == "asked"
    missing = send(m1, plan)
    assert (missing.status_code, missing.json()["code"]) == (409, "consent_missing")
    assert missing.json()["reservations"] == [str(B)]
    heard = send(m1, plan, "consent", reservation_id=str(B), agrees=True, note="by phone").json()
    assert heard["movements"][0]["consent"]["note"] == "by phone"
    assert_shape("plan_asked", heard)
    assert (
        send(m1, plan, "consent", reservation_id=str(B), agrees=False).json()["code"] == "consent_not_asked"
    )
    assert send(m1, plan).status_code == 200
    assert wrong_nights(m1.database) == []


def test_a_no_withdraws_the_plan(m1: Api) -> None:
    plan = plan_of(m1)
    send(m1, plan, "ask")
    send(m1, plan, "consent", reservation_id=str(B), agrees=False)
    shown = m1.get(f"{PLANS}/{plan}/", staff=True).json()
    assert shown["state"] == PlanState.WITHDRAWN
    assert plan_of(m1) != plan


def test_a_plan_can_be_given_up(m1: Api) -> None:
    plan = plan_of(m1)
    given_up = send(m1, plan, "withdraw", reason="the group has cancelled").json()
    assert given_up["state"] == PlanState.WITHDRAWN
    assert send(m1, plan).json()["code"] == "plan_not_open"


def test_a_plan_is_shown_as_it_stands(m1: Api, clock: FixedClock) -> None:
    plan = plan_of(m1)
    shown = m1.get(f"{PLANS}/{plan}/", staff=True).json()
    assert (shown["state"], shown["is_expired"], shown["property_id"]) == ("proposed", False, str(C2))
    assert shown["cost"]["packed"] == 1_000_090
    assert "consent" not in shown["movements"][0]
    clock.advance(timedelta(minutes=16))
    assert m1.get(f"{PLANS}/{plan}/", staff=True).json()["is_expired"] is True
