"""casa reservations on the demo business. Source: docs/rules/reservations.md, 2.3 to 2.5."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from tests.support.commands import Casa


def statuses(casa: Casa, *filters: str) -> list[str]:
    rows = casa("reservations", "list", *filters, "--limit", "1000", "--json").json["reservations"]
    return [row["id"][:6] + " " + row["status"] for row in rows]


# -- list -----------------------------------------------------------------------------------------


def test_a_window_lists_stays_with_a_night_in_it(casa: Casa) -> None:
    """A stay that ends on the first day is left out; one with a late checkout still holds that night."""
    found = casa("reservations list --from 2026-04-12 --to 2026-04-13 --json").json["reservations"]
    assert [row["id"][:6] for row in found] == ["c10410", "c40411"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--status", "pending", "--status", "under_review"], ["c10414 pending", "c30414 under_review"]),
        (
            ["--origin", "man", "--house", "casa-austin-2", "--from", "2026-04-01", "--to", "2026-05-01"],
            ["c20413 approved"],
        ),
        (
            ["--client", "Bruno Salas", "--from", "2026-04-01", "--to", "2026-05-01"],
            ["c20417 approved"],
        ),
    ],
)
def test_filters(casa: Casa, filters: list[str], found: list[str]) -> None:
    assert statuses(casa, *filters) == found


def test_pages_follow_each_other(casa: Casa) -> None:
    whole = casa("reservations list --limit 1000 --json").json
    pages = [casa(f"reservations list --limit 100 --page {page} --json").json for page in (1, 2, 3)]
    assert [row for page in pages for row in page["reservations"]] == whole["reservations"]
    assert pages[0]["count"] == whole["count"] == len(whole["reservations"])
    assert pages[0]["pages"] == 3
    assert "1 to 25 of" in casa("reservations list").out
    assert "No reservations on this page." in casa("reservations list --page 99").out


def test_upcoming_leaves_out_what_is_over(casa: Casa) -> None:
    rows = casa("reservations list --upcoming --limit 1000 --json").json["reservations"]
    assert min(row["check_out"] for row in rows) >= "2026-04-06"


# -- show, timeline -------------------------------------------------------------------------------


def test_show_has_bill_balance_nights_and_timeline(casa: Casa) -> None:
    found = casa("reservations show c20417 --json").json
    assert (found["price_sol"], found["paid_sol"], found["due_sol"]) == ("2272.25", "1136.13", "1136.12")
    assert found["nights_held"] == ["2026-04-17", "2026-04-18"]
    assert [event["action"] for event in found["timeline"]] == ["reservation.reserve", "reservation.pay"]


def test_the_timeline_tells_who_and_why(casa: Casa) -> None:
    casa('reservations move c20417 casa-austin-3 --reason "the pump broke"')
    event = casa("reservations timeline c20417 --json").json["timeline"][-1]
    assert (event["action"], event["actor"], event["channel"], event["reason"]) == (
        "reservation.move",
        "rosa",
        "cli",
        "the pump broke",
    )


# -- decisions ------------------------------------------------------------------------------------


def test_approving_makes_nights_firm(casa: Casa) -> None:
    approved = casa("reservations approve c40414 --note 'paid in cash' --json").json
    assert (approved["status"], approved["deadline"]) == ("approved", None)
    assert approved["changes"] == {"status": {"before": "incomplete", "after": "approved"}}
    again = casa("reservations approve c40414")
    assert again.status == 1
    assert "A reservation that is approved cannot be approved." in again.err


def test_rejecting_frees_the_nights(casa: Casa) -> None:
    rejected = casa("reservations reject c30414 --reason 'another payment' --yes --json").json
    assert (rejected["status"], rejected["nights_held"]) == ("rejected", [])


def test_cancelling_proposes_what_the_policy_returns(casa: Casa) -> None:
    ended = casa("reservations cancel c20424 --reason ill --yes --json").json
    assert ended["refund"] == {
        "proposed_sol": "1112.85",
        "paid_sol": "2225.69",
        "days_before": 18,
        "policy": "Media",
    }
    assert (ended["status"], ended["nights_held"], ended["cancelled_by"]) == ("cancelled", [], "rosa")


def test_cancelling_asks_and_says_what_would_be_returned(
    casa: Casa, monkeypatch: pytest.MonkeyPatch, contents: Callable[[], list[str]]
) -> None:
    before = contents()
    monkeypatch.setattr("casaaustin_cli.runtime.is_terminal", lambda stream: True)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    ran = casa("reservations cancel c20424 --reason ill")
    assert ran.status == 1
    assert "refund: S/ 1,112.85: 50% of S/ 2,225.69 paid" in ran.err
    assert "Cancel c2042426, Casa Austin 2, Silvia Mamani, Fri 24 Apr → Mon 27 Apr 2026? [y/N]" in ran.err
    assert "Nothing was changed." in ran.err
    assert contents() == before


def test_nobody_to_ask_is_no_yes(casa: Casa) -> None:
    ran = casa("reservations cancel c20424 --reason ill")
    assert ran.status == 2
    assert "Add --yes to agree." in ran.err


# -- changes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        (
            "--to 2026-04-20",
            {
                "check_out": {"before": "2026-04-19", "after": "2026-04-20"},
                "price_usd": {"before": "610.00", "after": "835.00"},
                "price_sol": {"before": "2272.25", "after": "3110.38"},
            },
        ),
        (
            "--nights 1",
            {
                "check_out": {"before": "2026-04-19", "after": "2026-04-18"},
                "price_usd": {"before": "610.00", "after": "305.00"},
                "price_sol": {"before": "2272.25", "after": "1136.13"},
            },
        ),
        (
            "--guests 9 --keep-price",
            {"guests": {"before": 8, "after": 9}},
        ),
        (
            "--late-checkout",
            {
                "late_checkout": {"before": False, "after": True},
                "price_usd": {"before": "610.00", "after": "801.25"},
                "price_sol": {"before": "2272.25", "after": "2984.66"},
            },
        ),
        (
            "--price 500 --reason friends",
            {
                "price_usd": {"before": "610.00", "after": "500.00"},
                "price_sol": {"before": "2272.25", "after": "1862.50"},
            },
        ),
    ],
)
def test_a_change_says_what_it_changed(casa: Casa, options: str, changes: dict[str, Any]) -> None:
    changed = casa(f"reservations change c20417 {options} --json").json
    assert changed["changes"] == changes
    assert sum(float(line["amount_usd"]) for line in changed["bill"]) == float(changed["price_usd"])


def test_services_are_added_and_taken_away(casa: Casa) -> None:
    with_service = casa("reservations change c20417 --service traslado --json").json
    assert with_service["bill"][-1]["label"] == "Traslado"
    without = casa("reservations change c20417 --no-services --json").json
    assert without["price_usd"] == "610.00"


def test_a_change_onto_taken_nights_leaves_everything(casa: Casa) -> None:
    ran = casa("reservations change c20417 --from 2026-04-15")
    assert ran.status == 1
    assert "Casa Austin 2 is taken on 2026-04-15." in ran.err
    assert casa("reservations show c20417 --json").json["check_in"] == "2026-04-17"


def test_a_move_keeps_the_price(casa: Casa) -> None:
    moved = casa("reservations move c20417 casa-austin-3 --reason pump --json").json
    assert moved["changes"] == {"house": {"before": "Casa Austin 2", "after": "Casa Austin 3"}}
    assert (moved["price_usd"], moved["moved_count"]) == ("610.00", 1)


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        ("change c20417", 2, "Nothing is to be changed."),
        ("change c20417 --service desayuno --no-services", 2, "Either --service or --no-services."),
        ("change c20417 --price 100", 2, "has a reason"),
        ("change c40425 --guests 2", 1, "A reservation that is cancelled cannot be changed."),
        ("move c20417 casa-austin-2 --reason x", 2, "The stay is in Casa Austin 2 already."),
        ("move c20417 casa-austin-3", 2, "Say why the stay is moved."),
        ("show c20", 2, "is not a reservation number"),
        ("show cfffff", 3, "There is no reservation 'cfffff'."),
        ("show nobody", 2, "is not a reservation number"),
        ("reject c20417 --reason x --yes", 1, "A reservation that is approved cannot be rejected."),
        ("cancel c20424 --yes", 2, "Say why."),
    ],
)
def test_a_refusal_is_one_sentence_with_its_status(casa: Casa, command: str, status: int, said: str) -> None:
    ran = casa(f"reservations {command}")
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err


# -- expire ---------------------------------------------------------------------------------------


def test_lapsed_holds_end_once(casa: Casa) -> None:
    first = casa("reservations expire --json")
    assert [row["id"][:6] for row in first.json["reservations"]] == ["c20420"]
    second = casa("reservations expire")
    assert (second.status, second.out) == (0, "0 holds ended.\n")


def test_expire_takes_no_more_than_it_is_told_to(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    """With Renato's there are three."""
    for night in ("2026-04-17", "2026-04-20"):
        assert casa(f"reserve casa-austin-1 999000111 --from {night} --nights 1 --hold 5m").status == 0
    monkeypatch.setenv("CASA_NOW", "2026-04-06T10:05:01-05:00")
    assert [casa("reservations expire --limit 2 --json").json["ended"] for _ in range(3)] == [2, 1, 0]
