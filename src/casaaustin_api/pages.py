"""Pages of a list, as the contract counts and links them. Source: docs/rules/pricing.md, 4."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from pydantic import BeforeValidator, Field, WithJsonSchema

from casaaustin.errors import NotFound
from casaaustin_api.endpoint import Call
from casaaustin_api.fields import WHOLE, Fields, whole_number

T = TypeVar("T")

DEFAULT_SIZE, LARGEST_SIZE = 100, 1000
LARGEST_PAGE = 1_000_000


def _size(value: Any) -> int | None:
    return None if value == "none" else whole_number(value)


PageSize = Annotated[
    int | None,
    Field(ge=1, le=LARGEST_SIZE),
    BeforeValidator(_size),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE},
                {"const": "none"},
            ],
            "default": DEFAULT_SIZE,
        }
    ),
]


class PageQuery(Fields):
    """Which part of a list; `page_size=none` is all of it, as a plain array."""

    page: Annotated[int, Field(ge=1, le=LARGEST_PAGE), WHOLE] = 1
    page_size: PageSize = DEFAULT_SIZE

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return 0 if self.page_size is None else (self.page - 1) * self.page_size


@dataclass(frozen=True, slots=True)
class Span:
    """Which rows of a list to read; no limit reads all."""

    offset: int
    limit: int | None


def span(query: PageQuery) -> Span:
    """The rows of the page that was asked for."""
    return Span(query.offset, query.page_size)


def paged(
    call: Call, rows: list[T], count: int, *, first: Callable[[], dict[str, Any]] = dict
) -> dict[str, Any] | list[T]:
    """The answer around the rows of a page.

    Args:
        call: the request, whose query is a `PageQuery`.
        rows: of this page.
        count: rows of all pages.
        first: what comes first in the object, also when everything is asked for.

    Raises:
        NotFound: there is no such page.
    """
    asked: PageQuery = call.query
    before = first()
    if asked.page_size is None:
        return {**before, "results": rows} if before else rows
    pages = max(1, -(-count // asked.page_size))
    if asked.page > pages:
        raise NotFound(f"There is no page {asked.page}; the last one is {pages}.", code="page_not_found")
    return {
        **before,
        "count": count,
        "next": _link(call, asked.page + 1) if asked.page < pages else None,
        "previous": _link(call, asked.page - 1) if asked.page > 1 else None,
        "results": rows,
        "actual": asked.page,
        "total_paginas": pages,
    }


def _link(call: Call, page: int) -> str:
    others = [(name, value) for name, value in call.parameters if name != "page"]
    return f"{call.address}?{urlencode([*others, ('page', str(page))])}"
