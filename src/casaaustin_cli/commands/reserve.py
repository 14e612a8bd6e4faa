"""Quote, check and book a stay in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.errors import CodeRefused, DatesTaken, InvalidInput, NotAvailable
from casaaustin.vocabulary import Origin
from casaaustin_cli import complete, runtime, sheets, show
from casaaustin_cli.documents import reservation_document
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.lookups import client_id
from casaaustin_cli.options import (
    AsJson,
    Client,
    Code,
    DryRun,
    From,
    Guests,
    House,
    Key,
    Lang,
    Nights,
    To,
    either,
    read_span,
)

if TYPE_CHECKING:
    from casaaustin.db.work import Work
    from casaaustin.reservations.booking import AgreedPrice, Order
    from casaaustin.reservations.details import Details

app = CasaTyper("reserve")


@app.command()
@examples(
    'casa reserve casa-austin-1 "Ana Quispe" --from 2026-04-17 --nights 2 --guests 4 --dry-run',
    "casa reserve casa-austin-3 999000112 --from +11 --nights 2 --guests 20 --hold 2h --key web-7 --dry-run",
    'casa reserve casa-austin-1 "Ana Quispe" --from 2026-04-17 --nights 2 --code AMIGOS10 --dry-run',
    'casa reserve casa-austin-1 "Ana Quispe" --from +7 --nights 1 --price 90 --reason friends --dry-run',
    'casa reserve --house casa-austin-3 --client "Bruno Salas" --from tomorrow --nights 1 --dry-run',
    "casa reserve casa-austin-4 --from 2026-04-27 --nights 3 --maintenance --comments paint --dry-run",
)
def reserve(
    house_word: Annotated[
        str | None,
        typer.Argument(
            metavar="HOUSE",
            help="Id, slug or name of a house; the same as --house.",
            autocompletion=complete.houses,
            show_default=False,
        ),
    ] = None,
    client_word: Annotated[
        str | None,
        typer.Argument(
            metavar="CLIENT",
            help="Whoever comes; the same as --client.",
            autocompletion=complete.clients,
            show_default=False,
        ),
    ] = None,
    house: House = None,
    client: Client = None,
    check_in: From = None,
    check_out: To = None,
    nights: Nights = None,
    guests: Guests = 1,
    services: Annotated[
        list[str] | None,
        typer.Option("--service", metavar="NAME", help="An additional service; may be given several times."),
    ] = None,
    code: Code = None,
    accept_without_discount: Annotated[
        bool,
        typer.Option(
            "--accept-without-discount", help="Book without the code where it does not apply; else refuse."
        ),
    ] = False,
    late_checkout: Annotated[
        bool, typer.Option("--late-checkout", help="Leave at 20:00; charged, and blocks that night.")
    ] = False,
    hold: Annotated[
        str | None,
        typer.Option("--hold", metavar="SPAN", help="Only hold the nights, for so long: 60m, 2h or 1d."),
    ] = None,
    quote_id: Annotated[
        str | None,
        typer.Option(
            "--quote", metavar="ID", help="Quote id; refused when its price is no longer the price."
        ),
    ] = None,
    price: Annotated[
        str | None,
        typer.Option("--price", metavar="USD", help="Dollars agreed for the whole stay; needs --reason."),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why that price; kept with the reservation.")
    ] = "",
    maintenance: Annotated[
        bool, typer.Option("--maintenance", help="Block the nights for work; no client, no price.")
    ] = False,
    allow_past: Annotated[
        bool, typer.Option("--allow-past", help="Enter a stay that has begun or is over.")
    ] = False,
    phone: Annotated[
        str | None, typer.Option("--phone", metavar="NUMBER", help="Contact number for this stay.")
    ] = None,
    comments: Annotated[
        str | None, typer.Option("--comments", metavar="TEXT", help="What the guest asks for.")
    ] = None,
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Quote, check and book a stay in one transaction.

    The nights are taken by whoever is first; who comes second is refused, and nothing of it remains. A code
    that does not apply refuses the booking, with the reason and the price without it.
    """
    if accept_without_discount and code is None:
        raise InvalidInput("--accept-without-discount belongs to --code.", field="code", hint="Add --code.")
    if reason and price is None:
        raise InvalidInput("--reason belongs to --price.", field="reason", hint="Add --price 350.")
    if house is not None and client is None and client_word is None:
        # With --house, the one word that is left can only be the guest.
        client_word = house_word
        house_word = None
    wanted_house = either(house_word, house, option="--house")
    wanted_client = either(client_word, client, option="--client")
    if wanted_house is None:
        raise InvalidInput("Which house?", field="house", hint="Name it: casa reserve casa-austin-1 …")
    with runtime.open(language=lang) as casa:
        from casaaustin.references import find_house, find_service
        from casaaustin.reservations import booking
        from casaaustin.reservations.details import details

        stay = casa.stay(check_in, check_out, nights)

        def order(work: Work) -> Order:
            return booking.Order(
                house=find_house(work, wanted_house).id,
                stay=stay,
                guests=guests,
                client=client_id(work, wanted_client),
                services=tuple(find_service(work, name).id for name in services or ()),
                origin=Origin.MAINTENANCE if maintenance else Origin.STAFF,
                hold=read_span(hold, option="--hold") if hold is not None else None,
                code=code,
                accept_without_discount=accept_without_discount,
                late_checkout=late_checkout,
                quote_id=quote_id,
                agreed=agreed_price(price, reason),
                allow_past=allow_past,
                phone=phone,
                comments=comments,
            )

        def use(work: Work) -> Details:
            return details(work, booking.reserve(work, order(work), key=key))

        try:
            made = casa.write(use, dry_run=dry_run)
        except (DatesTaken, NotAvailable) as refused:
            refused.hint = f"casa availability --from {stay.check_in} --to {stay.check_out} --guests {guests}"
            raise
        except CodeRefused as refused:
            refused.hint = f"{refused.hint} Or add --accept-without-discount."
            raise
        title = "Blocked" if maintenance else "Held" if hold is not None else "Reserved"
        show.emit(
            reservation_document(made),
            lambda: sheets.print_reservation(made, casa.language, now=casa.clock.now(), title=title),
            as_json=as_json,
        )


def agreed_price(price: str | None, reason: str) -> AgreedPrice | None:
    """The price that staff agreed on, as typed."""
    if price is None:
        return None
    from casaaustin.money import parse_amount
    from casaaustin.reservations.booking import AgreedPrice

    return AgreedPrice(parse_amount(price, field="price"), reason)
