"""The rule pages and those who cite them agree: docs/rules/index.md says how a citation looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
RULES = ROOT / "docs" / "rules"
MIGRATING = ROOT / "docs" / "migrating.md"

_SECTION = r"\d+(?:\.\d+)*"
_EXAMPLE = r"(?:[WR]\d{2}[a-z]?|M\d)"
_DIFFERENCE = r"[BDH]-\d{2}"
_STEP = r"T\d{1,2}"

_HEADING = re.compile(
    rf"^#{{2,4}} (?:(?P<number>{_SECTION}|{_EXAMPLE}|{_DIFFERENCE}) )?(?P<title>.+)$", re.MULTILINE
)
_ROW = re.compile(rf"^\| (?P<number>{_EXAMPLE}|{_STEP}) \|", re.MULTILINE)
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?P<target>[^)#:\s]+)(?:#[^)]*)?\)")

_PAGE = re.compile(r"docs/(?P<page>rules/\w+|migrating)\.md")
_JOINT = re.compile(r"(?:\s*[,–-]\s*|\s+)(?:(?:and|or|to)\s+)?")
_NUMBER = re.compile(rf"(?:{_EXAMPLE}|{_DIFFERENCE}|{_STEP}|{_SECTION})(?!\w)")
# A docstring or a run of comments may break a citation over two lines.
_LINE_BREAK = re.compile(r"\s*\n[ \t]*(?:#:?[ \t]*)?")

# Test ids may glue the case to the example: W43a, W43-a and W43_a are all W43.
_CITED_EXAMPLE = re.compile(r"(?<![A-Za-z0-9])(?P<number>[WR]\d{2}|M\d)(?P<case>[a-z]?)(?![A-Za-z0-9])")
_CITED_DIFFERENCE = re.compile(rf"(?<![\w-]){_DIFFERENCE}(?![\w-])")


class Citation(NamedTuple):
    """A page as code names it (`rules/pricing`, `migrating`) and what is cited there."""

    page: str
    places: tuple[str, ...]


def places_of(page: str) -> frozenset[str]:
    """Every number and every unnumbered heading (in lower case) that a page offers."""
    page = _FENCE.sub("", page)
    headings = {found["number"] or found["title"].lower() for found in _HEADING.finditer(page)}
    return frozenset(headings | {found["number"] for found in _ROW.finditer(page)})


def citations(text: str, named: frozenset[str] = frozenset()) -> Iterator[Citation]:
    """Every rule page that `text` mentions, with the numbers and named headings that follow.

    Args:
        text: source code or prose.
        named: headings without a number that may be cited by name, in lower case.
    """
    text = _LINE_BREAK.sub(" ", text)
    longest_first = sorted(map(re.escape, named), key=len, reverse=True)
    name = re.compile(rf"(?:{'|'.join(longest_first)})\b" if named else r"(?!)", re.IGNORECASE)
    for mention in _PAGE.finditer(text):
        places: list[str] = []
        at = mention.end()
        while (joint := _JOINT.match(text, at)) and (
            place := _NUMBER.match(text, joint.end()) or name.match(text, joint.end())
        ):
            places.append(place[0] if _NUMBER.fullmatch(place[0]) else place[0].lower())
            at = place.end()
        yield Citation(mention["page"], tuple(places))


@cache
def pages() -> dict[str, frozenset[str]]:
    """The places of every page, by the name under which code cites it."""
    found = {f"rules/{path.stem}": path for path in RULES.glob("*.md")} | {"migrating": MIGRATING}
    return {name: places_of(path.read_text("utf-8")) for name, path in found.items()}


@cache
def headings_without_number() -> frozenset[str]:
    return frozenset(place for places in pages().values() for place in places if place.islower())


@cache
def examples() -> frozenset[str]:
    return frozenset(
        place for places in pages().values() for place in places if re.fullmatch(_EXAMPLE, place)
    )


def example_exists(number: str, case: str) -> bool:
    return number in examples() or number + case in examples()


def sources(*folders: str) -> list[Path]:
    """The Python files that may cite a rule, this one left out: it talks about citations."""
    found = {path for folder in folders for path in (ROOT / folder).rglob("*.py")}
    return sorted(found - {Path(__file__)})


def lines_with_faults(path: Path, faults: list[str]) -> str:
    return f"{path.relative_to(ROOT)}: {', '.join(faults)}"


def test_every_cited_rule_exists() -> None:
    broken = []
    for path in sources("src", "tests", "migrations"):
        faults = []
        for page, places in citations(path.read_text("utf-8"), headings_without_number()):
            if page not in pages():
                faults.append(f"no page docs/{page}.md")
                continue
            faults += [f"no {place} in docs/{page}.md" for place in places if place not in pages()[page]]
        if faults:
            broken.append(lines_with_faults(path, faults))
    assert not broken, "\n".join(broken)


def test_every_source_line_names_a_place() -> None:
    """`Source:` followed by a page only would send the reader to search it."""
    broken = []
    for path in sources("src"):
        for found in re.finditer(r"Source:(?P<cited>.{0,200})", path.read_text("utf-8"), re.DOTALL):
            cited = next(citations(found["cited"].split('"""')[0], headings_without_number()), None)
            if cited is not None and not cited.places:
                broken.append(lines_with_faults(path, [found["cited"].splitlines()[0].strip()]))
    assert not broken, "\n".join(broken)


def test_every_worked_example_of_the_tests_exists() -> None:
    broken = []
    for path in sources("tests"):
        cited = {
            (found["number"], found["case"]) for found in _CITED_EXAMPLE.finditer(path.read_text("utf-8"))
        }
        if unknown := sorted(number + case for number, case in cited if not example_exists(number, case)):
            broken.append(lines_with_faults(path, unknown))
    assert not broken, "\n".join(broken)


def test_every_cited_difference_exists() -> None:
    known = pages()["migrating"]
    broken = []
    for path in sources("src", "tests", "migrations"):
        cited = set(_CITED_DIFFERENCE.findall(path.read_text("utf-8")))
        if unknown := sorted(cited - known):
            broken.append(lines_with_faults(path, unknown))
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("page", sorted([*RULES.glob("*.md"), MIGRATING]), ids=lambda path: path.stem)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    targets = {found["target"] for found in _LINK.finditer(page.read_text("utf-8"))}
    assert not [target for target in sorted(targets) if not (page.parent / target).is_file()]


@pytest.mark.parametrize("page", sorted([*RULES.glob("*.md"), MIGRATING]), ids=lambda path: path.stem)
def test_numbers_quoted_from_another_page_exist_there(page: Path) -> None:
    quoted = re.findall(
        rf"\]\((?:\.\./|rules/)?(\w+)\.md\),\s+((?:{_SECTION}|{_STEP})(?:(?:,\s+|\s+and\s+)(?:{_SECTION}|{_STEP}))*)",
        page.read_text("utf-8"),
    )
    for name, numbers in quoted:
        target = pages()[name if name == "migrating" else f"rules/{name}"]
        assert set(_NUMBER.findall(numbers)) <= target, f"{name}: {numbers}"


@pytest.mark.parametrize("page", sorted([*RULES.glob("*.md"), MIGRATING]), ids=lambda path: path.stem)
def test_a_number_names_one_heading(page: Path) -> None:
    numbers = [found["number"] for found in _HEADING.finditer(_FENCE.sub("", page.read_text("utf-8")))]
    given = [number for number in numbers if number]
    assert sorted(set(given)) == sorted(given)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        pytest.param("Source: docs/rules/pricing.md, 2.9.", ("2.9",), id="one number"),
        pytest.param("docs/rules/pricing.md, 2.9 and 3.1", ("2.9", "3.1"), id="two numbers"),
        pytest.param(
            "docs/rules/pricing.md, 2.9, 3.1 and W43.", ("2.9", "3.1", "W43"), id="a list with an example"
        ),
        pytest.param("docs/rules/pricing.md, 1.1–1.6", ("1.1", "1.6"), id="a range"),
        pytest.param("docs/rules/pricing.md, 2.12, says so", ("2.12",), id="prose goes on"),
        pytest.param(
            "docs/rules/pricing.md, 2.9\n    and 3.1", ("2.9", "3.1"), id="over two lines of a docstring"
        ),
        pytest.param("# docs/rules/pricing.md,\n# 2.9", ("2.9",), id="over two lines of a comment"),
        pytest.param(
            "docs/rules/pricing.md, conventions and 2.12", ("conventions", "2.12"), id="a named heading"
        ),
        pytest.param("docs/rules/pricing.md, Conventions", ("conventions",), id="a capital letter"),
        pytest.param("docs/rules/pricing.md, 2.3 T6", ("2.3", "T6"), id="a step"),
        pytest.param("docs/rules/pricing.md holds the rest", (), id="a page alone"),
    ],
)
def test_a_citation_is_read_whole(text: str, places: tuple[str, ...]) -> None:
    assert list(citations(text, frozenset({"conventions"}))) == [Citation("rules/pricing", places)]


def test_two_pages_in_one_sentence_are_two_citations() -> None:
    text = "docs/rules/pricing.md, conventions; docs/rules/reservations.md, 0.4; docs/migrating.md, D-02"
    assert list(citations(text, frozenset({"conventions"}))) == [
        Citation("rules/pricing", ("conventions",)),
        Citation("rules/reservations", ("0.4",)),
        Citation("migrating", ("D-02",)),
    ]


def test_places_are_headings_and_numbered_rows_outside_code() -> None:
    page = (
        "# Page\n## Conventions\n### 2.9 Minimum\n#### W01 Two\n| R32a | x |\n| T6 | x |\n```\n## 9 No\n```\n"
    )
    assert places_of(page) == {"conventions", "2.9", "W01", "R32a", "T6"}


def test_a_citation_of_nothing_is_noticed() -> None:
    """The positive control: the number is read and the page does not have it."""
    (cited,) = citations("docs/rules/pricing.md, 2.99")
    assert not set(cited.places) <= pages()["rules/pricing"]
    assert not example_exists("W99", "")
    assert example_exists("R32", "a")
    assert example_exists("W43", "a")
