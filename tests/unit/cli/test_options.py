"""Days and stays as people type them. Source: docs/rules/command_line.md."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from casaaustin.errors import InvalidInput
from casaaustin.stays import Stay
from casaaustin_cli.options import read_day, read_span, read_stay
from tests.unit.cli.sample import run

TODAY = date(2026, 1, 30)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026-04-17", date(2026, 4, 17)),
        (" 2026-04-17 ", date(2026, 4, 17)),
        ("2028-02-29", date(2028, 2, 29)),
        ("today", date(2026, 1, 30)),
        ("Tomorrow", date(2026, 1, 31)),
        ("+0", date(2026, 1, 30)),
        ("+3", date(2026, 2, 2)),
    ],
)
def test_a_day_is_iso_or_relative_to_today(typed: str, day: date) -> None:
    assert read_day(typed, TODAY, option="--from") == day


@pytest.mark.parametrize(
    "typed",
    ["", "17/04/2026", "2026-4-17", "20260417", "2026-02-29", "2026-W07-5", "-3", "+", "+999999", "monday"],
)
def test_anything_else_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_day(typed, TODAY, option="--from")
    assert refused.value.field == "from"
    assert "2026-04-17" in (refused.value.hint or "")


@pytest.mark.parametrize("typed", ["+99999", "tomorrow"])
def test_a_day_beyond_the_calendar_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput, match="too far away"):
        read_day(typed, date.max, option="--to")


@pytest.mark.parametrize(
    ("check_in", "check_out", "nights", "stay"),
    [
        pytest.param(
            "2026-04-17", "2026-04-19", None, Stay(date(2026, 4, 17), date(2026, 4, 19)), id="both-days"
        ),
        pytest.param("2026-04-17", None, 2, Stay(date(2026, 4, 17), date(2026, 4, 19)), id="nights"),
        pytest.param(
            "2026-04-17", "2026-04-19", 2, Stay(date(2026, 4, 17), date(2026, 4, 19)), id="they-agree"
        ),
        pytest.param("today", "+3", None, Stay(date(2026, 1, 30), date(2026, 2, 2)), id="from-today"),
        pytest.param("+3", "+4", None, Stay(date(2026, 2, 2), date(2026, 2, 3)), id="both-count-from-today"),
        pytest.param("2026-12-31", None, 1, Stay(date(2026, 12, 31), date(2027, 1, 1)), id="over-new-year"),
    ],
)
def test_from_with_to_or_nights_is_a_stay(
    check_in: str, check_out: str | None, nights: int | None, stay: Stay
) -> None:
    assert read_stay(check_in, check_out, nights, TODAY) == stay


@pytest.mark.parametrize(
    ("check_in", "check_out", "nights", "field"),
    [
        pytest.param(None, "2026-04-19", None, "from", id="no-check-in"),
        pytest.param("2026-04-17", None, None, "to", id="no-end"),
        pytest.param("2026-04-17", "2026-04-19", 3, "nights", id="they-disagree"),
        pytest.param("2026-04-17", None, 0, "nights", id="no-night"),
        pytest.param("2026-04-17", None, -1, "nights", id="backwards"),
        pytest.param("2026-04-17", "2026-04-17", None, "check_out", id="same-day"),
        pytest.param("2026-04-17", "2026-04-16", None, "check_out", id="before"),
        pytest.param("2026-04-17", "soon", None, "to", id="no-day"),
        pytest.param("2026-04-17", None, 99_999_999, "nights", id="for-ever"),
    ],
)
def test_what_is_no_stay_is_refused_and_names_the_option(
    check_in: str | None, check_out: str | None, nights: int | None, field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_stay(check_in, check_out, nights, TODAY)
    assert refused.value.field == field
    assert refused.value.hint


def test_a_command_reads_its_stay_and_refuses_with_status_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        run(capsys, "sample", "stay", "--from", "today", "--nights", "2").out
        == "2026-01-15 → 2026-01-17, 1\n"
    )
    assert run(capsys, "sample", "stay", "--from", "today").status == 2


@pytest.mark.parametrize(
    ("typed", "minutes"), [("60m", 60), ("2h", 120), (" 1D ", 1440), ("9999m", 9999)], ids=str
)
def test_a_span_is_minutes_hours_or_days(typed: str, minutes: int) -> None:
    assert read_span(typed, option="--hold") == timedelta(minutes=minutes)


@pytest.mark.parametrize("typed", ["", "2", "h", "0h", "-1h", "1.5h", "2 weeks", "10000m"])
def test_anything_else_is_no_span(typed: str) -> None:
    with pytest.raises(InvalidInput, match="--hold is not a length of time"):
        read_span(typed, option="--hold")
