"""Everything the library refuses, and how.

A face has one table from class to exit status (`casaaustin_cli`) or HTTP status
(`casaaustin_api`); the library knows neither. `code` is the machine's name of
the refusal, the message is one plain sentence, `hint` says what to do next.

    CasaError
    ├─ InvalidInput            malformed or ambiguous value
    ├─ NotFound                nothing by that name
    ├─ NotAllowed              this person may not
    │   └─ NotAuthenticated    nobody has said who they are
    ├─ RuleRefused             the business says no
    │   ├─ DatesTaken          another stay holds one of the nights
    │   ├─ NotAvailable        the house cannot take this stay, with all reasons
    │   ├─ PriceChanged        the quote is no longer the price; carries the new one
    │   │   └─ CodeRefused     the discount code does not apply; `code` is the reason
    │   ├─ QuoteExpired        the quote is too old to book from
    │   ├─ IllegalTransition   the reservation is not in a state that allows it
    │   ├─ KeyReused           a request key came back with other content
    │   └─ Conflict            somebody else changed the same thing meanwhile
    ├─ NotReady                not configured, or the schema is out of date
    │   └─ ExchangeRateMissing no active exchange rate
    └─ OutsideFailure          another service failed
        ├─ OutsideRefused      permanent: retrying cannot help
        └─ OutsideUnreachable  temporary: the outbox tries again
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class CasaError(Exception):
    """Base of every refusal.

    Args:
        message: one plain sentence that says what is wrong.
        hint: what to type or do next, if that helps.
        code: machine name; each class has its own default.
        details: plain values for programs (JSON types, dates, Decimals).
    """

    default_code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code
        self.details: dict[str, Any] = dict(details or {})


class InvalidInput(CasaError):
    """A value is malformed, out of range or ambiguous.

    `field` names the offending input when there is exactly one.
    """

    default_code = "invalid_input"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        hint: str | None = None,
        code: str | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, hint=hint, code=code, details=details)
        self.field = field


class NotFound(CasaError):
    """Nothing by that name."""

    default_code = "not_found"


class NotAllowed(CasaError):
    """This person may not do that."""

    default_code = "not_allowed"


class NotAuthenticated(NotAllowed):
    """Nobody has said who they are, and somebody must."""

    default_code = "not_authenticated"


class RuleRefused(CasaError):
    """The business says no; the same request may succeed another day."""

    default_code = "refused"


class DatesTaken(RuleRefused):
    """Another stay holds one of the nights."""

    default_code = "dates_taken"


class NotAvailable(RuleRefused):
    """The house cannot take this stay; `details["reasons"]` lists every reason."""

    default_code = "not_available"


class PriceChanged(RuleRefused):
    """The price is no longer the one quoted; `details["quote"]` is the new quote."""

    default_code = "price_changed"


class CodeRefused(PriceChanged):
    """The discount code does not apply, so the price is another; `code` says which test failed."""

    default_code = "code_not_valid"


class QuoteExpired(RuleRefused):
    """The quote is too old to book from."""

    default_code = "quote_expired"


class IllegalTransition(RuleRefused):
    """The reservation's status does not allow this step."""

    default_code = "invalid_transition"


class KeyReused(RuleRefused):
    """A request key came back with other content."""

    default_code = "key_reused"


class Conflict(RuleRefused):
    """Somebody else changed the same thing meanwhile."""

    default_code = "conflict"


class NotReady(CasaError):
    """Not configured, or the database is not at the version of this program."""

    default_code = "not_ready"


class ExchangeRateMissing(NotReady):
    """No active exchange rate: a rate is never invented."""

    default_code = "exchange_rate_missing"


class OutsideFailure(CasaError):
    """Another service failed."""

    default_code = "outside_failure"


class OutsideRefused(OutsideFailure):
    """The other service said no for good: retrying cannot help."""

    default_code = "outside_refused"


class OutsideUnreachable(OutsideFailure):
    """The other service could not be reached: trying again may help."""

    default_code = "outside_unreachable"
