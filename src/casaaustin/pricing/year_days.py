"""Days of the year as people and files write them: `12-25` every year, `2026-04-05` in one year only.

Source: docs/rules/pricing.md, 1.4 and 1.5.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from casaaustin.errors import InvalidInput
from casaaustin.pricing.ratebook import LEAP_YEAR, MonthDay, check_month_day

FIRST_YEAR, LAST_YEAR = 2000, 2200
_ISO = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")
_SPOKEN = re.compile(r"(\d{1,2})/(\d{1,2})(?:/(\d{4}))?")
_HINT = "Write it like 12-25 or 25/12 (every year), or 2026-12-25 (that year only)."


@dataclass(frozen=True, slots=True)
class YearDay:
    """A day that exists in some year; `year` None recurs every year."""

    month: int
    day: int
    year: int | None = None

    def __str__(self) -> str:
        """ISO 8601, the year left out where there is none."""
        ending = f"{self.month:02}-{self.day:02}"
        return ending if self.year is None else f"{self.year:04}-{ending}"

    @property
    def order(self) -> tuple[int, int, int]:
        """Sort key: recurring days first, then those of one year."""
        return self.year or 0, self.month, self.day

    @property
    def sample(self) -> date:
        """This day in its year, or in some leap year."""
        return date(self.year or LEAP_YEAR, self.month, self.day)


def check_year_day(month: int, day: int, year: int | None, *, field: str) -> YearDay:
    """A day that the calendar has: in that year, or in a leap year when it recurs.

    Raises:
        InvalidInput: it has not.
    """
    if year is None:
        return YearDay(*check_month_day(month, day, field=field))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput(f"{field} has the year {year}.", field=field, hint=_HINT)
    try:
        date(year, month, day)
    except ValueError:
        raise InvalidInput(
            f"There is no day {day:02}/{month:02} in {year}.", field=field, hint=_HINT
        ) from None
    return YearDay(month, day, year)


def parse_year_day(text: str, *, field: str) -> YearDay:
    """Read `12-25`, `25/12`, `2026-12-25` or `25/12/2026`.

    Raises:
        InvalidInput: none of these, or no such day.
    """
    written = text.strip()
    if iso := _ISO.fullmatch(written):
        year, month, day = iso.groups()
    elif spoken := _SPOKEN.fullmatch(written):
        day, month, year = spoken.groups()
    else:
        raise InvalidInput(f"{field} is not a day of the year: {text!r}.", field=field, hint=_HINT)
    return check_year_day(int(month), int(day), None if year is None else int(year), field=field)


def parse_month_day(text: str, *, field: str) -> MonthDay:
    """Read a day of every year: `12-25` or `25/12`.

    Raises:
        InvalidInput: not a day, or one with a year.
    """
    found = parse_year_day(text, field=field)
    if found.year is not None:
        raise InvalidInput(
            f"{field} recurs every year and takes no year: {text!r}.",
            field=field,
            hint="Write it like 12-25 or 25/12.",
        )
    return found.month, found.day


def written_month_day(month_day: MonthDay) -> str:
    """A day of every year as files have it: `12-25`."""
    return str(YearDay(*month_day))
