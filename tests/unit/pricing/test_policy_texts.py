"""What guests read about a policy is made from its figures (D-24). Source: docs/rules/pricing.md, 2.11."""

from __future__ import annotations

from decimal import Decimal

import pytest

from casaaustin.pricing.policy_texts import policy_text
from tests.support.world import make_tier


@pytest.mark.parametrize(
    ("days", "refund", "text"),
    [
        (30, "100.00", "Cancelando al menos 30 días antes del ingreso se devuelve todo lo pagado."),
        (7, "25.00", "Cancelando al menos 7 días antes del ingreso se devuelve el 25% de lo pagado."),
        (1, "12.50", "Cancelando al menos 1 día antes del ingreso se devuelve el 12.5% de lo pagado."),
        (0, "0.00", "Cancelando hasta el día de ingreso no hay devolución."),
    ],
)
def test_the_text_says_the_figures(days: int, refund: str, text: str) -> None:
    assert policy_text(days, Decimal(refund)) == text


def test_a_description_wins_over_the_figures() -> None:
    assert make_tier(7, "25.00").text == policy_text(7, Decimal("25.00"))
    assert make_tier(7, "25.00", description="Como siempre.").text == "Como siempre."
