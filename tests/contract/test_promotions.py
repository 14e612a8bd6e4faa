"""Codes that are made, rules and levels that anybody may read, and the welcome code, over HTTP."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from casaaustin.audit.queries import Trail, changes
from casaaustin.clock import FixedClock
from casaaustin.db.work import Database
from casaaustin.discounts.record import Window
from casaaustin.discounts.service.generators import add_generator, edit_generator
from casaaustin.discounts.service.promotions import activate, add_promotion
from casaaustin.errors import RuleRefused
from casaaustin.vocabulary import Source
from tests.contract.conftest import ANA, Api, Opener
from tests.contract.shapes import assert_shape
from tests.support.counting import counting
from tests.support.offers import make_level, make_rule, store_discounts, store_levels
from tests.support.world import C1, C2

GENERATE = "/properties/generate-discount/"
SIMPLE = "/properties/generate-simple-discount/"
RULES = "/properties/automatic-discounts/"
WELCOME = "/clients/client-auth/welcome-discount/"
STATUS = "/clients/welcome-discount/status/"
GOLD = make_level("Oro", reservations=3, referrals=1, theirs=1, order=3)
NEW = make_level("Nuevo", order=1)


def set_up(api: Api, use: Any) -> None:
    api.database.write(use, actor=api.actor)


def with_generator(api: Api, name: str = "Instagram", **fields: Any) -> None:
    facts = {"prefix": "INSTA", "discount_percentage": Decimal("15.00"), "validity_days": 7, **fields}
    set_up(api, lambda work: add_generator(work, name=name, **facts))


def with_promotion(api: Api, **fields: Any) -> None:
    def use(work: Any) -> None:
        add_promotion(work, name="Bienvenida", **{"discount_percentage": Decimal("12.50"), **fields})
        activate(work, "Bienvenida")

    set_up(api, use)


def generate(api: Api, **body: Any) -> Any:
    return api.send("POST", GENERATE, json={"config_name": "instagram", **body})


def test_staff_see_the_generators_that_can_be_called(api_everywhere: Api) -> None:
    with_generator(api_everywhere, display_name="Seguidores")
    with_generator(api_everywhere, "Antiguo", is_active=False)
    body = api_everywhere.send("GET", GENERATE).json()
    assert_shape("generators", body)
    (shown,) = body["data"]
    assert (shown["name"], shown["discount_percentage"], shown["min_amount_usd"]) == (
        "Instagram",
        "15.00",
        "30.00",
    )


def test_a_generated_code_says_its_last_day_and_works(api_everywhere: Api) -> None:
    with_generator(api_everywhere, houses=["casa-1"])
    response = generate(api_everywhere)
    assert response.status_code == 200, response.text
    body = response.json()
    assert_shape("generated", body)
    made = body["data"]
    assert made["code"].startswith("INSTA")
    assert (made["start_date"], made["end_date"], made["expires_in_hours"]) == (
        "2026-04-06",
        "2026-04-13",
        168,
    )
    stay = {"check_in_date": "2026-04-17", "check_out_date": "2026-04-19", "discount_code": made["code"]}
    houses = api_everywhere.get("/properties/calculate-pricing/", **stay).json()["data"]["properties"]
    assert [house["discount_applied"]["type"] for house in houses[:2]] == ["discount_code", "error"]
    (event, *_) = api_everywhere.database.read(lambda work: changes(work, Trail(action="discount_code.add")))
    assert event.actor == "api-key"


@pytest.mark.parametrize(
    ("body", "status", "number", "code"),
    [
        pytest.param({}, 400, 1, "config_name_missing", id="1 missing"),
        pytest.param({"config_name": " "}, 400, 1, "config_name_missing", id="1 blank"),
        pytest.param({"config_name": 7}, 400, 1, "config_name_invalid", id="1 no text"),
        pytest.param({"config_name": "Nobody"}, 404, 2, "generator_not_found", id="2 unknown"),
        pytest.param({"config_name": "Insta"}, 404, 2, "generator_not_found", id="2 half a name"),
        pytest.param({"config_name": "Antiguo"}, 404, 2, "generator_inactive", id="2 switched off"),
        pytest.param({"config_name": "Todo"}, 403, 7, "mint_percentage_too_high", id="7 too much"),
    ],
)
def test_each_error_of_a_generated_code(
    api: Api, body: dict[str, Any], status: int, number: int, code: str
) -> None:
    with_generator(api)
    with_generator(api, "Antiguo", is_active=False)
    with_generator(api, "Todo", discount_percentage=Decimal("21.00"))
    response = api.send("POST", GENERATE, json=body)
    answer = response.json()
    assert (response.status_code, answer["error"], answer["code"]) == (status, number, code)
    assert answer["error_message"] == answer["message"] != ""
    if status == 404:
        assert answer["available_configs"] == ["Instagram", "Todo"]


@pytest.mark.parametrize("path", [GENERATE, SIMPLE])
def test_nobody_makes_codes_without_a_key(api: Api, path: str) -> None:
    """D-32."""
    with_generator(api)
    response = api.send("POST", path, staff=False, json={"config_name": "Instagram"})
    assert response.status_code == 401
    assert "Instagram" not in response.text
    assert changed(api) == 0


def changed(api: Api) -> int:
    """Codes that were made."""
    return len(api.database.read(lambda work: changes(work, Trail(action="discount_code.add"))))


def test_a_key_makes_so_many_codes_a_day(database: Database, open_api: Opener, clock: FixedClock) -> None:
    with open_api(database) as opened:
        capped = database.settings.model_copy(update={"mint_daily_cap": 2})
        database.settings = capped
        with_generator(opened)
        assert [generate(opened).status_code for _ in range(2)] == [200, 200]
        third, simple = generate(opened), opened.send("POST", SIMPLE, json={})
        assert (third.status_code, third.json()["error"]) == (429, 6)
        assert (simple.status_code, simple.json()["code"]) == (429, "mint_cap_reached")
        clock.advance(timedelta(days=1))
        assert generate(opened).status_code == 200
        assert changed(opened) == 3


def test_a_repeated_request_makes_one_code(api_everywhere: Api) -> None:
    with_generator(api_everywhere)
    key = {"Idempotency-Key": "mint-1"}
    first, second = (
        api_everywhere.send("POST", GENERATE, json={"config_name": "Instagram"}, headers=key).json()
        for _ in range(2)
    )
    assert first == second
    assert changed(api_everywhere) == 1


def test_when_every_code_is_taken_that_is_said(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*_: Any, **__: Any) -> None:
        raise RuleRefused("No free code was found.", code="code_space_exhausted")

    monkeypatch.setattr("casaaustin.discounts.service.minting.store_fresh", taken)
    with_generator(api)
    for path, body in ((GENERATE, {"config_name": "Instagram"}), (SIMPLE, {})):
        response = api.send("POST", path, json=body)
        assert (response.status_code, response.json()["code"]) == (409, "code_space_exhausted")


def test_a_simple_code(api_everywhere: Api) -> None:
    response = api_everywhere.send("POST", SIMPLE, json={"validity_days": 3, "discount_percentage": 7.5})
    assert response.status_code == 200, response.text
    body = json.loads(response.text, parse_float=Decimal)
    assert_shape("simple_code", response.json())
    made = body["data"]
    assert made["code"].startswith("SIMPLE")
    assert made == {
        "code": made["code"],
        "discount_percentage": Decimal("7.50"),
        "created_date": "2026-04-06",
        "expiration_date": "2026-04-09",
        "validity_days": 3,
        "days_remaining": 3,
        "is_active": True,
    }
    usual = api_everywhere.send("POST", SIMPLE).json()["data"]
    assert (usual["discount_percentage"], usual["expiration_date"]) == (10.0, "2026-04-13")


@pytest.mark.parametrize(
    ("body", "status", "number"),
    [
        pytest.param({"validity_days": 0}, 400, 1, id="1 no day"),
        pytest.param({"validity_days": 366}, 400, 1, id="1 more than a year"),
        pytest.param({"validity_days": "week"}, 400, 2, id="2 a word"),
        pytest.param({"validity_days": 1.5}, 400, 2, id="2 a part of a day"),
        pytest.param({"discount_percentage": 0}, 400, 3, id="3 nothing"),
        pytest.param({"discount_percentage": "100.01"}, 400, 3, id="3 more than all"),
        pytest.param({"discount_percentage": -5}, 400, 3, id="3 negative"),
        pytest.param({"discount_percentage": "half"}, 400, 4, id="4 a word"),
        pytest.param({"discount_percentage": 7.555}, 400, 4, id="4 three decimals"),
        pytest.param({"discount_percentage": True}, 400, 4, id="4 a truth"),
        pytest.param({"discount_percentage": 20.01}, 403, 7, id="7 more than a key may"),
    ],
)
def test_each_error_of_a_simple_code(api: Api, body: dict[str, Any], status: int, number: int) -> None:
    response = api.send("POST", SIMPLE, json=body)
    assert (response.status_code, response.json()["error"]) == (status, number), response.text
    assert changed(api) == 0


def with_rules(api: Api) -> None:
    def use(work: Any) -> None:
        store_levels(work, GOLD, NEW, replace(make_level("Viejo"), is_active=False))
        store_discounts(
            work,
            make_rule("Jueves y domingo", "12.00", weekdays=frozenset({3, 6}), base_only=True),
            make_rule("Cumpleaños", "20.00", Source.BIRTHDAY, cap_usd=Decimal("80.00")),
            make_rule("Para oro", "25.00", Source.LOYALTY, achievements=frozenset({GOLD.id})),
            make_rule(
                "Otoño",
                "9.00",
                houses=frozenset({C1, C2}),
                stay_window=Window(date(2026, 4, 10), date(2026, 6, 20)),
            ),
            make_rule("Apagada", is_active=False),
            make_rule("Pasada", stay_window=Window(None, date(2026, 4, 5))),
            make_rule("Futura", book_window=Window(date(2026, 4, 7), None)),
        )

    set_up(api, use)


def test_anybody_may_list_the_rules_that_are_live(api_everywhere: Api) -> None:
    """D-33: complete, by name."""
    with_rules(api_everywhere)
    body = api_everywhere.get(RULES).json()
    assert_shape("automatic_discounts", body)
    assert [one["name"] for one in body["data"]] == ["Cumpleaños", "Jueves y domingo", "Otoño", "Para oro"]
    assert body["count"] == 4
    rules = {one["name"]: one for one in body["data"]}
    assert (rules["Cumpleaños"]["discount_percentage"], rules["Cumpleaños"]["max_discount_usd"]) == (
        "20.00",
        "80.00",
    )
    weekly = rules["Jueves y domingo"]
    assert (weekly["specific_weekdays"], weekly["days_display"]) == ("3,6", "jueves y domingo")
    assert rules["Para oro"]["required_achievements"] == [str(GOLD.id)]
    assert rules["Para oro"]["required_achievements_detail"][0]["name"] == "Oro"


def test_one_rule_says_whether_it_can_apply(api_everywhere: Api) -> None:
    with_rules(api_everywhere)
    live, over = make_rule("Cumpleaños").id, make_rule("Pasada").id
    found = api_everywhere.get(f"/property/automaticdiscount/{live}/").json()
    assert_shape("automatic_discount", found)
    assert (found["is_active"], found["data"]["name"]) == (True, "Cumpleaños")
    ended = api_everywhere.get(f"/property/automaticdiscount/{over}/").json()
    assert (ended["is_active"], ended["data"]["end_date"]) == (False, "2026-04-05")


@pytest.mark.parametrize(("rule", "status", "number"), [("summer", 400, 1), ("7", 400, 1), (str(C1), 404, 2)])
def test_each_error_of_one_rule(api: Api, rule: str, status: int, number: int) -> None:
    response = api.get(f"/property/automaticdiscount/{rule}/")
    assert (response.status_code, response.json()["error"]) == (status, number)


def test_the_bot_reads_what_asks_for_no_level(api_everywhere: Api) -> None:
    with_rules(api_everywhere)
    body = api_everywhere.get("/bot/global-discount/").json()
    assert_shape("global_discounts", body)
    found = {one["name"]: one for one in body["global_discounts"]}
    assert list(found) == ["Cumpleaños", "Jueves y domingo", "Otoño"]
    assert found["Cumpleaños"]["requirements"] == ["Cumplir años en el mes de la llegada"]
    assert found["Jueves y domingo"]["restrictions"] == [
        "Solo noches de jueves y domingo",
        "Solo sobre el precio base, sin huéspedes adicionales",
    ]
    assert found["Otoño"]["restrictions"] == [
        "Llegadas desde el vie 10 abr 2026 hasta el sáb 20 jun 2026",
        "Solo en Casa 1, Casa 2",
    ]
    assert (found["Otoño"]["discount_percentage"], found["Otoño"]["max_discount_usd"]) == (9.0, None)


def test_the_bot_reads_the_levels(api_everywhere: Api) -> None:
    with_rules(api_everywhere)
    body = api_everywhere.get("/bot/levels/").json()
    assert_shape("levels", body)
    assert [(one["level_name"], one["requirements_text"]) for one in body["levels"]] == [
        ("Nuevo", "Sin requisitos"),
        ("Oro", "3 reservas, 1 referido, 1 reserva de referidos"),
    ]


@pytest.mark.parametrize("path", ["/bot/global-discount/", "/bot/levels/"])
@pytest.mark.parametrize("staff", [False, True])
def test_reading_sends_nothing_to_the_bot(api: Api, path: str, staff: bool) -> None:
    """D-32."""
    assert "chatbot_sync_results" not in api.get(path, staff=staff).json()
    body = api.get(path, staff=staff, send_to_chatbotbuilder="true").json()
    assert body["success"] is True
    assert body["chatbot_sync_results"]["success"] is False


@pytest.mark.parametrize(
    ("path", "most"), [(RULES, 4), ("/bot/global-discount/", 5), ("/bot/levels/", 1), (STATUS, 3)]
)
def test_lists_cost_the_same_however_long(api: Api, path: str, most: int) -> None:
    counts = []
    for round_ in range(3):
        set_up(api, lambda work, n=round_: store_discounts(work, make_rule(f"Regla {n}")))
        set_up(api, lambda work, n=round_: store_levels(work, make_level(f"Nivel {n}", order=n)))
        api.get(path)
        with counting(api.database) as statements:
            api.get(path)
        counts.append(len(statements))
    assert counts == [most] * 3


def test_the_welcome_promotion_is_public(api_everywhere: Api) -> None:
    none = api_everywhere.get(STATUS).json()
    assert (none["active"], bool(none["message"])) == (False, True)
    assert "promotion" not in none
    with_promotion(api_everywhere, specific_weekdays="jue,dom", max_discount_usd=Decimal("50.00"))
    body = api_everywhere.get(STATUS).json()
    assert_shape("welcome_status", body)
    assert body["active"] is True
    assert body["promotion"]["message"] == ("¡Bienvenido! Tienes 12.5% de descuento en tu primera reserva.")
    assert body["promotion"]["restrictions"] == ["Solo noches de jueves y domingo"]
    assert body["promotion"]["min_amount_usd"] is None, "none, not 0.00"


def test_a_broken_status_is_not_active(
    sqlite_database: Database, open_api: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_work: Any) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr("casaaustin.discounts.service.promotions.status", broken)
    with open_api(sqlite_database) as api:
        response = api.get(STATUS)
    assert (response.status_code, response.json()["active"]) == (500, False)
    assert "a defect" not in response.text


def test_a_client_gets_one_welcome_code(api_everywhere: Api) -> None:
    with_promotion(api_everywhere, houses=["casa-1"])
    first = api_everywhere.send("POST", WELCOME, json={"client": str(ANA)})
    assert first.status_code == 200, first.text
    body = first.json()
    assert_shape("welcome_code", body)
    issued = body["discount_code"]
    assert issued["code"].startswith("WELCOME-")
    assert (issued["valid_from"], issued["valid_until"]) == ("2026-04-06", "2026-04-20")
    assert issued["properties"] == [{"id": str(C1), "name": "Casa 1"}]
    again = api_everywhere.send("POST", WELCOME, json={"client": str(ANA)})
    refused = again.json()
    assert (again.status_code, refused["code"]) == (400, "welcome_already_issued")
    assert refused["discount_code"] == issued["code"]
    assert refused["discount_issued_at"] == "2026-04-06T10:00:00-05:00"


def test_a_code_for_all_houses_names_none(api: Api) -> None:
    with_promotion(api)
    body = api.send("POST", WELCOME, json={"client": str(ANA)}).json()
    assert body["discount_code"]["properties"] is None


def test_who_gets_no_welcome_code(api: Api) -> None:
    def ask(**body: Any) -> tuple[int, str]:
        response = api.send("POST", WELCOME, json=body)
        assert response.json()["success"] is False
        return response.status_code, response.json()["error_code"]

    assert ask(client=str(ANA)) == (404, "no_active_promotion")
    with_promotion(api)
    assert ask(client=str(uuid4())) == (404, "client_not_found")
    assert ask() == (400, "invalid_input")
    assert api.send("POST", WELCOME, staff=False, json={"client": str(ANA)}).status_code == 401
    api.sold("2026-05-10", "2026-05-12")
    assert ask(client=str(ANA)) == (400, "has_approved_reservations")


def test_a_generator_that_is_changed_makes_other_codes(api: Api) -> None:
    with_generator(api)
    set_up(api, lambda work: edit_generator(work, "Instagram", discount_percentage=Decimal("5.00")))
    assert generate(api).json()["data"]["discount_percentage"] == 5.0
