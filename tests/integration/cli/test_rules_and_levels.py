"""casa discounts automatic, casa discounts referral and casa achievements on a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from casaaustin.actors import Actor
from casaaustin.db.work import Database, Work
from casaaustin_cli.app import all_commands
from casaaustin_cli.framework import examples_of
from tests.conftest import NOW
from tests.support.commands import Casa, casa_runner
from tests.support.offers import make_level, store_levels
from tests.support.world import build_world, make_client


@pytest.fixture
def casa(
    sqlite_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Casa:
    """`casa` on the business of the worked examples, with two levels and Ana."""

    def use(work: Work) -> None:
        build_world(work)
        store_levels(work, make_level("Viajero", 3, order=1), make_level("Leyenda", 10, order=2))
        work.session.add(make_client())

    sqlite_database.write(use, actor=Actor("setup"))
    monkeypatch.chdir(tmp_path)
    url = sqlite_database.engines.url.render_as_string(hide_password=False)
    return casa_runner(monkeypatch, capsys, url=url, now=NOW.isoformat())


def test_every_command_has_examples_and_json() -> None:
    for command, context in all_commands():
        words = context.command_path.split()
        ours = words[1:2] == ["achievements"] or words[1:3] in (
            ["discounts", "automatic"],
            ["discounts", "referral"],
        )
        if ours and not hasattr(command, "commands"):
            options = {option for parameter in command.params for option in parameter.opts}
            assert examples_of(command), context.command_path
            assert "--json" in options, context.command_path
            assert "--dry-run" in options or words[-1] in {"show", "list"}, context.command_path


def test_a_rule_from_its_first_day_to_its_last(casa: Casa) -> None:
    assert "No rules" in casa("discounts automatic list").out
    added = casa(
        "discounts automatic add Quieto --trigger global_promotion --percentage 12.5 --cap 40 "
        "--weekdays jue,dom --day-scope all_nights --stay-from 2026-05-01 --stay-to 2026-05-31 "
        "--book-from today --house 'Casa 1' --level Leyenda --base-only --description 'Mayo' --key k --json"
    )
    assert added.json["verb"] == "added"
    (rule,) = casa("discounts automatic list --json").json["rules"]
    assert {name: rule[name] for name in rule if name != "id"} == {
        "name": "Quieto",
        "description": "Mayo",
        "state": "live",
        "trigger": "global_promotion",
        "discount_percentage": "12.50",
        "max_discount_usd": "40.00",
        "required_achievements": ["Leyenda"],
        "restrict_weekdays": False,
        "restrict_weekends": False,
        "specific_weekdays": "3,6",
        "weekdays": [3, 6],
        "day_scope": "all_nights",
        "start_date": "2026-05-01",
        "end_date": "2026-05-31",
        "book_from": "2026-04-06",
        "book_to": None,
        "houses": ["casa-1"],
        "apply_only_to_base_price": True,
        "is_active": True,
    }
    shown = casa("discounts automatic show Quieto --lang es").out
    assert "jueves y domingo" in shown
    assert "llegada del 1 may 2026 al 31 may 2026; reserva desde el 6 abr 2026" in shown
    in_english = casa("discounts automatic list --lang en").out
    assert "Thursday and Sunday" in in_english
    assert "check-in from 1 May 2026 to 31 May 2026; booked from 6 Apr 2026 on" in in_english

    edited = casa(
        "discounts automatic edit Quieto --cap '' --weekdays '' --stay-from '' --stay-to '' --book-from '' "
        "--all-houses --no-levels --with-extra-guests --json"
    )
    assert [field["field"] for field in edited.json["fields"]] == [
        "max_discount_usd",
        "specific_weekdays",
        "start_date",
        "end_date",
        "book_from",
        "apply_only_to_base_price",
        "houses",
        "required_achievements",
    ]
    assert "siempre" in casa("discounts automatic show Quieto --lang es").out
    assert casa("discounts automatic disable Quieto --dry-run").status == 0
    assert casa("discounts automatic list --json").json["rules"][0]["state"] == "live"
    casa("discounts automatic disable Quieto")
    assert casa("discounts automatic list --json").json["rules"][0]["state"] == "disabled"
    assert casa("discounts automatic delete Quieto --yes").status == 0
    assert casa("discounts automatic list --json").json["rules"] == []


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        ("--percentage 10", 2, "--trigger"),
        ("--trigger birthday", 2, "--percentage"),
        ("--trigger birthday --percentage 0", 2, "more than 0"),
        ("--trigger birthday --percentage ten", 2, "--percentage"),
        ("--trigger birthday --percentage 10 --weekdays sabbath", 2, "weekday"),
        ("--trigger birthday --percentage 10 --weekday-nights --weekend-nights", 2, "Choose one of the two"),
        ("--trigger loyalty --percentage 10", 2, "level"),
        ("--trigger birthday --percentage 10 --stay-to 2026-13-01", 2, "--stay-to"),
        ("--trigger birthday --percentage 10 --house casa-9", 3, "casa-9"),
        ("--trigger birthday --percentage 10 --level Oro", 3, "Viajero, Leyenda"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_in_words(casa: Casa, options: str, status: int, said: str) -> None:
    ran = casa(f"discounts automatic add Nuevo {options}")
    assert ran.status == status
    assert said in ran.err
    assert "Traceback" not in ran.err
    assert casa("discounts automatic list --json").json["rules"] == []


def test_contradictory_options_of_an_edit(casa: Casa) -> None:
    casa("discounts automatic add Nuevo --trigger birthday --percentage 10")
    for options in ("--house casa-1 --all-houses", "--level Leyenda --no-levels", ""):
        assert casa(f"discounts automatic edit Nuevo {options}").status == 2


def test_deleting_asks_first(casa: Casa) -> None:
    casa("discounts automatic add Nuevo --trigger birthday --percentage 10")
    for command in ("discounts automatic delete Nuevo", "achievements delete Viajero"):
        ran = casa(f"{command} --no-input")
        assert (ran.status, "Add --yes" in ran.err) == (2, True)
    assert len(casa("discounts automatic list --json").json["rules"]) == 1


def test_referral_discounts(casa: Casa) -> None:
    assert casa("discounts referral set Leyenda 15").status == 0
    assert casa("discounts referral list --json").json["levels"] == [
        {
            "level": "Viajero",
            "title": "Viajero",
            "discount_percentage": None,
            "is_active": False,
            "counts": False,
        },
        {
            "level": "Leyenda",
            "title": "Leyenda",
            "discount_percentage": "15.00",
            "is_active": True,
            "counts": True,
        },
    ]
    casa("discounts referral disable Leyenda")
    assert not casa("discounts referral list --json").json["levels"][1]["counts"]
    assert casa("discounts referral disable Viajero").status == 3
    assert casa("discounts referral set Leyenda 101").status == 2


def test_levels_and_who_holds_them(casa: Casa) -> None:
    casa("achievements add Embajador --icon ★ --stays 5 --referrals 3 --their-stays 2 --order 3")
    assert [line["title"] for line in casa("achievements list --json").json["levels"]] == [
        "Viajero",
        "Leyenda",
        "★ Embajador",
    ]
    assert "holds no level" in casa("achievements list --client 'Ana Quispe'").out
    for level in ("Viajero", "Embajador"):
        assert casa(f"achievements set 'Ana Quispe' {level} --reason agreed").status == 0
    held = casa("achievements list --client 'Ana Quispe' --json").json
    assert (held["name"], held["level"]) == ("Ana Quispe", "Embajador")
    assert [(one["level"], one["source"]) for one in held["holdings"]] == [
        ("Embajador", "staff"),
        ("Viajero", "staff"),
    ]
    assert casa("achievements show Embajador --json").json["holders"] == 1
    assert casa("achievements revoke 'Ana Quispe' Embajador --reason mistake").status == 0
    assert casa("achievements list --client 'Ana Quispe' --json").json["level"] == "Viajero"
    casa("achievements disable Viajero")
    assert "holds no level" in casa("achievements list --client 'Ana Quispe'").out
    assert casa("achievements delete Embajador --yes").status == 0


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("achievements set 'Ana Quispe' Viajero", 2, "reason"),
        ("achievements revoke 'Ana Quispe' Viajero --reason x", 3, "Held: none"),
        ("achievements set Nobody Viajero --reason x", 3, "Nobody"),
        ("achievements set 'Ana Quispe' Oro --reason x", 3, "Viajero, Leyenda"),
        ("achievements add viajero", 1, "already"),
        ("achievements edit Viajero", 2, "Nothing to change"),
    ],
)
def test_what_levels_refuse(casa: Casa, command: str, status: int, said: str) -> None:
    ran = casa(command)
    assert ran.status == status, ran.err
    assert said in ran.err
