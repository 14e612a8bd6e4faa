"""Requests that could not be placed and that staff want to be reminded of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin_cli import bills, complete, runtime, show
from casaaustin_cli.administration import needed
from casaaustin_cli.commands.availability.choices import (
    AllowDowngrade,
    FreezeDays,
    MaxMoves,
    Release,
    terms_of,
)
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.lookups import house_names
from casaaustin_cli.options import AsJson, DryRun, Lang

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from casaaustin.db.work import Work
    from casaaustin.reassignment.models import WaitingRequest
    from casaaustin.reassignment.waiting import Waiting
    from casaaustin.vocabulary import Language


app = CasaTyper("waiting")


@app.command()
@examples(
    "casa availability waiting",
    "casa availability waiting --max-moves 1 --json",
)
def waiting(
    max_moves: MaxMoves = None,
    allow_downgrade: AllowDowngrade = 0,
    freeze_days: FreezeDays = None,
    release: Release = None,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Remembered requests, and which could be placed now, with how many moves.

    A request is remembered with casa availability … --remember CLIENT. Whether a house may be sold on those
    dates, and for how much, is for casa availability to say.
    """
    with runtime.open(language=lang) as casa:

        def use(work: Work) -> tuple[Sequence[Waiting], Mapping[UUID, str]]:
            from casaaustin.reassignment import waiting as requests

            terms = terms_of(
                work,
                max_moves=max_moves,
                allow_downgrade=allow_downgrade,
                freeze_days=freeze_days,
                release=release,
            )
            return requests.waiting(work, terms), house_names(work)

        found, houses = casa.read(use)

        def render() -> None:
            if not found:
                show.line("Nobody waits.")
                return
            _print(found, houses, casa.language)

        from casaaustin_cli.move_documents import waiting_document

        payload = {"requests": [waiting_document(one, houses, casa.language) for one in found]}
        show.emit(payload, render, as_json=as_json)


@app.command()
@examples('casa availability forget fb31abb1 --because "found a hotel" --dry-run')
def forget(
    request: Annotated[
        str,
        typer.Argument(
            metavar="REQUEST",
            help="Id of the request, or the beginning of it.",
            autocompletion=complete.waiting_requests,
            show_default=False,
        ),
    ],
    because: Annotated[
        str | None,
        typer.Option("--because", metavar="TEXT", help="Why nobody waits any more.", show_default=False),
    ] = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Forget a remembered request: it was placed, or nobody waits for it any more."""
    why = needed(because, option="--because", example='"found a hotel"')
    with runtime.open(language=lang) as casa:

        def use(work: Work) -> tuple[WaitingRequest, Mapping[UUID, str]]:
            from casaaustin.reassignment import waiting as requests

            return requests.forget(work, requests.find_waiting(work, request), because=why), house_names(work)

        closed, houses = casa.write(use, dry_run=dry_run)
        from casaaustin_cli.move_documents import request_document

        show.emit(
            request_document(closed, None, houses),
            lambda: show.line(f"Forgotten: request {closed.id.hex[:8]}, {why}."),
            as_json=as_json,
        )


def _print(found: Sequence[Waiting], houses: Mapping[UUID, str], language: Language) -> None:
    from casaaustin.reassignment.texts import answer_sentence

    rows: list[list[Any]] = []
    for one in found:
        kept = one.request
        rows.append(
            [
                kept.id.hex[:8],
                one.client,
                kept.check_in_date.isoformat(),
                (kept.check_out_date - kept.check_in_date).days,
                kept.guests,
                "any" if kept.property_id is None else houses.get(kept.property_id),
                answer_sentence(one.answer, language) if one.answer is not None else "its dates are past",
                kept.note or None,
            ]
        )
    show.table(
        [
            "Request",
            show.Column("Client", wrap=True),
            "Check-in",
            show.Column("N", align="right", detail=True),
            show.Column("Guests", align="right"),
            show.Column("House", wrap=True),
            show.Column("Now", wrap=True),
            show.Column("Note", wrap=True, detail=True),
        ],
        rows,
        language=language,
    )
    show.line()
    show.line(f"{bills.plural(len(found), 'request')}.")
