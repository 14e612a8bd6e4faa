"""Every field that a program gets is in docs/reference/json.md, and every field in there exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import Casa

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "json.md"

# A document per heading of the page, each asked for so that nothing in it is empty.
COMMANDS = {
    "A quote": [
        "quote --from 2026-12-29 --nights 2 --guests 14 --json",
        "quote --from 2026-04-17 --nights 2 --house casa-austin-1 --save --service desayuno --json",
        "quote --from 2026-04-17 --nights 2 --guests 4 --code TRES20 --json",
    ],
    "A search": [
        "availability --from 2026-04-17 --nights 2 --feature sauna --min-sleep 40 --json",
        "availability --from 2026-04-14 --nights 1 --house casa-austin-4 --json",
        "availability --from 2026-04-21 --nights 4 --guests 16 --chart --json",
        "availability --from 2026-05-01 --nights 2 --guests 16 --remember 'Ana Quispe' --json",
    ],
    "A plan": [
        "availability plan d1086c1a --chart --json",
        "availability waiting --json",
        "availability ask d1086c1a --json",
        "availability consent d1086c1a c20424 --yes --json",
        "reserve 'Ana Quispe' --apply-moves d1086c1a --json",
    ],
    "A reservation": [
        "reservations list --json",
        "reservations show c20417 --json",
        "reservations change c20417 --nights 3 --json",
        "reservations cancel c20424 --reason ill --yes --json",
        "reservations timeline c10410 --json",
        "reservations expire --json",
    ],
    "Discounts explained": [
        "discounts explain --from 2026-05-07 --nights 2 --house casa-austin-1 --code NADA --json",
        "discounts explain c30430 --json",
    ],
    "The tape chart": ["calendar --json"],
    "The demo": ["demo --json"],
}
# Sections that say of some fields that they are those of another one.
BORROWED = {
    "Discounts explained": ("A reservation",),
    "A search": ("The tape chart", "A plan"),
    "A plan": ("A search", "The tape chart", "A reservation"),
}
# Of the audit trail and of changed fields, named as in the table; and what a test of a discount looked at.
FREE = {"before", "after", "changes", "saw"}
# Said of every warning; the demo business has none.
NOT_IN_THE_DEMO = {"states", "days", "since"}


def fields(document: Any) -> Iterator[str]:
    """Every name in a document, at whatever depth."""
    if isinstance(document, list):
        for item in document:
            yield from fields(item)
    elif isinstance(document, dict):
        for name, value in document.items():
            yield name
            if name not in FREE:
                yield from fields(value)


def sections() -> dict[str, set[str]]:
    """What each section of the page names."""
    parts = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    return {part.split(":")[0].strip(): set(re.findall(r"`([a-z_]+)`", part)) for part in parts}


def test_every_document_has_its_section() -> None:
    assert sections().keys() == COMMANDS.keys()


@pytest.mark.parametrize("section", COMMANDS)
def test_every_field_is_explained(casa: Casa, section: str) -> None:
    named = sections()[section]
    if section != "A quote":
        named |= sections()["A quote"]
    for other in BORROWED.get(section, ()):
        named |= sections()[other]
    answered = {name for command in COMMANDS[section] for name in fields(casa(command).json)}
    assert answered - named == set()


def test_every_explained_field_exists(casa: Casa) -> None:
    named = set().union(*sections().values())
    answered = {
        name
        for commands in COMMANDS.values()
        for command in commands
        for document in [casa(command).json]
        for name in (*fields(document), *_codes(document))
    }
    assert named - answered - NOT_IN_THE_DEMO - {"null", "change", "show", "cancel"} == set()


def _codes(document: Any) -> Iterator[str]:
    """The words that reasons are told apart by."""
    for house in document.get("houses", []) if isinstance(document.get("houses"), list) else []:
        for reason in house.get("reasons", []):
            yield reason["code"]
