"""Plans that were kept: shown, agreed to by those who move, given up, taken back.

They are carried out by `casa reserve --apply-moves`, together with the booking they make room for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.errors import DatesTaken, InvalidInput
from casaaustin.vocabulary import Language, PlanState
from casaaustin_cli import complete, runtime, show
from casaaustin_cli.administration import Reason, needed
from casaaustin_cli.commands.availability.choices import Release
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Lang, ReservationRef

if TYPE_CHECKING:
    from collections.abc import Callable

    from casaaustin.db.work import Work
    from casaaustin.reassignment.charts import BeforeAndAfter
    from casaaustin.reassignment.models import ReassignmentPlan
    from casaaustin.reassignment.queries import PlanSheet

app = CasaTyper("plans")

PlanRef = Annotated[
    str,
    typer.Argument(
        metavar="PLAN",
        help="Id of the plan, or at least the first 6 characters of it.",
        autocompletion=complete.plans,
        show_default=False,
    ),
]


@app.command()
@examples("casa availability plan d1086c1a", "casa availability plan d1086c1a --chart --messages")
def plan(
    plan: PlanRef,
    chart: Annotated[
        bool, typer.Option("--chart", help="Draw who lives where before the plan and after it.")
    ] = False,
    messages: Annotated[
        bool, typer.Option("--messages", help="Print what each guest who moves is told, in Spanish.")
    ] = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Show a plan: who moves, what it costs, how it stands, who has agreed."""
    with runtime.open(language=lang) as casa:

        def use(work: Work) -> tuple[PlanSheet, BeforeAndAfter | None]:
            from casaaustin.reassignment.charts import before_and_after
            from casaaustin.reassignment.plans import earmarks_of, find_plan
            from casaaustin.reassignment.queries import plan_sheet

            sheet = plan_sheet(work, find_plan(work, plan))
            if not chart:
                return sheet, None
            if sheet.plan.state not in {PlanState.PROPOSED, PlanState.ASKING}:
                raise InvalidInput(
                    "Only a plan that can still be carried out has a before and an after.",
                    field="chart",
                    hint="casa calendar",
                )
            return sheet, before_and_after(
                work,
                sheet.house,
                sheet.stay,
                sheet.plan.guests,
                sheet.movers,
                casa.language,
                but=earmarks_of(sheet.plan),
            )

        sheet, drawn = casa.read(use)

        def render() -> None:
            from casaaustin_cli.move_sheets import print_before_and_after, print_messages, print_plan

            print_plan(sheet, casa.language)
            if drawn is not None:
                show.line()
                print_before_and_after(drawn, casa.language)
            if messages:
                print_messages(sheet.movers)

        from casaaustin_cli.move_documents import plan_document

        show.emit(plan_document(sheet, drawn), render, as_json=as_json)


@app.command()
@examples(
    "casa availability ask d1086c1a --dry-run",
    "casa availability ask d1086c1a --hours 48 --dry-run",
)
def ask(
    plan: PlanRef,
    hours: Annotated[
        int | None,
        typer.Option(
            "--hours", metavar="N", min=1, max=336, help="How long to wait for their answers; 24 as set up."
        ),
    ] = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Ask the guests who would move, and block meanwhile the nights that the plan needs.

    Prints what to write to each of them. Note their answers with casa availability consent; when all have
    agreed, carry it out with casa reserve --apply-moves. Without an answer in time the nights are free again.
    """

    def step(work: Work, found: ReassignmentPlan) -> None:
        from casaaustin.reassignment.plans import ask_consent

        ask_consent(work, found, hours=hours)

    _step("Asking", plan, step, dry_run=dry_run, lang=lang, as_json=as_json, messages=True)


@app.command()
@examples(
    "casa availability consent d1086c1a c20424 --yes --dry-run",
    'casa availability consent d1086c1a c20424 --yes --note "by phone" --dry-run',
)
def consent(
    plan: PlanRef,
    reservation: ReservationRef,
    agrees: Annotated[
        bool | None, typer.Option("--yes/--no", help="What the guest said.", show_default=False)
    ] = None,
    note: Annotated[
        str, typer.Option("--note", metavar="TEXT", help="How it was said; kept with the answer.")
    ] = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Note what a guest who was asked has said. A no withdraws the plan and frees what it had blocked."""
    if agrees is None:
        raise InvalidInput("What did the guest say?", field="yes", hint="Add --yes or --no.")

    def step(work: Work, found: ReassignmentPlan) -> None:
        from casaaustin.reassignment.plans import hear
        from casaaustin.references import find_reservation

        hear(work, found, find_reservation(work, reservation).id, agrees=agrees, note=note)

    _step("Heard", plan, step, dry_run=dry_run, lang=lang, as_json=as_json)


@app.command()
@examples('casa availability withdraw d1086c1a --reason "the group has cancelled" --dry-run')
def withdraw(
    plan: PlanRef,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Give up a plan that was not carried out, and free what it had blocked."""
    why = needed(reason or None, option="--reason", example='"the group has cancelled"')

    def step(work: Work, found: ReassignmentPlan) -> None:
        from casaaustin.reassignment import plans

        plans.withdraw(work, found, reason=why)

    _step("Withdrawn", plan, step, dry_run=dry_run, lang=lang, as_json=as_json)


@app.command()
@examples('casa availability undo d1086c1a --reason "the group has cancelled" --dry-run')
def undo(
    plan: PlanRef,
    reason: Reason = "",
    release: Release = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Move everybody back whom a plan has moved: the reverse plan, through the same checks.

    The booking that it made room for keeps its nights: move or cancel that one first.
    """
    why = needed(reason or None, option="--reason", example='"the group has cancelled"')

    def step(work: Work, found: ReassignmentPlan) -> None:
        from casaaustin.reassignment.plans import undo_plan
        from casaaustin.references import find_reservation

        released = [find_reservation(work, one).id for one in release or ()]
        try:
            undo_plan(work, found, reason=why, released=released)
        except DatesTaken as refused:
            if found.reservation_id is not None:
                booking = found.reservation_id.hex[:8]
                refused.hint = (
                    f"Cancel or move the booking it made room for: casa reservations show {booking}"
                )
            raise

    _step("Taken back", plan, step, dry_run=dry_run, lang=lang, as_json=as_json)


def _step(
    title: str,
    reference: str,
    step: Callable[[Work, ReassignmentPlan], None],
    *,
    dry_run: bool,
    lang: Language | None,
    as_json: bool,
    messages: bool = False,
) -> None:
    """Do something with a plan, and show what became of it."""
    with runtime.open(language=lang) as casa:

        def use(work: Work) -> PlanSheet:
            from casaaustin.reassignment.plans import find_plan
            from casaaustin.reassignment.queries import plan_sheet

            found = find_plan(work, reference)
            step(work, found)
            return plan_sheet(work, found)

        sheet = casa.write(use, dry_run=dry_run)

        def render() -> None:
            from casaaustin_cli.move_sheets import print_messages, print_plan

            print_plan(sheet, casa.language, title=f"{title}: plan")
            if messages:
                print_messages([mover for mover in sheet.movers if mover.resident.id in sheet.answers])

        from casaaustin_cli.move_documents import plan_document

        show.emit(plan_document(sheet), render, as_json=as_json)
