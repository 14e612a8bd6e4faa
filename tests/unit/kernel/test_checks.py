"""Values and names as people give them."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from casaaustin.checks import (
    check_amount,
    check_percentage,
    check_whole,
    choose,
    clean_line,
    clean_text,
)
from casaaustin.errors import InvalidInput, NotFound

ONE, TWO = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param("  Casa 1 ", "Casa 1", id="blanks around"),
        pytest.param("a\r\nb\rc", "a\nb\nc", id="line ends of every system"),
        pytest.param("a\tb", "a\tb", id="a tab stays"),
        pytest.param("", "", id="empty where it may be"),
    ],
)
def test_a_text_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert clean_text(typed, field="name") == kept


@pytest.mark.parametrize("typed", ["a\x00b", "a\x1bb", "a\ud800b"], ids=["NUL", "escape", "half a character"])
def test_what_is_no_text_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean_text(typed, field="name")
    assert refused.value.field == "name"


def test_a_line_is_one_line_of_a_length() -> None:
    for typed in ("two\nlines", "x" * 11, "   "):
        with pytest.raises(InvalidInput):
            clean_line(typed, field="name", most=10)


@pytest.mark.parametrize("value", ["-0.01", "100.01", "NaN", "Infinity", "1.005"])
def test_a_percentage_outside_its_bounds_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_percentage(Decimal(value), field="refund_percentage")
    assert refused.value.field == "refund_percentage"


def test_an_amount_comes_back_with_all_its_decimals() -> None:
    assert str(check_amount(Decimal(12), field="price")) == "12.00"


@pytest.mark.parametrize(("value", "above"), [("0", True), ("-1", False)])
def test_an_amount_below_its_bound_is_refused(value: str, above: bool) -> None:
    with pytest.raises(InvalidInput):
        check_amount(Decimal(value), field="price", above=above)


def test_a_whole_number_has_bounds() -> None:
    assert check_whole(3, field="guests", least=1, most=3) == 3
    for value in (0, 4):
        with pytest.raises(InvalidInput):
            check_whole(value, field="guests", least=1, most=3)


SEASONS = [("v", ONE, ("Verano",)), ("p", TWO, ("Fiestas Patrias",))]


@pytest.mark.parametrize(
    ("reference", "meant"),
    [
        pytest.param("verano", "v", id="case does not matter"),
        pytest.param(" Fies ", "p", id="unique beginning"),
        pytest.param(str(TWO), "p", id="id"),
        pytest.param(ONE.hex, "v", id="id without dashes"),
    ],
)
def test_one_thing_is_meant_by_one_name(reference: str, meant: str) -> None:
    assert choose(reference, SEASONS, kind="season", field="season") == meant


def test_a_whole_name_beats_the_beginning_of_another() -> None:
    houses = [("1", ONE, ("Casa 1",)), ("10", TWO, ("Casa 10",))]
    assert choose("casa 1", houses, kind="house", field="house") == "1"


def test_an_ambiguous_name_lists_the_candidates() -> None:
    with pytest.raises(InvalidInput) as refused:
        choose("casa", [("1", ONE, ("Casa 1",)), ("2", TWO, ("Casa 2",))], kind="house", field="house")
    assert len(refused.value.details["candidates"]) == 2


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(NotFound) as refused:
        choose("winter", SEASONS, kind="season", field="season")
    assert refused.value.hint == "There is: Verano, Fiestas Patrias."
    assert refused.value.code == "season_not_found"
