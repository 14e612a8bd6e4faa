"""The neutral file: a question about moves without a database, for reports, benchmarks and planning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import Language
from casaaustin_cli import administration, bills, runtime, show
from casaaustin_cli.commands.availability.choices import (
    MOVING,
    Feature,
    FreezeDays,
    Release,
    needs,
    terms_of,
)
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.lookups import house_id
from casaaustin_cli.options import AsJson, From, Guests, House, Nights, To

if TYPE_CHECKING:
    from casaaustin.db.work import Work
    from casaaustin.moves.instance import Instance
    from casaaustin.reassignment.calendar import Neighbourhood


app = CasaTyper("instances")


@app.command()
@examples(
    "casa availability solve instance.json",
    "casa availability solve instance.json --max-moves 2 --json",
)
def solve(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="As casa availability export-instance writes it, or - for stdin.",
            show_default=False,
        ),
    ],
    max_moves: Annotated[
        int | None,
        typer.Option(
            "--max-moves",
            metavar="K",
            min=0,
            max=20,
            help="Stays to move at most; any number in up to five houses, else 3.",
            rich_help_panel=MOVING,
        ),
    ] = None,
    allow_downgrade: Annotated[
        int | None,
        typer.Option(
            "--allow-downgrade",
            metavar="N",
            min=0,
            help="House classes a moved stay may lose; any number, at its cost, when left out.",
            rich_help_panel=MOVING,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Answer a question in a file: the best plan, or the proof that there is none. Needs no database.

    The answer is the one that casa availability gives, with the ids of the file. docs/rules/pricing.md,
    3.6.7, describes the file.
    """
    from casaaustin.moves import documents
    from casaaustin.moves.solve import solve as answer_of

    instance = documents.read_instance(administration.read_text(file))
    answer = answer_of(instance, max_moves=max_moves, most_downgrade=allow_downgrade)
    document = documents.answer_to(answer)
    show.emit(document, lambda: _print(document, instance), as_json=as_json)


@app.command()
@examples(
    "casa availability export-instance --from 2026-04-21 --nights 4 --guests 16",
    "casa availability export-instance --from 2026-04-21 --nights 4 --guests 16 --output april.json",
)
def export_instance(
    check_in: From = None,
    check_out: To = None,
    nights: Nights = None,
    guests: Guests = 1,
    house: House = None,
    zone: Annotated[
        str | None,
        typer.Option("--zone", metavar="TEXT", help="Whose houses; stays are moved within one zone."),
    ] = None,
    features: Feature = None,
    freeze_days: FreezeDays = None,
    release: Release = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there instead.")
    ] = None,
) -> None:
    """Write what a search would read as a file that names nobody, to be answered by solve.

    Houses and stays go by their ids. A file that answers wrongly is a complete report of a defect.
    """
    from casaaustin.moves.documents import instance_to

    with runtime.open() as casa:
        from casaaustin.quoting.evaluate import QuoteRequest

        stay = casa.stay(check_in, check_out, nights)

        def use(work: Work) -> Neighbourhood:
            from casaaustin.clock import today
            from casaaustin.pricing.queries import rate_book
            from casaaustin.quoting.evaluate import check_request
            from casaaustin.quoting.service import limits_of
            from casaaustin.reassignment.proposals import neighbourhoods

            request = QuoteRequest(stay, guests, house_id(work, house), features=needs(features))
            check_request(request, today(work.clock), limits_of(work))
            terms = terms_of(
                work, max_moves=None, allow_downgrade=0, freeze_days=freeze_days, release=release
            )
            return _of_zone(neighbourhoods(work, rate_book(work), request, terms), zone)

        text = show.as_document(instance_to(casa.read(use).instance))
    if output is None:
        show.line(text)
        return
    try:
        output.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise InvalidInput(
            f"{output} cannot be written: {error.strerror}.", hint="Name a file in a folder of yours."
        ) from None
    show.line(f"Written: {output}")


def _of_zone(found: list[Neighbourhood], zone: str | None) -> Neighbourhood:
    """The houses of the zone that was named, or of the only one.

    Raises:
        InvalidInput: several, and none was named; or there is no such zone.
    """
    by_zone = {one.houses[0].zone: one for one in found}
    if zone is None and len(by_zone) == 1:
        return found[0]
    if zone in by_zone:
        return by_zone[zone]
    names = ", ".join(sorted(name for name in by_zone if name is not None))
    if zone is None:
        raise InvalidInput(
            f"The houses are in several zones: {names}. A plan stays within one.",
            field="zone",
            hint="Add --zone, or --house.",
        )
    raise InvalidInput(
        f"There is no zone {zone!r} to search.", field="zone", hint=f"Zones: {names or 'none'}."
    )


def _print(answer: dict[str, Any], instance: Instance) -> None:
    """The answer for people; days are the numbers of the file."""
    show.heading(f"{_CLASSES[answer['class']]}.")
    proof = answer["proof"]
    show.pairs(
        {
            "House": answer["house"],
            "Cost": answer["cost"],
            "Moves at least": answer["min_moves"],
            "Night": proof.get("night"),
            "Stays": ", ".join(map(str, proof["stays"])) or None if "stays" in proof else None,
            "Houses": ", ".join(map(str, proof["houses"])) or "none suits" if "houses" in proof else None,
            "States tried": proof.get("states"),
        },
        language=Language.ENGLISH,
    )
    if answer["moves"]:
        stays = {str(stay.id): stay for stay in instance.stays}
        show.line()
        show.table(
            [
                show.Column("Stay", wrap=True),
                "Days",
                "Guests",
                show.Column("From", wrap=True),
                show.Column("To", wrap=True),
            ],
            [
                [
                    move["stay"],
                    f"{stays[str(move['stay'])].start} {bills.arrow()} {stays[str(move['stay'])].end}",
                    stays[str(move["stay"])].guests,
                    move["from"],
                    move["to"],
                ]
                for move in answer["moves"]
            ],
            language=Language.ENGLISH,
        )


_CLASSES = {
    "direct": "A house is free",
    "plan": "A plan makes room, and none has fewer moves",
    "impossible": "Impossible, whoever moves",
    "none_within_k": "No plan with so few moves",
    "budget_exhausted": "The search was given up before the end",
}
