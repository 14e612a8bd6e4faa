"""Casa Austin: reservations for a small holiday-rental business.

    import casaaustin

    database = casaaustin.open_database("sqlite:///casa.sqlite3")
    quote = casaaustin.quote(database, check_in=..., check_out=..., guests=4)

The names below are the public surface. They are loaded when first used, so that
importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from casaaustin.actors import Actor
    from casaaustin.clock import Clock, FixedClock, SystemClock
    from casaaustin.db.migrate import upgrade
    from casaaustin.db.work import Database, Work, open_database
    from casaaustin.errors import (
        CasaError,
        DatesTaken,
        InvalidInput,
        NotAllowed,
        NotAvailable,
        NotFound,
        NotReady,
        OutsideFailure,
        PriceChanged,
        RuleRefused,
    )
    from casaaustin.facade import approve, cancel, quote, quote_id, reserve, search
    from casaaustin.quoting.evaluate import HouseQuote, Quote, QuoteRequest
    from casaaustin.settings import Settings, load_settings
    from casaaustin.stays import Stay

_HOMES = {
    "casaaustin.actors": ("Actor",),
    "casaaustin.clock": ("Clock", "FixedClock", "SystemClock"),
    "casaaustin.db.migrate": ("upgrade",),
    "casaaustin.db.work": ("Database", "Work", "open_database"),
    "casaaustin.errors": (
        "CasaError",
        "DatesTaken",
        "InvalidInput",
        "NotAllowed",
        "NotAvailable",
        "NotFound",
        "NotReady",
        "OutsideFailure",
        "PriceChanged",
        "RuleRefused",
    ),
    "casaaustin.facade": ("approve", "cancel", "quote", "quote_id", "reserve", "search"),
    "casaaustin.quoting.evaluate": ("HouseQuote", "Quote", "QuoteRequest"),
    "casaaustin.settings": ("Settings", "load_settings"),
    "casaaustin.stays": ("Stay",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Actor",
    "CasaError",
    "Clock",
    "Database",
    "DatesTaken",
    "FixedClock",
    "HouseQuote",
    "InvalidInput",
    "NotAllowed",
    "NotAvailable",
    "NotFound",
    "NotReady",
    "OutsideFailure",
    "PriceChanged",
    "Quote",
    "QuoteRequest",
    "RuleRefused",
    "Settings",
    "Stay",
    "SystemClock",
    "Work",
    "approve",
    "cancel",
    "load_settings",
    "open_database",
    "quote",
    "quote_id",
    "reserve",
    "search",
    "upgrade",
]


def __getattr__(name: str) -> Any:
    try:
        module = _HOME_OF[name]
    except KeyError:
        raise AttributeError(f"module 'casaaustin' has no attribute {name!r}") from None
    return getattr(import_module(module), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
