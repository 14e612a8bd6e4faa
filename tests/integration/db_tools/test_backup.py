"""Backup and restore: the same rows on every database, whole or not at all."""

from __future__ import annotations

import gzip
import json
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text
from sqlalchemy.exc import DBAPIError

from casaaustin.actors import Actor
from casaaustin.clients.models import Client
from casaaustin.clock import FixedClock
from casaaustin.db.backup import inspect, is_empty, restore, write_backup
from casaaustin.db.schema import CURRENT_REVISION
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database
from casaaustin.errors import InvalidInput, NotFound, RuleRefused
from casaaustin.integrity import integrity
from casaaustin.pricing.queries import rate_book
from casaaustin.tables import metadata
from tests.support.databases import Databases, Kind
from tests.support.desk import Desk
from tests.support.world import C1, C2, make_client, stay

ANA = Actor("ana")
NOTHING_WRITTEN = "the database must be as it was"


def fill(database: Database) -> None:
    """A business with stays, a trail, texts in all scripts, and clients who refer each other."""
    desk = Desk.open(database)
    desk.reserve(stay("2026-05-04", "2026-05-07"), comments='Ñandú 🏡 "quoted"\nsecond line')
    desk.reserve(stay("2026-05-08", "2026-05-10"), late_checkout=True)
    desk.hold(stay("2026-06-01", "2026-06-03"))
    gone = desk.reserve(stay("2026-07-01", "2026-07-02"), C2, key="once, with blanks ")
    desk.reserve(stay("2026-07-05", "2026-07-06"), C2, key="Once")
    desk.reserve(stay("2026-07-07", "2026-07-08"), C2, key="once")
    desk.cancel(gone, reason="ill")

    def refer(work: Any) -> None:
        ana, bruno = work.session.get_one(Client, desk.client), make_client("Bruno", "Salas")
        bruno.referred_by_id = ana.id
        work.session.add(bruno)
        work.session.flush()
        # A cycle: neither can be inserted before the other.
        ana.referred_by_id = bruno.id

    database.write(refer, actor=ANA)


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "casa.backup"


def back_up(database: Database, path: Path, **options: Any) -> Any:
    return database.read(lambda work: write_backup(work, path, **options))


def body(path: Path) -> list[bytes]:
    """All but the first line, which carries the time."""
    return gzip.decompress(path.read_bytes()).splitlines()[1:]


def rewritten(path: Path, change: Callable[[list[bytes]], list[bytes]]) -> None:
    lines = gzip.decompress(path.read_bytes()).splitlines(keepends=True)
    path.write_bytes(gzip.compress(b"".join(change(lines))))


def with_header(**changes: Any) -> Callable[[list[bytes]], list[bytes]]:
    def change(lines: list[bytes]) -> list[bytes]:
        return [json.dumps(json.loads(lines[0]) | changes).encode() + b"\n", *lines[1:]]

    return change


@pytest.fixture
def others(databases: Databases, clock: FixedClock) -> Iterator[Callable[[Kind], Database]]:
    """Empty, migrated databases beside the one under test, made anew for this test."""
    from contextlib import ExitStack

    from casaaustin.db.engine import open_engines
    from casaaustin.db.migrate import upgrade

    with ExitStack() as stack:

        def make(kind: Kind) -> Database:
            if kind is Kind.SQLITE:
                return stack.enter_context(databases.empty(kind, clock))
            url = stack.enter_context(databases.blank(kind))
            upgrade(url)
            like = stack.enter_context(databases.empty(Kind.SQLITE, clock))
            made = Database(open_engines(url, pool_size=2), settings=like.settings, clock=clock)
            stack.callback(made.close)
            return made

        yield make


def test_a_backup_restores_on_every_database_and_is_the_same_again(
    filled: Database, databases: Databases, others: Callable[[Kind], Database], file: Path
) -> None:
    first = back_up(filled, file)
    for kind in databases.found.kinds:
        target, again = others(kind), file.with_suffix(f".{kind}")
        restored = restore(target, file, actor=ANA)
        assert restored.rows == first.rows > 50
        second = back_up(target, again)
        assert body(again) == body(file)
        assert second.sha256 == first.sha256 == restored.sha256
        report = target.read(integrity)
        assert report.differences == 0, report.broken


def test_every_table_is_in_it(filled: Database, file: Path) -> None:
    back_up(filled, file)
    found = inspect(file)
    assert list(found.tables) == [table.name for table in metadata.sorted_tables]
    assert found.tables["reservation"].rows == 6
    assert found.tables["audit_event"].rows > 6
    assert found.created == filled.clock.now()


def test_two_backups_of_the_same_books_are_the_same_bytes(filled: Database, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    back_up(filled, one)
    back_up(filled, two)
    assert one.read_bytes() == two.read_bytes()


def test_only_the_owner_may_read_it_and_nothing_else_is_left_behind(
    sqlite_database: Database, file: Path
) -> None:
    back_up(sqlite_database, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_is_there_is_kept_unless_forced(sqlite_database: Database, file: Path) -> None:
    file.write_text("dear")
    with pytest.raises(InvalidInput):
        back_up(sqlite_database, file)
    assert file.read_text() == "dear"
    back_up(sqlite_database, file, force=True)
    assert inspect(file).revision == CURRENT_REVISION


def test_a_backup_that_fails_leaves_the_old_one(sqlite_database: Database, file: Path) -> None:
    fill(sqlite_database)
    back_up(sqlite_database, file)
    before = file.read_bytes()

    def stop(_rows: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(sqlite_database, file, force=True, advance=stop)
    assert file.read_bytes() == before
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_that_is_not_there_is_said_so(sqlite_database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="cannot be written"):
        back_up(sqlite_database, tmp_path / "nowhere" / "casa.backup")


def test_a_backup_is_of_one_moment(filled: Database, file: Path) -> None:
    """What others write while it runs is in none of its tables."""
    written = False

    def meanwhile(_rows: int) -> None:
        nonlocal written
        if not written:
            written = True
            with filled.engines.writing.begin() as connection:
                connection.execute(
                    insert(table_of(Client)).values(
                        id=make_client("Carla", "Inga").id,
                        created=filled.clock.now(),
                        updated=filled.clock.now(),
                        deleted=False,
                        first_name="Carla",
                        last_name="Inga",
                        search_name="carla inga",
                        document_type="dni",
                        notes="",
                    )
                )

    back_up(filled, file, advance=meanwhile)
    assert written
    assert inspect(file).tables["client"].rows == 3  # two, and the guest of the hold
    assert not any(b"Carla" in line for line in body(file))


def test_a_database_with_rows_is_not_overwritten(filled: Database, file: Path) -> None:
    back_up(filled, file)
    with pytest.raises(RuleRefused) as refused:
        restore(filled, file, actor=ANA)
    assert refused.value.code == "database_not_empty"


def test_replacing_makes_the_database_what_the_backup_says(filled: Database, file: Path) -> None:
    back_up(filled, file)
    Desk(filled, make_client().id).block(stay("2026-09-01", "2026-09-05"), C1)
    restore(filled, file, actor=ANA, replace=True)
    again = file.with_suffix(".again")
    back_up(filled, again)
    assert body(again) == body(file)
    assert filled.read(integrity).differences == 0


def test_the_audit_trail_is_final_again_after_replacing(filled: Database, file: Path) -> None:
    back_up(filled, file)
    restore(filled, file, actor=ANA, replace=True)
    with pytest.raises(DBAPIError), filled.engines.writing.begin() as connection:
        connection.execute(text("DELETE FROM audit_event"))
    with pytest.raises(DBAPIError), filled.engines.writing.begin() as connection:
        connection.execute(text("UPDATE audit_event SET reason = 'none'"))


@pytest.mark.parametrize("replace", [False, True])
def test_a_dry_run_changes_nothing(filled: Database, file: Path, replace: bool) -> None:
    back_up(filled, file)
    if replace:
        Desk(filled, make_client().id).block(stay("2026-09-01", "2026-09-05"), C1)
        before = back_up(filled, file.with_suffix(".before"))
        restore(filled, file, actor=ANA, replace=True, dry_run=True)
        after = back_up(filled, file.with_suffix(".after"))
        assert after.sha256 == before.sha256
        with pytest.raises(DBAPIError), filled.engines.writing.begin() as connection:
            connection.execute(text("DELETE FROM audit_event"))


def test_a_kept_rate_book_is_stale_after_a_restore(sqlite_database: Database, file: Path) -> None:
    fill(sqlite_database)
    back_up(sqlite_database, file)

    def close_all(work: Any) -> None:
        from sqlmodel import select

        from casaaustin.properties.models import Property

        for house in work.session.exec(select(Property)):
            house.is_open = False

    sqlite_database.write(close_all, actor=ANA)
    closed = sqlite_database.read(rate_book)
    assert not any(house.is_open for house in closed.houses)
    restore(sqlite_database, file, actor=ANA, replace=True)
    restored = sqlite_database.read(rate_book)
    assert restored.version > closed.version
    assert all(house.is_open for house in restored.houses)


BROKEN: dict[str, tuple[Callable[[Path], None], str]] = {
    "cut off in the middle": (
        lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
        "cut off",
    ),
    "its end cut off and packed again": (
        lambda path: rewritten(path, lambda lines: lines[:-1]),
        "end is missing",
    ),
    "a row taken out": (
        lambda path: rewritten(path, lambda lines: [*lines[:5], *lines[6:]]),
        "not those that were written",
    ),
    "a figure changed": (
        lambda path: rewritten(path, lambda lines: [line.replace(b"110.00", b"010.00") for line in lines]),
        "not those that were written",
    ),
    "something behind its end": (
        lambda path: rewritten(path, lambda lines: [*lines, b"[1]\n"]),
        "follows its end",
    ),
    "of a future format": (
        lambda path: rewritten(path, with_header(version=2)),
        "format 2",
    ),
    "of a future schema": (
        lambda path: rewritten(path, with_header(revision="9999")),
        "schema 9999",
    ),
    "with other tables": (
        lambda path: rewritten(path, with_header(tables=[])),
        "tables are not those",
    ),
    "a picture": (lambda path: path.write_bytes(b"\x89PNG\r\n"), "not a backup"),
    "an empty file": (lambda path: path.write_bytes(b""), "not a backup"),
    "another packed file": (lambda path: path.write_bytes(gzip.compress(b"hello\n")), "not a backup"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_file_that_is_not_whole_is_refused_and_nothing_is_written(
    sqlite_database: Database, others: Callable[[Kind], Database], file: Path, how: str
) -> None:
    fill(sqlite_database)
    back_up(sqlite_database, file)
    break_it, said = BROKEN[how]
    break_it(file)
    target = others(Kind.SQLITE)
    with pytest.raises(InvalidInput, match=said):
        restore(target, file, actor=ANA)
    assert target.read(is_empty), NOTHING_WRITTEN
    with pytest.raises(InvalidInput, match=said):
        restore(sqlite_database, file, actor=ANA, replace=True)
    assert not sqlite_database.read(is_empty), NOTHING_WRITTEN


def test_no_file_is_no_backup(sqlite_database: Database, file: Path) -> None:
    with pytest.raises(NotFound):
        restore(sqlite_database, file, actor=ANA)


def test_no_flipped_byte_goes_unnoticed(sqlite_database: Database, tmp_path_factory: Any) -> None:
    fill(sqlite_database)
    path = tmp_path_factory.mktemp("flipped") / "casa.backup"
    back_up(sqlite_database, path)
    whole = path.read_bytes()
    target = path.with_suffix(".flipped")
    # The ten bytes in front name the packer and the time of packing, and the last packed byte is
    # filled up with bits that mean nothing: they carry nothing of ours.
    positions = st.integers(min_value=10, max_value=len(whole) - 1).filter(lambda at: at != len(whole) - 9)

    @given(position=positions, bit=st.integers(min_value=0, max_value=7))
    def flipped(position: int, bit: int) -> None:
        damaged = bytearray(whole)
        damaged[position] ^= 1 << bit
        target.write_bytes(bytes(damaged))
        with pytest.raises(InvalidInput):
            inspect(target)

    flipped()


def test_rows_that_contradict_each_other_are_refused_and_nothing_is_written(
    database: Database, databases: Databases, clock: FixedClock, file: Path
) -> None:
    """Whoever can forge the hash still meets the keys of the database."""
    import hashlib

    with databases.empty(Kind.SQLITE, clock) as source:
        fill(source)
        back_up(source, file)

    def forge(lines: list[bytes]) -> list[bytes]:
        mark = next(n for n, line in enumerate(lines) if line.startswith(b'{"rows"') and b'"client"' in line)
        lines[mark + 1] = lines[mark + 2]
        digest = hashlib.sha256(b"".join(lines[1:-1])).hexdigest()
        end = json.loads(lines[-1]) | {"sha256": digest}
        return [*lines[:-1], b'{"end"' + json.dumps(end).encode().split(b'{"end"')[1] + b"\n"]

    rewritten(file, forge)
    with pytest.raises(InvalidInput, match="rows of client contradict"):
        restore(database, file, actor=ANA)
    assert database.read(is_empty), NOTHING_WRITTEN
