from __future__ import annotations

import ast
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

import casaaustin
from casaaustin.clock import (
    FixedClock,
    SystemClock,
    lima_date,
    lima_instant,
    parse_instant,
    today,
    utc,
)
from casaaustin.errors import InvalidInput


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        pytest.param("2026-04-07T04:59:59.999999+00:00", "2026-04-06", id="a moment before Lima midnight"),
        pytest.param("2026-04-07T05:00:00+00:00", "2026-04-07", id="Lima midnight is 05:00 UTC"),
        pytest.param("2026-04-06T19:00:00-05:00", "2026-04-06", id="the UTC date is tomorrow already"),
        pytest.param("2027-01-01T04:59:59+00:00", "2026-12-31", id="the last second of the year"),
        pytest.param("2027-01-01T05:00:00+00:00", "2027-01-01", id="New Year in Lima"),
        pytest.param("2028-02-29T04:59:59+00:00", "2028-02-28", id="before the leap day"),
        pytest.param("2028-02-29T05:00:00+00:00", "2028-02-29", id="the leap day begins"),
        pytest.param("2028-03-01T04:59:59+00:00", "2028-02-29", id="the leap day ends"),
        pytest.param("2027-03-01T04:59:59+00:00", "2027-02-28", id="no leap day"),
        pytest.param("2026-07-01T05:00:00+00:00", "2026-07-01", id="no daylight saving in July"),
    ],
)
def test_the_business_day_is_the_date_in_lima(instant: str, day: str) -> None:
    at = datetime.fromisoformat(instant)
    assert today(FixedClock(at)) == lima_date(at) == date.fromisoformat(day)


def test_a_wall_clock_time_in_lima_is_five_hours_later_in_utc() -> None:
    assert lima_instant(date(2026, 12, 31), time(20)) == datetime(2027, 1, 1, 1, tzinfo=UTC)
    assert lima_instant(date(2026, 12, 31)).tzinfo is UTC


def test_a_fixed_clock_moves_only_when_told() -> None:
    clock = FixedClock(datetime.fromisoformat("2026-04-06T10:00:00-05:00"))
    assert clock.now() == clock.now() == datetime(2026, 4, 6, 15, tzinfo=UTC)
    clock.advance(timedelta(minutes=90))
    assert clock.now() == datetime(2026, 4, 6, 16, 30, tzinfo=UTC)
    clock.advance(timedelta(days=-1))
    clock.set(datetime.fromisoformat("2026-01-01T00:00:00-05:00"))
    assert clock.now() == datetime(2026, 1, 1, 5, tzinfo=UTC)


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    now = SystemClock().now()
    assert now.utcoffset() == timedelta(0)


@pytest.mark.parametrize("text", ["2026-01-15", "2026-01-15T10:00:00", "yesterday", "", "2026-13-01T00:00Z"])
def test_an_instant_needs_a_zone(text: str) -> None:
    with pytest.raises(InvalidInput):
        parse_instant(text)


def test_a_naive_instant_could_mean_anything() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        utc(datetime(2026, 1, 15, 10))  # noqa: DTZ001


def reads_the_clock(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in {"now", "today", "utcnow"}
        and ast.unparse(node.value).split(".")[-1] in {"datetime", "date", "dt"}
    )


def test_nothing_else_reads_the_machines_clock() -> None:
    package = Path(casaaustin.__file__).parent
    readers = {
        path.name
        for path in package.rglob("*.py")
        if any(map(reads_the_clock, ast.walk(ast.parse(path.read_text("utf-8")))))
    }
    assert readers == {"clock.py"}
