"""Which nights are taken: the one rule, and the calendar that everything else asks.

Quote, booking, search, calendar, late checkout and moving all use `holding` and
`Occupancy`; nothing else decides whether a reservation blocks a night.
Source: docs/rules/pricing.md, 3.1; docs/rules/reservations.md, 0.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from casaaustin.stays import ONE_DAY, Stay
from casaaustin.vocabulary import Origin, ReservationStatus

FIRM_STATUSES = frozenset({ReservationStatus.APPROVED, ReservationStatus.UNDER_REVIEW})
LIVE_STATUSES = FIRM_STATUSES | {ReservationStatus.PENDING, ReservationStatus.INCOMPLETE}


@dataclass(frozen=True, slots=True)
class Holding:
    """How a reservation holds its nights: firmly, or until an instant."""

    until: datetime | None = None

    def is_live(self, now: datetime) -> bool:
        """Whether the nights are held at `now`; at the deadline itself they still are."""
        return self.until is None or now <= self.until


FIRM = Holding()


def holding(
    *,
    status: ReservationStatus,
    origin: Origin,
    deadline: datetime | None,
    voucher_uploaded: bool,
    deleted: bool,
    without_deadline_blocks: bool = True,
) -> Holding | None:
    """Whether and how a reservation holds its nights.

    Args:
        status: of the reservation.
        origin: who brought it in.
        deadline: until when it must be paid for or shown to be.
        voucher_uploaded: whether proof of payment arrived.
        deleted: whether it was deleted.
        without_deadline_blocks: the switch `hold_without_deadline`.

    Returns:
        How the nights are held, or None when the reservation blocks nothing.

    Source: docs/rules/pricing.md, 3.1.
    """
    if deleted or status not in LIVE_STATUSES:
        return None
    if status in FIRM_STATUSES:
        return FIRM
    if status is ReservationStatus.PENDING:
        # Only a web booking that was never proved to be paid can lapse from here.
        if origin is Origin.CLIENT and deadline is not None and not voucher_uploaded:
            return Holding(deadline)
        return FIRM
    if deadline is not None:
        return Holding(deadline)
    return FIRM if without_deadline_blocks else None


def occupied_until(check_out: date, *, late_checkout: bool) -> date:
    """The first night that is free again: one later with late checkout.

    Source: docs/rules/pricing.md, 3.2; docs/rules/reservations.md, 0.4.
    """
    return check_out + ONE_DAY if late_checkout else check_out


def occupied_stay(stay: Stay, *, late_checkout: bool) -> Stay:
    """The nights that a contract blocks."""
    return Stay(stay.check_in, occupied_until(stay.check_out, late_checkout=late_checkout))


@dataclass(frozen=True, slots=True)
class Occupancy:
    """Taken nights of many houses within a window, as one whole number per house.

    Bit `n` of a house's number is its night `window.check_in + n`. Asking about a
    night outside the window is a mistake of the caller and is refused.
    """

    window: Stay
    masks: Mapping[UUID, int] = field(default_factory=dict)

    @classmethod
    def of(cls, window: Stay, taken: Iterable[tuple[UUID, date]]) -> Occupancy:
        """Build from (house, night) pairs; pairs outside the window are left out."""
        first, length = window.check_in.toordinal(), window.night_count
        masks: dict[UUID, int] = {}
        for house, night in taken:
            offset = night.toordinal() - first
            if 0 <= offset < length:
                masks[house] = masks.get(house, 0) | (1 << offset)
        return cls(window, masks)

    def is_taken(self, house: UUID, night: date) -> bool:
        """Whether that night of the house is taken."""
        return bool(self.masks.get(house, 0) & (1 << self._offset(night)))

    def is_free(self, house: UUID, stay: Stay) -> bool:
        """Whether every night of the stay is free in the house."""
        return not self.masks.get(house, 0) & self._mask(stay)

    def taken_nights(self, house: UUID, stay: Stay) -> tuple[date, ...]:
        """The nights of the stay that are taken in the house, in order."""
        clash = self.masks.get(house, 0) & self._mask(stay)
        return tuple(self._nights(clash))

    def without(self, house: UUID, stay: Stay) -> Occupancy:
        """The same calendar as if these nights were free: a stay never meets itself."""
        remaining = dict(self.masks)
        if house in remaining:
            remaining[house] &= ~self._mask_within(stay)
        return Occupancy(self.window, remaining)

    def with_taken(self, house: UUID, stay: Stay) -> Occupancy:
        """The same calendar as if these nights were taken; those outside its window are left out."""
        return Occupancy(
            self.window, {**self.masks, house: self.masks.get(house, 0) | self._mask_within(stay)}
        )

    def _offset(self, night: date) -> int:
        offset = (night - self.window.check_in).days
        if not 0 <= offset < self.window.night_count:
            raise ValueError(f"the night {night} lies outside the calendar {self.window}")
        return offset

    def _mask(self, stay: Stay) -> int:
        offset = self._offset(stay.check_in)
        self._offset(stay.check_out - ONE_DAY)
        return ((1 << stay.night_count) - 1) << offset

    def _mask_within(self, stay: Stay) -> int:
        first = max(stay.check_in, self.window.check_in)
        last = min(stay.check_out, self.window.check_out)
        return self._mask(Stay(first, last)) if first < last else 0

    def _nights(self, mask: int) -> Iterator[date]:
        while mask:
            lowest = mask & -mask
            yield self.window.check_in + timedelta(days=lowest.bit_length() - 1)
            mask ^= lowest


def free_runs(taken: Iterable[date], window: Stay) -> tuple[Stay, ...]:
    """The free runs of nights of one house within a window, in order."""
    runs: list[Stay] = []
    start = window.check_in
    for night in sorted(night for night in set(taken) if night in window):
        if night > start:
            runs.append(Stay(start, night))
        start = night + ONE_DAY
    if start < window.check_out:
        runs.append(Stay(start, window.check_out))
    return tuple(runs)
