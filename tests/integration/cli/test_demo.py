"""casa demo, and the business it builds. Source: docs/rules/command_line.md, clock."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from casaaustin import demo
from casaaustin.clock import FixedClock
from casaaustin.db.work import Database, Work
from casaaustin.errors import InvalidInput
from casaaustin.money import ZERO
from casaaustin.references import find_reservation
from casaaustin.reservations.details import Details, details
from casaaustin.reservations.queries import listing
from casaaustin_cli.commands.demo import SCENES
from tests.support.commands import Casa
from tests.support.databases import Databases, Kind

REAL = re.compile(r"[\w.+-]+@(?!example\.(?:org|com))\S+|\+51(?!999000)\d{9}")


def test_the_walk_shows_the_main_job_and_ends_in_a_picture(casa: Casa, tmp_path: Path) -> None:
    ran = casa("demo")
    assert ran.status == 0, ran.out
    for scene in SCENES:
        assert scene.command.split(" --", maxsplit=1)[0] in ran.out
    assert "Casa Austin 1 is taken on 2026-04-18." in ran.out
    assert "was used before: this is what it made then." in ran.out
    picture = ran.out.rpartition("$ casa calendar")[2]
    assert "Ana Q." in picture
    assert "Julia" not in picture, "she has cancelled"
    assert "Internal error" not in ran.out


def test_every_step_ends_as_it_should(casa: Casa) -> None:
    steps = casa("demo --json").json["steps"]
    refused = [step["command"] for step in steps if step["exit_status"]]
    assert refused == ['casa reserve casa-austin-1 "Bruno Salas" --from 2026-04-18 --nights 2 --guests 2']


def test_two_demos_are_the_same(casa: Casa) -> None:
    assert casa("demo").out == casa("demo").out


def test_the_settings_and_the_books_of_the_caller_are_left_alone(
    casa: Casa, demo_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, environment = demo_file.read_bytes(), dict(os.environ)
    monkeypatch.setenv("CASA_LOCALE", "nonsense")
    assert casa("demo").status == 0
    monkeypatch.delenv("CASA_LOCALE")
    assert demo_file.read_bytes() == before
    assert {**os.environ, "CASA_LOCALE": environment["CASA_LOCALE"]} == environment


def test_its_folder_is_ready_for_more(casa: Casa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = casa("demo").out
    assert "cd .demo" in said
    monkeypatch.chdir(tmp_path / ".demo")
    for name in [name for name in os.environ if name.startswith("CASA_")]:
        monkeypatch.delenv(name)
    shown = casa("reservations show c10417 --json")
    assert shown.json["check_out"] == "2026-04-20"
    assert "CASA_NOW" in shown.err


def test_a_folder_with_something_else_in_it_is_refused(casa: Casa, tmp_path: Path) -> None:
    (tmp_path / "taxes").mkdir()
    (tmp_path / "taxes" / "2025.txt").write_text("important", encoding="utf-8")
    ran = casa("demo --folder taxes")
    assert ran.status == 2
    assert "taxes holds something else already." in ran.err
    assert [path.name for path in (tmp_path / "taxes").iterdir()] == ["2025.txt"]


def test_building_alone_is_quick(casa: Casa, tmp_path: Path) -> None:
    started = time.process_time()
    built = casa("demo --folder houses --build-only --json").json
    assert time.process_time() - started < 8
    assert (built["houses"], built["clients"], built["steps"]) == (4, 60, [])
    assert (tmp_path / "houses" / "casa.sqlite3").exists()


# -- the business ---------------------------------------------------------------------------------


def test_a_year_of_every_kind_of_stay(demo_business: Database) -> None:
    rows = demo_business.read(lambda work: listing(work, page_size=1000)).rows
    kinds = Counter((row.status.value, row.origin.value) for row in rows)
    assert len(rows) > 240
    assert kinds["cancelled", "aus"] > 15
    assert kinds["approved", "man"] > 3
    assert {kinds["pending", "aus"], kinds["under_review", "aus"]} == {1}
    assert sum(row.is_lapsed for row in rows) == 1
    assert sum(row.late_checkout for row in rows) >= 1
    assert (
        max(row.check_in for row in rows) - min(row.check_in for row in rows)
        > (demo.LAST_NIGHT - demo.FIRST_NIGHT) * 9 / 10
    )


def test_it_passes_the_integrity_check(casa: Casa) -> None:
    assert casa("db check").status == 0


def test_every_bill_adds_up_to_its_price_in_both_currencies(demo_business: Database) -> None:
    def bills(work: Work) -> list[tuple[Details, Decimal, Decimal]]:
        found = (
            details(work, find_reservation(work, row.id.hex)) for row in listing(work, page_size=50).rows
        )
        return [
            (one, sum((line.usd for line in one.bill), ZERO), sum((line.sol for line in one.bill), ZERO))
            for one in found
        ]

    sold = [bill for bill in demo_business.read(bills) if bill[0].bill]
    assert len(sold) > 40
    for found, usd, sol in sold:
        assert (usd, sol) == (found.listed.price_usd, found.listed.price_sol)


def test_nobody_in_it_is_real(contents: Callable[[], list[str]]) -> None:
    text = "\n".join(contents())
    assert REAL.findall(text) == []
    assert REAL.findall("ana@gmail.com +51987654321"), "positive control"


def test_it_is_the_same_every_time_and_on_every_database(
    databases: Databases, database_kind: Kind, clock: FixedClock, demo_business: Database
) -> None:
    expected = demo_business.read(lambda work: listing(work, page_size=1000)).rows
    with databases.empty(database_kind, clock) as database:
        demo.build(database, clock)
        assert clock.now() == demo.NOW
        assert database.read(lambda work: listing(work, page_size=1000)).rows == expected


def test_it_is_built_into_an_empty_database_only(demo_business: Database, clock: FixedClock) -> None:
    with pytest.raises(InvalidInput, match="needs an empty database"):
        demo.build(demo_business, clock)


def test_another_seed_leaves_the_weeks_of_the_examples_as_they_are(
    databases: Databases, clock: FixedClock, casa: Casa, monkeypatch: pytest.MonkeyPatch
) -> None:
    april = "reservations list --from 2026-04-05 --to 2026-05-04 --json"
    expected = [(row["id"][:8], row["client"]) for row in casa(april).json["reservations"]]
    with databases.empty(Kind.SQLITE, clock) as database:
        demo.build(database, clock, seed=7)
        url = database.engines.url.render_as_string(hide_password=False)
        monkeypatch.setenv("CASA_DATABASE_URL", url)
        found = casa(april).json["reservations"]
    assert [(row["id"][:8], row["client"]) for row in found] == expected
