"""The reference is made from the commands and cannot fall behind them."""

from __future__ import annotations

from pathlib import Path

import pytest

from casaaustin_cli import reference_docs
from casaaustin_cli.app import root_command
from tests.unit.cli.sample import REPOSITORY, tree


def test_a_page_has_the_help_the_options_the_examples_and_the_exit_statuses() -> None:
    page = reference_docs.pages(tree())["sample.md"]
    assert page.startswith("# `casa sample`\n")
    assert "## `casa sample stay`" in page
    assert "| `--from DAY` | Check-in day: 2026-04-17, today, tomorrow or +3. [required] |" in page
    assert "| `--json` | Print one JSON document and nothing else. |" in page
    assert "$ casa sample stay --from today --to +3" in page
    assert "`3` not found" in page


def test_pages_do_not_depend_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    wide = reference_docs.pages(tree())
    monkeypatch.setenv("COLUMNS", "50")
    monkeypatch.setattr("casaaustin_cli.terminal.is_terminal", lambda stream: True)
    assert reference_docs.pages(tree()) == wide


def test_written_pages_are_current_and_every_difference_is_named(tmp_path: Path) -> None:
    reference_docs.write(tree(), tmp_path)
    assert reference_docs.differences(tree(), tmp_path) == []
    (tmp_path / "sample.md").write_text("old")
    (tmp_path / "index.md").unlink()
    (tmp_path / "gone.md").write_text("")
    assert reference_docs.differences(tree(), tmp_path) == [
        "index.md is missing",
        "sample.md is out of date",
        "gone.md belongs to no command",
    ]
    reference_docs.write(tree(), tmp_path)
    assert reference_docs.differences(tree(), tmp_path) == []


def test_the_committed_pages_are_those_of_the_code() -> None:
    assert reference_docs.differences(root_command(), REPOSITORY / "docs" / "reference" / "commands") == []
