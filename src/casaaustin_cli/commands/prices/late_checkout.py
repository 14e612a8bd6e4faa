"""Late checkout by weekday of departure: show, set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import WEEKDAYS, Language, ReductionType
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Active, Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Lang

if TYPE_CHECKING:
    from casaaustin.pricing.service.late_checkout_rules import LateCheckoutDay

app = CasaTyper("late-checkout", help="Late checkout: leaving at 20:00, by weekday of departure.")


@app.command("show")
@examples("casa prices late-checkout show")
def show_(lang: Lang = None, as_json: AsJson = False) -> None:
    """Show what holds on each weekday of departure."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.late_checkout_rules import list_late_checkout

        days = casa.read(list_late_checkout)
        payload = {"late_checkout": [{"day": WEEKDAYS[day.weekday], **show.plain(day)} for day in days]}

        def render() -> None:
            show.table(
                [
                    "Departure",
                    "Sold",
                    show.Column("Reduction", align="right"),
                    show.Column("Rule", wrap=True),
                ],
                [
                    [
                        WEEKDAYS[day.weekday].capitalize(),
                        day.allowed,
                        _reduction(day, casa.language),
                        day.name if day.is_active else "inactive" if day.has_rule else "none",
                    ]
                    for day in days
                ],
                language=casa.language,
            )
            show.line("The reduction is off the price of the full night, extra guests included.")

        show.emit(payload, render, as_json=as_json)


@app.command("set")
@examples(
    "casa prices late-checkout set sunday --allow --percentage 15",
    "casa prices late-checkout set thursday --forbid --dry-run",
)
def set_(
    weekday: Annotated[str, typer.Argument(metavar="WEEKDAY", help="monday to sunday, or 0 to 6.")],
    allow: Annotated[
        bool | None, typer.Option("--allow/--forbid", help="Whether it is sold.", show_default=False)
    ] = None,
    percentage: Annotated[
        str | None, typer.Option("--percentage", metavar="N", help="Reduction in per cent, 0 to 100.")
    ] = None,
    fixed: Annotated[str | None, typer.Option("--fixed", metavar="USD", help="Reduction in dollars.")] = None,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="Label of the rule.")] = None,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Set the rule of a weekday of departure.

    An inactive rule forbids nothing: to stop selling late checkout on a day, use --forbid.
    """
    if percentage is not None and fixed is not None:
        raise InvalidInput("A reduction is --percentage or --fixed, not both.", field="percentage")
    kind = ReductionType.PERCENTAGE if percentage is not None else ReductionType.FIXED if fixed else None
    fields = administration.given(
        allows_late_checkout=allow,
        discount_type=kind,
        discount_value=administration.amount(percentage, option="--percentage")
        if percentage is not None
        else administration.amount(fixed, option="--fixed"),
        name=name,
        is_active=is_active,
    )
    administration.something(fields, what=weekday)
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.late_checkout_rules import parse_weekday, set_late_checkout

        number = parse_weekday(weekday)
        changed = casa.write(
            lambda work: set_late_checkout(work, number, reason=reason, **fields), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


def _reduction(day: LateCheckoutDay, language: Language) -> str:
    from casaaustin import formats

    if not day.allowed:
        return show.NOTHING
    if day.reduction_type is ReductionType.FIXED:
        return formats.money(day.reduction, "USD", language)
    return formats.percentage(day.reduction, language)
