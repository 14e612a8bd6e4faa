"""Data on stdout: one JSON document, or tables that fit. Source: docs/rules/command_line.md."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casaaustin.errors import InvalidInput
from casaaustin.stays import Stay
from casaaustin.vocabulary import Language, ReservationStatus
from casaaustin_cli import show
from tests.unit.cli.sample import PROGRAM, REPOSITORY, SOLD, environment, run

ESCAPE = "\x1b"


class Level(Enum):
    """An enumeration that is no string."""

    HIGH = Decimal("0.050")


@pytest.mark.parametrize(
    ("value", "written"),
    [
        pytest.param(Decimal("149.50"), "149.50", id="amounts-keep-their-decimals"),
        pytest.param(Decimal("0.00"), "0.00", id="zero-too"),
        pytest.param(Decimal("1E+3"), "1000", id="never-with-an-exponent"),
        pytest.param(Decimal("3.700"), "3.700", id="rates-keep-three"),
        pytest.param(date(2026, 4, 17), "2026-04-17", id="day"),
        pytest.param(
            datetime(2026, 1, 1, 4, 0, tzinfo=UTC),
            "2025-12-31T23:00:00-05:00",
            id="instants-are-on-lima-clocks",
        ),
        pytest.param(time(15, 0), "15:00:00", id="hour"),
        pytest.param(timedelta(hours=1), 3600, id="span-in-seconds"),
        pytest.param(ReservationStatus.UNDER_REVIEW, "under_review", id="word"),
        pytest.param(Level.HIGH, "0.050", id="enumeration"),
        pytest.param(True, True, id="claim"),
        pytest.param(None, None, id="nothing"),
        pytest.param(SOLD.reservation, "5f0e1d2c-3b4a-5968-7766-554433221100", id="id"),
        pytest.param(
            Stay(date(2026, 4, 17), date(2026, 4, 19)),
            {"check_in": "2026-04-17", "check_out": "2026-04-19"},
            id="dataclass",
        ),
        pytest.param({date(2026, 4, 17): {"b", "a"}}, {"2026-04-17": ["a", "b"]}, id="keys-and-sets"),
        pytest.param((1, [Decimal("2.10")]), [1, ["2.10"]], id="nested"),
    ],
)
def test_json_has_one_form_for_each_type(value: Any, written: Any) -> None:
    assert show.plain(value) == written


def test_a_model_is_an_object() -> None:
    class Model:
        def model_dump(self) -> dict[str, Any]:
            return {"total_usd": Decimal("1.00")}

    assert show.plain(Model()) == {"total_usd": "1.00"}


@pytest.mark.parametrize("value", [0.1, b"bytes", object(), int], ids=["float", "bytes", "object", "class"])
def test_what_has_no_agreed_form_is_a_defect(value: object) -> None:
    with pytest.raises(TypeError, match="has no form in JSON"):
        show.plain(value)


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        show.plain(datetime(2026, 1, 1))  # noqa: DTZ001


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_an_amount_survives_the_way_through_json(amount: Decimal) -> None:
    assert Decimal(json.loads(show.as_document(amount))) == amount


def test_json_is_one_document_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "sample", "table", "--json")
    assert ended.err == ""
    assert json.loads(ended.out) == {
        "reservation": "5f0e1d2c-3b4a-5968-7766-554433221100",
        "status": "under_review",
        "check_in": "2026-04-17",
        "at": "2026-04-17T21:30:00-05:00",
        "total_usd": "1149.50",
        "rate": "3.700",
        "guests": 4,
        "note": None,
        "tags": ["bbq", "pool"],
    }


def test_a_table_in_a_pipe_is_plain_whole_and_aligned(capsys: pytest.CaptureFixture[str]) -> None:
    lines = run(capsys, "sample", "table").out.splitlines()
    assert lines[0] == "Houses"
    assert lines[1].split() == ["House", "What", "it", "says", "Total", "Nights"]
    assert set(lines[2]) == {"─"}
    assert lines[3].endswith("US$ 1,149.50       2")
    assert lines[4].endswith("US$ 99.90      14")
    assert lines[6].endswith("US$ 1,249.40      16")
    assert len({len(line) for line in lines[1:7]}) == 1
    assert lines[7:] == ["Check-in  vie 17 abr", "Status    under review"]
    assert all(line == line.rstrip() for line in lines)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_table_fits_the_terminal_and_cuts_nothing(width: int) -> None:
    drawn = on_a_terminal(["sample", "table"], COLUMNS=str(width))
    lines = without_escapes(drawn).splitlines()
    assert max(map(len, lines)) <= width
    assert "…" not in drawn
    text = " ".join(" ".join(lines).split())
    for whole in ("US$ 1,149.50", "US$ 99.90", "Casa Austin 1"):
        assert whole in text


def test_a_terminal_too_narrow_for_a_table_gets_blocks() -> None:
    drawn = without_escapes(on_a_terminal(["sample", "table"], COLUMNS="36"))
    assert "Total         US$ 1,149.50" in drawn
    assert "─" not in drawn


def test_details_leave_a_narrow_terminal_first_and_stderr_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "24")
    monkeypatch.setattr("casaaustin_cli.terminal.is_terminal", lambda stream: True)
    monkeypatch.setenv("NO_COLOR", "1")
    columns = ["House", show.Column("Remark", detail=True), show.Column("Total", currency="USD")]
    show.table(columns, [["Casa Austin 1", "pool", Decimal("9.00")]], language=Language.ENGLISH)
    printed = capsys.readouterr()
    assert "Remark" not in printed.out
    assert "US$ 9.00" in printed.out
    assert printed.err == "note: too narrow for Remark; widen the terminal or add --json\n"


def test_an_empty_table_is_its_heading(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(["House", "Nights"], [], language=Language.SPANISH)
    assert capsys.readouterr().out.splitlines() == ["House  Nights", "─────────────"]


def test_text_with_brackets_is_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    show.table(["Remark"], [["[bold]pool[/bold] :pool:"]], language=Language.SPANISH)
    assert "[bold]pool[/bold] :pool:" in capsys.readouterr().out


@pytest.mark.parametrize(
    "arguments", [["sample", "table"], ["sample", "stay", "--help"], ["--help"], ["sampel"]], ids=" ".join
)
@pytest.mark.parametrize(
    "variables", [{}, {"FORCE_COLOR": "1"}, {"CLICOLOR_FORCE": "1"}], ids=["plain", "force", "cli-force"]
)
def test_a_pipe_gets_no_escape_codes(arguments: list[str], variables: Mapping[str, str]) -> None:
    done = subprocess.run(
        [*PROGRAM, *arguments],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment(**variables),
        timeout=30,
    )
    assert ESCAPE not in done.stdout + done.stderr


@pytest.mark.parametrize(
    "arguments", [["sample", "table"], ["sample", "stay", "--help"]], ids=["table", "help"]
)
@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["no-color", "dumb"])
def test_a_terminal_that_wants_no_colour_gets_none(
    arguments: list[str], variables: Mapping[str, str]
) -> None:
    assert ESCAPE not in on_a_terminal(arguments, **variables)


def test_a_dumb_terminal_gets_ascii() -> None:
    assert on_a_terminal(["sample", "table"], TERM="dumb").isascii()


def test_a_terminal_gets_colour() -> None:
    assert ESCAPE in on_a_terminal(["sample", "stay", "--help"])
    assert ESCAPE in on_a_terminal(["sample", "table"])


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        pytest.param([], "2026-01-15 ? 2026-01-16, 1\n", id="people-see-a-question-mark"),
        pytest.param(["--json"], '"check_in": "2026-01-15"', id="programs-get-json"),
    ],
)
def test_an_old_encoding_is_no_failure(arguments: list[str], printed: str) -> None:
    done = subprocess.run(
        [*PROGRAM, "sample", "stay", "--from", "today", "--nights", "1", *arguments],
        capture_output=True,
        cwd=REPOSITORY,
        env=environment(PYTHONIOENCODING="ascii"),
        timeout=30,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert printed in done.stdout.decode("ascii")


def test_progress_is_silent_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    with show.progress("Restoring", total=3) as advance:
        advance(3)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "")


def on_a_terminal(arguments: list[str], **variables: str) -> str:
    """What a terminal of 80 columns (or `COLUMNS`) receives on stdout and stderr."""
    main, beside = pty.openpty()
    env = environment(**{"COLUMNS": "80", **variables})
    with subprocess.Popen(
        [*PROGRAM, *arguments], stdin=beside, stdout=beside, stderr=beside, cwd=REPOSITORY, env=env
    ) as program:
        os.close(beside)
        received = bytearray()
        while True:
            try:
                chunk = os.read(main, 65_536)
            except OSError:  # Linux says so when the last writer has left
                break
            if not chunk:
                break
            received += chunk
        program.wait(timeout=30)
    os.close(main)
    return received.decode().replace("\r\n", "\n")


def without_escapes(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
