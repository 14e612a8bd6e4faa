from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given

from casaaustin.reservations.tape_chart import Chart, ChartHouse, Kind, describe
from casaaustin.reservations.tape_chart_html import render_html
from casaaustin.vocabulary import Language
from tests.support.charts import FIRST, HOUSES, TODAY, day, fortnight, make_stay
from tests.unit.reservations.test_tape_chart import charts

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Page(HTMLParser):
    """Reads a page strictly: every element is closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def bars(self) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag == "li" and "title" in attributes]


HOSTILE = [
    "<script>alert(1)</script>",
    '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)",
    "</style></title><img src=x onerror=alert(1)>",
    "&lt;b&gt; & <b>",
    "}; body { display: none } /*",
    "Ana\x00\x1b[31m\u202e Quispe",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_stay_text(name: str) -> None:
    harmless = Chart((ChartHouse("h1", "x", 4),), (make_stay(label="x"),), FIRST, day(7), TODAY)
    hostile = Chart((ChartHouse("h1", name, 4),), (make_stay(label=name),), FIRST, day(7), TODAY)
    expected, page = Page(render_html(harmless)), Page(render_html(hostile))
    shape = [(tag, sorted(attributes)) for tag, attributes in page.elements]
    assert shape == [(tag, sorted(attributes)) for tag, attributes in expected.elements]
    [bar] = page.bars()
    assert bar["title"] == bar["aria-label"] == describe(hostile.stays[0])
    assert "\x1b" not in bar["title"]


def test_the_page_needs_nothing_from_elsewhere() -> None:
    page = render_html(fortnight())
    tags = {tag for tag, _ in Page(page).elements}
    assert not tags & {"script", "link", "img", "iframe", "object"}
    assert "http" not in page
    assert "url(" not in page
    assert "@import" not in page


def test_every_visible_stay_is_told_in_words_and_placed_in_half_days() -> None:
    bars = Page(render_html(fortnight())).bars()
    assert len(bars) == 14
    assert bars[1]["aria-label"] == "Bruno Salas, 19 al 22 de abril de 2026, aprobada, 6 huéspedes"
    assert bars[1]["style"] == "grid-area: 1 / 6 / auto / 12"
    assert {kind for bar in bars for kind in bar["class"].split() if kind in set(Kind)} == set(Kind)


def test_bars_that_go_on_beyond_the_edge_are_cut_open() -> None:
    chart = Chart(HOUSES[:1], (make_stay(check_in=day(-1), nights=20),), FIRST, day(7), TODAY)
    [bar] = Page(render_html(chart)).bars()
    assert bar["class"].split() == ["bar", "approved", "cut-left", "cut-right"]


def test_today_is_marked_for_eyes_and_for_screen_readers() -> None:
    page = Page(render_html(fortnight()))
    [today] = [attributes for _, attributes in page.elements if "aria-current" in attributes]
    assert today["class"] == "today"
    assert today["title"] == "miércoles, 22 de abril de 2026 (hoy)"


def test_it_speaks_english_too() -> None:
    source = render_html(fortnight(), Language.ENGLISH)
    assert '<html lang="en">' in source
    assert "Bruno Salas, 19 to 22 April 2026, approved, 6 guests" in source
    assert "Free nights".lower() in source


def test_no_houses_no_chart() -> None:
    assert "No hay casas." in Page(render_html(Chart((), (), FIRST, day(7), TODAY))).texts


@given(chart=charts())
def test_any_chart_is_a_well_formed_page(chart: Chart) -> None:
    page = Page(render_html(chart))
    assert sum(tag == "th" for tag, _ in page.elements) == 1 + len(chart.houses)
