"""Exact amounts: the one rounding function and its relatives.

Every amount is a `Decimal`. Dollars, soles and points have two decimals, the
exchange rate three, percentages two. Rounding is half away from zero and
happens where docs/rules/pricing.md, 2.12, says, through `q` and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, localcontext

from casaaustin.errors import InvalidInput

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)

# Wide enough that no product of two stored amounts is ever rounded silently.
_CONTEXT = Context(prec=40, rounding=ROUND_HALF_UP)


def q(amount: Decimal) -> Decimal:
    """Round to two decimals, half away from zero.

    Source: docs/rules/pricing.md, conventions and 2.12.
    """
    return amount.quantize(CENT, rounding=ROUND_HALF_UP, context=_CONTEXT)


def percent_of(amount: Decimal, percentage: Decimal) -> Decimal:
    """`percentage` per cent of `amount`, rounded once; 15 means 15 %."""
    return q(amount * percentage / HUNDRED)


def in_soles(usd: Decimal, rate: Decimal) -> Decimal:
    """Soles for an amount in dollars at `rate` soles a dollar, rounded once."""
    return q(usd * rate)


def parse_amount(text: str, *, field: str, places: int = 2) -> Decimal:
    """Read an amount that a person or a file gave.

    Args:
        text: digits with an optional decimal point, such as `149.5`.
        field: the name used in the error.
        places: how many decimals the amount may have.

    Returns:
        The amount with exactly `places` decimals.

    Raises:
        InvalidInput: not a finite number, or too many decimals.
    """
    try:
        with localcontext(_CONTEXT):
            value = Decimal(text.strip())
    except InvalidOperation:
        raise InvalidInput(
            f"{field} is not an amount: {text!r}.", field=field, hint="Write it like 149.50."
        ) from None
    if not value.is_finite():
        raise InvalidInput(f"{field} is not an amount: {text!r}.", field=field, hint="Write it like 149.50.")
    if value.adjusted() > 17:
        raise InvalidInput(f"{field} is too large: {text}.", field=field)
    amount = value.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)
    if amount != value:
        raise InvalidInput(
            f"{field} has more than {places} decimals: {text}.", field=field, hint="Round it first."
        )
    return amount


@dataclass(frozen=True, slots=True)
class Amount:
    """The same amount in dollars and in soles."""

    usd: Decimal
    sol: Decimal

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.usd + other.usd, self.sol + other.sol)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.usd - other.usd, self.sol - other.sol)


NOTHING = Amount(ZERO, ZERO)
