"""Discounts in quotes and bookings over HTTP: what is said, and what strangers never learn."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from casaaustin.clock import FixedClock
from casaaustin.db.work import Database
from casaaustin.discounts.record import Discount, Window
from casaaustin.pricing.ratebook import Policy
from casaaustin.vocabulary import Benefit, CodeVsAutomatic, Source
from tests.contract.conftest import ANA, Api, Opener
from tests.contract.shapes import assert_shape
from tests.support.counting import counting
from tests.support.offers import make_code, make_rule, store_discounts
from tests.support.world import C1, C2, make_client

PRICING = "/properties/calculate-pricing/"
BOOK = "/clients/reservations/create/"
# W02: Friday to Sunday in C1 with 4 guests, 420.00.
WEEKEND = {"check_in_date": "2026-04-17", "check_out_date": "2026-04-19", "guests": 4}
BRUNO = make_client("Bruno", "Salas")
ENDED = Window(date(2026, 1, 1), date(2026, 3, 31))
LATER = Window(date(2026, 5, 1), date(2026, 12, 31))


def store(api: Api, *discounts: Discount, people: tuple[Any, ...] = ()) -> None:
    def use(work: Any) -> None:
        work.session.add_all(people)
        work.session.flush()
        store_discounts(work, *discounts)

    api.database.write(use, actor=api.actor)


def quote(api: Api, *, staff: bool = False, **more: Any) -> Any:
    """The quote of C1 with its numbers as they are written."""
    response = api.get(PRICING, staff=staff, **{**WEEKEND, "property_id": C1, **more})
    assert response.status_code == 200, response.text
    return json.loads(response.text, parse_float=Decimal)["data"]


def in_c1(api: Api, **more: Any) -> Any:
    (house,) = quote(api, **more)["properties"]
    return house


def book(api: Api, path: str = BOOK, **more: Any) -> Any:
    return api.send("POST", path, json={**WEEKEND, "property": str(C1), "client": str(ANA), **more})


@pytest.mark.parametrize(
    ("code", "percentage", "usd", "sol", "description"),
    [
        pytest.param(
            make_code(), "10.00", "42.00", "156.45", "Código TEN: US$ 42.00 de descuento (10%).", id="W11"
        ),
        pytest.param(
            make_code(cap_usd=Decimal("30.00")),
            "10.00",
            "30.00",
            "111.75",
            "Código TEN: US$ 30.00 de descuento.",
            id="D-38 a cap that binds",
        ),
        pytest.param(
            make_code(value="100.00", benefit=Benefit.FIXED_SOL),
            "0.00",
            "26.85",
            "100.00",
            "Código TEN: S/ 100.00 de descuento.",
            id="exact in soles",
        ),
    ],
)
def test_what_a_code_takes_off_is_said(
    api_everywhere: Api, code: Discount, percentage: str, usd: str, sol: str, description: str
) -> None:
    store(api_everywhere, code)
    house = in_c1(api_everywhere, discount_code=" ten ")
    assert house["discount_applied"] == {
        "type": "discount_code",
        "description": description,
        "discount_percentage": Decimal(percentage),
        "discount_amount_usd": Decimal(usd),
        "discount_amount_sol": Decimal(sol),
        "code_used": "TEN",
        "apply_only_to_base_price": False,
    }
    assert house["code_result"] == {"status": "applied", "reason": None, "message": "El código se aplicó."}
    for currency, taken in (("usd", usd), ("sol", sol)):
        assert house[f"subtotal_{currency}"] - Decimal(taken) == house[f"final_price_{currency}"]
    assert "discount_candidates" not in house


def test_without_a_discount_nothing_is_said(api: Api) -> None:
    house = in_c1(api)
    assert not {"discount_applied", "code_result", "discount_candidates"} & set(house)


def test_an_automatic_discount_is_shown_without_a_code(api_everywhere: Api) -> None:
    store(api_everywhere, make_rule("Escapada", base_only=True))
    house = in_c1(api_everywhere)
    assert house["discount_applied"] == {
        "type": "automatic",
        "description": "Escapada: US$ 54.00 de descuento (15%).",
        "discount_percentage": Decimal("15.00"),
        "discount_amount_usd": Decimal("54.00"),
        "discount_amount_sol": Decimal("201.15"),
        "code_used": None,
        "apply_only_to_base_price": True,
    }
    assert "code_result" not in house


def test_a_mistyped_code_costs_no_other_discount(api: Api) -> None:
    """D-05."""
    store(api, make_rule("Escapada"))
    house = in_c1(api, discount_code="NOPE")
    assert house["discount_applied"]["type"] == "automatic"
    assert house["code_result"]["status"] == "refused"


def test_a_refused_code_alone_is_an_error_in_words(api: Api) -> None:
    store(api, make_code(min_amount_usd=Decimal("500.00")))
    house = in_c1(api, discount_code="TEN")
    assert house["discount_applied"]["type"] == "error"
    assert house["discount_applied"]["discount_amount_usd"] == 0
    assert house["code_result"] == {
        "status": "refused",
        "reason": "code_below_minimum",
        "message": "Vale desde US$ 500.00.",
    }
    assert house["discount_applied"]["description"] == house["code_result"]["message"]


def test_a_code_of_another_house_names_the_houses_where_it_is_valid(api: Api) -> None:
    store(api, make_code(houses=frozenset({C2})))
    found = in_c1(api, discount_code="TEN")["code_result"]
    assert (found["reason"], found["message"]) == ("code_wrong_property", "Vale solo en Casa 2.")


@pytest.mark.parametrize(
    ("policy", "status", "kind", "message"),
    [
        pytest.param(
            CodeVsAutomatic.CODE_WINS,
            "applied",
            "discount_code",
            "El código se aplicó. Sin él descontaría más: Escapada: US$ 63.00 de descuento (15%).",
            id="code_wins",
        ),
        pytest.param(
            CodeVsAutomatic.BEST_FOR_GUEST,
            "superseded",
            "automatic",
            "Otro descuento es mayor: se aplica ese, y el código queda sin usar.",
            id="best_for_guest",
        ),
    ],
)
def test_a_code_beside_a_better_rule(
    sqlite_database: Database,
    open_api: Opener,
    policy: CodeVsAutomatic,
    status: str,
    kind: str,
    message: str,
) -> None:
    with open_api(sqlite_database, world={"policy": Policy(code_vs_automatic=policy)}) as api:
        store(api, make_code(), make_rule("Escapada"))
        house = in_c1(api, discount_code="TEN")
    assert (house["code_result"]["status"], house["discount_applied"]["type"]) == (status, kind)
    assert house["code_result"]["message"] == message


def test_staff_see_the_inner_reason_and_what_was_considered(api_everywhere: Api) -> None:
    store(
        api_everywhere,
        make_code(book_window=ENDED),
        make_rule("Escapada"),
        make_rule("Vuelve", "20.00", Source.RETURNING, houses=frozenset({C2})),
    )
    data = quote(api_everywhere, staff=True, discount_code="TEN", client_id=ANA)
    assert_shape("quote_for_staff", data)
    (house,) = data["properties"]
    assert house["code_result"] == {
        "status": "refused",
        "reason": "code_expired",
        "message": "Venció el mar 31 mar 2026.",
    }
    considered = {one["name"]: one for one in house["discount_candidates"]}
    assert considered["TEN"]["reason"] == "code_expired"
    assert (considered["Escapada"]["won"], considered["Escapada"]["reason"]) == (True, None)
    assert considered["Escapada"]["discount_amount_usd"] == Decimal("63.00")
    assert "Vuelve" not in considered, "Ana has not been here, whatever the house"
    assert "discount_candidates" not in in_c1(api_everywhere, discount_code="TEN")


def test_a_client_s_own_discounts_need_the_client(api: Api) -> None:
    store(api, make_rule("Primera vez", "20.00", Source.FIRST_TIME), make_code("MINE", client=ANA))
    assert "discount_applied" not in in_c1(api)
    assert in_c1(api, staff=True, client_id=ANA)["discount_applied"]["type"] == "automatic"
    mine = in_c1(api, staff=True, client_id=ANA, discount_code="MINE")
    assert mine["discount_applied"]["code_used"] == "MINE"


# What a stranger cannot tell from a code that does not exist; each is spelled with five letters.
SECRET = (
    make_code("ENDED", book_window=ENDED),
    make_code("LATER", book_window=LATER),
    make_code("OFFED", is_active=False),
    make_code("HERS1", client=BRUNO.id),
    make_code("HERS2", client=BRUNO.id, min_amount_usd=Decimal("9000.00")),
    make_code("HERS3", client=BRUNO.id, houses=frozenset({C2})),
    make_code("HERS4", client=BRUNO.id, weekdays=frozenset({0})),
    make_code("HERS5", client=BRUNO.id, book_window=ENDED),
    make_code("HERS6", client=BRUNO.id, per_client_limit=1),
    make_code("USED1", client=BRUNO.id, usage_limit=1),
)


@pytest.fixture
def secretive(api_everywhere: Api) -> Api:
    """Codes of every kind that is nobody else's business; the one of Bruno's is used up."""
    store(api_everywhere, *SECRET, people=(make_client("Bruno", "Salas"),))
    api_everywhere.sold("2026-06-10", "2026-06-12", client=BRUNO.id, code="USED1")
    return api_everywhere


def as_strangers_see(api: Api, code: str) -> tuple[str, str]:
    """Header and body of the answer without what names it, and the code's own spelling."""
    answer = api.get(PRICING, **WEEKEND, discount_code=code)
    assert answer.status_code == 200
    body = answer.json()
    del body["data"]["quote_id"], body["data"]["expires_at"]
    headers = {name: value for name, value in answer.headers.items() if name not in {"x-request-id", "date"}}
    return json.dumps(headers), json.dumps(body).replace(code, "*")


def test_a_stranger_cannot_tell_a_secret_code_from_one_that_does_not_exist(secretive: Api) -> None:
    unknown = as_strangers_see(secretive, "NOPE1")
    assert '"code_not_valid"' in unknown[1]
    for code in SECRET:
        assert as_strangers_see(secretive, code.name) == unknown, code.name
    assert as_strangers_see(secretive, "<?/+>") == unknown, "no code at all"


def test_a_secret_code_costs_the_same_work(secretive: Api) -> None:
    sent = []
    for code in ("NOPE1", *(one.name for one in SECRET)):
        as_strangers_see(secretive, code)
        with counting(secretive.database) as statements:
            as_strangers_see(secretive, code)
        sent.append(list(statements.sent))
    assert len(sent[0]) == 3
    assert all(one == sent[0] for one in sent), sent


def test_booking_with_a_secret_code_tells_nothing_either(secretive: Api) -> None:
    def answer(code: str) -> tuple[Any, list[str]]:
        book(secretive, discount_code=code)
        with counting(secretive.database) as statements:
            response = book(secretive, discount_code=code)
        assert response.status_code == 409, response.text
        body = response.json()
        del body["quote"]["quote_id"], body["quote"]["expires_at"]
        return body, list(statements.sent)

    unknown, sent = answer("NOPE1")
    assert unknown["code"] == unknown["error_code"] == "price_changed"
    (house,) = unknown["quote"]["properties"]
    assert house["code_result"]["reason"] == "code_not_valid"
    for code in SECRET:
        assert answer(code.name) == (unknown, sent), code.name


def test_the_route_of_staff_says_what_staff_may_know(secretive: Api) -> None:
    body = book(secretive, "/reservations/", discount_code="HERS1").json()
    (house,) = body["quote"]["properties"]
    assert house["code_result"]["reason"] == "code_not_yours"
    assert [one["name"] for one in house["discount_candidates"]] == ["HERS1"]


def test_the_client_of_a_code_is_told_the_reason(secretive: Api) -> None:
    body = book(secretive, client=str(BRUNO.id), discount_code="HERS5").json()
    assert body["quote"]["properties"][0]["code_result"]["reason"] == "code_expired"


def test_a_quote_with_a_code_is_not_remembered(api_everywhere: Api) -> None:
    """Neither for another who sends no code, nor for the next who sends it."""
    store(api_everywhere, make_code(usage_limit=1))
    assert "discount_applied" not in in_c1(api_everywhere)
    assert in_c1(api_everywhere, discount_code="TEN")["code_result"]["status"] == "applied"
    assert "discount_applied" not in in_c1(api_everywhere)
    api_everywhere.sold("2026-06-10", "2026-06-12", code="TEN")
    assert in_c1(api_everywhere, discount_code="TEN")["code_result"]["reason"] == "code_exhausted"
    assert in_c1(api_everywhere, staff=True, client_id=ANA)["client_benefits"]
    assert "client_benefits" not in in_c1(api_everywhere)


def test_a_remembered_quote_ends_with_the_day_and_with_the_rules(
    api_everywhere: Api, clock: FixedClock
) -> None:
    store(api_everywhere, make_rule("Último minuto", "10.00", Source.LAST_MINUTE))
    tomorrow = {"check_in_date": "2026-04-08", "check_out_date": "2026-04-10"}
    assert "discount_applied" not in in_c1(api_everywhere, **tomorrow)
    clock.advance(timedelta(days=1))
    assert in_c1(api_everywhere, **tomorrow)["discount_applied"]["discount_percentage"] == 10
    store(api_everywhere, make_rule("Escapada", "30.00"))
    assert in_c1(api_everywhere, **tomorrow)["discount_applied"]["discount_percentage"] == 30


def test_the_statements_of_a_quote_stay_few(api_everywhere: Api) -> None:
    """Two warm for a stranger, one more for a code, three more for a client, whatever exists."""
    codes = [make_code(f"CODE{number}", houses=frozenset({C1, C2})) for number in range(20)]
    store(api_everywhere, *codes, *(make_rule(f"Regla {number}") for number in range(10)))
    expected = {
        "stranger": (2, False, {}),
        "stranger with a code": (3, False, {"discount_code": "CODE7"}),
        "client with a code": (6, True, {"discount_code": "CODE7", "client_id": ANA}),
    }
    for name, (most, staff, asked) in expected.items():
        quote(api_everywhere, staff=staff, **asked)
        with counting(api_everywhere.database) as statements:
            quote(api_everywhere, staff=staff, **asked)
        assert len(statements) == most, (name, statements.sent)


@pytest.mark.parametrize("path", [BOOK, "/reservations/"])
def test_a_stay_is_booked_with_a_code(api_everywhere: Api, path: str) -> None:
    store(api_everywhere, make_code(usage_limit=1))
    quoted = quote(api_everywhere, discount_code="TEN")
    response = book(api_everywhere, path, discount_code="ten", quote_id=quoted["quote_id"])
    assert response.status_code == 201, response.text
    body = response.json()
    sold = body.get("reservation", body)
    assert (sold["price_usd"], sold["price_sol"]) == ("378.00", "1408.05")
    assert sold["discount_code_used"] == "TEN"
    shown = api_everywhere.send("GET", f"/reservations/{sold['id']}/").json()
    assert shown["discount_code_used"] == "TEN"
    after = in_c1(
        api_everywhere, discount_code="TEN", check_in_date="2026-05-15", check_out_date="2026-05-17"
    )
    assert after["code_result"]["reason"] == "code_exhausted"


@pytest.mark.parametrize("path", [BOOK, "/reservations/"])
def test_a_refused_code_stops_the_booking_unless_that_is_accepted(api_everywhere: Api, path: str) -> None:
    """R42: valid from Sunday to Thursday, for a Friday."""
    store(api_everywhere, make_code(weekdays=frozenset({6, 0, 1, 2, 3})))
    refused = book(api_everywhere, path, discount_code="TEN")
    assert refused.status_code == 409
    body = refused.json()
    assert body["code"] == "price_changed"
    (house,) = body["quote"]["properties"]
    assert (house["code_result"]["status"], house["code_result"]["reason"]) == (
        "refused",
        "code_day_not_allowed",
    )
    assert house["final_price_usd"] == 420.0
    assert "discount_candidates" in house if path != BOOK else "discount_candidates" not in house
    assert_shape(f"code_refused{'' if path == BOOK else '_for_staff'}", body)
    accepted = book(
        api_everywhere,
        path,
        discount_code="TEN",
        accept_without_discount=True,
        quote_id=body["quote"]["quote_id"],
    )
    assert accepted.status_code == 201, accepted.text
    sold = accepted.json()
    sold = sold.get("reservation", sold)
    assert (sold["price_usd"], sold["discount_code_used"]) == ("420.00", None)


@pytest.mark.parametrize("origin", ["air", "man"])
def test_what_others_sell_takes_no_code(api: Api, origin: str) -> None:
    store(api, make_code())
    client = "" if origin == "man" else str(ANA)
    assert book(api, "/reservations/", origin=origin, client=client, discount_code="TEN").status_code == 400


def test_a_price_agreed_by_hand_takes_no_code(api: Api) -> None:
    store(api, make_code())
    agreed = {"price_usd": "400.00", "price_override_reason": "vuelve cada año"}
    assert book(api, "/reservations/", discount_code="TEN", **agreed).status_code == 400


@pytest.mark.parametrize("nothing", ["", None])
def test_staff_take_a_code_away(api_everywhere: Api, nothing: str | None) -> None:
    store(api_everywhere, make_code(usage_limit=1))
    sold = book(api_everywhere, "/reservations/", discount_code="TEN").json()
    address = f"/reservations/{sold['id']}/"

    kept = api_everywhere.send("PATCH", address, json={"guests": 3}).json()
    assert (kept["price_usd"], kept["discount_code_used"]) == ("360.00", "TEN")
    dropped = api_everywhere.send("PATCH", address, json={"discount_code": nothing})
    assert dropped.status_code == 200, dropped.text
    assert (dropped.json()["price_usd"], dropped.json()["discount_code_used"]) == ("400.00", None)
    later = {"check_in_date": "2026-05-15", "check_out_date": "2026-05-17"}
    assert in_c1(api_everywhere, discount_code="TEN", **later)["code_result"]["status"] == "applied"


def test_a_code_cannot_be_put_on_a_stay_afterwards(api: Api) -> None:
    store(api, make_code())
    sold = book(api, "/reservations/").json()
    response = api.send("PATCH", f"/reservations/{sold['id']}/", json={"discount_code": "TEN"})
    assert response.status_code == 400
    assert list(response.json()) == ["discount_code"]


def test_one_use_is_one_booking(api_everywhere: Api) -> None:
    store(api_everywhere, make_code(usage_limit=1))
    first = book(api_everywhere, "/reservations/", discount_code="TEN")
    second = book(
        api_everywhere,
        "/reservations/",
        discount_code="TEN",
        check_in_date="2026-05-15",
        check_out_date="2026-05-17",
    )
    assert (first.status_code, second.status_code) == (201, 409)
    (house,) = second.json()["quote"]["properties"]
    assert house["code_result"]["reason"] == "code_exhausted"


def test_a_house_without_a_price_tells_nothing_of_a_code(sqlite_database: Database, open_api: Opener) -> None:
    with open_api(sqlite_database) as api:
        store(api, make_code(), replace(make_code("ENDED"), book_window=ENDED))

        def unpriced(work: Any) -> None:
            from casaaustin.properties.service import edit_house

            edit_house(work, "casa-5", precio_desde=None)

        api.database.write(unpriced, actor=api.actor)
        found = [
            api.get(PRICING, **WEEKEND, discount_code=code).json()["data"]["properties"][-1]
            for code in ("TEN", "ENDED", "NOPE")
        ]
    assert found[0]["discount_applied"]["type"] == "none"
    assert found[0]["code_result"]["reason"] == "price_missing"
    assert found[0] == found[1] == found[2]
