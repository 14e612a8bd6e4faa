"""What must be true of every table: its shape, its values, its references and its derived columns.

SQLite takes any value in any column, and its older tables take references to
nothing while foreign keys are off; these checks say what the other databases
enforce by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Time,
    and_,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlmodel import SQLModel

from casaaustin.db.invariants import Invariant, Problem, Severity, check, key_of, stream
from casaaustin.db.mixins import Derived, RateBookVersion
from casaaustin.db.schema import CURRENT_REVISION, revision_of
from casaaustin.db.tables import table_of
from casaaustin.db.types import Choice, Document, Exact, Id, Instant, Words
from casaaustin.db.work import Work

REVISION = Invariant(
    "schema.revision", "The tables are those of this program's newest migration.", "Run: casa db upgrade"
)
SHAPE = Invariant(
    "schema.shape",
    "Tables, columns and indexes are what the migrations made.",
    "Somebody changed the schema by hand; undo that, or back up and restore into a new database.",
)
KNOWN_WORDS = Invariant(
    "values.words", "A column with a closed list of words holds one of them.", "Correct the row by hand."
)
FITTING = Invariant(
    "values.fit",
    "Every value has the type and the size of its column.",
    "Correct the row by hand, or restore a backup.",
)
REFERENCES = Invariant(
    "references.exist",
    "What a row points to exists.",
    "Restore the missing row from a backup, or take the reference away.",
)
ONE_RATE_BOOK = Invariant(
    "rate_book.row", "There is exactly one row of the rate book's version and policy.", "Restore a backup."
)
DERIVED = Invariant(
    "derived.equal",
    "A column that follows from others, such as a live key, is what follows.",
    "Save the row again, with any change, or correct the column.",
)
UNIQUE_LIVE = Invariant(
    "live_key.unique",
    "No two live rows are the same thing: one active rate, one client per document, one main photo.",
    "Delete or deactivate one of the two.",
)
ORDERED = Invariant(
    "instants.order", "Nothing was changed before it was created.", "Correct the instants by hand."
)
PAST = Invariant(
    "instants.past",
    "Nothing was created or changed in the future.",
    "Look at this machine's clock, and at CASA_NOW.",
    Severity.WARNING,
)

# Without a modifier SQLite takes 30 February for a date; with one it counts the days.
_COUNTED = "+0 days"
_TWO_DIGITS = "[0-9][0-9]"
_INSTANT = (
    f"{_TWO_DIGITS * 2}-[01][0-9]-[0-3][0-9] {_TWO_DIGITS}:{_TWO_DIGITS}:{_TWO_DIGITS}.{_TWO_DIGITS * 3}"
)


@check(REVISION)
def revision(work: Work) -> Iterator[Problem]:
    """Compare the database's revision with the program's."""
    found = revision_of(work.session)
    if found != CURRENT_REVISION:
        yield REVISION.broken("alembic_version", found or "–", f"this program needs {CURRENT_REVISION}")


@check(SHAPE)
def shape(work: Work) -> Iterator[Problem]:
    """Compare the tables with the models."""
    from casaaustin.db.migrate import differences_of

    for difference in differences_of(work.connection):
        # A changed column comes as a list of its changes.
        for action, *what in difference if isinstance(difference, list) else [difference]:
            described = " ".join(_described(part) for part in what if part is not None)
            yield SHAPE.broken("schema", action, described)


def _described(part: Any) -> str:
    if isinstance(part, Column):
        return str(part)
    return str(getattr(part, "name", None) or part)


@check(KNOWN_WORDS)
def known_words(work: Work) -> Iterator[Problem]:
    """Look for words outside the closed lists; one statement per table that has such columns."""
    for table in tables():
        yield from _odd_values(
            work,
            table,
            KNOWN_WORDS,
            {
                column: type_coerce(column, String).not_in([word.value for word in column.type.words])
                for column in table.columns
                if isinstance(column.type, Choice)
            },
        )


@check(FITTING)
def fitting(work: Work) -> Iterator[Problem]:
    """Look for values that their column cannot mean; one statement per table."""
    for table in tables():
        odd = {column: _misfit(work, column) for column in table.columns}
        yield from _odd_values(
            work, table, FITTING, {column: wrong for column, wrong in odd.items() if wrong is not None}
        )


def _misfit(work: Work, column: Column[Any]) -> ColumnElement[bool] | None:
    """The condition under which a value does not fit; None where the database sees to it itself."""
    raw = _as_stored(work, column)
    if work.database.dialect in ("mysql", "mariadb"):
        return not_(func.json_valid(raw)) if isinstance(column.type, Document) else None
    if work.database.dialect != "sqlite":
        return None
    # Whatever is asked of a value that is of another type altogether answers yes, too.
    match column.type:
        case Exact() as exact:
            most = 10**exact.digits - 1
            fits = raw.between(literal_column(f"-{most}"), literal_column(str(most)))
            return or_(not_(fits), func.typeof(raw) != "integer")
        case Boolean():
            return raw.not_in([literal_column("0"), literal_column("1")])
        case Integer():
            return func.typeof(raw) != "integer"
        case Date():
            return func.coalesce(func.date(raw, _COUNTED), "") != raw
        case Time():
            return func.time(raw).is_(None)
        case Instant():
            return not_(raw.bool_op("GLOB")(_INSTANT))
        case Id():
            # Other ids are compared with these when references are looked up.
            wrong = or_(func.length(raw) != 32, raw.bool_op("GLOB")("*[^0-9a-f]*"))
            return None if column.foreign_keys else wrong
        case Words() as words:
            return func.length(raw) > words.length
        case Document():
            return not_(func.json_valid(raw))
    return None


def _as_stored(work: Work, column: Column[Any]) -> ColumnElement[Any]:
    """A column as the database has it, past what its type would make of it."""
    preparer = work.connection.dialect.identifier_preparer
    return literal_column(preparer.format_column(column, use_table=True), String())


def _odd_values(
    work: Work, table: Table, invariant: Invariant, odd: dict[Column[Any], ColumnElement[bool]]
) -> Iterator[Problem]:
    """The rows with an odd value, each with the first column that has one."""
    if not odd:
        return
    first = case(*((and_(column.is_not(None), wrong), column.name) for column, wrong in odd.items()))
    # The key is read as it is stored, because it may be what is odd.
    key = [
        _as_stored(work, column).label(f"key_{number}")
        for number, column in enumerate(table.primary_key.columns)
    ]
    found = select(*key, first.label("column")).select_from(table).where(first.is_not(None))
    for *parts, column in stream(work, found):
        yield invariant.broken(
            table.name, "/".join(map(str, parts)), f"the value of {column} does not fit the column"
        )


@check(REFERENCES)
def references(work: Work) -> Iterator[Problem]:
    """Look for references to nothing; one statement per foreign key."""
    for table in tables():
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            yield from _dangling(work, table, key)


def _dangling(work: Work, table: Table, key: ForeignKey) -> Iterator[Problem]:
    target = key.column.table.alias("target")
    there = target.c[key.column.name]
    found = (
        select(*table.primary_key.columns, key.parent.label("pointing_to"))
        .select_from(table.outerjoin(target, key.parent == there))
        .where(key.parent.is_not(None), there.is_(None))
    )
    for row in stream(work, found):
        yield REFERENCES.broken(
            table.name,
            key_of(table, row._mapping),
            f"{key.parent.name} names {key.column.table.name} {row.pointing_to}, which does not exist",
        )


@check(ONE_RATE_BOOK)
def one_rate_book(work: Work) -> Iterator[Problem]:
    """Count the rows of the version table."""
    table = table_of(RateBookVersion)
    found = list(work.connection.execute(select(table.c.id)).scalars())
    if found != [1]:
        yield ONE_RATE_BOOK.broken(table.name, ", ".join(map(str, found)) or "–", f"{len(found)} rows")


@check(DERIVED, UNIQUE_LIVE)
def derived(work: Work) -> Iterator[Problem]:
    """Work out every derived column again; one statement per table that has any."""
    for model in _models():
        if issubclass(model, Derived):
            yield from _derived_of(work, model)


def _derived_of(work: Work, model: Any) -> Iterator[Problem]:
    table = table_of(model)
    holders: dict[str, Any] = {}
    double: set[Any] = set()
    odd: list[tuple[Any, str]] = []
    for row in stream(work, select(table).order_by(*table.primary_key.columns)):
        stored = row._mapping
        again: Any = model(**stored)
        again.derive()
        odd += [(stored["id"], column) for column in stored if getattr(again, column) != stored[column]]
        key = getattr(again, "live_key", None)
        if key is None:
            continue
        if key in holders:
            double |= {holders[key], stored["id"]}
            yield UNIQUE_LIVE.broken(
                table.name, stored["id"], f"is the same as {holders[key]}: both are {key!r}"
            )
        holders[key] = stored["id"]
    for row_id, column in odd:
        # Of two that are the same thing only one can carry the key; that is said already.
        if not (column == "live_key" and row_id in double):
            yield DERIVED.broken(table.name, row_id, f"{column} is not what follows from the row")


@check(ORDERED, PAST)
def instants(work: Work) -> Iterator[Problem]:
    """Compare creation, last change and now; one statement per table."""
    # A machine whose clock runs a little ahead is no mystery.
    latest = work.clock.now() + timedelta(days=1)
    for table in tables():
        if not {"created", "updated"} <= set(table.columns.keys()):
            continue
        created, updated = table.c.created, table.c.updated
        odd = select(*table.primary_key.columns, created, updated).where(
            or_(updated < created, created > latest, updated > latest)
        )
        for row in stream(work, odd):
            key = key_of(table, row._mapping)
            if row.updated < row.created:
                yield ORDERED.broken(table.name, key, f"changed at {row.updated}, created at {row.created}")
            else:
                yield PAST.broken(table.name, key, f"created at {row.created}, changed at {row.updated}")


CHECKS = (revision, shape, known_words, fitting, references, one_rate_book, derived, instants)


def tables() -> tuple[Table, ...]:
    """Every table, those that others point to first."""
    from casaaustin.tables import metadata

    return tuple(metadata.sorted_tables)


def _models() -> list[Any]:
    """The class of every table."""
    tables()
    return sorted((mapper.class_ for mapper in SQLModel._sa_registry.mappers), key=lambda one: one.__name__)
