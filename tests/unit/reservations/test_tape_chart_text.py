from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.reservations.tape_chart import Chart, ChartHouse, Kind, clean
from casaaustin.reservations.tape_chart_text import (
    NARROWEST,
    Style,
    cell_width,
    lines,
    render_text,
    to_ansi,
    to_plain,
)
from casaaustin.vocabulary import Language
from tests.support.charts import FIRST, HOUSES, TODAY, day, fortnight, make_stay
from tests.unit.reservations.test_tape_chart import charts

GOLDEN = Path(__file__).parent / "golden"
ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("way", ["plain", "ascii", "colour"])
def test_the_chart_looks_as_agreed(width: int, way: str) -> None:
    """Set WRITE_GOLDEN to draw the agreed pictures anew, and look at the difference."""
    drawn = render_text(fortnight(), width, colour=way == "colour", ascii_only=way == "ascii") + "\n"
    agreed = GOLDEN / f"tape_chart_{width}_{way}.txt"
    if os.environ.get("WRITE_GOLDEN"):
        agreed.write_text(drawn, encoding="utf-8")
    assert drawn == agreed.read_text(encoding="utf-8")


@pytest.mark.parametrize("colour", [False, True], ids=["plain", "colour"])
@pytest.mark.parametrize("ascii_only", [False, True], ids=["unicode", "ascii"])
@given(chart=charts(), width=st.integers(NARROWEST, 160), language=st.sampled_from(Language))
def test_no_line_is_wider_than_asked(
    colour: bool, ascii_only: bool, chart: Chart, width: int, language: Language
) -> None:
    for line in lines(chart, width, colour=colour, ascii_only=ascii_only, language=language):
        text = "".join(run.text for run in line)
        assert cell_width(text) <= width
        assert text.isprintable()
        assert text.isascii() or not ascii_only


@given(chart=charts(), width=st.integers(NARROWEST, 160))
def test_bars_stand_under_their_days_whatever_the_names_are(chart: Chart, width: int) -> None:
    """Only names differ between the two charts, so every bar must begin and end at the same column."""
    anonymous = Chart(
        chart.houses,
        tuple(replace(stay, label="x") for stay in chart.stays),
        chart.first_night,
        chart.end,
        chart.today,
    )
    for named, plain in zip(lines(chart, width), lines(anonymous, width), strict=True):
        assert [(run.style, cell_width(run.text)) for run in named] == [
            (run.style, cell_width(run.text)) for run in plain
        ]


@given(chart=charts(), width=st.integers(NARROWEST, 160))
def test_colours_change_nothing_but_colours(chart: Chart, width: int) -> None:
    drawn = lines(chart, width, colour=True)
    assert ESCAPE.sub("", to_ansi(drawn)) == to_plain(drawn)


def test_eighty_columns_show_a_fortnight_in_one_band() -> None:
    first, *_ = to_plain(lines(fortnight(), 80)).split("\n\n")
    assert len(first.splitlines()) == 3 + len(HOUSES)
    assert all(name in first for name in ("Ana Q.", "Bruno S.", "Ñusta Rojas", "Diego Paz", "Elena Vega"))


def test_what_does_not_fit_goes_into_bands_of_whole_weeks() -> None:
    text = to_plain(lines(fortnight(30), 80))
    numbers = [line.split() for line in text.splitlines() if re.fullmatch(r"[ \d\[\]]+", line)]
    assert [len(band) for band in numbers] == [14, 14, 2]


def test_weekend_nights_stand_in_capitals_and_today_in_brackets() -> None:
    _, weekdays, numbers = to_plain(lines(fortnight(7), 80, language=Language.ENGLISH)).splitlines()[:3]
    assert weekdays.split() == ["FRI", "SAT", "Sun", "Mon", "Tue", "Wed", "Thu"]
    assert numbers.split() == ["17", "18", "19", "20", "21", "[22]", "23"]


@pytest.mark.parametrize("way", ["plain", "ascii"])
def test_without_colour_every_kind_of_bar_still_differs(way: str) -> None:
    legend = [
        run.text
        for line in lines(fortnight(), 200, ascii_only=way == "ascii")[-2:]
        for run in line
        if run.style in set(Kind) | {Style.LATE}
    ]
    assert len(legend) == len(set(legend)) == len(Kind) + 1


def test_a_night_sold_twice_is_shown_twice() -> None:
    chart = Chart(HOUSES[:1], (make_stay(nights=3), make_stay(label="Bruno", nights=2)), FIRST, day(7), TODAY)
    body = to_plain(lines(chart, 80)).splitlines()[3:5]
    assert "Bruno" in body[0]
    assert body[1].startswith("⚠ cruce")
    assert "Ana" in body[1]


def test_no_houses_no_chart() -> None:
    assert render_text(Chart((), (), FIRST, day(7), TODAY), 80) == "No hay casas."


def test_long_house_names_keep_the_word_that_tells_them_apart() -> None:
    houses = tuple(ChartHouse(str(number), f"Casa de campo La Encantada {number}") for number in (11, 12))
    body = to_plain(lines(Chart(houses, (), FIRST, day(7), TODAY), 60)).splitlines()[3:5]
    assert [line.split("  ")[0] for line in body] == ["Casa de cam… 11", "Casa de cam… 12"]


def test_free_nights_of_many_houses_become_one_total() -> None:
    houses = tuple(ChartHouse(str(number), f"Casa {number}") for number in range(40))
    text = render_text(Chart(houses, (make_stay("7", nights=4),), FIRST, day(7), TODAY), 80)
    assert text.splitlines()[-1] == "Noches libres:  276 de 280  (40 casas)"


@pytest.mark.parametrize(
    ("label", "width"),
    [
        pytest.param("Ñusta Rojas", 11, id="an accent"),
        pytest.param("N\u0303usta", 5, id="an accent of its own"),
        pytest.param("山田 花子", 9, id="wide letters"),
        pytest.param("Fabio 🎸", 8, id="an emoji"),
        pytest.param("👩\u200d👩\u200d👧", 6, id="joined emoji come apart"),
        pytest.param("👍🏽", 2, id="a skin tone"),
        pytest.param("❤\ufe0f", 1, id="a text symbol made emoji"),
        pytest.param("a\u202eb", 2, id="a direction mark"),
        pytest.param("a\x1b[31mb", 6, id="an escape sequence"),
    ],
)
def test_cell_width(label: str, width: int) -> None:
    assert cell_width(clean(label)) == width


@pytest.mark.parametrize("label", ["\x1b]0;owned\x07", "a\x1b[2Jb", "a\nb", "a\u202eb", "a\ud800b"])
def test_a_name_cannot_command_the_terminal(label: str) -> None:
    chart = Chart(
        (ChartHouse("h1", label),),
        (make_stay(label=label, nights=6),),
        FIRST,
        day(7),
        TODAY + timedelta(days=30),
    )
    text = ESCAPE.sub("", render_text(chart, 80, colour=True))
    assert text.replace("\n", "").isprintable()
    text.encode()
