from __future__ import annotations

import sys
from io import BytesIO

import pytest
from hypothesis import given, settings

from casaaustin.errors import InvalidInput, NotReady
from casaaustin.reservations.tape_chart import Chart, ChartHouse
from casaaustin.reservations.tape_chart_lettering import ACUTE, TILDE, length, spell
from casaaustin.reservations.tape_chart_png import render_png
from casaaustin.vocabulary import Language, Origin, ReservationStatus
from tests.support.charts import FIRST, HOUSES, TODAY, day, fortnight, make_stay
from tests.unit.reservations.test_tape_chart import charts

Image = pytest.importorskip("PIL.Image")

GROUNDS = {
    "approved": (0x0F, 0x76, 0x6E),
    "airbnb": (0xC8, 0x1E, 0x5B),
    "pending": (0xFD, 0xE6, 0x8A),
    "under review": (0xFD, 0xBA, 0x74),
    "outline of a hold": (0xB5, 0x47, 0x08),
    "maintenance": (0x7D, 0x85, 0x94),
    "late checkout": (0x0A, 0x4F, 0x4A),
    "today": (0xFF, 0xF3, 0xD6),
    "weekend": (0xF4, 0xF1, 0xFA),
}


def colours(png: bytes) -> dict[tuple[int, int, int], int]:
    picture = Image.open(BytesIO(png))
    return {colour: count for count, colour in picture.getcolors(maxcolors=1_000_000)}


def test_the_picture_shows_every_kind_of_bar_and_today() -> None:
    found = colours(render_png(fortnight(), scale=1))
    assert [name for name, ground in GROUNDS.items() if found.get(ground, 0) < 50] == []


def test_scale_makes_the_same_picture_larger() -> None:
    small, large = (Image.open(BytesIO(render_png(fortnight(), scale))) for scale in (1, 2))
    assert small.format == "PNG"
    assert large.size == (2 * small.width, 2 * small.height)


def test_the_same_chart_gives_the_same_file() -> None:
    assert render_png(fortnight(), 1) == render_png(fortnight(), 1)


def test_a_bar_lies_between_the_halves_of_its_days() -> None:
    """A stay of two nights is as wide as two days; with a late checkout, as three."""

    def width(late: bool) -> int:
        chart = Chart(HOUSES[:1], (make_stay(label=" ", check_in=day(2), late=late),), FIRST, day(7), TODAY)
        picture = Image.open(BytesIO(render_png(chart, 1)))
        middle = [picture.getpixel((x, 24 + 44 + 66 + 56 // 2 - 14)) for x in range(picture.width)]
        grounds = {GROUNDS["approved"], GROUNDS["late checkout"], (0x2F, 0x70, 0x6B)}
        inside = [x for x, colour in enumerate(middle) if colour in grounds]
        return inside[-1] - inside[0] + 1

    assert abs(width(False) - 2 * 76) <= 12
    assert abs(width(True) - 3 * 76) <= 12


def test_a_night_sold_twice_makes_the_row_higher() -> None:
    def height(*stays: str) -> int:
        chart = Chart(HOUSES[:1], tuple(make_stay(label=name) for name in stays), FIRST, day(7), TODAY)
        return int(Image.open(BytesIO(render_png(chart, 1))).height)

    assert height("Ana", "Bruno") > height("Ana")


@pytest.mark.parametrize("language", list(Language), ids=str)
def test_it_draws_in_both_languages(language: Language) -> None:
    assert render_png(fortnight(3), 1, language).startswith(b"\x89PNG")


def test_no_houses_still_gives_a_picture() -> None:
    assert render_png(Chart((), (), FIRST, day(7), TODAY), 1).startswith(b"\x89PNG")


def test_too_large_a_picture_is_refused_before_memory_is_spent() -> None:
    houses = tuple(ChartHouse(str(number), f"Casa {number}") for number in range(400))
    with pytest.raises(InvalidInput, match="400 houses and 365 nights"):
        render_png(Chart(houses, (), FIRST, day(365), TODAY))


def test_without_pillow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(NotReady) as refused:
        render_png(fortnight())
    assert refused.value.hint == "Install casaaustin[photos]."


@settings(max_examples=15, deadline=None)
@given(chart=charts())
def test_any_chart_can_be_drawn(chart: Chart) -> None:
    assert render_png(chart, 1).startswith(b"\x89PNG")


def test_a_hold_and_a_block_have_no_room_for_a_name_and_are_drawn_anyway() -> None:
    stays = (
        make_stay(check_in=day(-1), nights=1, status=ReservationStatus.INCOMPLETE),
        make_stay(check_in=day(6), nights=1, origin=Origin.MAINTENANCE),
    )
    assert render_png(Chart(HOUSES[:1], stays, FIRST, day(7), TODAY), 1).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("text", "letters", "marks"),
    [
        pytest.param("Ana", "Ana", (), id="plain"),
        pytest.param("Lía Ñ", "Lia N", ((1, ACUTE), (4, TILDE)), id="accents"),
        pytest.param("ş", "s", (), id="a mark that is not drawn"),
        pytest.param("Groß–Øst", "Gross-Ost", (), id="nearest letters"),
        pytest.param("山 Ж", "? ?", (), id="other alphabets"),
        pytest.param("Luna🎸", "Luna", (), id="an emoji"),
        pytest.param("\u0301a", "a", (), id="a mark without a letter"),
    ],
)
def test_spelling_with_the_bundled_face(text: str, letters: str, marks: tuple[tuple[int, str], ...]) -> None:
    assert spell(text) == (letters, marks)


def test_an_accent_adds_no_length() -> None:
    assert length("Ñusta Lía", 14) == length("Nusta Lia", 14)
