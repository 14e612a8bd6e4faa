"""Every link between the project's pages leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
SHELVES = [ROOT / "docs" / "how-to" / "index.md", ROOT / "docs" / "adr" / "README.md"]

_CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
_HEADING = re.compile(r"^#+ (?P<title>.+)$", re.MULTILINE)


def links(page: str) -> Iterator[str]:
    """The targets of a page's links, those to other sites left out."""
    for found in _LINK.finditer(_CODE.sub("", page)):
        if not re.match(r"[a-z]+:", found["target"]):
            yield found["target"]


def anchors(page: str) -> set[str]:
    """The names by which the headings of a page can be linked."""
    titles = (found["title"] for found in _HEADING.finditer(page))
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def broken(page: Path) -> list[str]:
    """The links of a page that lead nowhere."""
    wrong = []
    for link in links(page.read_text(encoding="utf-8")):
        file, _, anchor = link.partition("#")
        target = (page.parent / file).resolve() if file else page
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            wrong.append(link)
    return wrong


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert broken(page) == []


@pytest.mark.parametrize("shelf", SHELVES, ids=lambda shelf: shelf.parent.name)
def test_a_shelf_lists_all_its_pages(shelf: Path) -> None:
    listed = {link.partition("#")[0] for link in links(shelf.read_text(encoding="utf-8"))}
    assert {page.name for page in shelf.parent.glob("*.md")} - {shelf.name} <= listed


@pytest.mark.parametrize("link", ["nowhere.md", "there.md#nowhere", "#nowhere"])
def test_a_broken_link_is_noticed(tmp_path: Path, link: str) -> None:
    """Positive control."""
    (tmp_path / "there.md").write_text("# Somewhere else", encoding="utf-8")
    here = tmp_path / "here.md"
    here.write_text(f"# Here\n[this]({link}) but [not this](there.md#somewhere-else), nor `[this](x.md)`")
    assert broken(here) == [link]
