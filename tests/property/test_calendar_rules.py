"""Seasons, special dates and minimum nights against slow, plain models of the same rules."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from casaaustin.availability.min_nights import calendar_window, min_nights_violations
from casaaustin.availability.occupancy import Occupancy
from casaaustin.pricing.nights import night_price
from casaaustin.pricing.ratebook import MinNightsMode, Season, SpecialDate, days_of_the_year
from casaaustin.stays import Stay
from casaaustin.vocabulary import NightSource, SeasonType
from tests.support.strategies import days, seasons, special_dates, stays
from tests.support.world import C1, make_book, make_house

ONE_DAY = timedelta(days=1)


def walked_days(season: Season) -> set[tuple[int, int]]:
    """The days of a season, found by walking round a leap year from its first day to its last."""
    day = date(2024, *season.start)
    found = {season.start}
    while (day.month, day.day) != season.end:
        day = date(2024, 1, 1) if day == date(2024, 12, 31) else day + ONE_DAY
        found.add((day.month, day.day))
    return found


@given(season=seasons())
def test_a_season_is_what_one_walks_through_from_start_to_end(season: Season) -> None:
    assert {day for day in days_of_the_year() if season.contains(day)} == walked_days(season)


@given(rows=st.lists(seasons(), max_size=4), night=days())
def test_a_night_is_dear_when_any_high_season_contains_it(rows: list[Season], night: date) -> None:
    book = make_book(make_house(), seasons=tuple(rows))
    high = set().union(*(walked_days(row) for row in rows if row.kind is SeasonType.HIGH))

    price = night_price(book, book.by_id[C1], night)

    assert price is not None
    assert (price.season is SeasonType.HIGH) == ((night.month, night.day) in high)
    assert (price.season_name is not None) == (price.season is SeasonType.HIGH)


@given(rows=st.lists(special_dates(), max_size=12), night=days())
def test_a_special_date_of_the_year_beats_the_one_of_every_year(rows: list[SpecialDate], night: date) -> None:
    unique = tuple({(row.year, row.month, row.day): row for row in rows}.values())
    house = make_house(special_dates=unique)
    that_day = [row for row in unique if (row.month, row.day) == (night.month, night.day)]
    winners = [row for row in that_day if row.year == night.year] or [
        row for row in that_day if row.year is None
    ]

    price = night_price(make_book(house), house, night)

    assert price is not None
    if winners:
        assert (price.source, price.base_usd) == (NightSource.SPECIAL_DATE, winners[0].price_usd)
    else:
        assert price.source is NightSource.RATE


def occurrences(rows: list[SpecialDate], stay: Stay) -> dict[date, SpecialDate]:
    """Every special night of the years around a stay, date by date."""
    found: dict[date, SpecialDate] = {}
    for year in range(stay.check_in.year - 1, stay.check_out.year + 2):
        for row in sorted(rows, key=lambda row: row.year is not None):
            if row.year in {None, year} and ((row.month, row.day) != (2, 29) or year % 4 == 0):
                found[date(year, row.month, row.day)] = row
    return found


def run_of_free_nights(night: date, taken: set[date]) -> int:
    """How many nights in a row are free around a night, itself included; 0 when it is taken."""
    if night in taken:
        return 0
    first = last = night
    while first - ONE_DAY not in taken and (night - first).days < 30:
        first -= ONE_DAY
    while last + ONE_DAY not in taken and (last - night).days < 30:
        last += ONE_DAY
    return (last - first).days + 1


def spoiled(rows: list[SpecialDate], stay: Stay, taken: set[date], mode: MinNightsMode) -> list[date]:
    """The rule of 2.9 word for word, over every night of three years."""
    nights = set(stay.nights())
    found = []
    for night, row in sorted(occurrences(rows, stay).items()):
        minimum = row.minimum_nights
        protected = {night + timedelta(days=offset) for offset in range(1 - minimum, minimum)}
        if minimum == 1 or night in taken or not nights & protected:
            continue
        if night in nights and len(nights) >= minimum:
            continue
        if mode is MinNightsMode.FEASIBLE_RUN:
            before = run_of_free_nights(night, taken)
            after = run_of_free_nights(night, taken | nights)
            if not before >= minimum > after:
                continue
        found.append(night)
    return found


@given(
    rows=st.lists(special_dates(5), min_size=1, max_size=3),
    near=days(),
    data=st.data(),
    mode=st.sampled_from(MinNightsMode),
)
def test_minimum_nights_agree_with_the_rule_word_for_word(
    rows: list[SpecialDate], near: date, data: st.DataObject, mode: MinNightsMode
) -> None:
    # One date lies close by for certain; the others are anywhere.
    rows.append(SpecialDate(near.month, near.day, None, "Cerca", rows[0].price_usd, 3))
    rows = list({(row.year, row.month, row.day): row for row in rows}.values())
    house = make_house(special_dates=tuple(rows))
    stay = data.draw(stays(6, near))
    offsets = st.sets(st.integers(-30, 30), max_size=25)
    taken = {stay.check_in + timedelta(days=offset) for offset in data.draw(offsets)}
    taken -= set(stay.nights())
    window = calendar_window(stay, house.longest_minimum)
    occupancy = Occupancy.of(window, ((C1, night) for night in taken))

    found = min_nights_violations(house, stay, occupancy, mode)

    assert [violation.night for violation in found] == spoiled(rows, stay, taken, mode)


@given(
    rows=st.lists(special_dates(), min_size=1, max_size=4),
    stay=stays(6),
    mode=st.sampled_from(MinNightsMode),
)
def test_the_less_strict_mode_never_refuses_more(
    rows: list[SpecialDate], stay: Stay, mode: MinNightsMode
) -> None:
    house = make_house(special_dates=tuple({(row.year, row.month, row.day): row for row in rows}.values()))
    empty = Occupancy(calendar_window(stay, house.longest_minimum))
    strict = min_nights_violations(house, stay, empty, MinNightsMode.WINDOW)
    assert set(min_nights_violations(house, stay, empty, mode)) <= set(strict)
