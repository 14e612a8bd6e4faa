"""How stays and what they cost look on a terminal: shared by the commands of the main job."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from casaaustin.money import ZERO
from casaaustin.stays import Stay
from casaaustin.vocabulary import Language
from casaaustin_cli import show, terminal

if TYPE_CHECKING:
    from uuid import UUID

    from casaaustin.quoting.evaluate import HouseQuote, Quote
    from casaaustin.reservations.details import Details

# Kinds of line that are about one night: their label is that day.
_DAYS = frozenset({"night", "late_checkout"})
DOLLARS, SOLES = "US$", "S/"


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a bill, wherever it comes from."""

    what: str
    rule: str
    usd: Decimal
    sol: Decimal


def print_request(quoted: Quote, language: Language) -> None:
    """Print what was asked for, and the rate that turns dollars into soles."""
    from casaaustin import formats

    request = quoted.request
    show.heading(f"{stay_text(request.stay, language)}, {plural(request.guests, 'guest')}")
    quiet(f"US$ 1.00 = S/ {formats.number(quoted.rate, language)}")
    show.line()


def print_houses(
    answers: Sequence[HouseQuote], language: Language, *, names: Mapping[UUID, str] | None = None
) -> None:
    """Print houses in one table: free or not, what the stay costs, all that speaks against it.

    Discounts have a column and a sentence below, where there are any or a code was sent.

    Args:
        answers: the houses to show.
        language: of dates, amounts and sentences.
        names: of all houses, to say where a code is valid.
    """
    discounts = any(answer.outcome.winner is not None for answer in answers)
    show.table(
        [
            "House",
            "Free",
            *([show.Column("Discount", align="right", detail=True)] if discounts else []),
            show.Column(DOLLARS, align="right"),
            show.Column(SOLES, align="right"),
            show.Column("Why not", wrap=True),
        ],
        [
            [
                answer.house.name,
                answer.is_available,
                *([_taken_off(answer)] if discounts else []),
                number(answer.totals.total.usd if answer.price else None),
                number(answer.totals.total.sol if answer.price else None),
                "; ".join(sentences(answer, language)),
            ]
            for answer in answers
        ],
        language=language,
    )
    lines = discount_sentences(answers, language, names=names)
    if lines:
        show.line()
    for line in lines:
        show.text(line)


def _taken_off(answer: HouseQuote) -> str | None:
    return number(ZERO - answer.outcome.amount.usd) if answer.outcome.winner is not None else None


def discount_sentences(
    answers: Sequence[HouseQuote], language: Language, *, names: Mapping[UUID, str] | None = None
) -> list[str]:
    """Which discount is given and what became of the code: one sentence, or one for each group of houses."""
    if all(answer.outcome.winner is None and answer.outcome.code is None for answer in answers):
        return []
    from casaaustin.discounts.texts import outcome_sentence

    found: dict[str, list[str]] = {}
    for answer in answers:
        sentence = outcome_sentence(answer.outcome, language, houses=names)
        found.setdefault(sentence or "", []).append(answer.house.name)
    told = {sentence: houses for sentence, houses in found.items() if sentence}
    if len(found) == 1:
        return [capital(sentence) for sentence in told]
    return [f"{', '.join(houses)}: {sentence}" for sentence, houses in told.items()]


def capital(sentence: str) -> str:
    """A sentence that begins with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def sentences(answer: HouseQuote, language: Language) -> list[str]:
    """All that speaks against a house, then what is only remarked on."""
    from casaaustin.quoting.texts import reason_sentence, remark_sentence

    return [
        *(reason_sentence(reason, language) for reason in answer.reasons),
        *(remark_sentence(remark, language) for remark in answer.warnings),
    ]


def dates_text(stay: Stay, language: Language) -> str:
    """The days of a stay: `Fri 17 Apr → Sun 19 Apr`."""
    from casaaustin import formats

    return f"{formats.day(stay.check_in, language)} {arrow()} {formats.day(stay.check_out, language)}"


def stay_text(stay: Stay, language: Language) -> str:
    """A stay in words: `Fri 17 Apr → Sun 19 Apr 2026, 2 nights`."""
    from casaaustin import formats

    first, last = formats.day(stay.check_in, language), formats.day(stay.check_out, language)
    year = f" {stay.check_in.year}" if stay.check_in.year != stay.check_out.year else ""
    nights = plural(stay.night_count, "night")
    return f"{first}{year} {arrow()} {last} {stay.check_out.year}, {nights}"


def plural(count: int, noun: str) -> str:
    """`1 night`, `2 nights`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def arrow() -> str:
    """An arrow that reaches the reader."""
    return "→" if terminal.has_unicode(sys.stdout) else "to"


def quiet(text: str) -> None:
    """Print a line of data that stays in the background."""
    show.text(text, terminal.DIM)


def number(amount: Decimal | None) -> str | None:
    """An amount without its currency, for a column that names it."""
    return None if amount is None else f"{amount:,.2f}"


def quote_items(answer: HouseQuote, language: Language) -> list[Item]:
    """The bill of a quote."""
    return [
        Item(_what(line.kind, line.label, line.night, language), line.rule, line.amount.usd, line.amount.sol)
        for line in answer.lines()
    ]


def sale_items(found: Details, language: Language) -> list[Item]:
    """The bill of a reservation."""
    return [
        Item(_what(line.kind, line.label, line.night, language), line.rule, line.usd, line.sol)
        for line in found.bill
    ]


def print_bill(items: Iterable[Item], language: Language) -> None:
    """Print lines and what they add up to, in both currencies."""
    lines = list(items)
    usd = sum((item.usd for item in lines), Decimal("0.00"))
    sol = sum((item.sol for item in lines), Decimal("0.00"))
    show.table(
        [
            show.Column("What", wrap=True),
            show.Column("By which rule", wrap=True),
            show.Column(DOLLARS, align="right"),
            show.Column(SOLES, align="right"),
        ],
        [[item.what, item.rule, number(item.usd), number(item.sol)] for item in lines],
        totals=["Total", "", number(usd), number(sol)],
        language=language,
    )


def _what(kind: str, label: str, night: date | None, language: Language) -> str:
    from casaaustin import formats

    if kind not in _DAYS or night is None:
        return label
    day = formats.day(night, language)
    return f"{day}, until 20:00" if kind == "late_checkout" else day
