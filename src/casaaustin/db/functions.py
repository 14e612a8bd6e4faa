"""What every database can do and each spells in its own way."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class days_between(FunctionElement[int]):  # noqa: N801 - reads as a function where it is used
    """How many days the second date is after the first: the nights of a stay."""

    type = Integer()
    inherit_cache = True


@compiles(days_between, "sqlite")
def _on_sqlite(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    first, last = (compiler.process(date, **options) for date in element.clauses)
    return f"CAST(julianday({last}) - julianday({first}) AS INTEGER)"


@compiles(days_between, "postgresql")
def _on_postgresql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    first, last = (compiler.process(date, **options) for date in element.clauses)
    return f"({last} - {first})"


@compiles(days_between, "mysql", "mariadb")
def _on_mysql(element: Any, compiler: SQLCompiler, **options: Any) -> str:
    first, last = (compiler.process(date, **options) for date in element.clauses)
    return f"datediff({last}, {first})"
