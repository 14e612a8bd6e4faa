"""casa calendar on the demo business. Source: docs/rules/pricing.md, 3.1 and 3.2."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.commands import Casa


def test_every_stay_of_the_window_is_in_the_document(casa: Casa) -> None:
    chart = casa("calendar --from 2026-04-10 --to 2026-04-17 --json").json
    assert (chart["from"], chart["to"], chart["nights"], chart["today"]) == (
        "2026-04-10",
        "2026-04-17",
        7,
        "2026-04-06",
    )
    first = chart["houses"][0]
    assert [(stay["client"], stay["kind"], stay["occupied_until"]) for stay in first["stays"]] == [
        ("Carla Flores", "approved", "2026-04-13"),
        ("Marco Ccori", "pending", "2026-04-16"),
    ]


def test_a_lapsed_hold_is_not_drawn(casa: Casa) -> None:
    assert "Renato" not in casa("calendar --from 2026-04-20 --nights 7").out


@pytest.mark.parametrize(("columns", "nights"), [(60, 11), (80, 16), (120, 26)])
def test_by_itself_it_shows_as_many_nights_as_fit(
    columns: int, nights: int, on_terminal: Callable[..., str]
) -> None:
    shown = on_terminal("calendar", columns)
    assert f"Free nights (of {nights}):" in shown
    assert max(map(len, shown.splitlines())) <= columns
    assert "4   5 [ 6]" in shown


def test_one_house_alone(casa: Casa) -> None:
    shown = casa("calendar --house casa-austin-2").out
    assert "Hugo Rojas" in shown
    assert "Casa Austin 1" not in shown


def test_files_are_written_instead(casa: Casa, tmp_path: Path) -> None:
    ran = casa("calendar --html april.html --png april.png")
    assert ran.out == "Written: april.html\nWritten: april.png\n"
    page = (tmp_path / "april.html").read_text(encoding="utf-8")
    assert "Bruno Salas" in page
    assert (tmp_path / "april.png").read_bytes().startswith(b"\x89PNG")
    assert casa("calendar --html april.html --json").json["files"] == ["april.html"]


@pytest.mark.parametrize(
    ("options", "status", "said"),
    [
        ("--nights 401", 2, "A chart shows at most 400 nights, not 401."),
        ("--from 2026-04-10 --to 2026-04-10", 2, "is not after the check-in"),
        ("--from someday", 2, "--from is not a day: 'someday'."),
        ("--house casa-9", 3, "There is no house 'casa-9'."),
        ("--html nowhere/april.html", 2, "nowhere/april.html cannot be written"),
    ],
)
def test_a_refusal_is_one_sentence_with_its_status(casa: Casa, options: str, status: int, said: str) -> None:
    ran = casa(f"calendar {options}")
    assert (ran.status, ran.out) == (status, "")
    assert said in ran.err
