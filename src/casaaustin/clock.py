"""The only place that knows what time it is.

Everything else receives a `Clock`. An instant is an aware `datetime` in UTC; a
business day is a date in Lima, which from 19:00 on is not the UTC date.
Source: docs/rules/reservations.md, 0.1.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from casaaustin.errors import InvalidInput

LIMA = ZoneInfo("America/Lima")


class Clock(Protocol):
    """Tells the current instant."""

    def now(self) -> datetime:
        """The current instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is told to move: tests, rehearsals, the demo."""

    def __init__(self, at: datetime) -> None:
        self._at = utc(at)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        """Jump to `at`."""
        self._at = utc(at)

    def advance(self, by: timedelta) -> None:
        """Move forward (or, with a negative span, back)."""
        self._at += by


def today(clock: Clock) -> date:
    """The business day: the calendar date in Lima."""
    return lima_date(clock.now())


def lima_date(instant: datetime) -> date:
    """The calendar date in Lima at `instant`."""
    return utc(instant).astimezone(LIMA).date()


def lima_instant(day: date, at: time = time(0)) -> datetime:
    """The instant, in UTC, of a wall-clock time in Lima."""
    return datetime.combine(day, at, tzinfo=LIMA).astimezone(UTC)


def utc(instant: datetime) -> datetime:
    """`instant` in UTC.

    Raises:
        InvalidInput: the instant carries no zone, so it could mean anything.
    """
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise InvalidInput(
            f"The instant {instant.isoformat()} has no time zone.",
            hint="Add an offset, for example 2026-01-15T10:00:00-05:00.",
        )
    return instant.astimezone(UTC)


def parse_instant(text: str) -> datetime:
    """Read an ISO 8601 instant with an offset, such as `2026-01-15T10:00:00-05:00`.

    Raises:
        InvalidInput: not an instant, or without an offset.
    """
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput(
            f"{text!r} is not an instant.", hint="Write it like 2026-01-15T10:00:00-05:00."
        ) from None
    return utc(instant)
