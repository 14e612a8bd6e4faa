"""The life of a reservation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.errors import CasaError, InvalidInput
from casaaustin.vocabulary import CancelReason, Origin, ReservationStatus
from casaaustin_cli import complete, runtime, sheets, show
from casaaustin_cli.documents import listed_document, reservation_document
from casaaustin_cli.failures import ExitStatus
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.lookups import client_id, house_id
from casaaustin_cli.options import (
    AsJson,
    Client,
    DryRun,
    From,
    House,
    Key,
    Lang,
    Nights,
    ReservationRef,
    To,
    Yes,
    read_stay,
)
from casaaustin_cli.terminal import say_labelled

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from casaaustin.db.work import Work
    from casaaustin.register.models import Reservation
    from casaaustin.reservations.changing import Change
    from casaaustin.reservations.details import Details
    from casaaustin.reservations.queries import Filter, Listed
    from casaaustin.stays import Stay
    from casaaustin_cli.runtime import Casa

app = CasaTyper("reservations", help="The life of a reservation: find it, decide on it, change it, end it.")

PAGE_SIZE = 25

Reason = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the audit trail.")]
NewHouse = Annotated[
    str,
    typer.Argument(
        metavar="HOUSE",
        help="Where to: id, slug or name of a house.",
        autocompletion=complete.houses,
        show_default=False,
    ),
]


@app.command("list")
@examples(
    "casa reservations list --upcoming",
    "casa reservations list --house casa-austin-2 --from 2026-04-01 --to 2026-05-01",
    "casa reservations list --status pending --status under_review",
    'casa reservations list --client "Bruno Salas" --json',
)
def list_(
    house: House = None,
    client: Client = None,
    statuses: Annotated[
        list[ReservationStatus] | None,
        typer.Option("--status", help="Only these; may be repeated.", autocompletion=complete.statuses),
    ] = None,
    origin: Annotated[
        Origin | None,
        typer.Option("--origin", help="air (Airbnb), aus (staff), man (maintenance) or client (web)."),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", metavar="DAY", help="Stays with a night on or after this day.")
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="Stays with a night before this day.")
    ] = None,
    upcoming: Annotated[bool, typer.Option("--upcoming", help="Leave out stays that are over.")] = False,
    page: Annotated[int, typer.Option("--page", metavar="N", min=1, help="Which page.")] = 1,
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=1000, help="Reservations a page.")
    ] = PAGE_SIZE,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """List reservations by check-in, all of them or those that fit."""
    with runtime.open(language=lang) as casa:
        from casaaustin.reservations import queries

        window = _window(casa, first, last)

        def wanted(work: Work) -> Filter:
            return queries.Filter(
                house=house_id(work, house),
                client=client_id(work, client),
                statuses=statuses or None,
                origin=origin,
                window=window,
                upcoming=upcoming,
            )

        found = casa.read(lambda work: queries.listing(work, wanted(work), page=page, page_size=limit))

        def render() -> None:
            if not found.rows:
                show.line("No reservations on this page." if found.count else "No reservations found.")
                return
            sheets.print_list(found.rows, casa.language)
            before = (page - 1) * limit
            if before or found.count > len(found.rows):
                more = f"; the next: --page {page + 1}" if page < found.pages else ""
                show.line(f"{before + 1} to {before + len(found.rows)} of {found.count}{more}")

        payload = {
            "count": found.count,
            "page": found.page,
            "pages": found.pages,
            "reservations": [listed_document(row) for row in found.rows],
        }
        show.emit(payload, render, as_json=as_json)


@app.command("show")
@examples("casa reservations show c20417", "casa reservations show c20417 --json")
def show_(reservation: ReservationRef, lang: Lang = None, as_json: AsJson = False) -> None:
    """Show one reservation: bill, balance, nights, deadline, and what happened to it."""
    with runtime.open(language=lang) as casa:
        from casaaustin.audit.queries import timeline
        from casaaustin.references import find_reservation
        from casaaustin.reservations.details import details

        def use(work: Work) -> tuple[Details, list[Any]]:
            found = find_reservation(work, reservation)
            return details(work, found), timeline(work, "reservation", found.id)

        found, events = casa.read(use)

        def render() -> None:
            sheets.print_reservation(found, casa.language, now=casa.clock.now())
            show.line()
            sheets.print_events(events, casa.language)

        document = reservation_document(found)
        document["timeline"] = [_event_document(event) for event in events]
        show.emit(document, render, as_json=as_json)


@app.command()
@examples("casa reservations approve c10414 --dry-run")
def approve(
    reservation: ReservationRef,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help="Kept in the audit trail.")] = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Confirm a reservation: its nights become firm, its deadline disappears."""

    def use(work: Work, found: Reservation) -> Reservation:
        from casaaustin.reservations import ending

        return ending.approve(work, found, key=key, note=note)

    _step("Approved", reservation, use, dry_run=dry_run, lang=lang, as_json=as_json)


@app.command()
@examples('casa reservations reject c30414 --reason "the slip is of another payment" --dry-run')
def reject(
    reservation: ReservationRef,
    reason: Reason = "",
    yes: Yes = False,
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Refuse a proof of payment: the reservation ends and its nights are free."""

    def use(work: Work, found: Reservation) -> Reservation:
        from casaaustin.reservations import ending

        return ending.reject(work, found, reason=reason, key=key)

    _step("Rejected", reservation, use, ask="Reject", yes=yes, dry_run=dry_run, lang=lang, as_json=as_json)


@app.command()
@examples(
    'casa reservations cancel c20424 --reason "guest is ill" --dry-run',
    "casa reservations cancel c10414 --reason twice --why duplicate --dry-run --json",
)
def cancel(
    reservation: ReservationRef,
    reason: Reason = "",
    why: Annotated[CancelReason, typer.Option("--why", help="Kind of reason.")] = CancelReason.STAFF,
    yes: Yes = False,
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """End a reservation and free its nights.

    Says first what the policy proposes to return, and asks. Nothing is paid back by itself.
    """
    with runtime.open(language=lang) as casa:
        from casaaustin.references import find_reservation
        from casaaustin.reservations import ending
        from casaaustin.reservations.details import details
        from casaaustin.reservations.lifecycle import Step, can
        from casaaustin.reservations.queries import one

        def look(work: Work) -> tuple[Listed | None, str]:
            found = find_reservation(work, reservation)
            return one(work, found.id), sheets.refund_text(ending.proposal(work, found), casa.language)

        if not (yes or dry_run):
            listed, refund = casa.read(look)
            # One that has ended is refused below, without a question.
            if listed is not None and can(Step.CANCEL, listed.status):
                say_labelled("refund", refund)
                question = f"Cancel {sheets.in_words(listed, casa.language)}?"
                runtime.confirm(question, yes=yes, dry_run=dry_run)

        def use(work: Work) -> tuple[Details, ending.Cancellation]:
            ended = ending.cancel(work, find_reservation(work, reservation), reason=reason, why=why, key=key)
            return details(work, ended.reservation), ended

        made, ended = casa.write(use, dry_run=dry_run)
        document = reservation_document(made)
        document["refund"] = {
            "proposed_sol": ended.refund.amount,
            "paid_sol": ended.paid_sol,
            "days_before": ended.days_before,
            "policy": ended.refund.tier.name if ended.refund.tier else None,
        }

        def render() -> None:
            sheets.print_reservation(
                made, casa.language, now=casa.clock.now(), title="Cancelled", with_bill=False
            )
            show.pairs({"Refund": sheets.refund_text(ended, casa.language)}, language=casa.language)

        show.emit(document, render, as_json=as_json)


@app.command()
@examples(
    "casa reservations change c20417 --to 2026-04-20 --dry-run",
    "casa reservations change c10428 --guests 8 --service desayuno --dry-run",
    "casa reservations change c20501 --late-checkout --dry-run",
    "casa reservations change c30430 --drop-code --dry-run",
    "casa reservations change c30430 --price 3000 --reason 'regular guest' --dry-run",
)
def change(
    reservation: ReservationRef,
    check_in: From = None,
    check_out: To = None,
    nights: Nights = None,
    guests: Annotated[
        int | None, typer.Option("--guests", metavar="N", min=1, help="How many people.")
    ] = None,
    services: Annotated[
        list[str] | None,
        typer.Option("--service", metavar="NAME", help="The new set of services; may be repeated."),
    ] = None,
    no_services: Annotated[bool, typer.Option("--no-services", help="Take all services away.")] = False,
    late_checkout: Annotated[
        bool | None,
        typer.Option("--late-checkout/--no-late-checkout", help="Leave at 20:00, or no longer."),
    ] = None,
    house: House = None,
    price: Annotated[
        str | None,
        typer.Option("--price", metavar="USD", help="Dollars agreed for the whole stay; needs --reason."),
    ] = None,
    keep_price: Annotated[
        bool, typer.Option("--keep-price", help="Leave the price as it was agreed.")
    ] = False,
    drop_code: Annotated[
        bool, typer.Option("--drop-code", help="Take the discount code away; its use is free again.")
    ] = False,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change dates, guests, services, late checkout, house, code or price of a reservation.

    Nights are given and taken in one transaction. The stay is priced anew, at its own exchange rate; a new
    house is sold at its own price (to keep the price: casa reservations move). A code that no longer applies
    is given back, and a note says why.
    """
    if services and no_services:
        raise InvalidInput("Either --service or --no-services.", field="service", hint="Leave one out.")

    def use(work: Work, found: Reservation) -> Reservation:
        from casaaustin.references import find_service
        from casaaustin.reservations import changing
        from casaaustin_cli.commands.reserve import agreed_price

        chosen = tuple(find_service(work, name).id for name in services) if services else None
        first, last = _new_dates(work, found, check_in, check_out, nights)
        wanted: Change = changing.Change(
            check_in=first,
            check_out=last,
            guests=guests,
            services=() if no_services else chosen,
            late_checkout=late_checkout,
            house=house_id(work, house),
            agreed=agreed_price(price, reason),
            keep_price=keep_price,
            drop_code=drop_code,
        )
        return changing.change(work, found, wanted, reason=reason, key=key)

    _step("Changed", reservation, use, dry_run=dry_run, lang=lang, as_json=as_json, with_bill=True)


@app.command()
@examples('casa reservations move c20417 casa-austin-3 --reason "the pump broke" --dry-run')
def move(
    reservation: ReservationRef,
    house: NewHouse,
    reason: Reason = "",
    force: Annotated[
        bool, typer.Option("--force", help="Also a stay that was promised this very house.")
    ] = False,
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Put the same stay into another house, at the agreed price."""

    def use(work: Work, found: Reservation) -> Reservation:
        from casaaustin.references import find_house
        from casaaustin.reservations import changing

        target = find_house(work, house).id
        return changing.move(work, found, target, reason=reason, force=force, key=key)

    _step("Moved", reservation, use, dry_run=dry_run, lang=lang, as_json=as_json)


@app.command()
@examples("casa reservations expire --dry-run", "casa reservations expire --limit 100 --dry-run --json")
def expire(
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="End at most so many in this run.")
    ] = 1000,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """End the holds whose deadline has passed; for cron.

    Each in its own transaction. Safe to run twice, two at once, or to kill and run again: every hold ends
    once. Nights of a lapsed hold are free before that; this only tidies up.
    """
    with runtime.open(language=lang) as casa:
        from casaaustin.reservations import ending
        from casaaustin.reservations.queries import one

        due = casa.read(lambda work: ending.expired_candidates(work, most=limit))
        ended: list[Listed] = []
        failed = 0
        with show.progress("Ending lapsed holds", len(due)) as step:
            for reservation_id in due:

                def use(work: Work, reservation_id: UUID = reservation_id) -> Listed | None:
                    before = one(work, reservation_id)
                    return before if ending.expire(work, reservation_id) else None

                try:
                    gone = casa.write(use, dry_run=dry_run)
                except CasaError as error:
                    failed += 1
                    say_labelled("error", f"{reservation_id.hex[: sheets.SHOWN]}: {error.message}")
                else:
                    ended += [gone] if gone is not None else []
                step(1)

        def render() -> None:
            if ended:
                sheets.print_list(ended, casa.language)
                show.line()
            show.line(f"{len(ended)} {'hold' if len(ended) == 1 else 'holds'} ended.")

        payload = {
            "ended": len(ended),
            "failed": failed,
            "reservations": [listed_document(row) for row in ended],
        }
        show.emit(payload, render, as_json=as_json)
    if failed:
        raise typer.Exit(ExitStatus.REFUSED)


@app.command()
@examples("casa reservations timeline c10410", "casa reservations timeline c10410 --json")
def timeline(reservation: ReservationRef, lang: Lang = None, as_json: AsJson = False) -> None:
    """What happened to a reservation: who, when, what, why; oldest first."""
    with runtime.open(language=lang) as casa:
        from casaaustin.audit import queries
        from casaaustin.references import find_reservation

        def use(work: Work) -> tuple[UUID, list[Any]]:
            found = find_reservation(work, reservation)
            return found.id, queries.timeline(work, "reservation", found.id)

        found, events = casa.read(use)
        payload = {"reservation": found, "timeline": [_event_document(event) for event in events]}
        show.emit(payload, lambda: sheets.print_events(events, casa.language), as_json=as_json)


def _step(
    done: str,
    reservation: str,
    use: Callable[[Work, Reservation], Reservation],
    *,
    dry_run: bool,
    lang: Any,
    as_json: bool,
    ask: str | None = None,
    yes: bool = False,
    with_bill: bool = False,
) -> None:
    """Find a reservation, do something to it, show what it is now and what that changed."""
    with runtime.open(language=lang) as casa:
        from casaaustin.references import find_reservation
        from casaaustin.reservations.details import details
        from casaaustin.reservations.queries import one

        if ask is not None and not (yes or dry_run):
            listed = casa.read(lambda work: one(work, find_reservation(work, reservation).id))
            if listed is not None:
                runtime.confirm(f"{ask} {sheets.in_words(listed, casa.language)}?", yes=yes, dry_run=dry_run)

        def both(work: Work) -> tuple[dict[str, Any], Details]:
            found = find_reservation(work, reservation)
            before = reservation_document(details(work, found))
            return before, details(work, use(work, found))

        before, made = casa.write(both, dry_run=dry_run)
        document = reservation_document(made)
        document["changes"] = sheets.differences(before, document)

        def render() -> None:
            sheets.print_reservation(
                made, casa.language, now=casa.clock.now(), title=done, with_bill=with_bill
            )
            show.line()
            sheets.print_differences(document["changes"], casa.language)

        show.emit(document, render, as_json=as_json)


def _window(casa: Casa, first: str | None, last: str | None) -> Stay | None:
    """The days that `--from` and `--to` describe; one of them alone leaves the other side open."""
    from datetime import date

    from casaaustin.stays import Stay

    if first is None and last is None:
        return None
    start = casa.day(first, option="--from") if first is not None else date.min
    return Stay(start, casa.day(last, option="--to") if last is not None else date.max)


def _new_dates(
    work: Work, found: Reservation, check_in: str | None, check_out: str | None, nights: int | None
) -> tuple[date | None, date | None]:
    """The dates that are to change. `--nights` alone, or with `--from`, says where the stay ends."""
    from casaaustin.clock import today

    if check_in is None and check_out is None and nights is None:
        return None, None
    first = check_in if check_in is not None else found.check_in_date.isoformat()
    if check_out is None and nights is None:
        check_out = found.check_out_date.isoformat()
    stay = read_stay(first, check_out, nights, today(work.clock))
    return stay.check_in, stay.check_out


def _event_document(event: Any) -> dict[str, Any]:
    return {
        "at": event.at,
        "actor": event.actor,
        "actor_kind": event.actor_kind,
        "channel": event.channel,
        "action": event.action,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
    }
