"""What the commands about discounts share: options of their conditions, and how conditions look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer

from casaaustin.errors import InvalidInput
from casaaustin.money import parse_amount
from casaaustin.vocabulary import Benefit, DayScope, Language
from casaaustin_cli import administration

T = TypeVar("T")

Percentage = Annotated[
    str | None, typer.Option("--percentage", metavar="N", help="Per cent that it takes off, 1 to 100.")
]
Minimum = Annotated[
    str | None, typer.Option("--min", metavar="USD", help="Least price of the nights, before any discount.")
]
Cap = Annotated[
    str | None, typer.Option("--cap", metavar="USD", help="The most that a percentage takes off.")
]
ValidDays = Annotated[
    int | None,
    typer.Option("--valid-days", metavar="N", min=1, help="Days after today on which a code is valid."),
]
Weekdays = Annotated[
    str | None,
    typer.Option("--weekdays", metavar="DAYS", help="Only these: vie,sab or fri,sat or 4,5 (0 is Monday)."),
]
WeekdayNights = Annotated[
    bool | None,
    typer.Option("--weekday-nights/--no-weekday-nights", help="Only Sunday to Thursday.", show_default=False),
]
WeekendNights = Annotated[
    bool | None,
    typer.Option(
        "--weekend-nights/--no-weekend-nights", help="Only Friday and Saturday.", show_default=False
    ),
]
Scope = Annotated[
    DayScope | None,
    typer.Option("--day-scope", help="Which nights the weekdays look at: that of check-in, any, or all."),
]
BaseOnly = Annotated[
    bool | None,
    typer.Option(
        "--base-only/--with-extra-guests",
        help="Whether extra guests are left out of what it is taken from.",
        show_default=False,
    ),
]
AllHouses = Annotated[bool, typer.Option("--all-houses", help="Make it valid in every house.")]

_SCOPES = {
    DayScope.CHECK_IN: "the night of check-in",
    DayScope.ELIGIBLE_NIGHTS: "any night, and only those are discounted",
    DayScope.ALL_NIGHTS: "every night",
}
_DAYS_OF_A_WEEK = 7


def conditions(
    *,
    minimum: str | None = None,
    cap: str | None,
    weekdays: str | None,
    weekday_nights: bool | None,
    weekend_nights: bool | None,
    scope: DayScope | None,
    base_only: bool | None,
) -> dict[str, Any]:
    """The conditions that the person typed, as the services take them; an empty amount takes one away."""
    return {
        **emptied("min_amount_usd", minimum, lambda text: parse_amount(text, field="--min")),
        **emptied("max_discount_usd", cap, lambda text: parse_amount(text, field="--cap")),
        **administration.given(
            specific_weekdays=weekdays,
            restrict_weekdays=weekday_nights,
            restrict_weekends=weekend_nights,
            day_scope=scope,
            apply_only_to_base_price=base_only,
        ),
    }


def emptied(field: str, text: str | None, read: Callable[[str], T]) -> dict[str, T | None]:
    """One field as typed: left out, taken away by an empty text, or read."""
    if text is None:
        return {}
    return {field: read(text) if text.strip() else None}


def whole(text: str, *, option: str) -> int:
    """A whole number as typed for `option`.

    Raises:
        InvalidInput: it is none.
    """
    try:
        return int(text)
    except ValueError:
        raise InvalidInput(f"{option} is not a whole number: {text!r}.", field=option.lstrip("-")) from None


def houses_given(houses: list[str] | None, *, everywhere: bool) -> dict[str, list[str]]:
    """The houses that the person typed, or all of them.

    Raises:
        InvalidInput: both at once.
    """
    if houses and everywhere:
        raise InvalidInput("It is for --house or for --all-houses, not both.", field="house")
    return {"houses": houses or []} if houses or everywhere else {}


def benefit_text(
    key: UUID,
    benefit: Benefit,
    value: Decimal,
    cap: Decimal | None,
    language: Language,
    *,
    base_only: bool = False,
) -> str:
    """What it takes off, as everywhere else: `10%, at most US$ 40.00`."""
    from casaaustin.discounts.record import Discount
    from casaaustin.discounts.texts import benefit_in_words
    from casaaustin.vocabulary import Source

    return benefit_in_words(
        Discount(
            id=key,
            name="",
            source=Source.CODE,
            benefit=benefit,
            value=value,
            cap_usd=cap,
            base_only=base_only,
        ),
        language,
    )


def days_text(weekdays: Iterable[int], language: Language) -> str:
    """The weekdays in words: `viernes y sábado`; a row that was taken over may allow none."""
    from casaaustin.discounts.texts import days_in_words

    return days_in_words(weekdays, language) or "none"


def scope_text(scope: DayScope) -> str:
    """Which nights the weekdays look at, in words."""
    return _SCOPES[scope]


def condition_pairs(
    *,
    minimum: Decimal | None,
    weekdays: tuple[int, ...],
    scope: DayScope,
    houses: tuple[str, ...],
    language: Language,
) -> dict[str, str | None]:
    """Conditions under their names, for `show.pairs`."""
    from casaaustin import formats

    return {
        "Stay of at least": formats.money(minimum, "USD", language) if minimum else None,
        "Nights": days_text(weekdays, language),
        "Looks at": scope_text(scope) if len(weekdays) < _DAYS_OF_A_WEEK else None,
        "Houses": administration.house_list(houses),
    }


def day_with_year(value: date, language: Language) -> str:
    """A day with its year, in few letters: `31 dic 2026`."""
    from casaaustin import formats

    return f"{value.day} {formats.month_short(value, language)} {value.year}"
