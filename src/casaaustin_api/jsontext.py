"""Answers as JSON text, with amounts as JSON numbers that keep their decimals: `149.50`, never `149.5`.

An amount never passes through a binary float. Python's encoder writes numbers
only from int and float, so a Decimal leaves it as a marked text, and the marks
are taken off the finished document in one pass.
Source: docs/rules/pricing.md, 4; docs/rules/principles.md, 7.
"""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from casaaustin.clock import LIMA

_MARK = "\x00"
# The mark as the encoder escapes it. Only what is a JSON number is unwrapped, so a text that happens to
# begin like one can at worst turn into a number, never into broken JSON.
_MARKED = re.compile(r'"\\u0000(-?(?:0|[1-9]\d*)(?:\.\d+)?)"', re.ASCII)


def _plain(value: Any) -> Any:
    match value:
        case Decimal():
            return _MARK + format(value, "f")
        case UUID() | date() | time() if not isinstance(value, datetime):
            return str(value)
        case datetime():
            return value.astimezone(LIMA).isoformat()
        case Enum():
            return value.value
        case set() | frozenset():
            return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in an answer")


_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":"), default=_plain
).encode


def to_json(value: Any) -> bytes:
    """A body as UTF-8 JSON: amounts as exact numbers, dates ISO 8601, instants with Lima's offset."""
    return _MARKED.sub(r"\1", _encode(value)).encode("utf-8", "replace")
