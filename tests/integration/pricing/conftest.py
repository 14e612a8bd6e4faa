"""The business of the worked examples, from Python and from every database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from casaaustin.actors import Actor
from casaaustin.clock import FixedClock
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import RateBook
from tests.support.databases import Databases, Kind, databases_of_run
from tests.support.world import build_world, pure_world

PURE = "pure"
World = Callable[..., RateBook]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`source` is plain values first, then every database there is."""
    if "source" in metafunc.fixturenames:
        metafunc.parametrize("source", [PURE, *map(str, databases_of_run(metafunc.config).kinds)])


@pytest.fixture(scope="session")
def loaded_books() -> dict[Any, RateBook]:
    """Rate books that were read from a database already; being immutable they may be shared."""
    return {}


@pytest.fixture
def world(
    source: str, databases: Databases, loaded_books: dict[Any, RateBook], clock: FixedClock, actor: Actor
) -> World:
    """Makes the rate book of the worked examples; the choices are those of `pure_world`."""

    def stored(**choices: Any) -> RateBook:
        key = (source, tuple(sorted(choices.items())))
        if key not in loaded_books:
            with databases.empty(Kind(source), clock) as database:
                database.write(lambda work: build_world(work, **choices), actor=actor)
                loaded_books[key] = database.read(rate_book)
        return loaded_books[key]

    return pure_world if source == PURE else stored
