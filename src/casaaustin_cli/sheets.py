"""A reservation on a terminal: whole, as a row, and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from casaaustin.vocabulary import Language, Origin, ReservationStatus
from casaaustin_cli import bills, show

if TYPE_CHECKING:
    from casaaustin.audit.models import AuditEvent
    from casaaustin.reservations.details import Details, SoldDiscount
    from casaaustin.reservations.ending import Cancellation
    from casaaustin.reservations.queries import Listed

SHOWN = 8  # characters of an id: enough to name it, short enough to read aloud

# What a change can touch, as people call it; the names are those of `documents.listed_document`.
_LABELS = {
    "house": "House",
    "check_in": "Check-in",
    "check_out": "Check-out",
    "guests": "Guests",
    "late_checkout": "Late checkout",
    "status": "Status",
    "price_usd": "Price in US$",
    "price_sol": "Price in S/",
}


def number(listed: Listed) -> str:
    """The reservation number, as short as it is shown."""
    return listed.id.hex[:SHOWN]


def who(listed: Listed) -> str:
    """The guest, or what the nights are taken for."""
    if listed.client:
        return listed.client
    return "maintenance" if listed.origin is Origin.MAINTENANCE else "nobody named"


def state(listed: Listed) -> str:
    """The status in a word; a hold says that it is one, and when it no longer holds."""
    if listed.is_lapsed:
        return "lapsed"
    if listed.status is ReservationStatus.INCOMPLETE and listed.deadline:
        return "hold"
    return listed.status.value.replace("_", " ")


def in_words(listed: Listed, language: Language) -> str:
    """A reservation in one line, for a question or a remark."""
    dates = bills.dates_text(listed.stay, language)
    return f"{number(listed)}, {listed.house}, {who(listed)}, {dates} {listed.check_out.year}"


def print_reservation(
    found: Details, language: Language, *, now: datetime, title: str | None = None, with_bill: bool = True
) -> None:
    """Print everything about a reservation that people ask for."""
    listed = found.listed
    show.heading(f"{title or 'Reservation'} {number(listed)}: {listed.house}, {who(listed)}")
    guests = "" if listed.origin is Origin.MAINTENANCE else f", {bills.plural(listed.guests, 'guest')}"
    late = ", late checkout" if listed.late_checkout else ""
    show.text(f"{bills.stay_text(listed.stay, language)}{guests}{late}")
    show.line()
    show.pairs(_facts(found, language, now), language=language)
    if with_bill and found.bill:
        show.line()
        bills.print_bill(bills.sale_items(found, language), language)


def _facts(found: Details, language: Language, now: datetime) -> dict[str, Any]:
    from casaaustin import formats

    listed = found.listed
    is_sale = listed.origin is not Origin.MAINTENANCE
    ended = None
    if found.cancelled_at is not None:
        why = f", {found.cancel_reason.value.replace('_', ' ')}" if found.cancel_reason else ""
        ended = f"{formats.instant(found.cancelled_at, language)} by {found.cancelled_by}{why}"
    return {
        "Status": state(listed),
        "Held until": _deadline(listed, now, language),
        "Ended": ended,
        "Price": _both(listed.price_usd, listed.price_sol, language) if is_sale else None,
        "Discount": _discount(found.discount, language) if found.discount is not None else None,
        "Paid": formats.money(found.paid_sol, "PEN", language) if is_sale else None,
        "To pay": formats.money(found.due_sol, "PEN", language) if is_sale and ended is None else None,
        "Booked": f"{formats.day(found.booked_on, language)} {found.booked_on.year} by {found.seller}",
        "Phone": found.phone,
        "Remarks": found.comments,
        "Promised": "this very house" if found.house_locked else None,
        "Needs": ", ".join(found.required_features) or None,
        "Moved": f"{found.moved_count} ×" if found.moved_count else None,
    }


def _discount(sold: SoldDiscount, language: Language) -> str:
    """What was taken off; of a code also whether its use is held, confirmed or free again."""
    from casaaustin.discounts.texts import kind_name

    what = sold.name if sold.code is None else f"{kind_name(sold.source, language)} {sold.code}"
    use = f", use {sold.use.value}" if sold.use is not None else ""
    return f"{what}: {_both(sold.usd, sold.sol, language)}{use}"


def _deadline(listed: Listed, now: datetime, language: Language) -> str | None:
    from casaaustin import formats

    if listed.deadline is None:
        return None
    left = listed.deadline - now
    how_long = f"{span(left)} left" if left >= timedelta() else f"lapsed {span(-left)} ago"
    return f"{formats.instant(listed.deadline, language)} ({how_long})"


def span(length: timedelta) -> str:
    """A length of time in its two largest units: `1 d 3 h`, `2 h 5 min`, `45 min`."""
    minutes = int(length.total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _both(usd: Decimal, sol: Decimal, language: Language) -> str:
    from casaaustin import formats

    return f"{formats.money(usd, 'USD', language)} = {formats.money(sol, 'PEN', language)}"


def print_list(rows: Iterable[Listed], language: Language) -> None:
    """Print reservations, one a line."""
    show.table(
        [
            "Number",
            "House",
            "Check-in",
            show.Column("N", align="right", detail=True),  # nights: a word would cost every name a line
            show.Column("Client", wrap=True),
            show.Column("Status", wrap=True),
            show.Column(bills.DOLLARS, align="right", detail=True),
            show.Column(bills.SOLES, align="right", detail=True),
            show.Column("Guests", align="right", detail=True),
        ],
        [
            [
                number(row),
                row.house,
                row.check_in.isoformat(),
                row.nights,
                who(row),
                state(row),
                bills.number(row.price_usd),
                bills.number(row.price_sol),
                row.guests,
            ]
            for row in rows
        ],
        language=language,
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The fields of two documents of one reservation that differ, before and after."""
    return {
        field: {"before": before[field], "after": after[field]}
        for field in _LABELS
        if before[field] != after[field]
    }


def print_differences(changed: Mapping[str, Mapping[str, Any]], language: Language) -> None:
    """Print what a change did."""
    if not changed:
        show.line("Nothing that a list shows has changed.")
        return
    mark = bills.arrow()
    show.pairs(
        {
            _LABELS[field]: f"{_value(pair['before'], language)} {mark} {_value(pair['after'], language)}"
            for field, pair in changed.items()
        },
        language=language,
    )


def _value(value: Any, language: Language) -> str:
    return f"{value:,.2f}" if isinstance(value, Decimal) else show.cell(value, language)


def refund_text(cancelled: Cancellation, language: Language) -> str:
    """What the policy proposes to return, and why so much."""
    from casaaustin import formats

    paid = formats.money(cancelled.paid_sol, "PEN", language)
    amount = formats.money(cancelled.refund.amount, "PEN", language)
    when = f"{bills.plural(cancelled.days_before, 'day')} before check-in"
    tier = cancelled.refund.tier
    if tier is None:
        return f"{amount}: no policy returns anything {when} ({paid} paid)"
    share = formats.percentage(tier.refund_percentage, language)
    return f"{amount}: {share} of {paid} paid, {when} (policy {tier.name})"


def print_events(events: Iterable[AuditEvent], language: Language) -> None:
    """Print what happened, oldest first."""
    show.table(
        [
            "When",
            "What",
            show.Column("Who", detail=True),
            show.Column("Changed", wrap=True),
            show.Column("Why", wrap=True),
        ],
        [
            [
                event.at,
                event.action.partition(".")[2],
                f"{event.actor} ({event.channel.value})",
                _changes(event),
                event.reason,
            ]
            for event in events
        ],
        language=language,
    )


def _changes(event: AuditEvent) -> str:
    """What an event changed, in one line; of something new, its dates and its price."""
    mark = bills.arrow()
    if not event.before:
        shown = [event.after.get(name) for name in ("check_in_date", "check_out_date")]
        price = event.after.get("price_usd")
        return f"{f' {mark} '.join(str(day) for day in shown)}, US$ {price}" if all(shown) else ""
    return "; ".join(
        f"{name.replace('_', ' ')} {_short(event.before.get(name))} {mark} {_short(value)}"
        for name, value in event.after.items()
        if not name.endswith("_id")
    )


def _short(value: Any) -> str:
    return "-" if value in (None, "") else str(value)
