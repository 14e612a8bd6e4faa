"""On what terms guests may be moved: what is stored with a plan comes back, and lifts what it says."""

from __future__ import annotations

import json
from uuid import UUID

import pytest

from casaaustin.moves.pinning import NEVER_LIFTED, Pin, is_pinned
from casaaustin.reassignment.terms import USUAL, Terms

A, B = UUID(int=1), UUID(int=2)
OWN = Terms(2, 1, 0, 5, released=frozenset({A}), lifted=frozenset({Pin.EXTERNAL}))


@pytest.mark.parametrize("terms", [USUAL, OWN])
def test_stored_terms_come_back(terms: Terms) -> None:
    assert Terms.stored(json.loads(json.dumps(terms.plain()))) == terms


def test_plans_from_before_reasons_could_be_lifted_lift_none() -> None:
    kept = USUAL.plain()
    del kept["lifted"]
    assert Terms.stored(kept) == USUAL


@pytest.mark.parametrize("pin", list(Pin))
def test_a_released_stay_is_kept_by_what_is_never_lifted_only(pin: Pin) -> None:
    assert is_pinned([pin], OWN.lifted_for(A)) == (pin in NEVER_LIFTED)


@pytest.mark.parametrize("pin", list(Pin))
def test_a_lifted_reason_keeps_nobody_and_the_others_do(pin: Pin) -> None:
    assert is_pinned([pin], OWN.lifted_for(B)) == (pin is not Pin.EXTERNAL)
    assert is_pinned([pin], USUAL.lifted_for(B))


@pytest.mark.parametrize("pin", sorted(NEVER_LIFTED))
def test_to_lift_what_is_never_lifted_has_no_effect(pin: Pin) -> None:
    assert is_pinned([pin], Terms(lifted=frozenset(Pin)).lifted_for(B))
