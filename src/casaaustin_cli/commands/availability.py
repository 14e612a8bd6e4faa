"""Which houses are free, and why the others are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.vocabulary import Origin
from casaaustin_cli import bills, runtime, show
from casaaustin_cli.documents import alternative_document, holder_document, quote_document
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.lookups import client_id, house_id, house_names
from casaaustin_cli.options import AsJson, Client, Code, From, Guests, House, Lang, Nights, To

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from casaaustin.db.work import Work
    from casaaustin.quoting.service import SearchResult
    from casaaustin.reservations.queries import Holder
    from casaaustin.vocabulary import Language

app = CasaTyper("availability")

MOST_ALTERNATIVES = 3


@app.command()
@examples(
    "casa availability --from 2026-04-17 --to 2026-04-19 --guests 4",
    "casa availability --from 2026-04-10 --nights 2 --guests 20 --alternatives 5",
    "casa availability --from +4 --nights 2 --feature jacuzzi --min-sleep 15",
    "casa availability --from today --nights 14 --house casa-austin-2  # who holds each night",
)
def availability(
    check_in: From = None,
    check_out: To = None,
    nights: Nights = None,
    guests: Guests = 1,
    house: House = None,
    features: Annotated[
        list[str] | None,
        typer.Option("--feature", metavar="TEXT", help="Something the house must have; may be repeated."),
    ] = None,
    min_sleep: Annotated[
        int | None, typer.Option("--min-sleep", metavar="N", min=1, help="Beds the house must have.")
    ] = None,
    alternatives: Annotated[
        int | None,
        typer.Option(
            "--alternatives",
            metavar="N",
            min=0,
            max=20,
            help="Other dates to offer, at most; 3 when nothing is free.",
        ),
    ] = None,
    free_only: Annotated[
        bool, typer.Option("--free", help="Leave out the houses that are not free.")
    ] = False,
    client: Client = None,
    code: Code = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Which houses are free, and every reason against the others.

    When none is, the nearest dates of the same length on which one is. With --house, who holds each night
    and until when. Prices are those of casa quote; name the guest with --client and --code for theirs.
    """
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.offers import normal_code
        from casaaustin.quoting import service
        from casaaustin.quoting.evaluate import QuoteRequest

        stay = casa.stay(check_in, check_out, nights)
        most = MOST_ALTERNATIVES if alternatives is None else alternatives

        def use(work: Work) -> tuple[SearchResult, Sequence[Holder], Mapping[UUID, str]]:
            chosen = house_id(work, house)
            held: tuple[Holder, ...] = ()
            if chosen is not None:
                from casaaustin.reservations.queries import holders

                held = tuple(holders(work, chosen, stay))
            request = QuoteRequest(
                stay,
                guests,
                chosen,
                features=frozenset(feature.strip().casefold() for feature in features or ()),
                min_sleep=min_sleep,
                client=client_id(work, client),
                code=normal_code(code),
            )
            return service.search(work, request, most_alternatives=most), held, house_names(work)

        found, held, names = casa.read(use)
        document = quote_document(found.quote, casa.language, quote_id=None, names=names)
        del document["quote_id"], document["expires_at"]
        if free_only:
            document["houses"] = [answer for answer in document["houses"] if answer["available"]]
        document["alternatives"] = [alternative_document(offer) for offer in found.alternatives]
        if house is not None:
            document["holders"] = [holder_document(holder) for holder in held]

        def render() -> None:
            free = found.quote.available
            bills.print_request(found.quote, casa.language)
            shown = free if free_only else found.quote.houses
            if shown:
                bills.print_houses(shown, casa.language, names=names)
            if not free:
                show.line()
                show.line("Nothing is free." if house is None else "It is not free.")
            if house is not None:
                _print_holders(held, casa.language)
            if not free or alternatives:
                _print_alternatives(found, casa.language)

        show.emit(document, render, as_json=as_json)


def _print_holders(held: Sequence[Holder], language: Language) -> None:
    show.line()
    if not held:
        show.line("Nobody holds a night.")
        return
    show.table(
        ["Night", show.Column("Held by", wrap=True), "As", "Until", show.Column("Reservation", detail=True)],
        [
            [
                holder.night,
                holder.client or ("maintenance" if holder.origin is Origin.MAINTENANCE else holder.origin),
                "hold" if holder.held_until else holder.status,
                holder.held_until or "for good",
                holder.reservation_id.hex[:8],
            ]
            for holder in held
        ],
        language=language,
    )


def _print_alternatives(found: SearchResult, language: Language) -> None:
    show.line()
    if not found.alternatives:
        show.line("No other dates within 30 days either.")
        return
    show.table(
        ["Nearest dates", "Away", "House", show.Column("from US$", align="right")],
        [
            [
                bills.dates_text(offer.stay, language),
                f"{bills.plural(abs(offer.offset), 'day')} {'later' if offer.offset > 0 else 'earlier'}",
                offer.house.name,
                bills.number(offer.subtotal_usd),
            ]
            for offer in found.alternatives
        ],
        language=language,
    )
