"""Why a reservation was sold with its discount, and what it would get today.

Source: docs/rules/pricing.md, 2.5 to 2.7; docs/rules/reservations.md, 2.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.quoting.explain import Explanation
from casaaustin.quoting.explaining import explain_stay
from casaaustin.register.models import Reservation
from casaaustin.reservations.details import Details, details
from casaaustin.stays import Stay
from casaaustin.vocabulary import Origin


@dataclass(frozen=True, slots=True)
class SaleExplained:
    """What a reservation was sold from, and how the rules of today judge the same request.

    Args:
        sold: the reservation, with the bill and the discount that were kept.
        now: judged by the prices and rules of today, as of the day of booking, at the rate of the sale.
    """

    sold: Details
    now: Explanation


def explain_sale(work: Work, reservation: Reservation) -> SaleExplained:
    """Explain the discount of a reservation.

    Raises:
        InvalidInput: a block, or a channel's booking: neither is sold by our discounts.
        NotAvailable: the house has no price for these nights any more.
        NotFound: its house or its client is gone.
    """
    if reservation.origin in {Origin.MAINTENANCE, Origin.AIRBNB}:
        raise InvalidInput("Only what we sell ourselves has discounts.", field="reservation")
    sold = details(work, reservation)
    request = QuoteRequest(
        Stay(reservation.check_in_date, reservation.check_out_date),
        reservation.guests,
        reservation.property_id,
        client=reservation.client_id,
        code=sold.discount.code if sold.discount is not None else None,
    )
    return SaleExplained(
        sold=sold,
        now=explain_stay(
            work,
            request,
            booked_on=reservation.booked_on,
            rate=reservation.exchange_rate,
            leaving_out=reservation.id,
        ),
    )
