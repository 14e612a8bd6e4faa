"""Late checkout: leaving at 20:00 instead of 11:00. Source: docs/rules/pricing.md, 2.10.1."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from casaaustin.money import ZERO, in_soles, percent_of
from casaaustin.pricing.nights import stay_price
from casaaustin.pricing.ratebook import House, LateCheckoutRule, RateBook
from casaaustin.stays import ONE_DAY, Stay, is_weekend_night
from casaaustin.vocabulary import ReductionType

UNTIL = "20:00"


@dataclass(frozen=True, slots=True)
class LateCheckoutPrice:
    """What a late checkout costs, in both currencies; price = full − reduction in each."""

    full_usd: Decimal
    reduction_usd: Decimal
    price_usd: Decimal
    full_sol: Decimal
    reduction_sol: Decimal
    price_sol: Decimal
    reduction_percentage: Decimal


def is_allowed_on(book: RateBook, departure: date) -> bool:
    """Whether late checkout is sold on the weekday of the departure date.

    Without a rule for the weekday it is, except on Fridays and Saturdays.
    """
    rule = book.late_checkout.get(departure.weekday())
    return rule.allowed if rule is not None else not is_weekend_night(departure)


def late_checkout_price(
    book: RateBook, house: House, departure: date, guests: int, rate: Decimal
) -> LateCheckoutPrice | None:
    """Price of staying until 20:00 on the departure date, whose night can then not be sold.

    Args:
        book: prices of the moment; late checkout is never frozen with the stay.
        house: a house of that book.
        departure: the contract's check-out date.
        guests: all persons.
        rate: soles for a dollar.

    Returns:
        The price, or None when that night has none. The reduction never exceeds the full price.

    Source: docs/rules/pricing.md, 2.10.1.
    """
    night = stay_price(book, house, Stay(departure, departure + ONE_DAY), guests)
    if night is None:
        return None
    full = night.subtotal_usd
    rule = book.late_checkout.get(departure.weekday())
    reduction = _reduction(rule, full)
    price = full - reduction
    full_sol, price_sol = in_soles(full, rate), in_soles(price, rate)
    shown = rule.value if rule is not None and rule.reduction is ReductionType.PERCENTAGE else ZERO
    return LateCheckoutPrice(full, reduction, price, full_sol, full_sol - price_sol, price_sol, shown)


def _reduction(rule: LateCheckoutRule | None, full: Decimal) -> Decimal:
    if rule is None:
        return ZERO
    amount = rule.value if rule.reduction is ReductionType.FIXED else percent_of(full, rule.value)
    return min(amount, full)
