"""casa clients on a real database."""

from __future__ import annotations

from typing import Any

import pytest

from casaaustin.db.work import Database
from casaaustin_cli.app import all_commands
from casaaustin_cli.framework import example_arguments, examples_of
from tests.conftest import NOW
from tests.support.commands import Casa, casa_runner
from tests.support.desk import Desk
from tests.support.world import stay

ANA = 'clients add "Ana María" "Quispe Huamán" --document 45678901 --phone 999000111'
BRUNO = "clients add Bruno Salas --document ab123456 --document-type pas --email bruno@example.org"


@pytest.fixture
def casa(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Casa:
    url = sqlite_database.engines.url.render_as_string(hide_password=False)
    return casa_runner(monkeypatch, capsys, url=url, now=NOW.isoformat())


def _examples() -> list[str]:
    return [
        example
        for command, context in all_commands()
        if context.command_path.startswith("casa clients")
        for example in examples_of(command)
    ]


@pytest.mark.parametrize("example", _examples())
def test_every_example_works(casa: Casa, example: str) -> None:
    casa(ANA)
    ran = casa(*example_arguments(example), "--no-input")
    assert ran.status == 0, ran.err


def test_a_new_client_is_shown_as_it_was_stored(casa: Casa) -> None:
    ran = casa(ANA)
    assert ran.status == 0
    assert ran.out.splitlines()[:3] == [
        "Ana María Quispe Huamán",
        "Document       DNI 45678901",
        "Phone          +51999000111",
    ]


def test_json_is_one_document_with_the_stays(casa: Casa, sqlite_database: Database) -> None:
    desk = Desk.open(sqlite_database)
    desk.reserve(stay("2026-05-04", "2026-05-07"))
    shown = casa("clients show quispe --json").json
    assert shown["tel_number"] == "+51999000111"
    (one,) = shown["stays"]
    assert (one["house"], one["check_in"], one["nights"], one["status"]) == (
        "Casa 1",
        "2026-05-04",
        3,
        "approved",
    )
    assert one["price_usd"] == "360.00"
    assert "Casa 1" in casa("clients show quispe").out


def test_a_dry_run_prints_the_same_and_adds_nobody(casa: Casa) -> None:
    rehearsed = casa(f"{ANA} --json --dry-run")
    assert "nothing was changed" in rehearsed.err
    assert casa("clients list --json").json["total"] == 0
    added = casa(f"{ANA} --json").json

    def said(document: dict[str, Any]) -> dict[str, Any]:
        # What is drawn at random differs from run to run.
        return {name: value for name, value in document.items() if name not in {"id", "referral_code"}}

    assert said(rehearsed.json) == said(added)


def test_a_repeated_key_adds_one(casa: Casa) -> None:
    first = casa(f"{ANA} --key phone-7 --json").json
    assert casa(f"{ANA} --key phone-7 --json").json["id"] == first["id"]
    assert casa(f"{BRUNO} --key phone-7").status == 1
    assert casa("clients list --json").json["total"] == 1


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        pytest.param("clients show carla", 3, "There is no client 'carla'", id="nobody"),
        pytest.param("clients show a", 2, "could be 2 clients", id="several"),
        pytest.param("clients add Carla Inga", 2, "recognise or reach", id="nothing to reach her by"),
        pytest.param("clients add Carla Inga --phone 12345", 2, "not a telephone number", id="no phone"),
        pytest.param("clients add Carla Inga --document 45678901", 1, "has this document", id="a double"),
        pytest.param("clients add Carla --birth-date 31/05/1990", 2, "not a day", id="no day"),
        pytest.param("clients edit quispe", 2, "Nothing is to be changed", id="nothing to change"),
        pytest.param("clients list --limit 0", 2, "--limit", id="an empty page"),
    ],
)
def test_a_refusal_is_one_sentence_and_a_status(casa: Casa, command: str, status: int, said: str) -> None:
    casa(ANA)
    casa(BRUNO)
    ran = casa(command)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err


def test_namesakes_are_listed_without_their_phone(casa: Casa) -> None:
    casa(ANA)
    casa('clients add Ana Salas --phone "999 000 222"')
    ran = casa("clients show ana")
    assert "  - Ana María Quispe Huamán, ***0111, id " in ran.err
    assert "  - Ana Salas, ***0222, id " in ran.err
    assert "999000222" not in ran.err


def test_a_shared_phone_is_remarked_on(casa: Casa) -> None:
    casa(ANA)
    ran = casa("clients add Bruno Quispe --phone 51999000111")
    assert ran.status == 0
    assert "note: The same phone or e-mail is known of Ana María Quispe Huamán" in ran.err


def test_an_edit_changes_what_is_named_and_leaves_the_rest(casa: Casa) -> None:
    casa(ANA)
    casa("clients edit 999000111 --email ana@example.org --birth-date 1990-05-31 --reason asked")
    shown = casa("clients show quispe --json").json
    assert (shown["email"], shown["birth_date"], shown["number_doc"]) == (
        "ana@example.org",
        "1990-05-31",
        "45678901",
    )
    casa('clients edit quispe --email "" --birth-date ""')
    shown = casa("clients show quispe --json").json
    assert (shown["email"], shown["birth_date"]) == (None, None)


def test_a_list_comes_in_pages(casa: Casa) -> None:
    casa(ANA)
    casa(BRUNO)
    ran = casa("clients list --limit 1 --page 2")
    assert "Bruno Salas" in ran.out
    assert "Quispe" not in ran.out
    assert ran.out.splitlines()[-1] == "2 to 2 of 2"
    assert casa("clients list nobody").out == "No clients found.\n"
