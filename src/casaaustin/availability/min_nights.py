"""The minimum of nights that protects a special date. Source: docs/rules/pricing.md, 2.9."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from casaaustin.availability.occupancy import Occupancy
from casaaustin.pricing.ratebook import House, MinNightsMode, SpecialDate
from casaaustin.stays import ONE_DAY, Stay


@dataclass(frozen=True, slots=True)
class MinNightsViolation:
    """A special date that the stay would spoil."""

    night: date
    label: str
    minimum_nights: int


def calendar_window(stay: Stay, longest_minimum: int) -> Stay:
    """The nights one must know about to judge a stay: the rule looks `minimum − 1` nights around
    a special date, which itself may lie as far from the stay."""
    reach = timedelta(days=2 * (longest_minimum - 1))
    return Stay(stay.check_in - reach, stay.check_out + reach)


def min_nights_violations(
    house: House, stay: Stay, occupancy: Occupancy, mode: MinNightsMode
) -> tuple[MinNightsViolation, ...]:
    """Special dates whose protected nights the stay touches without paying for it.

    A stay that touches the nights `S − (m − 1) … S + (m − 1)` around a special date
    S is accepted only if it contains the night S and has at least m nights. The
    rule is waived when S is already sold: nothing is left to protect.

    Args:
        house: with its special dates.
        stay: the nights asked for.
        occupancy: taken nights around the stay, its own left out.
        mode: `window`, or `feasible_run`, which refuses only a stay that destroys
            the last run of m free nights around S.

    Returns:
        All violations in date order; empty = accepted.

    Source: docs/rules/pricing.md, 2.9.
    """
    if house.longest_minimum <= 1:
        return ()
    reach = timedelta(days=house.longest_minimum - 1)
    found: list[MinNightsViolation] = []
    night = stay.check_in - reach
    last = stay.check_out - ONE_DAY + reach
    while night <= last:
        special = house.special_on(night)
        if (
            special is not None
            and special.minimum_nights > 1
            and _spoils(stay, night, special)
            and not occupancy.is_taken(house.id, night)
            and (mode is MinNightsMode.WINDOW or _destroys_last_run(house, stay, night, special, occupancy))
        ):
            found.append(MinNightsViolation(night, special.label, special.minimum_nights))
        night += ONE_DAY
    return tuple(found)


def _spoils(stay: Stay, night: date, special: SpecialDate) -> bool:
    reach = timedelta(days=special.minimum_nights - 1)
    touches = stay.check_in <= night + reach and stay.check_out - ONE_DAY >= night - reach
    pays_for_it = night in stay and stay.night_count >= special.minimum_nights
    return touches and not pays_for_it


def _destroys_last_run(
    house: House, stay: Stay, night: date, special: SpecialDate, occupancy: Occupancy
) -> bool:
    def has_run(without: Stay | None) -> bool:
        for shift in range(special.minimum_nights):
            start = night - timedelta(days=shift)
            run = Stay(start, start + timedelta(days=special.minimum_nights))
            if occupancy.is_free(house.id, run) and (without is None or not run.overlaps(without)):
                return True
        return False

    return has_run(None) and not has_run(stay)
