"""Houses over HTTP: lists, pages, one house, and what nobody may see."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from casaaustin.db.work import Work
from casaaustin.properties.models import Property, PropertyPhoto
from tests.contract.conftest import ANA, Api
from tests.contract.shapes import assert_shape
from tests.support.counting import counting
from tests.support.world import C1, C2

PRIVATE = {
    "airbnb_url": "https://canary.example/airbnb",
    "on_temperature_pool_url": "https://canary.example/on",
    "off_temperature_pool_url": "https://canary.example/off",
    "guest_instructions": "canary: the key is under the stone",
}


@pytest.fixture
def furnished(api_everywhere: Api) -> Api:
    """C1 with every field filled in, private ones with canaries, and two photos."""

    def furnish(work: Work) -> None:
        house = work.session.get_one(Property, C1)
        public = {
            "titulo": "Frente al mar",
            "descripcion": "Grande y tranquila",
            "location": "Playa Ñusta",
            "capacity_sleep": 10,
            "dormitorios": 4,
            "banos": 3,
            "detalle_dormitorios": {"1": ["cama doble"]},
            "caracteristicas": ["piscina", "parrilla"],
            "precio_desde": Decimal("99.50"),
            "player_id": "ca1",
            "exchange_class": 2,
            "zone": "sur",
        }
        for name, value in {**public, **PRIVATE}.items():
            setattr(house, name, value)
        for order in (2, 1):
            work.session.add(
                PropertyPhoto(property_id=C1, image_url=f"https://img.example/{order}.jpg", order=order)
            )

    api_everywhere.database.write(furnish, actor=api_everywhere.actor)
    return api_everywhere


def test_the_list_of_houses(furnished: Api) -> None:
    response = furnished.get("/property/")
    page = response.json()
    assert_shape("houses", page)
    assert [house["name"] for house in page["results"]] == [f"Casa {number}" for number in range(1, 6)]
    assert response.text.startswith('{"exchange_rate":3.725,')
    assert page["results"][0]["precio_desde"] == "99.50"
    assert page["results"][0]["main_photo"]["image_url_final"] == "https://img.example/1.jpg"


def test_one_house(furnished: Api) -> None:
    house = furnished.get("/property/casa-1/").json()
    assert_shape("house", house)
    assert [photo["order"] for photo in house["photos"]] == [1, 2]
    assert house["precio_extra_persona"] == "10.00"


@pytest.mark.parametrize(
    "path",
    [
        "/property/",
        "/property/?page_size=none",
        "/property/casa-1/",
        "/photos/",
        f"/properties/{C1}/photos/",
        "/property/casa-1/calendar-occupancy/?year=2026",
        "/properties/calculate-pricing/?check_in_date=2026-04-17&check_out_date=2026-04-19",
        f"/properties/calculate-late-checkout/?property_id={C1}&checkout_date=2026-04-19",
        "/schema/",
        "/schema/docs/",
    ],
)
def test_public_answers_tell_no_secret(furnished: Api, path: str) -> None:
    """Canaries in private columns, guests and reservations: none comes out anywhere."""
    reservation = furnished.sold("2026-04-10", "2026-04-12", comments="canary comment", phone="+51999000222")
    text = furnished.client.get(f"/api/v1{path}").text
    told = ["canary", "Ana", "Quispe", "999000", str(ANA), ANA.hex, str(reservation), reservation.hex]
    assert [one for one in told if one in text] == []


def test_a_new_column_leaks_nowhere(furnished: Api) -> None:
    """The fields of a house are a list that somebody wrote, not whatever the table has."""
    columns = set(Property.model_fields)
    shown = set(furnished.get("/property/casa-1/").json())
    assert shown - {"photos", "main_photo"} == columns - set(PRIVATE) - {"created", "updated", "deleted"}
    listed = set(furnished.get("/property/").json()["results"][0])
    assert listed < shown
    assert "titulo" not in listed


@pytest.mark.parametrize(
    ("query", "names"),
    [
        pytest.param({"search": "casa 2"}, ["Casa 2"], id="whatever the case"),
        pytest.param({"search": "nothing"}, [], id="nothing"),
        pytest.param({"page_size": 2, "page": 3}, ["Casa 5"], id="the last page"),
    ],
)
def test_searching_and_paging(api: Api, query: dict[str, Any], names: list[str]) -> None:
    assert [house["name"] for house in api.get("/property/", **query).json()["results"]] == names


def test_pages_are_linked(api: Api) -> None:
    page = api.get("/property/", page_size=2, page=2, search="casa").json()
    assert (page["count"], page["actual"], page["total_paginas"]) == (5, 2, 3)
    for name, number in (("next", 3), ("previous", 1)):
        followed = api.client.get(page[name]).json()
        assert followed["actual"] == number
        assert "search=casa" in page[name]
    first = api.get("/property/", page_size=5).json()
    assert (first["next"], first["previous"]) == (None, None)


def test_a_page_that_is_not_there(api: Api) -> None:
    response = api.get("/property/", page=2)
    assert response.status_code == 404
    assert response.json()["detail"]


def test_everything_at_once(api: Api) -> None:
    everything = api.get("/property/", page_size="none").json()
    assert list(everything) == ["exchange_rate", "results"]
    assert len(everything["results"]) == 5


def test_a_deleted_house_is_gone(api: Api) -> None:
    def delete(work: Work) -> None:
        work.session.get_one(Property, C2).deleted = True

    api.database.write(delete, actor=api.actor)
    assert api.get("/property/").json()["count"] == 4
    missing = api.get("/property/casa-2/")
    assert missing.status_code == 404
    assert missing.json()["detail"]
    assert api.get(f"/properties/{C2}/photos/").status_code == 404


def test_a_list_costs_three_statements(api: Api) -> None:
    api.get("/property/")
    with counting(api.database) as statements:
        api.get("/property/")
    assert len(statements) == 3, statements.sent
