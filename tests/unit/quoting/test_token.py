from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from casaaustin.errors import InvalidInput, QuoteExpired
from casaaustin.pricing.ratebook import House
from casaaustin.quoting import token
from tests.support.world import C1, C2, MONDAY, RATE, make_book, make_house, pure_world, quote_of, stay

KEY = b"a key for tests that is longer than 32 bytes"
WEEKEND = stay("2026-04-17", "2026-04-19")
QUOTED = quote_of(pure_world(), WEEKEND, 4, house=C1)


def forged(body: object) -> str:
    """A token with a valid signature around something else: what another version of us has signed."""
    payload = json.dumps(body).encode()
    signature = hmac.new(KEY, b"casaaustin.quote.v1:" + payload, hashlib.sha256).digest()
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in (payload, signature))


def test_a_token_carries_request_rate_totals_and_expiry() -> None:
    read = token.read(token.sign(QUOTED, KEY), KEY, MONDAY)
    assert read.request == QUOTED.request
    assert read.rate == RATE
    assert read.expires_at == MONDAY + timedelta(minutes=30)
    assert read.total_of(C1) == QUOTED.houses[0].totals.total


def test_a_token_is_for_its_houses_only() -> None:
    read = token.read(token.sign(QUOTED, KEY), KEY, MONDAY)
    with pytest.raises(InvalidInput) as refused:
        read.total_of(C2)
    assert refused.value.code == "quote_mismatch"


def test_a_house_without_a_price_cannot_be_booked_from_a_token() -> None:
    priced, unpriced = make_house("Casa 1"), make_house("Casa 2", rates=None)

    def totals(*houses: House) -> set[object]:
        return set(token.read(token.sign(quote_of(make_book(*houses), WEEKEND), KEY), KEY, MONDAY).totals)

    assert totals(priced, unpriced) == {C1}
    assert totals(unpriced) == set()


def test_the_same_quote_has_the_same_name() -> None:
    assert token.sign(QUOTED, KEY) == token.sign(quote_of(pure_world(), WEEKEND, 4, house=C1), KEY)


@pytest.mark.parametrize(("seconds", "expired"), [(-1, False), (0, True), (1, True)])
def test_a_token_ends_at_its_instant(seconds: int, expired: bool) -> None:
    genuine = token.sign(QUOTED, KEY)
    now = QUOTED.expires_at + timedelta(seconds=seconds)
    if expired:
        with pytest.raises(QuoteExpired):
            token.read(genuine, KEY, now)
    else:
        token.read(genuine, KEY, now)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "a.b",
        "a.b.c",
        "ñ.ñ",
        "=.=",
        forged([]),
        forged({"v": 1}),
        forged([2, "2026-04-17", "2026-04-19", 1, None, [], "3.725", 1, {}]),
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        token.read(text, KEY, MONDAY)
    assert (refused.value.field, refused.value.code) == ("quote_id", "quote_invalid")
