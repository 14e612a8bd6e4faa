"""The README promises two commands and a session with the library; both are as written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import casaaustin
from casaaustin.actors import Actor
from tests.support.world import build_world, make_client

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
NOW = "2026-04-06T10:00:00-05:00"


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def test_two_commands_are_enough() -> None:
    assert blocks("console") == ["$ make demo\n$ make test\n"]


def test_the_session_runs_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], actor: Actor
) -> None:
    [session] = blocks("python")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CASA_NOW", NOW)
    casaaustin.upgrade("sqlite:///demo.sqlite3")

    def furnish(work: casaaustin.Work) -> None:
        build_world(work)
        work.session.add(make_client())

    with casaaustin.open_database("sqlite:///demo.sqlite3") as database:
        database.write(furnish, actor=actor)
    exec(compile(session, "README.md", "exec"), {})  # noqa: S102 - our own README

    first, *others, last = capsys.readouterr().out.splitlines()
    assert first == "Casa 1 420.00 USD"  # two weekend nights at 180.00, three more guests at 10.00 a night
    assert all(re.fullmatch(r"Casa \d \d+\.\d\d USD", offer) for offer in others)
    assert last == "approved 420.00 USD"
