"""The picture in docs/architecture.md shows the import contracts, no more and no less."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
KERNEL = "kernel"

_MERMAID = re.compile(r"^```mermaid\n(.*?)^```", re.MULTILINE | re.DOTALL)
_ARROW = re.compile(r"^\s*(\w+) (-->|-\.->) (\w+)$", re.MULTILINE)
_SUBGRAPH = re.compile(rf"^\s*subgraph {KERNEL}\n(.*?)^\s*end$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


class Picture(NamedTuple):
    """Who may import whom, and what the bottom layer is made of."""

    arrows: frozenset[tuple[str, str]]
    exceptions: frozenset[tuple[str, str]]
    kernel: frozenset[str]


def drawn(page: str) -> Picture:
    """The picture as the page draws it."""
    [mermaid] = _MERMAID.findall(page)
    [kernel] = _SUBGRAPH.findall(mermaid)
    arrows = _ARROW.findall(mermaid)
    return Picture(
        arrows=frozenset((above, below) for above, line, below in arrows if line == "-->"),
        exceptions=frozenset((above, below) for above, line, below in arrows if line == "-.->"),
        kernel=frozenset(kernel.split()),
    )


def contracted(project: str) -> Picture:
    """The picture as the contracts of a pyproject.toml would have it drawn."""
    contracts = {each["id"]: each for each in tomllib.loads(project)["tool"]["importlinter"]["contracts"]}
    faces = _names(contracts["faces"]["layers"][0])
    *domains, kernel = (_names(layer) for layer in contracts["domains"]["layers"])
    levels = [faces, *domains, [KERNEL]]
    ignored = (each.split(" -> ") for each in contracts["domains"].get("ignore_imports", ()))
    return Picture(
        arrows=frozenset((a, b) for above, below in pairwise(levels) for a in above for b in below),
        exceptions=frozenset((_domain(importer), _domain(imported)) for importer, imported in ignored),
        kernel=frozenset(kernel),
    )


def _names(layer: str) -> list[str]:
    return re.findall(r"\w+", layer)


def _domain(module: str) -> str:
    return module.split(".")[1]


def test_the_picture_matches_the_import_contracts() -> None:
    wanted = contracted((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shown = drawn(PAGE.read_text(encoding="utf-8"))
    assert shown.arrows == wanted.arrows
    assert shown.exceptions == wanted.exceptions
    assert shown.kernel == wanted.kernel


def test_every_layer_of_the_picture_is_explained() -> None:
    page = PAGE.read_text(encoding="utf-8")
    in_picture = {name for arrow in drawn(page).arrows for name in arrow}
    assert in_picture <= set(_ROW.findall(page))


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        pytest.param("pricing --> properties", "properties --> pricing", id="an arrow turned round"),
        pytest.param("  db --> kernel\n", "", id="an arrow missing"),
        pytest.param("db -.-> tables", "db -.-> pricing", id="another exception"),
        pytest.param("    money\n", "", id="a part of the kernel missing"),
    ],
)
def test_a_wrong_picture_is_noticed(was: str, becomes: str) -> None:
    """Positive control."""
    page = PAGE.read_text(encoding="utf-8")
    assert was in page
    wanted = contracted((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    assert drawn(page.replace(was, becomes)) != wanted
