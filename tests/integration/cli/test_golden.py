"""What staff see, character by character, on terminals of 80 and of 60 columns.

`CASA_TEST_GOLDEN=write make test ARGS=tests/integration/cli/test_golden.py` writes the expected texts anew;
read the difference before committing it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"

COMMANDS = {
    "quote-all": "quote --from 2026-04-17 --nights 2 --guests 4",
    "quote-one": "quote --from 2026-04-17 --nights 2 --guests 6 --house casa-austin-3 --service desayuno",
    "quote-refused": "quote --from 2026-12-29 --nights 2 --guests 14",
    "quote-spanish": "quote --from 2026-04-17 --nights 2 --guests 4 --lang es",
    "quote-code": 'quote --from 2026-04-17 --nights 2 --guests 4 --client "Ana Quispe" --code TRES20',
    "explain": "discounts explain --from 2026-05-07 --nights 2 --house casa-austin-1 --code AMIGOS10",
    "availability-none": "availability --from 2026-04-10 --nights 2 --guests 20",
    "availability-house": "availability --from today --nights 14 --house casa-austin-2",
    "moves": "availability --from 2026-04-21 --nights 4 --guests 16 --chart --messages",
    "moves-spanish": "availability --from 2026-05-01 --nights 2 --guests 16 --allow-downgrade 1 --lang es",
    "moves-none": "availability --from 2026-05-01 --nights 2 --guests 16",
    "plan": "availability plan d1086c1a --chart",
    "plan-asked": "availability ask d1086c1a --dry-run",
    "waiting": "availability waiting",
    "reserve-moves": 'reserve "Ana Quispe" --apply-moves d1086c1a --dry-run',
    "reserve": 'reserve casa-austin-1 "Ana Quispe" --from 2026-04-17 --nights 2 --guests 4 --dry-run',
    "reserve-hold": "reserve casa-austin-3 999000112 --from +11 --nights 2 --guests 20 --hold 2h --dry-run",
    "reserve-agreed": 'reserve casa-austin-1 "Ana Quispe" --from +7 --nights 1 --price 90 --reason friends'
    " --dry-run",
    "reserve-block": "reserve casa-austin-4 --from 2026-04-27 --nights 3 --maintenance --dry-run",
    "list": "reservations list --from 2026-04-01 --to 2026-05-01",
    "show": "reservations show c20417",
    "show-hold": "reservations show c40414",
    "change": "reservations change c20501 --late-checkout --dry-run",
    "cancel": 'reservations cancel c20424 --reason "guest is ill" --dry-run',
    "expire": "reservations expire --dry-run",
    "timeline": "reservations timeline c10410",
    "calendar": "calendar",
}


@pytest.mark.parametrize("columns", [80, 60])
@pytest.mark.parametrize("name", COMMANDS)
def test_it_looks_as_it_was_left(
    name: str, columns: int, on_terminal: Callable[..., str], same_ids: Callable[..., object]
) -> None:
    with same_ids():  # type: ignore[attr-defined]
        shown = on_terminal(COMMANDS[name], columns)
    assert [line for line in shown.splitlines() if len(line) > columns and " " in line.strip()] == []
    golden = GOLDEN / f"{name}-{columns}.txt"
    if os.environ.get("CASA_TEST_GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")


def test_no_expected_text_is_left_over() -> None:
    wanted = {f"{name}-{columns}.txt" for name in COMMANDS for columns in (80, 60)}
    assert {path.name for path in GOLDEN.iterdir()} == wanted
