"""Options that carry the same name and meaning in every command, and how their values are read.

Each is an alias for an annotation; the default in the signature says whether
it may be left out:

    def quote(check_in: From, check_out: To = None, nights: Nights = None, as_json: AsJson = False): ...

`--debug` and `--no-input` belong to every command without being declared.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated

import typer

from casaaustin.errors import InvalidInput
from casaaustin.stays import Stay
from casaaustin.vocabulary import Language
from casaaustin_cli import complete, invocation

COMMON = "Common options"

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS_AHEAD = re.compile(r"\+(\d{1,5})")
_SPAN = re.compile(r"(\d{1,4})([mhd])")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_DAY_HINT = "Write a day like 2026-04-17, today, tomorrow or +3."


def _debug(asked: bool) -> None:
    if asked:
        invocation.current().debug = True


def _no_input(asked: bool) -> None:
    if asked:
        invocation.current().may_ask = False


Debug = Annotated[
    bool,
    typer.Option(
        "--debug",
        help="Show where an error came from.",
        callback=_debug,
        expose_value=False,
        is_eager=True,
        rich_help_panel=COMMON,
    ),
]
NoInput = Annotated[
    bool,
    typer.Option(
        "--no-input",
        help="Never ask; fail and name the missing option instead.",
        callback=_no_input,
        expose_value=False,
        is_eager=True,
        rich_help_panel=COMMON,
    ),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="Print one JSON document and nothing else.", rich_help_panel=COMMON)
]
DryRun = Annotated[
    bool,
    typer.Option(
        "--dry-run", help="Do everything, show the result, and take it back.", rich_help_panel=COMMON
    ),
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Answer the question with yes.", rich_help_panel=COMMON)
]
Key = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="TEXT",
        help="Name of this request: repeated with the same content, it returns the first result.",
        rich_help_panel=COMMON,
    ),
]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="Language of dates, money and texts for guests.", rich_help_panel=COMMON),
]

From = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help="Check-in day: 2026-04-17, today, tomorrow or +3.")
]
To = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Check-out day.")]
Nights = Annotated[
    int | None, typer.Option("--nights", metavar="N", help="Number of nights, instead of --to.")
]
Guests = Annotated[int, typer.Option("--guests", metavar="N", min=1, help="How many people.")]
House = Annotated[
    str | None,
    typer.Option(
        "--house", metavar="HOUSE", help="Id, slug or name of a house.", autocompletion=complete.houses
    ),
]
Client = Annotated[
    str | None,
    typer.Option(
        "--client",
        metavar="CLIENT",
        help="Id, document, phone, e-mail, referral code or a unique part of the name.",
        autocompletion=complete.clients,
    ),
]
Code = Annotated[str | None, typer.Option("--code", metavar="CODE", help="A discount code of the guest.")]
ReservationRef = Annotated[
    str,
    typer.Argument(
        metavar="RESERVATION",
        help="Id of the reservation, or at least the first 6 characters of it.",
        autocompletion=complete.reservations,
        show_default=False,
    ),
]


def read_day(text: str, today: date, *, option: str) -> date:
    """A day as a person types it: `2026-04-17`, `today`, `tomorrow`, or `+3` for three days from today.

    Raises:
        InvalidInput: none of these.
    """
    typed = text.strip().lower()
    if typed == "today":
        return today
    if typed == "tomorrow":
        return _days_after(today, 1, text, option)
    if ahead := _DAYS_AHEAD.fullmatch(typed):
        return _days_after(today, int(ahead[1]), text, option)
    if _ISO_DAY.fullmatch(typed):
        try:
            return date.fromisoformat(typed)
        except ValueError:
            pass
    raise InvalidInput(f"{option} is not a day: {text!r}.", field=option.lstrip("-"), hint=_DAY_HINT)


def read_stay(check_in: str | None, check_out: str | None, nights: int | None, today: date) -> Stay:
    """The stay that `--from` with `--to` or `--nights` describes.

    Both ends together are accepted when they agree.

    Raises:
        InvalidInput: something is missing, malformed, contradictory, or not a stay.
    """
    if check_in is None:
        raise InvalidInput("The check-in day is missing.", field="from", hint="Add --from 2026-04-17.")
    first = read_day(check_in, today, option="--from")
    if nights is not None and nights < 1:
        raise InvalidInput(
            f"--nights must be at least 1, not {nights}.", field="nights", hint="Add --nights 2."
        )
    if check_out is None:
        if nights is None:
            raise InvalidInput(
                "The end of the stay is missing.",
                field="to",
                hint=f"Add --nights 2, or --to with a day after {first}.",
            )
        return Stay(first, _days_after(first, nights, str(nights), "--nights"))
    stay = Stay(first, read_day(check_out, today, option="--to"))
    if nights is not None and nights != stay.night_count:
        raise InvalidInput(
            f"--to {stay.check_out} makes {stay.night_count} nights, but --nights says {nights}.",
            field="nights",
            hint="Give one of the two.",
        )
    return stay


def either(word: str | None, option_value: str | None, *, option: str) -> str | None:
    """What was given as a plain word or as the option that means the same; None when neither was.

    Raises:
        InvalidInput: both were given.
    """
    if word is not None and option_value is not None:
        raise InvalidInput(
            f"{option} was given twice: {word!r} and {option_value!r}.", field=option.strip("-")
        )
    return word if word is not None else option_value


def read_span(text: str, *, option: str) -> timedelta:
    """A length of time as a person types it: `60m`, `2h` or `1d`.

    Raises:
        InvalidInput: anything else, or nothing at all.
    """
    typed = _SPAN.fullmatch(text.strip().lower())
    if typed is None or int(typed[1]) == 0:
        raise InvalidInput(
            f"{option} is not a length of time: {text!r}.",
            field=option.lstrip("-"),
            hint="Write minutes, hours or days: 60m, 2h or 1d.",
        )
    return int(typed[1]) * _UNITS[typed[2]]


def _days_after(day: date, count: int, text: str, option: str) -> date:
    try:
        return day + timedelta(days=count)
    except OverflowError:
        raise InvalidInput(
            f"{option} is too far away: {text}.", field=option.lstrip("-"), hint=_DAY_HINT
        ) from None
