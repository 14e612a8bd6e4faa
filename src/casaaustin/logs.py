"""Structured logs that never name a person or a secret.

One handler, installed once by `configure`, writes one line per record: `key=value` pairs or a JSON
document. Whatever reaches it, ours or another package's, first passes `MaskingFilter`, which works
on the finished message, on every value given through `extra`, and on tracebacks.

What `mask` takes out:

- whatever stands behind a key such as `password`, `token`, `phone` or `email`, as `key=value`,
  as JSON, as a Python literal, as a header or in a query string;
- bearer tokens, signed tokens, keys of known providers, long random strings, private keys;
- the password inside a database address;
- e-mail addresses and telephone numbers;
- every unbroken run of 8 to 19 digits: an identity document (8), a tax number (11), a telephone
  without its plus, a card. A document may look like a compact date or a large count, so those go
  too; log dates as `2026-04-17` and amounts with their decimals.

UUIDs, their 32-hex form, ISO dates and instants, amounts with decimals or grouped digits, a
reservation's id prefix (`reservation=…`) and counts below ten million stay as they are.

Masking is the last line of defence. The first is not to log people at all: log ids.
Source: docs/rules/principles.md, 19.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TextIO
from uuid import UUID

from casaaustin.clock import LIMA
from casaaustin.errors import InvalidInput

MASK: Final = "***"
OWN_LOGGERS: Final = ("casaaustin", "casaaustin_cli", "casaaustin_api")

# Secrets are recognised anywhere in a key (`CASA_SECRET_KEY`, `accessToken`) …
_CREDENTIAL = (
    r"(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key|"
    r"authorization|cookie|credential)"
)
# … words about people only as a whole part of it, so that `hotel` is not `tel`.
_PERSON = (
    r"(?<![a-z])(?:phone(?:_number)?|tel(?:ephone)?(?:_number)?|tel_contact_number|mobile|whatsapp|e?mail|"
    r"document(?:_number)?|number_doc|dni|ruc|passport|(?:first|last|full|client|guest)_?name|"
    r"birth_?da(?:y|te)|address|ip_cliente|otp|pin|cvv|card(?:_number)?)"
)
_SPEAKING_KEY = rf"(?:{_CREDENTIAL}[\w.-]{{0,40}}|{_PERSON})"

_SENSITIVE = re.compile(
    rf"""
    # kept: these look like numbers of people and are not
    (?P<keep>
        (?<![0-9a-z]) [0-9a-f]{{8}}-(?:[0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}} (?![0-9a-z])
      | (?<![0-9a-z]) [0-9a-f]{{32}} (?![0-9a-z])
      | (?<!\d) (?:19|20)\d\d-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])
        (?: [T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)? (?:Z|[+-]\d\d:?\d\d)? )? (?![\d-])
      | (?<![\w.+]) (?: \d{{1,3}}(?:,\d{{3}})+(?:\.\d+)? | \d+\.\d+ ) (?![\w,.]*\d)
      | (?:S/|US\$|\$|PEN|USD)\s? \d+ (?![\d-])
      | \breservation(?:_id)?["']?[=:]\s?["']? [0-9a-f-]{{6,36}} (?![0-9a-z])
    )
    # the password of an address: everything between the user's name and the last @
  | (?P<url> ://[^\s:/@]{{0,128}}: ) [^\s"']{{1,512}} (?=@)
    # a key and its value, however they are written
  | (?P<key>
        {_SPEAKING_KEY} (?: \\*["']?\s*[=:]\s* | ["']\s*,\s*(?=b?["']) ) (?:b(?=["']))? \\*["']?
      | (?<![\w-])--[\w-]{{0,40}}{_SPEAKING_KEY}\s+(?!-)
    )
    (?: (?<=\\["'])[^"'\\]* | (?<=")(?:\\+.|[^"\\])* | (?<=')(?:\\+.|[^'\\])*
      | (?:(?:bearer|basic|digest|token)\s+)?[^\s,;&"'\\}}\])>]+ )
    # secrets without a key
  | (?P<bearer> \bbearer\s+ ) [\w.~+/=-]{{6,}}
  | -----BEGIN\ [A-Z ]*PRIVATE\ KEY-----.*?(?:-----END\ [A-Z ]*PRIVATE\ KEY-----|\Z)
  | \beyJ[\w-]+\.[\w-]+\.[\w-]*
  | \b(?:[spr]k_(?:live|test)|whsec|gh[pousr]|github_pat)_\w+
  | \b\d{{8,10}}:[\w-]{{30,}}
  | (?<![\w-]) (?-i: (?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z]) ) [\w-]{{32,}}
  | (?<![0-9a-z]) [0-9a-f]{{40,}} (?![0-9a-z])
    # people
  | [\w.+%-]{{1,64}}+ @ [\w-]+ (?:\.[\w-]+)+
  | (?<![\w.]) \+ \(?\d{{1,3}}\)? (?:[\s().-]{{0,2}}\d){{6,13}}
  | (?<![\w.]) (?:\(?\+?(?:00)?51\)?[ .-]?)? 9\d\d[ .-]\d{{3}}[ .-]\d{{3}} (?![\d.]*\d)
  | (?<![\w.]) \(\d{{2,3}}\)[ -]?\d{{3}}[ -]?\d{{3,4}} (?!\d)
  | (?<![\w.]) \d{{3}}-\d{{3}}-\d{{4}} (?![\w-])
  | (?<![\w.]) \d{{4}}[ -](?: \d{{4}}[ -]\d{{4}}[ -]\d{{1,7}} | \d{{6}}[ -]\d{{5}} ) (?!\d)
  | (?: (?<![0-9a-z]) | (?<=dni) | (?<=ruc) | (?<=tel) | (?<=cel) ) \d{{8,19}}(?-i:[A-Z])? (?![0-9a-z])
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
_SENSITIVE_KEY = re.compile(rf"{_CREDENTIAL}|{_PERSON}$", re.IGNORECASE)

# What logging itself puts on a record; anything else came through `extra`.
_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_PLAIN = re.compile(r"[^\s\"'=\\]+")


def mask(text: str) -> str:
    """`text` with `***` in place of secrets and personal data; masking twice changes nothing more."""
    return _SENSITIVE.sub(_masked_match, text)


def mask_value(value: object, key: str = "") -> Any:
    """A value that JSON can carry, masked inside; hidden whole when `key` says what it is.

    Instants, dates, amounts and UUIDs are safe by their type and only become text.
    """
    if key and value is not None and _SENSITIVE_KEY.search(key):
        return MASK
    if value is None or isinstance(value, bool | float):
        return value
    if isinstance(value, int):
        text = str(value)
        return value if mask(text) == text else MASK
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {mask(str(name)): mask_value(inner, str(name)) for name, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [mask_value(inner) for inner in value]
    return mask(str(value))


class MaskingFilter(logging.Filter):
    """Masks every part of a record before a handler sees it.

    The record is changed in place: its message becomes final, its arguments are dropped, and a
    traceback is replaced by its masked text, so no handler further on can bring them back.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(_message(record)), None
        for name in record.__dict__.keys() - _STANDARD_FIELDS:
            record.__dict__[name] = mask_value(record.__dict__[name], name)
        if record.exc_info:
            record.exc_text = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_info = None
        record.exc_text = mask(record.exc_text) if record.exc_text else None
        record.stack_info = mask(record.stack_info) if record.stack_info else None
        return True


class KeyValueFormatter(logging.Formatter):
    """One line of `key=value` pairs; line breaks are escaped, so nobody can forge a line."""

    def format(self, record: logging.LogRecord) -> str:
        return " ".join(f"{name}={_quoted(value)}" for name, value in _fields(record).items())


class JsonFormatter(logging.Formatter):
    """One JSON document a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(_fields(record), ensure_ascii=False, default=str)


class _Handler(logging.StreamHandler[TextIO]):
    """The handler that `configure` owns, told apart from those of others."""


def configure(level: str | int = "WARNING", stream: TextIO | None = None, *, as_json: bool = False) -> None:
    """Send the logs of this process to `stream`, masked. Calling it again replaces the earlier call.

    Args:
        level: from which level Casa Austin's own records are written. Other packages speak from
            `WARNING` on, or later when `level` is higher: some of them log what they send.
        stream: where to; standard error when omitted, since standard output is for data.
        as_json: JSON lines instead of `key=value` pairs.

    Raises:
        InvalidInput: no level of that name.
    """
    threshold = _level(level)
    handler = _Handler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter() if as_json else KeyValueFormatter())
    handler.addFilter(MaskingFilter())
    root = logging.getLogger()
    for earlier in [known for known in root.handlers if isinstance(known, _Handler)]:
        root.removeHandler(earlier)
        earlier.close()
    root.addHandler(handler)
    root.setLevel(max(threshold, logging.WARNING))
    for name in OWN_LOGGERS:
        logging.getLogger(name).setLevel(threshold)


def _level(level: str | int) -> int:
    if isinstance(level, int):
        return level
    levels = logging.getLevelNamesMapping()
    try:
        return levels[level.strip().upper()]
    except KeyError:
        raise InvalidInput(
            f"{level!r} is not a log level.", field="log_level", hint="Use DEBUG, INFO, WARNING or ERROR."
        ) from None


def _masked_match(found: re.Match[str]) -> str:
    if found["keep"] is not None:
        return found["keep"]
    return f"{found['url'] or found['key'] or found['bearer'] or ''}{MASK}"


def _message(record: logging.LogRecord) -> str:
    """The finished message; a log call whose arguments do not fit must not stop a booking."""
    try:
        return record.getMessage()
    except Exception as broken:  # noqa: BLE001 - whatever a value's own __str__ raises
        return f"{record.msg} (arguments do not fit: {type(broken).__name__})"


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    """What a line says, in order: when, how bad, where, what, and whatever came with it."""
    at = datetime.fromtimestamp(record.created, LIMA)
    fields: dict[str, Any] = {
        "time": at.isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "message": record.getMessage(),
    }
    fields |= {name: value for name, value in vars(record).items() if name not in _STANDARD_FIELDS}
    if record.exc_text:
        fields["exception"] = record.exc_text
    if record.stack_info:
        fields["stack"] = record.stack_info
    return fields


def _quoted(value: object) -> str:
    """A value as `key=value` lines carry it: bare when it is one plain word, else as a JSON string."""
    if isinstance(value, dict | list):
        return json.dumps(json.dumps(value, ensure_ascii=False, default=str), ensure_ascii=False)
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)
