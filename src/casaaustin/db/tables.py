"""The Core table behind a model: queries that return plain tuples are written against it."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, inspect
from sqlmodel import SQLModel


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model."""
    return cast(Table, inspect(model).local_table)
