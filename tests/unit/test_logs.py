from __future__ import annotations

import io
import json
import logging
import timeit
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin import formats
from casaaustin.errors import InvalidInput
from casaaustin.logs import MaskingFilter, configure, mask, mask_value

# What must never reach a sink: the text as it may be logged, and the part that gives somebody away.
CANARIES = [
    pytest.param(text, secret, id=name)
    for name, text, secret in [
        ("mobile", "calling +51999000111", "999000111"),
        ("mobile without plus", "calling 51999000111.", "999000111"),
        ("mobile of nine digits", "calling 999000111", "999000111"),
        ("spaced mobile", "calling +51 999 000 111 now", "000 111"),
        ("local spaced mobile", "calling 999 000 111", "999 000"),
        ("dashed mobile", "calling 999-000-111", "000-111"),
        ("dotted mobile", "calling 999.000.111", "000.111"),
        ("mobile in a path", "GET /wa.me/51999000111", "999000111"),
        ("mobile after letters", "tel51999000111", "999000111"),
        ("landline", "calling (01) 234-5678", "234-5678"),
        ("foreign phone", "calling +1 (202) 555-0123", "555-0123"),
        ("foreign phone without plus", "calling 202-555-0123", "555-0123"),
        ("e-mail", "wrote to ana.quispe+casa@example.com.pe!", "ana.quispe"),
        ("e-mail in brackets", "<ana@example.com>", "ana@"),
        ("identity document", "DNI 12345678", "12345678"),
        ("document beside its name", "DNI12345678", "12345678"),
        ("document in a file name", "dni_12345678.pdf", "12345678"),
        ("document like a date", "client 20260417", "20260417"),
        ("document ending a sentence", "seen 12345678.", "12345678"),
        ("tax number", "RUC: 20123456789,", "20123456789"),
        ("passport by key", "passport=AB123456", "AB123456"),
        ("name by key", "first_name='Ana María' nights=2", "María"),
        ("card", "card 4111 1111 1111 1111", "1111"),
        ("card without spaces", "paid with 4111111111111111", "41111111"),
        ("bearer token", "Authorization: Bearer abc.DEF-123", "abc.DEF"),
        ("bearer token alone", "sent bearer abcdef123", "abcdef123"),
        ("signed token", "got eyJhbGciOi.eyJzdWIi.c2lnbmF0", "eyJzdWIi"),
        ("provider key", "using sk_live_51Habc", "51Habc"),
        ("bot token", "bot 123456789:AAF-abcdefghijklmnopqrstuvwxyz01234", "AAF-abc"),
        ("random string", "key is 3vXk9Qm2Lw8TzR5yB7nC1dF6gH4jK0pS", "3vXk9Qm2"),
        ("long hex", "key is " + "0a1b2c3d" * 8, "0a1b2c3d"),
        ("password", "password=hunter2 next", "hunter2"),
        ("password with spaces", 'password="hunter two" next', "two"),
        ("password with a quote", r'{"password": "hunt\"er2"}', "er2"),
        ("password as JSON", '{"password": "hunter2", "nights": 2}', "hunter2"),
        ("password as nested JSON", r'{"body": "{\"password\": \"hunter2\"}"}', "hunter2"),
        ("password as a literal", "{'password': 'hunter2'}", "hunter2"),
        ("password in bytes", "password=b'hunter2'", "hunter2"),
        ("password of a command", "casa users add --password hunter2", "hunter2"),
        ("setting", "CASA_SECRET_KEY=hunter2", "hunter2"),
        ("header pair", "(b'x-api-key', b'hunter2')", "hunter2"),
        ("query string", "GET /quote?token=hunter2&nights=2", "hunter2"),
        ("camel case", "accessToken: hunter2", "hunter2"),
        ("database address", "postgresql+psycopg://casa:hunter2@db/casa", "hunter2"),
        ("awkward database address", "mysql://casa:hun/ter@2@db/casa", "ter@2"),
        ("private key", "-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----", "MIIB"),
    ]
]

ORDINARY = [
    "US$ 1,234.50",
    "S/ 12345678",
    "total_pen=12345678.50 total_usd=-149.50",
    "amount 1,234,567.89",
    "rate 3.745",
    "ratio 0.123456789012",
    "2026-04-17",
    "2026-04-17 → 2026-04-19",
    "2026-04-17T15:00:00.123456-05:00",
    "2026-04-17 20:00:00+00:00",
    "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
    "12345678-1234-1234-1234-123456789012",
    "booked:12345678-1234-4234-8234-123456789012",
    "12345678123412341234123456789012",
    "reservation=12345678",
    "reservation_id: 123456789",
    "nights=3 guests=12 rows=40060 queries=8 bytes=1234567",
    "house=casa-1 status=under_review code=VERANO15",
    "took 12.345 ms, 1776438000.25 s",
    "hotel=12 total: 3 Basic information about the tokens of a booking",
    "GET /api/v1/properties/calculate-pricing/ 200",
    "sqlite:////var/lib/casa/casa.sqlite3",
    "http://127.0.0.1:8000/health/live",
    "version 1.2.3, Python 3.11.9",
    "tests/unit/test_quote.py::test_w10_a_stay_over_new_year_is_priced_night_by_night",
]


@pytest.fixture
def sink() -> Iterator[Callable[[bool], io.StringIO]]:
    """Opens a sink for the process's logs, and puts logging back as it was."""
    root, own = logging.getLogger(), logging.getLogger("casaaustin")
    handlers, levels = root.handlers[:], (root.level, own.level)

    def opened(as_json: bool) -> io.StringIO:
        stream = io.StringIO()
        configure("DEBUG", stream, as_json=as_json)
        return stream

    yield opened
    root.handlers[:] = handlers
    root.setLevel(levels[0])
    own.setLevel(levels[1])


@pytest.mark.parametrize(("text", "secret"), CANARIES)
def test_canaries_are_masked(text: str, secret: str) -> None:
    assert secret in text
    assert secret not in mask(text)


@pytest.mark.parametrize(("text", "secret"), CANARIES)
@pytest.mark.parametrize("as_json", [False, True], ids=["key=value", "json"])
def test_no_canary_reaches_the_sink(
    text: str, secret: str, as_json: bool, sink: Callable[[bool], io.StringIO]
) -> None:
    stream = sink(as_json)
    logger = logging.getLogger("casaaustin.somewhere")
    logger.info(text)
    logger.info("with an argument: %s", text)
    logger.info("with named arguments: %(what)s", {"what": text})
    logger.info("with a list: %r", [text])
    logger.info("with an extra", extra={"note": text, "nested": {"deep": [text, (text,)]}})
    logger.info("inside an object", extra={"note": ValueError(text)})
    logging.getLogger("another.package").warning("not ours: %s", text)
    try:
        try:
            raise LookupError(text)
        except LookupError as inner:
            raise ValueError(f"again {text}") from inner
    except ValueError:
        logger.exception("it failed")
        logger.info("with a stack", stack_info=True)
    written = stream.getvalue()
    assert written.count("\n") == 9
    for line in written.splitlines():
        assert secret not in (json.dumps(json.loads(line)) if as_json else line)
    assert secret not in written


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_figures_survive(text: str) -> None:
    assert mask(text) == text


@given(value=st.uuids())
def test_every_uuid_survives(value: UUID) -> None:
    assert mask(f"id={value} name {value.hex}") == f"id={value} name {value.hex}"


@given(amount=st.decimals(min_value="-1e15", max_value="1e15", places=2))
def test_every_amount_survives(amount: Decimal) -> None:
    text = f"{amount} {amount:f} {formats.money(amount, 'PEN')} {formats.money(amount, 'USD')}"
    assert mask(text) == text


@given(
    day=st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    at=st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1900 <= at.year < 2100),
)
def test_every_date_and_instant_survives(day: date, at: datetime) -> None:
    text = f"{day} {at.isoformat()} {at} {at.replace(tzinfo=None)}"
    assert mask(text) == text


@given(count=st.integers(-9_999_999, 9_999_999))
def test_every_count_below_ten_million_survives(count: int) -> None:
    assert mask(f"rows={count}") == f"rows={count}"
    assert mask_value(count) == count


@given(digits=st.from_regex(r"[0-9]{8}|[0-9]{9}|[0-9]{11}|\+[0-9]{10,14}", fullmatch=True))
def test_no_document_and_no_phone_survives(digits: str) -> None:
    assert mask(f"from {digits} today") == "from *** today"


@given(text=st.text() | st.sampled_from([canary.values[0] for canary in CANARIES]))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "piece", ["a_", "x", "1", "://a:", "password", '"', "999 ", "a.b@", "+1 ", "Aa1-", "--", "\\"]
)
def test_masking_takes_time_in_proportion_to_the_text(piece: str) -> None:
    """No text that a stranger can have logged may stop the process."""

    def seconds(length: int) -> float:
        text = piece * (length // len(piece))
        return min(timeit.repeat(lambda: mask(text), number=1, repeat=3))

    assert seconds(16_000) < 16 * seconds(4_000) + 0.005, "4 times the text; squared would be 16 times"


def test_masked_json_is_still_json() -> None:
    body = {"password": 'hun"ter', "phone": "+51999000111", "nights": 2, "email": "ana@example.com"}
    masked = {"password": "***", "phone": "***", "nights": 2, "email": "***"}
    assert json.loads(mask(json.dumps(body))) == masked
    assert mask_value(body) == masked


@pytest.mark.parametrize(
    ("value", "key", "kept"),
    [
        pytest.param(12345678, "", "***", id="a document given as a number"),
        pytest.param(7, "otp", "***", id="a short secret under its key"),
        pytest.param(None, "phone", None, id="nothing to hide"),
        pytest.param(True, "nights", True, id="a claim"),
        pytest.param(Decimal(12345678), "price", "12345678", id="an amount without decimals"),
        pytest.param(date(2026, 4, 17), "night", "2026-04-17", id="a date"),
        pytest.param({"ana@example.com": 1}, "by", {"***": 1}, id="a person as a key"),
    ],
)
def test_values_are_masked_by_key_and_type(value: object, key: str, kept: object) -> None:
    assert mask_value(value, key) == kept


def test_a_key_value_line(sink: Callable[[bool], io.StringIO]) -> None:
    stream = sink(False)
    logging.getLogger("casaaustin.reservations").warning(
        "stay booked",
        extra={"house": "casa-1", "nights": 3, "total": Decimal("149.50"), "why": 'said "yes"\nlevel=error'},
    )
    line = stream.getvalue()
    at, rest = line.split(" ", 1)
    assert datetime.fromisoformat(at.removeprefix("time=")).utcoffset() is not None
    assert rest == (
        'level=warning logger=casaaustin.reservations message="stay booked" house=casa-1 nights=3 '
        'total=149.50 why="said \\"yes\\"\\nlevel=error"\n'
    )


def test_a_json_line(sink: Callable[[bool], io.StringIO]) -> None:
    stream = sink(True)
    logging.getLogger("casaaustin.reservations").info(
        "booked", extra={"nights": 3, "lines": [{"usd": Decimal("1.50")}]}
    )
    fields = json.loads(stream.getvalue())
    assert datetime.fromisoformat(fields.pop("time")).utcoffset() is not None
    assert fields == {
        "level": "info",
        "logger": "casaaustin.reservations",
        "message": "booked",
        "nights": 3,
        "lines": [{"usd": "1.50"}],
    }


def test_a_traceback_stays_readable(sink: Callable[[bool], io.StringIO]) -> None:
    stream = sink(True)
    try:
        raise ValueError("no house for 12345678")
    except ValueError:
        expected = traceback.format_exc().rstrip("\n").replace("12345678", "***")
        logging.getLogger("casaaustin").exception("failed")
    assert json.loads(stream.getvalue())["exception"] == expected


def test_a_broken_log_call_is_reported_and_stops_nobody() -> None:
    record = logging.LogRecord("casaaustin", logging.INFO, "", 0, "two %s %s", ("999000111",), None)
    assert MaskingFilter().filter(record)
    assert record.getMessage() == "two %s %s (arguments do not fit: TypeError)"


def test_configuring_twice_writes_once(sink: Callable[[bool], io.StringIO]) -> None:
    first, second = sink(False), sink(False)
    logging.getLogger("casaaustin").info("once")
    assert first.getvalue() == ""
    assert second.getvalue().count("message=once") == 1


def test_other_packages_speak_from_warning_on(sink: Callable[[bool], io.StringIO]) -> None:
    stream = sink(False)
    logging.getLogger("another.package").info("chatter")
    logging.getLogger("another.package").warning("trouble")
    assert "chatter" not in stream.getvalue()
    assert "trouble" in stream.getvalue()


def test_an_unknown_level_is_refused() -> None:
    with pytest.raises(InvalidInput, match="LOUD"):
        configure("LOUD")
