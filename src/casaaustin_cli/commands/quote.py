"""Price of a stay in one or all houses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.errors import InvalidInput
from casaaustin_cli import bills, runtime, show, terminal
from casaaustin_cli.documents import quote_document
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.lookups import client_id, house_id, house_names
from casaaustin_cli.options import AsJson, Client, Code, DryRun, From, Guests, House, Key, Lang, Nights, To

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from casaaustin.db.work import Work
    from casaaustin.quoting.evaluate import HouseQuote, Quote
    from casaaustin.vocabulary import Language
    from casaaustin_cli.runtime import Casa

    Names = Mapping[UUID, str]

app = CasaTyper("quote")

Services = Annotated[
    list[str] | None,
    typer.Option("--service", metavar="NAME", help="An additional service; may be given several times."),
]


@app.command()
@examples(
    "casa quote --from 2026-04-17 --nights 2 --guests 4",
    "casa quote --from 2026-04-17 --to 2026-04-19 --guests 6 --house casa-austin-3 --service desayuno",
    'casa quote --from 2026-04-17 --nights 2 --guests 4 --client "Ana Quispe" --code AMIGOS10',
    'casa quote --from +11 --nights 2 --house "casa austin 1" --save --client "Ana Quispe" --dry-run',
    "casa quote --from 2026-12-30 --nights 2 --guests 14 --json",
)
def quote(
    check_in: From = None,
    check_out: To = None,
    nights: Nights = None,
    guests: Guests = 1,
    house: House = None,
    services: Services = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="The bill of every house, each line with its rule.")
    ] = False,
    client: Client = None,
    code: Code = None,
    save: Annotated[
        bool, typer.Option("--save", help="Keep the quote of --house, for --client if there is one.")
    ] = False,
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Price of a stay, every line with the rule that made it.

    Without --house, every house in one table: what it costs, and every reason against it. A quote of one
    house shows its bill and a quote id to book from (casa reserve --quote). With --client and --code, also
    the discounts that are meant for this guest; a code that does not apply says why, and casa discounts
    explain says more. Nothing is written, except by --save.
    """
    if save and house is None:
        raise InvalidInput("Which house is to be saved?", field="house", hint="Add --house casa-austin-1.")
    if not save and (key or dry_run):
        raise InvalidInput("--key and --dry-run belong to --save.", field="save", hint="Add --save.")
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.offers import normal_code
        from casaaustin.quoting import service
        from casaaustin.quoting.evaluate import QuoteRequest
        from casaaustin.references import find_service

        stay = casa.stay(check_in, check_out, nights)

        def use(work: Work) -> tuple[Quote, Names, str, str | None]:
            chosen = house_id(work, house)
            wanted = tuple(find_service(work, name).id for name in services or ())
            request = QuoteRequest(
                stay, guests, chosen, wanted, client=client_id(work, client), code=normal_code(code)
            )
            quoted = service.quote(work, request)
            kept = None
            if save and chosen is not None:
                kept = service.save(work, request, house=chosen, client=request.client, key=key).id.hex
            names = house_names(work) if request.code is not None else {}
            return quoted, names, service.quote_id(work, quoted), kept

        quoted, names, quote_id, kept = casa.write(use, dry_run=dry_run) if save else casa.read(use)
        document = quote_document(quoted, casa.language, quote_id=quote_id, names=names)
        if save:
            document["saved"] = kept

        def render() -> None:
            bills.print_request(quoted, casa.language)
            if house is None and not explain:
                bills.print_houses(quoted.houses, casa.language, names=names)
            else:
                for answer in quoted.houses:
                    _print_answer(answer, casa.language, names)
            _print_end(casa, quoted, quote_id if house is not None else None, saved_for=client, kept=kept)

        show.emit(document, render, as_json=as_json)


def _print_answer(answer: HouseQuote, language: Language, names: Names) -> None:
    from casaaustin.quoting.texts import reason_sentence, remark_sentence

    colour = terminal.has_colour(sys.stdout)
    state = "free" if answer.is_available else "not available"
    show.line(f"{terminal.paint(answer.house.name, terminal.BOLD, on=colour)}: {state}")
    for reason in answer.reasons:
        show.line(f"  - {reason_sentence(reason, language)}")
    for remark in answer.warnings:
        show.line(f"  ! {remark_sentence(remark, language)}")
    for sentence in bills.discount_sentences([answer], language, names=names):
        show.text(f"  {sentence}")
    show.line()
    if answer.price is not None:
        bills.print_bill(bills.quote_items(answer, language), language)
        show.line()


def _print_end(
    casa: Casa, quoted: Quote, quote_id: str | None, *, saved_for: str | None, kept: str | None
) -> None:
    from casaaustin.clock import LIMA
    from casaaustin.quoting.texts import remark_sentence

    for remark in quoted.warnings:
        terminal.say_labelled("note", remark_sentence(remark, casa.language), terminal.YELLOW)
    until = f"{quoted.expires_at.astimezone(LIMA):%H:%M}"
    if kept is not None:
        show.line(f"Saved as {kept[:8]}" + (f" for {saved_for}." if saved_for else "."))
    if not quoted.available:
        return
    if quote_id is None:
        show.line()
        bills.quiet(f"Good until {until}. The bill of one house, and a quote id: add --house NAME.")
    elif casa.settings.secret_key is None:
        bills.quiet(f"Good until {until}.")
    else:
        bills.quiet(f"Good until {until}. Book at this price with --quote and this id:")
        bills.quiet(quote_id)
