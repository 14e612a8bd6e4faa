"""The `casa` command as a whole. Source: docs/rules/command_line.md."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module

import pytest

from casaaustin_cli.app import TABLE, all_commands, root_command
from casaaustin_cli.framework import CasaTyper, Command, Entry, Group, example_arguments, examples_of
from tests.unit.cli.sample import REPOSITORY, environment, run, tree

HEAVY = ("sqlalchemy", "sqlmodel", "pydantic", "PIL", "babel", "httpx", "rich", "starlette", "alembic")


def imported(*arguments: str) -> set[str]:
    """The top-level packages that `casa` with these arguments imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "casaaustin_cli", *arguments],
        capture_output=True,
        text=True,
        cwd=REPOSITORY,
        env=environment(),
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return {match[1].split(".")[0] for match in re.finditer(r"\|\s+([\w.]+)$", done.stderr, re.MULTILINE)}


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], [], ["--version"]], ids=str)
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    packages = imported(*arguments)
    assert "casaaustin_cli" in packages
    assert not packages & set(HEAVY)


def test_the_probe_would_see_a_heavy_import() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import casaaustin_cli.show, rich.table"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
    )
    assert re.search(r"\|\s+rich\.table$", done.stderr, re.MULTILINE)


def test_help_imports_no_command() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "casaaustin_cli", "--help"],
        capture_output=True,
        text=True,
        env=environment(),
        timeout=60,
    )
    assert "casaaustin_cli.commands" not in done.stderr


@pytest.mark.parametrize("arguments", [["--help"], ["-h"], []], ids=str)
def test_help_lists_every_command_under_its_heading(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    ended = run(capsys, *arguments, root=root_command())
    assert (ended.status, ended.err) == (0, "")
    lines = ended.out.splitlines()
    for entry in TABLE.values():
        assert lines.index(f"{entry.heading}:") < next(
            number for number, line in enumerate(lines) if line.startswith(f"  {entry.name} ")
        )
    assert "  $ casa quote --from 2026-04-17 --nights 2 --guests 4" in lines


@pytest.mark.parametrize("width", ["60", "80"])
def test_help_fits_the_width(
    width: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    shown = run(capsys, "--help", root=root_command()).out.partition("Examples:")[0]
    assert max(map(len, shown.splitlines())) <= int(width)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "--version", root=root_command()).out.startswith("casa ")


def test_an_unknown_command_is_answered_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    ended = run(capsys, "qoute", root=root_command())
    assert (ended.status, ended.err) == (
        2,
        "error: No such command: qoute. Did you mean quote?\ntry: casa --help\n",
    )


def test_a_help_page_shows_text_options_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    shown = run(capsys, "sample", "stay", "-h").out
    assert shown.startswith("Usage: casa sample stay [OPTIONS]\n\n  Read a stay and show it.\n")
    assert "  - a list\n  - keeps its lines\n" in shown
    assert re.search(r"^  --from DAY +Check-in day", shown, re.MULTILINE)
    assert shown.index("\nOptions:") < shown.index("\nCommon options:") < shown.index("\nExamples:")
    assert "  $ casa sample stay --from today --to +3\n" in shown
    assert "130 interrupted" in shown


def test_a_module_that_is_no_casatyper_is_refused() -> None:
    with pytest.raises(TypeError, match="is not a CasaTyper"):
        Entry("typer", "typer.cli", "Samples", "Not ours").load()


def test_an_example_is_read_like_a_command_line() -> None:
    assert example_arguments("casa clients show 'Ana Quispe'  # by name") == ["clients", "show", "Ana Quispe"]
    with pytest.raises(ValueError, match="begins with casa"):
        example_arguments("ls")


@pytest.mark.parametrize("entry", TABLE.values(), ids=lambda entry: entry.name)
def test_every_command_of_the_table_exists(entry: Entry) -> None:
    assert isinstance(import_module(entry.module).app, CasaTyper)


def test_every_command_has_a_help_page_an_example_and_the_shared_options() -> None:
    for command, context in all_commands():
        path = context.command_path
        assert isinstance(command, Command | Group), f"{path} is not made by CasaTyper"
        assert command.help, f"{path} has no docstring"
        if isinstance(command, Command):
            assert examples_of(command), f"{path} has no example"
            assert {"--debug", "--no-input"} <= {name for option in command.params for name in option.opts}


def test_every_example_names_its_own_command() -> None:
    for command, context in all_commands():
        for example in examples_of(command):
            if context.parent is not None:
                assert example.startswith(context.command_path), example


def test_the_sample_tree_meets_what_is_asked_of_the_real_one() -> None:
    assert tree().list_commands(None) == ["sample"]  # type: ignore[arg-type]
