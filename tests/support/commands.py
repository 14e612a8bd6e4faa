"""Running `casa` in this process, as a person would type it."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from casaaustin_cli.app import root_command


@dataclass(frozen=True, slots=True)
class Ran:
    """What a command did: its exit status and what it wrote."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its one JSON document."""
        return json.loads(self.out)


Casa = Callable[..., Ran]


def casa_runner(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, url: str, now: str
) -> Casa:
    """A function that runs `casa` on a database at a time.

    The command line is one text, or its arguments one by one.
    """
    monkeypatch.setenv("CASA_DATABASE_URL", url)
    monkeypatch.setenv("CASA_NOW", now)
    monkeypatch.setenv("CASA_ENV", "test")

    def run(*arguments: str) -> Ran:
        typed = shlex.split(arguments[0]) if len(arguments) == 1 else list(arguments)
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            root_command().main(typed)
        written = capsys.readouterr()
        return Ran(int(ended.value.code or 0), written.out, written.err)

    return run
