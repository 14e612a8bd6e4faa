"""Approving, rejecting, cancelling and expiring. Source: docs/rules/reservations.md, 2.3 to 2.5."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from casaaustin.audit.service import facts, record
from casaaustin.clock import lima_date, today
from casaaustin.db.work import Work
from casaaustin.errors import IllegalTransition, InvalidInput
from casaaustin.money import in_soles
from casaaustin.pricing.cancellation import Refund, refund, tiers_of
from casaaustin.pricing.queries import rate_book
from casaaustin.register.models import Reservation
from casaaustin.reservations.claims import claim, let_go
from casaaustin.reservations.lapse import end_lapsed, lapsed_holds
from casaaustin.reservations.lifecycle import Step, after
from casaaustin.reservations.nights import clear_the_way, holding_of, nights_of
from casaaustin.reservations.repeat import once_per_key
from casaaustin.vocabulary import AdvanceCurrency, CancelReason


@dataclass(frozen=True, slots=True)
class Cancellation:
    """A cancelled reservation and what the policy proposes to return; nothing is paid by itself."""

    reservation: Reservation
    paid_sol: Decimal
    days_before: int
    refund: Refund


def approve(work: Work, reservation: Reservation, *, key: str | None = None, note: str = "") -> Reservation:
    """Confirm a reservation: its nights become firm and its deadline disappears.

    A hold whose deadline has just passed may still be approved while its nights
    are its own; once another guest has them, it was ended already.

    Raises:
        IllegalTransition: not waiting for approval.
        DatesTaken: another stay holds one of the nights.
        RuleRefused: its hold had lapsed, and the last use of its discount code is another's by now.
    """

    def do() -> Reservation:
        status = after(Step.APPROVE, reservation.status)
        before = facts(reservation)
        clear_the_way(work, [reservation.property_id], nights_of(reservation), beside=reservation.id)
        reservation.status = status
        reservation.payment_voucher_deadline = None
        work.session.flush()
        claim(work, reservation)
        record(
            work,
            "reservation.approve",
            "reservation",
            reservation.id,
            before=before,
            after=facts(reservation),
            reason=note,
        )
        return reservation

    return once_per_key(work, key, "reservation.approve", {"reservation": reservation.id, "note": note}, do)


def reject(work: Work, reservation: Reservation, *, reason: str, key: str | None = None) -> Reservation:
    """Refuse a proof of payment: the reservation ends and its nights are free.

    Raises:
        InvalidInput: no reason.
        IllegalTransition: nothing waits for review.
    """
    _need_reason(reason)

    def do() -> Reservation:
        status = after(Step.REJECT, reservation.status)
        before = facts(reservation)
        reservation.status = status
        reservation.cancel_reason = CancelReason.REJECTED_PAYMENT
        _end(work, reservation)
        record(
            work,
            "reservation.reject",
            "reservation",
            reservation.id,
            before=before,
            after=facts(reservation),
            reason=reason,
        )
        return reservation

    return once_per_key(
        work, key, "reservation.reject", {"reservation": reservation.id, "reason": reason}, do
    )


def cancel(
    work: Work,
    reservation: Reservation,
    *,
    reason: str,
    why: CancelReason = CancelReason.STAFF,
    key: str | None = None,
) -> Cancellation:
    """End a live reservation and free its nights in the same transaction.

    The refund is what the house's policy proposes for today; it is recorded, never paid by itself.

    Raises:
        InvalidInput: no reason.
        IllegalTransition: it has ended already.

    Source: docs/rules/reservations.md, 2.3 and 2.4.
    """
    _need_reason(reason)

    def do() -> Reservation:
        status = after(Step.CANCEL, reservation.status)
        before = facts(reservation)
        proposed = proposal(work, reservation)
        reservation.status = status
        reservation.cancel_reason = why
        _end(work, reservation)
        record(
            work,
            "reservation.cancel",
            "reservation",
            reservation.id,
            before=before,
            after={**facts(reservation), "refund_proposed_sol": proposed.refund.amount},
            reason=reason,
        )
        return reservation

    ended = once_per_key(
        work, key, "reservation.cancel", {"reservation": reservation.id, "reason": reason, "why": why}, do
    )
    return proposal(work, ended)


def proposal(work: Work, reservation: Reservation) -> Cancellation:
    """What would be returned if the reservation were cancelled on its cancellation day, or today.

    Source: docs/rules/pricing.md, 2.11.
    """
    when = reservation.cancelled_at
    day = today(work.clock) if when is None else lima_date(when)
    days = max(0, (reservation.check_in_date - day).days)
    paid = paid_in_soles(reservation)
    tiers = tiers_of(reservation.property_id, rate_book(work).cancellation)
    return Cancellation(reservation, paid, days, refund(paid, days, tiers))


def paid_in_soles(reservation: Reservation) -> Decimal:
    """What was paid so far, in soles at the reservation's own rate.

    Source: docs/rules/reservations.md, 0.3.
    """
    if reservation.full_payment:
        return reservation.price_sol
    if reservation.advance_payment_currency is AdvanceCurrency.DOLLARS:
        return in_soles(reservation.advance_payment, reservation.exchange_rate)
    return reservation.advance_payment


def expire(work: Work, reservation_id: UUID) -> bool:
    """End one hold if its deadline has passed. Safe to repeat and to run in parallel."""
    return end_lapsed(work, reservation_id)


def expired_candidates(work: Work, *, most: int = 1000) -> tuple[UUID, ...]:
    """Holds that `expire` would end now, oldest deadline first."""
    return tuple(lapsed_holds(work, most=most))


def refuse_if_lapsed(work: Work, reservation: Reservation) -> None:
    """Refuse to work on a hold that no longer holds anything.

    Raises:
        IllegalTransition: its deadline has passed.
    """
    held = holding_of(work, reservation)
    if held is not None and not held.is_live(work.clock.now()):
        raise IllegalTransition(
            "The deadline of this hold has passed.", code="hold_lapsed", hint="Make a new reservation."
        )


def _end(work: Work, reservation: Reservation) -> None:
    reservation.cancelled_at = work.clock.now()
    reservation.cancelled_by = work.actor.name
    reservation.payment_voucher_deadline = None
    work.session.flush()
    let_go(work, reservation)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("Say why.", field="reason", hint="Add --reason 'guest is ill'.")
