"""The highest of the levels that somebody holds.

Source: docs/rules/clients.md, 7.4; docs/rules/pricing.md, 1.12.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.levels.rules import Level, highest, place, rank
from tests.support.offers import make_level

SEMILLA = make_level("Semilla", 0, 0, 0, order=1)
BROTE = make_level("Brote", 1, 0, 0, order=2)
VIAJERO = make_level("Viajero", 3, 1, 0, order=3)
EMBAJADOR = make_level("Embajador", 5, 3, 2, order=4)
CONECTOR = make_level("Conector", 0, 5, 0, order=5)
ALL = (SEMILLA, BROTE, VIAJERO, EMBAJADOR, CONECTOR)

EXAMPLES = [
    pytest.param((SEMILLA,), SEMILLA, id="C27"),
    pytest.param((SEMILLA, BROTE), BROTE, id="C28"),
    pytest.param((SEMILLA, BROTE, VIAJERO), VIAJERO, id="C29"),
    pytest.param((SEMILLA, BROTE, VIAJERO), VIAJERO, id="C30"),
    pytest.param((SEMILLA, BROTE, VIAJERO), VIAJERO, id="C31"),
    pytest.param((SEMILLA, BROTE, VIAJERO, EMBAJADOR), EMBAJADOR, id="C32"),
    pytest.param((SEMILLA, BROTE, CONECTOR), BROTE, id="C33 not the last in the order"),
    pytest.param(ALL, EMBAJADOR, id="C34"),
]


@pytest.mark.parametrize(("held", "level"), EXAMPLES)
def test_the_level_is_the_one_that_takes_most(held: Sequence[Level], level: Level) -> None:
    assert highest(held) == level
    assert highest(reversed(held)) == level


def test_nobody_without_an_active_level_has_one() -> None:
    assert highest(()) is None
    assert highest([replace(EMBAJADOR, is_active=False)]) is None
    assert highest([replace(EMBAJADOR, is_active=False), BROTE]) == BROTE


@pytest.mark.parametrize(
    ("higher", "lower"),
    [
        pytest.param(make_level("a", 2), make_level("b", 1, 9, 9, order=9), id="own reservations first"),
        pytest.param(make_level("a", 1, 2), make_level("b", 1, 1, 9, order=9), id="then referrals"),
        pytest.param(make_level("a", 1, 1, 2), make_level("b", 1, 1, 1, order=9), id="then theirs"),
        pytest.param(make_level("b", order=2), make_level("a", order=1), id="then the greater order"),
        pytest.param(make_level("a"), make_level("b"), id="then the name"),
    ],
)
def test_what_decides_between_two(higher: Level, lower: Level) -> None:
    assert highest([lower, higher]) == higher
    assert rank(higher) < rank(lower)


def test_lists_are_in_the_order_of_the_business() -> None:
    assert sorted((CONECTOR, EMBAJADOR, SEMILLA, VIAJERO, BROTE), key=place) == list(ALL)


@given(st.lists(st.sampled_from(ALL), max_size=8), st.randoms(use_true_random=False))
def test_the_order_in_which_levels_are_held_never_matters(held: list[Level], chance: object) -> None:
    shuffled = list(held)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    found = highest(held)
    assert highest(shuffled) == found
    assert found is None if not held else found in held
