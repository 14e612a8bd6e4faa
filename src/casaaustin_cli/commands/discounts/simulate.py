"""Trying a changed configuration out on what happened."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.errors import InvalidInput
from casaaustin.money import Amount
from casaaustin.simulation.past import Group, Period, PeriodBy
from casaaustin.vocabulary import Language
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.framework import examples
from casaaustin_cli.options import AsJson, House, Lang

if TYPE_CHECKING:
    from casaaustin.simulation.replay import Price
    from casaaustin.simulation.report import Compared, Figures, Line, Part, Report

_MONTHS = 12
_ID_SHOWN = 8


@examples(
    "casa discounts simulate casa.toml",
    "casa discounts simulate casa.toml --from 2026-01-01 --to 2026-03-31 --house casa-austin-2",
    "casa discounts simulate casa.toml --by check-in --plot",
    "casa discounts simulate casa.toml --csv",
)
def simulate(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="As `casa config export` writes it, or - for stdin.", show_default=False
        ),
    ],
    first: Annotated[
        str | None,
        typer.Option("--from", metavar="DAY", help="First day; a year before the last when left out."),
    ] = None,
    last: Annotated[
        str | None,
        typer.Option("--to", metavar="DAY", help="Last day, which belongs to it; today when left out."),
    ] = None,
    by: Annotated[
        PeriodBy, typer.Option("--by", help="Which day of a stay counts, and makes its month.")
    ] = PeriodBy.BOOKING,
    house: House = None,
    prune: Annotated[
        bool,
        typer.Option("--prune", help="What a section of the file does not mention is gone."),
    ] = False,
    most: Annotated[
        int, typer.Option("--most", metavar="N", min=0, help="How many single differences to name.")
    ] = 5,
    plot: Annotated[bool, typer.Option("--plot", help="Draw bars instead of the table.")] = False,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print a line per month and house for a spreadsheet.")
    ] = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Show what past bookings and saved quotes would have cost under a changed configuration.

    Each is priced twice by the program that sells: under the configuration as it is and under the file, at
    the exchange rate it was sold at, with what was known of the guest then. Codes run out in the order of
    booking. The difference is what the change does. Nothing is written.

    Demand is taken as it was: nobody books because it is cheaper, or stays away because it is dearer.
    """
    if as_json + as_csv + plot > 1:
        raise InvalidInput("--json, --csv and --plot exclude each other.", field="plot", hint="Choose one.")
    text = administration.read_text(file)
    from dateutil.relativedelta import relativedelta

    from casaaustin.configuration import document
    from casaaustin.simulation.service import simulate as run

    wanted = document.parse(text, document.guess_format(text, file))
    with runtime.open(language=lang) as casa:
        until = casa.today if last is None else casa.day(last, option="--to")
        begin = (
            until - relativedelta(months=_MONTHS, days=-1)
            if first is None
            else casa.day(first, option="--from")
        )
        period = Period(begin, until, by)
        with show.progress("Replaying") as step:
            report = run(
                casa.database,
                wanted,
                period,
                actor=casa.actor,
                house=house,
                prune=prune,
                most=most,
                step=step,
            )
        if as_csv:
            _write_csv(report)
        else:
            show.emit(_document(report), lambda: _print(report, casa.language, plot=plot), as_json=as_json)


def _print(report: Report, language: Language, *, plot: bool) -> None:
    if report.is_empty:
        show.line("Nothing to replay in that period.")
        _print_left_out(report)
        return
    booked = report.parts[Group.BOOKING]
    if booked.lines:
        if plot:
            _print_bars(report, language)
        else:
            _print_months(report, language)
        show.line()
    found = {group: part.total for group, part in report.parts.items() if part.lines}
    if plot or found.keys() != {Group.BOOKING}:
        _print_groups(found, language)
        show.line()
    _print_remarks(report, language)
    _print_largest(report, language)


def _print_months(report: Report, language: Language) -> None:
    booked = report.parts[Group.BOOKING]
    show.table(
        [
            show.Column("Bookings", wrap=True),
            show.Column("Stays", align="right"),
            show.Column("Touched", align="right"),
            show.Column("Now", currency="USD"),
            show.Column("Changed", currency="USD"),
            show.Column("Difference", currency="USD"),
            show.Column("In soles", currency="PEN", detail=True),
        ],
        list(_rows(booked, language)),
        language=language,
        totals=["Total", *_cells(booked.total)],
    )


def _print_groups(found: Mapping[Group, Figures], language: Language) -> None:
    from casaaustin.simulation.texts import GROUPS

    show.table(
        [
            show.Column("", wrap=True),
            show.Column("Stays", align="right"),
            show.Column("Touched", align="right"),
            show.Column("Now", currency="USD"),
            show.Column("Changed", currency="USD"),
            show.Column("Difference", currency="USD"),
        ],
        [[GROUPS[group], *_cells(figures)[:-1]] for group, figures in found.items()],
        language=language,
    )


def _rows(part: Part, language: Language) -> Iterator[list[Any]]:
    """A month, and below it its houses, where there are several."""
    from casaaustin.simulation.report import by_month

    houses = {line.house.id for line in part.lines}
    for month, figures in by_month(part).items():
        yield [_month(month, language), *_cells(figures)]
        if len(houses) > 1:
            for line in part.lines:
                if line.month == month:
                    yield [f"  {line.house.name}", *_cells(line.figures)]


def _print_bars(report: Report, language: Language) -> None:
    from casaaustin.simulation.report import by_house, by_month
    from casaaustin_cli.bars import bars

    booked = report.parts[Group.BOOKING]
    months = [
        (_month(month, language), figures.difference.usd) for month, figures in by_month(booked).items()
    ]
    houses = [(name, figures.difference.usd) for name, figures in by_house(booked).items()]
    bars("Difference by month", months, language=language)
    show.line()
    bars("Difference by house", houses, language=language)


def _print_remarks(report: Report, language: Language) -> None:
    from casaaustin.simulation.report import EMPTY
    from casaaustin.simulation.texts import REFUSALS

    booked = report.parts[Group.BOOKING].total
    if booked.stays:
        show.text(_effect(booked, language))
        sold = booked.sold
        if sold != booked.now:
            show.text(f"They were really sold for {_both(sold, language)}, under the rules of their day.")
    whole = sum((part.total for part in report.parts.values()), EMPTY)
    if whole.refused:
        reasons = ", ".join(f"{REFUSALS[reason]} ({count})" for reason, count in report.refusals.items())
        show.text(
            f"The changed configuration would refuse {_count(whole.refused, 'stay')}, now worth "
            f"{_both(whole.refused_worth, language)}, which are in no other figure: {reasons}."
        )
    _print_left_out(report)
    if report.without_snapshot:
        show.text(
            f"{_count(report.without_snapshot, 'booking')} without a snapshot replayed without services and "
            "code, which nobody knows."
        )


def _effect(booked: Figures, language: Language) -> str:
    """What the change does to the bookings, in one sentence."""
    if not booked.touched:
        return "The bookings would have brought the same: no price differs."
    difference = booked.difference
    touched = f"{booked.touched} of {_count(booked.stays, 'price')} differ{'s' * (booked.touched == 1)}"
    if difference.usd < 0:
        less = Amount(-difference.usd, -difference.sol)
        return f"The bookings would have brought {_both(less, language)} less; {touched}."
    return f"The bookings would have brought {_both(difference, language)} more; {touched}."


def _print_left_out(report: Report) -> None:
    from casaaustin.simulation.texts import LEFT_OUT

    if report.left_out:
        reasons = ", ".join(f"{count} {LEFT_OUT[reason]}" for reason, count in report.left_out.items())
        show.text(f"Left out: {reasons}.")


def _print_largest(report: Report, language: Language) -> None:
    from casaaustin.simulation.texts import why
    from casaaustin_cli.bills import dates_text

    if not report.largest:
        return
    show.line()
    show.heading("Largest differences")
    names = {house.id: house.name for house in report.houses.values()}
    for one in report.largest:
        stay = one.stay
        number = stay.id.hex[:_ID_SHOWN]
        amount = show.cell(one.difference.usd, language, "USD")
        show.text(f"{number}  {names[stay.house]}, {dates_text(stay.stay, language)}: {amount}")
        for part in why(one, names):
            show.text(f"  {part}")


def _cells(figures: Figures) -> list[Any]:
    difference = figures.difference
    return [
        figures.stays,
        figures.touched,
        figures.now.usd,
        figures.changed.usd,
        difference.usd,
        difference.sol,
    ]


def _month(month: date, language: Language) -> str:
    from casaaustin import formats

    return f"{formats.month_short(month, language)} {month.year}"


def _both(amount: Amount, language: Language) -> str:
    return f"{show.cell(amount.usd, language, 'USD')} ({show.cell(amount.sol, language, 'PEN')})"


def _count(number: int, what: str) -> str:
    return f"{number} {what if number == 1 else what + 's'}"


def _document(report: Report) -> dict[str, Any]:
    return {
        "from": report.period.first,
        "to": report.period.last,
        "by": report.period.by,
        "groups": {
            group: {
                **_figures(part.total),
                "lines": [_line(line) for line in part.lines],
            }
            for group, part in report.parts.items()
        },
        "largest": [_compared(one, report) for one in report.largest],
        "refusals": report.refusals,
        "left_out": report.left_out,
        "without_snapshot": report.without_snapshot,
    }


def _line(line: Line) -> dict[str, Any]:
    return {"month": f"{line.month:%Y-%m}", "house": line.house.slug, **_figures(line.figures)}


def _figures(figures: Figures) -> dict[str, int | Decimal]:
    return {
        "stays": figures.stays,
        "touched": figures.touched,
        **dict(_amounts("sold", figures.sold)),
        **dict(_amounts("now", figures.now)),
        **dict(_amounts("changed", figures.changed)),
        **dict(_amounts("difference", figures.difference)),
        "refused": figures.refused,
        **dict(_amounts("refused", figures.refused_worth)),
    }


def _amounts(name: str, amount: Amount) -> Iterator[tuple[str, Decimal]]:
    yield f"{name}_usd", amount.usd
    yield f"{name}_sol", amount.sol


def _compared(one: Compared, report: Report) -> dict[str, Any]:
    from casaaustin.simulation.texts import why

    stay = one.stay
    names = {house.id: house.name for house in report.houses.values()}
    return {
        "group": stay.group,
        "id": stay.id,
        "house": report.houses[stay.house].slug,
        "check_in": stay.stay.check_in,
        "check_out": stay.stay.check_out,
        "booked_on": stay.booked_on,
        **dict(_amounts("sold", stay.sold)),
        "now": _price(one.now),
        "changed": None if one.changed is None else _price(one.changed),
        **dict(_amounts("difference", one.difference)),
        "why": why(one, names),
    }


def _price(price: Price) -> dict[str, Any]:
    return {
        **dict(_amounts("subtotal", price.subtotal)),
        **dict(_amounts("discount", price.discount)),
        **dict(_amounts("services", price.services)),
        **dict(_amounts("late_checkout", price.late_checkout)),
        **dict(_amounts("total", price.total)),
        "won": price.won,
        "code": price.code,
    }


def _write_csv(report: Report) -> None:
    from casaaustin.simulation.report import EMPTY

    lines = [(group, line) for group, part in report.parts.items() for line in part.lines]
    names = ["group", "month", "house", *_figures(EMPTY)]
    # A house is its slug, so no cell can begin like a formula.
    writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
    writer.writeheader()
    for group, line in lines:
        writer.writerow({"group": group.value, **_line(line)})
