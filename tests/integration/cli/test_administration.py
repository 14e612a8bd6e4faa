"""casa prices, casa exchange-rate and casa config on a real database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from casaaustin.actors import Actor
from casaaustin.db.work import Database
from casaaustin_cli.app import all_commands
from casaaustin_cli.framework import examples_of
from tests.conftest import NOW
from tests.support.commands import Casa, casa_runner
from tests.support.world import build_world

CSV = "day,month,description,price_usd\n8,12,Inmaculada,210\n25,12,Navidad,360\n"


@pytest.fixture
def casa(
    sqlite_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Casa:
    """`casa` on the business of the worked examples."""
    sqlite_database.write(lambda work: build_world(work) and None, actor=Actor("setup"))
    monkeypatch.chdir(tmp_path)
    url = sqlite_database.engines.url.render_as_string(hide_password=False)
    return casa_runner(monkeypatch, capsys, url=url, now=NOW.isoformat())


def test_every_command_has_examples_and_json() -> None:
    for command, context in all_commands():
        words = context.command_path.split()
        if words[1:2] in (["prices"], ["exchange-rate"], ["config"]) and not hasattr(command, "commands"):
            options = {option for parameter in command.params for option in parameter.opts}
            assert examples_of(command), context.command_path
            assert "--json" in options, context.command_path
            assert "--dry-run" in options or words[-1] in {"show", "list", "export"}, context.command_path


def test_prices_of_all_houses(casa: Casa) -> None:
    ran = casa("prices show")
    assert [line.split()[:7] for line in ran.out.splitlines()[4:6]] == [
        ["Casa", "1", "110.00", "180.00", "160.00", "240.00", "10.00"],
        ["Casa", "2", "120.00", "200.00", "170.00", "260.00", "15.00"],
    ]
    houses = casa("prices show --json").json["houses"]
    assert houses[0]["weekday_low_season_usd"] == "110.00"
    assert houses[4] == {
        "house": "casa-5",
        "name": "Casa 5",
        "weekday_low_season_usd": None,
        "weekend_low_season_usd": None,
        "weekday_high_season_usd": None,
        "weekend_high_season_usd": None,
        "extra_person_usd": "12.00",
        "from_price_usd": "95.25",
        "special_dates": 0,
        "can_be_sold": True,
    }


def test_the_year_of_a_house(casa: Casa) -> None:
    ran = casa("prices show --house casa-1 --year 2026 --lang en")
    assert "Casa 1, 2026" in ran.out
    assert "Navidad" in ran.out
    runs = casa("prices show --house 'casa 1' --year 2026 --json").json["houses"][0]["runs"]
    assert runs[7] == {
        "first": "2026-12-25",
        "last": "2026-12-25",
        "season": "high",
        "source": "special_date",
        "label": "Navidad",
        "weekday_usd": None,
        "weekend_usd": "350.00",
        "minimum_nights": 2,
    }


def test_a_price_is_set_and_seen(casa: Casa) -> None:
    rehearsed = casa("prices set casa-1 --weekday-low 115 --extra-person 11 --dry-run")
    assert "nothing was changed" in rehearsed.err
    assert casa("prices show --json").json["houses"][0]["weekday_low_season_usd"] == "110.00"
    done = casa("prices set casa-1 --weekday-low 115 --extra-person 11")
    assert done.out == rehearsed.out
    assert "weekday_low_season_usd  110.00 → 115.00" in done.out
    assert "extra_person_usd        10.00 → 11.00" in done.out
    again = casa("prices set casa-1 --weekday-low 115")
    assert (again.status, "nothing to change" in again.out) == (0, True)


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("prices set casa-1", 2, "Nothing to change was given"),
        ("prices set casa-9 --weekday-low 1", 3, "There is no house 'casa-9'"),
        ("prices set casa-1 --weekday-low -1", 2, "at least 0.00"),
        ("prices set casa-1 --weekday-low cien", 2, "not an amount"),
        ("prices set casa-5 --weekday-low 1", 2, "needs all four"),
        ("prices seasons add Verano --start 01-01 --end 01-02", 1, "There is a season 'Verano' already"),
        ("prices seasons add Mayo --start 05-01", 2, "--end is missing"),
        ("prices seasons add Mayo --start 05-01 --end 02-30", 2, "no day 30/02"),
        ("prices seasons edit Mayo --end 05-02", 3, "There is no season 'Mayo'"),
        ("prices special-dates add casa-1 12-25 --price 1", 1, "already"),
        ("prices special-dates delete casa-1 12-25", 2, "Add --yes"),
        ("prices special-dates import nowhere.csv --house casa-1", 3, "There is no file"),
        ("prices special-dates import -", 2, "--house is missing"),
        ("prices late-checkout set sunday --percentage 101", 2, "at most 100"),
        ("prices late-checkout set sunday --percentage 1 --fixed 1", 2, "not both"),
        ("prices late-checkout set domingo --forbid", 2, "no weekday"),
        ("prices services add Breakfast --price 1", 1, "already"),
        ("prices policies edit '7 days' --refund 101", 2, "at most 100"),
        ("prices switches set capacity_mode maybe", 2, "cannot be 'maybe'"),
        ("exchange-rate set 0.9", 2, "at least 1.000"),
        ("exchange-rate set tres", 2, "not an amount"),
        ("config apply nowhere.toml", 3, "There is no file"),
        ("config export --section bogus", 3, "There is no section"),
    ],
)
def test_a_refusal_is_one_sentence_with_its_status(casa: Casa, typed: str, status: int, said: str) -> None:
    ran = casa(typed)
    assert ran.status == status, ran.err
    assert said in ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err


def test_seasons(casa: Casa) -> None:
    casa("prices seasons add Mayo --start 1/5 --end 31/5 --reason 'puentes'")
    casa("prices seasons disable mayo")
    listed = casa("prices seasons list --json").json["seasons"]
    assert [(one["name"], one["start"], one["end"], one["is_active"]) for one in listed] == [
        ("Fiestas Patrias", "07-25", "07-31", True),
        ("Mayo", "05-01", "05-31", False),
        ("Verano", "12-15", "03-15", True),
    ]
    assert "15 mar (next year)" in casa("prices seasons list").out


def test_the_same_key_adds_once(casa: Casa) -> None:
    first, second = (casa("prices services add Parrilla --price 20 --key k1 --json").json for _ in range(2))
    assert first == second
    assert casa("prices services add Parrilla --price 21 --key k1").status == 1


def test_special_dates_are_loaded_all_or_none(casa: Casa, tmp_path: Path) -> None:
    file = tmp_path / "feriados.csv"
    file.write_text(f"{CSV}32,1,Falso,10\n", encoding="utf-8")
    refused = casa(f"prices special-dates import {file} --house casa-1 --house casa-2")
    assert refused.status == 2
    assert "line 4: day must be at least 1 and at most 31" in refused.err
    file.write_text(CSV, encoding="utf-8-sig")
    done = casa(f"prices special-dates import {file} --house casa-1 --house casa-2")
    assert (
        done.out.splitlines()[-1]
        == "3 added, 0 changed, 0 unchanged, 1 there already (--overwrite changes them)."
    )
    won = casa(f"prices special-dates import {file} --house casa-1 --overwrite")
    assert "price_usd  350.00 → 360.00" in won.out
    listed = casa("prices special-dates list --house casa-1 --json").json["special_dates"]
    assert {one["day"]: one["minimum_consecutive_nights"] for one in listed}["12-25"] == 2


def test_an_inactive_late_checkout_rule_is_warned_about(casa: Casa) -> None:
    ran = casa("prices late-checkout set sunday --forbid --inactive")
    assert "does not forbid it" in ran.err
    assert "does not forbid it" in casa("prices late-checkout show").err


def test_the_exchange_rate_has_an_age(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASA_NOW", "2026-04-10T10:00:00-05:00")
    assert "4 days, older than 3 days" in casa("exchange-rate show").out
    assert casa("exchange-rate show --json").json["is_stale"] is True
    casa("exchange-rate set 3.74")
    shown = casa("exchange-rate show --json").json
    assert (shown["usd_to_sol"], shown["age_seconds"], len(shown["history"])) == ("3.740", 0, 2)


class TestConfig:
    def test_a_file_goes_round(self, casa: Casa, tmp_path: Path) -> None:
        for name in ("casa.toml", "casa.json"):
            casa(f"config export --output {name}")
            ran = casa(f"config apply {name} --prune --json")
            assert ran.json == {"changes": [], "kept": []}
        assert (tmp_path / "casa.json").read_text(encoding="utf-8") == casa("config export --json").out
        assert (tmp_path / "casa.toml").read_text(encoding="utf-8") == casa("config export").out

    def test_a_change_is_shown_before_it_is_made(self, casa: Casa, tmp_path: Path) -> None:
        text = casa("config export").out.replace("capacity_max = 40", "capacity_max = 44")
        (tmp_path / "casa.toml").write_text(text, encoding="utf-8")
        rehearsed, done = casa("config apply casa.toml --dry-run"), casa("config apply casa.toml")
        assert rehearsed.out == done.out
        assert done.out.splitlines() == [
            "houses",
            "  ~ casa-3",
            "      capacity_max  40 → 44",
            "",
            "1 changed.",
        ]
        assert casa("config apply casa.toml").out == "Nothing to change.\n"

    def test_pruning_asks_first(self, casa: Casa, tmp_path: Path) -> None:
        (tmp_path / "casa.toml").write_text("version = 1\n[seasons]\n", encoding="utf-8")
        kept = casa("config apply casa.toml")
        assert (
            kept.out.splitlines()[-1] == "Nothing to change; 2 not in the file stay (--prune removes them)."
        )
        asked = casa("config apply casa.toml --prune")
        assert asked.status == 2
        assert "Remove seasons Fiestas Patrias, seasons Verano?" in asked.err
        assert casa("config apply casa.toml --prune --yes").out.splitlines()[-1] == "2 removed."
        assert casa("prices seasons list --json").json == {"seasons": []}

    def test_every_fault_of_a_file_is_told(self, casa: Casa, tmp_path: Path) -> None:
        (tmp_path / "bad.json").write_text(
            json.dumps({"version": 1, "houses": {"casa-1": {}}, "exchange_rate": {"usd_to_sol": "0.5"}})
        )
        ran = casa("config apply bad.json")
        assert ran.status == 2
        assert "houses.casa-1.name: is missing" in ran.err
        assert "exchange_rate.usd_to_sol" in ran.err

    def test_settings_say_where_they_came_from(
        self, casa: Casa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".env").write_text("CASA_LOCALE=en_US\nCASA_QUOTE_MINUTES=20\n", encoding="utf-8")
        monkeypatch.setenv("CASA_QUOTE_MINUTES", "45")
        monkeypatch.setenv("CASA_SECRET_KEY", "never shown to anybody at all, ever")
        monkeypatch.setenv("CASA_DATABASE_URL", "mysql://casa:topsecret@127.0.0.1/casa")
        ran = casa("config show --json")
        found: dict[str, Any] = {one["variable"]: one for one in ran.json["settings"]}
        told = {name: (one["value"], one["origin"]) for name, one in found.items()}
        assert told["CASA_LOCALE"] == ("en_US", ".env")
        assert told["CASA_QUOTE_MINUTES"] == ("45", "environment")
        assert told["CASA_HOLD_MINUTES"] == ("60", "default")
        assert told["CASA_SECRET_KEY"] == ("•••", "environment")
        assert "never shown" not in ran.out
        assert "topsecret" not in ran.out

    def test_a_setting_that_cannot_be_used_is_shown_and_not_a_failure(
        self, casa: Casa, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("CASA_POOL_SIZE", "many")
        monkeypatch.setenv("CASA_DATABASE_URL", "nonsense with a password in it")
        ran = casa("config show")
        assert ran.status == 0
        assert "CASA_POOL_SIZE cannot be used" in ran.out
        assert "password" not in ran.out
