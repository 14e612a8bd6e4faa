"""Changing a reservation: dates, guests, services, late checkout, house.

Nights are given and taken in one transaction. A change is priced again by the
same evaluator, at the rate that was frozen with the stay; its own nights are no
obstacle to it. Source: docs/rules/pricing.md, 2.14.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from casaaustin.audit.service import facts, record
from casaaustin.availability.min_nights import calendar_window
from casaaustin.availability.occupancy import occupied_stay
from casaaustin.availability.queries import occupancy
from casaaustin.clock import today
from casaaustin.db.work import Work
from casaaustin.discounts import redemptions
from casaaustin.discounts.offers import Offers
from casaaustin.discounts.queries import offers
from casaaustin.discounts.redemptions import Use
from casaaustin.discounts.texts import reason_sentence
from casaaustin.discounts.winner import CodeStatus
from casaaustin.errors import Conflict, InvalidInput, NotFound, RuleRefused
from casaaustin.money import NOTHING, Amount, in_soles
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import RateBook
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import HouseQuote, Quote, QuoteRequest, Reason, check_request
from casaaustin.quoting.models import QuoteKind, SavedQuote
from casaaustin.quoting.service import Basis
from casaaustin.register.models import Reservation
from casaaustin.reservations.booking import (
    SELLING_RULES,
    AgreedPrice,
    late_checkout_amount,
    refuse_unless_available,
)
from casaaustin.reservations.claims import claim
from casaaustin.reservations.ending import paid_in_soles, refuse_if_lapsed
from casaaustin.reservations.lifecycle import Step, after
from casaaustin.reservations.nights import clear_the_way, taken_error
from casaaustin.reservations.repeat import once_per_key
from casaaustin.stays import Stay
from casaaustin.vocabulary import Language, Origin, UnavailableReason


@dataclass(frozen=True, slots=True)
class Change:
    """What is to become of a reservation; None leaves a thing as it is.

    Args:
        check_in: new first night.
        check_out: new day of departure.
        guests: new number of persons.
        services: new set of chosen services.
        late_checkout: leave at 20:00, or no longer.
        house: another house, sold anew at its own price (to keep the price, move instead).
        agreed: a price agreed by staff; as in a booking, it takes the place of a discount code.
        keep_price: leave the price as it was agreed, whatever the new figures say, and its code with it.
        drop_code: take the discount code away and give its use back.
        expected_version: refuse when somebody changed the reservation since it was looked at.
    """

    check_in: Any = None
    check_out: Any = None
    guests: int | None = None
    services: tuple[UUID, ...] | None = None
    late_checkout: bool | None = None
    house: UUID | None = None
    agreed: AgreedPrice | None = None
    keep_price: bool = False
    drop_code: bool = False
    expected_version: int | None = None


def change(
    work: Work, reservation: Reservation, wanted: Change, *, reason: str = "", key: str | None = None
) -> Reservation:
    """Change dates, guests, services, late checkout or house of a live reservation.

    A stay that only gives nights back is never refused by a selling rule. A new price
    below what was paid already is not applied but remarked on (`work.notes`). Discounts are
    judged as of the day of booking; a code that no longer applies is given back and remarked on.

    Raises:
        IllegalTransition: the reservation has ended.
        DatesTaken: another stay holds one of the nights; nothing has changed.
        NotAvailable: capacity, minimum nights, closed house, late checkout not sold.
        InvalidInput: nothing to change, or a hand-agreed price that the change would silently replace.
        Conflict: somebody else changed it meanwhile.
    """
    return once_per_key(
        work,
        key,
        "reservation.change",
        {"reservation": reservation.id, "change": _describe(wanted), "reason": reason},
        lambda: _change(work, reservation, wanted, reason),
    )


def move(
    work: Work,
    reservation: Reservation,
    house: UUID,
    *,
    reason: str,
    force: bool = False,
    expected_version: int | None = None,
    key: str | None = None,
) -> Reservation:
    """Put the same stay into another house at the agreed price.

    Selling rules such as minimum nights do not apply to a stay that was sold; what the
    guests need does: they must fit, promised features must be there, the house must be open.

    Args:
        work: a writing unit of work.
        reservation: what to move.
        house: where to.
        reason: why, for the audit trail.
        force: also move a stay that was promised its house.
        expected_version: refuse when somebody changed it since.
        key: request key.

    Raises:
        RuleRefused: the house was promised (`house_locked`).
        DatesTaken: the nights are taken there; nothing has changed.
        NotAvailable: too many guests, a promised feature is missing, or closed.
    """
    return once_per_key(
        work,
        key,
        "reservation.move",
        {"reservation": reservation.id, "house": house, "reason": reason, "force": force},
        lambda: _move(work, reservation, house, reason, force=force, expected_version=expected_version),
    )


def _change(work: Work, reservation: Reservation, wanted: Change, reason: str) -> Reservation:
    after(Step.CHANGE, reservation.status)
    refuse_if_lapsed(work, reservation)
    _check_version(reservation, wanted.expected_version)
    old = Stay(reservation.check_in_date, reservation.check_out_date)
    new = Stay(wanted.check_in or old.check_in, wanted.check_out or old.check_out)
    guests = wanted.guests if wanted.guests is not None else reservation.guests
    house = wanted.house or reservation.property_id
    late = reservation.late_checkout if wanted.late_checkout is None else wanted.late_checkout
    services = _chosen_services(work, reservation) if wanted.services is None else wanted.services
    _check_wanted(work, reservation, wanted, Stay(old.check_in, old.check_out), new)

    before = facts(reservation)
    blocked = occupied_stay(new, late_checkout=late)
    clear_the_way(work, {reservation.property_id, house}, blocked, beside=reservation.id)
    used = redemptions.use_of(work, reservation.id)
    if used is not None:
        redemptions.lock_code(work, used.code)
    is_dropped = wanted.drop_code or wanted.agreed is not None
    request = QuoteRequest(
        new,
        guests,
        house,
        services,
        client=reservation.client_id,
        code=used.code if used is not None and not is_dropped else None,
    )
    check_request(request, today(work.clock), quoting.limits_of(work), allow_past=True)
    book = rate_book(work)
    calendar = occupancy(
        work, calendar_window(blocked, book.longest_minimum), house=house, leaving_out=reservation.id
    )
    taken = calendar.taken_nights(house, blocked)
    if taken:
        raise taken_error(work, house, blocked, taken)

    if reservation.origin is not Origin.MAINTENANCE:
        may_have = _offers(work, book, reservation, request)
        quoted = quoting.price(work, Basis(book, calendar, may_have), request, rate=reservation.exchange_rate)
        answer = quoted.of(house)
        gives_back_only = (
            house == reservation.property_id
            and new.check_in >= old.check_in
            and new.check_out <= old.check_out
            and guests <= reservation.guests
        )
        refuse_unless_available(answer, _standing(answer.reasons, lenient=gives_back_only))
        late_price = _late_price(work, reservation, wanted, house, new, guests, late=late)
        has_new_price = _reprice(work, reservation, wanted, quoted, answer, late_price)
        if used is not None and (has_new_price or is_dropped):
            _renew_code(work, reservation, used, answer)
    reservation.check_in_date, reservation.check_out_date = new.check_in, new.check_out
    reservation.guests = guests
    if house != reservation.property_id:
        reservation.property_id = house
        reservation.booked_class = book.by_id[house].exchange_class
    reservation.late_checkout = late
    work.session.flush()
    claim(work, reservation)
    record(
        work,
        "reservation.change",
        "reservation",
        reservation.id,
        before=before,
        after=facts(reservation),
        reason=reason or (wanted.agreed.reason if wanted.agreed else ""),
    )
    return reservation


def _move(
    work: Work,
    reservation: Reservation,
    house: UUID,
    reason: str,
    *,
    force: bool,
    expected_version: int | None,
) -> Reservation:
    after(Step.MOVE, reservation.status)
    refuse_if_lapsed(work, reservation)
    _check_version(reservation, expected_version)
    book = rate_book(work)
    target = book.by_id.get(house)
    if target is None:
        raise NotFound("There is no such house.", code="house_not_found")
    if house == reservation.property_id:
        raise InvalidInput(f"The stay is in {target.name} already.", field="house")
    if reservation.house_locked and not force:
        raise RuleRefused(
            "This guest was promised this very house.",
            code="house_locked",
            hint="Move it all the same with --force and a reason.",
        )
    if not reason.strip():
        raise InvalidInput("Say why the stay is moved.", field="reason", hint="Add --reason.")
    before = facts(reservation)
    contract = Stay(reservation.check_in_date, reservation.check_out_date)
    blocked = occupied_stay(contract, late_checkout=reservation.late_checkout)
    clear_the_way(work, {reservation.property_id, house}, blocked, beside=reservation.id)
    calendar = occupancy(work, calendar_window(blocked, book.longest_minimum), house=house)
    taken = calendar.taken_nights(house, blocked)
    if taken:
        raise taken_error(work, house, blocked, taken)
    request = QuoteRequest(
        contract, reservation.guests, house, features=frozenset(reservation.required_features)
    )
    answer = quoting.price(work, Basis(book, calendar), request, rate=reservation.exchange_rate).of(house)
    ignored = {UnavailableReason.MIN_NIGHTS, UnavailableReason.PRICE_MISSING}
    if reservation.origin is Origin.MAINTENANCE:
        ignored |= {UnavailableReason.CAPACITY, UnavailableReason.CLOSED}
    refuse_unless_available(answer, tuple(one for one in answer.reasons if one.code not in ignored))
    reservation.property_id = house
    reservation.moved_count += 1
    work.session.flush()
    claim(work, reservation)
    record(
        work,
        "reservation.move",
        "reservation",
        reservation.id,
        before=before,
        after=facts(reservation),
        reason=reason,
    )
    return reservation


def _check_wanted(work: Work, reservation: Reservation, wanted: Change, old: Stay, new: Stay) -> None:
    if replace(wanted, expected_version=None, keep_price=False) == Change():
        raise InvalidInput("Nothing is to be changed.", hint="Say what: --from, --to, --guests, --house, …")
    if wanted.keep_price and wanted.agreed is not None:
        raise InvalidInput("A price is either kept or agreed anew, not both.", field="price")
    if wanted.agreed is not None and (not wanted.agreed.reason.strip() or wanted.agreed.usd < 0):
        raise InvalidInput("A price agreed by hand is not negative and has a reason.", field="price")
    if new.check_in < today(work.clock) and new.check_in != old.check_in:
        raise InvalidInput(
            f"The new check-in {new.check_in} is in the past.", field="check_in", code="check_in_past"
        )
    by_hand = reservation.price_override_reason is not None
    if by_hand and wanted.agreed is None and not wanted.keep_price:
        raise InvalidInput(
            f"The price of this stay was agreed by hand (US$ {reservation.price_usd}).",
            field="price",
            code="price_agreed_by_hand",
            hint="Say --keep-price, or a new --price with --reason.",
        )


def _check_version(reservation: Reservation, expected: int | None) -> None:
    if expected is not None and expected != reservation.version:
        raise Conflict(
            "Somebody else changed this reservation meanwhile.",
            hint="Look at it again and repeat.",
            details={"expected": expected, "found": reservation.version},
        )


def _standing(reasons: tuple[Reason, ...], *, lenient: bool) -> tuple[Reason, ...]:
    return tuple(one for one in reasons if not (lenient and one.code in SELLING_RULES))


def _late_price(
    work: Work,
    reservation: Reservation,
    wanted: Change,
    house: UUID,
    stay: Stay,
    guests: int,
    *,
    late: bool,
) -> Amount:
    """A late checkout that stays as it was keeps its price; a new one is priced now."""
    if not late:
        return NOTHING
    as_it_was = (
        reservation.late_checkout
        and stay.check_out == reservation.check_out_date
        and house == reservation.property_id
        and wanted.guests is None
    )
    if as_it_was:
        sol = reservation.price_latecheckout
        usd = reservation.computed_price_usd - _stay_total_usd(work, reservation)
        return Amount(usd, sol)
    return late_checkout_amount(work, house, stay, guests, leaving_out=reservation.id)


def _stay_total_usd(work: Work, reservation: Reservation) -> Any:
    kept = work.session.get(SavedQuote, reservation.quote_id) if reservation.quote_id else None
    return kept.total_usd if kept is not None else reservation.computed_price_usd


def _reprice(
    work: Work,
    reservation: Reservation,
    wanted: Change,
    quoted: Quote,
    answer: HouseQuote,
    late: Amount,
) -> bool:
    """Write what the stay costs now; whether the guest pays another price than before for it."""
    computed = answer.totals.total + late
    snapshot = quoting.keep(work, quoted, answer, kind=QuoteKind.SALE, client=reservation.client_id)
    reservation.quote_id = snapshot.id
    reservation.computed_price_usd = computed.usd
    reservation.price_latecheckout = late.sol
    if wanted.keep_price:
        if reservation.price_override_reason is None and reservation.price_usd != computed.usd:
            reservation.price_override_reason = "price kept when the stay was changed"
        return False
    if wanted.agreed is not None:
        reservation.price_usd = wanted.agreed.usd
        reservation.price_sol = in_soles(wanted.agreed.usd, reservation.exchange_rate)
        reservation.price_override_reason = wanted.agreed.reason.strip()
        return True
    paid = paid_in_soles(reservation)
    if computed.sol < paid:
        reservation.price_override_reason = "price kept: the new one is below what was paid"
        work.notes.append(
            f"The new price S/ {computed.sol} is below the S/ {paid} paid already; the price was left."
        )
        return False
    reservation.price_usd, reservation.price_sol = computed.usd, computed.sol
    return True


def _offers(work: Work, book: RateBook, reservation: Reservation, request: QuoteRequest) -> Offers | None:
    """What the guest was offered on the day of booking; the stay itself counts as no earlier booking."""
    if reservation.origin is Origin.AIRBNB:
        return None
    found = offers(
        work,
        book,
        client=request.client,
        code=request.code,
        booked_on=reservation.booked_on,
        leaving_out=reservation.id,
    )
    # The stay has its use already: a limit that was lowered since, below the uses of others, takes none back.
    return replace(found, uses={})


def _renew_code(work: Work, reservation: Reservation, used: Use, answer: HouseQuote) -> None:
    """Keep the use of a code that still wins, at its new amount; give any other back and say so."""
    outcome = answer.outcome
    if outcome.code_won:
        redemptions.reprice(work, reservation.id, outcome.amount)
        return
    redemptions.release(work, reservation.id)
    if outcome.code is None:
        why = "was taken off"
    elif outcome.code.status is CodeStatus.SUPERSEDED:
        why = "was replaced by a better discount"
    else:
        sentence = reason_sentence(outcome.code.reason or "", outcome.code.figures, Language.ENGLISH)
        why = f"no longer applies ({sentence})"
    work.notes.append(f"The code {used.code} {why}; its use is free again.")


def _chosen_services(work: Work, reservation: Reservation) -> tuple[UUID, ...]:
    kept = work.session.get(SavedQuote, reservation.quote_id) if reservation.quote_id else None
    if kept is None:
        return ()
    on_sale = {service.id for service in rate_book(work).services}
    chosen = tuple(UUID(service) for service in kept.snapshot["services"])
    gone = [service for service in chosen if service not in on_sale]
    if gone:
        work.notes.append(f"{len(gone)} service(s) of this stay are no longer sold and were left out.")
    return tuple(service for service in chosen if service in on_sale)


def _describe(wanted: Change) -> dict[str, Any]:
    return {
        "check_in": wanted.check_in,
        "check_out": wanted.check_out,
        "guests": wanted.guests,
        "services": None if wanted.services is None else sorted(str(one) for one in wanted.services),
        "late_checkout": wanted.late_checkout,
        "house": wanted.house,
        "agreed": None if wanted.agreed is None else [wanted.agreed.usd, wanted.agreed.reason],
        "keep_price": wanted.keep_price,
        "drop_code": wanted.drop_code,
    }
