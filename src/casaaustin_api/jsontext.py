"""Answers as JSON text, with amounts as JSON numbers that keep their decimals: `149.50`, never `149.5`.

An amount never passes through a binary float. `writer_of` turns the declared
type of an answer into the function that writes it: fields that are not declared
cannot appear, and a quote of hundreds of amounts is written at the speed of a
template. `to_json` writes whatever has no declared type.
Source: docs/rules/pricing.md, 4; docs/rules/principles.md, 7 and 16.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from json.encoder import encode_basestring
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from typing_extensions import is_typeddict

from casaaustin.clock import LIMA

_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
).encode


def to_json(value: Any) -> bytes:
    """Any answer as UTF-8 JSON."""
    return text_of(value).encode("utf-8", "replace")


def text_of(value: Any) -> str:
    """Any value as JSON text: amounts as numbers, dates ISO 8601, instants with Lima's offset."""
    match value:
        case Enum():
            return text_of(value.value)
        case None | bool() | int() | str():
            return _encode(value)
        case Decimal():
            return format(value, "f")
        case datetime():
            return _instant(value)
        case UUID() | date() | time():
            return f'"{value}"'
        case dict():
            inner = ",".join([f"{encode_basestring(str(key))}:{text_of(one)}" for key, one in value.items()])
            return f"{{{inner}}}"
        case list() | tuple():
            return f"[{','.join(map(text_of, value))}]"
    raise TypeError(f"{type(value).__name__} has no form in an answer")


@cache
def writer_of(kind: Any) -> Callable[[Any], str]:
    """The function that writes values of a declared type.

    Args:
        kind: a TypedDict, or what the fields of one may be.
    """
    names = _names()
    source = f"lambda value: {_expression(kind, 'value', names)}"
    made: Callable[[Any], str] = eval(source, names)  # noqa: S307 - made of our own declarations only
    return made


def _expression(kind: Any, value: str, names: dict[str, Any]) -> str:
    """Python source of an expression: the JSON text of `value`."""
    kind = _bare(kind)
    if is_typeddict(kind):
        return f"{_named(_object_writer(kind), names)}({value})"
    origin, inner = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        others = [one for one in inner if one is not NoneType]
        if len(others) == 1 and len(inner) == 2:
            return f'("null" if {value} is None else {_expression(others[0], value, names)})'
        return f"text_of({value})"
    if origin is list:
        return f'"[" + ",".join([{_expression(inner[0], "one", names)} for one in {value}]) + "]"'
    return _plain_expression(kind, origin, value)


def _plain_expression(kind: Any, origin: Any, value: str) -> str:
    if origin is Literal:
        return f"text_of({value})"
    if not isinstance(kind, type):
        return f"text_of({value})"
    if issubclass(kind, str):
        return f"string({value})"
    if issubclass(kind, bool):
        return f'("true" if {value} else "false")'
    if issubclass(kind, Decimal | int):
        # An amount of a quote is never so large or so small that str would write an exponent.
        return f"str({value})"
    if issubclass(kind, datetime):
        return f"instant({value})"
    if issubclass(kind, UUID):
        return f"id_text({value})"
    if issubclass(kind, date | time):
        return f"""'"' + str({value}) + '"'"""
    return f"text_of({value})"


@cache
def _object_writer(kind: Any) -> Callable[[Any], str]:
    """The writer of a TypedDict: one template for the required fields, the others behind it if present."""
    names = _names()
    hints = get_type_hints(kind, include_extras=True)
    parts = [
        f"""'"{field}":', {_expression(hint, f'value["{field}"]', names)}"""
        for field, hint in hints.items()
        if get_origin(hint) is not NotRequired
    ]
    optional = [
        f"""(',"{field}":' + {_expression(hint, f'value["{field}"]', names)}"""
        f""" if "{field}" in value else '')"""
        for field, hint in hints.items()
        if get_origin(hint) is NotRequired
    ]
    pieces = ", ',', ".join(parts)
    source = f"lambda value: ''.join(('{{', {pieces}, {''.join(f'{one}, ' for one in optional)}'}}'))"
    made: Callable[[Any], str] = eval(source, names)  # noqa: S307 - made of our own declarations only
    return made


def _names() -> dict[str, Any]:
    return {"text_of": text_of, "string": encode_basestring, "instant": _instant, "id_text": _id_text}


def _named(made: Any, names: dict[str, Any]) -> str:
    name = f"write_{len(names)}"
    names[name] = made
    return name


def _bare(kind: Any) -> Any:
    """A type without what is only said about it."""
    while get_origin(kind) in {NotRequired, Required} or hasattr(kind, "__metadata__"):
        kind = kind.__origin__ if hasattr(kind, "__metadata__") else get_args(kind)[0]
    return kind


@lru_cache(maxsize=4096)
def _id_text(value: UUID) -> str:
    """Houses and services come back in every quote; spelling their ids is a tenth of writing one."""
    return f'"{value}"'


def _instant(value: datetime) -> str:
    return f'"{value.astimezone(LIMA).isoformat()}"'
