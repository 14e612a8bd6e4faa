"""The quote's name: a signed token that carries what was quoted, so that quoting stores nothing.

`quote_id` holds inputs, the totals of each house, the rate and the expiry,
signed with HMAC-SHA256. It does not say for whom the quote was made. It is not secret, only unforgeable.
Source: docs/rules/pricing.md, 1.17; docs/rules/principles.md, 9.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from casaaustin.discounts.offers import normal_code
from casaaustin.errors import InvalidInput, QuoteExpired
from casaaustin.money import Amount
from casaaustin.quoting.evaluate import Quote, QuoteRequest
from casaaustin.stays import Stay

_VERSION = 2
_DOMAIN = b"casaaustin.quote.v2:"


@dataclass(frozen=True, slots=True)
class QuoteToken:
    """What a token says."""

    request: QuoteRequest
    rate: Decimal
    expires_at: datetime
    totals: dict[UUID, Amount]

    def total_of(self, house: UUID) -> Amount:
        """The total that was quoted for a house.

        Raises:
            InvalidInput: the quote did not speak of it.
        """
        total = self.totals.get(house)
        if total is None:
            raise InvalidInput("The quote is not for this house.", field="quote_id", code="quote_mismatch")
        return total


def sign(quote: Quote, key: bytes) -> str:
    """Make the token of a quote.

    Only houses with a price are named in it: nothing else can be booked from it.
    """
    request = quote.request
    body = [
        _VERSION,
        request.stay.check_in.isoformat(),
        request.stay.check_out.isoformat(),
        request.guests,
        request.house.hex if request.house else None,
        [service.hex for service in request.services],
        normal_code(request.code),
        str(quote.rate),
        int(quote.expires_at.timestamp()),
        {
            answer.house.id.hex: [str(answer.totals.total.usd), str(answer.totals.total.sol)]
            for answer in quote.houses
            if answer.price is not None
        },
    ]
    payload = json.dumps(body, separators=(",", ":")).encode()
    return f"{_encode(payload)}.{_encode(_signature(payload, key))}"


def read(token: str, key: bytes, now: datetime) -> QuoteToken:
    """Check a token and say what it carries.

    Raises:
        InvalidInput: not one of ours, or altered (`quote_invalid`).
        QuoteExpired: too old to book from.
    """
    refused = InvalidInput(
        "The quote number is not valid.", field="quote_id", code="quote_invalid", hint="Ask for a new quote."
    )
    try:
        encoded, signature = token.split(".")
        payload = _decode(encoded)
        if not hmac.compare_digest(_decode(signature), _signature(payload, key)):
            raise refused
        (version, check_in, check_out, guests, house, services, code, rate, expires, totals) = json.loads(
            payload
        )
        if version != _VERSION:
            raise refused
        found = QuoteToken(
            request=QuoteRequest(
                stay=Stay(date.fromisoformat(check_in), date.fromisoformat(check_out)),
                guests=guests,
                house=UUID(hex=house) if house else None,
                services=tuple(UUID(hex=service) for service in services),
                code=code,
            ),
            rate=Decimal(rate),
            expires_at=datetime.fromtimestamp(expires, UTC),
            totals={
                UUID(hex=key_): Amount(Decimal(usd), Decimal(sol)) for key_, (usd, sol) in totals.items()
            },
        )
    except (ValueError, TypeError, binascii.Error, InvalidOperation, UnicodeDecodeError):
        raise refused from None
    if now >= found.expires_at:
        raise QuoteExpired("The quote has expired.", hint="Ask for a new one; prices may have changed.")
    return found


def _signature(payload: bytes, key: bytes) -> bytes:
    return hmac.new(key, _DOMAIN + payload, hashlib.sha256).digest()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _encode(raw) != text:
        # The last character has spare bits, which a decoder ignores: one token, one spelling.
        raise ValueError("not the canonical spelling")
    return raw
