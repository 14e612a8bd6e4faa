"""From the bytes of a request to plain values, within limits; whatever is malformed is 400, never 500."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from email.message import Message
from typing import Any, NoReturn, TypeVar
from urllib.parse import parse_qsl

from pydantic import BaseModel, ValidationError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from casaaustin.errors import CasaError, InvalidInput
from casaaustin_api.endpoint import FORM, MULTIPART, Endpoint, Upload
from casaaustin_api.problems import SPANISH, InvalidFields

M = TypeVar("M", bound=BaseModel)

MOST_PARAMETERS = 100
MOST_FILES = 4
LONGEST_QUERY = 8 * 1024
DEEPEST_JSON = 20
LONGEST_KEY = 120


class UnsupportedMediaType(CasaError):
    """The body is of a type that this endpoint does not read."""

    default_code = "unsupported_media_type"


class BodyTooLarge(CasaError):
    """The body is larger than this endpoint takes."""

    default_code = "body_too_large"


class MethodNotAllowed(CasaError):
    """The path exists, the method does not."""

    default_code = "method_not_allowed"


@dataclass(frozen=True, slots=True)
class Body:
    """What a body said: plain values by field, and the files beside them."""

    values: Mapping[str, Any]
    files: Mapping[str, Upload]


def read_parameters(query_string: bytes) -> tuple[tuple[str, str], ...]:
    """The query of an address.

    Raises:
        InvalidInput: too long, or not UTF-8 behind its percent signs.
    """
    if not query_string:
        return ()
    return _pairs(query_string, LONGEST_QUERY)


def check(model: type[M], values: Mapping[str, Any]) -> M:
    """Values checked against a model.

    Raises:
        InvalidFields: with every fault by field.
    """
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise _faults(error) from None


def once_each(pairs: Sequence[tuple[str, str]], model: type[BaseModel]) -> dict[str, str]:
    """The parameters that a model knows, each given once.

    Raises:
        InvalidFields: one was given several times, so it could mean either.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found and name in model.model_fields:
            raise InvalidFields({name: [SPANISH["invalid"]]}, [f"{name}_invalid"])
        found[name] = value
    return found


async def read_body(request: Request, endpoint: Endpoint) -> Body:
    """The body of a request, in any of the types that the endpoint takes.

    Raises:
        UnsupportedMediaType, BodyTooLarge: as they say.
        InvalidInput: it cannot be read as the type it says it is.
    """
    kind, charset = _content_type(request)
    if kind is None and not await _has_body(request, endpoint):
        return Body({}, {})
    if kind not in endpoint.content:
        raise UnsupportedMediaType(f"A body of the type {kind} is not read here.")
    if charset not in {None, "utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"The character set {charset} is not read here.")
    if kind == MULTIPART:
        return await _multipart(request, endpoint)
    raw = await _whole(request, endpoint.largest_body)
    if kind == FORM:
        return Body(_form(_pairs(raw, endpoint.largest_body)), {})
    return Body(_json(raw), {})


def read_key(request: Request) -> str | None:
    """The name of this request, from `Idempotency-Key`.

    Raises:
        InvalidInput: too long, or with characters that no name has.
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise InvalidInput(
            f"An Idempotency-Key has 1 to {LONGEST_KEY} printable characters.", code="invalid_key"
        )
    return key


def _content_type(request: Request) -> tuple[str | None, str | None]:
    header = request.headers.get("content-type")
    if header is None:
        return None, None
    message = Message()
    message["content-type"] = header
    charset = message.get_param("charset")
    return message.get_content_type(), charset.lower() if isinstance(charset, str) else None


async def _has_body(request: Request, endpoint: Endpoint) -> bool:
    return bool(await _whole(request, endpoint.largest_body))


async def _whole(request: Request, most: int) -> bytes:
    _refuse_declared(request, most)
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > most:
            raise BodyTooLarge(f"A body has at most {most} bytes here.")
    return bytes(received)


def _refuse_declared(request: Request, most: int) -> None:
    declared = request.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and int(declared[:20]) > most:
        raise BodyTooLarge(f"A body has at most {most} bytes here.")


def _malformed(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, code="body_malformed")


def _json(raw: bytes) -> dict[str, Any]:
    def refuse(_constant: str) -> NoReturn:
        raise ValueError("not a number of JSON")

    try:
        found = json.loads(raw.decode("utf-8"), parse_float=Decimal, parse_constant=refuse)
        if _depth(found) > DEEPEST_JSON:
            raise _malformed("The body is nested too deeply.")
    except (ValueError, RecursionError):
        raise _malformed("The body is not JSON in UTF-8.") from None
    if not isinstance(found, dict):
        raise _malformed("The body is not a JSON object.")
    return found


def _depth(value: Any) -> int:
    inner: Iterable[Any] = ()
    if isinstance(value, dict):
        inner = value.values()
    elif isinstance(value, list):
        inner = value
    else:
        return 0
    return 1 + max(map(_depth, inner), default=0)


def _pairs(raw: bytes, most: int) -> tuple[tuple[str, str], ...]:
    try:
        if len(raw) > most:
            raise ValueError
        return tuple(
            parse_qsl(
                raw.decode("ascii"),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=MOST_PARAMETERS,
            )
        )
    except ValueError:
        raise InvalidInput("The parameters cannot be read.", code="parameters_malformed") from None


def _form(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Fields of a form; one that comes several times is a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


async def _multipart(request: Request, endpoint: Endpoint) -> Body:
    most = endpoint.largest_body
    _refuse_declared(request, most)

    async def limited() -> Any:
        received = 0
        async for piece in request.stream():
            received += len(piece)
            if received > most:
                raise BodyTooLarge(f"A body has at most {most} bytes here.")
            yield piece

    parser = MultiPartParser(
        request.headers, limited(), max_files=MOST_FILES, max_fields=MOST_PARAMETERS, max_part_size=most
    )
    try:
        form = await parser.parse()
    except BodyTooLarge:
        raise
    except (MultiPartException, ValueError, KeyError, LookupError):
        raise _malformed("The form cannot be read.") from None
    try:
        texts = [(name, value) for name, value in form.multi_items() if not isinstance(value, UploadFile)]
        files = {
            name: Upload(value.filename or "", await value.read())
            for name, value in form.multi_items()
            if isinstance(value, UploadFile)
        }
    finally:
        await form.close()
    return Body(_form(texts), files)


def _faults(error: ValidationError) -> InvalidFields:
    faults: dict[str, list[str]] = {}
    codes: list[str] = []
    for one in error.errors(include_url=False, include_input=False):
        name = str(one["loc"][0]) if one["loc"] else "detail"
        missing = one["type"] == "missing"
        codes.append(f"{name}_{'missing' if missing else 'invalid'}")
        faults.setdefault(name, []).append(_sentence(one["type"], one["msg"], one.get("ctx") or {}))
    return InvalidFields(faults, codes)


def _sentence(kind: str, message: str, figures: Mapping[str, Any]) -> str:
    match kind:
        case "missing":
            return SPANISH["missing"]
        case "invalid":
            return str(figures["sentence"])
        case "greater_than_equal":
            return f"El valor mínimo es {figures['ge']}."
        case "less_than_equal":
            return f"El valor máximo es {figures['le']}."
        case "value_error" | "assertion_error":
            return message.partition(", ")[2] or SPANISH["invalid"]
        case _:
            return SPANISH["invalid"]
