"""The tape chart as a picture, for a message or a report. Pillow is loaded when one is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING

from casaaustin import formats
from casaaustin.errors import InvalidInput, NotReady
from casaaustin.reservations.tape_chart import (
    FREE_NIGHTS,
    KIND_NAMES,
    LATE_NAMES,
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
from casaaustin.reservations.tape_chart_lettering import length, lettering
from casaaustin.stays import is_weekend_night
from casaaustin.vocabulary import Language

if TYPE_CHECKING:
    from PIL import Image, ImageDraw

# Measures in whole points; `scale` makes pixels of them.
_MARGIN = 24
_TITLE = 44
_HEADER = 66
_ROW, _LANE, _BAR = 56, 36, 34
_LEGEND = 30
_MOST_PIXELS = 60_000_000
_NARROWEST_HALF, _WIDEST_HALF, _AIM = 22, 38, 1120

_PAPER, _INK, _QUIET, _RULE = "#ffffff", "#1d2430", "#667085", "#e4e7ec"
_WEEKEND, _TODAY, _ACCENT = "#f4f1fa", "#fff3d6", "#b54708"
_LATE, _LATE_STRIPE = "#0a4f4a", "#2f706b"


@dataclass(frozen=True, slots=True)
class _Paint:
    """Ground, stripes over it if any, and letters of a bar."""

    ground: str
    ink: str
    stripe: str | None = None


_PAINTS = {
    Kind.APPROVED: _Paint("#0f766e", "#ffffff"),
    Kind.AIRBNB: _Paint("#c81e5b", "#ffffff"),
    Kind.PENDING: _Paint("#fde68a", "#4a3304", "#fef3c4"),
    Kind.UNDER_REVIEW: _Paint("#fdba74", "#5a2504", "#fed2a3"),
    Kind.HOLD: _Paint(_PAPER, "#b54708"),
    Kind.MAINTENANCE: _Paint("#7d8594", "#ffffff", "#6d7482"),
}


def render_png(chart: Chart, scale: int = 2, language: Language = Language.SPANISH) -> bytes:
    """Draw the chart.

    Args:
        chart: what to draw.
        scale: pixels a point; 2 suits today's screens, 3 paper.
        language: of weekdays, months and legend.

    Returns:
        A PNG file. The same chart gives the same pixels.

    Raises:
        InvalidInput: so many houses and nights that the picture would have more than 60 million pixels.
        NotReady: Pillow is not installed.
    """
    try:
        import PIL  # noqa: F401
    except ImportError as missing:
        raise NotReady(
            "Pictures need Pillow, which is not installed.", hint="Install casaaustin[photos]."
        ) from missing
    rows = lay_out(chart)
    canvas = _Canvas.sized(chart, rows, scale, language)
    if canvas.width * canvas.height * scale**2 > _MOST_PIXELS:
        raise InvalidInput(
            f"{len(chart.houses)} houses and {chart.night_count} nights are too many for one picture.",
            hint="Ask for fewer nights, or write a page with --html.",
        )
    picture = canvas.painted()
    file = BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Canvas:
    """Where everything goes, in points."""

    chart: Chart
    rows: tuple[Row, ...]
    scale: int
    language: Language
    house_width: int
    half_width: int

    @classmethod
    def sized(cls, chart: Chart, rows: tuple[Row, ...], scale: int, language: Language) -> _Canvas:
        """Choose the widths: days as wide as a page allows, houses as wide as their names."""
        longest = max((length(clean(row.house.name), 15) for row in rows), default=0)
        house_width = min(max(longest, 130) + 24, 300)
        half_width = min(max((_AIM - house_width) // chart.half_count, _NARROWEST_HALF), _WIDEST_HALF)
        return cls(chart, rows, scale, language, house_width, half_width)

    @property
    def day_width(self) -> int:
        """How wide a day is."""
        return 2 * self.half_width

    @property
    def left(self) -> int:
        """Where the days begin."""
        return _MARGIN + self.house_width

    @property
    def right(self) -> int:
        """Where the days end."""
        return self.left + self.chart.night_count * self.day_width

    @property
    def top(self) -> int:
        """Where the first house begins."""
        return _MARGIN + _TITLE + _HEADER

    @property
    def bottom(self) -> int:
        """Where the last house ends."""
        return self.top + sum(map(_row_height, self.rows))

    @property
    def width(self) -> int:
        """Of the whole picture; the legend must fit as well."""
        return max(self.right + _MARGIN, 560)

    @property
    def height(self) -> int:
        """Of the whole picture."""
        return self.bottom + len(self._legend_lines()) * _LEGEND + _MARGIN

    def _pixel(self, across: int, down: int) -> tuple[int, int]:
        """A point of the picture."""
        return across * self.scale, down * self.scale

    def _box(self, box: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """A rectangle of the picture."""
        return (*self._pixel(*box[:2]), *self._pixel(*box[2:]))

    def painted(self) -> Image.Image:
        """The picture, from the ground up."""
        from PIL import Image, ImageDraw

        picture = Image.new("RGB", self._pixel(self.width, self.height), _PAPER)
        pen = ImageDraw.Draw(picture)
        title = formats.date_range(self.chart.first_night, self.chart.end, self.language)
        self._write(picture, (_MARGIN, _MARGIN + 12), title, 22, _INK, bold=True)
        self._days(pen)
        self._header(picture)
        top = self.top
        for row in self.rows:
            self._row(picture, pen, row, top)
            top += _row_height(row)
        self._frame(pen)
        self._legend(picture)
        return picture

    def _days(self, pen: ImageDraw.ImageDraw) -> None:
        """The shading of weekend nights and of today, and a line before each day."""
        top = _MARGIN + _TITLE + 24
        for column, night in enumerate(self.chart.nights()):
            left = self.left + column * self.day_width
            tone = _TODAY if night == self.chart.today else _WEEKEND if is_weekend_night(night) else None
            if tone:
                pen.rectangle(self._box((left, top, left + self.day_width, self.bottom)), fill=tone)
            self._line(pen, left, top, left, self.bottom)

    def _header(self, picture: Image.Image) -> None:
        """Months, weekdays and days."""
        top = _MARGIN + _TITLE
        left = self.left
        for _, group in groupby(self.chart.nights(), key=lambda night: (night.year, night.month)):
            days = list(group)
            month = f"{formats.month_name(days[0], self.language)} {days[0].year}"
            room = len(days) * self.day_width - 6
            self._write(picture, (left + 4, top + 10), self._fitting(month, room, 14), 14, _INK, bold=True)
            left += len(days) * self.day_width
        for column, night in enumerate(self.chart.nights()):
            middle = self.left + (2 * column + 1) * self.half_width
            is_today = night == self.chart.today
            strong = is_today or is_weekend_night(night)
            weekday = formats.weekday_short(night, self.language)
            self._write(
                picture, (middle, top + 34), weekday, 12, _ACCENT if is_today else _QUIET, centred=True
            )
            self._write(
                picture,
                (middle, top + 51),
                str(night.day),
                15,
                _ACCENT if is_today else _INK,
                bold=strong,
                centred=True,
            )

    def _row(self, picture: Image.Image, pen: ImageDraw.ImageDraw, row: Row, top: int) -> None:
        """A house, its notes and its bars."""
        self._line(pen, _MARGIN, top, self.right, top)
        name = self._fitting(clean(row.house.name), self.house_width - 16, 15)
        self._write(picture, (_MARGIN + 4, top + 20), name, 15, _INK, bold=True)
        free = f"{FREE_NIGHTS[self.language].lower()}: {row.free_nights}"
        self._write(picture, (_MARGIN + 4, top + 38), free, 12, _QUIET)
        for number, lane in enumerate(row.lanes):
            for segment in lane:
                self._bar(picture, segment, top + (_ROW - _BAR) // 2 + number * _LANE)

    def _bar(self, picture: Image.Image, segment: Segment, top: int) -> None:
        """One stay: its shape, its late part, its name."""
        paint = _PAINTS[segment.stay.kind]
        left, late, right = (
            self.left + place * self.half_width for place in (segment.start, segment.late_from, segment.end)
        )
        box = (
            left + (0 if segment.cut_left else 1),
            top,
            right - (0 if segment.cut_right else 1),
            top + _BAR,
        )
        self._shape(picture, box, paint, segment)
        if late < right:
            late_box = (max(late, box[0]), top, box[2], top + _BAR)
            self._shape(picture, late_box, _Paint(_LATE, "#ffffff", _LATE_STRIPE), segment, clip=box)
            middle = ((late_box[0] + late_box[2]) // 2, top + _BAR // 2)
            self._write(picture, middle, "»", 16, "#ffffff", bold=True, centred=True)
        room = min(late, box[2]) - box[0] - 14
        self._label(picture, segment, (box[0] + 8, top + _BAR // 2), room, paint.ink)

    def _label(
        self, picture: Image.Image, segment: Segment, at: tuple[int, int], room: int, ink: str
    ) -> None:
        """The longest form of the name that fits; then the deadline or the number of guests."""
        stay = segment.stay
        for form in shorter_names(name_of(stay, self.language)):
            used = length(form, 14) + 1
            if used <= room:
                break
        else:
            return
        self._write(picture, at, form, 14, ink, bold=True)
        detail = deadline(stay, self.chart.today, self.language) or (str(stay.guests) if stay.guests else "")
        if detail and used + 6 + length(detail, 12) <= room:
            self._write(picture, (at[0] + used + 6, at[1]), detail, 12, ink)

    def _shape(
        self,
        picture: Image.Image,
        box: tuple[int, int, int, int],
        paint: _Paint,
        segment: Segment | None = None,
        *,
        clip: tuple[int, int, int, int] | None = None,
    ) -> None:
        """A bar with round corners where the stay begins and ends, painted or dashed.

        `clip` is the whole bar when `box` is only its late part. Drawn four times as large and
        reduced, because Pillow's own corners are jagged.
        """
        from PIL import Image, ImageDraw

        fine = 4
        left, top, right, bottom = self._box(box)
        outer = self._box(clip or box)
        size = ((right - left) * fine, (bottom - top) * fine)
        if size[0] <= 0:
            return
        corners = (True,) * 4
        if segment is not None:
            corners = (
                not segment.cut_left,
                not segment.cut_right,
                not segment.cut_right,
                not segment.cut_left,
            )
        mask = Image.new("L", size, 0)
        ImageDraw.Draw(mask).rounded_rectangle(
            ((outer[0] - left) * fine, 0, (outer[2] - left) * fine - 1, size[1] - 1),
            radius=min(7 * self.scale * fine, size[1] // 2, (outer[2] - outer[0]) * fine // 2),
            fill=255,
            corners=corners,
        )
        ground = Image.new("RGB", size, paint.ground)
        brush = ImageDraw.Draw(ground)
        if paint.stripe:
            for start in _stripes(size, 12 * self.scale * fine):
                brush.line(
                    (start, size[1], start + size[1], 0), fill=paint.stripe, width=4 * self.scale * fine
                )
        if paint is _PAINTS[Kind.HOLD]:
            _dash(brush, size, corners, paint.ink, self.scale * fine)
        reduced = (right - left, bottom - top)
        picture.paste(
            ground.resize(reduced, Image.Resampling.LANCZOS),
            (left, top),
            mask.resize(reduced, Image.Resampling.LANCZOS),
        )

    def _frame(self, pen: ImageDraw.ImageDraw) -> None:
        self._line(pen, _MARGIN, self.bottom, self.right, self.bottom)
        self._line(pen, self.right, _MARGIN + _TITLE + 24, self.right, self.bottom)

    def _legend_lines(self) -> list[list[tuple[str, _Paint, int]]]:
        """What the colours mean, as far as they occur: name, paint and width, line by line."""
        segments = [segment for row in self.rows for lane in row.lanes for segment in lane]
        kinds = {segment.stay.kind for segment in segments}
        entries = [(KIND_NAMES[self.language][kind], _PAINTS[kind]) for kind in Kind if kind in kinds]
        if any(segment.late_from < segment.end for segment in segments):
            entries.append((LATE_NAMES[self.language], _Paint(_LATE, "#ffffff", _LATE_STRIPE)))
        lines: list[list[tuple[str, _Paint, int]]] = []
        used = self.width
        for name, paint in entries:
            width = 34 + length(name, 13) + 22
            if used + width > self.width - _MARGIN:
                lines.append([])
                used = _MARGIN
            lines[-1].append((name, paint, width))
            used += width
        return lines

    def _legend(self, picture: Image.Image) -> None:
        middle = self.bottom + _LEGEND
        for line in self._legend_lines():
            left = _MARGIN
            for name, paint, width in line:
                self._shape(picture, (left, middle - 8, left + 28, middle + 8), paint)
                self._write(picture, (left + 34, middle), name, 13, _QUIET)
                left += width
            middle += _LEGEND

    @staticmethod
    def _fitting(text: str, room: int, size: int) -> str:
        """`text`, cut with an ellipsis where it would be wider than `room`."""
        if length(text, size) <= room:
            return text
        while text and length(f"{text}…", size) > room:
            text = text[:-1]
        return f"{text.rstrip()}…" if text else ""

    def _write(
        self,
        picture: Image.Image,
        at: tuple[int, int],
        text: str,
        size: int,
        ink: str,
        *,
        bold: bool = False,
        centred: bool = False,
    ) -> None:
        """Text from a point on, or around it, at the height of its capitals' middle."""
        mask = lettering(text, size * self.scale, bold=bold)
        left = at[0] - length(text, size) // 2 if centred else at[0]
        picture.paste(ink, self._pixel(left, at[1] - size), mask)

    def _line(self, pen: ImageDraw.ImageDraw, left: int, top: int, right: int, bottom: int) -> None:
        pen.line(self._box((left, top, right, bottom)), fill=_RULE, width=max(1, self.scale // 2))


def _row_height(row: Row) -> int:
    return _ROW + (len(row.lanes) - 1) * _LANE


def _stripes(size: tuple[int, int], step: int) -> Iterator[int]:
    """Where slanting stripes begin along the lower edge."""
    return iter(range(-size[1], size[0], step))


def _dash(
    brush: ImageDraw.ImageDraw, size: tuple[int, int], corners: tuple[bool, ...], ink: str, unit: int
) -> None:
    """An outline, dashed along its straight edges: nothing is sold yet."""
    width, height = size
    brush.rounded_rectangle(
        (0, 0, width - 1, height - 1),
        radius=min(7 * unit, height // 2, width // 2),
        outline=ink,
        width=2 * unit,
        corners=corners,  # type: ignore[arg-type]
    )
    for start in range(12 * unit, width - 12 * unit, 9 * unit):
        for edge in (0, height - 2 * unit):
            brush.rectangle((start, edge, start + 3 * unit, edge + 2 * unit), fill=_PAPER)
