"""Values and names as people and files give them, checked once; each refusal names the field.

The database guards what it can express on all three engines; what it cannot
(a percentage of at most 100, a text without control characters, one thing
meant by one name) is decided here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

from casaaustin.errors import InvalidInput, NotFound
from casaaustin.money import HUNDRED, ZERO

T = TypeVar("T")

LARGEST_AMOUNT = Decimal("9999999999.99")
LARGEST_RATE = Decimal("999.999")
LARGEST_WHOLE = 2_147_483_647
_KEPT_CONTROLS = frozenset("\n\t")
_MOST_CANDIDATES = 12


def clean_text(value: str, *, field: str, most: int | None = None, required: bool = False) -> str:
    """A text as it is stored: line ends as `\\n`, no blanks around it.

    Args:
        value: as typed, read or uploaded.
        field: the name used in the error.
        most: characters it may have.
        required: whether it must say something.

    Raises:
        InvalidInput: empty, too long, or with characters that are no text.
    """
    cleaned = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if required and not cleaned:
        raise InvalidInput(f"{field} is empty.", field=field, hint=f"Say what {field} is.")
    if most is not None and len(cleaned) > most:
        raise InvalidInput(
            f"{field} has {len(cleaned)} characters; {most} are allowed.", field=field, hint="Shorten it."
        )
    # Surrogates cannot be stored at all, NUL not in PostgreSQL; the other controls are accidents of copying.
    strange = next(
        (
            character
            for character in cleaned
            if unicodedata.category(character) in {"Cc", "Cs"} and character not in _KEPT_CONTROLS
        ),
        None,
    )
    if strange is not None:
        raise InvalidInput(
            f"{field} contains a character that is no text: U+{ord(strange):04X}.",
            field=field,
            hint="Remove it.",
        )
    return cleaned


def clean_line(value: str, *, field: str, most: int, required: bool = True) -> str:
    """A text on one line, such as a name.

    Raises:
        InvalidInput: as `clean_text`, or it has several lines.
    """
    cleaned = clean_text(value, field=field, most=most, required=required)
    if "\n" in cleaned or "\t" in cleaned:
        raise InvalidInput(f"{field} must stand on one line.", field=field, hint="Remove the line breaks.")
    return cleaned


def check_amount(
    value: Decimal,
    *,
    field: str,
    least: Decimal = ZERO,
    most: Decimal = LARGEST_AMOUNT,
    above: bool = False,
    places: int = 2,
) -> Decimal:
    """An amount within its bounds, with exactly `places` decimals.

    Args:
        value: the amount.
        field: the name used in the error.
        least: the smallest that is allowed.
        most: the largest that is allowed.
        above: whether `least` itself is too little.
        places: decimals that it may have.

    Raises:
        InvalidInput: out of bounds, or with more decimals.
    """
    if not value.is_finite():
        raise InvalidInput(f"{field} is not an amount: {value}.", field=field, hint="Write it like 149.50.")
    if value < least or value > most or (above and value == least):
        bound = f"more than {least}" if above else f"at least {least}"
        limit = "" if most in (LARGEST_AMOUNT, LARGEST_RATE) and value <= most else f" and at most {most}"
        raise InvalidInput(f"{field} must be {bound}{limit}, not {value:f}.", field=field)
    fixed = value.quantize(Decimal(1).scaleb(-places))
    if fixed != value:
        raise InvalidInput(
            f"{field} has more than {places} decimals: {value:f}.", field=field, hint="Round it first."
        )
    return fixed


def check_percentage(value: Decimal, *, field: str) -> Decimal:
    """A percentage from 0 to 100 with two decimals; 15 means 15 %.

    Raises:
        InvalidInput: outside of that, or with more decimals.
    """
    return check_amount(value, field=field, most=HUNDRED)


def check_whole(value: int, *, field: str, least: int, most: int = LARGEST_WHOLE) -> int:
    """A whole number within its bounds.

    Raises:
        InvalidInput: out of bounds.
    """
    if not least <= value <= most:
        limit = f" and at most {most}" if most != LARGEST_WHOLE or value > most else ""
        raise InvalidInput(f"{field} must be at least {least}{limit}, not {value}.", field=field)
    return value


def choose(reference: str, among: Iterable[tuple[T, UUID, Sequence[str]]], *, kind: str, field: str) -> T:
    """The one thing that a person means: by id, by a name, or by the unique beginning of its first name.

    Args:
        reference: what the person wrote; case does not matter.
        among: each thing with its id and its names, the one to show first.
        kind: what it is, for the error: `season`.
        field: the name of the input.

    Raises:
        NotFound: nothing is called that; the hint lists what there is.
        InvalidInput: several things are.
    """
    things = list(among)
    wanted = reference.strip().casefold()
    exact = [
        thing
        for thing in things
        if wanted in (str(thing[1]), thing[1].hex) or wanted in (name.casefold() for name in thing[2])
    ]
    found = exact or [thing for thing in things if wanted and thing[2][0].casefold().startswith(wanted)]
    if len(found) == 1:
        return found[0][0]
    if found:
        same = len({thing[2][0] for thing in found}) < len(found)
        raise InvalidInput(
            f"{reference!r} could be several {kind}s.",
            field=field,
            code=f"ambiguous_{kind.replace(' ', '_')}",
            hint="Give the id." if same else "Give the whole name.",
            details={"candidates": [f"{thing[2][0]} ({thing[1]})" for thing in found[:_MOST_CANDIDATES]]},
        )
    names = ", ".join(thing[2][0] for thing in things[:_MOST_CANDIDATES])
    raise NotFound(
        f"There is no {kind} {reference!r}.",
        code=f"{kind.replace(' ', '_')}_not_found",
        hint=f"There is: {names}." if names else f"No {kind} is configured yet.",
    )
