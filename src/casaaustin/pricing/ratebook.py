"""The rate book: all that a price is made from, at one moment, as plain values.

It is loaded once and never changes; a newer one has a higher `version`. Prices
are dollars for one guest and one night unless a name says otherwise.
Source: docs/rules/pricing.md, 1.1 to 1.6 and 1.13 to 1.15.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import UUID

from casaaustin.errors import InvalidInput
from casaaustin.money import ZERO
from casaaustin.pricing.policy_texts import policy_text
from casaaustin.vocabulary import CodeVsAutomatic, ReductionType, SeasonType, SpecialNights

if TYPE_CHECKING:
    from casaaustin.pricing.nights import NightPrice

MonthDay = tuple[int, int]
LEAP_YEAR = 2024


class MinNightsMode(StrEnum):
    """How the minimum around a special date is judged. Source: docs/rules/pricing.md, 2.9."""

    WINDOW = "window"
    FEASIBLE_RUN = "feasible_run"


class CapacityMode(StrEnum):
    """Whether too many guests are refused or only remarked on. Source: docs/rules/pricing.md, 3.1."""

    ENFORCE = "enforce"
    WARN = "warn"


class HoldWithoutDeadline(StrEnum):
    """What a hold without a deadline does. Source: docs/rules/pricing.md, 3.1."""

    BLOCKS = "blocks"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Policy:
    """Policy switches; the defaults are the first-day rules. Source: docs/rules/pricing.md, 0."""

    min_nights_mode: MinNightsMode = MinNightsMode.WINDOW
    capacity_mode: CapacityMode = CapacityMode.ENFORCE
    hold_without_deadline: HoldWithoutDeadline = HoldWithoutDeadline.BLOCKS
    code_vs_automatic: CodeVsAutomatic = CodeVsAutomatic.CODE_WINS
    special_nights: SpecialNights = SpecialNights.CHECK_IN_ONLY

    @classmethod
    def from_words(cls, words: Mapping[str, str]) -> Policy:
        """Read switches by name; those left out keep their default.

        Raises:
            InvalidInput: an unknown switch or value, naming the allowed ones.
        """
        kinds: dict[str, type[StrEnum]] = {name: type(getattr(_DEFAULTS, name)) for name in _DEFAULTS.words()}
        chosen: dict[str, StrEnum] = {}
        for name, value in words.items():
            if name not in kinds:
                raise InvalidInput(
                    f"There is no policy switch {name!r}.", field=name, hint=f"Switches: {', '.join(kinds)}."
                )
            try:
                chosen[name] = kinds[name](value)
            except ValueError:
                allowed = ", ".join(kinds[name])
                raise InvalidInput(
                    f"The switch {name} cannot be {value!r}.", field=name, hint=f"Use one of: {allowed}."
                ) from None
        return cls(**chosen)  # type: ignore[arg-type]

    def words(self) -> dict[str, str]:
        """The switches by name, as they are stored."""
        return {field.name: getattr(self, field.name).value for field in fields(self)}


_DEFAULTS = Policy()


@dataclass(frozen=True, slots=True)
class NightRates:
    """The four prices of a house; each above zero, or the house is not sold."""

    weekday_low: Decimal
    weekend_low: Decimal
    weekday_high: Decimal
    weekend_high: Decimal

    def are_configured(self) -> bool:
        """Whether all four are set."""
        return min(self.weekday_low, self.weekend_low, self.weekday_high, self.weekend_high) > 0


@dataclass(frozen=True, slots=True)
class SpecialDate:
    """A named night with its own price; `year` None recurs every year."""

    month: int
    day: int
    year: int | None
    label: str
    price_usd: Decimal
    minimum_nights: int = 1


@dataclass(frozen=True, slots=True)
class Season:
    """A part of every year, both ends inclusive; start after end runs over New Year."""

    name: str
    kind: SeasonType
    start: MonthDay
    end: MonthDay

    def contains(self, month_day: MonthDay) -> bool:
        """Whether the season contains this day of the year."""
        if self.start <= self.end:
            return self.start <= month_day <= self.end
        return month_day >= self.start or month_day <= self.end


@dataclass(frozen=True, slots=True)
class House:
    """A house as prices and availability see it."""

    id: UUID
    name: str
    slug: str
    capacity_max: int | None = None
    capacity_sleep: int | None = None
    features: frozenset[str] = frozenset()
    extra_person_usd: Decimal = ZERO
    from_price_usd: Decimal | None = None
    rates: NightRates | None = None
    special_dates: tuple[SpecialDate, ...] = ()
    is_open: bool = True
    has_heated_pool: bool = False
    exchange_class: int | None = None
    zone: str | None = None
    check_in_hour: time = time(15)
    check_out_hour: time = time(11)
    # The largest minimum of nights among its special dates.
    longest_minimum: int = field(init=False, repr=False, compare=False, default=1)
    _special: dict[tuple[int | None, int, int], SpecialDate] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        self._special.update({(row.year, row.month, row.day): row for row in self.special_dates})
        longest = max((row.minimum_nights for row in self.special_dates), default=1)
        object.__setattr__(self, "longest_minimum", longest)

    def special_on(self, night: date) -> SpecialDate | None:
        """The special date of this house on `night`; a row of that year beats the recurring one."""
        if not self._special:
            return None
        special = self._special
        return special.get((night.year, night.month, night.day)) or special.get(
            (None, night.month, night.day)
        )

    @property
    def sleeps(self) -> int | None:
        """Persons that can sleep; the capacity where nothing else is known, None = unlimited."""
        return self.capacity_sleep if self.capacity_sleep is not None else self.capacity_max


@dataclass(frozen=True, slots=True)
class LateCheckoutRule:
    """Late checkout on one weekday of departure (0 = Monday); a fixed value is dollars."""

    weekday: int
    allowed: bool
    reduction: ReductionType
    value: Decimal


@dataclass(frozen=True, slots=True)
class Service:
    """Something sold beside the nights; no houses = all houses."""

    id: UUID
    name: str
    description: str
    price_usd: Decimal
    is_mandatory: bool = False
    is_per_night: bool = False
    is_per_person: bool = False
    houses: frozenset[UUID] = frozenset()
    post_action: str | None = None

    def is_offered_in(self, house: UUID) -> bool:
        """Whether the house offers it."""
        return not self.houses or house in self.houses


@dataclass(frozen=True, slots=True)
class CancellationTier:
    """What is returned from so many days before check-in; no houses = all houses."""

    id: UUID
    name: str
    description: str
    days_before: int
    refund_percentage: Decimal
    is_default: bool = False
    houses: frozenset[UUID] = frozenset()

    @property
    def text(self) -> str:
        """What guests read: the description, or the figures in words where nobody wrote one."""
        return self.description or policy_text(self.days_before, self.refund_percentage)


@dataclass(frozen=True, slots=True)
class CurrentRate:
    """The active exchange rate and since when it is so."""

    usd_to_sol: Decimal
    since: datetime


@dataclass(frozen=True)
class RateBook:
    """Everything that prices are made from, at one version.

    Houses come in natural order ("Casa 2" before "Casa 10"). Nightly prices that
    were worked out once are remembered: the book cannot change, so neither can they.
    """

    version: int
    houses: tuple[House, ...]
    seasons: tuple[Season, ...] = ()
    late_checkout: Mapping[int, LateCheckoutRule] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    cancellation: tuple[CancellationTier, ...] = ()
    rate: CurrentRate | None = None
    policy: Policy = Policy()
    night_memory: dict[tuple[UUID, date], NightPrice | None] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    tier_memory: dict[UUID, tuple[CancellationTier, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "houses", tuple(sorted(self.houses, key=lambda house: natural_key(house.name)))
        )

    @cached_property
    def by_id(self) -> Mapping[UUID, House]:
        """Houses by id."""
        return {house.id: house for house in self.houses}

    @cached_property
    def high_days(self) -> frozenset[MonthDay]:
        """Every day of the year that lies in an active high season."""
        high = [season for season in self.seasons if season.kind is SeasonType.HIGH]
        return frozenset(day for day in days_of_the_year() if any(season.contains(day) for season in high))

    @cached_property
    def longest_minimum(self) -> int:
        """The largest minimum of nights of any special date: how far around a stay one must look."""
        return max((house.longest_minimum for house in self.houses), default=1)

    def season_name(self, night: date) -> str | None:
        """The name of the high season that `night` lies in."""
        month_day = (night.month, night.day)
        return next(
            (
                season.name
                for season in self.seasons
                if season.kind is SeasonType.HIGH and season.contains(month_day)
            ),
            None,
        )


def days_of_the_year() -> Iterable[MonthDay]:
    """All 366 days that a calendar can have."""
    first = date(LEAP_YEAR, 1, 1).toordinal()
    for offset in range(366):
        day = date.fromordinal(first + offset)
        yield day.month, day.day


def check_month_day(month: int, day: int, *, field: str) -> MonthDay:
    """A day that exists in a leap year.

    Raises:
        InvalidInput: there is no such day.
    """
    try:
        date(LEAP_YEAR, month, day)
    except ValueError:
        raise InvalidInput(
            f"There is no day {day:02}/{month:02} in any year.",
            field=field,
            hint="Write day and month like 25/12.",
        ) from None
    return month, day


_DIGITS = "0123456789"


def natural_key(name: str) -> tuple[str, int, str]:
    """Sort key of a house: name without its trailing number, that number, the whole name.

    Source: docs/rules/pricing.md, 2.4.
    """
    stem = name.strip().rstrip(_DIGITS)
    number = name.strip()[len(stem) :]
    return stem.strip().casefold(), int(number) if number else 0, name
