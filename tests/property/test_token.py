"""The quote's name: what was signed is read back, and nothing else is."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.errors import InvalidInput, QuoteExpired
from casaaustin.pricing.ratebook import RateBook
from casaaustin.quoting import token
from casaaustin.stays import Stay
from tests.support.strategies import rate_books, stays
from tests.support.world import MONDAY, pure_world, quote_of, stay

KEY = b"a key for tests that is longer than 32 bytes"
HALF_AN_HOUR = timedelta(minutes=30)
QUOTED = quote_of(pure_world(), stay("2026-04-17", "2026-04-19"), 4)


@given(book=rate_books(), asked=stays(), guests=st.integers(1, 20), data=st.data())
def test_what_was_signed_is_read_back(book: RateBook, asked: Stay, guests: int, data: st.DataObject) -> None:
    services = tuple(service.id for service in book.services if not service.houses)
    house = data.draw(st.sampled_from([None, *book.by_id]))
    quoted = quote_of(book, asked, guests, house=house, services=services)

    read = token.read(token.sign(quoted, KEY), KEY, MONDAY)

    assert read.request == quoted.request
    assert read.rate == quoted.rate
    assert read.expires_at == MONDAY + HALF_AN_HOUR
    assert read.totals == {
        answer.house.id: answer.totals.total for answer in quoted.houses if answer.price is not None
    }


@given(data=st.data())
def test_a_token_with_any_character_changed_is_refused(data: st.DataObject) -> None:
    genuine = token.sign(QUOTED, KEY)
    # The last characters of both halves carry spare bits: they are tried as often as all the others.
    corners = st.sampled_from([genuine.index(".") - 1, len(genuine) - 1])
    place = data.draw(st.one_of(st.integers(0, len(genuine) - 1), corners))
    other = data.draw(st.sampled_from(sorted(set(string.printable) - {genuine[place]})))

    with pytest.raises(InvalidInput) as refused:
        token.read(genuine[:place] + other + genuine[place + 1 :], KEY, MONDAY)

    assert refused.value.code == "quote_invalid"


@given(text=st.text(max_size=60))
def test_a_made_up_token_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        token.read(text, KEY, MONDAY)
    assert refused.value.code == "quote_invalid"


@given(late=st.integers(0, 10**6))
def test_an_expired_token_is_refused(late: int) -> None:
    genuine = token.sign(QUOTED, KEY)
    token.read(genuine, KEY, MONDAY + HALF_AN_HOUR - timedelta(seconds=1))
    with pytest.raises(QuoteExpired):
        token.read(genuine, KEY, MONDAY + HALF_AN_HOUR + timedelta(seconds=late))


@given(key=st.binary(min_size=32, max_size=48).filter(lambda key: key != KEY))
def test_a_token_signed_with_another_key_is_refused(key: bytes) -> None:
    with pytest.raises(InvalidInput):
        token.read(token.sign(QUOTED, key), KEY, MONDAY)
