"""Why a stay gets its discount, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.errors import InvalidInput
from casaaustin_cli import bills, complete, runtime, sheets, show
from casaaustin_cli.documents import considered_title, explanation_document, reservation_document
from casaaustin_cli.framework import examples
from casaaustin_cli.lookups import client_id, house_id
from casaaustin_cli.options import AsJson, Client, Code, From, Guests, House, Lang, Nights, To

if TYPE_CHECKING:
    from decimal import Decimal

    from casaaustin.db.work import Work
    from casaaustin.money import Amount
    from casaaustin.quoting.explain import Considered, Explanation
    from casaaustin.reservations.explaining import SaleExplained
    from casaaustin.vocabulary import Language
    from casaaustin_cli.runtime import Casa


@examples(
    "casa discounts explain --from 2026-04-17 --nights 2 --house casa-austin-1 --code VERANO12",
    "casa discounts explain --from 2026-05-07 --nights 2 --house casa-austin-1 --client 'Ana Quispe'"
    " --code ANA20 --json",
    "casa discounts explain --from 2026-04-13 --nights 1 --house casa-austin-3 --on 2026-04-13",
    "casa discounts explain c30430",
)
def explain(
    reservation: Annotated[
        str | None,
        typer.Argument(
            metavar="RESERVATION",
            help="A reservation, instead of a stay: what it was sold with, and what it would get today.",
            autocompletion=complete.reservations,
            show_default=False,
        ),
    ] = None,
    check_in: From = None,
    check_out: To = None,
    nights: Nights = None,
    guests: Guests = 1,
    house: House = None,
    client: Client = None,
    code: Code = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="As if it were booked on this day; today if not."),
    ] = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Why a stay gets its discount, or none.

    Every discount there is, the rules that are switched off among them: each test, passed or failed, and
    what it looked at; what the discount is worth; which one won, and why. Stays are priced, and uses of a
    code counted, as of now, also with --on.
    """
    with runtime.open(language=lang) as casa:
        if reservation is not None:
            if any(each is not None for each in (check_in, check_out, nights, house, client, code, on)):
                raise InvalidInput(
                    "Either a reservation or a stay.", field="reservation", hint="Leave one of them out."
                )
            _explain_sale(casa, reservation, as_json=as_json)
            return
        if house is None:
            raise InvalidInput("In which house?", field="house", hint="Add --house casa-austin-1.")
        _explain_stay(
            casa, (check_in, check_out, nights), guests, house, client, code, on=on, as_json=as_json
        )


def _explain_stay(
    casa: Casa,
    dates: tuple[str | None, str | None, int | None],
    guests: int,
    house: str,
    client: str | None,
    code: str | None,
    *,
    on: str | None,
    as_json: bool,
) -> None:
    from casaaustin.discounts.offers import normal_code
    from casaaustin.quoting.evaluate import QuoteRequest
    from casaaustin.quoting.explaining import explain_stay

    stay = casa.stay(*dates)
    booked_on = casa.day(on, option="--on") if on is not None else None

    def use(work: Work) -> Explanation:
        request = QuoteRequest(
            stay, guests, house_id(work, house), client=client_id(work, client), code=normal_code(code)
        )
        return explain_stay(work, request, booked_on=booked_on)

    found = casa.read(use)

    def render() -> None:
        show.heading(f"{found.answer.house.name}, {bills.stay_text(stay, casa.language)}")
        _print(found, casa.language)

    show.emit(explanation_document(found, casa.language), render, as_json=as_json)


def _explain_sale(casa: Casa, reservation: str, *, as_json: bool) -> None:
    from casaaustin.references import find_reservation
    from casaaustin.reservations.explaining import explain_sale

    def use(work: Work) -> SaleExplained:
        return explain_sale(work, find_reservation(work, reservation))

    found = casa.read(use)
    document = {
        "sold": reservation_document(found.sold),
        "now": explanation_document(found.now, casa.language),
    }

    def render() -> None:
        sheets.print_reservation(found.sold, casa.language, now=casa.clock.now(), title="Sold as")
        show.line()
        show.heading("By the prices and rules of today")
        _print(found.now, casa.language)

    show.emit(document, render, as_json=as_json)


def _print(found: Explanation, language: Language) -> None:
    """Print the tests of every discount, then all of them in one table, then the sums."""
    from casaaustin import formats
    from casaaustin.quoting.explain_texts import decision_sentence

    booked = f"{formats.day(found.booked_on, language)} {found.booked_on.year}"
    bills.quiet(f"booked {booked}; US$ 1.00 = S/ {formats.number(found.answer.rate, language)}")
    for one in found.considered:
        show.line()
        _print_one(one, found, language)
    show.line()
    _print_sums(found, language)
    show.line()
    show.text(f"{bills.capital(decision_sentence(found, language))}.")


def _print_one(one: Considered, found: Explanation, language: Language) -> None:
    from casaaustin.discounts.check_texts import check_sentence, name_of
    from casaaustin.discounts.texts import benefit_in_words, kind_name

    parts = [bills.capital(considered_title(one, language))]
    if one.discount is not None:
        if one.code is None:
            parts.append(kind_name(one.source, language))
        parts.append(benefit_in_words(one.discount, language))
    show.heading(": ".join([", ".join(parts), _standing(one)]))
    rows = [
        (
            f"  {'ok' if check.passed else 'NO'}  {name_of(check, language)}",
            check_sentence(check, language, found.names),
        )
        for check in one.checks
    ]
    show.pairs(rows, language=language)


def _standing(one: Considered) -> str:
    return one.standing.value.replace("_", " ")


def _print_sums(found: Explanation, language: Language) -> None:
    totals = found.answer.totals
    show.table(
        [
            show.Column("Discount", wrap=True),
            "Outcome",
            show.Column("Worth US$", align="right", detail=True),
            show.Column(bills.DOLLARS, align="right"),
            show.Column(bills.SOLES, align="right"),
        ],
        [
            ["Nights and extra guests", "", "", *_amounts(totals.subtotal)],
            *(
                [
                    bills.capital(considered_title(one, language)),
                    _standing(one),
                    _worth(one),
                    *_taken(one.effect),
                ]
                for one in found.considered
            ),
        ],
        totals=["Price of the stay", "", "", *_amounts(totals.final)],
        language=language,
    )


def _worth(one: Considered) -> str | None:
    return bills.number(one.worth.usd) if one.discount is not None else None


def _amounts(amount: Amount) -> tuple[str | None, str | None]:
    return bills.number(amount.usd), bills.number(amount.sol)


def _taken(amount: Amount) -> tuple[str | None, str | None]:
    """What is taken off, as a negative amount."""
    return bills.number(_negative(amount.usd)), bills.number(_negative(amount.sol))


def _negative(value: Decimal) -> Decimal:
    return -value if value else value
