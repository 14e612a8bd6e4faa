"""Airbnb income over HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.contract.conftest import Api
from tests.contract.shapes import assert_shape
from tests.support.world import C1, C2

APRIL = {"property": str(C1), "month": 4, "year": 2026, "profit_sol": "1500.50"}


@pytest.mark.parametrize("path", ["/profit/", "/profit-airbnb/"])
def test_an_income_is_entered_corrected_and_deleted(api_everywhere: Api, path: str) -> None:
    api = api_everywhere
    entered = api.send("POST", path, json=APRIL)
    assert entered.status_code == 201, entered.text
    assert_shape("profit", entered.json())
    assert entered.json()["profit_sol"] == "1500.50"
    address = f"{path}{entered.json()['id']}/"
    assert api.send("PATCH", address, json={"profit_sol": 1600}).json()["profit_sol"] == "1600.00"
    assert api.send("PUT", address, data={**APRIL, "month": "5"}).json()["month"] == 5
    assert api.send("GET", address).json()["month"] == 5
    assert api.send("DELETE", address).status_code == 204
    assert api.send("GET", address).status_code == 404


def test_a_month_has_one_income(api_everywhere: Api) -> None:
    api = api_everywhere
    first = api.send("POST", "/profit/", json=APRIL).json()
    again = api.send("POST", "/profit/", json=APRIL)
    assert (again.status_code, again.json()["code"]) == (409, "profit_exists")
    other = api.send("POST", "/profit/", json={**APRIL, "month": 5}).json()
    clash = api.send("PATCH", f"/profit/{other['id']}/", json={"month": 4})
    assert clash.status_code == 409
    api.send("DELETE", f"/profit/{first['id']}/")
    back = api.send("POST", "/profit/", json={**APRIL, "profit_sol": "2.00"})
    assert (back.status_code, back.json()["profit_sol"]) == (201, "2.00")


def test_the_list_is_of_a_month_or_of_all(api: Api) -> None:
    for month in (4, 5):
        for house in (C1, C2):
            api.send("POST", "/profit/", json={**APRIL, "property": str(house), "month": month})
    everything = api.send("GET", "/profit/").json()
    assert_shape("profits", everything)
    assert everything["count"] == 4
    april = api.send("GET", "/profit/?year=2026&month=4&page_size=none").json()
    assert [one["month"] for one in april] == [4, 4]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("year=2026", "error_month_param"),
        ("month=4", "error_year_param"),
        ("year=2026&month=13", "error_month_param"),
        ("year=0&month=4", "error_year_param"),
        ("year=x&month=4", "error_year_param"),
    ],
)
def test_a_faulty_month_goes_by_its_old_name(api: Api, query: str, named: str) -> None:
    response = api.send("GET", f"/profit/?{query}")
    assert response.status_code == 400
    assert list(response.json()) == [named]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"month": 0}, 400),
        ({"month": "abril"}, 400),
        ({"year": 3000}, 400),
        ({"profit_sol": "-1"}, 400),
        ({"profit_sol": "1.005"}, 400),
        ({"profit_sol": 1e300}, 400),
        ({"profit_sol": None}, 201),
        ({"property": str(uuid4())}, 404),
        ({"property": "casa-1"}, 400),
        ({"property": None}, 400),
    ],
)
def test_faulty_incomes(api: Api, change: dict[str, Any], status: int) -> None:
    assert api.send("POST", "/profit/", json={**APRIL, **change}).status_code == status
