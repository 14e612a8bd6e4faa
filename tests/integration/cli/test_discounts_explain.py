"""casa discounts explain on the demo business. Source: docs/rules/pricing.md, 2.5 to 2.7."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.support.commands import Casa

THURSDAY = "discounts explain --from 2026-05-07 --nights 2 --house casa-austin-1"
RULES = [
    "Club Leyenda",
    "Cumpleaños",
    "Vuelve entre semana",
    "Último minuto",
    "Fiestas Patrias con tiempo",
    "Jueves y domingo",
]


def test_every_rule_is_there_with_its_tests_and_what_it_is_worth(casa: Casa) -> None:
    found = casa(f'{THURSDAY} --client "Ana Quispe" --code VERANO12 --json').json
    assert [one["title"] for one in found["considered"]] == ["code VERANO12", *RULES]
    assert [one["standing"] for one in found["considered"]].count("won") == 1
    code = found["considered"][0]
    assert [check["reason"] for check in code["checks"] if not check["passed"]] == ["code_expired"]
    assert (code["worth_usd"], code["effect_usd"]) == ("34.80", "0.00")
    assert all(one["checks"] for one in found["considered"])


@pytest.mark.parametrize("more", ["", "--code AMIGOS10", "--code ANA20 --client 999000111", "--guests 9"])
def test_the_effects_add_up_to_the_price_of_the_quote(casa: Casa, more: str) -> None:
    found = casa(f"{THURSDAY} {more} --json").json
    (house,) = casa(f"quote --from 2026-05-07 --nights 2 --house casa-austin-1 {more} --json").json["houses"]
    for currency in ("usd", "sol"):
        effects = sum((Decimal(one[f"effect_{currency}"]) for one in found["considered"]), Decimal(0))
        assert Decimal(found[f"subtotal_{currency}"]) - effects == Decimal(found[f"final_{currency}"])
        assert found[f"final_{currency}"] == house[f"total_{currency}"]


def test_it_says_why_the_winner_won(casa: Casa) -> None:
    shown = casa(f"{THURSDAY} --code AMIGOS10").out
    assert shown.splitlines()[-1] == (
        "Code AMIGOS10: a code always wins (code_vs_automatic = code_wins), also over "
        "Jueves y domingo (US$ 43.50)."
    )
    casa("prices switches set code_vs_automatic best_for_guest")
    assert casa(f"{THURSDAY} --code AMIGOS10").out.splitlines()[-1] == (
        "Jueves y domingo: takes more off than code AMIGOS10 (US$ 29.00)."
    )


def test_passed_and_failed_are_told_apart_without_colour(casa: Casa) -> None:
    lines = [line.split() for line in casa(f"{THURSDAY} --code VERANO12").out.splitlines()]
    marks = {words[0] for words in lines if words[1:2] == ["booking"] or words[1:2] == ["weekday"]}
    assert marks == {"ok", "NO"}


def test_guests_read_spanish(casa: Casa) -> None:
    shown = casa(f"{THURSDAY} --code VERANO12 --lang es").out
    assert "Código VERANO12" in shown
    assert "venció el mar 31 mar 2026" in shown
    assert "Jueves y domingo: es el único que se aplica." in shown


def test_another_day_of_booking(casa: Casa) -> None:
    found = casa(f"{THURSDAY} --code VERANO12 --on 2026-03-31 --json").json
    assert found["considered"][0]["standing"] == "won"
    assert found["booked_on"] == "2026-03-31"


def test_a_stay_that_is_over_needs_the_day_of_booking(casa: Casa) -> None:
    past = "discounts explain --from 2026-03-02 --nights 1 --house casa-austin-1"
    assert casa(past).status == 2
    assert casa(f"{past} --on 2026-03-01").status == 0


def test_a_reservation_is_explained_as_sold_and_as_of_today(casa: Casa) -> None:
    found = casa("discounts explain c30430 --json").json
    assert (found["sold"]["discount"]["code"], found["sold"]["discount"]["use"]) == ("AMIGOS10", "confirmed")
    assert found["now"]["booked_on"] == found["sold"]["booked_on"]
    shown = casa("discounts explain c30430").out
    assert shown.startswith("Sold as c3043026")
    assert "By the prices and rules of today" in shown


def test_it_answers_the_same_every_time_and_writes_nothing(
    casa: Casa, contents: Callable[[], list[str]]
) -> None:
    before = contents()
    assert casa(f"{THURSDAY} --json").out == casa(f"{THURSDAY} --json").out
    assert contents() == before


def test_a_code_that_does_not_exist(casa: Casa) -> None:
    code: dict[str, Any] = casa(f"{THURSDAY} --code nada --json").json["considered"][0]
    assert (code["title"], code["id"], code["standing"]) == ("code NADA", None, "refused")
    assert [check["message"] for check in code["checks"]] == ["there is no such code (NADA)"]


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        ("--from 2026-05-07 --nights 2", 2, "In which house?"),
        ("--house casa-austin-1", 2, "The check-in day is missing."),
        ("c30430 --house casa-austin-1", 2, "Either a reservation or a stay."),
        ("c99999", 3, "There is no reservation 'c99999'."),
        ("c20413", 2, "Only what we sell ourselves has discounts."),
        ("--from 2026-05-07 --nights 2 --house casa-9", 3, "There is no house 'casa-9'."),
        ("--from 2026-05-07 --nights 2 --house casa-austin-1 --on someday", 2, "--on is not a day"),
    ],
)
def test_a_refusal_is_one_sentence_with_its_status(
    casa: Casa, arguments: str, status: int, said: str
) -> None:
    ran = casa(f"discounts explain {arguments}")
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
