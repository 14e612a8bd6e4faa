"""Availability search against the time of reading the same rows raw, as houses and stays grow."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from casaaustin.availability.min_nights import calendar_window
from casaaustin.db.migrate import upgrade
from casaaustin.db.work import Database
from casaaustin.discounts.offers import Offers
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import QuoteRequest, evaluate
from casaaustin.stays import Stay
from tests.bench.report import Report, rate_per_second, seconds
from tests.bench.world import open_world, sell_houses
from tests.support.offers import make_rule
from tests.support.world import MONDAY, NONE_TAKEN, make_book, make_house

SIZES = ((4, 100), (40, 100), (400, 100), (2000, 100))
ASKED = Stay(date(2026, 9, 18), date(2026, 9, 21))
LONGEST_MINIMUM = 3


def measure(report: Report, folder: Path) -> None:
    """Search all houses for three nights; 2,000 houses hold 200,000 stays."""
    _measure_rules(report)
    per_house = {}
    for houses, stays in SIZES:
        path = folder / f"search-{houses}.sqlite3"
        url = f"sqlite:///{path}"
        upgrade(url)
        sell_houses(url, houses=houses, stays_a_house=stays)
        with open_world(url) as database:
            took = seconds(partial(_search, database), repeat=9)
            widely = seconds(partial(_search, database, most_alternatives=3), repeat=5)
            if houses == SIZES[0][0]:
                one = rate_per_second(partial(_search, database))
                report.add("quote", "quotes of all 4 houses in the library", one, "a second")
        raw = _raw(path)
        area = f"search, {houses:,} houses, {houses * stays:,} stays"
        report.add(area, "search all houses", took * 1000, "ms")
        report.add(area, "reading the same rows raw", raw * 1000, "ms")
        report.add(area, "search / raw reading", took / raw, "times")
        report.add(area, "search with other dates nearby", widely * 1000, "ms")
        per_house[houses] = took / houses
    small, large = SIZES[1][0], SIZES[-1][0]
    report.add(
        "search growth",
        f"time a house at {large:,} houses / at {small}",
        per_house[large] / per_house[small],
        "times",
    )


def _measure_rules(report: Report) -> None:
    """What judging 50 automatic rules adds to pricing 400 houses, without any database."""
    book = make_book(*(make_house(f"Casa {number}") for number in range(1, 401)))
    some = frozenset(house.id for house in book.houses[:200])
    rules = tuple(
        make_rule(f"Rule {number}", f"{5 + number % 7}.00", houses=some if number % 2 else frozenset())
        for number in range(50)
    )

    def price(offers: Offers | None) -> None:
        evaluate(
            book,
            QuoteRequest(ASKED, 4),
            NONE_TAKEN,
            now=MONDAY,
            valid_for=timedelta(minutes=30),
            offers=offers,
        )

    plain = seconds(partial(price, None), repeat=9)
    ruled = seconds(partial(price, Offers(MONDAY.date(), rules)), repeat=9)
    report.add("discounts", "pricing 400 houses under 50 rules", ruled * 1000, "ms")
    report.add("discounts", "pricing 400 houses with / without 50 rules", ruled / plain, "times")


def _search(database: Database, *, most_alternatives: int = 0) -> None:
    request = QuoteRequest(ASKED, 4)
    database.read(lambda work: quoting.search(work, request, most_alternatives=most_alternatives))


def _raw(path: Path) -> float:
    """The rows of the window, by the driver alone: text ids, text dates, no rules."""
    window = calendar_window(ASKED, LONGEST_MINIMUM)
    connection = sqlite3.connect(path)
    statement = "SELECT property_id, night FROM reservation_night WHERE night >= ? AND night < ?"
    parameters = (str(window.check_in), str(window.check_out))
    took = seconds(lambda: connection.execute(statement, parameters).fetchall(), repeat=9)
    connection.close()
    return took
