"""Use cases of quoting: price, search, late checkout, keep. Only `save` and `keep` write anything."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from dateutil.relativedelta import relativedelta

from casaaustin.audit.service import once, record
from casaaustin.availability.min_nights import calendar_window
from casaaustin.availability.occupancy import Occupancy
from casaaustin.availability.queries import occupancy
from casaaustin.clock import today
from casaaustin.db.types import canonical_json, plain
from casaaustin.db.work import Work
from casaaustin.discounts.offers import Offers
from casaaustin.discounts.queries import offers
from casaaustin.errors import ExchangeRateMissing, InvalidInput, NotAvailable, NotFound
from casaaustin.pricing.late_checkout import LateCheckoutPrice, is_allowed_on, late_checkout_price
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import House, RateBook
from casaaustin.quoting import token
from casaaustin.quoting.alternatives import Alternative, alternative_window, alternatives
from casaaustin.quoting.evaluate import HouseQuote, Limits, Quote, QuoteRequest, check_request, evaluate
from casaaustin.quoting.models import QuoteKind, SavedQuote
from casaaustin.stays import ONE_DAY, Stay


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a quote is made from, as one unit of work saw it; without offers there is no discount."""

    book: RateBook
    calendar: Occupancy
    offers: Offers | None = None


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Every house's answer, and other dates nearby where they were asked for."""

    quote: Quote
    alternatives: tuple[Alternative, ...]


@dataclass(frozen=True, slots=True)
class LateCheckoutAnswer:
    """Whether a late checkout is sold on a departure date, and for how much.

    `reason` is `late_day_not_allowed`, `late_night_taken` or `price_missing`; None when it is offered.
    """

    house: House
    departure: date
    guests: int
    rate: Decimal
    price: LateCheckoutPrice | None
    reason: str | None

    @property
    def is_available(self) -> bool:
        """Whether it is offered."""
        return self.reason is None


def limits_of(work: Work) -> Limits:
    """The limits of this installation."""
    settings = work.settings
    return Limits(settings.max_stay_nights, settings.max_months_ahead, settings.stale_rate_days)


def quote(work: Work, request: QuoteRequest) -> Quote:
    """Price a request in one house or in all; writes nothing.

    Raises:
        InvalidInput: dates, guests or services that cannot be quoted.
        NotFound: no such house.
        ExchangeRateMissing: no active exchange rate.

    Source: docs/rules/pricing.md, 2.4.
    """
    return search(work, request).quote


def search(work: Work, request: QuoteRequest, *, most_alternatives: int = 0) -> SearchResult:
    """Price a request everywhere and, when asked, find other dates; one reading of the calendar.

    Args:
        work: the open unit of work.
        request: what is asked for.
        most_alternatives: how many other dates to offer at most; 0 looks for none.

    Raises:
        As `quote`.

    Source: docs/rules/pricing.md, 3.3.
    """
    reach = alternative_window(request.stay) if most_alternatives else request.stay
    basis = look_up(work, request, reach)
    return SearchResult(
        quote=price(work, basis, request),
        alternatives=alternatives(
            basis.book, request, basis.calendar, today=today(work.clock), most=most_alternatives
        )
        if most_alternatives
        else (),
    )


def look_up(work: Work, request: QuoteRequest, reach: Stay | None = None) -> Basis:
    """All that a quote is made from, for a request that can be quoted.

    Two statements when the rate book is known; two more for a client and one for a code.

    Args:
        work: the open unit of work.
        request: what is asked for.
        reach: the nights to know about; those of the stay when left out.

    Raises:
        InvalidInput: dates or guests that cannot be quoted.
        NotFound: no such client.
    """
    check_request(request, today(work.clock), limits_of(work))
    book = rate_book(work)
    window = calendar_window(reach or request.stay, book.longest_minimum)
    return Basis(
        book,
        occupancy(work, window, house=request.house),
        offers(work, book, client=request.client, code=request.code),
    )


def price(work: Work, basis: Basis, request: QuoteRequest, *, rate: Decimal | None = None) -> Quote:
    """Evaluate a request on what was read already; what quoting, booking and changing share."""
    return evaluate(
        basis.book,
        request,
        basis.calendar,
        now=work.clock.now(),
        valid_for=timedelta(minutes=work.settings.quote_minutes),
        limits=limits_of(work),
        rate=rate,
        offers=basis.offers,
    )


def quote_id(work: Work, quoted: Quote) -> str:
    """The signed name of a quote, by which it can be booked until it expires."""
    return token.sign(quoted, work.settings.signing_key())


def late_checkout(
    work: Work, house: UUID, departure: date, guests: int = 1, *, leaving_out: UUID | None = None
) -> LateCheckoutAnswer:
    """Whether and for how much a guest may stay until 20:00 on the departure date.

    Args:
        work: the open unit of work.
        house: which house.
        departure: the contract's check-out date.
        guests: all persons.
        leaving_out: the guest's own reservation, which is no obstacle.

    Raises:
        InvalidInput: the date is past or too far ahead, or too few guests.
        NotFound: no such house.
        ExchangeRateMissing: no active exchange rate.

    Source: docs/rules/pricing.md, 2.10.1.
    """
    if departure < today(work.clock):
        raise InvalidInput(
            f"The departure date {departure} is in the past.", field="checkout_date", code="checkout_in_past"
        )
    latest = today(work.clock) + relativedelta(months=work.settings.max_months_ahead)
    if departure > latest + timedelta(days=work.settings.max_stay_nights):
        raise InvalidInput(
            f"The departure date {departure} is too far ahead.", field="checkout_date", code="too_far_ahead"
        )
    if guests < 1:
        raise InvalidInput("At least one guest.", field="guests", code="guests_invalid")
    book = rate_book(work)
    found = book.by_id.get(house)
    if found is None:
        raise NotFound("There is no such house.", code="house_not_found")
    if book.rate is None:
        raise ExchangeRateMissing(
            "There is no active exchange rate.", hint="Set one with: casa exchange-rate set 3.725"
        )
    rate = book.rate.usd_to_sol
    night = Stay(departure, departure + ONE_DAY)
    amounts = late_checkout_price(book, found, departure, guests, rate)
    reason = None
    if not is_allowed_on(book, departure):
        reason = "late_day_not_allowed"
    elif not occupancy(work, night, house=house, leaving_out=leaving_out).is_free(house, night):
        reason = "late_night_taken"
    elif amounts is None:
        reason = "price_missing"
    return LateCheckoutAnswer(found, departure, guests, rate, amounts, reason)


def save(
    work: Work, request: QuoteRequest, *, house: UUID, client: UUID | None = None, key: str | None = None
) -> SavedQuote:
    """Keep the quote of one house for a client, as it stands now.

    Raises:
        NotAvailable: the house has no price for these nights.
        KeyReused: the request key came back with other content.
        As `quote`.
    """
    content = {"request": describe(request), "house": house, "client": client}

    def do() -> SavedQuote:
        quoted = quote(work, request)
        answer = quoted.of(house)
        if answer.price is None:
            raise NotAvailable("This house has no price for these nights.", code="price_missing")
        kept = keep(work, quoted, answer, kind=QuoteKind.SAVED, client=client)
        record(
            work,
            "quote.save",
            "quote",
            kept.id,
            after={
                "house": house,
                "client": client,
                "total_usd": kept.total_usd,
                "total_sol": kept.total_sol,
            },
        )
        return kept

    return once(
        work,
        key,
        "quote.save",
        content,
        do,
        remember=lambda kept: {"id": str(kept.id)},
        recall=_recall(work),
    )


def keep(
    work: Work, quoted: Quote, answer: HouseQuote, *, kind: QuoteKind, client: UUID | None
) -> SavedQuote:
    """Store the immutable snapshot of one house's answer."""
    snapshot = snapshot_of(quoted, answer)
    kept = SavedQuote(
        kind=kind,
        client_id=client,
        property_id=answer.house.id,
        check_in_date=answer.stay.check_in,
        check_out_date=answer.stay.check_out,
        guests=answer.guests,
        total_usd=answer.totals.total.usd,
        total_sol=answer.totals.total.sol,
        exchange_rate=answer.rate,
        snapshot=snapshot,
        digest=hashlib.sha256(canonical_json(snapshot).encode()).hexdigest(),
        expires_at=quoted.expires_at,
    )
    work.session.add(kept)
    work.session.flush()
    return kept


def snapshot_of(quoted: Quote, answer: HouseQuote) -> dict[str, Any]:
    """All that a stay was sold from: inputs, lines with their rules, rate and totals, in neutral form."""
    totals = answer.totals
    snapshot: dict[str, Any] = plain(
        {
            "house": {"id": answer.house.id, "name": answer.house.name, "slug": answer.house.slug},
            "check_in": answer.stay.check_in,
            "check_out": answer.stay.check_out,
            "guests": answer.guests,
            "services": [line.service.id for line in answer.services if not line.service.is_mandatory],
            "discount": _discount_of(answer),
            "rate": answer.rate,
            "made_at": quoted.made_at,
            "lines": [
                {
                    "kind": line.kind,
                    "label": line.label,
                    "rule": line.rule,
                    "night": line.night,
                    "usd": line.amount.usd,
                    "sol": line.amount.sol,
                }
                for line in answer.lines()
            ],
            "totals": {
                name: {"usd": amount.usd, "sol": amount.sol}
                for name, amount in (
                    ("base", totals.base),
                    ("extra", totals.extra),
                    ("subtotal", totals.subtotal),
                    ("discount", totals.discount),
                    ("final", totals.final),
                    ("services", totals.services),
                    ("total", totals.total),
                )
            },
        }
    )
    return snapshot


def _discount_of(answer: HouseQuote) -> dict[str, Any] | None:
    won = answer.outcome.winner
    if won is None:
        return None
    return {
        "id": won.discount.id,
        "source": won.discount.source,
        "name": won.discount.name,
        "percentage": won.discount.percentage,
        "base_usd": won.base_usd,
        "usd": won.amount.usd,
        "sol": won.amount.sol,
    }


def describe(request: QuoteRequest) -> dict[str, Any]:
    """A request in neutral form."""
    return {
        "check_in": request.stay.check_in,
        "check_out": request.stay.check_out,
        "guests": request.guests,
        "house": request.house,
        "services": sorted(str(service) for service in request.services),
        "features": request.features,
        "min_sleep": request.min_sleep,
        "client": request.client,
        "code": request.code,
    }


def _recall(work: Work) -> Callable[[dict[str, Any]], SavedQuote]:
    def find(result: dict[str, Any]) -> SavedQuote:
        kept = work.session.get(SavedQuote, UUID(result["id"]))
        if kept is None:
            raise NotFound("The quote that this key made is gone.", code="quote_not_found")
        return kept

    return find
