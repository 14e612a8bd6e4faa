"""The files and commands that the pages show are ones that work."""

from __future__ import annotations

import re
from pathlib import Path

from casaaustin.configuration.document import Format, parse
from casaaustin.configuration.registry import SECTIONS
from casaaustin.pricing.special_dates_csv import parse_special_dates

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to"
PAGE = (HOW_TO / "configuration-file.md").read_text(encoding="utf-8")
PRICES = (HOW_TO / "prices.md").read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    """The code blocks of a page in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def test_the_file_that_adds_a_house_is_a_file() -> None:
    (text,) = blocks(PAGE, "toml")
    assert list(parse(text, Format.TOML).sections) == ["houses", "nightly_prices", "special_dates"]


def test_the_page_lists_every_section() -> None:
    listed = re.findall(r"^\| `(\w+)` \| .* \| .* \|$", PAGE, re.MULTILINE)
    assert listed == [section.name for section in SECTIONS]


def test_the_spreadsheet_of_holidays_has_no_faulty_line() -> None:
    (text,) = blocks(PRICES, "text")
    lines, faults = parse_special_dates(text)
    assert (len(lines), faults) == (3, ())


def test_the_page_of_prices_shows_the_examples_of_the_commands() -> None:
    from casaaustin_cli.app import all_commands

    known = {context.command_path for _, context in all_commands()}
    for page in (PAGE, PRICES):
        for typed in re.findall(r"^\$ (casa .*)$", page, re.MULTILINE):
            words = typed.split()
            assert any(" ".join(words[:count]) in known for count in (3, 4)), typed
