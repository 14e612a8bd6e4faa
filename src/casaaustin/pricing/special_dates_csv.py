"""The bulk load of special dates: a CSV file read line by line, every faulty line told.

Columns: day, month, description, price_usd and, where given, minimum_consecutive_nights and year.
Source: docs/rules/pricing.md, 1.5.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from casaaustin.checks import check_amount, check_whole, clean_line
from casaaustin.errors import InvalidInput
from casaaustin.money import parse_amount
from casaaustin.pricing.year_days import YearDay, check_year_day

COLUMNS = ("day", "month", "description", "price_usd", "minimum_consecutive_nights", "year")
FEWEST_COLUMNS = 4
LONGEST_DESCRIPTION = 100
MOST_NIGHTS = 365


@dataclass(frozen=True, slots=True)
class SpecialDateLine:
    """One line of the file; `minimum_nights` None is a minimum that the file does not mention."""

    number: int
    day: YearDay
    description: str
    price_usd: Decimal
    minimum_nights: int | None = None


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """A line that cannot be stored, by its number in the file (from 1), and why."""

    number: int
    message: str

    def __str__(self) -> str:
        return f"line {self.number}: {self.message}"


def decode(content: bytes) -> str:
    """The text of a file; a byte-order mark is tolerated.

    Raises:
        InvalidInput: not UTF-8.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidInput("The file is not UTF-8.", field="file", hint="Save it as “CSV UTF-8”.") from None


def parse_special_dates(text: str) -> tuple[tuple[SpecialDateLine, ...], tuple[FaultyLine, ...]]:
    """Read the file.

    Args:
        text: its content; commas separate the columns. A header line, empty lines and a
            byte-order mark are passed over.

    Returns:
        The good lines and the faulty ones. A date that stands twice is a fault of the second line.
    """
    lines: list[SpecialDateLine] = []
    faults: list[FaultyLine] = []
    seen: dict[YearDay, int] = {}
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    is_first = True
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            # What follows an unbalanced quote cannot be told apart any more.
            faults.append(FaultyLine(reader.line_num, f"not CSV ({error})"))
            break
        cells = [cell.strip() for cell in cells]
        if not any(cells):
            continue
        if is_first:
            is_first = False
            if _is_header(cells):
                continue
        try:
            line = _line(reader.line_num, cells)
            if line.day in seen:
                raise InvalidInput(f"{line.day} stands in line {seen[line.day]} already")
        except InvalidInput as problem:
            faults.append(FaultyLine(reader.line_num, problem.message))
        else:
            seen[line.day] = line.number
            lines.append(line)
    return tuple(lines), tuple(faults)


def _is_header(cells: Sequence[str]) -> bool:
    """Whether these are names of columns: the first two are no figures."""
    return not any(character.isdigit() for cell in cells[:2] for character in cell)


def _line(number: int, cells: Sequence[str]) -> SpecialDateLine:
    if not FEWEST_COLUMNS <= len(cells) <= len(COLUMNS):
        raise InvalidInput(
            f"{len(cells)} columns; there are {FEWEST_COLUMNS} to {len(COLUMNS)}: {', '.join(COLUMNS)}"
        )
    day, month, description, price, minimum, year = [*cells, *[""] * (len(COLUMNS) - len(cells))]
    when = check_year_day(
        _whole(month, "month", 1, 12),
        _whole(day, "day", 1, 31),
        _whole(year, "year", 1, 9999) if year else None,
        field="day",
    )
    return SpecialDateLine(
        number=number,
        day=when,
        description=clean_line(description, field="description", most=LONGEST_DESCRIPTION),
        price_usd=check_amount(parse_amount(price, field="price_usd"), field="price_usd", above=True),
        minimum_nights=_whole(minimum, "minimum_consecutive_nights", 1, MOST_NIGHTS) if minimum else None,
    )


def _whole(text: str, field: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdigit()):
        raise InvalidInput(f"{field} is not a whole number: {text!r}.", field=field)
    return check_whole(int(text), field=field, least=least, most=most)
