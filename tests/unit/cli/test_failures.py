"""Every error becomes one sentence and one exit status. Source: docs/rules/command_line.md."""

from __future__ import annotations

import inspect
import signal
import subprocess

import pytest

from casaaustin import errors
from casaaustin.errors import CasaError
from casaaustin_cli.failures import EXIT_STATUS_TEXT, ExitStatus, exit_status
from tests.unit.cli.sample import PROGRAM, REPOSITORY, environment, run

STATUSES = {
    "CasaError": 1,
    "InvalidInput": 2,
    "NotFound": 3,
    "NotAllowed": 1,
    "NotAuthenticated": 1,
    "RuleRefused": 1,
    "DatesTaken": 1,
    "NotAvailable": 1,
    "PriceChanged": 1,
    "CodeRefused": 1,
    "QuoteExpired": 1,
    "IllegalTransition": 1,
    "KeyReused": 1,
    "Conflict": 1,
    "NotReady": 4,
    "ExchangeRateMissing": 4,
    "OutsideFailure": 5,
    "OutsideRefused": 5,
    "OutsideUnreachable": 5,
}


def refusals() -> list[str]:
    """The classes of `casaaustin.errors`."""
    found = inspect.getmembers(errors, inspect.isclass)
    return [name for name, kind in found if issubclass(kind, CasaError)]


@pytest.mark.parametrize("name", refusals())
def test_every_refusal_has_the_status_of_the_rules(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "sample", "refuse", name)
    assert ended.status == STATUSES[name]
    assert ended.out == ""
    assert ended.err == "error: This cannot be done.\ntry: Try something else.\n"


def test_a_class_without_a_status_takes_that_of_its_nearest_base() -> None:
    class TooManyGuests(errors.NotAvailable):
        pass

    assert exit_status(TooManyGuests) is ExitStatus.REFUSED


def test_every_status_is_explained() -> None:
    assert set(EXIT_STATUS_TEXT) == set(ExitStatus)
    assert [int(status) for status in ExitStatus] == [0, 1, 2, 3, 4, 5, 130]


@pytest.mark.parametrize(
    ("arguments", "sentence", "hint"),
    [
        pytest.param(
            ["sampel"], "No such command: sampel. Did you mean sample?", "casa --help", id="command"
        ),
        pytest.param(["xyz"], "No such command: xyz.", "casa --help", id="command-like-nothing"),
        pytest.param(
            ["sample", "sty"],
            "No such command: sty. Did you mean stay?",
            "casa sample --help",
            id="subcommand",
        ),
        pytest.param(
            ["sample", "stay", "--frm", "today"],
            "No such option: --frm. Did you mean --from?",
            "casa sample stay --help",
            id="option",
        ),
        pytest.param(["sample", "stay"], "Missing option --from.", "casa sample stay --help", id="missing"),
        pytest.param(
            ["sample", "refuse"], "Missing argument kind.", "casa sample refuse --help", id="missing-argument"
        ),
        pytest.param(
            ["sample", "stay", "--from"],
            "Option '--from' requires an argument.",
            "casa sample stay --help",
            id="value",
        ),
        pytest.param(
            ["sample", "stay", "--from", "today", "--guests", "0"],
            "Invalid value for '--guests': Input should be greater than or equal to 1.",
            "casa sample stay --help",
            id="range",
        ),
        pytest.param(
            ["sample", "flood", "surplus"],
            "Got unexpected extra argument(s) (surplus).",
            "casa sample flood --help",
            id="surplus",
        ),
    ],
)
def test_wrong_usage_names_the_nearest_thing_that_exists(
    arguments: list[str], sentence: str, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = run(capsys, *arguments)
    assert (ended.status, ended.out, ended.err) == (2, "", f"error: {sentence}\ntry: {hint}\n")


def test_a_group_without_a_command_shows_its_help_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "sample")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("Usage: casa sample")


def test_an_ambiguous_reference_lists_its_candidates(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "sample", "ambiguous")
    assert ended.status == 2
    assert ended.err == "error: Two clients are called Ana.\n  - Ana Quispe\n  - Ana Salas\n"


def test_a_defect_is_one_sentence_without_a_guests_data(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "sample", "broken")
    assert ended.status == 1
    assert ended.err.startswith("error: Internal error E")
    assert len(ended.err.splitlines()) == 2
    assert "Ana" not in ended.err
    assert "--debug" in ended.err


def test_the_same_defect_has_the_same_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "sample", "broken").err == run(capsys, "sample", "broken").err


@pytest.mark.parametrize("by", ["option", "environment"])
def test_debug_shows_the_traceback(
    by: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    if by == "environment":
        monkeypatch.setenv("CASA_DEBUG", "1")
    ended = run(capsys, "sample", "broken", *(["--debug"] if by == "option" else []))
    assert "Traceback (most recent call last)" in ended.err
    assert run(capsys, "sample", "refuse", "NotFound").err.count("Traceback") == (by == "environment")


def test_an_unreachable_database_is_status_4_without_the_statement(
    capsys: pytest.CaptureFixture[str],
) -> None:
    ended = run(capsys, "sample", "unreachable")
    assert ended.status == 4
    assert ended.err == (
        "error: The database cannot be used: Can't connect to server on 'db.example'.\ntry: casa doctor\n"
    )


def test_a_missing_extra_names_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "sample", "extra")
    assert ended.status == 4
    assert "pip install 'casaaustin[api]'" in ended.err


def test_interrupting_is_130(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "sample", "interrupt")
    assert (ended.status, ended.err) == (130, "interrupted\n")


def test_ctrl_c_ends_a_running_command_with_130_and_one_word() -> None:
    with subprocess.Popen(
        [*PROGRAM, "sample", "wait"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=environment(),
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "waiting\n"
        program.send_signal(signal.SIGINT)
        _, err = program.communicate(timeout=20)
    assert (program.returncode, err) == (130, "interrupted\n")


def test_a_reader_that_leaves_is_no_failure() -> None:
    with subprocess.Popen(
        [*PROGRAM, "sample", "flood"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=environment(),
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdout.readline().startswith("0 ")
        program.stdout.close()
        err = program.stderr.read()
        status = program.wait(timeout=20)
    assert (status, err) == (0, "")


def test_talk_never_reaches_stdout_when_stderr_is_closed() -> None:
    done = subprocess.run(
        ["bash", "-c", '"$@" 2>&-', "bash", *PROGRAM, "sample", "refuse", "NotFound"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
        env=environment(),
        timeout=20,
    )
    assert (done.returncode, done.stdout) == (3, "")
