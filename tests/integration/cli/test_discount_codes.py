"""casa discounts codes, generate, generators and welcome on a real database; and codes in the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from casaaustin.actors import Actor
from casaaustin.clients.models import Client
from casaaustin.db.work import Database, Work
from casaaustin_cli import complete
from casaaustin_cli.app import all_commands
from casaaustin_cli.framework import examples_of
from tests.conftest import NOW
from tests.support.commands import Casa, casa_runner
from tests.support.world import build_world, make_client

CREATE = "discounts codes create ten --percentage 10 --description 'Diez por ciento' --until 2026-12-31"
NOUNS = ("codes", "generate", "generators", "welcome")


@pytest.fixture
def ana() -> Client:
    return make_client()


@pytest.fixture
def casa(
    sqlite_database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    ana: Client,
) -> Casa:
    """`casa` on the business of the worked examples and one guest, in English."""

    def fill(work: Work) -> None:
        build_world(work)
        work.session.add(ana)

    sqlite_database.write(fill, actor=Actor("setup"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASA_LOCALE", "en_US")
    url = sqlite_database.engines.url.render_as_string(hide_password=False)
    return casa_runner(monkeypatch, capsys, url=url, now=NOW.isoformat())


def test_every_command_has_examples_json_and_dry_run() -> None:
    found = 0
    for command, context in all_commands():
        words = context.command_path.split()
        if (
            words[1:2] == ["discounts"]
            and words[2:3]
            and words[2] in NOUNS
            and not hasattr(command, "commands")
        ):
            found += 1
            options = {option for parameter in command.params for option in parameter.opts}
            assert examples_of(command), context.command_path
            assert "--json" in options, context.command_path
            assert "--dry-run" in options or words[-1] in {"show", "list", "status"}, context.command_path
    assert found == 21


def test_a_new_code_is_told_listed_and_shown(casa: Casa) -> None:
    ran = casa(f"{CREATE} --cap 60 --limit 5 --weekdays vie,sáb --house casa-2 --house casa-1")
    assert ran.status == 0, ran.err
    assert ran.out.startswith("TEN: added\n")
    row = casa("discounts codes list").out.splitlines()[2].split()
    assert row[:8] == ["TEN", "10%", "31", "Dec", "2026", "0", "of", "5"]
    shown = casa("discounts codes show TEN").out
    assert shown.splitlines()[0] == "TEN: Diez por ciento"
    for line in (
        "Takes off     10%, at most US$ 60.00",
        "Book with it  6 Apr 2026 to 31 Dec 2026, both included",
        "Nights        Friday and Saturday",
        "Looks at      the night of check-in",
        "Houses        casa-1, casa-2",
        "Nobody has used it.",
    ):
        assert line in shown.splitlines()


def test_a_code_as_json_has_exact_amounts(casa: Casa) -> None:
    casa(
        "discounts codes create S100 --soles 100 --description 'S/ 100 menos' --from +1 --until +30 --min 300"
    )
    (code,) = casa("discounts codes list --json").json["codes"]
    assert (code["discount_type"], code["discount_value"]) == ("fixed_sol", "100.00")
    assert (code["start_date"], code["end_date"]) == ("2026-04-07", "2026-05-06")
    assert (code["min_amount_usd"], code["uses"], code["state"]) == ("300.00", 0, "not_started")
    assert casa("discounts codes show s100 --json").json["redemptions"] == []


@pytest.mark.parametrize(
    ("typed", "status", "named"),
    [
        pytest.param(
            f"{CREATE} --weekday-nights --weekend-nights",
            2,
            "Sunday to Thursday only and for Friday",
            id="W26",
        ),
        pytest.param(f"{CREATE} --usd 5", 2, "--percentage and --usd", id="two benefits"),
        pytest.param(
            "discounts codes create ten --description x --until +3", 2, "take off", id="takes nothing off"
        ),
        pytest.param(
            "discounts codes create ten --percentage 10 --description x", 2, "--until is missing", id="no end"
        ),
        pytest.param(f"{CREATE} --limit many", 2, "--limit", id="no number"),
        pytest.param(f"{CREATE} --weekdays 4;5", 2, "not a weekday", id="no weekday"),
        pytest.param(f"{CREATE} --house casa-9", 3, "casa-9", id="no house"),
        pytest.param(f"{CREATE} --client Bruno", 3, "Bruno", id="no client"),
        pytest.param("discounts codes show NONE", 3, "NONE", id="no code"),
        pytest.param("discounts codes edit NONE", 2, "Nothing to change", id="no change"),
        pytest.param("discounts codes list --state gone", 2, "gone", id="no state"),
        pytest.param("discounts generate", 2, "Which code?", id="nothing said"),
        pytest.param("discounts generate --simple --list", 2, "Which code?", id="two things said"),
        pytest.param("discounts generate --list --percentage 5", 2, "simple code", id="not of a simple one"),
        pytest.param("discounts generate --simple --percentage 101", 2, "percentage", id="above 100 %"),
        pytest.param("discounts generate --config none", 3, "none", id="no generator"),
        pytest.param("discounts welcome activate none", 3, "none", id="no promotion"),
        pytest.param("discounts welcome issue Ana", 3, "No welcome promotion is active", id="none is active"),
    ],
)
def test_a_refusal_is_one_sentence_and_leaves_nothing(
    casa: Casa, typed: str, status: int, named: str
) -> None:
    ran = casa(typed)
    assert (ran.status, ran.out) == (status, "")
    assert named in ran.err
    assert "Traceback" not in ran.err
    assert casa("discounts codes list --json").json["total"] == 0


def test_an_empty_text_takes_a_condition_away(casa: Casa) -> None:
    casa(f"{CREATE} --cap 60 --min 100 --limit 5 --per-client 1 --weekdays lun --client Ana --house casa-1")
    ran = casa(
        "discounts codes edit ten --cap '' --min '' --limit '' --per-client '' --weekdays '' --client ''"
        " --all-houses"
    )
    assert ran.status == 0, ran.err
    code = casa("discounts codes show ten --json").json["code"]
    emptied = ("max_discount_usd", "min_amount_usd", "usage_limit", "per_client_limit", "client_id")
    assert [code[name] for name in emptied] == [None] * 5
    assert (code["houses"], code["weekdays"]) == ([], list(range(7)))


def test_a_code_goes_and_comes_back(casa: Casa) -> None:
    casa(CREATE)
    assert casa("discounts codes disable ten").status == 0
    assert casa("discounts codes list --state disabled --json").json["total"] == 1
    assert casa("discounts codes delete ten --reason 'typing error'").status == 0
    assert casa("discounts codes list").out == "No codes found.\n"
    again = casa(CREATE)
    assert again.status == 1
    assert "casa discounts codes restore" in again.err
    assert casa("discounts codes restore ten").status == 0
    assert casa("discounts codes list --json").json["total"] == 1


def test_codes_are_completed(casa: Casa) -> None:
    casa(CREATE)
    assert complete.codes("t") == [("TEN", "Diez por ciento")]


def test_a_generator_makes_codes(casa: Casa) -> None:
    ran = casa("discounts generators add Aniversario --prefix aniv --percentage 15 --cap 80 --valid-days 30")
    assert ran.status == 0, ran.err
    made = casa("discounts generate --config aniversario --key k --json").json
    assert (made["code"][:4], made["end_date"], made["usage_limit"]) == ("ANIV", "2026-05-06", 1)
    assert casa("discounts generate --config aniversario --key k --json").json == made
    assert casa("discounts generate --config aniversario").out.splitlines()[0].startswith("ANIV")
    listed = casa("discounts generate --list").out
    assert listed == casa("discounts generators list").out
    assert listed.splitlines()[2].split()[:5] == ["Aniversario", "ANIV", "15%", "US$", "80.00"]
    assert casa("discounts generators disable Aniversario").status == 0
    assert casa("discounts generate --config aniversario").status == 1
    assert casa("discounts generators edit Aniversario --active --percentage 5").status == 0
    assert casa("discounts generators delete Aniversario").status == 0
    assert casa("discounts generators list").out.startswith("No generators.")


def test_a_guest_is_welcomed_once(casa: Casa) -> None:
    assert casa("discounts welcome status").out.startswith("No promotion is active.")
    casa("discounts welcome add Abril --percentage 12.50 --cap 50 --weekday-nights")
    assert casa("discounts welcome status --json").json == {
        "active": False,
        "promotion": None,
        "failed_issues": 0,
    }
    casa("discounts welcome activate Abril")
    shown = casa("discounts welcome status").out
    assert "Guests read   ¡Bienvenido! Tienes 12.5% de descuento en tu primera reserva." in shown
    issued = casa("discounts welcome issue Ana --reason 'asked by phone' --json").json
    assert (issued["client"], issued["valid_until"], issued["is_used"]) == ("Ana Quispe", "2026-04-20", False)
    again = casa("discounts welcome issue Ana")
    assert again.status == 1
    assert issued["code"] in again.err
    casa("discounts welcome add Mayo --percentage 15")
    switched = casa("discounts welcome activate Mayo")
    assert "Abril is no longer active" in switched.err
    rows = [line.split()[:2] for line in casa("discounts welcome list").out.splitlines()[2:4]]
    assert rows == [["Mayo", "yes"], ["Abril", "no"]]
    assert casa("discounts welcome edit Mayo --message '¡Hola!'").status == 0
    assert casa("discounts welcome deactivate Mayo").status == 0
    assert casa("discounts welcome delete Mayo").status == 0


def test_codes_travel_in_the_file_and_those_of_a_guest_do_not(casa: Casa, tmp_path: Path) -> None:
    casa(f"{CREATE} --cap 60 --weekdays vie")
    casa("discounts codes create ANA20 --percentage 20 --description Ana --until +30 --client Ana")
    casa("discounts generate --simple")
    exported = casa("config export --section discount_codes --section code_generators")
    assert "[discount_codes.TEN]" in exported.out
    assert "ANA20" not in exported.out
    assert "SIMPLE" not in exported.out
    assert "1 code that is bound to a client is not in the file" in exported.err
    file = tmp_path / "codes.toml"
    file.write_text(exported.out, encoding="utf-8")
    casa("discounts codes edit TEN --percentage 12")
    assert casa("config apply codes.toml --yes").status == 0
    assert casa("discounts codes show TEN --json").json["code"]["discount_value"] == "10.00"
    casa("discounts codes delete TEN")
    assert casa("config apply codes.toml --yes").status == 0
    assert casa("discounts codes list --json").json["total"] == 3
    file.write_text(exported.out.replace("TEN]", "ANA20]"), encoding="utf-8")
    taken = casa("config apply codes.toml --yes")
    assert (taken.status, "There is a code ANA20 already" in taken.err) == (1, True)


def test_w26_in_the_file_names_the_field(casa: Casa, tmp_path: Path) -> None:
    (tmp_path / "codes.toml").write_text(
        'version = 1\n[discount_codes.TEN]\ndescription = "x"\ndiscount_type = "percentage"\n'
        'discount_value = "10.00"\nstart_date = "2026-01-01"\nend_date = "2026-12-31"\n'
        "restrict_weekdays = true\nrestrict_weekends = true\n",
        encoding="utf-8",
    )
    ran = casa("config apply codes.toml --yes")
    assert ran.status == 2
    assert "restrict_weekends" in ran.err


def test_two_active_promotions_in_the_file_are_refused(casa: Casa, tmp_path: Path) -> None:
    one = 'discount_percentage = "10.00"\nis_active = true\n'
    (tmp_path / "welcome.toml").write_text(
        f"version = 1\n[welcome_promotions.Abril]\n{one}[welcome_promotions.Mayo]\n{one}", encoding="utf-8"
    )
    ran = casa("config apply welcome.toml --yes")
    assert ran.status == 2
    assert "welcome_promotions.Mayo.is_active: Abril is the active one" in ran.err
