"""Answers as JSON text: amounts with their decimals, declared fields only, nothing that is not JSON."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal, NotRequired
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import TypedDict

from casaaustin.vocabulary import Origin
from casaaustin_api.fields import Number, TextAmount
from casaaustin_api.jsontext import text_of, to_json, writer_of


class Inner(TypedDict):
    id: UUID
    usd: Number
    word: str | None


class Outer(Inner):
    day: date
    at: datetime
    count: int
    is_open: bool
    kind: Literal["a", "b"]
    text: TextAmount
    inner: list[Inner]
    one: Inner | None
    anything: Any
    maybe: NotRequired[Number]


AMOUNTS = st.decimals(min_value="-99999999.99", max_value="99999999.99", places=2)
INNER: st.SearchStrategy[Inner] = st.fixed_dictionaries(  # type: ignore[assignment]
    {"id": st.uuids(), "usd": AMOUNTS, "word": st.none() | st.text()}
)
OUTER: st.SearchStrategy[Any] = st.builds(
    lambda inner, more, maybe: {**inner, **more, **maybe},
    INNER,
    st.fixed_dictionaries(
        {
            "day": st.dates(),
            "at": st.datetimes(
                min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - made aware by the strategy
                timezones=st.just(UTC),
            ),
            "count": st.integers(),
            "is_open": st.booleans(),
            "kind": st.sampled_from(["a", "b"]),
            "text": AMOUNTS.map(str),
            "inner": st.lists(INNER, max_size=3),
            "one": st.none() | INNER,
            "anything": st.recursive(
                st.none() | st.booleans() | st.integers() | st.text() | AMOUNTS,
                lambda child: st.lists(child, max_size=3) | st.dictionaries(st.text(), child, max_size=3),
                max_leaves=5,
            ),
        }
    ),
    st.fixed_dictionaries({}, optional={"maybe": AMOUNTS}),
)


def plain(value: Any) -> Any:
    """What a JSON reader should see."""
    match value:
        case dict():
            return {name: plain(one) for name, one in value.items()}
        case list():
            return [plain(one) for one in value]
        case datetime():
            return value
        case UUID() | date():
            return str(value)
        case _:
            return value


@given(OUTER)
def test_a_reader_gets_back_what_was_written(value: Any) -> None:
    for text in (writer_of(Outer)(value), text_of(value)):
        # Half characters cannot be sent at all; they become question marks on the way out.
        read = json.loads(text, parse_float=Decimal)
        assert datetime.fromisoformat(read.pop("at")) == value["at"]
        expected = plain(value)
        del expected["at"]
        assert read == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("149.50"), "149.50"),
        (Decimal("0.00"), "0.00"),
        (Decimal("-0.10"), "-0.10"),
        (Decimal("3.700"), "3.700"),
        (Decimal("1E+3"), "1000"),
        (Origin.CLIENT, '"client"'),
        (datetime(2026, 4, 6, 15, tzinfo=UTC), '"2026-04-06T10:00:00-05:00"'),
        ((date(2026, 4, 17),), '["2026-04-17"]'),
        ({"ñ": "</script>\u2028"}, '{"ñ":"</script>\u2028"}'),
    ],
)
def test_how_values_are_written(value: Any, text: str) -> None:
    assert text_of(value) == text


def test_a_field_that_is_not_declared_is_not_written() -> None:
    value: Any = {"id": UUID(int=7), "usd": Decimal("1.00"), "word": None, "secret": "canary"}
    assert "canary" not in writer_of(Inner)(value)
    assert "canary" not in writer_of(list[Inner])([value])


def test_a_declared_field_that_is_missing_is_a_defect() -> None:
    with pytest.raises(KeyError):
        writer_of(Inner)({"id": UUID(int=7), "usd": Decimal("1.00")})


def test_half_a_character_does_not_stop_an_answer() -> None:
    assert to_json({"a": "\ud800"}) == b'{"a":"?"}'


@pytest.mark.parametrize("value", [object(), 1.5, float("nan"), b"x", {1, 2}])
def test_what_has_no_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        text_of(value)
