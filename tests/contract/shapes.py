"""Shapes of answers, recorded: which fields there are and of what type, whatever they say.

A recorded shape is part of the contract. To record a new one on purpose:

    CASA_TEST_RECORD=1 python -m pytest tests/contract
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("shapes")


def shape_of(value: Any) -> Any:
    """What a JSON value is made of; a list is the shapes of its items, each once."""
    if isinstance(value, dict):
        return {name: shape_of(one) for name, one in value.items()}
    if isinstance(value, list):
        found: list[Any] = []
        for one in value:
            shape = shape_of(one)
            if shape not in found:
                found.append(shape)
        return found
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return "null" if value is None else "text"


def assert_shape(name: str, value: Any) -> None:
    """The value has the recorded shape."""
    path = FOLDER / f"{name}.json"
    found = shape_of(value)
    if os.environ.get("CASA_TEST_RECORD"):
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert path.exists(), f"no shape is recorded for {name}"
    assert found == json.loads(path.read_text(encoding="utf-8")), f"the shape of {name} has changed"
