"""What tables have in common, and shorthands for their columns.

A table module reads like a list of facts: `price_usd: Decimal = money()`. Every
shorthand makes a fresh column, names its length and its database type, and is
refused by the type itself when a value does not fit.
"""

# No `from __future__ import annotations` here or in a models module: SQLModel reads the annotations.

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import Boolean, Column, Date, ForeignKey, Integer, MetaData, SmallInteger, Time
from sqlalchemy.types import TypeEngine
from sqlmodel import Field, SQLModel
from sqlmodel._compat import SQLModelConfig

from casaaustin.db.types import Choice, Document, Exact, Id, Instant, Prose, Words

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata: MetaData = SQLModel.metadata

MISSING: Any = ...


def _field(kind: TypeEngine[Any], default: Any, nullable: bool, *args: Any, **column: Any) -> Any:
    options: dict[str, Any] = {"sa_column": Column(kind, *args, nullable=nullable, **column)}
    if callable(default):
        return Field(default_factory=default, **options)
    if default is MISSING:
        return Field(default=None, **options) if nullable else Field(**options)
    return Field(default=default, **options)


def words(length: int, *, default: Any = MISSING, nullable: bool = False, **column: Any) -> Any:
    """Text of at most `length` characters."""
    return _field(Words(length), default, nullable, **column)


def prose(*, default: Any = MISSING, nullable: bool = False) -> Any:
    """Text without a limit."""
    return _field(Prose(), default, nullable)


def money(*, default: Any = MISSING, nullable: bool = False) -> Any:
    """An amount with two decimals; the column's name says the currency."""
    return _field(Exact(12, 2), default, nullable)


def rate(*, default: Any = MISSING, nullable: bool = False) -> Any:
    """Soles for one dollar, three decimals."""
    return _field(Exact(6, 3), default, nullable)


def percentage(*, default: Any = MISSING, nullable: bool = False) -> Any:
    """Per cent with two decimals: 15.00 is 15 %."""
    return _field(Exact(5, 2), default, nullable)


def whole(*, default: Any = MISSING, nullable: bool = False, **column: Any) -> Any:
    """A whole number."""
    return _field(Integer(), default, nullable, **column)


def small(*, default: Any = MISSING, nullable: bool = False, **column: Any) -> Any:
    """A small whole number: a weekday, a month, a day."""
    return _field(SmallInteger(), default, nullable, **column)


def flag(*, default: Any = MISSING) -> Any:
    """Yes or no."""
    return _field(Boolean(), default, False)


def day(*, default: Any = MISSING, nullable: bool = False, **column: Any) -> Any:
    """A calendar date in Lima."""
    return _field(Date(), default, nullable, **column)


def hour(*, default: Any = MISSING, nullable: bool = False) -> Any:
    """A wall-clock time in Lima."""
    return _field(Time(), default, nullable)


def instant(*, default: Any = MISSING, nullable: bool = False, **column: Any) -> Any:
    """An aware instant."""
    return _field(Instant(), default, nullable, **column)


def choice(among: type[StrEnum], *, default: Any = MISSING, nullable: bool = False, **column: Any) -> Any:
    """A word of a closed list."""
    return _field(Choice(among), default, nullable, **column)


def document(*, default: Any = MISSING, nullable: bool = False) -> Any:
    """A JSON document."""
    return _field(Document(), default, nullable)


def key(*, default: Any = MISSING) -> Any:
    """A UUID primary key, made in Python."""
    return _field(Id(), default if default is not MISSING else uuid4, False, primary_key=True)


def reference(
    target: str, *, default: Any = MISSING, nullable: bool = False, cascade: bool = False, **column: Any
) -> Any:
    """A UUID that points to `target`, such as `property.id`; it blocks deletion unless `cascade`."""
    return _field(
        Id(), default, nullable, ForeignKey(target, ondelete="CASCADE" if cascade else "RESTRICT"), **column
    )


class Row(SQLModel):
    """An entity: key, times and the soft-delete flag. Source: docs/rules/pricing.md, 1."""

    # Tables are never validated by pydantic: building its validators would cost every start 50 ms.
    model_config = SQLModelConfig(defer_build=True)

    id: UUID = Field(default_factory=uuid4, primary_key=True, sa_type=Id)
    created: datetime = Field(default=None, sa_type=Instant, nullable=False)
    updated: datetime = Field(default=None, sa_type=Instant, nullable=False)
    deleted: bool = Field(default=False, nullable=False)


class Derived:
    """A row with columns that follow from its others; they are filled in before every write."""

    def derive(self) -> None:
        """Set the columns that follow."""
        raise TypeError(f"{type(self).__name__} does not say what follows from what")


class LiveKey(Derived):
    """A row whose business key is unique among live rows only.

    MariaDB has no partial unique index, and two NULLs never clash in a unique
    one: so the key is a text that is NULL while the row is not live. The table
    declares `live_key: str | None = words(…, nullable=True, unique=True)`.
    """

    live_key: Any

    def derive(self) -> None:
        """Set the key."""
        self.live_key = self.make_live_key()

    def make_live_key(self) -> str | None:
        """The business key, or None while the row is not live."""
        raise TypeError(f"{type(self).__name__} does not say what its live key is")


class RateBookTable:
    """Marks a table that prices are made from: a change of it makes every kept rate book stale."""

    is_rate_book: ClassVar[bool] = True


class RateBookVersion(SQLModel, table=True):
    """One row: the version of everything that prices are made from, and the policy switches.

    Every process may keep the rate book it loaded while this number stands still.
    """

    __tablename__ = "rate_book"

    id: int = small(default=1, primary_key=True)
    version: int = whole(default=1)
    policy: dict[str, Any] = document(default=dict)
