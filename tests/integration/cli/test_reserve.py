"""casa reserve on the demo business. Source: docs/rules/reservations.md, 2.2."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.support.commands import Casa

ANA = 'reserve casa-austin-1 "Ana Quispe" --from 2026-04-17 --nights 2 --guests 4'


def test_a_stay_is_booked_with_its_bill(casa: Casa) -> None:
    booked = casa(f"{ANA} --phone 999000333 --comments 'con cuna' --json").json
    assert {
        name: booked[name] for name in ("house", "client", "status", "origin", "price_usd", "due_sol")
    } == {
        "house": "Casa Austin 1",
        "client": "Ana Quispe",
        "status": "approved",
        "origin": "aus",
        "price_usd": "420.00",
        "due_sol": "1564.50",
    }
    assert [line["amount_usd"] for line in booked["bill"]] == ["180.00", "180.00", "60.00"]
    assert booked["nights_held"] == ["2026-04-17", "2026-04-18"]
    assert (booked["phone"], booked["comments"], booked["seller"]) == ("999000333", "con cuna", "rosa")
    assert casa(f"reservations show {booked['id']} --json").json["bill"] == booked["bill"]


def test_the_same_key_is_the_same_reservation(casa: Casa) -> None:
    first, second = (casa(f"{ANA} --key call-1 --json") for _ in range(2))
    assert first.out == second.out
    assert "The key 'call-1' was used before: this is what it made then." in second.err
    other = casa(f"{ANA} --late-checkout --key call-1")
    assert other.status == 1
    assert "was used for another request" in other.err


def test_a_taken_night_is_refused_with_what_to_type_next(casa: Casa) -> None:
    assert casa(ANA).status == 0
    ran = casa('reserve casa-austin-1 "Bruno Salas" --from 2026-04-18 --nights 2 --guests 2')
    assert (ran.status, ran.out) == (1, "")
    assert "error: Casa Austin 1 is taken on 2026-04-18." in ran.err
    assert "try: casa availability --from 2026-04-18 --to 2026-04-20 --guests 2" in ran.err


def test_a_house_that_cannot_take_the_stay_lists_every_reason(casa: Casa) -> None:
    ran = casa('reserve casa-austin-1 "Ana Quispe" --from 2026-12-29 --nights 2 --guests 14')
    assert ran.status == 1
    assert "14 guests, at most 12" in ran.err
    assert "3 or more nights" in ran.err


def test_a_hold_ends_by_itself(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    held = casa(f"{ANA} --hold 2h --json").json
    assert (held["status"], held["deadline"]) == ("incomplete", "2026-04-06T12:00:00-05:00")
    monkeypatch.setenv("CASA_NOW", "2026-04-06T12:00:01-05:00")
    booked = casa('reserve casa-austin-1 "Bruno Salas" --from 2026-04-17 --nights 2')
    assert booked.status == 0
    assert casa(f"reservations show {held['id']} --json").json["cancel_reason"] == "voucher_deadline"


def test_a_price_agreed_by_staff_is_a_line_with_its_reason(casa: Casa) -> None:
    booked = casa(f"{ANA} --price 350 --reason friends --json").json
    assert (booked["price_usd"], booked["computed_price_usd"]) == ("350.00", "420.00")
    assert booked["bill"][-1] == {
        "kind": "agreed",
        "label": "agreed price",
        "rule": "friends",
        "night": None,
        "amount_usd": "-70.00",
        "amount_sol": "-260.75",
    }


def test_a_late_checkout_is_sold_with_the_stay(casa: Casa) -> None:
    booked = casa(f"{ANA} --late-checkout --json").json
    assert booked["nights_held"][-1] == "2026-04-19"
    assert booked["bill"][-1]["kind"] == "late_checkout"


def test_a_code_is_used_by_the_booking(casa: Casa) -> None:
    booked = casa(f"{ANA} --code ANA20 --json").json
    assert booked["discount"] == {
        "source": "code",
        "name": "ANA20",
        "code": "ANA20",
        "percentage": "20.00",
        "amount_usd": "72.00",
        "amount_sol": "268.20",
        "use": "confirmed",
    }
    assert (booked["price_usd"], booked["bill"][-1]["amount_usd"]) == ("348.00", "-72.00")
    shown = casa(f"reservations show {booked['id']}").out
    assert "code ANA20: US$ 72.00 = S/ 268.20, use confirmed" in shown


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("VERANO12", "it expired on Tue 31 Mar 2026"),
        ("UNICO50", "it was used 1 of 1 time"),
        ("TRES20", "it is only valid in Casa Austin 3"),
        ("NADA", "there is no such code"),
    ],
)
def test_a_code_that_does_not_apply_refuses_the_booking(
    casa: Casa, code: str, why: str, contents: Callable[[], list[str]]
) -> None:
    before = contents()
    ran = casa(f"{ANA} --code {code}")
    assert (ran.status, ran.out) == (1, "")
    assert f"The code {code} does not apply: {why}." in ran.err
    assert "Without it the stay costs US$ 420.00 (S/ 1564.50)" in ran.err
    assert contents() == before


def test_it_may_be_booked_without_the_discount(casa: Casa) -> None:
    ran = casa(f"{ANA} --code VERANO12 --accept-without-discount --json")
    assert (ran.json["price_usd"], ran.json["discount"]) == ("420.00", None)
    assert "Booked without it." in ran.err


def test_a_quote_with_a_code_books_at_its_price(casa: Casa) -> None:
    asked = "--from 2026-04-17 --nights 2 --guests 4 --code AMIGOS10"
    quoted = casa(f"quote {asked} --house casa-austin-1 --json").json
    booked = casa(f'reserve casa-austin-1 "Ana Quispe" {asked} --quote {quoted["quote_id"]} --json').json
    assert booked["price_usd"] == quoted["houses"][0]["total_usd"] == "380.00"


def test_a_code_is_taken_away_and_its_use_is_free_again(casa: Casa) -> None:
    booked = casa(f"{ANA} --code ANA20 --json").json
    changed = casa(f"reservations change {booked['id']} --drop-code --json")
    assert (changed.json["price_usd"], changed.json["discount"]) == ("420.00", None)
    assert "ANA20" in changed.err
    again = casa('reserve casa-austin-1 "Ana Quispe" --from 2026-05-20 --nights 1 --code ANA20 --dry-run')
    assert again.status == 0, again.err


def test_a_block_has_no_client_and_no_price(casa: Casa) -> None:
    blocked = casa("reserve casa-austin-4 --from 2026-04-27 --nights 3 --maintenance --json").json
    assert (blocked["client"], blocked["origin"], blocked["price_usd"], blocked["bill"]) == (
        None,
        "man",
        "0.00",
        [],
    )


def test_history_is_entered_with_an_explicit_word(casa: Casa) -> None:
    command = 'reserve casa-austin-4 "Ana Quispe" --from 2025-09-01 --nights 2'
    assert casa(command).status == 2
    assert casa(f"{command} --allow-past").status == 0


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("reserve casa-austin-1 --from 2026-04-17 --nights 2", 2, "A reservation needs a client."),
        ("reserve casa-9 999000111 --from 2026-04-17 --nights 2", 3, "There is no house 'casa-9'."),
        ("reserve casa-austin-1 nobody --from 2026-04-17 --nights 2", 3, "There is no client 'nobody'."),
        ("reserve casa-austin-1 ana --from 2026-04-17 --nights 2", 2, "could be 2 clients"),
        (f"{ANA} --accept-without-discount", 2, "belongs to --code"),
        (f"{ANA} --code AMIGOS10 --price 350 --reason x", 2, "takes no discount code"),
        (f"{ANA} --hold soon", 2, "--hold is not a length of time: 'soon'."),
        (f"{ANA} --hold 0m", 2, "--hold is not a length of time: '0m'."),
        (f"{ANA} --price 350", 2, "needs a reason"),
        (f"{ANA} --price cheap --reason friends", 2, "price is not an amount: 'cheap'."),
        (f"{ANA} --reason friends", 2, "--reason belongs to --price."),
        (f"{ANA} --maintenance", 2, "A maintenance block has no guest"),
        (f"{ANA} --quote nonsense", 2, "The quote number is not valid."),
    ],
)
def test_a_refusal_is_one_sentence_with_its_status(casa: Casa, command: str, status: int, said: str) -> None:
    ran = casa(command)
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err


def test_a_quote_for_other_dates_is_refused(casa: Casa) -> None:
    quoted = casa("quote --from 2026-05-11 --nights 2 --guests 4 --json").json["quote_id"]
    ran = casa(f"{ANA} --quote {quoted}")
    assert ran.status == 2
    assert "The quote was made for other dates, guests, services or another code." in ran.err


def test_house_and_client_may_be_words_or_options_but_not_both(casa: Casa) -> None:
    dates = "--from tomorrow --nights 1 --dry-run --json"
    as_words = casa(f'reserve casa-austin-3 "Bruno Salas" {dates}')
    as_options = casa(f'reserve --house casa-austin-3 --client "Bruno Salas" {dates}')
    mixed = casa(f'reserve "Bruno Salas" --house casa-austin-3 {dates}')
    assert as_words.status == as_options.status == mixed.status == 0
    prices = [json.loads(ran.out)["price_usd"] for ran in (as_words, as_options, mixed)]
    assert prices[0] == prices[1] == prices[2]
    twice = casa(f'reserve casa-austin-3 "Bruno Salas" --client "Ana Quispe" {dates}')
    assert (twice.status, "--client was given twice" in twice.err) == (2, True)
    assert casa(f'reserve --client "Bruno Salas" {dates}').status == 2
