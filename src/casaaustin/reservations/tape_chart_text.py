"""The tape chart in characters: for a terminal, for a pipe, for a message.

`lines` draws it as runs of text with a style each; `to_plain` and `to_ansi` join
them. Without colour the statuses differ by brackets and fill, so a chart can be
read in a pipe, on paper and by people who see colours differently.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
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
    lay_out,
    name_of,
    shorter_names,
)
from casaaustin.stays import is_weekend_night
from casaaustin.vocabulary import Language

NARROWEST = 24
_NARROWEST_DAY, _WIDEST_DAY = 4, 8
_WEEK = 7
_MOST_FOOTER_LINES = 3


class Style(StrEnum):
    """What a run of text is; a renderer decides what that looks like."""

    PLAIN = "plain"
    HOUSE = "house"
    MONTH = "month"
    DAY = "day"
    WEEKEND = "weekend"
    TODAY = "today"
    FREE = "free"
    NOTE = "note"
    LATE = "late"
    CLASH = "clash"
    APPROVED = "approved"
    AIRBNB = "airbnb"
    PENDING = "pending"
    UNDER_REVIEW = "under_review"
    HOLD = "hold"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class Run:
    """Some text in one style."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class _Look:
    """How a kind of bar begins, what fills it, how it ends."""

    opening: str
    fill: str
    closing: str


@dataclass(frozen=True, slots=True)
class _Glyphs:
    """Every character that is not a word."""

    looks: dict[Kind, _Look]
    late: str
    goes_on_left: str
    goes_on_right: str
    free: str
    today: str
    ellipsis: str
    clash: str


_LINES = _Glyphs(
    looks={
        Kind.APPROVED: _Look("[", "━", "]"),
        Kind.AIRBNB: _Look("|", "═", "|"),
        Kind.PENDING: _Look("(", "┄", ")"),
        Kind.UNDER_REVIEW: _Look("(", "?", ")"),
        Kind.HOLD: _Look("<", " ", ">"),
        Kind.MAINTENANCE: _Look("{", "░", "}"),
    },
    late="»",
    goes_on_left="‹",
    goes_on_right="›",
    free="·",
    today="┊",
    ellipsis="…",
    clash="⚠",
)
_ASCII = _Glyphs(
    looks={
        Kind.APPROVED: _Look("[", "=", "]"),
        Kind.AIRBNB: _Look("|", "#", "|"),
        Kind.PENDING: _Look("(", "-", ")"),
        Kind.UNDER_REVIEW: _Look("(", "?", ")"),
        Kind.HOLD: _Look("<", " ", ">"),
        Kind.MAINTENANCE: _Look("{", "/", "}"),
    },
    late="+",
    goes_on_left="",
    goes_on_right="",
    free=".",
    today=":",
    ellipsis="~",
    clash="!",
)
# Colours carry the kind; a thin edge parts two bars of one colour on a day of turnover.
_COLOURED = _Glyphs(
    looks={
        Kind.APPROVED: _Look("▏", " ", ""),
        Kind.AIRBNB: _Look("▏", " ", ""),
        Kind.PENDING: _Look("▏", "╱", ""),
        Kind.UNDER_REVIEW: _Look("▏", "?", ""),
        Kind.HOLD: _Look("<", " ", ">"),
        Kind.MAINTENANCE: _Look("▏", "░", ""),
    },
    late="»",
    goes_on_left="‹",
    goes_on_right="›",
    free="·",
    today="┊",
    ellipsis="…",
    clash="⚠",
)

_WORDS = {
    Language.SPANISH: {"of": "de", "clash": "cruce", "houses": "casas", "none": "No hay casas."},
    Language.ENGLISH: {"of": "of", "clash": "clash", "houses": "houses", "none": "No houses."},
}

# SGR parameters: 256 colours with both foreground and background, legible on dark and on light.
_SGR = {
    Style.PLAIN: "",
    Style.HOUSE: "1",
    Style.MONTH: "1",
    Style.DAY: "",
    Style.WEEKEND: "1;38;5;170",
    Style.TODAY: "1;7",
    Style.FREE: "2",
    Style.NOTE: "2",
    Style.LATE: "38;5;16;48;5;179",
    Style.CLASH: "1;31",
    Style.APPROVED: "38;5;231;48;5;29",
    Style.AIRBNB: "38;5;231;48;5;161",
    Style.PENDING: "38;5;16;48;5;222",
    Style.UNDER_REVIEW: "38;5;16;48;5;215",
    Style.HOLD: "1;38;5;172",
    Style.MAINTENANCE: "38;5;231;48;5;242",
}


def render_text(
    chart: Chart,
    width: int,
    *,
    colour: bool = False,
    ascii_only: bool = False,
    language: Language = Language.SPANISH,
) -> str:
    """The whole chart as text, without a line break at the end; see `lines`."""
    drawn = lines(chart, width, colour=colour, ascii_only=ascii_only, language=language)
    return to_ansi(drawn) if colour else to_plain(drawn)


def lines(
    chart: Chart,
    width: int,
    *,
    colour: bool = False,
    ascii_only: bool = False,
    language: Language = Language.SPANISH,
) -> list[list[Run]]:
    """Draw the chart.

    Every night is equally wide, four columns or more. Nights that do not fit side
    by side go into bands below each other, of whole weeks where a week fits.

    Args:
        chart: what to draw.
        width: columns of the terminal; below 24 it is drawn as for 24.
        colour: whether colours will tell the kinds of bar apart; else brackets and fill do.
        ascii_only: only the characters of ASCII; letters lose their accents.
        language: of weekdays, months and legend.

    Returns:
        Lines of runs; no line is wider than `width` and none ends in blanks.
    """
    pen = _Pen(_ASCII if ascii_only else _COLOURED if colour else _LINES, ascii_only, language)
    width = max(width, NARROWEST)
    if not chart.houses:
        return [[Run(pen.text(_WORDS[language]["none"]), Style.NOTE)]]
    house_width = min(max(cell_width(pen.text(house.name)) for house in chart.houses), max(6, width // 4))
    nights, day_width = _division(chart.night_count, width - house_width - 1)
    drawn: list[list[Run]] = []
    for band in chart.bands(nights):
        drawn += _header(band, house_width, day_width, pen)
        for row in lay_out(band):
            drawn += _row(row, band, house_width, day_width, pen)
        drawn.append([])
    whole = lay_out(chart)
    drawn += _legend(whole, chart, width, pen)
    drawn += _free_nights(whole, chart, width, pen)
    return [_trimmed(line) for line in drawn]


def to_plain(drawn: Iterable[Iterable[Run]]) -> str:
    """The text alone."""
    return "\n".join("".join(run.text for run in line) for line in drawn)


def to_ansi(drawn: Iterable[Iterable[Run]]) -> str:
    """The text with colours, as terminals understand them."""
    return "\n".join("".join(_painted(run) for run in line) for line in drawn)


def cell_width(text: str) -> int:
    """How many columns a terminal gives to clean text: two to wide letters and emoji, none to accents."""
    return sum(map(_letter_cells, text))


@dataclass(frozen=True, slots=True)
class _Pen:
    """What everything is drawn with."""

    glyphs: _Glyphs
    ascii_only: bool
    language: Language

    def text(self, text: str) -> str:
        """`text` as it may stand in the chart."""
        cleaned = clean(text)
        if not self.ascii_only:
            return cleaned
        plain = unicodedata.normalize("NFKD", cleaned)
        bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
        return bare.encode("ascii", "replace").decode("ascii")

    def shortened(self, text: str, room: int) -> str:
        """`text` cut to `room` columns, with an ellipsis if anything is lost."""
        if cell_width(text) <= room:
            return text
        return _head(text, room - 1) + self.glyphs.ellipsis if room > 0 else ""

    def shortened_inside(self, text: str, room: int) -> str:
        """The same, but keeping the last word: the end of `Casa Austin 12` tells houses apart."""
        if cell_width(text) <= room:
            return text
        last = text.rsplit(maxsplit=1)[-1]
        tail = f" {last}" if cell_width(last) <= room // 2 else ""
        return _head(text, room - 1 - cell_width(tail)) + self.glyphs.ellipsis + tail


def _division(nights: int, room: int) -> tuple[int, int]:
    """How many nights stand side by side in `room` columns, and how wide each is."""
    most = room // _NARROWEST_DAY
    if nights > most:
        nights = most // _WEEK * _WEEK or most
    return nights, min(_WIDEST_DAY, room // nights)


def _column(half: int, day_width: int) -> int:
    """Where a half day begins, in columns from the left edge of the days."""
    return half // 2 * day_width + (day_width // 2 if half % 2 else 0)


def _header(chart: Chart, house_width: int, day_width: int, pen: _Pen) -> list[list[Run]]:
    """Months, weekdays, days. Weekend nights stand in capitals, today in brackets."""
    indent = Run(" " * (house_width + 1))
    weekdays, numbers = [indent], [indent]
    for night in chart.nights():
        name, style = pen.text(formats.weekday_short(night, pen.language)), Style.DAY
        if is_weekend_night(night):
            name, style = name.upper(), Style.WEEKEND
        number = str(night.day)
        if night == chart.today:
            number, style = f"[{number:>2}]", Style.TODAY
        weekdays.append(Run(f"{name:^{day_width}}", Style.DAY if style is Style.TODAY else style))
        numbers += _centred(f"{number:>2}", day_width, style)
    return [[indent, *_months(chart, day_width, pen)], weekdays, numbers]


def _centred(text: str, width: int, style: Style) -> list[Run]:
    """Text in the middle of a column; its style does not spread to the blanks around it."""
    before = (width - len(text)) // 2
    return [Run(" " * before), Run(text, style), Run(" " * (width - before - len(text)))]


def _months(chart: Chart, day_width: int, pen: _Pen) -> Iterator[Run]:
    """Each month above its first day, as long as its days leave room."""
    for _, group in groupby(chart.nights(), key=lambda night: (night.year, night.month)):
        days = list(group)
        room = len(days) * day_width
        yield Run(f"{_month(days[0], room - 1, pen):<{room}}", Style.MONTH)


def _month(day: date, room: int, pen: _Pen) -> str:
    name = pen.text(formats.month_name(day, pen.language))
    choices = (f"{name} {day.year}", name, pen.text(formats.month_short(day, pen.language)))
    return next((text for text in choices if len(text) <= room), "")


def _row(row: Row, chart: Chart, house_width: int, day_width: int, pen: _Pen) -> Iterator[list[Run]]:
    """A house: its bars, and below them any bars that clash with those."""
    for number, lane in enumerate(row.lanes):
        if number == 0:
            title, style = pen.shortened_inside(pen.text(row.house.name), house_width), Style.HOUSE
        else:
            mark = f"{pen.glyphs.clash} {pen.text(_WORDS[pen.language]['clash'])}"
            title, style = pen.shortened(mark, house_width), Style.CLASH
        line = [Run(title, style), Run(" " * (house_width + 1 - cell_width(title)))]
        at = 0
        for segment in lane:
            start = _column(segment.start, day_width)
            line += _gap(at, start, row, chart, day_width, pen)
            line += _bar(segment, chart, day_width, pen)
            at = _column(segment.end, day_width)
        line += _gap(at, _column(chart.half_count, day_width), row, chart, day_width, pen)
        yield line


def _gap(start: int, end: int, row: Row, chart: Chart, day_width: int, pen: _Pen) -> Iterator[Run]:
    """Columns without a bar, with a mark at the afternoon of every free night among them."""
    free = {(night - chart.first_night).days for run in row.free for night in run.nights()}
    for column in range(start, end):
        day, place = divmod(column, day_width)
        if place != day_width // 2 or day not in free:
            yield Run(" ")
        elif day == chart.today_column:
            yield Run(pen.glyphs.today, Style.NOTE)
        else:
            yield Run(pen.glyphs.free, Style.FREE)


def _bar(segment: Segment, chart: Chart, day_width: int, pen: _Pen) -> list[Run]:
    """One stay: opening, name, fill, late part, closing."""
    glyphs, look = pen.glyphs, pen.glyphs.looks[segment.stay.kind]
    start, late, end = (_column(half, day_width) for half in (segment.start, segment.late_from, segment.end))
    opening = glyphs.goes_on_left if segment.cut_left else look.opening
    closing = glyphs.goes_on_right if segment.cut_right else look.closing
    style = Style(segment.stay.kind.value)
    if late == end:
        return [
            Run(
                opening + _inside(segment, chart, late - start - len(opening + closing), pen) + closing, style
            )
        ]
    late_part = Run(glyphs.late * (end - late - len(closing)) + closing, Style.LATE)
    if late == start:
        return [late_part]
    return [Run(opening + _inside(segment, chart, late - start - len(opening), pen), style), late_part]


def _inside(segment: Segment, chart: Chart, room: int, pen: _Pen) -> str:
    """The name, what else fits (deadline, number of guests), and the fill: `room` columns exactly."""
    stay = segment.stay
    label = pen.text(name_of(stay, pen.language))
    forms = list(shorter_names(label))
    text = next((form for form in forms if cell_width(form) <= room), "")
    if forms and cell_width(text) < 3 < room:  # a cut first name says more than initials
        text = pen.shortened(forms[0].split()[0], room)
    if text == " ".join(label.split()):
        guests = f"{stay.guests}p" if stay.guests and stay.kind is not Kind.MAINTENANCE else ""
        for extra in (pen.text(deadline(stay, chart.today, pen.language)), guests):
            if extra and cell_width(f"{text} {extra}") <= room:
                text = f"{text} {extra}"
    left = room - cell_width(text)
    if left > 1 and text:
        return f"{text} " + pen.glyphs.looks[stay.kind].fill * (left - 1)
    return text + pen.glyphs.looks[stay.kind].fill * left


def _legend(rows: tuple[Row, ...], chart: Chart, width: int, pen: _Pen) -> list[list[Run]]:
    """What the marks mean, as far as they occur."""
    segments = [segment for row in rows for lane in row.lanes for segment in lane]
    kinds = {segment.stay.kind for segment in segments}
    entries: list[list[Run]] = []
    for kind in Kind:
        if kind in kinds:
            look = pen.glyphs.looks[kind]
            sample = f"{look.opening}{look.fill * 2}{look.closing}"
            entries.append(
                [
                    Run(sample, Style(kind.value)),
                    Run(f" {pen.text(KIND_NAMES[pen.language][kind])}", Style.NOTE),
                ]
            )
    if any(segment.late_from < segment.end for segment in segments):
        entries.append(
            [Run(pen.glyphs.late * 2, Style.LATE), Run(f" {pen.text(LATE_NAMES[pen.language])}", Style.NOTE)]
        )
    if chart.today_column is not None:
        entries.append(
            [Run(f"[{chart.today.day:>2}]", Style.TODAY), Run(f" {TODAY_NAMES[pen.language]}", Style.NOTE)]
        )
    return _wrapped(entries, width)


def _free_nights(rows: tuple[Row, ...], chart: Chart, width: int, pen: _Pen) -> list[list[Run]]:
    """Free nights of each house; of all together where that would be a wall of figures."""
    words = _WORDS[pen.language]
    title = [Run(f"{FREE_NIGHTS[pen.language]} ({words['of']} {chart.night_count}):", Style.NOTE)]
    each = [
        [Run(f"{pen.shortened_inside(pen.text(row.house.name), width - 8)}: {row.free_nights}", Style.NOTE)]
        for row in rows
    ]
    wrapped = _wrapped([title, *each], width)
    if len(wrapped) <= _MOST_FOOTER_LINES:
        return wrapped
    free, nights = sum(row.free_nights for row in rows), len(rows) * chart.night_count
    total = (
        f"{FREE_NIGHTS[pen.language]}:",
        f"{free} {words['of']} {nights}",
        f"({len(rows)} {words['houses']})",
    )
    return _wrapped([[Run(part, Style.NOTE)] for part in total], width)


def _wrapped(entries: list[list[Run]], width: int) -> list[list[Run]]:
    """Entries side by side, two blanks apart, in as many lines as they need."""
    wrapped: list[list[Run]] = []
    used = width
    for entry in entries:
        room = sum(cell_width(run.text) for run in entry)
        if used + 2 + room > width:
            wrapped.append([*entry])
            used = room
        else:
            wrapped[-1] += [Run("  "), *entry]
            used += 2 + room
    return wrapped


def _trimmed(line: list[Run]) -> list[Run]:
    """Join neighbours of one style, and drop the unpainted blanks at the end."""
    joined = [
        Run("".join(run.text for run in group), style)
        for style, group in groupby(line, key=lambda run: run.style)
    ]
    while joined and joined[-1].style in _UNPAINTED:
        last = joined.pop()
        if text := last.text.rstrip(" "):
            return [*joined, Run(text, last.style)]
    return joined


_UNPAINTED = frozenset({Style.PLAIN, Style.DAY, Style.WEEKEND, Style.MONTH})


def _painted(run: Run) -> str:
    code = _SGR[run.style]
    return f"\x1b[{code}m{run.text}\x1b[0m" if code and run.text else run.text


def _letter_cells(letter: str) -> int:
    if letter.isascii():
        return 1
    if unicodedata.category(letter) == "Mn":
        return 0
    return 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1


def _head(text: str, room: int) -> str:
    """As many letters from the front as fit into `room` columns."""
    taken, used = [], 0
    for letter in text:
        used += _letter_cells(letter)
        if used > room:
            break
        taken.append(letter)
    return "".join(taken)
