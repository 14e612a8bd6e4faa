"""What guests read about a cancellation policy, made from its figures, so that the two agree (D-24).

Source: docs/rules/pricing.md, 2.11.
"""

from __future__ import annotations

from decimal import Decimal

from casaaustin.formats import percentage
from casaaustin.money import HUNDRED


def policy_text(days_before: int, refund: Decimal) -> str:
    """The sentence that stands where nobody wrote another one, in Spanish.

    Args:
        days_before: days before check-in from which it holds.
        refund: percentage of what was paid.
    """
    match days_before:
        case 0:
            when = "Cancelando hasta el día de ingreso"
        case 1:
            when = "Cancelando al menos 1 día antes del ingreso"
        case _:
            when = f"Cancelando al menos {days_before} días antes del ingreso"
    if refund == HUNDRED:
        return f"{when} se devuelve todo lo pagado."
    if not refund:
        return f"{when} no hay devolución."
    return f"{when} se devuelve el {percentage(refund)} de lo pagado."
