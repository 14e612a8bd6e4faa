"""The library in a handful of functions; each opens its own unit of work.

For several steps in one transaction, or for anything not listed here, use the
services of the domains inside `Database.write`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from casaaustin.actors import Actor
from casaaustin.clients.queries import find_client
from casaaustin.db.work import Database, Work
from casaaustin.discounts.offers import normal_code
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import Quote, QuoteRequest
from casaaustin.quoting.service import SearchResult
from casaaustin.references import find_house, find_reservation
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking, ending
from casaaustin.reservations.booking import AgreedPrice, Order
from casaaustin.reservations.ending import Cancellation
from casaaustin.stays import Stay

LIBRARY = Actor(name="library")


def quote(
    database: Database,
    *,
    check_in: date,
    check_out: date,
    guests: int = 1,
    house: str | None = None,
    services: Iterable[UUID] = (),
    client: str | None = None,
    code: str | None = None,
) -> Quote:
    """Price a stay in one house or in all; writes nothing.

    Args:
        database: see `open_database`.
        check_in: first night.
        check_out: day of departure.
        guests: all persons.
        house: id, slug or name; None for all.
        services: chosen optional services.
        client: id, document, phone, e-mail or a unique part of the name, for personal discounts.
        code: a discount code; one that does not apply is no error, see `HouseQuote.outcome.code`.

    Raises:
        InvalidInput: dates or guests that make no sense.
        NotFound: no such house or client.
        ExchangeRateMissing: no active exchange rate.
    """

    def use(work: Work) -> Quote:
        request = QuoteRequest(
            Stay(check_in, check_out),
            guests,
            find_house(work, house).id if house is not None else None,
            tuple(services),
            client=find_client(work, client).id if client is not None else None,
            code=normal_code(code),
        )
        return quoting.quote(work, request)

    return database.read(use)


def quote_id(database: Database, quoted: Quote) -> str:
    """The signed name of a quote, by which it can be booked until it expires."""
    return database.read(lambda work: quoting.quote_id(work, quoted))


def search(
    database: Database,
    *,
    check_in: date,
    check_out: date,
    guests: int = 1,
    features: Iterable[str] = (),
    min_sleep: int | None = None,
    alternatives: int = 3,
) -> SearchResult:
    """Which houses are free, with every reason against the others, and other dates nearby."""
    request = QuoteRequest(
        Stay(check_in, check_out),
        guests,
        features=frozenset(feature.strip().casefold() for feature in features),
        min_sleep=min_sleep,
    )
    return database.read(lambda work: quoting.search(work, request, most_alternatives=alternatives))


def reserve(
    database: Database,
    *,
    house: str,
    client: str,
    check_in: date,
    check_out: date,
    guests: int = 1,
    code: str | None = None,
    accept_without_discount: bool = False,
    hold: timedelta | None = None,
    quote_id: str | None = None,
    price_usd: Decimal | None = None,
    reason: str = "",
    key: str | None = None,
    actor: Actor = LIBRARY,
    dry_run: bool = False,
) -> Reservation:
    """Book a stay, or refuse and keep nothing.

    Args:
        database: see `open_database`.
        house: id, slug or name.
        client: id, document, phone, e-mail or a unique part of the name.
        check_in: first night.
        check_out: day of departure.
        guests: all persons.
        code: a discount code; refused when it does not apply.
        accept_without_discount: book at the price without the code when it does not apply.
        hold: only hold the nights, for so long.
        quote_id: refuse when the price is not the quoted one any more.
        price_usd: a price agreed by staff, with its reason.
        reason: why that price.
        key: a repeated call with the same key returns the first reservation.
        actor: who books.
        dry_run: do everything, then roll back.

    Raises:
        DatesTaken, NotAvailable, PriceChanged, CodeRefused, QuoteExpired, KeyReused, NotFound, InvalidInput.
    """
    agreed = AgreedPrice(price_usd, reason) if price_usd is not None else None

    def use(work: Work) -> Reservation:
        order = Order(
            house=find_house(work, house).id,
            stay=Stay(check_in, check_out),
            guests=guests,
            client=find_client(work, client).id,
            code=code,
            accept_without_discount=accept_without_discount,
            hold=hold,
            quote_id=quote_id,
            agreed=agreed,
        )
        return booking.reserve(work, order, key=key)

    return database.write(use, actor=actor, dry_run=dry_run)


def approve(
    database: Database, reservation: str, *, key: str | None = None, actor: Actor = LIBRARY
) -> Reservation:
    """Confirm a held reservation."""
    return database.write(
        lambda work: ending.approve(work, find_reservation(work, reservation), key=key), actor=actor
    )


def cancel(
    database: Database, reservation: str, *, reason: str, key: str | None = None, actor: Actor = LIBRARY
) -> Cancellation:
    """End a reservation and free its nights; says what the policy proposes to return."""
    return database.write(
        lambda work: ending.cancel(work, find_reservation(work, reservation), reason=reason, key=key),
        actor=actor,
    )
