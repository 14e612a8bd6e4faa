"""Reserving: one transaction from the price to the night rows.

Source: docs/rules/reservations.md, 2.2; docs/rules/pricing.md, 2.14.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select

from casaaustin.audit.service import facts, record
from casaaustin.availability.min_nights import calendar_window
from casaaustin.availability.occupancy import occupied_stay
from casaaustin.availability.queries import occupancy
from casaaustin.clients.models import Client
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts import redemptions
from casaaustin.discounts.offers import Offers, normal_code
from casaaustin.discounts.queries import offers
from casaaustin.discounts.texts import reason_sentence as code_sentence
from casaaustin.discounts.winner import CodeResult, CodeStatus, public
from casaaustin.errors import CodeRefused, InvalidInput, NotAvailable, NotFound, PriceChanged, RuleRefused
from casaaustin.money import CENT, ZERO, Amount, in_soles
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import House, RateBook
from casaaustin.quoting import service as quoting
from casaaustin.quoting import token
from casaaustin.quoting.evaluate import HouseQuote, Quote, QuoteRequest, Reason, check_request
from casaaustin.quoting.models import QuoteKind
from casaaustin.quoting.service import Basis
from casaaustin.quoting.texts import reason_sentence
from casaaustin.register.models import Reservation
from casaaustin.reservations.nights import clear_the_way, take, taken_error
from casaaustin.reservations.repeat import once_per_key
from casaaustin.stays import Stay
from casaaustin.vocabulary import (
    AdvanceCurrency,
    Language,
    Origin,
    RedemptionState,
    ReservationStatus,
    UnavailableReason,
)

# Reasons that protect a sale; a guest who only gives nights back cannot cause them.
SELLING_RULES = frozenset(
    {UnavailableReason.MIN_NIGHTS, UnavailableReason.CAPACITY, UnavailableReason.CLOSED}
)

_client = table_of(Client)
_reservation = table_of(Reservation)


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """A price that staff agreed on instead of the computed one, and why."""

    usd: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Shown:
    """The totals that a guest was shown; one that nobody knows agrees with anything."""

    usd: Decimal | None = None
    sol: Decimal | None = None

    def agrees_with(self, computed: Amount) -> bool:
        """Whether neither differs by more than a cent."""
        pairs = ((self.usd, computed.usd), (self.sol, computed.sol))
        return all(shown is None or abs(shown - now) <= CENT for shown, now in pairs)


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be booked.

    Args:
        house: which house.
        stay: the contract's nights.
        guests: all persons.
        client: the guest; required unless the house is only blocked.
        services: chosen optional services.
        code: a discount code, as it was typed.
        accept_without_discount: book at the price without the code when it does not apply.
        origin: who brings it in; a client's own booking is always a hold.
        hold: how long the nights are only held; None books at once.
        late_checkout: whether the guest leaves at 20:00, which is charged and blocks that night.
        quote_id: the quote it is sold from; its price must still be the price.
        expected: totals that the caller showed to the guest; compared only.
        agreed: a price agreed by staff.
        allow_past: enter a stay that has begun or is over.
        seller: who sold it; the actor when left out.
        currency: in which the guest means to pay.
        phone: contact number for this stay.
        comments: the guest's remarks.
        required_features: features this guest was promised.
        house_locked: whether this very house was promised.
        external_id: id at an outside channel.
    """

    house: UUID
    stay: Stay
    guests: int = 1
    client: UUID | None = None
    services: tuple[UUID, ...] = ()
    code: str | None = None
    accept_without_discount: bool = False
    origin: Origin = Origin.STAFF
    hold: timedelta | None = None
    late_checkout: bool = False
    quote_id: str | None = None
    expected: Shown | Amount | None = None
    agreed: AgreedPrice | None = None
    allow_past: bool = False
    seller: str | None = None
    currency: AdvanceCurrency = AdvanceCurrency.SOLES
    phone: str | None = None
    comments: str | None = None
    required_features: tuple[str, ...] = ()
    house_locked: bool = False
    external_id: str | None = None


def reserve(work: Work, order: Order, *, key: str | None = None) -> Reservation:
    """Book a stay, or refuse and keep nothing.

    Price check, reservation, snapshot, night rows and the use of the code are one transaction.
    Lapsed holds in the way are ended first. A repeated request key returns the first result.

    Raises:
        NotFound: no such house or client.
        InvalidInput: dates, guests, services or quote that make no sense together.
        DatesTaken: another stay holds one of the nights.
        NotAvailable: the house cannot take this stay; `details["reasons"]` lists all reasons.
        PriceChanged: the price is not the quoted one any more; `details` carries the new quote.
        CodeRefused: the code does not apply; `code` is the reason, `details` carries the new quote.
        QuoteExpired: the quote is too old.
        RuleRefused: the client has another unpaid booking (`pending_reservation_exists`).
        KeyReused: the key came back with other content.

    Source: docs/rules/reservations.md, 2.2.
    """
    return once_per_key(work, key, "reservation.reserve", describe(order), lambda: _reserve(work, order))


def _reserve(work: Work, order: Order) -> Reservation:
    _check_order(order)
    code = normal_code(order.code)
    request = QuoteRequest(
        order.stay, order.guests, order.house, order.services, client=order.client, code=code
    )
    check_request(request, today(work.clock), quoting.limits_of(work), allow_past=order.allow_past)
    book = rate_book(work)
    house = book.by_id.get(order.house)
    if house is None:
        raise NotFound("There is no such house.", code="house_not_found")
    if order.client is not None:
        _check_client(work, order.client, own_booking=order.origin is Origin.CLIENT)
    blocked = occupied_stay(order.stay, late_checkout=order.late_checkout)
    clear_the_way(work, [order.house], blocked)
    calendar = occupancy(work, calendar_window(blocked, book.longest_minimum), house=order.house)
    taken = calendar.taken_nights(order.house, blocked)
    if taken:
        raise taken_error(work, order.house, blocked, taken)
    if order.origin is Origin.MAINTENANCE:
        return _store(work, order, house, None, None, Amount(ZERO, ZERO))
    if code is not None:
        redemptions.lock_code(work, code)
    quoted = quoting.price(work, Basis(book, calendar, _offers(work, book, order)), request)
    answer = quoted.of(order.house)
    refuse_unless_available(answer, answer.reasons)
    _check_code(work, order, quoted, answer, book)
    late = _late_checkout(work, order)
    computed = answer.totals.total + late
    if order.agreed is None:
        _compare_price(work, order, quoted, computed)
    return _store(work, order, house, quoted, answer, computed, late)


def _offers(work: Work, book: RateBook, order: Order) -> Offers | None:
    """What the guest may be offered; a channel sells at prices of its own."""
    if order.origin is Origin.AIRBNB:
        return None
    return offers(work, book, client=order.client, code=order.code)


def _check_code(work: Work, order: Order, quoted: Quote, answer: HouseQuote, book: RateBook) -> None:
    """Refuse to book at another price than the code promised, unless that was agreed to.

    Source: docs/rules/pricing.md, 2.8; docs/rules/reservations.md, 2.2.
    """
    result = answer.outcome.code
    if result is None or result.status is CodeStatus.APPLIED:
        return
    if result.status is CodeStatus.SUPERSEDED:
        work.notes.append(f"A better discount replaced the code {result.code}; it was not used.")
        return
    houses = {house.id: house.name for house in book.houses}

    def refused(told: CodeResult) -> str:
        sentence = code_sentence(told.reason or "", told.figures, Language.ENGLISH, houses=houses)
        return f"The code {told.code} does not apply: {sentence}."

    if order.accept_without_discount:
        # A remark reaches whoever books; a refusal is worded by the face, which knows who asks.
        by_client = order.origin is Origin.CLIENT
        told = public(answer.outcome, order.client) if by_client else result
        work.notes.append(f"{refused(told or result)} Booked without it.")
        return
    total = answer.totals.total
    # The new quote is one without the code, so that it can be booked as the hint says.
    without = replace(quoted, request=replace(quoted.request, code=None))
    raise CodeRefused(
        refused(result),
        code=result.reason,
        hint=f"Without it the stay costs US$ {total.usd} (S/ {total.sol}): book again without the code.",
        details={"house": answer.house.id, "quote": quoted, "quote_id": quoting.quote_id(work, without)},
    )


def refuse_unless_available(answer: HouseQuote, reasons: tuple[Reason, ...]) -> None:
    """Raise with every reason against, if there is one.

    Raises:
        NotAvailable: some reason stands; its code is the first reason's.
    """
    if not reasons:
        return
    sentences = [reason_sentence(reason, Language.ENGLISH) for reason in reasons]
    raise NotAvailable(
        f"{answer.house.name} cannot take this stay: {'; '.join(sentences)}.",
        code=reasons[0].code.value,
        hint="See other houses and dates with: casa availability",
        details={
            "house": answer.house.id,
            "reasons": [{"code": reason.code, **reason.figures} for reason in reasons],
        },
    )


def _check_order(order: Order) -> None:
    if order.code is not None:
        _check_takes_code(order)
    if order.origin is Origin.MAINTENANCE:
        if order.client is not None or order.agreed is not None or order.services or order.late_checkout:
            raise InvalidInput(
                "A maintenance block has no guest, price, services or late checkout.", field="origin"
            )
        return
    if order.client is None and order.origin is not Origin.AIRBNB:
        raise InvalidInput(
            "A reservation needs a client.", field="client", hint="Add one with: casa clients add"
        )
    if order.agreed is not None:
        if not order.agreed.reason.strip():
            raise InvalidInput("A price agreed by hand needs a reason.", field="reason", hint="Say --reason.")
        if order.agreed.usd < 0:
            raise InvalidInput("A price cannot be negative.", field="price")
        if order.origin is Origin.CLIENT:
            raise InvalidInput("A client's own booking is sold at the computed price.", field="price")
    if order.origin is Origin.CLIENT and order.hold is None:
        raise InvalidInput("A client's own booking is a hold until it is paid.", field="hold")


def _check_takes_code(order: Order) -> None:
    if order.origin in {Origin.MAINTENANCE, Origin.AIRBNB}:
        raise InvalidInput("Only what we sell ourselves takes a discount code.", field="code")
    if order.agreed is not None:
        raise InvalidInput(
            "A price agreed by hand takes no discount code.", field="code", hint="Leave one of the two out."
        )


def _check_client(work: Work, client: UUID, *, own_booking: bool) -> None:
    connection = work.session.connection()
    # Two bookings of one client wait for each other here, so that the second sees the first: it may be
    # a first booking no longer, and a client's own waits for payment only once.
    statement = select(_client.c.id).where(_client.c.id == client, ~_client.c.deleted).with_for_update()
    if connection.execute(statement).first() is None:
        raise NotFound("There is no such client.", code="client_not_found")
    if not own_booking:
        return
    waiting = connection.execute(
        select(_reservation.c.id).where(
            _reservation.c.client_id == client,
            _reservation.c.status == ReservationStatus.INCOMPLETE,
            _reservation.c.payment_voucher_deadline >= work.clock.now(),
            ~_reservation.c.deleted,
        )
    ).first()
    if waiting is not None:
        raise RuleRefused(
            "This client has another booking that waits for payment.",
            code="pending_reservation_exists",
            hint="Pay or cancel that one first.",
            details={"reservation": waiting.id},
        )


def _late_checkout(work: Work, order: Order) -> Amount:
    if not order.late_checkout:
        return Amount(ZERO, ZERO)
    return late_checkout_amount(work, order.house, order.stay, order.guests)


def late_checkout_amount(
    work: Work, house: UUID, stay: Stay, guests: int, *, leaving_out: UUID | None = None
) -> Amount:
    """The price of a late checkout that is bought with, or added to, a stay.

    Raises:
        NotAvailable: not sold on that weekday, or the night is taken.
    """
    answer = quoting.late_checkout(work, house, stay.check_out, guests, leaving_out=leaving_out)
    if answer.reason is not None or answer.price is None:
        sentences = {
            "late_day_not_allowed": "late checkout is not sold on that weekday",
            "late_night_taken": "the night of the departure date is taken",
            "price_missing": "that night has no price",
        }
        code = answer.reason or "price_missing"
        raise NotAvailable(
            f"No late checkout on {stay.check_out}: {sentences[code]}.", code=code, details={"house": house}
        )
    return Amount(answer.price.price_usd, answer.price.price_sol)


def _compare_price(work: Work, order: Order, quoted: Quote, computed: Amount) -> None:
    shown = None if order.expected is None else Shown(order.expected.usd, order.expected.sol)
    if order.quote_id is not None:
        carried = token.read(order.quote_id, work.settings.signing_key(), work.clock.now())
        asked = carried.request
        same = (asked.stay, asked.guests) == (order.stay, order.guests)
        # Who was quoted without a code may add one that takes nothing off: the total is compared below.
        same_code = asked.code in (None, normal_code(order.code))
        if not (same and same_code) or set(asked.services) != set(order.services):
            raise InvalidInput(
                "The quote was made for other dates, guests, services or another code.",
                field="quote_id",
                code="quote_mismatch",
                hint="Ask for a new quote.",
            )
        total = carried.total_of(order.house)
        if order.late_checkout:
            total = total + late_checkout_amount(work, order.house, order.stay, order.guests)
        shown = Shown(total.usd, total.sol)
    if shown is not None and not shown.agrees_with(computed):
        told = " and ".join(
            f"{currency} {amount}"
            for currency, amount in (("US$", shown.usd), ("S/", shown.sol))
            if amount is not None
        )
        raise PriceChanged(
            f"The price is now US$ {computed.usd} (S/ {computed.sol}), not {told}.",
            hint="Show the new price to the guest and book again.",
            details={
                "shown": {"usd": shown.usd, "sol": shown.sol},
                "now": {"usd": computed.usd, "sol": computed.sol},
                "quote": quoted,
                "quote_id": quoting.quote_id(work, quoted),
            },
        )


def _store(
    work: Work,
    order: Order,
    house: House,
    quoted: Quote | None,
    answer: HouseQuote | None,
    computed: Amount,
    late: Amount = Amount(ZERO, ZERO),  # noqa: B008 - frozen
) -> Reservation:
    now = work.clock.now()
    rate = answer.rate if answer is not None else _any_rate(work)
    charged = computed
    if order.agreed is not None:
        charged = Amount(order.agreed.usd, in_soles(order.agreed.usd, rate))
    snapshot = None
    if quoted is not None and answer is not None:
        snapshot = quoting.keep(work, quoted, answer, kind=QuoteKind.SALE, client=order.client)
    booked = Reservation(
        client_id=order.client,
        property_id=order.house,
        seller=order.seller or work.actor.name,
        check_in_date=order.stay.check_in,
        check_out_date=order.stay.check_out,
        guests=order.guests,
        status=ReservationStatus.APPROVED if order.hold is None else ReservationStatus.INCOMPLETE,
        origin=order.origin,
        price_usd=charged.usd,
        price_sol=charged.sol,
        computed_price_usd=computed.usd,
        price_override_reason=order.agreed.reason.strip() if order.agreed else None,
        exchange_rate=rate,
        quote_id=snapshot.id if snapshot else None,
        full_payment=order.origin is Origin.MAINTENANCE,
        advance_payment_currency=order.currency,
        late_checkout=order.late_checkout,
        price_latecheckout=late.sol,
        tel_contact_number=order.phone,
        comentarios_reservas=order.comments,
        uuid_external=order.external_id,
        payment_voucher_deadline=now + order.hold if order.hold is not None else None,
        booked_on=today(work.clock),
        required_features=sorted({feature.strip().casefold() for feature in order.required_features}),
        house_locked=order.house_locked,
        booked_class=house.exchange_class,
    )
    work.session.add(booked)
    work.session.flush()
    take(work, booked)
    used = _use_code(work, booked, answer)
    record(
        work,
        "reservation.reserve",
        "reservation",
        booked.id,
        after={**facts(booked), "discount_code": used},
        reason=booked.price_override_reason or "",
    )
    return booked


def _use_code(work: Work, booked: Reservation, answer: HouseQuote | None) -> str | None:
    """Count a use of the code that won; one that was passed over is not consumed."""
    if answer is None or not answer.outcome.code_won:
        return None
    won = answer.outcome.winner
    if won is None:
        raise AssertionError("a code that was applied has won")
    is_approved = booked.status is ReservationStatus.APPROVED
    redemptions.redeem(
        work,
        won.discount.id,
        reservation=booked.id,
        client=booked.client_id,
        amount=won.amount,
        state=RedemptionState.CONFIRMED if is_approved else RedemptionState.HELD,
        held_until=booked.payment_voucher_deadline,
    )
    return won.discount.code


def _any_rate(work: Work) -> Decimal:
    """The rate beside a price of nothing; a block may be entered before any rate is known."""
    current = rate_book(work).rate
    return current.usd_to_sol if current is not None else Decimal("1.000")


def describe(order: Order) -> dict[str, Any]:
    """All that the reservation will say; quote and shown price are only compared, so they may differ."""
    return {
        "house": order.house,
        "check_in": order.stay.check_in,
        "check_out": order.stay.check_out,
        "guests": order.guests,
        "client": order.client,
        "services": sorted(str(service) for service in order.services),
        "code": normal_code(order.code),
        "accept_without_discount": order.accept_without_discount,
        "origin": order.origin,
        "hold": None if order.hold is None else int(order.hold.total_seconds()),
        "late_checkout": order.late_checkout,
        "agreed": None if order.agreed is None else [order.agreed.usd, order.agreed.reason],
        "currency": order.currency,
        "phone": order.phone,
        "comments": order.comments,
        "external_id": order.external_id,
        "seller": order.seller,
        "required_features": sorted(order.required_features),
        "house_locked": order.house_locked,
    }
