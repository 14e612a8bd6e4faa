"""Every refusal of the library has a status, and a sentence."""

from __future__ import annotations

import pytest

from casaaustin import errors
from casaaustin.errors import CasaError
from casaaustin_api.problems import BOOKING, CALENDAR, CHECK, PLAIN, PRICING, Envelope, problem_of

EXPECTED = {
    "CasaError": 400,
    "InvalidInput": 400,
    "NotAuthenticated": 401,
    "NotAllowed": 403,
    "NotFound": 404,
    "RuleRefused": 409,
    "DatesTaken": 409,
    "NotAvailable": 409,
    "PriceChanged": 409,
    "CodeRefused": 409,
    "QuoteExpired": 409,
    "IllegalTransition": 409,
    "KeyReused": 409,
    "Conflict": 409,
    "NotReady": 503,
    "ExchangeRateMissing": 503,
    "OutsideFailure": 502,
    "OutsideRefused": 502,
    "OutsideUnreachable": 502,
}
CLASSES = [one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, CasaError)]


@pytest.mark.parametrize("kind", CLASSES)
@pytest.mark.parametrize("envelope", [PLAIN, PRICING, CALENDAR, BOOKING, CHECK], ids=lambda one: one.name)
def test_each_class_has_its_status_and_says_something(kind: type[CasaError], envelope: Envelope) -> None:
    problem = problem_of(kind("It cannot be done."))
    assert problem.status == EXPECTED[kind.__name__]
    written = envelope.write(problem)
    # Which test a code failed is told by the new quote alone, masked for strangers.
    told = errors.PriceChanged if issubclass(kind, errors.CodeRefused) else kind
    assert written["code"] == told.default_code
    assert any(isinstance(value, str) and value for value in written.values())


def test_only_a_refusal_by_a_rule_tells_its_figures() -> None:
    told = problem_of(errors.DatesTaken("Taken.", details={"nights": 2}))
    kept = problem_of(errors.InvalidInput("Which one?", details={"candidates": ["Ana Quispe"]}))
    assert told.more == {"nights": 2}
    assert kept.more == {}
