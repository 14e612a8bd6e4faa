"""What a simulation says in words, to staff.

Source: docs/adr/0013-simulating-a-configuration.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from uuid import UUID

from casaaustin.discounts.texts import reason_sentence
from casaaustin.discounts.winner import CodeStatus
from casaaustin.formats import money, percentage
from casaaustin.money import Amount
from casaaustin.simulation.past import Group, LeftOut
from casaaustin.simulation.replay import LATE_DAY, Price
from casaaustin.simulation.report import Compared
from casaaustin.vocabulary import Language, UnavailableReason

ENGLISH = Language.ENGLISH

GROUPS: Mapping[Group, str] = {
    Group.BOOKING: "bookings",
    Group.ENDED: "ended, no stay",
    Group.QUOTE: "saved quotes",
}
LEFT_OUT: Mapping[LeftOut, str] = {
    LeftOut.CHANNEL: "sold by a channel at its own price",
    LeftOut.BY_HAND: "at a price agreed by hand",
    LeftOut.NO_PRICE: "without a price in the configuration as it is",
}
REFUSALS: Mapping[str, str] = {
    UnavailableReason.PRICE_MISSING.value: "no price",
    UnavailableReason.CAPACITY.value: "too many guests",
    UnavailableReason.MIN_NIGHTS.value: "too few nights around a special date",
    UnavailableReason.CLOSED.value: "the house is closed",
    LATE_DAY: "no late checkout on that weekday",
}


def why(one: Compared, houses: Mapping[UUID, str]) -> tuple[str, ...]:
    """What makes the difference of a stay, part by part; none when its price is the same.

    Args:
        one: the stay.
        houses: names of live houses, to say where a code is valid.
    """
    if one.changed is None:
        return ()
    return tuple(_parts(one.now, one.changed, houses))


def _parts(now: Price, changed: Price, houses: Mapping[UUID, str]) -> Iterator[str]:
    for name, before, after in (
        ("nights", now.subtotal, changed.subtotal),
        ("services", now.services, changed.services),
        ("late checkout", now.late_checkout, changed.late_checkout),
    ):
        if before != after:
            yield f"{name} {_amount(before)} → {_amount(after)}"
    if (now.discount, now.won) != (changed.discount, changed.won):
        yield f"discount {_discount(now)} → {_discount(changed)}"
    if changed.code is not None and changed.code != now.code:
        if changed.code.status is CodeStatus.SUPERSEDED:
            yield f"code {changed.code.code}: another discount is better"
        else:
            figures = changed.code.figures
            sentence = reason_sentence(changed.code.reason or "", figures, ENGLISH, houses=houses)
            yield f"code {changed.code.code}: {sentence}"


def _discount(price: Price) -> str:
    if price.won is None:
        return "none"
    # The name says it of a fixed amount; a percentage may have been capped, so both are told.
    share = f" {percentage(price.won.percentage)}" if price.won.percentage else ""
    return f"{price.won.name}{share} (-{_amount(price.discount)})"


def _amount(amount: Amount) -> str:
    return money(amount.usd, "USD", ENGLISH)
