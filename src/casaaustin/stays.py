"""A stay: a half-open run of nights.

A night is named by the calendar date on which it begins, so the stay
`[check_in, check_out)` consists of the nights check-in … check-out − 1, and two
stays that touch on the day one leaves and the other arrives do not meet.
Source: docs/rules/pricing.md, conventions; docs/rules/reservations.md, 0.4.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from casaaustin.errors import InvalidInput

ONE_DAY = timedelta(days=1)
FRIDAY, SATURDAY = 4, 5


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """The nights `[check_in, check_out)`; at least one.

    Raises:
        InvalidInput: check-out is not after check-in.
    """

    check_in: date
    check_out: date

    def __post_init__(self) -> None:
        if self.check_out <= self.check_in:
            raise InvalidInput(
                f"The check-out {self.check_out} is not after the check-in {self.check_in}.",
                field="check_out",
                code="check_out_not_after_check_in",
                hint="A stay has at least one night.",
            )

    @property
    def night_count(self) -> int:
        """How many nights."""
        return (self.check_out - self.check_in).days

    def nights(self) -> Iterator[date]:
        """Every night, in order."""
        first = self.check_in.toordinal()
        return map(date.fromordinal, range(first, self.check_out.toordinal()))

    def overlaps(self, other: Stay) -> bool:
        """Whether the two share a night."""
        return self.check_in < other.check_out and other.check_in < self.check_out

    def __contains__(self, night: date) -> bool:
        return self.check_in <= night < self.check_out

    def __str__(self) -> str:
        return f"{self.check_in} → {self.check_out}"


def is_weekend_night(night: date) -> bool:
    """Whether `night` is sold at the weekend price: Friday and Saturday nights only.

    Source: docs/rules/pricing.md, 2.2 (the incumbent's help texts that count Sunday are wrong, D-02).
    """
    return night.weekday() in (FRIDAY, SATURDAY)
