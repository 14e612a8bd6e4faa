"""One reservation with everything around it: the bill it was sold by, what is paid, what it holds.

Source: docs/rules/reservations.md, 0.3 and 1.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from casaaustin.availability.queries import nights as night_table
from casaaustin.db.work import Work
from casaaustin.discounts import redemptions
from casaaustin.errors import NotFound
from casaaustin.money import ZERO
from casaaustin.quoting.models import SavedQuote
from casaaustin.register.models import Reservation
from casaaustin.reservations.ending import paid_in_soles
from casaaustin.reservations.queries import Listed, one
from casaaustin.vocabulary import CancelReason, RedemptionState, Source


@dataclass(frozen=True, slots=True)
class BillLine:
    """One line of what a stay was sold for, and the rule that made it."""

    kind: str
    label: str
    rule: str
    night: date | None
    usd: Decimal
    sol: Decimal


@dataclass(frozen=True, slots=True)
class SoldDiscount:
    """The discount that a stay was sold with, as it was kept with the sale.

    Args:
        source: of which kind.
        name: the code, or the name of the rule; of a recommendation the level.
        percentage: per cent; 0 for a fixed amount.
        usd: taken off, dollars.
        sol: taken off, soles.
        use: what became of the use of the code; None for what is no code.
    """

    source: Source
    name: str
    percentage: Decimal
    usd: Decimal
    sol: Decimal
    use: RedemptionState | None

    @property
    def code(self) -> str | None:
        """The code, if it was one."""
        return self.name if self.source is Source.CODE else None


@dataclass(frozen=True, slots=True)
class Details:
    """A reservation, ready to be shown.

    Args:
        listed: as lists show it.
        bill: lines that add up to the price in both currencies; empty when nothing was kept to sell from.
        discount: what was taken off and by which rule; None when nothing was.
        nights_held: the nights that it owns now.
        paid_sol: paid so far, in soles.
        due_sol: still to pay, in soles; negative when too much was paid.
    """

    listed: Listed
    bill: tuple[BillLine, ...]
    discount: SoldDiscount | None
    nights_held: tuple[date, ...]
    paid_sol: Decimal
    due_sol: Decimal
    exchange_rate: Decimal
    computed_price_usd: Decimal
    price_reason: str | None
    seller: str | None
    booked_on: date
    phone: str | None
    comments: str | None
    voucher_uploaded: bool
    house_locked: bool
    required_features: tuple[str, ...]
    moved_count: int
    cancel_reason: CancelReason | None
    cancelled_at: datetime | None
    cancelled_by: str | None
    version: int


def details(work: Work, reservation: Reservation) -> Details:
    """Everything about a reservation as it stands in this unit of work; at most four statements.

    Raises:
        NotFound: its row is gone.
    """
    work.session.flush()
    listed = one(work, reservation.id)
    if listed is None:
        raise NotFound("The reservation is gone.", code="reservation_not_found")
    kept = work.session.get(SavedQuote, reservation.quote_id) if reservation.quote_id else None
    held = work.session.connection().execute(
        select(night_table.c.night)
        .where(night_table.c.reservation_id == reservation.id)
        .order_by(night_table.c.night)
    )
    paid = paid_in_soles(reservation)
    return Details(
        listed=listed,
        bill=tuple(_bill(reservation, kept.snapshot)) if kept is not None else (),
        discount=_discount(work, reservation, kept.snapshot) if kept is not None else None,
        nights_held=tuple(held.scalars()),
        paid_sol=paid,
        due_sol=ZERO if reservation.full_payment else reservation.price_sol - paid,
        exchange_rate=reservation.exchange_rate,
        computed_price_usd=reservation.computed_price_usd,
        price_reason=reservation.price_override_reason,
        seller=reservation.seller,
        booked_on=reservation.booked_on,
        phone=reservation.tel_contact_number,
        comments=reservation.comentarios_reservas,
        voucher_uploaded=reservation.payment_voucher_uploaded,
        house_locked=reservation.house_locked,
        required_features=tuple(reservation.required_features),
        moved_count=reservation.moved_count,
        cancel_reason=reservation.cancel_reason,
        cancelled_at=reservation.cancelled_at,
        cancelled_by=reservation.cancelled_by,
        version=reservation.version,
    )


def _discount(work: Work, reservation: Reservation, snapshot: dict[str, Any]) -> SoldDiscount | None:
    # A stay that was sold before there were discounts says nothing about them.
    sold = snapshot.get("discount")
    if sold is None:
        return None
    source = Source(sold["source"])
    use = None
    if source is Source.CODE:
        used = redemptions.use_of(work, reservation.id)
        use = used.state if used is not None else RedemptionState.RELEASED
    return SoldDiscount(
        source=source,
        name=sold["name"],
        percentage=Decimal(sold["percentage"]),
        usd=Decimal(sold["usd"]),
        sol=Decimal(sold["sol"]),
        use=use,
    )


def _bill(reservation: Reservation, snapshot: dict[str, Any]) -> Iterator[BillLine]:
    """The kept lines, then the late checkout, then what staff agreed to differently."""
    lines = [_line(line) for line in snapshot["lines"]]
    yield from lines
    usd, sol = _sum(lines)
    if reservation.late_checkout:
        late = BillLine(
            "late_checkout",
            "until 20:00",
            "late checkout",
            reservation.check_out_date,
            reservation.computed_price_usd - usd,
            reservation.price_latecheckout,
        )
        yield late
        usd, sol = usd + late.usd, sol + late.sol
    more_usd, more_sol = reservation.price_usd - usd, reservation.price_sol - sol
    if more_usd or more_sol:
        why = reservation.price_override_reason or "price agreed earlier"
        yield BillLine("agreed", "agreed price", why, None, more_usd, more_sol)


def _line(kept: dict[str, Any]) -> BillLine:
    night = kept["night"]
    return BillLine(
        kept["kind"],
        kept["label"],
        kept["rule"],
        date.fromisoformat(night) if night else None,
        Decimal(kept["usd"]),
        Decimal(kept["sol"]),
    )


def _sum(lines: Iterable[BillLine]) -> tuple[Decimal, Decimal]:
    usd, sol = ZERO, ZERO
    for line in lines:
        usd, sol = usd + line.usd, sol + line.sol
    return usd, sol
