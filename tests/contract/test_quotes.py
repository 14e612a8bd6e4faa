"""Quotes and late checkout over HTTP: worked examples by number, shapes, and the table of errors."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete

from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database
from casaaustin.pricing.late_checkout import LateCheckoutRule
from casaaustin.pricing.models import ExchangeRate
from casaaustin.vocabulary import ReductionType
from tests.contract.conftest import ANA, Api, Opener
from tests.contract.shapes import assert_shape
from tests.support.counting import counting
from tests.support.world import BREAKFAST, C1, C2, C3, C4, C5, POOL_HEATING, SUNDAY, TRANSFER

PRICING = "/properties/calculate-pricing/"
LATE = "/properties/calculate-late-checkout/"


def exactly(response: Any) -> Any:
    """The answer with its numbers as they are written."""
    assert response.status_code == 200, response.text
    return json.loads(response.text, parse_float=Decimal)["data"]


def quote(api: Api, check_in: str, check_out: str, guests: int = 1, **more: Any) -> Any:
    asked = {"check_in_date": check_in, "check_out_date": check_out, "guests": guests, **more}
    return exactly(api.get(PRICING, **asked))


@pytest.mark.parametrize(
    ("house", "check_in", "check_out", "guests", "base", "extra", "subtotal", "soles"),
    [
        pytest.param(C1, "2026-04-13", "2026-04-15", 1, "220.00", "0.00", "220.00", "819.50", id="W01"),
        pytest.param(C1, "2026-04-17", "2026-04-19", 4, "360.00", "60.00", "420.00", "1564.50", id="W02"),
        pytest.param(C1, "2026-04-16", "2026-04-20", 2, "580.00", "40.00", "620.00", None, id="W03"),
        pytest.param(C1, "2027-03-13", "2027-03-17", 1, "670.00", "0.00", "670.00", None, id="W04"),
        pytest.param(C2, "2026-12-30", "2027-01-02", 1, "600.00", "0.00", "600.00", None, id="W05"),
        pytest.param(C1, "2026-12-30", "2027-01-02", 6, "850.00", "150.00", "1000.00", None, id="W06"),
        pytest.param(C1, "2026-05-01", "2026-05-03", 2, "440.00", "20.00", "460.00", None, id="W07"),
        pytest.param(C1, "2028-02-28", "2028-03-01", 1, "350.00", "0.00", "350.00", None, id="W08a"),
        pytest.param(C1, "2027-02-28", "2027-03-01", 1, "160.00", "0.00", "160.00", None, id="W08b"),
        pytest.param(C5, "2027-03-14", "2027-03-17", 3, "381.01", "72.00", "453.01", None, id="W09"),
        pytest.param(C4, "2026-07-27", "2026-07-30", 5, "650.50", "180.00", "830.50", "3093.61", id="W10"),
    ],
)
def test_the_price_of_a_stay(
    database: Database,
    open_api: Opener,
    house: UUID,
    check_in: str,
    check_out: str,
    guests: int,
    base: str,
    extra: str,
    subtotal: str,
    soles: str | None,
) -> None:
    with open_api(database, world={"leap_day": "02-2" in check_in}) as api:
        data = quote(api, check_in, check_out, guests, property_id=house)

    (found,) = data["properties"]
    assert str(found["base_price_usd"]) == base
    assert str(found["extra_person_total_usd"]) == extra
    assert str(found["subtotal_usd"]) == str(found["final_price_with_services_usd"]) == subtotal
    assert sum(night["base_usd"] for night in found["nightly"]) == Decimal(base)
    assert len(found["nightly"]) == found["total_nights"] == data["total_nights"]
    if soles is not None:
        assert str(found["subtotal_sol"]) == soles
    assert str(data["exchange_rate"]) == "3.725"
    assert found["available"]


@pytest.mark.parametrize(
    ("departure", "guests", "choices", "expected"),
    [
        pytest.param("2026-04-19", 4, {}, "140.00 21.00 119.00 521.50 78.22 443.28", id="W37"),
        pytest.param("2026-04-20", 1, {}, "110.00 0.00 110.00 409.75 0.00 409.75", id="W38c"),
        pytest.param(
            "2026-04-19",
            4,
            {"sunday": LateCheckoutRule(SUNDAY, True, ReductionType.FIXED, Decimal("200.00"))},
            "140.00 140.00 0.00 521.50 521.50 0.00",
            id="W39",
        ),
    ],
)
def test_a_late_checkout_that_is_sold(
    database: Database,
    open_api: Opener,
    departure: str,
    guests: int,
    choices: dict[str, Any],
    expected: str,
) -> None:
    with open_api(database, world=choices) as api:
        data = exactly(api.get(LATE, property_id=C1, checkout_date=departure, guests=guests))

    assert data["is_available"] is True
    assert data["until"] == "20:00"
    names = ("base_price", "discount_amount", "late_checkout_price")
    found = [str(data[f"{name}_{currency}"]) for currency in ("usd", "sol") for name in names]
    assert found == expected.split()


def test_a_late_checkout_on_a_day_that_is_not_sold(api: Api) -> None:
    data = exactly(api.get(LATE, property_id=C1, checkout_date="2026-04-17"))
    assert (data["is_available"], data["reason"]) == (False, "late_day_not_allowed"), "W38a"
    assert data["checkout_day"] == "viernes"
    assert_shape("late_checkout_refused", data)


def test_a_late_checkout_whose_night_is_taken(api_everywhere: Api) -> None:
    api_everywhere.sold("2026-04-19", "2026-04-21")
    data = exactly(api_everywhere.get(LATE, property_id=C1, checkout_date="2026-04-19"))
    assert (data["is_available"], data["reason"]) == (False, "late_night_taken"), "W38b"


@pytest.mark.parametrize(
    ("check_in", "check_out", "spoiled"),
    [
        pytest.param("2026-12-29", "2026-12-31", "2026-12-31", id="W43a"),
        pytest.param("2026-12-28", "2026-12-31", "2026-12-31", id="W43b"),
        pytest.param("2026-12-30", "2027-01-02", None, id="W43c"),
        pytest.param("2026-12-31", "2027-01-03", None, id="W43d"),
        pytest.param("2027-01-01", "2027-01-03", "2026-12-31", id="W43e"),
        pytest.param("2027-01-03", "2027-01-05", None, id="W43f"),
        pytest.param("2026-12-26", "2026-12-29", "2026-12-25", id="W43g"),
    ],
)
def test_minimum_nights_refuse_one_house_and_not_the_search(
    api: Api, check_in: str, check_out: str, spoiled: str | None
) -> None:
    data = quote(api, check_in, check_out)
    of_house = {house["property_slug"]: house for house in data["properties"]}
    reasons = of_house["casa-1"]["unavailable_reasons"]
    if spoiled is None:
        assert (of_house["casa-1"]["available"], reasons) == (True, [])
    else:
        assert [(one["code"], one["date"]) for one in reasons] == [("min_nights", spoiled)]
    assert of_house["casa-3"]["available"]


@pytest.mark.parametrize(
    ("check_in", "check_out", "late", "is_free"),
    [
        pytest.param("2026-04-12", "2026-04-14", False, True, id="W45a"),
        pytest.param("2026-04-08", "2026-04-10", False, True, id="W45b"),
        pytest.param("2026-04-11", "2026-04-12", False, False, id="W45c"),
        pytest.param("2026-04-09", "2026-04-13", False, False, id="W45d"),
        pytest.param("2026-04-12", "2026-04-14", True, False, id="W45e"),
    ],
)
def test_stays_are_half_open(
    api_everywhere: Api, check_in: str, check_out: str, late: bool, is_free: bool
) -> None:
    api_everywhere.sold("2026-04-10", "2026-04-12", late_checkout=late)
    (house,) = quote(api_everywhere, check_in, check_out, property_id=C1)["properties"]
    assert house["available"] is is_free


def test_capacity_is_a_reason_beside_a_price(api: Api) -> None:
    """W47."""
    data = quote(api, "2026-04-17", "2026-04-19", 15)
    assert data["totalCasasDisponibles"] == 3
    assert {house["property_id"]: str(house["subtotal_usd"]) for house in data["properties"]} == {
        str(C1): "640.00",
        str(C2): "820.00",
        str(C3): "1200.00",
        str(C4): "831.50",
        str(C5): "526.50",
    }
    small = [house["property_slug"] for house in data["properties"] if not house["available"]]
    assert small == ["casa-1", "casa-5"]


def test_a_quote_has_its_shape(api: Api) -> None:
    services = ",".join(map(str, (BREAKFAST, POOL_HEATING, TRANSFER)))
    data = quote(api, "2026-04-17", "2026-04-19", 3, additional_services=services, property_id=C1)
    assert_shape("quote", data)
    (house,) = data["properties"]
    assert str(house["selected_services_total_usd"]) == "220.00"
    assert house["services_applied_count"] == 3


def test_a_late_checkout_has_its_shape(api: Api) -> None:
    assert_shape(
        "late_checkout", exactly(api.get(LATE, property_id=C1, checkout_date="2026-04-19", guests=4))
    )


def test_columns_add_up_in_both_currencies(api: Api) -> None:
    services = f"{BREAKFAST},{POOL_HEATING}"
    data = quote(api, "2026-04-16", "2026-04-20", 5, additional_services=services)
    for house in data["properties"]:
        for currency in ("usd", "sol"):
            base, extra = house[f"base_price_{currency}"], house[f"extra_person_total_{currency}"]
            assert base + extra == house[f"subtotal_{currency}"]
            charged = sum(one[f"total_price_{currency}"] for one in house["selected_additional_services"])
            assert charged == house[f"selected_services_total_{currency}"]
            total = house[f"final_price_{currency}"] + charged
            assert total == house[f"final_price_with_services_{currency}"]


def test_amounts_keep_their_decimals(api: Api) -> None:
    text = api.get(PRICING, check_in_date="2026-04-13", check_out_date="2026-04-15").text
    assert '"subtotal_usd":220.00,' in text
    assert '"exchange_rate":3.725,' in text


@pytest.mark.parametrize(
    ("change", "status", "number", "code"),
    [
        pytest.param({"check_in_date": None}, 400, 1, "check_in_date_missing", id="1 no check-in"),
        pytest.param({"check_out_date": None}, 400, 1, "check_out_date_missing", id="1 no check-out"),
        pytest.param({"check_in_date": "17/04/2026"}, 400, 2, "check_in_date_invalid", id="2 format"),
        pytest.param({"check_out_date": "2026-02-30"}, 400, 2, "check_out_date_invalid", id="2 no such day"),
        pytest.param({"check_in_date": "20260417"}, 400, 2, "check_in_date_invalid", id="2 compact"),
        pytest.param({"guests": "0"}, 400, 3, "guests_invalid", id="3 nobody"),
        pytest.param({"guests": "two"}, 400, 3, "guests_invalid", id="3 a word"),
        pytest.param({"guests": "2.5"}, 400, 3, "guests_invalid", id="3 half a guest"),
        pytest.param({"guests": "9" * 400}, 400, 3, "guests_invalid", id="3 a huge number"),
        pytest.param({"guests": "٣"}, 400, 3, "guests_invalid", id="3 digits of another script"),
        pytest.param({"property_id": str(uuid4())}, 404, 4, "house_not_found", id="4"),
        pytest.param({"property_id": "casa-1"}, 400, 5, "property_id_invalid", id="5"),
        pytest.param({"client_id": str(uuid4())}, 403, 6, "client_not_yours", id="6 not staff"),
        pytest.param({"client_id": "ana"}, 400, 7, "client_id_invalid", id="7"),
        pytest.param({"check_in_date": "2026-04-05"}, 400, 8, "check_in_past", id="8"),
        pytest.param(
            {"check_out_date": "2026-04-17"}, 400, 9, "check_out_not_after_check_in", id="9 same day"
        ),
        pytest.param({"check_out_date": "2026-04-16"}, 400, 9, "check_out_not_after_check_in", id="9 before"),
        pytest.param({"additional_services": str(uuid4())}, 400, 11, "service_unknown", id="11"),
        pytest.param({"additional_services": ""}, 400, 12, "additional_services_invalid", id="12 empty"),
        pytest.param(
            {"additional_services": "breakfast"}, 400, 12, "additional_services_invalid", id="12 no id"
        ),
        pytest.param({"check_out_date": "2031-01-01"}, 400, 14, "stay_too_long", id="14 too long"),
        pytest.param(
            {"check_in_date": "2030-01-01", "check_out_date": "2030-01-03"},
            400,
            14,
            "too_far_ahead",
            id="14 too far",
        ),
        pytest.param({"discount_code": "x" * 51}, 400, 14, "discount_code_invalid", id="14 long code"),
    ],
)
def test_each_error_of_a_quote(
    api: Api, change: dict[str, str | None], status: int, number: int, code: str
) -> None:
    asked = {"check_in_date": "2026-04-17", "check_out_date": "2026-04-19", **change}
    response = api.get(PRICING, **{name: value for name, value in asked.items() if value is not None})

    body = response.json()
    assert (response.status_code, body["error"], body["code"]) == (status, number, code)
    assert body["success"] is False
    assert body["error_message"] == body["message"] != ""
    assert set(body) == {"success", "error", "error_message", "message", "code"}


@pytest.mark.parametrize(
    ("change", "status", "number"),
    [
        pytest.param({"property_id": None}, 400, 1, id="1 no house"),
        pytest.param({"checkout_date": None}, 400, 1, id="1 no date"),
        pytest.param({"property_id": str(uuid4())}, 404, 2, id="2"),
        pytest.param({"property_id": "casa-1"}, 400, 3, id="3"),
        pytest.param({"checkout_date": "19.04.2026"}, 400, 4, id="4"),
        pytest.param({"checkout_date": "9999-12-31"}, 400, 4, id="4 the end of the calendar"),
        pytest.param({"guests": "-1"}, 400, 5, id="5"),
        pytest.param({"checkout_date": "2026-04-05"}, 400, 7, id="7"),
    ],
)
def test_each_error_of_a_late_checkout(
    api: Api, change: dict[str, str | None], status: int, number: int
) -> None:
    asked = {"property_id": str(C1), "checkout_date": "2026-04-19", **change}
    response = api.get(LATE, **{name: value for name, value in asked.items() if value is not None})
    assert (response.status_code, response.json()["error"]) == (status, number)


@pytest.mark.parametrize("path", [PRICING, LATE])
def test_without_a_rate_nothing_is_invented(api: Api, path: str) -> None:
    def forget(work: Any) -> None:
        from casaaustin.db.tracking import bump

        work.session.connection().execute(delete(table_of(ExchangeRate)))
        bump(work.session)

    api.database.write(forget, actor=api.actor)
    response = api.get(
        path,
        check_in_date="2026-04-17",
        check_out_date="2026-04-19",
        checkout_date="2026-04-19",
        property_id=C1,
    )
    body = response.json()
    assert (response.status_code, body["error"], body["code"]) == (503, 13, "exchange_rate_missing")


def test_a_service_of_another_house_is_remarked_on_in_a_search(
    sqlite_database: Database, open_api: Opener
) -> None:
    with open_api(sqlite_database) as api:

        def only_in_c2(work: Any) -> None:
            from casaaustin.pricing.models import AdditionalServiceProperty

            work.session.add(AdditionalServiceProperty(additional_service_id=POOL_HEATING, property_id=C2))

        api.database.write(only_in_c2, actor=api.actor)
        data = quote(api, "2026-04-17", "2026-04-19", additional_services=str(POOL_HEATING))
        alone = api.get(
            PRICING,
            check_in_date="2026-04-17",
            check_out_date="2026-04-19",
            property_id=C1,
            additional_services=str(POOL_HEATING),
        )
    first, second = data["properties"][:2]
    assert first["services_warning"]
    assert first["warnings"]
    assert first["services_applied_count"] == 0
    assert "services_warning" not in second
    assert second["services_applied_count"] == 1
    assert (alone.status_code, alone.json()["error"]) == (400, 11)
    assert "Pool" not in alone.text, "other services are not listed"


def test_staff_see_the_client_and_nobody_else_does(api_everywhere: Api) -> None:
    for day in (10, 13):
        api_everywhere.sold(f"2026-05-{day}", f"2026-05-{day + 2}")
    asked = {"check_in_date": "2026-04-17", "check_out_date": "2026-04-19", "client_id": str(ANA)}

    public = api_everywhere.get(PRICING, **asked)
    staff = exactly(api_everywhere.get(PRICING, staff=True, **asked))

    assert public.status_code == 403
    assert "Ana" not in public.text
    assert staff["client_info"] == {
        "status": "registered",
        "name": "Ana Quispe",
        "membership_level": "silver",
        "total_reservations": 2,
    }
    assert staff["properties"][0]["client_benefits"]["membership_level"] == "silver"
    unknown = api_everywhere.get(PRICING, staff=True, **{**asked, "client_id": str(uuid4())})
    assert (unknown.status_code, unknown.json()["error"]) == (404, 6)


def test_an_old_rate_warns_staff_only(api: Api, clock: FixedClock) -> None:
    clock.advance(timedelta(days=9))
    assert quote(api, "2026-04-17", "2026-04-19")["warnings"] == []
    asked = {"check_in_date": "2026-04-17", "check_out_date": "2026-04-19"}
    assert exactly(api.get(PRICING, staff=True, **asked))["warnings"] != []


def test_a_warm_quote_of_all_houses_is_two_statements(api_everywhere: Api) -> None:
    quote(api_everywhere, "2026-04-17", "2026-04-19")
    for nights in ("2026-04-17 2026-04-19", "2026-04-17 2026-04-19", "2026-05-02 2026-05-30"):
        with counting(api_everywhere.database) as statements:
            quote(api_everywhere, *nights.split())
        assert len(statements) == 2, statements.sent


def test_a_remembered_quote_never_outlives_what_it_follows_from(
    api_everywhere: Api, clock: FixedClock
) -> None:
    first = quote(api_everywhere, "2026-04-17", "2026-04-19", 4)
    clock.advance(timedelta(days=1))
    later = quote(api_everywhere, "2026-04-17", "2026-04-19", 4)
    assert first["properties"] == later["properties"]
    assert first["expires_at"] < later["expires_at"]
    assert first["quote_id"] != later["quote_id"]

    api_everywhere.sold("2026-04-18", "2026-04-20")
    taken = quote(api_everywhere, "2026-04-17", "2026-04-19", 4)
    assert not taken["properties"][0]["available"]

    def dearer(work: Any) -> None:
        from casaaustin.properties.service import edit_house

        edit_house(work, "casa-2", precio_extra_persona=Decimal("16.00"))

    api_everywhere.database.write(dearer, actor=api_everywhere.actor)
    changed = quote(api_everywhere, "2026-04-17", "2026-04-19", 4)
    assert changed["properties"][1]["subtotal_usd"] == later["properties"][1]["subtotal_usd"] + 6
    assert (
        str(C3) in api_everywhere.get(PRICING, check_in_date="2026-04-17", check_out_date="2026-04-19").text
    )
