"""Options of `casa availability` that several of its commands have, and what they mean together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin_cli import complete

if TYPE_CHECKING:
    from casaaustin.db.work import Work
    from casaaustin.reassignment.terms import Terms

MOVING = "Moving stays"

MaxMoves = Annotated[
    int | None,
    typer.Option(
        "--max-moves", metavar="N", min=1, max=20, help="Stays to move at most; 3.", rich_help_panel=MOVING
    ),
]
AllowDowngrade = Annotated[
    int,
    typer.Option(
        "--allow-downgrade",
        metavar="N",
        min=0,
        max=100,
        help="House classes a moved guest may lose, with their consent and a refund.",
        rich_help_panel=MOVING,
    ),
]
FreezeDays = Annotated[
    int | None,
    typer.Option(
        "--freeze-days",
        metavar="N",
        min=0,
        max=365,
        help="Whoever arrives within so many days stays where they are; 3.",
        rich_help_panel=MOVING,
    ),
]
Release = Annotated[
    list[str] | None,
    typer.Option(
        "--release",
        metavar="RESERVATION",
        help="May move although a rule that staff can lift keeps it; may be repeated.",
        autocompletion=complete.reservations,
        rich_help_panel=MOVING,
    ),
]
Feature = Annotated[
    list[str] | None,
    typer.Option("--feature", metavar="TEXT", help="Something the house must have; may be repeated."),
]


def terms_of(
    work: Work,
    *,
    max_moves: int | None,
    allow_downgrade: int,
    freeze_days: int | None,
    release: Sequence[str] | None,
) -> Terms:
    """On what terms guests may be moved, as typed; what was left out is as usual.

    Raises:
        NotFound, InvalidInput: a reservation to release that is not, or could be several.
    """
    from casaaustin.reassignment.terms import USUAL, Terms
    from casaaustin.references import find_reservation

    return Terms(
        max_moves=USUAL.max_moves if max_moves is None else max_moves,
        allowed_downgrade=allow_downgrade,
        freeze_days=USUAL.freeze_days if freeze_days is None else freeze_days,
        released=frozenset(find_reservation(work, one).id for one in release or ()),
    )


def needs(features: Sequence[str] | None) -> frozenset[str]:
    """Features as they are compared."""
    return frozenset(feature.strip().casefold() for feature in features or ())
