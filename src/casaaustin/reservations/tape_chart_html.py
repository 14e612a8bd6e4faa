"""The tape chart as one web page: no script, nothing to fetch, light and dark, fit for paper.

Every house is a row of a table and every stay an item of a list in it, so that a
screen reader hears "Casa Austin 1: Ana Quispe, 17 al 19 de abril de 2026, …"
where an eye sees a bar. Whatever people typed is escaped.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from html import escape
from itertools import groupby

from casaaustin import formats
from casaaustin.reservations.tape_chart import (
    FREE_NIGHTS,
    KIND_NAMES,
    LATE_NAMES,
    TODAY_NAMES,
    Chart,
    Kind,
    Row,
    Segment,
    clean,
    deadline,
    describe,
    lay_out,
    name_of,
)
from casaaustin.stays import is_weekend_night
from casaaustin.vocabulary import Language

_WORDS = {
    Language.SPANISH: {
        "title": "Calendario",
        "house": "Casa",
        "guests": "huéspedes",
        "none": "No hay casas.",
    },
    Language.ENGLISH: {"title": "Calendar", "house": "House", "guests": "guests", "none": "No houses."},
}

_STYLE = """
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ink: #1d2430; --quiet: #667085; --line: #e4e7ec; --weekend: #f4f1fa; --today: #fff3d6;
  --accent: #b54708; --approved: #0f766e; --airbnb: #c81e5b; --pending: #fde68a; --pending-ink: #4a3304;
  --review: #fdba74; --review-ink: #5a2504; --hold: #b54708; --block: #7d8594; --late: #0a4f4a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14181f; --ink: #e7eaf0; --quiet: #98a2b3; --line: #2a313c; --weekend: #1d1f2e; --today: #3a3015;
    --accent: #fdb022; --approved: #0f7a71; --airbnb: #d6336c; --pending: #e9cf6b; --pending-ink: #2f2003;
    --review: #f0a35a; --review-ink: #3d1902; --hold: #fdb022; --block: #5d6675; --late: #0b5e57;
  }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem; background: var(--paper); color: var(--ink);
  font: 14px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 1.35rem; margin: 0 0 1rem; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: .6rem; }
table { border-collapse: separate; border-spacing: 0; width: 100%; }
th, td { padding: 0; text-align: left; font-weight: normal; }
.house { position: sticky; left: 0; z-index: 2; background: var(--paper); padding: .45rem .9rem; width: 1%;
  border-right: 1px solid var(--line); white-space: nowrap; }
.house b { display: block; font-weight: 600; }
.house small { color: var(--quiet); }
thead .house { color: var(--quiet); vertical-align: bottom; }
tbody td, tbody th { border-top: 1px solid var(--line); }
tbody td { height: 3.2rem; }
.track { display: grid; grid-template-columns: repeat(var(--halves), minmax(1.35rem, 1fr));
  grid-auto-rows: 2rem; row-gap: .2rem; align-items: stretch; align-content: center; height: 100%; margin: 0;
  padding: .45rem 0; list-style: none; background: var(--days); }
.head { display: grid; grid-template-columns: repeat(var(--days-count), minmax(2.7rem, 1fr));
  text-align: center; }
.head span { padding: .15rem 0 .3rem; border-left: 1px solid var(--line); }
.head .month { text-align: left; padding: .3rem .5rem 0; font-weight: 600; white-space: nowrap;
  overflow: hidden; }
.head small { display: block; color: var(--quiet); }
.head .weekend { background: var(--weekend); font-weight: 600; }
.head .today { background: var(--today); color: var(--accent); font-weight: 700; }
.head .today small { color: inherit; }
.bar { display: flex; align-items: stretch; overflow: hidden; min-width: 0; margin: 0 1px;
  border-radius: .45rem; color: #fff; font-weight: 600; font-size: .86rem; }
.bar:focus-visible { outline: 3px solid var(--accent); outline-offset: 1px; }
.bar .name { flex: 1 1 0; min-width: 0; align-self: center; padding: 0 .5rem; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.bar .name small { font-weight: 400; opacity: .85; }
.bar .late { flex: 0 0 var(--late-share); display: grid; place-items: center;
  background: repeating-linear-gradient(-45deg, #fff3 0 4px, #fff0 4px 8px), var(--late); }
.cut-left { border-top-left-radius: 0; border-bottom-left-radius: 0; margin-left: 0; }
.cut-right { border-top-right-radius: 0; border-bottom-right-radius: 0; margin-right: 0; }
.approved { background: var(--approved); }
.airbnb { background: var(--airbnb); }
.pending { color: var(--pending-ink);
  background: repeating-linear-gradient(-45deg, #fff5 0 6px, #fff0 6px 12px), var(--pending); }
.under_review { color: var(--review-ink);
  background: repeating-linear-gradient(-45deg, #fff5 0 3px, #fff0 3px 6px), var(--review); }
.hold { color: var(--hold); border: 2px dashed var(--hold); background: var(--paper); }
.maintenance { background: repeating-linear-gradient(45deg, #0002 0 4px, #0000 4px 8px), var(--block); }
.legend { display: flex; flex-wrap: wrap; gap: .5rem 1.2rem; margin: 1rem 0 0; padding: 0; list-style: none;
  color: var(--quiet); }
.legend li { display: flex; align-items: center; gap: .45rem; }
.legend .bar { width: 1.8rem; height: 1.1rem; }
@media (max-width: 40rem) {
  body { padding: .75rem; }
  .house { padding: .45rem .5rem; }
  tbody .house small { display: none; }
}
@media print {
  @page { size: landscape; margin: 1cm; }
  body { padding: 0; font-size: 10px; }
  .scroll { overflow: visible; border: 0; }
  .track { grid-template-columns: repeat(var(--halves), minmax(0, 1fr)); }
  .head { grid-template-columns: repeat(var(--days-count), minmax(0, 1fr)); }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  tr { break-inside: avoid; }
}
"""


def render_html(chart: Chart, language: Language = Language.SPANISH) -> str:
    """The whole page."""
    words = _WORDS[language]
    title = f"{words['title']}: {formats.date_range(chart.first_night, chart.end, language)}"
    rows = lay_out(chart)
    if rows:
        table, legend = _table(rows, chart, language), _legend(rows, language)
        named = f'tabindex="0" role="region" aria-label="{escape(title)}"'
        body = f'<div class="scroll" {named}>\n{table}\n</div>\n{legend}'
    else:
        body = f"<p>{escape(words['none'])}</p>"
    shape = f"--halves: {chart.half_count}; --days-count: {chart.night_count}; --days: {_days(chart)}"
    return (
        f'<!doctype html>\n<html lang="{language.value}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n"
        f'<body style="{shape}">\n<h1>{escape(title)}</h1>\n{body}\n</body>\n</html>\n'
    )


def _table(rows: tuple[Row, ...], chart: Chart, language: Language) -> str:
    head = (
        f'<th class="house" scope="col">{_WORDS[language]["house"]}</th><td>{_header(chart, language)}</td>'
    )
    body = "\n".join(_row(row, chart, language) for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _header(chart: Chart, language: Language) -> str:
    """Months above days; each day names itself in full to whoever cannot see the column."""
    cells = []
    at = 1
    for _, days in groupby(chart.nights(), key=lambda night: (night.year, night.month)):
        month = list(days)
        name = f"{formats.month_name(month[0], language)} {month[0].year}"
        cells.append(
            f'<span class="month" style="grid-column: {at} / span {len(month)}">{escape(name)}</span>'
        )
        at += len(month)
    cells += [_day(night, chart, language) for night in chart.nights()]
    return f'<div class="head">{"".join(cells)}</div>'


def _day(night: date, chart: Chart, language: Language) -> str:
    classes = ["weekend"] if is_weekend_night(night) else []
    title = formats.day_long(night, language)
    if night == chart.today:
        classes.append("today")
        title += f" ({TODAY_NAMES[language]})"
    current = ' aria-current="date"' if night == chart.today else ""
    return (
        f'<span class="{" ".join(classes)}" title="{escape(title)}"{current}>'
        f"<small>{escape(formats.weekday_short(night, language))}</small>{night.day}</span>"
    )


def _row(row: Row, chart: Chart, language: Language) -> str:
    notes = [f"{FREE_NIGHTS[language].lower()}: {row.free_nights}"]
    if row.house.capacity is not None:
        notes.insert(0, f"{row.house.capacity} {_WORDS[language]['guests']}")
    bars = "".join(
        _bar(segment, lane, chart, language)
        for lane, segments in enumerate(row.lanes, 1)
        for segment in segments
    )
    name = clean(row.house.name)
    return (
        f'<tr><th class="house" scope="row"><b>{escape(name)}</b>'
        f"<small>{escape(' · '.join(notes))}</small></th>"
        f'<td><ol class="track" aria-label="{escape(name)}">{bars}</ol></td></tr>'
    )


def _bar(segment: Segment, lane: int, chart: Chart, language: Language) -> str:
    """One stay: its place in the grid of half days, its name, and everything about it as a tooltip."""
    stay = segment.stay
    told = escape(describe(stay, language))
    detail = deadline(stay, chart.today, language) or (str(stay.guests) if stay.guests else "")
    name = f"{escape(name_of(stay, language))}{f' <small>{escape(detail)}</small>' if detail else ''}"
    late = ""
    if segment.late_from < segment.end:
        share = 100 * (segment.end - segment.late_from) / (segment.end - segment.start)
        late = f'<span class="late" style="--late-share: {share:.3f}%" aria-hidden="true">»</span>'
    return (
        f'<li class="{" ".join(_classes(segment))}" tabindex="0" title="{told}" aria-label="{told}"'
        f' style="grid-area: {lane} / {segment.start + 1} / auto / {segment.end + 1}">'
        f'<span class="name" aria-hidden="true">{name}</span>{late}</li>'
    )


def _classes(segment: Segment) -> Iterator[str]:
    yield "bar"
    yield segment.stay.kind.value
    if segment.cut_left:
        yield "cut-left"
    if segment.cut_right:
        yield "cut-right"


def _days(chart: Chart) -> str:
    """Shading of weekend nights and of today, and a line before each day: one background for every row."""
    layers = []
    for column, night in enumerate(chart.nights()):
        tone = "--today" if night == chart.today else "--weekend" if is_weekend_night(night) else ""
        if tone:
            layers.append(_stripe(tone, column, chart.night_count))
    line = f"repeating-linear-gradient(90deg, var(--line) 0 1px, #0000 1px calc(100% / {chart.night_count}))"
    return ", ".join([line, *layers])


def _stripe(tone: str, column: int, count: int) -> str:
    left, right = f"{100 * column / count:.4f}%", f"{100 * (column + 1) / count:.4f}%"
    return f"linear-gradient(90deg, #0000 {left}, var({tone}) {left} {right}, #0000 {right})"


def _legend(rows: tuple[Row, ...], language: Language) -> str:
    segments = [segment for row in rows for lane in row.lanes for segment in lane]
    kinds = {segment.stay.kind for segment in segments}
    entries = [
        f'<li><span class="bar {kind.value}"></span>{escape(KIND_NAMES[language][kind])}</li>'
        for kind in Kind
        if kind in kinds
    ]
    if any(segment.late_from < segment.end for segment in segments):
        sample = '<span class="bar"><span class="late" style="--late-share: 100%">»</span></span>'
        entries.append(f"<li>{sample}{escape(LATE_NAMES[language])}</li>")
    return f'<ul class="legend">{"".join(entries)}</ul>'
