"""Instances and answers as JSON: docs/rules/pricing.md, 3.6.7."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from casaaustin.errors import InvalidInput
from casaaustin.moves.documents import answer_to, instance_from, instance_to, read_instance
from casaaustin.moves.instance import House, Instance, Request, Stay
from casaaustin.moves.solve import solve
from tests.support.moves import tiny_instance


def document() -> dict[str, Any]:
    """Two houses, one stay in the larger one, and a request that needs it."""
    return {
        "today": 30,
        "houses": [
            {"id": "C1", "capacity": 12, "features": ["pool"], "rank": 1},
            {"id": "C2", "capacity": 8, "features": ["pool"], "rank": 0},
        ],
        "stays": [
            {
                "id": "A",
                "house": "C1",
                "start": 40,
                "end": 43,
                "guests": 6,
                "features": ["pool"],
                "booked_rank": 1,
                "pinned": False,
            }
        ],
        "request": {"start": 41, "end": 44, "guests": 10, "features": [], "rank": 1},
    }


def test_an_instance_as_it_is_written() -> None:
    pool = frozenset({"pool"})
    assert read_instance(json.dumps(document())) == Instance(
        30,
        (House("C1", 12, pool, 1), House("C2", 8, pool, 0)),
        (Stay("A", "C1", 40, 43, 6, pool, 1),),
        Request(41, 44, 10, rank=1),
    )


def test_the_answer_with_a_plan() -> None:
    assert answer_to(solve(instance_from(document()))) == {
        "class": "plan",
        "moves": [{"stay": "A", "from": "C1", "to": "C2"}],
        "house": "C1",
        "cost": 1_010_090,
        "min_moves": 1,
        "proof": {"lower_bound": 1},
    }


def test_the_answer_that_a_night_forbids_it() -> None:
    asked = document()
    asked["stays"][0]["pinned"] = True
    assert answer_to(solve(instance_from(asked))) == {
        "class": "impossible",
        "moves": [],
        "house": None,
        "cost": None,
        "min_moves": None,
        "proof": {"night": 41, "stays": ["A"], "houses": ["C1"]},
    }


def test_the_answer_that_everything_was_tried() -> None:
    asked = document()
    asked["request"] = {"start": 10, "end": 14, "guests": 6, "features": [], "rank": 0}
    asked["stays"] = [
        {"id": 1, "house": "C1", "start": 10, "end": 12, "guests": 9, "booked_rank": 1, "pinned": False},
        {"id": 2, "house": "C2", "start": 12, "end": 14, "guests": 2, "booked_rank": 0, "pinned": True},
    ]
    found = answer_to(solve(instance_from(asked)))
    assert (found["class"], found["min_moves"]) == ("impossible", None)
    assert found["proof"].keys() == {"states"}


def test_a_house_that_is_too_small_for_anybody() -> None:
    asked = document()
    asked["request"]["guests"] = 13
    assert answer_to(solve(instance_from(asked)))["proof"] == {"night": 41, "stays": [], "houses": []}


@pytest.mark.parametrize("seed", range(40))
def test_what_is_written_is_read_back(seed: int) -> None:
    instance = tiny_instance(seed)
    assert instance_from(json.loads(json.dumps(instance_to(instance)))) == instance


def test_ids_of_the_database_are_written_as_texts() -> None:
    house, guest = UUID(int=1), UUID(int=2)
    instance = Instance(
        0, (House(house, 4),), (Stay(guest, house, 1, 2, 1, allowed=frozenset({house})),), Request(1, 2, 1)
    )
    written = json.loads(json.dumps(instance_to(instance)))
    assert (written["houses"][0]["id"], written["stays"][0]["id"]) == (str(house), str(guest))
    assert written["stays"][0]["allowed"] == [str(house)]


def changed(path: str, value: Any) -> dict[str, Any]:
    """The document with one value changed, or taken out when it is `...`."""
    found = document()
    *way, last = path.split("/")
    place: Any = found
    for step in way:
        place = place[int(step) if step.isdigit() else step]
    if value is ...:
        del place[last]
    else:
        place[int(last) if last.isdigit() else last] = value
    return found


BAD = [
    ("today", ..., "today", "today is missing."),
    ("today", "soon", "today", "today must be a whole number, not a text."),
    ("today", True, "today", "today must be a whole number, not true or false."),
    ("today", 1.5, "today", "today must be a whole number, not the number 1.5."),
    ("houses", {}, "houses", "houses must be a list, not an object."),
    ("houses/0", None, "houses[0]", "houses[0] must be an object, not null."),
    ("houses/0/capacity", 0, "houses[0].capacity", "houses[0].capacity must be from 1 to 1000000, not 0."),
    ("houses/0/rank", ..., "houses[0].rank", "houses[0].rank is missing."),
    ("houses/0/open", 1, "houses[0].open", "houses[0].open must be true or false, not the number 1."),
    ("houses/0/features", ["pool", 3], "houses[0].features", "houses[0].features must be a list of texts."),
    ("houses/1/id", "C1", "houses[1].id", "The id 'C1' is given twice among the houses."),
    ("houses/1/id", 7, "houses", "Some ids of the houses are texts and some are numbers."),
    ("houses/1/id", [], "houses[1].id", "houses[1].id must be a text or a whole number, not a list."),
    ("stays/0/house", "C9", "stays[0].house", "There is no house 'C9'."),
    ("stays/0/end", 40, "stays[0].end", "stays[0].end is 40, which is not after the start 40."),
    ("stays/0/end", 99_000, "stays", "The instance spans 98960 days; 50000 are allowed."),
    (
        "stays/0/start",
        10**9,
        "stays[0].start",
        "stays[0].start must be from -10000000 to 10000000, not 1000000000.",
    ),
    ("stays/0/weight", -1, "stays[0].weight", "stays[0].weight must be from 0 to 1000000, not -1."),
    ("stays/0/pinned", None, "stays[0].pinned", "stays[0].pinned must be true or false, not null."),
    ("stays/0/allowed", "C2", "stays[0].allowed", "stays[0].allowed must be a list, not a text."),
    ("request", ..., "request", "request is missing."),
    ("request/house", "C9", "request.house", "There is no house 'C9'."),
]


@pytest.mark.parametrize(
    ("path", "value", "field", "message"), [pytest.param(*each, id=f"{each[0]} {each[1]}") for each in BAD]
)
def test_what_is_wrong_is_said_with_its_place(path: str, value: Any, field: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        instance_from(changed(path, value))
    assert (refused.value.message, refused.value.field) == (message, field)
    assert refused.value.code == "bad_instance"


def test_two_stays_on_one_night_are_refused() -> None:
    asked = document()
    asked["stays"].append({**asked["stays"][0], "id": "B", "start": 42, "end": 45})
    with pytest.raises(InvalidInput, match="'A' and 'B' share the night 42 of 'C1'"):
        instance_from(asked)


@pytest.mark.parametrize(
    "text", ["", "{", "[" * 100_000, "\ud800"], ids=["empty", "cut", "deep", "surrogate"]
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_instance(text)
    assert refused.value.code == "not_json"
