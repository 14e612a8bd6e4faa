"""The exchange rate. Source: docs/rules/pricing.md, 1.6."""

from __future__ import annotations

from pydantic import Field

from casaaustin.configuration.section import Item, Key, Section
from casaaustin.configuration.values import Rate
from casaaustin.db.work import Work
from casaaustin.pricing.service.exchange_rate import set_rate, show_rate


class ExchangeRate(Item):
    """The rate that holds; the file has no history."""

    usd_to_sol: Rate = Field(description="Soles for one dollar, three decimals.")


def read(work: Work) -> dict[Key, ExchangeRate]:
    """The active rate, if there is one."""
    current = show_rate(work, most=1).current
    return {} if current is None else {(): ExchangeRate(usd_to_sol=current.usd_to_sol)}


def write(work: Work, _key: Key, item: ExchangeRate, reason: str) -> None:
    """Make it the rate."""
    set_rate(work, item.usd_to_sol, reason=reason)


SECTION = Section(
    name="exchange_rate",
    about="Soles for one dollar.",
    item=ExchangeRate,
    keys=(),
    read=read,
    write=write,
)
