"""One file that holds a whole database and can be restored on any of the three.

The file is gzip'd text, one JSON value a line:

    {"format": "casaaustin-backup", "version": 1, "revision": "0001", "created": "…", "tables": […]}
    {"table": "client", "rows": 2}
    ["0f0e1d2c-…", "2026-04-06T15:00:00+00:00", …]
    …
    {"end": true, "rows": 1234, "sha256": "…"}

Rows come in the order of their key, the tables that others point to first.
Amounts are texts, instants ISO 8601 in UTC, ids have dashes: the same rows make
the same lines on every database, and the hash is that of all lines between the
first and the last. The version counter of the rate book is not among them: it
belongs to the database, not to the business, and must never go back.
Source: docs/rules/principles.md, 2 and 7.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import secrets
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import IO, Any
from uuid import UUID

from sqlalchemy import (
    Column,
    Date,
    String,
    Table,
    Text,
    Time,
    bindparam,
    delete,
    func,
    insert,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import DataError, IntegrityError, StatementError

from casaaustin.actors import Actor
from casaaustin.clock import parse_instant
from casaaustin.db.final_rows import deletions_allowed_around, deletions_allowed_in
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.schema import CURRENT_REVISION, check_schema
from casaaustin.db.tables import table_of
from casaaustin.db.tracking import bump
from casaaustin.db.types import Choice, Document, Exact, Id, Instant
from casaaustin.db.work import Database, Work
from casaaustin.errors import CasaError, InvalidInput, NotFound, RuleRefused

FORMAT = "casaaustin-backup"
VERSION = 1
ROWS_AT_ONCE = 1_000

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode

Advance = Callable[[int], None]

# Columns that stay with the database: (table, column).
_NOT_CARRIED = {("rate_book", "version")}
_DECODERS: dict[type[Any], Callable[[Any], Any]] = {
    Exact: Decimal,
    Instant: datetime.fromisoformat,
    Date: date.fromisoformat,
    Time: time.fromisoformat,
    Id: UUID,
}


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup file is.

    Args:
        path: where it is.
        revision: of the schema.
        created: when it was made.
        tables: columns and number of rows of each table, in the order of the file.
        sha256: of all lines between the first and the last; empty until they were read.
    """

    path: Path
    revision: str
    created: datetime
    tables: Mapping[str, Contents]
    sha256: str = ""

    @property
    def rows(self) -> int:
        """How many rows in all."""
        return sum(table.rows for table in self.tables.values())


@dataclass(frozen=True, slots=True)
class Contents:
    """What a backup holds of one table."""

    columns: tuple[str, ...]
    rows: int


def _nobody_watches(_steps: int) -> None:
    """Progress goes nowhere."""


def write_backup(
    work: Work, path: Path, *, force: bool = False, advance: Advance = _nobody_watches
) -> Backup:
    """Write everything there is into one file; it appears whole or not at all.

    The rows come from one snapshot, in constant memory, whatever others write
    meanwhile. Nobody but the owner may read the file: it holds guests' data.

    Args:
        work: a reading unit of work.
        path: the file; its folder exists.
        force: overwrite a file that is there.
        advance: called with the number of rows just written.

    Raises:
        InvalidInput: the file is there already, or cannot be written.
    """
    if path.exists() and not force:
        raise InvalidInput(
            f"{path} is there already.", field="file", hint="Choose another name, or add --force."
        )
    check_schema(work.session)
    tables = _tables()
    backup = Backup(
        path=path,
        revision=CURRENT_REVISION,
        created=work.clock.now(),
        tables={
            table.name: Contents(tuple(column.name for column in _carried(table)), _count(work, table))
            for table in tables
        },
    )
    with _appearing(path) as file, gzip.GzipFile(fileobj=file, mode="wb", filename="", mtime=0) as packed:
        packed.write(_line(_header(backup)))
        hashed = _Hashing(packed)
        for table in tables:
            hashed.write(_line({"table": table.name, "rows": backup.tables[table.name].rows}))
            for count, lines in _encoded(work, table):
                hashed.write(lines)
                advance(count)
        packed.write(_line({"end": True, "rows": backup.rows, "sha256": hashed.digest}))
    return Backup(path, backup.revision, backup.created, backup.tables, hashed.digest)


def inspect(path: Path) -> Backup:
    """Read a backup from end to end and prove that it is whole; writes nothing.

    Raises:
        NotFound: no such file.
        InvalidInput: not a backup, of another version or schema, cut off, or damaged.
    """
    with _opened(path) as lines:
        backup = _read_header(path, lines)
        counted, digest = dict.fromkeys(backup.tables, 0), hashlib.sha256()
        current = ""
        for line in lines:
            if line.startswith(b'{"end"'):
                _check_end(backup, json.loads(line), counted, digest.hexdigest())
                if lines.read(1):
                    raise _damaged("something follows its end")
                return Backup(path, backup.revision, backup.created, backup.tables, digest.hexdigest())
            digest.update(line)
            if line.startswith(b"{"):
                current = json.loads(line)["table"]
            else:
                counted[current] += 1
    raise _damaged("its end is missing")


def restore(
    database: Database,
    path: Path,
    *,
    actor: Actor,
    replace: bool = False,
    dry_run: bool = False,
    advance: Advance = _nobody_watches,
) -> Backup:
    """Put a backup into an empty database, in one transaction.

    The file is proved whole before anything is written. Neither the rows nor
    their trail are changed by being restored.

    Args:
        database: migrated, and without rows unless `replace`.
        path: the backup.
        actor: who restores.
        replace: delete everything that is there first.
        dry_run: do everything, then roll back.
        advance: called with the number of rows just restored.

    Raises:
        NotFound: no such file.
        InvalidInput: not a backup, of another version or schema, cut off, or damaged.
        RuleRefused: the database is not empty.
        NotReady: the database is not at this program's revision.
    """
    backup = inspect(path)

    def use(work: Work) -> Backup:
        check_schema(work.session)
        if replace:
            with deletions_allowed_in(work.connection):
                _empty(work)
        elif not is_empty(work):
            raise RuleRefused(
                "The database is not empty.",
                code="database_not_empty",
                hint="Restore into a new one, or add --replace to delete everything in it first.",
            )
        _fill(work, backup, advance)
        return backup

    if not replace:
        return database.write(use, actor=actor, dry_run=dry_run)
    with deletions_allowed_around(database.engines.writing):
        return database.write(use, actor=actor, dry_run=dry_run)


def is_empty(work: Work) -> bool:
    """Whether no table has a row, but for the one that every database has."""
    return all(
        work.connection.execute(select(table).limit(1)).first() is None
        for table in _tables()
        if table is not table_of(RateBookVersion)
    )


# -- the file ---------------------------------------------------------------------------------------


class _Hashing:
    """A file that hashes what is written to it."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self._hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._hash.update(data)
        self._file.write(data)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()


@contextmanager
def _appearing(path: Path) -> Iterator[IO[bytes]]:
    """A file that gets its name only when all of it is safely on the disk."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror or error}.", field="file") from error
    finally:
        temporary.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut, where folders can be synchronised."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _opened(path: Path) -> Iterator[gzip.GzipFile]:
    """The unpacked lines of a file; whatever is wrong with it is said in one sentence."""
    try:
        with gzip.open(path, "rb") as lines:
            yield lines
    except FileNotFoundError:
        raise NotFound(f"There is no file {path}.") from None
    except EOFError:
        raise _damaged("it is cut off") from None
    except gzip.BadGzipFile as error:
        # A wrong beginning is another file; a wrong sum at the end is damage.
        if "Not a gzipped file" in str(error):
            raise _not_a_backup(path) from None
        raise _damaged("its check sum is wrong") from None
    except (zlib.error, ValueError, ArithmeticError, LookupError, TypeError) as error:
        raise _damaged(f"it cannot be read ({type(error).__name__})") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror or error}.", field="file") from None


def _damaged(how: str) -> InvalidInput:
    return InvalidInput(
        f"The backup is damaged: {how}.", field="file", code="backup_damaged", hint="Use another backup."
    )


def _not_a_backup(path: Path) -> InvalidInput:
    return InvalidInput(f"{path} is not a backup made by casa db backup.", field="file", code="not_a_backup")


def _header(backup: Backup) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "revision": backup.revision,
        "created": backup.created.isoformat(),
        "tables": [
            {"name": name, "columns": list(contents.columns), "rows": contents.rows}
            for name, contents in backup.tables.items()
        ],
    }


def _read_header(path: Path, lines: gzip.GzipFile) -> Backup:
    try:
        header = json.loads(lines.readline())
    except ValueError:
        raise _not_a_backup(path) from None
    if not isinstance(header, dict) or header.get("format") != FORMAT:
        raise _not_a_backup(path)
    if header["version"] != VERSION:
        raise InvalidInput(
            f"The backup has format {header['version']}, this program reads format {VERSION}.",
            field="file",
            code="backup_version",
            hint="Restore it with the version of the program that made it.",
        )
    if header["revision"] != CURRENT_REVISION:
        raise InvalidInput(
            f"The backup is of schema {header['revision']}, this program has {CURRENT_REVISION}.",
            field="file",
            code="backup_schema",
            hint="Restore it with the version that made it, then: casa db upgrade",
        )
    tables = {one["name"]: Contents(tuple(one["columns"]), one["rows"]) for one in header["tables"]}
    wanted = {table.name: {column.name for column in _carried(table)} for table in _tables()}
    if {name: set(contents.columns) for name, contents in tables.items()} != wanted:
        raise _damaged("its tables are not those of its schema")
    return Backup(path, header["revision"], parse_instant(header["created"]), tables)


def _check_end(backup: Backup, end: Mapping[str, Any], counted: Mapping[str, int], digest: str) -> None:
    if end["sha256"] != digest:
        raise _damaged("its contents are not those that were written")
    promised = {name: contents.rows for name, contents in backup.tables.items()}
    if dict(counted) != promised or end["rows"] != backup.rows:
        raise _damaged("it has not the number of rows that it should have")


def _line(value: Any) -> bytes:
    return f"{_json(value)}\n".encode()


# -- rows to lines ----------------------------------------------------------------------------------


def _encoded(work: Work, table: Table) -> Iterator[tuple[int, bytes]]:
    """The rows of a table as lines, in portions with their number, by key."""
    columns = _carried(table)
    encoders = [_encoder(column) for column in columns]
    # A document is kept as canonical text, which goes into the line as it is.
    wanted = [
        type_coerce(column, Text) if isinstance(column.type, Document) else column for column in columns
    ]
    statement = select(*wanted).order_by(*(_comparable(work, key) for key in table.primary_key.columns))
    result = work.connection.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE})
    try:
        for rows in result.partitions():
            yield len(rows), "".join(_row(encoders, row) for row in rows).encode()
    except (ValueError, LookupError, ArithmeticError) as error:
        raise CasaError(
            f"A row of {table.name} cannot be read: {error}.",
            code="row_unreadable",
            hint="Run: casa db check",
        ) from error


def _row(encoders: Sequence[Callable[[Any], str]], row: Sequence[Any]) -> str:
    written = (
        "null" if value is None else encode(value) for encode, value in zip(encoders, row, strict=True)
    )
    return f"[{','.join(written)}]\n"


def _encoder(column: Column[Any]) -> Callable[[Any], str]:
    """How a value of the column is written as JSON; there are a million of them, so it is found out once."""
    match column.type:
        case Document():
            return str
        case Exact() | Id() | Date() | Time() | Choice():
            return '"{}"'.format
        case Instant():
            return lambda instant: f'"{instant.isoformat()}"'
        case _:
            return _json


def _comparable(work: Work, key: Column[Any]) -> Any:
    """A key as it is ordered alike on every database: PostgreSQL orders texts by its own locale."""
    by_locale = work.database.dialect == "postgresql" and isinstance(key.type, String)
    return key.collate("C") if by_locale else key


# -- lines to rows ----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Portion:
    """Rows of one table that are waiting to be inserted together."""

    table: Table
    decoders: list[tuple[str, Callable[[Any], Any]]]
    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, values: list[Any]) -> None:
        if len(values) != len(self.decoders):
            raise _damaged(f"a row of {self.table.name} has not the number of values it should have")
        self.rows.append(
            {
                name: None if value is None else decode(value)
                for (name, decode), value in zip(self.decoders, values, strict=True)
            }
        )


def _fill(work: Work, backup: Backup, advance: Advance) -> None:
    """Insert every row; references within a table are set when all of its rows are there."""
    for portion in _portions(backup):
        pointing = _pointing_to_itself(portion.table)
        rows = [{**row, **dict.fromkeys(pointing)} for row in portion.rows] if pointing else portion.rows
        with _understood(portion.table):
            if portion.table is table_of(RateBookVersion):
                _set_rate_book(work, rows)
            else:
                work.connection.execute(insert(portion.table), rows)
        advance(len(rows))
    for table in filter(_pointing_to_itself, _tables()):
        _point(work, backup, table)
    bump(work.session)


def _point(work: Work, backup: Backup, table: Table) -> None:
    (key,) = table.primary_key.columns
    for column in _pointing_to_itself(table):
        statement = update(table).where(key == bindparam("row_key")).values({column: bindparam("target")})
        for portion in _portions(backup, only=table):
            pointing = [
                {"row_key": row[key.name], "target": row[column]}
                for row in portion.rows
                if row[column] is not None
            ]
            if pointing:
                with _understood(table):
                    work.connection.execute(statement, pointing)


@contextmanager
def _understood(table: Table) -> Iterator[None]:
    """Say which table it is whose rows the database does not take; what may succeed later goes on."""
    try:
        yield
    except (IntegrityError, DataError) as error:
        raise _damaged(f"rows of {table.name} contradict each other or the schema") from error
    except StatementError as error:
        if type(error) is not StatementError:
            raise
        raise _damaged(f"a value of {table.name} does not fit its column") from error


def _portions(backup: Backup, *, only: Table | None = None) -> Iterator[_Portion]:
    """The rows of a file that was proved whole, some at a time."""
    tables = {table.name: table for table in _tables()}
    portion: _Portion | None = None
    with _opened(backup.path) as lines:
        lines.readline()
        for line in lines:
            if line.startswith(b"{"):
                if portion is not None and portion.rows:
                    yield portion
                if portion is not None and portion.table is only:
                    return
                portion = _begun(backup, tables, json.loads(line))
                continue
            if portion is None or (only is not None and portion.table is not only):
                continue
            portion.add(json.loads(line))
            if len(portion.rows) == ROWS_AT_ONCE:
                yield portion
                portion.rows = []


def _begun(backup: Backup, tables: Mapping[str, Table], mark: Mapping[str, Any]) -> _Portion | None:
    if "table" not in mark:
        return None
    table = tables[mark["table"]]
    columns = backup.tables[table.name].columns
    return _Portion(table, [(name, _decoder(table.columns[name])) for name in columns])


def _decoder(column: Column[Any]) -> Callable[[Any], Any]:
    if isinstance(column.type, Choice):
        return column.type.words
    return next((decode for kind, decode in _DECODERS.items() if isinstance(column.type, kind)), _as_it_is)


def _as_it_is(value: Any) -> Any:
    return value


def _set_rate_book(work: Work, rows: list[dict[str, Any]]) -> None:
    """Its one row is there in every database, with a version that must not go back."""
    table = table_of(RateBookVersion)
    for row in rows:
        changed = work.connection.execute(update(table).where(table.c.id == row["id"]).values(row))
        if not changed.rowcount:
            work.connection.execute(insert(table).values(**row, version=1))


def _empty(work: Work) -> None:
    for table in reversed(_tables()):
        if table is table_of(RateBookVersion):
            continue
        for column in _pointing_to_itself(table):
            work.connection.execute(update(table).values({column: None}))
        work.connection.execute(delete(table))


# -- tables -----------------------------------------------------------------------------------------


def _tables() -> tuple[Table, ...]:
    """Every table, those that others point to first."""
    from casaaustin.tables import metadata

    return tuple(metadata.sorted_tables)


def _carried(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if (table.name, column.name) not in _NOT_CARRIED]


def _pointing_to_itself(table: Table) -> list[str]:
    return sorted(key.parent.name for key in table.foreign_keys if key.column.table is table)


def _count(work: Work, table: Table) -> int:
    return work.connection.execute(select(func.count()).select_from(table)).scalar_one()
