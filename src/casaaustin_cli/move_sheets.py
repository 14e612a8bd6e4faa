"""Plans that move stays, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from casaaustin.vocabulary import Language, PlanState
from casaaustin_cli import bills, show
from casaaustin_cli.charts import print_chart

if TYPE_CHECKING:
    from uuid import UUID

    from casaaustin.reassignment.charts import BeforeAndAfter
    from casaaustin.reassignment.models import ReassignmentPlan
    from casaaustin.reassignment.proposals import Mover, Option, Proposals, Refusal
    from casaaustin.reassignment.queries import PlanSheet

SHOWN = 8  # characters of an id, as of a reservation


def short(id: UUID) -> str:
    """An id as it is shown and may be typed."""
    return id.hex[:SHOWN]


def print_proposals(
    found: Proposals,
    kept: Mapping[UUID, ReassignmentPlan],
    language: Language,
    *,
    drawn: BeforeAndAfter | None = None,
    messages: bool = False,
) -> None:
    """Print plans, the best one in full, and why nothing frees the other houses.

    Args:
        found: what was found.
        kept: the plans that were kept, by house.
        language: of the sentences.
        drawn: the best plan as charts.
        messages: whether to print what each guest of the best plan is told.
    """
    show.line()
    if found.best is None:
        show.line("No moves of other stays make room.")
    else:
        _print_best(found.best, kept.get(found.best.house.id), language)
        if drawn is not None:
            show.line()
            print_before_and_after(drawn, language)
        if messages:
            print_messages(found.best.movers)
        _print_others(found.options[1:], kept, language)
    _print_refusals(found.refusals, language)


def print_before_and_after(drawn: BeforeAndAfter, language: Language) -> None:
    """Print who lives where before a plan and after it."""
    show.heading("Before")
    print_chart(drawn.before, language)
    show.line()
    show.heading("After")
    print_chart(drawn.after, language)
    show.text("* moves to another house")


def print_messages(movers: Sequence[Mover]) -> None:
    """Print a draft of what each guest who would move is told, in Spanish."""
    from casaaustin.reassignment.texts import message_to_guest

    for mover in movers:
        show.line()
        show.line(f"To {mover.name or 'the guest'}:")
        _indented(message_to_guest(mover))


def print_plan(sheet: PlanSheet, language: Language, *, title: str = "Plan") -> None:
    """Print a plan that was kept: what it is for, how it stands, who moves."""
    from casaaustin import formats
    from casaaustin.reassignment.texts import cost_sentence

    plan = sheet.plan
    is_open = plan.state in {PlanState.PROPOSED, PlanState.ASKING}
    show.heading(f"{title} {short(plan.id)}: {sheet.house.name} for {bills.plural(plan.guests, 'guest')}")
    show.text(bills.stay_text(sheet.stay, language))
    show.line()
    show.pairs(
        {
            "State": "too old" if sheet.has_lapsed else _STATES[plan.state],
            "Good until": formats.instant(plan.expires_at, language) if is_open else None,
            "Ended": formats.instant(plan.ended_at, language) if plan.ended_at is not None else None,
            "Made by": plan.made_by,
            "Booking": short(plan.reservation_id) if plan.reservation_id is not None else None,
            "Needs": ", ".join(plan.features) or None,
            "Cost": cost_sentence(sheet.movers, language),
            "Score": _score(plan.figures),
        },
        language=language,
    )
    show.line()
    print_moves(sheet.movers, language, answers={key: one.answer for key, one in sheet.answers.items()})


def print_moves(
    movers: Sequence[Mover], language: Language, *, answers: Mapping[UUID, object] | None = None
) -> None:
    """Print who moves from where to where, and what they said if they were asked."""
    show.table(
        [
            "Stay",
            show.Column("Client", wrap=True),
            "Check-in",
            show.Column("N", align="right", detail=True),
            show.Column("From", wrap=True),
            show.Column("To", wrap=True),
            *([show.Column("Says", wrap=True)] if answers else []),
        ],
        [
            [
                short(mover.resident.id),
                mover.name or None,
                mover.resident.check_in.isoformat(),
                (mover.resident.check_out - mover.resident.check_in).days,
                mover.origin.name,
                mover.target.name,
                *([answers.get(mover.resident.id)] if answers else []),
            ]
            for mover in movers
        ],
        language=language,
    )


_STATES = {
    PlanState.PROPOSED: "proposed; nothing is blocked",
    PlanState.ASKING: "guests are asked; its nights are blocked",
    PlanState.APPLIED: "carried out",
    PlanState.UNDONE: "taken back",
    PlanState.WITHDRAWN: "withdrawn",
}


def _print_best(best: Option, kept: ReassignmentPlan | None, language: Language) -> None:
    from casaaustin import formats
    from casaaustin.reassignment.texts import explain_option

    title, *sentences = explain_option(best, language)
    show.heading(title)
    for sentence in sentences:
        _indented(sentence)
    if kept is not None:
        _indented(
            f"Good until {formats.instant(kept.expires_at, language)}: "
            f"casa reserve CLIENT --apply-moves {short(kept.id)}"
        )


def _print_others(
    options: Sequence[Option], kept: Mapping[UUID, ReassignmentPlan], language: Language
) -> None:
    from casaaustin.reassignment.texts import cost_sentence

    if not options:
        return
    show.line()
    show.table(
        ["Or", "Moves", "Plan", show.Column("Who moves", wrap=True)],
        [
            [
                option.house.name,
                len(option.movers),
                short(kept[option.house.id].id) if option.house.id in kept else None,
                f"{_who_moves(option.movers)}. {cost_sentence(option.movers, language)}",
            ]
            for option in options
        ],
        language=language,
    )


def _print_refusals(refusals: Sequence[Refusal], language: Language) -> None:
    from casaaustin.reassignment.texts import explain_refusal

    for refusal in refusals:
        sentence, *in_the_way = explain_refusal(refusal, language)
        show.line()
        show.text(sentence)
        for one in in_the_way:
            _indented(one)
    if needed := [refusal.needed_downgrade for refusal in refusals if refusal.losers]:
        show.line()
        show.text(
            f"Plans with simpler houses, which take the guests' consent: --allow-downgrade {min(needed)}"
        )


def _who_moves(movers: Sequence[Mover]) -> str:
    return "; ".join(f"{mover.name or 'a guest'} {bills.arrow()} {mover.target.name}" for mover in movers)


def _score(figures: Mapping[str, int]) -> str:
    """What decides between plans, then what is only shown."""
    steps = [
        f"{figures[name]} {word}"
        for name, word in (("steps_up", "up"), ("steps_down", "down"))
        if figures[name]
    ]
    decisive = [
        bills.plural(figures["moves"], "move"),
        *([f"classes {' and '.join(steps)}"] if steps else []),
        f"urgency {figures['urgency']}",
        *([f"one-night holes {figures['holes']:+d}"] if figures["holes"] else []),
    ]
    return f"{', '.join(decisive)}; disturbance {figures['disturbance']}"


def _indented(sentence: str) -> None:
    """Print a sentence a little to the right, over several lines where a terminal is narrower."""
    show.pairs([("", sentence)], language=Language.ENGLISH)
