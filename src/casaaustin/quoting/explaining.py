"""Reading what an explanation of discounts is made from. Source: docs/rules/pricing.md, 2.5 to 2.7."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from casaaustin.availability.min_nights import calendar_window
from casaaustin.availability.queries import occupancy
from casaaustin.clock import today
from casaaustin.db.work import Work
from casaaustin.discounts.check_texts import Names
from casaaustin.discounts.queries import discount_book, every_rule, offers, recommendation
from casaaustin.errors import InvalidInput
from casaaustin.pricing.queries import rate_book
from casaaustin.quoting import service
from casaaustin.quoting.evaluate import QuoteRequest, check_request
from casaaustin.quoting.explain import Explanation, explain
from casaaustin.quoting.service import Basis


def explain_stay(
    work: Work,
    request: QuoteRequest,
    *,
    booked_on: date | None = None,
    rate: Decimal | None = None,
    leaving_out: UUID | None = None,
) -> Explanation:
    """Why a stay in one house gets its discount, or none; always the same few statements.

    Args:
        work: the open unit of work.
        request: the stay, one house, and the client and the code if there are any.
        booked_on: the day of booking; today when left out. A stay that has begun needs one.
        rate: soles for a dollar, when it was frozen earlier.
        leaving_out: a reservation that is judged again: no booking of the client and no use of the code.

    Raises:
        InvalidInput: no house, or dates or guests that cannot be quoted.
        NotFound: no such house or client.
        NotAvailable: the house has no price for these nights.
        ExchangeRateMissing: no active exchange rate.
    """
    if request.house is None:
        raise InvalidInput("Discounts are explained for one house.", field="house")
    check_request(request, today(work.clock), service.limits_of(work), allow_past=booked_on is not None)
    book = rate_book(work)
    calendar = occupancy(
        work,
        calendar_window(request.stay, book.longest_minimum),
        house=request.house,
        leaving_out=leaving_out,
    )
    offered = offers(
        work,
        book,
        client=request.client,
        code=request.code,
        booked_on=booked_on,
        leaving_out=leaving_out,
    )
    quoted = service.price(work, Basis(book, calendar, offered), request, rate=rate)
    known = discount_book(work, book)
    found = recommendation(work, known, request.client) if request.client is not None else None
    return explain(
        quoted.of(request.house),
        offered,
        book.policy,
        rules=every_rule(work),
        recommended=found,
        names=Names(
            houses={house.id: house.name for house in book.houses},
            levels={level.id: level.title for level in known.levels.values()},
        ),
    )
