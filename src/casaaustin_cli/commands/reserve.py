"""Quote, check and book a stay in one transaction."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from casaaustin.errors import CasaError, CodeRefused, DatesTaken, InvalidInput, NotAvailable
from casaaustin.stays import Stay
from casaaustin.vocabulary import Language, Origin
from casaaustin_cli import complete, runtime, sheets, show
from casaaustin_cli.documents import reservation_document
from casaaustin_cli.framework import CasaTyper, Command, examples
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
    from casaaustin.reassignment.models import ReassignmentPlan
    from casaaustin.reassignment.queries import PlanSheet
    from casaaustin.reservations.booking import AgreedPrice, Order
    from casaaustin.reservations.details import Details
    from casaaustin_cli.vendored import ClickContext

app = CasaTyper("reserve")

APPLY = "--apply-moves"
BEST = "best"
ANY_HOUSE = UUID(int=0)
_PLAN = re.compile(r"[0-9a-f]{6,8}|[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


class _Reserve(Command):
    """`--apply-moves` may stand alone: what follows is its value only when it looks like the id of a plan."""

    def parse_args(self, ctx: ClickContext, args: list[str]) -> list[str]:
        named: list[str] = []
        for position, argument in enumerate(args):
            named.append(argument)
            following = args[position + 1 : position + 2]
            if argument == APPLY and not (following and _is_plan(following[0])):
                named.append(BEST)
        return super().parse_args(ctx, named)


@app.command(cls=_Reserve)
@examples(
    'casa reserve casa-austin-1 "Ana Quispe" --from 2026-04-17 --nights 2 --guests 4 --dry-run',
    "casa reserve casa-austin-3 999000112 --from +11 --nights 2 --guests 20 --hold 2h --key web-7 --dry-run",
    'casa reserve casa-austin-1 "Ana Quispe" --from 2026-04-17 --nights 2 --code AMIGOS10 --dry-run',
    'casa reserve casa-austin-1 "Ana Quispe" --from +7 --nights 1 --price 90 --reason friends --dry-run',
    'casa reserve --house casa-austin-3 --client "Bruno Salas" --from tomorrow --nights 1 --dry-run',
    "casa reserve casa-austin-4 --from 2026-04-27 --nights 3 --maintenance --comments paint --dry-run",
    'casa reserve "Ana Quispe" --apply-moves d1086c1a --dry-run  # the plan knows house, dates and guests',
    'casa reserve --client "Ana Quispe" --from 2026-04-21 --nights 4 --guests 16 --apply-moves --dry-run',
)
def reserve(
    context: typer.Context,
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
    apply_moves: Annotated[
        str | None,
        typer.Option(
            APPLY,
            metavar="[PLAN]",
            help="Move whoever is in the way, by this plan or the best one, with the booking or not at all.",
            autocompletion=complete.plans,
        ),
    ] = None,
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Quote, check and book a stay in one transaction.

    The nights are taken by whoever is first; who comes second is refused, and nothing of it remains. A code
    that does not apply refuses the booking, with the reason and the price without it.

    With --apply-moves and the id of a plan (casa availability) house, dates and guests are those of the plan.
    Without an id the best plan for the house is looked for and carried out; without a house, a free one is
    taken before anybody is moved.
    """
    if accept_without_discount and code is None:
        raise InvalidInput("--accept-without-discount belongs to --code.", field="code", hint="Add --code.")
    if reason and price is None:
        raise InvalidInput("--reason belongs to --price.", field="reason", hint="Add --price 350.")
    named = apply_moves if apply_moves != BEST else None
    wanted_house, wanted_client = _where_and_who(house_word, client_word, house, client, plan=named)
    if wanted_house is None and apply_moves is None:
        raise InvalidInput("Which house?", field="house", hint="Name it: casa reserve casa-austin-1 …")
    with runtime.open(language=lang) as casa:
        from casaaustin.references import find_house, find_service
        from casaaustin.reservations import booking
        from casaaustin.reservations.details import details

        typed = named is None or any(part is not None for part in (check_in, check_out, nights))
        stay = casa.stay(check_in, check_out, nights) if typed else None

        def order(work: Work, plan: ReassignmentPlan | None) -> Order:
            chosen = find_house(work, wanted_house).id if wanted_house is not None else ANY_HOUSE
            usual = (chosen, stay, guests)
            return booking.Order(
                **_place(usual, plan, context, is_named=wanted_house is not None),
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

        def use(work: Work) -> tuple[Details, PlanSheet | None]:
            if apply_moves is None:
                return details(work, booking.reserve(work, order(work, None), key=key)), None
            from casaaustin.reassignment.plans import apply_plan, find_plan
            from casaaustin.reassignment.queries import plan_sheet
            from casaaustin.reassignment.rooms import make_room

            if named is not None:
                plan = find_plan(work, named)
                done = apply_plan(work, plan, order(work, plan), key=key)
                return details(work, done.booked), plan_sheet(work, done.plan)
            room = make_room(work, order(work, None), any_house=wanted_house is None, key=key)
            return details(work, room.booked), plan_sheet(work, room.plan) if room.plan is not None else None

        try:
            made, moved = casa.write(use, dry_run=dry_run)
        except (DatesTaken, NotAvailable) as refused:
            if stay is not None:
                refused.hint = _hint(refused, stay, guests, may_move=apply_moves is None)
            raise
        except CodeRefused as refused:
            refused.hint = f"{refused.hint} Or add --accept-without-discount."
            raise
        document = reservation_document(made)
        if apply_moves is not None:
            document |= _moved_document(moved)
        title = "Blocked" if maintenance else "Held" if hold is not None else "Reserved"

        def render() -> None:
            sheets.print_reservation(made, casa.language, now=casa.clock.now(), title=title)
            if moved is not None:
                _print_moved(moved, casa.language)

        show.emit(document, render, as_json=as_json)


def _where_and_who(
    house_word: str | None,
    client_word: str | None,
    house: str | None,
    client: str | None,
    *,
    plan: str | None,
) -> tuple[str | None, str | None]:
    """House and guest, each as a plain word or as an option."""
    if (house is not None or plan is not None) and client is None and client_word is None:
        # Where the house is known, the one word that is left can only be the guest.
        house_word, client_word = None, house_word
    return either(house_word, house, option="--house"), either(client_word, client, option="--client")


def _hint(refused: CasaError, stay: Stay, guests: int, *, may_move: bool) -> str:
    """What to type when the house cannot be had; moving others helps only where somebody is in the way."""
    search = f"casa availability --from {stay.check_in} --to {stay.check_out} --guests {guests}"
    return (
        f"{search}, or add {APPLY} to make room" if isinstance(refused, DatesTaken) and may_move else search
    )


def _is_plan(word: str) -> bool:
    """Whether a word behind `--apply-moves` is the id of a plan, and not a house, a guest or an option."""
    return _PLAN.fullmatch(word) is not None


def _place(
    usual: tuple[UUID, Stay | None, int],
    plan: ReassignmentPlan | None,
    context: typer.Context,
    *,
    is_named: bool,
) -> dict[str, Any]:
    """House, nights and guests of an order: as typed, and what was not typed as the plan has it."""
    house, stay, guests = usual
    if plan is not None:
        source = context.get_parameter_source("guests")
        house = house if is_named else plan.property_id
        stay = stay or Stay(plan.check_in_date, plan.check_out_date)
        guests = guests if source is not None and source.name == "COMMANDLINE" else plan.guests
    return {"house": house, "stay": stay, "guests": guests}


def _moved_document(moved: PlanSheet | None) -> dict[str, Any]:
    """The plan that was carried out, and whom it moved; nobody when the house was free."""
    from casaaustin_cli.move_documents import mover_document

    return {
        "plan": moved.plan.id if moved is not None else None,
        "moves": [mover_document(mover) for mover in moved.movers] if moved is not None else [],
    }


def _print_moved(moved: PlanSheet, language: Language) -> None:
    from casaaustin_cli.move_sheets import print_moves, short

    show.line()
    show.line(f"Moved by plan {short(moved.plan.id)}:")
    print_moves(moved.movers, language)


def agreed_price(price: str | None, reason: str) -> AgreedPrice | None:
    """The price that staff agreed on, as typed."""
    if price is None:
        return None
    from casaaustin.money import parse_amount
    from casaaustin.reservations.booking import AgreedPrice

    return AgreedPrice(parse_amount(price, field="price"), reason)
