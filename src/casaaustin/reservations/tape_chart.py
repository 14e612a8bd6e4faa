"""The tape chart: houses down, nights across, stays as bars. What is where; how it looks is elsewhere.

Time is cut into half days. A guest arrives in the afternoon and leaves in the
morning, so a stay's bar runs from the afternoon half of its check-in day to the
morning half of its check-out day, and on a day of turnover both guests are seen.
A late checkout blocks the night of the check-out day: the bar goes on through
that night as its *late* part.

    half      0     1     2     3     4     5
           ├─────┼─────┼─────┼─────┼─────┼─────┤
    day        17          18          19
    night        └── 17 ───┘└── 18 ────┘

Rendered by `tape_chart_text`, `tape_chart_html` and `tape_chart_png`.
Source: docs/rules/pricing.md, 3.1 and 3.2; docs/rules/reservations.md, 0.4.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from casaaustin import formats
from casaaustin.clock import LIMA, utc
from casaaustin.errors import InvalidInput
from casaaustin.stays import Stay
from casaaustin.vocabulary import Language, Origin, ReservationStatus

ENDED = frozenset({ReservationStatus.REJECTED, ReservationStatus.CANCELLED})


class Kind(StrEnum):
    """How a bar is drawn, in the order of the legend."""

    APPROVED = "approved"
    AIRBNB = "airbnb"
    PENDING = "pending"
    UNDER_REVIEW = "under_review"
    HOLD = "hold"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True)
class ChartHouse:
    """A row of the chart; `capacity` is its largest number of guests, if it has one."""

    id: str
    name: str
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class ChartStay:
    """A bar of the chart.

    `label` is what the bar says, usually the guest's name; empty for a block or
    an imported stay without a guest. `held_until` is the deadline of a hold.

    Raises:
        InvalidInput: not check-in < check-out ≤ occupied until.
    """

    id: str
    house_id: str
    label: str
    check_in: date
    check_out: date
    occupied_until: date
    status: ReservationStatus
    origin: Origin
    held_until: datetime | None = None
    guests: int = 0

    def __post_init__(self) -> None:
        if not self.check_in < self.check_out <= self.occupied_until:
            raise InvalidInput(
                f"The stay {self.check_in} → {self.check_out}, occupied until {self.occupied_until}, "
                "runs backwards.",
                field="check_out",
            )

    @property
    def kind(self) -> Kind:
        """What the bar shows first: a block, what is still open, else who brought the guest."""
        if self.origin is Origin.MAINTENANCE:
            return Kind.MAINTENANCE
        match self.status:
            case ReservationStatus.INCOMPLETE:
                return Kind.HOLD
            case ReservationStatus.PENDING:
                return Kind.PENDING
            case ReservationStatus.UNDER_REVIEW:
                return Kind.UNDER_REVIEW
            case _:
                return Kind.AIRBNB if self.origin is Origin.AIRBNB else Kind.APPROVED

    @property
    def has_late_checkout(self) -> bool:
        """Whether the night of the check-out day is blocked too."""
        return self.occupied_until > self.check_out


@dataclass(frozen=True, slots=True)
class Chart:
    """What is to be drawn: the nights `[first_night, end)` of some houses.

    Stays outside the window, of other houses, or that ended without a stay are
    left out; whether a hold has lapsed is for the caller to know.

    Raises:
        InvalidInput: the window has no night.
    """

    houses: tuple[ChartHouse, ...]
    stays: tuple[ChartStay, ...]
    first_night: date
    end: date
    today: date

    def __post_init__(self) -> None:
        Stay(self.first_night, self.end)

    @property
    def night_count(self) -> int:
        """How many nights the window has."""
        return (self.end - self.first_night).days

    @property
    def half_count(self) -> int:
        """How many half days the window has."""
        return 2 * self.night_count

    @property
    def today_column(self) -> int | None:
        """The day column of today, if it is inside the window."""
        column = (self.today - self.first_night).days
        return column if 0 <= column < self.night_count else None

    def nights(self) -> list[date]:
        """Every night of the window, in order."""
        return list(Stay(self.first_night, self.end).nights())

    def bands(self, nights: int) -> Iterator[Chart]:
        """The chart in pieces of at most `nights` nights."""
        step = timedelta(days=nights)
        first = self.first_night
        while first < self.end:
            yield replace(self, first_night=first, end=min(first + step, self.end))
            first += step


@dataclass(frozen=True, slots=True)
class Segment:
    """The part of a stay that the window shows: half days `[start, end)`.

    The late part is `[late_from, end)`, empty without a late checkout.
    `cut_left` and `cut_right` say that the stay goes on beyond that edge.
    """

    stay: ChartStay
    start: int
    end: int
    late_from: int
    cut_left: bool
    cut_right: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A house with its bars and its free nights.

    Bars of one lane never overlap. A house needs a second lane only when two of
    its stays share a night, which books brought over from elsewhere may contain.
    """

    house: ChartHouse
    lanes: tuple[tuple[Segment, ...], ...]
    free: tuple[Stay, ...]

    @property
    def free_nights(self) -> int:
        """How many nights of the window are free."""
        return sum(run.night_count for run in self.free)


def lay_out(chart: Chart) -> tuple[Row, ...]:
    """Place every stay of the chart; houses in the given order, always at least one lane."""
    by_house: dict[str, list[Segment]] = {house.id: [] for house in chart.houses}
    for stay in sorted(chart.stays, key=lambda stay: (stay.check_in, stay.check_out, stay.id)):
        if stay.house_id in by_house and stay.status not in ENDED:
            segment = _clip(stay, chart)
            if segment is not None:
                by_house[stay.house_id].append(segment)
    return tuple(
        Row(house, _lanes(by_house[house.id]), _free_runs(by_house[house.id], chart))
        for house in chart.houses
    )


def name_of(stay: ChartStay, language: Language = Language.SPANISH) -> str:
    """What the bar says in full: its label, or what it is when it has none."""
    if label := clean(stay.label):
        return label
    if stay.origin is Origin.AIRBNB:
        return "Airbnb"
    if stay.kind is Kind.MAINTENANCE:
        return KIND_NAMES[language][Kind.MAINTENANCE]
    return _WORDS[language]["nobody"]


def clean(text: str) -> str:
    """Only what has a known width, with single blanks: no control or direction marks, joiners, skin tones.

    A name comes from a stranger: an escape sequence in it must not reach a terminal.
    """
    return " ".join("".join(map(_drawable, unicodedata.normalize("NFC", text))).split())


def shorter_names(name: str) -> Iterator[str]:
    """`name` and its short forms, longest first: `Ana Quispe`, `Ana Q.`, `Ana`, `AQ`, `A`."""
    words = name.split()
    if not words:
        return
    yield " ".join(words)
    if len(words) > 1:
        if len(words) > 2:
            yield f"{words[0]} {words[1]}"
        yield f"{words[0]} {words[1][0]}."
        yield words[0]
        yield words[0][0] + words[1][0]
    yield words[0][0]


def deadline(stay: ChartStay, today: date, language: Language = Language.SPANISH) -> str:
    """When a hold lapses, briefly: the hour if it is today, else the day; empty without a deadline."""
    if stay.held_until is None or stay.kind is not Kind.HOLD:
        return ""
    local = utc(stay.held_until).astimezone(LIMA)
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local.day} {formats.month_short(local.date(), language)}"


def describe(stay: ChartStay, language: Language = Language.SPANISH) -> str:
    """Everything about a bar in one line, for a tooltip and for a screen reader."""
    words = _WORDS[language]
    name, kind = name_of(stay, language), KIND_NAMES[language][stay.kind]
    parts = [name, formats.date_range(stay.check_in, stay.check_out, language)]
    if kind != name:
        parts.append(kind)
    if stay.held_until is not None and stay.kind is Kind.HOLD:
        parts.append(f"{words['until']} {formats.instant(stay.held_until, language)}")
    if stay.guests and stay.kind is not Kind.MAINTENANCE:
        parts.append(f"{stay.guests} {words['guest' if stay.guests == 1 else 'guests']}")
    if stay.has_late_checkout:
        parts.append(LATE_NAMES[language])
    return ", ".join(parts)


KIND_NAMES = {
    Language.SPANISH: {
        Kind.APPROVED: "aprobada",
        Kind.AIRBNB: "Airbnb",
        Kind.PENDING: "pendiente",
        Kind.UNDER_REVIEW: "en revisión",
        Kind.HOLD: "con plazo",
        Kind.MAINTENANCE: "mantenimiento",
    },
    Language.ENGLISH: {
        Kind.APPROVED: "approved",
        Kind.AIRBNB: "Airbnb",
        Kind.PENDING: "pending",
        Kind.UNDER_REVIEW: "under review",
        Kind.HOLD: "hold",
        Kind.MAINTENANCE: "maintenance",
    },
}
LATE_NAMES = {Language.SPANISH: "salida tardía", Language.ENGLISH: "late checkout"}
TODAY_NAMES = {Language.SPANISH: "hoy", Language.ENGLISH: "today"}
FREE_NIGHTS = {Language.SPANISH: "Noches libres", Language.ENGLISH: "Free nights"}

_WORDS = {
    Language.SPANISH: {
        "guest": "huésped",
        "guests": "huéspedes",
        "until": "hasta el",
        "nobody": "sin nombre",
    },
    Language.ENGLISH: {"guest": "guest", "guests": "guests", "until": "until", "nobody": "no name"},
}


def _drawable(letter: str) -> str:
    """The letter itself, a blank, `?` for what no font has, or nothing."""
    if letter.isspace():
        return " "
    category = unicodedata.category(letter)
    is_variation = "\ufe00" <= letter <= "\ufe0f" or "\U0001f3fb" <= letter <= "\U0001f3ff"
    if is_variation or category in {"Cc", "Cf", "Me"}:
        return ""
    return "?" if category in {"Cs", "Co", "Cn"} else letter


def _clip(stay: ChartStay, chart: Chart) -> Segment | None:
    """The visible part of a stay; none when it lies outside."""

    def noon(day: date) -> int:
        return 2 * (day - chart.first_night).days + 1

    first, leaves, last = noon(stay.check_in), noon(stay.check_out), noon(stay.occupied_until)
    start, end = max(first, 0), min(last, chart.half_count)
    if start >= end:
        return None
    return Segment(
        stay=stay,
        start=start,
        end=end,
        late_from=min(max(leaves, start), end),
        cut_left=first < 0,
        cut_right=last > chart.half_count,
    )


def _lanes(segments: list[Segment]) -> tuple[tuple[Segment, ...], ...]:
    """Share the bars, in order of arrival, over as few lanes as keep them apart."""
    lanes: list[list[Segment]] = [[]]
    for segment in segments:
        for lane in lanes:
            if not lane or lane[-1].end <= segment.start:
                lane.append(segment)
                break
        else:
            lanes.append([segment])
    return tuple(tuple(lane) for lane in lanes)


def _free_runs(segments: list[Segment], chart: Chart) -> tuple[Stay, ...]:
    """The longest runs of nights without a bar. A night is taken when its evening is."""
    taken = {half // 2 for segment in segments for half in range(segment.start | 1, segment.end, 2)}
    runs: list[Stay] = []
    start: int | None = None
    for night in range(chart.night_count + 1):
        is_free = night < chart.night_count and night not in taken
        if is_free and start is None:
            start = night
        elif not is_free and start is not None:
            first = chart.first_night
            runs.append(Stay(first + timedelta(days=start), first + timedelta(days=night)))
            start = None
    return tuple(runs)
