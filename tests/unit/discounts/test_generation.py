"""Generated codes: what they look like, how long they live, and what happens when one is taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import chain, cycle, repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.discounts.generation import (
    ALPHABET,
    SIMPLE_PREFIX,
    WELCOME_PREFIX,
    fresh_code,
    last_day,
    normal_prefix,
    store_fresh,
)
from casaaustin.discounts.offers import is_code
from casaaustin.discounts.record import parse_weekdays, weekdays_from, weekdays_text
from casaaustin.errors import InvalidInput, RuleRefused


def drawing(*codes: str) -> Iterator[str]:
    """The characters of these codes, one after the other; the last code is drawn for ever."""
    return chain("".join(codes[:-1]), cycle(codes[-1]))


def test_the_alphabet_has_31_symbols_and_no_look_alikes() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert not set(ALPHABET) & set("0O1IL")
    assert len(ALPHABET) ** 6 == 887_503_681


@pytest.mark.parametrize("prefix", [SIMPLE_PREFIX, WELCOME_PREFIX, "A", "ABCDEFGHIJ"])
def test_a_fresh_code_is_a_code_that_a_guest_can_type(prefix: str) -> None:
    codes = {fresh_code(prefix) for _ in range(50)}
    assert len(codes) > 45  # drawn, not counted
    for code in codes:
        assert is_code(code)
        assert code.startswith(prefix)
        assert set(code.removeprefix(prefix)) <= set(ALPHABET)
        assert len(code) == len(prefix) + 6


def test_a_taken_code_is_drawn_again() -> None:
    drawn = drawing("AAAAAA", "BBBBBB")
    asked: list[str] = []

    def store(code: str) -> bool:
        asked.append(code)
        return code != "XAAAAAA"

    assert store_fresh("X", store, lambda _: next(drawn)) == "XBBBBBB"
    assert asked == ["XAAAAAA", "XBBBBBB"]


@pytest.mark.parametrize("taken", [9, 10])
def test_ten_codes_in_a_row_may_be_taken_and_no_more(taken: int) -> None:
    answers = chain(repeat(False, taken), repeat(True))
    asked: list[str] = []

    def store(code: str) -> bool:
        asked.append(code)
        return next(answers)

    if taken < 10:
        assert store_fresh("X", store, lambda _: "A") == "XAAAAAA"
    else:
        with pytest.raises(RuleRefused) as refused:
            store_fresh("X", store, lambda _: "A")
        assert refused.value.code == "code_space_exhausted"
    assert len(asked) == 10


def test_a_code_of_seven_days_lives_on_eight_dates() -> None:
    assert last_day(date(2026, 4, 6), 7) == date(2026, 4, 13)
    assert last_day(date(2028, 2, 28), 1) == date(2028, 2, 29)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("verano", "VERANO"), (" ver-26 ", "VER-26"), ("9", "9"), ("ABCDEFGHIJ", "ABCDEFGHIJ")],
)
def test_a_prefix_is_stored_in_capitals(typed: str, stored: str) -> None:
    assert normal_prefix(typed) == stored


@pytest.mark.parametrize("typed", ["", " ", "-A", "A B", "AÑO", "ABCDEFGHIJK"])
def test_what_could_not_begin_a_code_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normal_prefix(typed)
    assert refused.value.field == "prefix"


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("4,5", {4, 5}),
        ("vie,sab", {4, 5}),
        ("vie, sáb", {4, 5}),
        ("Friday,SAT", {4, 5}),
        ("sat,fri,sat", {4, 5}),
        ("miércoles", {2}),
        ("mie", {2}),
        ("mar,mon", {0, 1}),
        ("0,1,2,3,4,5,6", set(range(7))),
        ("", set()),
        ("  ", set()),
    ],
)
def test_weekdays_are_read_as_people_write_them(typed: str, days: set[int]) -> None:
    assert parse_weekdays(typed) == days


@pytest.mark.parametrize("typed", ["7", "-1", "4;5", "4 5", "vi", "viern", "4,,5", ",", "x", "4.0", "4,5,x"])
def test_anything_else_is_no_weekday(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_weekdays(typed)
    assert refused.value.field == "specific_weekdays"


@given(st.frozensets(st.integers(0, 6)))
def test_weekdays_are_stored_sorted_and_read_back(days: frozenset[int]) -> None:
    text = weekdays_text(days)
    assert text == ",".join(str(day) for day in sorted(days))
    assert weekdays_from(text) == parse_weekdays(text) == days
