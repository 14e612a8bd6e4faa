"""What generated codes look like and how long they live. Source: docs/rules/pricing.md, 2.8."""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable
from datetime import date, timedelta

from casaaustin.errors import InvalidInput, RuleRefused

# Without what people confuse when they read a code to each other.
ALPHABET = "".join(sorted(set(string.ascii_uppercase + string.digits) - set("0O1IL")))
DRAWN_CHARACTERS = 6
TRIES = 10
SIMPLE_PREFIX = "SIMPLE"
WELCOME_PREFIX = "WELCOME-"
LONGEST_PREFIX = 10
LONGEST_VALIDITY_DAYS = 3650
_PREFIX = re.compile(rf"[A-Z0-9][A-Z0-9-]{{0,{LONGEST_PREFIX - 1}}}")

Pick = Callable[[str], str]
"""Draws one character of a text; `secrets.choice`, outside of tests."""


def fresh_code(prefix: str, pick: Pick = secrets.choice) -> str:
    """A code that nobody can guess; whether it is new is for the database to say."""
    return prefix + "".join(pick(ALPHABET) for _ in range(DRAWN_CHARACTERS))


def store_fresh(prefix: str, store: Callable[[str], bool], pick: Pick = secrets.choice) -> str:
    """Draw codes until one is stored.

    Args:
        prefix: how the code begins.
        store: stores a code and says whether it did; it does not when the code is taken.
        pick: draws one character of a text.

    Raises:
        RuleRefused: ten codes in a row were taken (`code_space_exhausted`).

    Source: docs/rules/pricing.md, 2.8.
    """
    for _ in range(TRIES):
        code = fresh_code(prefix, pick)
        if store(code):
            return code
    raise RuleRefused(
        f"No free code that begins with {prefix} was found in {TRIES} tries.",
        code="code_space_exhausted",
        hint="Try again; if it goes on, use another prefix.",
    )


def last_day(start: date, validity_days: int) -> date:
    """The last day on which a code is valid, so that one of 7 days lives on 8 dates.

    Source: docs/rules/pricing.md, 2.8.
    """
    return start + timedelta(days=validity_days)


def normal_prefix(text: str) -> str:
    """A prefix as it is stored: no blanks around it, upper case.

    Raises:
        InvalidInput: no code could begin like that.

    Source: docs/rules/pricing.md, 1.8.
    """
    prefix = text.strip().upper()
    if _PREFIX.fullmatch(prefix) is None:
        raise InvalidInput(
            f"{text!r} cannot begin a code.",
            field="prefix",
            hint=f"Use 1 to {LONGEST_PREFIX} letters from A to Z, digits and dashes, such as VERANO.",
        )
    return prefix
