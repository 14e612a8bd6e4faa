"""Special dates: list, add, edit, delete, import."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.changes import Verb
from casaaustin.errors import InvalidInput
from casaaustin_cli import administration, complete, runtime, show
from casaaustin_cli.administration import Active, HouseArgument, Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, House, Key, Lang, Yes

if TYPE_CHECKING:
    from casaaustin.pricing.year_days import YearDay

app = CasaTyper("special-dates", help="Special dates: nights of a house with a price of their own.")

Day = Annotated[
    str,
    typer.Argument(metavar="DAY", help="Like 12-25 or 25/12 (every year), or 2026-04-05 (that year only)."),
]
Price = Annotated[
    str | None, typer.Option("--price", metavar="USD", help="Price of the night for one guest.")
]
Description = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="Label, such as Navidad.")
]
MinNights = Annotated[
    int | None,
    typer.Option(
        "--min-nights",
        metavar="N",
        min=1,
        max=365,
        help="Stays around the date have at least as many nights.",
    ),
]


@app.command("list")
@examples("casa prices special-dates list", "casa prices special-dates list --house casa-austin-1 --json")
def list_(house: House = None, lang: Lang = None, as_json: AsJson = False) -> None:
    """List the special dates of all houses or of one, inactive ones too."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.special_dates import list_special_dates

        found = casa.read(lambda work: list_special_dates(work, house))

        def render() -> None:
            if not found:
                show.line("No special dates here. Add one: casa prices special-dates add --help")
                return
            show.table(
                [
                    show.Column("House", wrap=True),
                    "Day",
                    show.Column("What", wrap=True),
                    show.Column("Price", currency="USD"),
                    show.Column("Min. nights", align="right"),
                    show.Column("Active", detail=True),
                ],
                [
                    [
                        line.house,
                        administration.year_day(line.day, casa.language),
                        line.description,
                        line.price_usd,
                        line.minimum_consecutive_nights,
                        line.is_active,
                    ]
                    for line in found
                ],
                language=casa.language,
            )

        payload = {"special_dates": [{**asdict(line), "day": str(line.day)} for line in found]}
        show.emit(payload, render, as_json=as_json)


@app.command()
@examples(
    "casa prices special-dates add casa-austin-1 07-29 --price 320 --description 'Patrias' --min-nights 2",
    "casa prices special-dates add casa-austin-1 2027-03-26 --price 290 --description 'Viernes Santo'",
)
def add(
    house: HouseArgument,
    day: Day,
    price: Price = None,
    description: Description = None,
    minimum: MinNights = None,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Give a night of a house its own price; one with a year beats the one of every year."""
    when = _day(day)
    fields = administration.given(
        price_usd=administration.amount(
            administration.needed(price, option="--price", example="350"), option="--price"
        ),
        description=description,
        minimum_consecutive_nights=minimum,
    )
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.special_dates import add_special_date

        changed = casa.write(
            lambda work: add_special_date(work, house, when, key=key, reason=reason, **fields),
            dry_run=dry_run,
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa prices special-dates edit casa-austin-1 12-25 --price 380 --dry-run")
def edit(
    house: HouseArgument,
    day: Day,
    price: Price = None,
    description: Description = None,
    minimum: MinNights = None,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a special date; what you do not name stays."""
    when = _day(day)
    fields = administration.given(
        price_usd=administration.amount(price, option="--price"),
        description=description,
        minimum_consecutive_nights=minimum,
        is_active=is_active,
    )
    administration.something(fields, what=f"{house} {when}")
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.special_dates import edit_special_date

        changed = casa.write(
            lambda work: edit_special_date(work, house, when, reason=reason, **fields), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa prices special-dates delete casa-austin-1 05-01 --dry-run")
def delete(
    house: HouseArgument,
    day: Day,
    reason: Reason = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Delete a special date; the night costs what its season says again."""
    when = _day(day)
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.special_dates import delete_special_date

        runtime.confirm(f"Delete the special date {when} of {house}?", yes=yes, dry_run=dry_run)
        changed = casa.write(
            lambda work: delete_special_date(work, house, when, reason=reason), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command("import")
@examples(
    "casa prices special-dates import feriados.csv --house casa-austin-1 --house casa-austin-2 --dry-run"
)
def import_(
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV file in UTF-8, or - for stdin.")],
    houses: Annotated[
        list[str] | None,
        typer.Option(
            "--house",
            metavar="HOUSE",
            help="The house they are for; repeat it for several.",
            autocompletion=complete.houses,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Let the file win over dates that are there already.")
    ] = False,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Load special dates from a CSV file: all lines, or none if one is faulty.

    Columns: day, month, description, price_usd and, where wanted, minimum_consecutive_nights and year.
    A header line is optional. Dates that are there already are passed over unless you say --overwrite;
    a minimum of nights that the file does not mention stays.
    """
    if not houses:
        raise InvalidInput("--house is missing.", field="house", hint="Add --house casa-austin-1.")
    text = administration.read_text(file)
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.special_dates import import_special_dates

        report = casa.write(
            lambda work: import_special_dates(work, houses, text, overwrite=overwrite, reason=reason),
            dry_run=dry_run,
        )
        counts = {
            verb: sum(1 for one in report.changed if one.verb is verb)
            for verb in (Verb.ADDED, Verb.CHANGED, Verb.UNCHANGED)
        }
        closing = ", ".join(f"{count} {verb}" for verb, count in counts.items())
        if report.skipped:
            closing += f", {len(report.skipped)} there already (--overwrite changes them)"
        administration.show_all_changed(
            report.changed, report, language=casa.language, as_json=as_json, closing=f"{closing}."
        )


def _day(text: str) -> YearDay:
    from casaaustin.pricing.year_days import parse_year_day

    return parse_year_day(text, field="DAY")
