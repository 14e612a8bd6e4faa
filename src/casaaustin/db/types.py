"""Column types that mean the same on SQLite, MariaDB/MySQL and PostgreSQL.

An amount is stored exactly on all three: NUMERIC on the servers, and on SQLite,
whose NUMERIC is a binary float underneath, a whole number of the smallest unit
(docs/adr/0003-exact-amounts.md). SQL may store, compare and sum amounts. It may
not multiply them, and the expression language here refuses to; nor average them.
Source: docs/rules/principles.md, 7 and 14.
"""

from __future__ import annotations

import json
import operator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CHAR, BigInteger, DateTime, Numeric, String, Text, TypeDecorator
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.type_api import TypeEngine
from sqlalchemy.types import Uuid

_FORBIDDEN = {operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow}


class Exact(TypeDecorator[Decimal]):
    """A decimal amount with a fixed number of decimals.

    Args:
        digits: total number of digits, at most 18, so that SQLite's 64-bit integer holds it.
        places: digits after the point.

    Refuses, rather than rounds: floats, amounts with more decimals, amounts that do not fit.
    """

    impl = Numeric
    cache_ok = True

    class Comparator(TypeDecorator.Comparator[Decimal]):
        """Compare and add, but never multiply, divide or mix scales."""

        def operate(self, op: Any, *other: Any, **kwargs: Any) -> Any:
            if op in _FORBIDDEN:
                raise TypeError("SQL never multiplies or divides an amount; do it in Python, in a rule")
            for operand in other:
                theirs = getattr(operand, "type", None)
                mine = cast(Exact, self.type)
                if isinstance(theirs, Exact) and theirs.places != mine.places:
                    raise TypeError(
                        f"cannot combine amounts of {mine.places} and {theirs.places} decimals in SQL"
                    )
            return super().operate(op, *other, **kwargs)

        def reverse_operate(self, op: Any, other: Any, **kwargs: Any) -> Any:
            if op in _FORBIDDEN:
                raise TypeError("SQL never multiplies or divides an amount; do it in Python, in a rule")
            return super().reverse_operate(op, other, **kwargs)

    comparator_factory: Any = Comparator

    def __init__(self, digits: int, places: int) -> None:
        if not 0 <= places <= digits <= 18:
            raise ValueError("an amount has at most 18 digits")
        self.digits = digits
        self.places = places
        self._unit = Decimal(1).scaleb(-places)
        self._limit = Decimal(1).scaleb(digits - places)
        super().__init__(precision=digits, scale=places)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(Numeric(self.digits, self.places, asdecimal=True))

    def checked(self, value: object) -> Decimal:
        """`value` with exactly `places` decimals.

        Raises:
            TypeError: not a Decimal or an int; floats are never amounts.
            ValueError: more decimals than the column has, or too large.
        """
        if isinstance(value, bool) or not isinstance(value, Decimal | int):
            raise TypeError(f"an amount is a Decimal, not {type(value).__name__}")
        amount = Decimal(value)
        if not amount.is_finite() or abs(amount) >= self._limit:
            raise ValueError(
                f"the amount {value} does not fit {self.digits} digits with {self.places} decimals"
            )
        fixed = amount.quantize(self._unit)
        if fixed != amount:
            raise ValueError(f"the amount {value} has more than {self.places} decimals")
        return fixed

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        fixed = self.checked(value)
        return int(fixed.scaleb(self.places)) if dialect.name == "sqlite" else fixed

    def process_literal_param(self, value: Any, dialect: Dialect) -> str:
        return str(self.process_bind_param(value, dialect))

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return Decimal(value).scaleb(-self.places)
        return Decimal(value).quantize(self._unit)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC with microseconds, read back aware in UTC."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            from sqlalchemy.dialects import mysql

            # A plain DATETIME drops the fraction.
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime(timezone=dialect.name == "postgresql"))

    def process_bind_param(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise TypeError(f"an instant is an aware datetime, not {value!r}")
        instant = value.astimezone(UTC)
        return instant if dialect.name == "postgresql" else instant.replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        instant = cast(datetime, value)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


@lru_cache(maxsize=65_536)
def _uuid(digits: str) -> UUID:
    """One object for one id: a calendar names the same few houses thousands of times."""
    return UUID(hex=digits)


class Id(TypeDecorator[UUID]):
    """A UUID that sorts alike everywhere: native on PostgreSQL, 32 hex digits elsewhere.

    MariaDB's own UUID type is avoided because it sorts by another byte order.
    """

    impl = CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(Uuid(as_uuid=True))
        if dialect.name in {"mysql", "mariadb"}:
            from sqlalchemy.dialects import mysql

            return dialect.type_descriptor(mysql.CHAR(32, charset="ascii", collation="ascii_bin"))
        return dialect.type_descriptor(CHAR(32))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if not isinstance(value, UUID):
            raise TypeError(f"an id is a UUID, not {value!r}")
        return value if dialect.name == "postgresql" else value.hex

    def process_result_value(self, value: Any, dialect: Dialect) -> UUID | None:  # noqa: ARG002
        if value is None or isinstance(value, UUID):
            return value
        return _uuid(value)


class Document(TypeDecorator[Any]):
    """A JSON document kept as canonical text, so that it is byte for byte the same on all databases.

    Keys are sorted. Decimals become strings with their decimals, dates and
    instants ISO 8601, ids their dashed form; they come back as those strings.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            from sqlalchemy.dialects import mysql

            return dialect.type_descriptor(mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin"))
        return dialect.type_descriptor(Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002
        return None if value is None else json.loads(value)

    def compare_values(self, x: Any, y: Any) -> bool:
        return x is y or canonical_json(x) == canonical_json(y)


class Words(TypeDecorator[str]):
    """Text of at most `length` characters, compared exactly (case, accents, blanks) on every database.

    Too long a text is refused on all of them alike; SQLite by itself would take it.
    """

    impl = String
    cache_ok = True

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(length)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            from sqlalchemy.dialects import mysql

            # `utf8mb4_bin` would take "Ana" and "Ana " for the same text; the two servers name its
            # stricter relative differently, and MariaDB is often reached under the name of MySQL.
            is_mariadb = getattr(dialect, "is_mariadb", False)
            collation = "utf8mb4_nopad_bin" if is_mariadb else "utf8mb4_0900_bin"
            return dialect.type_descriptor(mysql.VARCHAR(self.length, charset="utf8mb4", collation=collation))
        return dialect.type_descriptor(String(self.length))

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        if not isinstance(value, str):
            raise TypeError(f"a text is a str, not {type(value).__name__}")
        if len(value) > self.length:
            raise ValueError(f"the text is longer than {self.length} characters")
        return value


class Prose(TypeDecorator[str]):
    """Text without a limit."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            from sqlalchemy.dialects import mysql

            return dialect.type_descriptor(mysql.LONGTEXT(charset="utf8mb4", collation="utf8mb4_bin"))
        return dialect.type_descriptor(Text())


class Choice(TypeDecorator[StrEnum]):
    """A word of a closed list, stored by its value in a short VARCHAR."""

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int = 20) -> None:
        self.words = words
        self.length = length
        if any(len(word) > length for word in words):
            raise ValueError(f"a word of {words.__name__} is longer than {length}")
        super().__init__(length)

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name in {"mysql", "mariadb"}:
            from sqlalchemy.dialects import mysql

            return dialect.type_descriptor(mysql.VARCHAR(self.length, charset="ascii", collation="ascii_bin"))
        return dialect.type_descriptor(String(self.length))

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else self.words(value).value

    def process_result_value(self, value: Any, dialect: Dialect) -> StrEnum | None:  # noqa: ARG002
        return None if value is None else self.words(value)


def plain(value: Any) -> Any:
    """`value` made of JSON types only: the neutral form of amounts, dates, instants and ids."""
    match value:
        case None | bool() | int() | str() if not isinstance(value, StrEnum):
            return value
        case StrEnum():
            return value.value
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time() | UUID():
            return str(value)
        case dict():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple():
            return [plain(item) for item in value]
        case set() | frozenset():
            return sorted(plain(item) for item in value)
        case _:
            raise TypeError(f"{type(value).__name__} has no neutral form")


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no blanks, neutral forms of everything else."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
