"""What a section of the configuration file is.

A domain that has something to configure describes it once, as a `Section`: a
model of one item, how items are named, and how they are read from and written
to the database. Export, comparison, application, checks and schema follow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from casaaustin.db.work import Work
from casaaustin.properties.rules import natural_order

Key = tuple[str, ...]
"""What names an item, in terms that mean the same in every installation; never an id."""


class Item(BaseModel):
    """One item of a section. A field that the file leaves out has its default."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def plain(self) -> dict[str, Any]:
        """As the file has it: JSON types, empty fields left out (their default is to be empty)."""
        return {
            name: value
            for name, value in self.model_dump(mode="json").items()
            if value is not None and value not in ("", [], {})
        }


M = TypeVar("M", bound=Item)


@dataclass(frozen=True, slots=True)
class KeyPart:
    """One level of names in a section.

    Args:
        name: what it is, such as `house`.
        pattern: of the names, for the schema.
        check: gives the name in its one form, or raises InvalidInput.
        order: sort key of the names.
    """

    name: str
    pattern: str
    check: Callable[[str], str]
    order: Callable[[str], Any] = natural_order


def _nothing(*_: Any) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Section(Generic[M]):
    """A part of the file.

    Args:
        name: its key at the top of the file.
        about: what it holds, in one sentence.
        item: the model of one item.
        keys: how items are named, outermost first; none when the section is one thing.
        read: every item there is.
        write: makes one item so, whether it is there or not. Goes through the use cases of
            the domain, with their checks and their audit trail; the last argument is the reason.
        remove: takes one item away; None when it can only be changed.
        houses: the slugs that an item mentions, its key included.
        levels: the names of levels that an item mentions, its key included.
        check: what is wrong with the items taken together, as paths and sentences.
        is_mentioned: whether other sections mention its items, which then go last.
    """

    name: str
    about: str
    item: type[M]
    keys: tuple[KeyPart, ...]
    read: Callable[[Work], Mapping[Key, M]]
    write: Callable[[Work, Key, M, str], object]
    remove: Callable[[Work, Key, str], object] | None = None
    houses: Callable[[Key, M], Iterable[str]] = _nothing
    levels: Callable[[Key, M], Iterable[str]] = _nothing
    check: Callable[[Mapping[Key, M]], Iterable[str]] = _nothing
    is_mentioned: bool = False

    def order(self, key: Key) -> tuple[Any, ...]:
        """Where an item stands in the file."""
        return tuple(part.order(name) for part, name in zip(self.keys, key, strict=True))


def path(*parts: str) -> str:
    """Where something stands in the file: `special_dates.casa-1.12-25`."""
    return ".".join(parts)
