"""Which houses are free, and why the others are not; how moves of other stays would free them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import Language, Origin
from casaaustin_cli import bills, complete, runtime, show
from casaaustin_cli.commands.availability.choices import (
    MOVING,
    AllowDowngrade,
    Feature,
    FreezeDays,
    MaxMoves,
    Release,
    needs,
    terms_of,
)
from casaaustin_cli.documents import alternative_document, holder_document, quote_document
from casaaustin_cli.framework import examples
from casaaustin_cli.lookups import client_id, house_id, house_names
from casaaustin_cli.options import AsJson, Client, Code, DryRun, From, Guests, House, Lang, Nights, To

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from casaaustin.db.work import Work
    from casaaustin.quoting.evaluate import Quote, QuoteRequest
    from casaaustin.quoting.service import SearchResult
    from casaaustin.reassignment.charts import BeforeAndAfter
    from casaaustin.reassignment.models import ReassignmentPlan, WaitingRequest
    from casaaustin.reassignment.proposals import Proposals
    from casaaustin.reservations.queries import Holder
    from casaaustin_cli.runtime import Casa

MOST_ALTERNATIVES = 3


@dataclass(frozen=True, slots=True)
class _Room:
    """What was done beyond looking: plans found and kept, a request remembered."""

    found: Proposals | None = None
    kept: Mapping[UUID, ReassignmentPlan] | None = None
    drawn: BeforeAndAfter | None = None
    remembered: WaitingRequest | None = None


@dataclass(frozen=True, slots=True)
class _Wish:
    """What the options ask for beyond looking."""

    moves: bool
    max_moves: int | None
    allow_downgrade: int
    freeze_days: int | None
    release: Sequence[str] | None
    keep: bool
    chart: bool
    remember: str | None
    note: str
    dry_run: bool


@examples(
    "casa availability --from 2026-04-17 --to 2026-04-19 --guests 4",
    "casa availability --from 2026-04-21 --nights 4 --guests 16 --chart  # one move makes room",
    "casa availability --from 2026-04-24 --nights 2 --guests 28  # nothing does, and why",
    "casa availability --from 2026-05-01 --nights 2 --guests 16 --allow-downgrade 1 --messages",
    'casa availability --from 2026-04-24 --nights 2 --guests 28 --remember "Ana Quispe" --dry-run',
    "casa availability --from +4 --nights 2 --feature jacuzzi --min-sleep 15 --alternatives 5",
    "casa availability --from today --nights 14 --house casa-austin-2  # who holds each night",
)
def availability(
    context: typer.Context,
    check_in: From = None,
    check_out: To = None,
    nights: Nights = None,
    guests: Guests = 1,
    house: House = None,
    features: Feature = None,
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
    max_moves: MaxMoves = None,
    no_moves: Annotated[
        bool,
        typer.Option("--no-moves", help="Look for no moves; write nothing.", rich_help_panel=MOVING),
    ] = False,
    allow_downgrade: AllowDowngrade = 0,
    freeze_days: FreezeDays = None,
    release: Release = None,
    chart: Annotated[
        bool,
        typer.Option(
            "--chart", help="Draw the best plan: who lives where before and after.", rich_help_panel=MOVING
        ),
    ] = False,
    messages: Annotated[
        bool,
        typer.Option(
            "--messages",
            help="Print what each guest of the best plan is told, in Spanish.",
            rich_help_panel=MOVING,
        ),
    ] = False,
    keep: Annotated[
        bool,
        typer.Option(
            "--keep/--no-keep",
            help="Keep the plans for 15 minutes, so that they can be carried out by their id.",
            rich_help_panel=MOVING,
        ),
    ] = True,
    remember: Annotated[
        str | None,
        typer.Option(
            "--remember",
            metavar="CLIENT",
            help="Remember the request for this guest; see casa availability waiting.",
            autocompletion=complete.clients,
            rich_help_panel=MOVING,
        ),
    ] = None,
    note: Annotated[
        str,
        typer.Option("--note", metavar="TEXT", help="Kept with --remember.", rich_help_panel=MOVING),
    ] = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Which houses are free, and every reason against the others.

    When none is, how moving other stays would free one: the plan that moves the fewest, the best plan for
    each other house, the proof where there is none, and the nearest dates of the same length. With --house,
    about that house, and who holds each night. An option on moving stays looks for plans in any case.

    A plan that is found is kept for 15 minutes, which blocks nothing; casa reserve --apply-moves carries it
    out. Otherwise looking writes nothing. Prices are those of casa quote; name the guest with --client and
    --code for theirs.
    """
    if context.invoked_subcommand is not None:
        _refuse_options(context)
        return
    if note and remember is None:
        raise InvalidInput("--note belongs to --remember.", field="note", hint='Add --remember "Ana Quispe".')
    asked = bool(max_moves or allow_downgrade or freeze_days is not None or release or chart or messages)
    if asked and no_moves:
        raise InvalidInput(
            "--no-moves excludes the options on moving stays.", field="no_moves", hint="Leave it out."
        )
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
                features=needs(features),
                min_sleep=min_sleep,
                client=client_id(work, client),
                code=normal_code(code),
            )
            names = house_names(work) if request.code is not None else {}
            return service.search(work, request, most_alternatives=most), held, names

        found, held, names = casa.read(use)
        wish = _Wish(
            moves=not no_moves and (asked or not found.quote.available),
            max_moves=max_moves,
            allow_downgrade=allow_downgrade,
            freeze_days=freeze_days,
            release=release,
            keep=keep,
            chart=chart,
            remember=remember,
            note=note,
            dry_run=dry_run,
        )
        room = _make_room(casa, found.quote.request, wish)
        quote = room.found.quote if room.found is not None else found.quote
        document = quote_document(quote, casa.language, quote_id=None, names=names)
        del document["quote_id"], document["expires_at"]
        if free_only:
            document["houses"] = [answer for answer in document["houses"] if answer["available"]]
        document |= _room_document(room, names, casa.language)
        document["alternatives"] = [alternative_document(offer) for offer in found.alternatives]
        if house is not None:
            document["holders"] = [holder_document(holder) for holder in held]

        def render() -> None:
            _print_houses(quote, names, casa.language, free_only=free_only, house=house)
            if house is not None:
                _print_holders(held, casa.language)
            if room.found is not None:
                from casaaustin_cli.move_sheets import print_proposals

                print_proposals(
                    room.found, room.kept or {}, casa.language, drawn=room.drawn, messages=messages
                )
            if not quote.available or alternatives:
                _print_alternatives(found, casa.language)
            if room.remembered is not None:
                show.line()
                show.line(f"Remembered: request {room.remembered.id.hex[:8]}.")

        show.emit(document, render, as_json=as_json)


def _refuse_options(context: typer.Context) -> None:
    """The options belong to the bare command; before a word they would silently do nothing.

    Raises:
        InvalidInput: one was given.
    """
    for parameter in context.command.params:
        source = context.get_parameter_source(parameter.name or "")
        if source is not None and source.name == "COMMANDLINE":
            raise InvalidInput(
                f"{parameter.opts[0]} stands before {context.invoked_subcommand}, where it has no meaning.",
                hint=f"casa availability {context.invoked_subcommand} --help",
            )


def _make_room(casa: Casa, request: QuoteRequest, wish: _Wish) -> _Room:
    """Look for plans, keep them, and remember the request: as far as that is wished, in one transaction."""
    if not wish.moves and wish.remember is None:
        return _Room()

    def use(work: Work) -> _Room:
        found = drawn = remembered = None
        kept: dict[UUID, ReassignmentPlan] = {}
        if wish.moves:
            from casaaustin.reassignment import plans
            from casaaustin.reassignment.charts import before_and_after
            from casaaustin.reassignment.proposals import propose

            terms = terms_of(
                work,
                max_moves=wish.max_moves,
                allow_downgrade=wish.allow_downgrade,
                freeze_days=wish.freeze_days,
                release=wish.release,
            )
            found = propose(work, request, terms)
            best = found.best
            if wish.keep:
                kept = {one.property_id: one for one in plans.keep_each(work, request, found.options, terms)}
            if wish.chart and best is not None:
                drawn = before_and_after(
                    work, best.house, request.stay, request.guests, best.movers, casa.language
                )
        if wish.remember is not None:
            from casaaustin.clients.queries import find_client
            from casaaustin.reassignment.waiting import remember

            guest = find_client(work, wish.remember).id
            remembered = remember(work, request, guest, note=wish.note)
        return _Room(found, kept, drawn, remembered)

    writes = wish.keep or wish.remember is not None
    return casa.write(use, dry_run=wish.dry_run) if writes else casa.read(use)


def _room_document(room: _Room, names: Mapping[UUID, str], language: Language) -> dict[str, Any]:
    """What is known about moves: null where nobody looked."""
    if room.found is None and room.remembered is None:
        return {"plans": None, "refusals": None, "remembered": None}
    from casaaustin_cli.move_documents import (
        charts_document,
        option_document,
        refusal_document,
        request_document,
    )

    found, kept = room.found, room.kept or {}
    return {
        "plans": [option_document(one, kept.get(one.house.id), language) for one in found.options]
        if found is not None
        else None,
        "refusals": [refusal_document(one, language) for one in found.refusals]
        if found is not None
        else None,
        "remembered": request_document(room.remembered, None, names) if room.remembered is not None else None,
        **({"chart": charts_document(room.drawn)} if room.drawn is not None else {}),
    }


def _print_houses(
    quote: Quote, names: Mapping[UUID, str], language: Language, *, free_only: bool, house: str | None
) -> None:
    free = quote.available
    bills.print_request(quote, language)
    shown = free if free_only else quote.houses
    if shown:
        bills.print_houses(shown, language, names=names)
    if not free:
        show.line()
        show.line("Nothing is free." if house is None else "It is not free.")


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
