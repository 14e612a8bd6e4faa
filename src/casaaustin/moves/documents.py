"""Instances and answers as JSON: for reports of a defect, benchmarks and planning, without a database.

    {"today": 30,
     "houses": [{"id": "C1", "capacity": 12, "features": ["pool"], "rank": 1}],
     "stays": [{"id": "A", "house": "C1", "start": 40, "end": 43, "guests": 8, "features": [],
                "booked_rank": 1, "pinned": false}],
     "request": {"start": 41, "end": 44, "guests": 4, "features": [], "rank": 0}}

Days are whole numbers, `end` is exclusive. `features` may be left out; so may what only some instances need:
`open` of a house, `weight` and `allowed` of a stay, `house` and `allowed` of the request. A capacity of null
is no limit. Keys that are not known are left alone.
Source: docs/rules/pricing.md, 3.6.7.
"""

from __future__ import annotations

import json
from itertools import pairwise
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from casaaustin.errors import InvalidInput
from casaaustin.moves.instance import House, Instance, Request, Stay
from casaaustin.moves.solve import Answer, BoundProof, ExhaustiveProof, NightProof

if TYPE_CHECKING:
    from casaaustin.moves.instance import Id

FARTHEST_DAY = 10_000_000
"""Days are within this of 0: any calendar, and an index that cannot grow without end."""

LONGEST_SPAN = 50_000
"""Days between the first arrival and the last departure of one instance."""

LARGEST_RANK = 10_000
LARGEST_PARTY = 1_000_000


def read_instance(text: str) -> Instance:
    """An instance from its JSON text.

    Raises:
        InvalidInput: not JSON, something missing or of another kind, an unknown house, an id given twice, or
            two stays in one house on one night; `field` says where.
    """
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise InvalidInput(
            f"This is not JSON: {problem}.",
            field="file",
            code="not_json",
            hint="Check that the file is whole.",
        ) from None
    return instance_from(found)


def instance_from(value: object) -> Instance:
    """An instance from plain values, as `json.loads` makes them.

    Raises:
        InvalidInput: as `read_instance`.
    """
    whole = _Values(value, "instance")
    houses = tuple(
        _house(_Values(each, f"houses[{place}]")) for place, each in enumerate(whole.rows("houses"))
    )
    stays = tuple(_stay(_Values(each, f"stays[{place}]")) for place, each in enumerate(whole.rows("stays")))
    instance = Instance(whole.day("today"), houses, stays, _request(_Values(whole.get("request"), "request")))
    _check_ids(instance)
    _check_nights(instance)
    return instance


def instance_to(instance: Instance) -> dict[str, Any]:
    """An instance as plain values for `json.dumps`; what is at its usual value is left out."""
    request = instance.request
    return {
        "today": instance.today,
        "houses": [
            {
                "id": _plain(house.id),
                "capacity": house.capacity,
                "features": sorted(house.features),
                "rank": house.rank,
                **({} if house.is_open else {"open": False}),
            }
            for house in instance.houses
        ],
        "stays": [
            {
                "id": _plain(stay.id),
                "house": _plain(stay.house),
                "start": stay.start,
                "end": stay.end,
                "guests": stay.guests,
                "features": sorted(stay.features),
                "booked_rank": stay.booked_rank,
                "pinned": stay.pinned,
                **({"weight": stay.weight} if stay.weight else {}),
                **_allowed(stay.allowed),
            }
            for stay in instance.stays
        ],
        "request": {
            "start": request.start,
            "end": request.end,
            "guests": request.guests,
            "features": sorted(request.features),
            "rank": request.rank,
            **({} if request.house is None else {"house": _plain(request.house)}),
            **_allowed(request.allowed),
        },
    }


def answer_to(answer: Answer) -> dict[str, Any]:
    """An answer as plain values for `json.dumps`.

    `cost` is 1,000,000 a move, 1,000 a class step up or 10,000 a step down (the request's included), and the
    urgency of each moved stay. `min_moves` is how many moves are needed at least; null when nothing helps.
    """
    plan = answer.plan
    return {
        "class": str(answer.kind),
        "moves": [
            {"stay": _plain(move.stay), "from": _plain(move.origin), "to": _plain(move.target)}
            for move in (plan.moves if plan is not None else ())
        ],
        "house": None if plan is None else _plain(plan.house),
        "cost": None if plan is None else plan.score.packed,
        "min_moves": answer.min_moves,
        "proof": _proof(answer.proof),
    }


def _proof(proof: NightProof | ExhaustiveProof | BoundProof) -> dict[str, Any]:
    match proof:
        case NightProof(night, stays, houses):
            return {"night": night, "stays": list(map(_plain, stays)), "houses": list(map(_plain, houses))}
        case ExhaustiveProof(states):
            return {"states": states}
        case BoundProof(lower_bound):
            return {"lower_bound": lower_bound}


def _plain(value: Id) -> str | int:
    return value if isinstance(value, str | int) else str(value)


def _allowed(houses: frozenset[Id] | None) -> dict[str, Any]:
    return {} if houses is None else {"allowed": sorted(map(_plain, houses), key=str)}


def _house(values: _Values) -> House:
    capacity = None if values.get("capacity") is None else values.whole("capacity", 1, LARGEST_PARTY)
    return House(
        values.id("id"),
        capacity,
        values.features(),
        values.whole("rank", -LARGEST_RANK, LARGEST_RANK),
        values.flag("open", usual=True),
    )


def _stay(values: _Values) -> Stay:
    start, end = values.span()
    return Stay(
        values.id("id"),
        values.id("house"),
        start,
        end,
        values.whole("guests", 0, LARGEST_PARTY),
        values.features(),
        values.whole("booked_rank", -LARGEST_RANK, LARGEST_RANK),
        values.flag("pinned", usual=False),
        0 if values.find("weight") is None else values.whole("weight", 0, LARGEST_PARTY),
        values.allowed(),
    )


def _request(values: _Values) -> Request:
    start, end = values.span()
    return Request(
        start,
        end,
        values.whole("guests", 0, LARGEST_PARTY),
        values.features(),
        values.whole("rank", -LARGEST_RANK, LARGEST_RANK),
        None if values.find("house") is None else values.id("house"),
        values.allowed(),
    )


def _check_ids(instance: Instance) -> None:
    _check_unique("houses", [house.id for house in instance.houses])
    _check_unique("stays", [stay.id for stay in instance.stays])
    known = {house.id for house in instance.houses}
    for place, stay in enumerate(instance.stays):
        if stay.house not in known:
            raise _refused(f"stays[{place}].house", f"There is no house {stay.house!r}.")
    if instance.request.house is not None and instance.request.house not in known:
        raise _refused("request.house", f"There is no house {instance.request.house!r}.")


def _check_unique(name: str, ids: list[Id]) -> None:
    seen: set[Id] = set()
    for place, each in enumerate(ids):
        if each in seen:
            raise _refused(f"{name}[{place}].id", f"The id {each!r} is given twice among the {name}.")
        seen.add(each)
    if len({type(each) for each in seen}) > 1:
        raise _refused(
            name, f"Some ids of the {name} are texts and some are numbers.", hint="Write all the same way."
        )


def _check_nights(instance: Instance) -> None:
    by_house: dict[Id, list[Stay]] = {}
    for stay in instance.stays:
        by_house.setdefault(stay.house, []).append(stay)
    for stays in by_house.values():
        for one, other in pairwise(sorted(stays, key=attrgetter("start"))):
            if other.start < one.end:
                raise _refused(
                    "stays",
                    f"The stays {one.id!r} and {other.id!r} share the night {other.start} of {one.house!r}.",
                )
    days = [instance.request.start, instance.request.end]
    days += [stay.start for stay in instance.stays] + [stay.end for stay in instance.stays]
    if max(days) - min(days) > LONGEST_SPAN:
        raise _refused(
            "stays", f"The instance spans {max(days) - min(days)} days; {LONGEST_SPAN} are allowed."
        )


def _refused(field: str, message: str, hint: str | None = None) -> InvalidInput:
    return InvalidInput(message, field=field, code="bad_instance", hint=hint)


class _Values:
    """One object of the file; what is missing or of another kind is refused by its place in the file."""

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, dict):
            raise _refused(place, f"{place} must be an object, not {_kind(value)}.")
        self._value, self._place = value, place

    def get(self, key: str) -> object:
        """A value that must be there."""
        if key not in self._value:
            raise _refused(self._at(key), f"{self._at(key)} is missing.")
        return self._value[key]

    def find(self, key: str) -> object:
        """A value that may be left out; then it is None."""
        return self._value.get(key)

    def rows(self, key: str) -> list[object]:
        """A list."""
        return self._list(key, self.get(key))

    def day(self, key: str) -> int:
        """A day."""
        return self.whole(key, -FARTHEST_DAY, FARTHEST_DAY)

    def span(self) -> tuple[int, int]:
        """`start` and `end`, at least one night apart."""
        start, end = self.day("start"), self.day("end")
        if end <= start:
            raise _refused(
                self._at("end"), f"{self._at('end')} is {end}, which is not after the start {start}."
            )
        return start, end

    def whole(self, key: str, least: int, most: int) -> int:
        """A whole number."""
        value = self.get(key)
        if not isinstance(value, int) or isinstance(value, bool):
            raise _refused(self._at(key), f"{self._at(key)} must be a whole number, not {_kind(value)}.")
        if not least <= value <= most:
            raise _refused(self._at(key), f"{self._at(key)} must be from {least} to {most}, not {value}.")
        return value

    def flag(self, key: str, *, usual: bool) -> bool:
        """True or false."""
        value = self._value.get(key, usual)
        if not isinstance(value, bool):
            raise _refused(self._at(key), f"{self._at(key)} must be true or false, not {_kind(value)}.")
        return value

    def id(self, key: str) -> Id:
        """The name of a house or stay."""
        return self._id(self._at(key), self.get(key))

    def features(self) -> frozenset[str]:
        """The texts under `features`."""
        found = self._list("features", self._value.get("features", []))
        if not all(isinstance(each, str) for each in found):
            raise _refused(self._at("features"), f"{self._at('features')} must be a list of texts.")
        return frozenset(map(str, found))

    def allowed(self) -> frozenset[Id] | None:
        """The ids under `allowed`, or None when everything is."""
        value = self.find("allowed")
        if value is None:
            return None
        return frozenset(self._id(self._at("allowed"), each) for each in self._list("allowed", value))

    def _id(self, place: str, value: object) -> Id:
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise _refused(place, f"{place} must be a text or a whole number, not {_kind(value)}.")
        return value

    def _list(self, key: str, value: object) -> list[object]:
        if not isinstance(value, list):
            raise _refused(self._at(key), f"{self._at(key)} must be a list, not {_kind(value)}.")
        return value

    def _at(self, key: str) -> str:
        return key if self._place == "instance" else f"{self._place}.{key}"


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case str():
            return "a text"
        case int() | float():
            return f"the number {value}"
        case list():
            return "a list"
        case _:
            return "an object"
