"""Types of what comes in, each with the JSON schema of exactly what it accepts.

Values arrive as text (query, form) or as JSON; both are read alike, and neither
is guessed at: a date is `YYYY-MM-DD`, a number has ASCII digits, an id is a UUID.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic_core import PydanticCustomError, core_schema

from casaaustin.checks import clean_text
from casaaustin.errors import InvalidInput
from casaaustin.money import parse_amount

MOST_GUESTS = 1000
MOST_SERVICES = 50
LARGEST_PRICE = Decimal("9999999.99")  # its soles still fit an amount column, whatever the rate

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_UUID_PATTERN = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_UUID = re.compile(_UUID_PATTERN, re.ASCII)
_AMOUNT = re.compile(r"\d{1,10}(\.\d{1,2})?", re.ASCII)
_YES, _NO = frozenset({"true", "1", "on", "yes"}), frozenset({"false", "0", "off", "no", ""})


class Fields(BaseModel):
    """What a query or a body may say; anything else in it is passed over, as front ends expect."""

    model_config = ConfigDict(extra="ignore", frozen=True, arbitrary_types_allowed=True)


def _wrong(sentence: str) -> PydanticCustomError:
    return PydanticCustomError("invalid", "{sentence}", {"sentence": sentence})


def _day(value: Any) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _wrong("La fecha debe tener la forma AAAA-MM-DD.")


def whole_number(value: Any) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    raise _wrong("Se espera un número entero.")


def _id(value: Any) -> UUID:
    if isinstance(value, str) and _UUID.fullmatch(value):
        return UUID(value)
    raise _wrong("Se espera un UUID.")


def _id_or_nothing(value: Any) -> UUID | None:
    return None if value in (None, "") else _id(value)


def _ids(value: Any) -> tuple[UUID, ...]:
    """Ids separated by commas, or a JSON list of them; at least one."""
    parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
    if not isinstance(parts, list) or not parts or len(parts) > MOST_SERVICES:
        raise _wrong("Se espera una lista de UUID separados por comas.")
    return tuple(dict.fromkeys(_id(part) for part in parts))


def _ids_or_nothing(value: Any) -> tuple[UUID, ...]:
    return () if value in (None, "", []) else _ids(value)


def _amount(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        value = format(Decimal(value), "f")
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        return parse_amount(value, field="amount")
    raise _wrong("Se espera un importe con dos decimales como máximo.")


def _truth(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _YES | _NO:
        return value.lower() in _YES
    raise _wrong("Se espera true o false.")


# A text as JSON Schema can say it: the two controls that are kept, and nothing else below the blank.
_PRINTABLE = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"


@dataclass(frozen=True, slots=True)
class Text:
    """Marks a text of at most so many characters, without blanks around it and without control characters."""

    most: int
    is_needed: bool = False

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Any) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, _schema: Any, _handler: Any) -> dict[str, Any]:
        least = {"minLength": 1} if self.is_needed else {}
        return {"type": "string", **least, "maxLength": self.most, "pattern": _PRINTABLE}

    def _read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise _wrong("Se espera un texto.")
        if self.is_needed and not value.strip():
            raise _wrong("Este campo es obligatorio.")
        try:
            return clean_text(value, field="text", most=self.most)
        except InvalidInput:
            raise _wrong(
                f"El texto tiene más de {self.most} caracteres, o alguno que no se puede guardar."
            ) from None


Day = Annotated[date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Id = Annotated[UUID, BeforeValidator(_id), WithJsonSchema({"type": "string", "format": "uuid"})]
OptionalId = Annotated[
    UUID | None,
    BeforeValidator(_id_or_nothing),
    WithJsonSchema({"type": "string", "pattern": f"^({_UUID_PATTERN})?$"}),
]
Ids = Annotated[
    tuple[UUID, ...],
    BeforeValidator(_ids),
    WithJsonSchema({"type": "string", "pattern": f"^{_UUID_PATTERN}(,{_UUID_PATTERN}){{0,49}}$"}),
]
OptionalIds = Annotated[
    tuple[UUID, ...],
    BeforeValidator(_ids_or_nothing),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {"type": "string", "format": "uuid"}, "maxItems": MOST_SERVICES},
                {"type": "string", "pattern": f"^({_UUID_PATTERN}(,{_UUID_PATTERN}){{0,49}})?$"},
            ]
        }
    ),
]
WHOLE = BeforeValidator(whole_number)
"""Goes behind the bounds: `Annotated[int, Field(ge=1), WHOLE]`, so that the schema says them too."""
Guests = Annotated[int, Field(ge=1, le=MOST_GUESTS), WHOLE]
Price = Annotated[
    Decimal | None,
    Field(le=LARGEST_PRICE),
    BeforeValidator(_amount),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^(\d{1,7}(\.\d{1,2})?)?$"},
                {"type": "number", "minimum": 0, "maximum": 9999999},
                {"type": "null"},
            ]
        }
    ),
]
YesNo = Annotated[
    bool,
    BeforeValidator(_truth),
    WithJsonSchema(
        {"anyOf": [{"type": "boolean"}, {"type": "string", "enum": ["true", "false", "1", "0", ""]}]}
    ),
]


# What goes out.
Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]
"""An amount as a JSON number with its decimals."""
TextAmount = Annotated[str, WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{2}$"})]
"""An amount as text, where the contract wants one."""
