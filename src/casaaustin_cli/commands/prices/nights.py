"""What a night costs: show, set."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.changes import Changed, FieldChange
from casaaustin.vocabulary import Language, NightSource
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import HouseArgument, Reason
from casaaustin_cli.framework import examples
from casaaustin_cli.options import AsJson, DryRun, House, Lang

if TYPE_CHECKING:
    from casaaustin.db.work import Work
    from casaaustin.pricing.ratebook import House as BookHouse
    from casaaustin.pricing.ratebook import NightRates, RateBook
    from casaaustin.pricing.year_table import PriceRun


# The columns of a house carry the names of the old system; people read ours.
_SPOKEN = {"precio_extra_persona": "extra_person_usd", "precio_desde": "from_price_usd"}


def _price(flag: str, meaning: str) -> Any:
    return typer.Option(flag, metavar="USD", help=meaning)


@examples("casa prices show", "casa prices show --house casa-austin-1 --year 2026", "casa prices show --json")
def show_(
    house: House = None,
    year: Annotated[
        int | None,
        typer.Option(
            "--year", metavar="YEAR", min=2000, max=2200, help="Calendar year; this one by default."
        ),
    ] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Show the nightly prices of all houses, or the year of one house.

    Prices are dollars for one guest. A house that lacks one of its prices cannot be sold.
    """
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.queries import rate_book
        from casaaustin.pricing.year_table import price_year
        from casaaustin.references import find_house

        if house is None and year is None:
            book = casa.read(rate_book)
            show.emit(_summary(book), lambda: _print_summary(book, casa.language), as_json=as_json)
            return
        wanted = year or casa.today.year

        def use(work: Work) -> list[tuple[BookHouse, tuple[PriceRun, ...]]]:
            book = rate_book(work)
            chosen = [find_house(work, house)] if house is not None else list(book.houses)
            return [(one, price_year(book, one, wanted)) for one in chosen]

        found = casa.read(use)
        payload = {
            "year": wanted,
            "houses": [{"house": one.slug, "name": one.name, "runs": runs} for one, runs in found],
        }

        def render() -> None:
            for number, (one, runs) in enumerate(found):
                if number:
                    show.line()
                _print_year(one, wanted, runs, casa.language)

        show.emit(payload, render, as_json=as_json)


@examples(
    "casa prices set casa-austin-1 --weekday-low 110 --weekend-low 180 --weekday-high 160 --weekend-high 240",
    "casa prices set casa-austin-1 --extra-person 12 --dry-run",
)
def set_(
    house: HouseArgument,
    weekday_low: Annotated[str | None, _price("--weekday-low", "Sunday to Thursday, low season.")] = None,
    weekend_low: Annotated[str | None, _price("--weekend-low", "Friday and Saturday, low season.")] = None,
    weekday_high: Annotated[str | None, _price("--weekday-high", "Sunday to Thursday, high season.")] = None,
    weekend_high: Annotated[str | None, _price("--weekend-high", "Friday and Saturday, high season.")] = None,
    extra_person: Annotated[
        str | None, _price("--extra-person", "Each guest beyond the first, per night.")
    ] = None,
    from_price: Annotated[str | None, _price("--from-price", "The “from” price of the listings.")] = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Set nightly prices of a house; those you do not name stay."""
    prices = administration.given(
        weekday_low_season_usd=administration.amount(weekday_low, option="--weekday-low"),
        weekend_low_season_usd=administration.amount(weekend_low, option="--weekend-low"),
        weekday_high_season_usd=administration.amount(weekday_high, option="--weekday-high"),
        weekend_high_season_usd=administration.amount(weekend_high, option="--weekend-high"),
    )
    of_house = administration.given(
        precio_extra_persona=administration.amount(extra_person, option="--extra-person"),
        precio_desde=administration.amount(from_price, option="--from-price"),
    )
    administration.something({**prices, **of_house}, what=house)
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.nightly_prices import set_prices
        from casaaustin.properties.queries import get_house
        from casaaustin.properties.service import edit_house

        def use(work: Work) -> Changed:
            owner = get_house(work, house)
            done = []
            if prices:
                done.append(set_prices(work, str(owner.id), reason=reason, **prices))
            if of_house:
                done.append(edit_house(work, str(owner.id), reason=reason, **of_house))
            fields = tuple(
                FieldChange(_SPOKEN.get(field.field, field.field), field.old, field.new)
                for one in done
                for field in one.fields
                if field.field != "property_id"
            )
            telling = next((one for one in done if one.fields), done[0])
            return Changed(owner.id, owner.name, telling.verb, fields)

        changed = casa.write(use, dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


def _summary(book: RateBook) -> dict[str, Any]:
    return {
        "currency": "USD",
        "houses": [
            {
                "house": house.slug,
                "name": house.name,
                "weekday_low_season_usd": house.rates.weekday_low if house.rates else None,
                "weekend_low_season_usd": house.rates.weekend_low if house.rates else None,
                "weekday_high_season_usd": house.rates.weekday_high if house.rates else None,
                "weekend_high_season_usd": house.rates.weekend_high if house.rates else None,
                "extra_person_usd": house.extra_person_usd,
                "from_price_usd": house.from_price_usd,
                "special_dates": len(house.special_dates),
                "can_be_sold": _can_be_sold(house),
            }
            for house in book.houses
        ],
    }


def _print_summary(book: RateBook, language: Language) -> None:
    if not book.houses:
        show.line("No house is configured yet. Begin with a file: casa config apply --help")
        return
    show.table(
        [
            show.Column("House", wrap=True),
            show.Column("Low\nSun–Thu", align="right"),
            show.Column("Low\nFri, Sat", align="right"),
            show.Column("High\nSun–Thu", align="right"),
            show.Column("High\nFri, Sat", align="right"),
            show.Column("Extra\nguest", align="right"),
            show.Column("“From”\nprice", align="right", detail=True),
        ],
        [
            [
                house.name,
                *(_dollars(price) for price in (*_four(house.rates), house.extra_person_usd)),
                _dollars(house.from_price_usd),
            ]
            for house in book.houses
        ],
        language=language,
        title="US$ a night for one guest",
    )
    for house in book.houses:
        if not _can_be_sold(house):
            show.line(f"{house.name} cannot be sold: a price is missing.")


def _four(rates: NightRates | None) -> list[Decimal | None]:
    if rates is None:
        return [None] * 4
    return [rates.weekday_low, rates.weekend_low, rates.weekday_high, rates.weekend_high]


def _dollars(price: Decimal | None) -> str | None:
    """A price without the currency, which the title has once for all: seven columns fit a narrow terminal."""
    return None if price is None else f"{price:,.2f}"


def _can_be_sold(house: BookHouse) -> bool:
    if house.rates is not None:
        return house.rates.are_configured()
    return house.from_price_usd is not None


def _print_year(house: BookHouse, year: int, runs: tuple[PriceRun, ...], language: Language) -> None:
    show.table(
        [
            "From",
            "To",
            show.Column("Nights", detail=True),
            show.Column("Why", wrap=True),
            show.Column("Sun–Thu", currency="USD"),
            show.Column("Fri, Sat", currency="USD"),
            show.Column("Minimum", align="right", detail=True),
        ],
        [
            [
                run.first,
                run.last if run.last != run.first else "",
                run.night_count,
                _why(run),
                run.weekday_usd,
                run.weekend_usd,
                f"{run.minimum_nights} nights" if run.minimum_nights > 1 else "",
            ]
            for run in runs
        ],
        language=language,
        title=f"{house.name}, {year}",
    )
    show.line(f"Each guest beyond the first: {show.cell(house.extra_person_usd, language, 'USD')} a night.")


def _why(run: PriceRun) -> str:
    match run.source:
        case None:
            return "no price"
        case NightSource.SPECIAL_DATE:
            return run.label or "special date"
        case NightSource.FALLBACK:
            return f"“from” price, {run.season} season"
        case NightSource.RATE:
            return f"{run.season} season" + (f" ({run.label})" if run.label else "")
