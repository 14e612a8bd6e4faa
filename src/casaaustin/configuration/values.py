"""The kinds of values that the configuration file is made of.

Amounts are written as text (`"149.50"`), because a bare number with decimals is
a binary float to most programs; days of the year are ISO 8601 without the year.
Every kind is checked by the functions that the services use, so that the file
and the database agree about what a name or an amount is.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from decimal import Decimal
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from casaaustin.checks import LARGEST_RATE, check_amount, clean_line, clean_text
from casaaustin.errors import InvalidInput
from casaaustin.money import HUNDRED, parse_amount
from casaaustin.pricing.year_days import parse_month_day, written_month_day
from casaaustin.properties.rules import check_detail
from casaaustin.properties.service import check_slug, checked_house
from casaaustin.vocabulary import WEEKDAYS

T = TypeVar("T")
_IT = "the value"


def as_value_error(check: Callable[[Any], T]) -> Callable[[Any], T]:
    """A check of the library, whose refusal the model collects with all others."""

    def checked(value: Any) -> T:
        try:
            return check(value)
        except InvalidInput as problem:
            hint = f" {problem.hint}" if problem.hint else ""
            raise ValueError(f"{problem.message}{hint}") from None

    return checked


def _amount(places: int, **bounds: Any) -> Callable[[Any], Decimal]:
    def read(value: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            raise InvalidInput("the value is not an amount.", hint='Write it like "149.50".')
        amount = parse_amount(str(value), field=_IT, places=places)
        return check_amount(amount, field=_IT, places=places, **bounds)

    return as_value_error(read)


def _amount_schema(places: int, *, example: str, **bounds: Any) -> WithJsonSchema:
    pattern = rf"^\d+(\.\d{{1,{places}}})?$"
    text = {"type": "string", "pattern": pattern, "examples": [example]}
    return WithJsonSchema({"anyOf": [text, {"type": "number", **(bounds or {"minimum": 0})}]})


def _line(most: int) -> Callable[[Any], str]:
    return as_value_error(lambda value: clean_line(value, field=_IT, most=most))


def _house_text(column: str) -> Callable[[Any], str | None]:
    def read(value: Any) -> str | None:
        if value is None:
            return None
        kept: str | None = checked_house({column: value})[column]  # type: ignore[misc]
        return kept

    return as_value_error(read)


def _weekdays(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if name not in WEEKDAYS:
            raise InvalidInput(f"{name!r} is not a weekday.", hint=f"Use some of: {', '.join(WEEKDAYS)}.")
    return tuple(sorted(set(names), key=WEEKDAYS.index))


_WRITTEN = PlainSerializer(lambda amount: format(amount, "f"), return_type=str)

Usd = Annotated[Decimal, BeforeValidator(_amount(2)), _WRITTEN, _amount_schema(2, example="149.50")]
PriceUsd = Annotated[
    Decimal,
    BeforeValidator(_amount(2, above=True)),
    _WRITTEN,
    _amount_schema(2, example="149.50", exclusiveMinimum=0),
]
Rate = Annotated[
    Decimal,
    BeforeValidator(_amount(3, least=Decimal("1.000"), most=LARGEST_RATE)),
    _WRITTEN,
    _amount_schema(3, example="3.725", minimum=1),
]
Percentage = Annotated[
    Decimal,
    BeforeValidator(_amount(2, most=HUNDRED)),
    _WRITTEN,
    _amount_schema(2, example="15.00", minimum=0, maximum=100),
]
PercentageOff = Annotated[
    Decimal,
    BeforeValidator(_amount(2, most=HUNDRED, above=True)),
    _WRITTEN,
    _amount_schema(2, example="15.00", exclusiveMinimum=0, maximum=100),
]
Label = Annotated[str, AfterValidator(_line(100)), Field(min_length=1, max_length=100)]
Prose = Annotated[str, AfterValidator(as_value_error(lambda value: clean_text(value, field=_IT)))]
MonthDay = Annotated[
    str,
    AfterValidator(as_value_error(lambda value: written_month_day(parse_month_day(value, field=_IT)))),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d-\d\d$", "examples": ["12-25"]}),
]
Hour = Annotated[
    time,
    AfterValidator(lambda hour: hour.replace(second=0, microsecond=0, tzinfo=None)),
    PlainSerializer(lambda hour: f"{hour:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d\d:\d\d$", "examples": ["15:00"]}),
]
Slug = Annotated[
    str,
    AfterValidator(as_value_error(check_slug)),
    WithJsonSchema({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
]
Slugs = Annotated[tuple[Slug, ...], AfterValidator(lambda slugs: tuple(sorted(set(slugs))))]
Weekdays = Annotated[
    tuple[str, ...],
    AfterValidator(as_value_error(_weekdays)),
    WithJsonSchema({"type": "array", "items": {"enum": list(WEEKDAYS)}}),
]
Features = Annotated[
    tuple[str, ...],
    AfterValidator(
        as_value_error(lambda value: tuple(checked_house({"caracteristicas": value})["caracteristicas"]))
    ),
]
Detail = Annotated[
    dict[str, Any],
    AfterValidator(as_value_error(lambda value: check_detail(value, field=_IT))),
    WithJsonSchema({"type": "object"}),
]


def house_text(column: str) -> Any:
    """The validator of a text that the house keeps in `column`."""
    return AfterValidator(_house_text(column))
