"""The availability check and the calendar of a house."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from casaaustin.register.models import Reservation
from casaaustin.reservations.ending import cancel
from tests.contract.conftest import Api
from tests.contract.shapes import assert_shape
from tests.support.world import C1

CHECK = "/prop/check-avaible/"
NIGHTS = {"property": str(C1), "check_in_date": "2026-04-10", "check_out_date": "2026-04-12"}


@pytest.mark.parametrize("kind", ["json", "data"])
def test_free_taken_and_left_out(api_everywhere: Api, kind: str) -> None:
    api = api_everywhere
    free = api.send("POST", CHECK, **{kind: NIGHTS})
    assert (free.status_code, free.json()["condition"]) == (200, True)
    assert_shape("check", free.json())

    sold = api.sold("2026-04-10", "2026-04-12")
    taken = api.send("POST", CHECK, **{kind: NIGHTS})
    assert (taken.status_code, taken.json()["condition"]) == (404, False)
    assert_shape("check", taken.json())
    own = api.send("PATCH", CHECK, **{kind: {**NIGHTS, "reservation_id": str(sold)}})
    assert (own.status_code, own.json()["condition"]) == (200, True)
    other = api.send("PATCH", CHECK, **{kind: {**NIGHTS, "reservation_id": str(uuid4())}})
    assert other.status_code == 404


def test_a_cancelled_stay_blocks_nothing(api: Api) -> None:
    """W46 (d), docs/migrating.md, D-42."""
    sold = api.sold("2026-04-10", "2026-04-12")
    api.database.write(
        lambda work: cancel(work, work.session.get_one(Reservation, sold), reason="guest is ill"),
        actor=api.actor,
    )
    assert api.send("POST", CHECK, json=NIGHTS).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"property": None},
        {"property": "casa-1"},
        {"check_in_date": None},
        {"check_out_date": "12/04/2026"},
        {"check_out_date": "2026-04-10"},
        {"check_out_date": ["2026-04-12"]},
        {"property": {"id": 1}},
    ],
)
def test_a_faulty_check_is_400_with_a_code(api: Api, change: dict[str, Any]) -> None:
    response = api.send("POST", CHECK, json={**NIGHTS, **change})
    assert response.status_code == 400
    assert response.json()["code"]
    assert "condition" not in response.json()


def test_an_unknown_house_is_not_free(api: Api) -> None:
    response = api.send("POST", CHECK, json={**NIGHTS, "property": str(uuid4())})
    assert (response.status_code, response.json()["condition"]) == (404, False)


def calendar(api: Api, house: Any = "casa-1", *, staff: bool = False, **query: Any) -> Any:
    return api.get(f"/property/{house}/calendar-occupancy/", staff=staff, **query)


def test_the_calendar_is_half_open_and_names_nobody(api_everywhere: Api) -> None:
    api = api_everywhere
    reservation = api.sold("2026-04-10", "2026-04-12", late_checkout=False)
    public = calendar(api, year=2026, month=4).json()
    assert public == {
        "success": True,
        "data": {
            "property_id": "casa-1",
            "occupancy": [{"start_date": "2026-04-10", "end_date": "2026-04-12", "status": "confirmed"}],
        },
    }
    (told,) = calendar(api, C1, staff=True, year=2026).json()["data"]["occupancy"]
    assert (told["guest_name"], told["reservation_id"], told["origin"]) == ("Ana Q.", str(reservation), "aus")
    assert calendar(api, year=2026, month=4, day=11).json()["data"]["occupancy"]
    assert not calendar(api, year=2026, month=4, day=12).json()["data"]["occupancy"]


def test_a_late_checkout_ends_a_day_later(api: Api) -> None:
    """R28: one entry, until the first free night."""
    api.sold("2026-04-17", "2026-04-19", late_checkout=True)
    (entry,) = calendar(api, year=2026, month=4).json()["data"]["occupancy"]
    assert (entry["start_date"], entry["end_date"]) == ("2026-04-17", "2026-04-20")


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"year": 0},
        {"year": 3000},
        {"year": "x"},
        {"year": 2026, "month": 13},
        {"year": 2026, "day": 1},
        {"year": 2026, "month": 2, "day": 30},
        {"year": 2025, "month": 2, "day": 29},
    ],
)
def test_a_faulty_calendar_says_so(api: Api, query: dict[str, Any]) -> None:
    response = calendar(api, **query)
    assert response.status_code == 400
    assert response.json()["success"] is False
    assert response.json()["error"]


@pytest.mark.parametrize("house", ["casa-9", uuid4(), "1"])
def test_the_calendar_of_an_unknown_house(api: Api, house: Any) -> None:
    assert calendar(api, house, year=2026).status_code == 404
