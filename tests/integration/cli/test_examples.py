"""Every example of every help page works on the demo business, and a dry run tells the truth.

Source: docs/rules/command_line.md, writes; docs/rules/principles.md, 21.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from casaaustin_cli.app import all_commands
from casaaustin_cli.framework import example_arguments, examples_of
from tests.support.commands import Casa

SPECIAL_DATES = "day,month,description,price_usd\n8,12,Inmaculada,210\n25,12,Navidad,360\n"

# What was typed before an example, in the folder where it is typed.
PREPARED: dict[str, tuple[str, ...]] = {
    "casa config apply": ("config export --output casa.toml",),
    "casa discounts simulate": ("config export --output casa.toml",),
    "casa db restore": ("db backup casa-today.backup --force",),
    "casa availability solve": (
        "availability export-instance --from 2026-04-21 --nights 4 --guests 16 --output instance.json",
    ),
    "casa availability consent": ("availability ask d1086c1a",),
    "casa availability undo": (
        'reserve "Ana Quispe" --apply-moves d1086c1a',
        'reservations cancel c2042126 --reason "the group has cancelled" --yes',
    ),
}


def _examples() -> dict[str, bool]:
    """Every example once, and whether its command asks a question that `--yes` answers."""
    found: dict[str, bool] = {}
    for command, _ in all_commands():
        options = {option for parameter in command.params for option in parameter.opts}
        for example in examples_of(command):
            found[example] = "--yes" in options
    return found


EXAMPLES = _examples()
# `casa db` works on whole databases, and says "would"; it has tests of its own.
DRY_RUNS = [
    example
    for example in EXAMPLES
    if "--dry-run" in example_arguments(example) and not example.startswith("casa db")
]
NOTHING_TO_DO = {"casa config apply casa.toml --dry-run"}  # the file says what is so already


@pytest.fixture
def folder(
    casa: Casa, tmp_path: Path, same_ids: Callable[[], AbstractContextManager[None]]
) -> Callable[[str], None]:
    """Prepares the folder for an example."""

    def prepare(example: str) -> None:
        (tmp_path / "feriados.csv").write_text(SPECIAL_DATES, encoding="utf-8")
        for beginning, commands in PREPARED.items():
            for command in commands if example.startswith(beginning) else ():
                with same_ids():
                    ran = casa(command)
                assert ran.status == 0, ran.err

    return prepare


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_works(example: str, casa: Casa, folder: Callable[[str], None]) -> None:
    folder(example)
    ran = casa(*example_arguments(example), "--no-input")
    assert ran.status == 0, ran.err
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("example", DRY_RUNS)
def test_a_dry_run_changes_nothing_and_says_what_the_real_run_says(
    example: str,
    casa: Casa,
    folder: Callable[[str], None],
    same_ids: Callable[[], AbstractContextManager[None]],
    contents: Callable[[], list[str]],
) -> None:
    folder(example)
    arguments = example_arguments(example)
    before = contents()
    with same_ids():
        rehearsed = casa(*arguments)
    assert rehearsed.status == 0, rehearsed.err
    assert contents() == before
    assert "dry run" in rehearsed.err
    answers = ["--yes"] if EXAMPLES[example] else []
    with same_ids():
        real = casa(*(argument for argument in arguments if argument != "--dry-run"), *answers)
    assert real.status == 0, real.err
    assert _without_codes(real.out) == _without_codes(rehearsed.out)
    assert "dry run" not in real.err
    assert (contents() == before) == (example in NOTHING_TO_DO)


def _without_codes(text: str) -> str:
    """Referral codes and generated discount codes are drawn secretly, so others each time."""
    return re.sub(r"\b(?:[A-Z]{3}\d{3,}|(?:SIMPLE|ANIV|WELCOME-)[A-Z2-9]{6})\b", "CODE", text)
