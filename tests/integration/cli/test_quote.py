"""casa quote on the demo business. Source: docs/rules/pricing.md, 2.4; docs/rules/command_line.md."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from tests.support.commands import Casa

WEEKEND = "quote --from 2026-04-17 --nights 2 --guests 4"


def test_every_house_answers_with_price_and_reasons(casa: Casa) -> None:
    quoted = casa(f"{WEEKEND} --json").json
    assert (quoted["check_in"], quoted["check_out"], quoted["nights"], quoted["guests"]) == (
        "2026-04-17",
        "2026-04-19",
        2,
        4,
    )
    assert quoted["exchange_rate"] == "3.725"
    assert quoted["expires_at"] == "2026-04-06T10:30:00-05:00"
    assert [
        (house["slug"], house["available"], house["total_usd"], house["total_sol"])
        for house in quoted["houses"]
    ] == [
        ("casa-austin-1", True, "420.00", "1564.50"),
        ("casa-austin-2", False, "490.00", "1825.25"),
        ("casa-austin-3", True, "760.00", "2831.00"),
        ("casa-austin-4", False, "501.50", "1868.09"),
    ]
    assert quoted["houses"][1]["reasons"] == [
        {
            "code": "occupied",
            "message": "2 nights taken (Fri 17 Apr, Sat 18 Apr)",
            "nights": ["2026-04-17", "2026-04-18"],
        }
    ]


def test_lines_name_their_rule_and_add_up(casa: Casa) -> None:
    command = "quote --from 2026-04-16 --nights 3 --guests 7 --house casa-austin-1 --service desayuno --json"
    (house,) = casa(command).json["houses"]
    assert [(line["kind"], line["rule"]) for line in house["lines"]] == [
        ("night", "low season, weekday"),
        ("night", "low season, weekend"),
        ("night", "low season, weekend"),
        ("extra_guests", "extra person per night"),
        ("service", "chosen service"),
    ]
    for currency in ("usd", "sol"):
        assert _sum(house["lines"], f"amount_{currency}") == Decimal(house[f"total_{currency}"])


def test_all_reasons_are_named(casa: Casa) -> None:
    houses = casa("quote --from 2026-12-29 --nights 2 --guests 14 --json").json["houses"]
    codes = [[reason["code"] for reason in house["reasons"]] for house in houses]
    assert codes == [["capacity", "min_nights"], ["min_nights"], ["min_nights"], ["min_nights"]]


def test_a_quote_id_books_at_the_quoted_price(casa: Casa) -> None:
    quoted = casa(f"{WEEKEND} --house casa-austin-1 --json").json
    booked = casa(
        f"reserve casa-austin-1 999000111 --from 2026-04-17 --nights 2 --guests 4 "
        f"--quote {quoted['quote_id']} --json"
    ).json
    assert booked["price_sol"] == quoted["houses"][0]["total_sol"]


def test_a_quote_id_is_printed_whole_however_narrow_the_terminal(
    casa: Casa, on_terminal: Callable[..., str]
) -> None:
    quoted = casa(f"{WEEKEND} --house casa-austin-1 --json").json
    assert quoted["quote_id"] in on_terminal(f"{WEEKEND} --house casa-austin-1", 60).splitlines()


def test_without_a_key_of_ones_own_no_quote_id_is_offered(
    casa: Casa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CASA_SECRET_KEY")
    shown = casa(f"{WEEKEND} --house casa-austin-1").out
    assert "Good until 10:30." in shown
    assert "--quote" not in shown


def test_explain_shows_every_bill(casa: Casa) -> None:
    shown = casa(f"{WEEKEND} --explain").out
    assert shown.count("By which rule") == 4
    assert "Casa Austin 2: not available" in shown


def test_a_code_takes_something_off_and_the_bill_still_adds_up(casa: Casa) -> None:
    quoted = casa(f'{WEEKEND} --client "Ana Quispe" --code " amigos10 " --json').json
    for house in quoted["houses"]:
        assert house["code_result"] == {
            "code": "AMIGOS10",
            "status": "applied",
            "reason": None,
            "message": "code AMIGOS10: 10%, at most US$ 40.00",
            "passed_over": None,
        }
        assert (house["discount"]["amount_usd"], house["discount_usd"]) == ("40.00", "40.00")
        assert [line["rule"] for line in house["lines"] if line["kind"] == "discount"] == [
            "discount code, 10 %"
        ]
        for currency in ("usd", "sol"):
            assert _sum(house["lines"], f"amount_{currency}") == Decimal(house[f"total_{currency}"])


def test_what_became_of_a_code_is_told_for_each_house_where_it_differs(casa: Casa) -> None:
    shown = casa(f"{WEEKEND} --code TRES20").out
    assert "Casa Austin 3: code TRES20: 20%" in shown
    assert (
        "Casa Austin 1, Casa Austin 2, Casa Austin 4: code TRES20: does not apply, "
        "it is only valid in Casa Austin 3" in shown
    )


def test_a_code_that_does_not_apply_leaves_the_price_and_says_why(casa: Casa) -> None:
    quoted = casa(f"{WEEKEND} --house casa-austin-1 --code VERANO12 --json")
    (house,) = quoted.json["houses"]
    assert (quoted.status, house["total_usd"], house["discount"]) == (0, "420.00", None)
    assert (house["code_result"]["status"], house["code_result"]["reason"]) == ("refused", "code_expired")
    assert "does not apply, it expired on Tue 31 Mar 2026" in casa(f"{WEEKEND} --code VERANO12").out
    assert "no se aplica, el código no existe" in casa(f"{WEEKEND} --code NADA --lang es").out


def test_c40_the_better_offer_that_was_passed_over_is_named(casa: Casa) -> None:
    thursday = "quote --from 2026-05-07 --nights 2 --house casa-austin-1 --code AMIGOS10"
    (house,) = casa(f"{thursday} --json").json["houses"]
    assert house["discount"]["code"] == "AMIGOS10"
    assert house["code_result"]["passed_over"] == "Jueves y domingo"
    worth = {one["name"]: (one["amount_usd"], one["won"]) for one in house["candidates"]}
    assert worth == {"AMIGOS10": ("29.00", True), "Jueves y domingo": ("43.50", False)}
    assert "the better Jueves y domingo (15% of the base price) was passed over" in casa(thursday).out


def test_c40_with_the_other_switch_the_better_offer_wins(casa: Casa) -> None:
    casa("prices switches set code_vs_automatic best_for_guest")
    thursday = "quote --from 2026-05-07 --nights 2 --house casa-austin-1 --code AMIGOS10"
    (house,) = casa(f"{thursday} --json").json["houses"]
    assert (house["discount_usd"], house["code_result"]["status"]) == ("43.50", "superseded")
    assert "ode AMIGOS10: not used, there is something better; Jueves y domingo" in casa(thursday).out


def test_a_client_has_discounts_of_their_own(casa: Casa) -> None:
    quoted = casa(f'{WEEKEND} --house casa-austin-1 --client "Andrés Soto" --json').json["houses"][0]
    assert quoted["discount"]["source"] == "loyalty"
    brought = casa(f'{WEEKEND} --house casa-austin-1 --client "Olga Ramos" --json').json["houses"][0]
    assert brought["discount"]["title"] == "referral (★ Anfitrión)"


def test_availability_shows_the_prices_of_the_quote(casa: Casa) -> None:
    guest = '--from 2026-04-17 --nights 2 --guests 4 --client "Ana Quispe" --code AMIGOS10 --json'
    quoted, searched = casa(f"quote {guest}").json, casa(f"availability {guest}").json
    assert searched["houses"] == quoted["houses"]


def test_a_quote_is_saved_with_the_discount(casa: Casa) -> None:
    command = f'{WEEKEND} --house casa-austin-1 --save --client "Ana Quispe" --code ANA20 --json'
    quoted = casa(command).json
    assert quoted["houses"][0]["discount"]["code"] == "ANA20"
    assert quoted["saved"]


def test_a_quote_writes_nothing(casa: Casa, contents: Callable[[], list[str]]) -> None:
    before = contents()
    casa(WEEKEND)
    assert contents() == before


def test_a_quote_is_saved_for_a_client(casa: Casa) -> None:
    saved = casa(f'{WEEKEND} --house casa-austin-1 --save --client "Ana Quispe" --key q-1 --json')
    again = casa(f'{WEEKEND} --house casa-austin-1 --save --client "Ana Quispe" --key q-1 --json')
    assert saved.json["saved"] == again.json["saved"]
    assert "The key 'q-1' was used before" in again.err


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("quote --from 2026-04-17", 2, "The end of the stay is missing."),
        ("quote --from 2026-04-17 --nights 0", 2, "--nights must be at least 1, not 0."),
        ("quote --from 2026-04-01 --nights 2", 2, "The check-in 2026-04-01 is in the past"),
        ("quote --from 2026-04-17 --nights 2 --guests 0", 2, "--guests"),
        ("quote --from 2026-04-17 --nights 2 --house casa-9", 3, "There is no house 'casa-9'."),
        ("quote --from 2026-04-17 --nights 2 --service sauna", 3, "There is no service 'sauna'."),
        ("quote --from 2026-04-17 --nights 2 --save", 2, "Which house is to be saved?"),
        ("quote --from 2026-04-17 --nights 2 --key again", 2, "belong to --save"),
        ("quote --from 2026-04-17 --nights 500", 2, "A stay of 500 nights is too long"),
    ],
)
def test_a_refusal_is_one_sentence_with_its_status(casa: Casa, command: str, status: int, said: str) -> None:
    ran = casa(command)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
    assert "Traceback" not in ran.err


def _sum(lines: list[dict[str, Any]], field: str) -> Decimal:
    return sum((Decimal(line[field]) for line in lines), Decimal("0.00"))
