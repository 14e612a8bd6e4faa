"""Moves at the terminal: plans that are found, kept, asked about, carried out and taken back.

On the demo business sixteen guests from 21 to 25 April find every house taken. Silvia may go from Casa
Austin 2 to 4, or Julia from 4 to 3; nobody can leave Casa Austin 3. Source: docs/rules/pricing.md, 3.6.
"""

from __future__ import annotations

import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from casaaustin.actors import Actor
from casaaustin.db.work import Database, Work
from casaaustin.properties.models import Property
from casaaustin_cli import complete
from tests.support.commands import Casa
from tests.unit.cli.sample import environment

GROUP = "--from 2026-04-21 --nights 4 --guests 16"
WEDDING = "--from 2026-04-24 --nights 2 --guests 28"
KEPT = "d1086c1a"  # the plan of the demo business: Silvia goes from Casa Austin 2 to 4
SILVIA = "c20424"
ANA_WAITS, BRUNO_WAITS = "4c1cd77a", "fb31abb1"
Contents = Callable[[], list[str]]

# M1 of the rules, as a neutral file: B goes from C2 to C1, and N gets C2.
M1: dict[str, Any] = {
    "today": 6,
    "houses": [
        {"id": "C1", "capacity": 12, "rank": 1},
        {"id": "C2", "capacity": 18, "rank": 1},
        {"id": "C3", "capacity": 40, "rank": 1},
        {"id": "C4", "capacity": 18, "rank": 1},
    ],
    "stays": [
        {"id": "B", "house": "C2", "start": 16, "end": 19, "guests": 10, "booked_rank": 1, "pinned": False},
        {"id": "C", "house": "C3", "start": 17, "end": 20, "guests": 30, "booked_rank": 1, "pinned": False},
        {"id": "D", "house": "C4", "start": 15, "end": 18, "guests": 17, "booked_rank": 1, "pinned": False},
    ],
    "request": {"start": 17, "end": 19, "guests": 16, "features": [], "rank": 1},
}


def search(casa: Casa, options: str) -> Any:
    ran = casa(f"availability {options} --json")
    assert ran.status == 0, ran.err
    return ran.json


def where(casa: Casa, reservation: str) -> str:
    """The house that a reservation is in."""
    house: str = casa(f"reservations show {reservation} --json").json["house"]
    return house


def refused(casa: Casa, *command: str, status: int, saying: str) -> str:
    """Run a command that must fail, and give back what it said."""
    ran = casa(*command)
    assert (ran.status, ran.out) == (status, ""), ran.err
    assert saying in ran.err
    return ran.err


# -- searching ------------------------------------------------------------------------------------


def test_plans_come_best_first_then_houses_that_nothing_frees(casa: Casa) -> None:
    found = search(casa, GROUP)
    assert [
        (plan["house"], [(move["client"], move["from"], move["to"]) for move in plan["moves"]])
        for plan in found["plans"]
    ] == [
        ("Casa Austin 2", [("Silvia Mamani", "Casa Austin 2", "Casa Austin 4")]),
        ("Casa Austin 4", [("Julia Aliaga", "Casa Austin 4", "Casa Austin 3")]),
    ]
    (wall,) = found["refusals"]
    assert (wall["house"], wall["class"], wall["proof"]["night"]) == (
        "Casa Austin 3",
        "impossible",
        "2026-04-24",
    )
    assert [one["client"] for one in wall["in_the_way"]] == ["Iván Huamán"]
    assert found["alternatives"]


def test_a_plan_is_kept_for_a_quarter_of_an_hour(casa: Casa) -> None:
    best = search(casa, GROUP)["plans"][0]
    assert best["expires_at"] == "2026-04-06T10:15:00-05:00"
    kept = casa(f"availability plan {best['plan'][:8]} --json").json
    assert (kept["plan"], kept["state"], kept["house"]) == (best["plan"], "proposed", "Casa Austin 2")
    assert kept["figures"] == best["figures"]


def test_looking_writes_nothing_when_a_house_is_free(casa: Casa, contents: Contents) -> None:
    before = contents()
    assert search(casa, "--from 2026-04-17 --nights 2 --guests 4")["plans"] is None
    assert contents() == before


@pytest.mark.parametrize("option", ["--no-keep", "--dry-run"])
def test_plans_can_be_looked_at_without_keeping_them(casa: Casa, contents: Contents, option: str) -> None:
    before = contents()
    assert len(search(casa, f"{GROUP} {option}")["plans"]) == 2
    assert contents() == before


def test_no_moves_looks_for_none(casa: Casa, contents: Contents) -> None:
    before = contents()
    found = search(casa, f"{GROUP} --no-moves")
    assert (found["plans"], found["refusals"]) == (None, None)
    assert contents() == before
    refused(casa, f"availability {GROUP} --no-moves --chart", status=2, saying="--no-moves excludes")


def test_an_option_on_moves_looks_for_plans_beside_free_houses(casa: Casa) -> None:
    found = search(casa, "--from 2026-04-17 --nights 2 --guests 4 --max-moves 2")
    assert any(house["available"] for house in found["houses"])
    assert "Casa Austin 2" in [plan["house"] for plan in found["plans"]]


def test_one_house_asked_for_is_the_only_one_made_free(casa: Casa) -> None:
    assert [plan["house"] for plan in search(casa, f"{GROUP} --house casa-austin-4")["plans"]] == [
        "Casa Austin 4"
    ]


def test_whoever_arrives_soon_stays_unless_released(casa: Casa) -> None:
    frozen = search(casa, f"{GROUP} --freeze-days 30")
    assert frozen["plans"] == []
    pins = {one["client"]: one["pins"] for wall in frozen["refusals"] for one in wall["in_the_way"]}
    assert pins["Silvia Mamani"] == ["frozen"]
    released = search(casa, f"{GROUP} --freeze-days 30 --release {SILVIA}")
    assert [plan["house"] for plan in released["plans"]] == ["Casa Austin 2"]


def test_a_simpler_house_only_when_allowed_and_with_a_refund(casa: Casa) -> None:
    labour_day = "--from 2026-05-01 --nights 2 --guests 16"
    assert search(casa, labour_day)["plans"] == []
    best = search(casa, f"{labour_day} --allow-downgrade 1")["plans"][0]
    (move,) = best["moves"]
    assert (best["house"], move["to"], move["difference_usd"]) == (
        "Casa Austin 2",
        "Casa Austin 1",
        "-152.00",
    )
    assert "Te devolvemos la diferencia de US$ 152.00" in move["message"]


def test_the_chart_shows_everybody_before_and_after(casa: Casa) -> None:
    drawn = search(casa, f"{GROUP} --chart")["chart"]

    def bars(side: str) -> dict[str, str]:
        return {bar["client"]: house["name"] for house in drawn[side]["houses"] for bar in house["stays"]}

    assert bars("before") == {"*Silvia Mamani": "Casa Austin 2", "Julia Aliaga": "Casa Austin 4"}
    assert bars("after") == {
        "*Silvia Mamani": "Casa Austin 4",
        "Julia Aliaga": "Casa Austin 4",
        "new": "Casa Austin 2",
    }


def test_the_new_stay_is_named_in_the_language_of_the_chart(casa: Casa) -> None:
    assert "[nueva 16p" in casa(f"availability {GROUP} --chart --lang es").out


def test_guests_are_written_to_in_spanish(casa: Casa) -> None:
    shown = casa(f"availability {GROUP} --messages --lang en").out
    assert "To Silvia Mamani:" in shown
    assert "queremos proponerte un cambio de casa" in shown


def test_options_before_a_sub_command_are_refused(casa: Casa) -> None:
    refused(casa, "availability --guests 4 waiting", status=2, saying="--guests stands before waiting")


def test_the_bare_command_wants_a_date(casa: Casa) -> None:
    refused(casa, "availability", status=2, saying="The check-in day is missing.")


# -- waiting requests -----------------------------------------------------------------------------


def test_waiting_requests_say_what_would_place_them_now(casa: Casa) -> None:
    found = casa("availability waiting --json").json["requests"]
    assert [(one["request"][:8], one["client"], one["class"], one["min_moves"]) for one in found] == [
        (ANA_WAITS, "Ana Quispe", "plan", 1),
        (BRUNO_WAITS, "Bruno Salas", "impossible", None),
    ]
    assert casa("availability waiting --freeze-days 30 --json").json["requests"][0]["class"] == "impossible"


def test_a_request_is_remembered_and_forgotten(casa: Casa) -> None:
    remembered = search(casa, f'{WEDDING} --remember "Ana Quispe" --note wedding')["remembered"]
    assert (remembered["check_in"], remembered["guests"], remembered["note"]) == ("2026-04-24", 28, "wedding")
    number = remembered["request"][:8]
    refused(
        casa,
        f'availability {WEDDING} --remember "Ana Quispe"',
        status=2,
        saying="This request waits already.",
    )
    assert f"Forgotten: request {number}" in casa(f"availability forget {number} --because placed").out
    assert number not in casa("availability waiting").out
    refused(casa, f"availability forget {number} --because placed", status=3, saying="is waiting.")


def test_nobody_waits(casa: Casa) -> None:
    for number in (ANA_WAITS, BRUNO_WAITS):
        assert casa(f"availability forget {number} --because placed").status == 0
    assert casa("availability waiting").out == "Nobody waits.\n"


def test_a_note_belongs_to_a_remembered_request(casa: Casa) -> None:
    refused(casa, f"availability {GROUP} --note wedding", status=2, saying="--note belongs to --remember.")


# -- plans ----------------------------------------------------------------------------------------


def test_a_plan_and_its_booking_are_one_step(casa: Casa) -> None:
    done = casa(f'reserve "Ana Quispe" --apply-moves {KEPT} --json').json
    assert (done["house"], done["check_in"], done["guests"]) == ("Casa Austin 2", "2026-04-21", 16)
    assert (done["plan"][:8], [move["client"] for move in done["moves"]]) == (KEPT, ["Silvia Mamani"])
    assert where(casa, SILVIA) == "Casa Austin 4"
    assert casa(f"availability plan {KEPT} --json").json["reservation"] == done["id"]
    refused(casa, f'reserve "Ana Quispe" --apply-moves {KEPT}', status=1, saying="The plan was carried out.")


def test_a_refused_booking_moves_nobody(casa: Casa, contents: Contents) -> None:
    before = contents()
    ran = casa(f'reserve "Ana Quispe" --apply-moves {KEPT} --code VERANO12')
    assert ran.status == 1
    assert contents() == before


def test_a_repeated_key_carries_a_plan_out_once(casa: Casa) -> None:
    command = f'reserve "Ana Quispe" --apply-moves {KEPT} --key call-1 --json'
    assert casa(command).json["id"] == casa(command).json["id"]


def test_a_plan_goes_stale_when_somebody_books(casa: Casa, contents: Contents) -> None:
    assert casa('reserve casa-austin-4 "Bruno Salas" --from 2026-04-26 --nights 1').status == 0
    before = contents()
    refused(casa, f'reserve "Ana Quispe" --apply-moves {KEPT}', status=1, saying="The plan is out of date.")
    assert contents() == before


def test_a_plan_expires(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASA_NOW", "2026-04-06T10:15:01-05:00")
    refused(casa, f'reserve "Ana Quispe" --apply-moves {KEPT}', status=1, saying="The plan has expired.")
    assert casa(f"availability plan {KEPT} --json").json["lapsed"]
    assert "too old" in casa(f"availability plan {KEPT}").out


@pytest.mark.parametrize("command", ["plan {}", "ask {}", "withdraw {} --reason x", "undo {} --reason x"])
@pytest.mark.parametrize("reference", ["abcdef01", "nonsense", "d1"])
def test_an_unknown_plan_is_not_found(casa: Casa, command: str, reference: str) -> None:
    refused(casa, f"availability {command.format(reference)}", status=3, saying="There is no plan")


def test_a_plan_for_something_else_is_refused(casa: Casa) -> None:
    refused(
        casa,
        f'reserve casa-austin-3 "Ana Quispe" --apply-moves {KEPT}',
        status=2,
        saying="The plan makes room for 16 guests",
    )


def test_guests_are_asked_agree_and_the_moves_are_taken_back_at_last(casa: Casa) -> None:
    asked = casa(f"availability ask {KEPT} --hours 48 --json").json
    assert (asked["state"], asked["expires_at"]) == ("asking", "2026-04-08T10:00:00-05:00")
    assert [move["answer"] for move in asked["moves"]] == ["asked"]
    assert not any(
        house["available"]
        for house in search(casa, "--from 2026-04-22 --nights 1 --house casa-austin-2")["houses"]
    ), "its nights are blocked"
    booking = f'reserve "Ana Quispe" --apply-moves {KEPT} --json'
    refused(casa, booking, status=1, saying="have not agreed yet")
    heard = casa(f"availability consent {KEPT} {SILVIA} --yes --note phone --json").json
    assert [(move["answer"], move["heard_by"], move["note"]) for move in heard["moves"]] == [
        ("yes", "rosa", "phone")
    ]
    booked = casa(booking).json["id"][:8]
    undo = f"availability undo {KEPT} --reason cancelled"
    said = refused(casa, undo, status=1, saying="is taken on")
    assert f"the booking it made room for: casa reservations show {booked}" in said
    assert casa(f"reservations cancel {booked} --reason ill --yes").status == 0
    assert casa(f"{undo} --json").json["state"] == "undone"
    assert where(casa, SILVIA) == "Casa Austin 2"
    refused(casa, undo, status=1, saying="The plan was taken back.")


def test_a_no_withdraws_the_plan_and_frees_its_nights(casa: Casa) -> None:
    assert casa(f"availability ask {KEPT}").status == 0
    assert casa(f"availability consent {KEPT} {SILVIA} --no --json").json["state"] == "withdrawn"
    refused(casa, f'reserve "Ana Quispe" --apply-moves {KEPT}', status=1, saying="The plan was withdrawn.")
    assert search(casa, "--from 2026-04-22 --nights 1 --house casa-austin-2")["houses"][0]["available"]


def test_the_chart_of_a_plan_leaves_out_what_the_plan_itself_blocks(casa: Casa) -> None:
    plain = casa(f"availability plan {KEPT} --chart --json").json["chart"]
    casa(f"availability ask {KEPT}")
    assert casa(f"availability plan {KEPT} --chart --json").json["chart"] == plain
    casa(f"availability withdraw {KEPT} --reason enough")
    refused(casa, f"availability plan {KEPT} --chart", status=2, saying="Only a plan that can still be")


@pytest.mark.parametrize(
    ("command", "saying"),
    [
        (f"availability consent {KEPT} {SILVIA}", "What did the guest say?"),
        (f"availability withdraw {KEPT}", "--reason is missing."),
        (f"availability undo {KEPT}", "--reason is missing."),
        (f"availability forget {ANA_WAITS}", "--because is missing."),
    ],
)
def test_what_is_missing_is_named(casa: Casa, command: str, saying: str) -> None:
    refused(casa, command, status=2, saying=saying)


def test_only_what_was_carried_out_is_taken_back(casa: Casa) -> None:
    refused(casa, f"availability undo {KEPT} --reason x", status=1, saying="The plan is only proposed")
    refused(
        casa,
        f"availability consent {KEPT} {SILVIA} --yes",
        status=1,
        saying="The plan is only proposed: nobody has moved, and nobody is being asked.",
    )


def test_plans_and_requests_are_offered_at_tab(casa: Casa) -> None:
    """The runner has named the demo's database."""
    assert casa("--version").status == 0
    assert [text for key, text in complete.plans("d108")] == ["2026-04-21 → 2026-04-25, proposed"]
    assert [text for key, text in complete.waiting_requests("fb")] == ["2026-04-24 → 2026-04-26, 28 guests"]


# -- reserving with moves -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("house", "booked", "moved"),
    [
        ("", "Casa Austin 2", ["Silvia Mamani"]),
        ("--house casa-austin-4", "Casa Austin 4", ["Julia Aliaga"]),
    ],
)
def test_the_best_plan_is_carried_out_with_the_booking(
    casa: Casa, house: str, booked: str, moved: list[str]
) -> None:
    done = casa(f'reserve --client "Ana Quispe" {house} {GROUP} --apply-moves --json').json
    assert (done["house"], [move["client"] for move in done["moves"]]) == (booked, moved)


def test_nobody_moves_for_a_house_that_is_free(casa: Casa) -> None:
    """And of two free houses it is the cheaper one."""
    done = casa(
        'reserve --client "Ana Quispe" --from 2026-04-17 --nights 2 --guests 4 --apply-moves --json'
    ).json
    assert (done["house"], done["plan"], done["moves"]) == ("Casa Austin 1", None, [])


def test_nothing_is_booked_where_no_plan_makes_room(casa: Casa, contents: Contents) -> None:
    before = contents()
    said = refused(
        casa,
        f'reserve casa-austin-3 "Ana Quispe" {WEDDING} --apply-moves',
        status=1,
        saying="No moves of other stays make room for this one.",
    )
    assert "Casa Austin 3: on the night of Fri 24 Apr" in said
    assert contents() == before


def test_whoever_comes_second_is_told_of_moves(casa: Casa) -> None:
    said = refused(casa, f'reserve casa-austin-2 "Ana Quispe" {GROUP}', status=1, saying="is taken on")
    assert "or add --apply-moves to make room" in said


# -- the neutral file -----------------------------------------------------------------------------


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    path = tmp_path / "m1.json"
    path.write_text(json.dumps(M1), encoding="utf-8")
    return path


def test_m1_from_a_file(casa: Casa, instance: Path) -> None:
    """M1."""
    assert casa(f"availability solve {instance} --json").json == {
        "class": "plan",
        "moves": [{"stay": "B", "from": "C2", "to": "C1"}],
        "house": "C2",
        "cost": 1_000_090,
        "min_moves": 1,
        "proof": {"lower_bound": 1},
    }
    shown = casa(f"availability solve {instance}").out
    assert "A plan makes room, and none has fewer moves." in shown
    assert "C2    C1" in shown


def test_as_many_moves_as_allowed(casa: Casa, instance: Path) -> None:
    answer = casa(f"availability solve {instance} --max-moves 0 --json").json
    assert (answer["class"], answer["min_moves"]) == ("none_within_k", 1)


def test_a_file_from_a_pipe(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(M1).encode())))
    assert casa("availability solve - --json").json["house"] == "C2"


@pytest.mark.parametrize(
    ("text", "saying"),
    [
        ("{", "This is not JSON"),
        ("[]", "instance must be"),
        (json.dumps({**M1, "houses": [{"id": "C1"}]}), "houses[0].capacity"),
        (json.dumps({**M1, "request": {**M1["request"], "end": 17}}), "request"),
    ],
)
def test_a_file_that_is_wrong_is_refused_where_it_is_wrong(
    casa: Casa, instance: Path, text: str, saying: str
) -> None:
    instance.write_text(text, encoding="utf-8")
    refused(casa, f"availability solve {instance}", status=2, saying=saying)


def test_a_file_that_is_not_there(casa: Casa) -> None:
    refused(casa, "availability solve nowhere.json", status=3, saying="There is no file nowhere.json.")


def test_solving_needs_no_database_and_no_settings(instance: Path) -> None:
    own = {"CASA_DATABASE_URL": "sqlite:////nowhere/at/all.sqlite3", "CASA_LOCALE": "nonsense"}
    ran = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "casaaustin_cli", "availability", "solve", str(instance)],
        env=environment(**own),
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {line.rpartition("|")[2].strip() for line in ran.stderr.splitlines()}
    assert "casaaustin.moves.solve" in loaded, "positive control"
    assert loaded & {"sqlmodel", "sqlalchemy", "casaaustin.settings"} == set()


def test_an_exported_search_is_solved_alike_and_names_nobody(casa: Casa, tmp_path: Path) -> None:
    best = search(casa, GROUP)["plans"][0]
    written = casa(f"availability export-instance {GROUP} --output april.json")
    assert written.out == "Written: april.json\n"
    text = (tmp_path / "april.json").read_text(encoding="utf-8")
    assert "Silvia" not in text
    assert "Casa Austin" not in text
    answer = casa("availability solve april.json --allow-downgrade 0 --json").json
    assert answer["house"] == best["house_id"]
    assert answer["cost"] == best["figures"]["packed"]
    assert [move["stay"] for move in answer["moves"]] == [move["reservation"] for move in best["moves"]]


def test_houses_of_several_zones_are_exported_zone_by_zone(casa: Casa, demo_business: Database) -> None:
    def move_away(work: Work) -> None:
        for row in work.session.exec(select(Property)):
            row.zone = "north" if row.slug == "casa-austin-1" else "south"

    demo_business.write(move_away, actor=Actor("test"))
    export = f"availability export-instance {GROUP}"
    refused(casa, export, status=2, saying="The houses are in several zones: north, south.")
    refused(casa, f"{export} --zone east", status=2, saying="There is no zone 'east' to search.")
    assert len(casa(f"{export} --zone south").json["houses"]) == 3
    assert len(casa(f"{export} --house casa-austin-1").json["houses"]) == 1


def test_a_file_that_cannot_be_written(casa: Casa) -> None:
    refused(
        casa, f"availability export-instance {GROUP} -o nowhere/x.json", status=2, saying="cannot be written"
    )
