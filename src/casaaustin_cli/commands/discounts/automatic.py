"""Automatic rules: list, show, add, edit, disable, delete."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import Benefit, Language, Trigger
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Active, Houses, Reason
from casaaustin_cli.commands.discounts.conditions import (
    AllHouses,
    BaseOnly,
    Cap,
    Scope,
    WeekdayNights,
    Weekdays,
    WeekendNights,
    benefit_text,
    conditions,
    days_text,
    emptied,
    houses_given,
    scope_text,
)
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang, Yes

if TYPE_CHECKING:
    from casaaustin.discounts.service.automatic import RuleListed
    from casaaustin_cli.runtime import Casa

app = CasaTyper(
    "automatic", help="Rules that apply by themselves: birthdays, first stays, last minute, levels."
)

Name = Annotated[str, typer.Argument(metavar="RULE", help="Name of the rule, or its id.")]
When = Annotated[
    Trigger | None, typer.Option("--trigger", help="What makes it apply; casa discounts explain shows it.")
]
Percentage = Annotated[
    str | None, typer.Option("--percentage", metavar="N", help="Per cent that it takes off, above 0.")
]
Levels = Annotated[
    list[str] | None,
    typer.Option(
        "--level", metavar="LEVEL", help="A level of which the guest holds any one; repeat it for several."
    ),
]
StayFrom = Annotated[str | None, typer.Option("--stay-from", metavar="DAY", help="First check-in day.")]
StayTo = Annotated[str | None, typer.Option("--stay-to", metavar="DAY", help="Last check-in day.")]
BookFrom = Annotated[str | None, typer.Option("--book-from", metavar="DAY", help="First day of booking.")]
BookTo = Annotated[str | None, typer.Option("--book-to", metavar="DAY", help="Last day of booking.")]
Description = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="What guests read about it.")
]


@app.command("list")
@examples("casa discounts automatic list")
def list_(lang: Lang = None, as_json: AsJson = False) -> None:
    """List all rules, inactive ones too."""
    with runtime.open(language=lang) as casa:
        from casaaustin import formats
        from casaaustin.discounts.service.automatic import list_rules

        found = casa.read(list_rules)

        def render() -> None:
            if not found:
                show.line("No rules. Add one: casa discounts automatic add --help")
                return
            show.table(
                [
                    show.Column("Rule", wrap=True),
                    show.Column("When", wrap=True),
                    show.Column("Off", align="right"),
                    show.Column("Days", wrap=True),
                    show.Column("Valid", wrap=True),
                    "State",
                    # These give way to the words before them: they are whole, or in `show`.
                    show.Column("At most", currency="USD", detail=True),
                    show.Column("Houses", detail=True),
                    show.Column("Levels", detail=True),
                ],
                [
                    [
                        line.name,
                        line.trigger,
                        formats.percentage(line.discount_percentage, casa.language),
                        days_text(line.weekdays, casa.language),
                        _validity(line, casa.language),
                        line.state,
                        line.max_discount_usd,
                        administration.house_list(line.houses),
                        ", ".join(line.required_achievements) or None,
                    ]
                    for line in found
                ],
                language=casa.language,
            )

        show.emit({"rules": found}, render, as_json=as_json)


@app.command("show")
@examples("casa discounts automatic show Cumpleaños")
def show_(rule: Name, lang: Lang = None, as_json: AsJson = False) -> None:
    """Show all that a rule says."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.automatic import show_rule

        line = casa.read(lambda work: show_rule(work, rule))
        language = casa.language

        def render() -> None:
            show.heading(line.name)
            show.pairs(
                {
                    "Description": line.description or None,
                    "State": line.state,
                    "When": line.trigger,
                    "Off": _off(line, language),
                    "Days": days_text(line.weekdays, language),
                    "Looked at": scope_text(line.day_scope),
                    "Valid": _validity(line, language),
                    "Levels": ", ".join(line.required_achievements) or "any, or none",
                    "Houses": administration.house_list(line.houses),
                    "Id": str(line.id),
                },
                language=language,
            )

        show.emit(line, render, as_json=as_json)


@app.command()
@examples(
    "casa discounts automatic add Miércoles --trigger global_promotion --percentage 10 "
    "--weekdays mie --dry-run",
    "casa discounts automatic add Abril --trigger returning --percentage 12 --cap 30 "
    "--stay-from 2026-04-01 --stay-to 2026-04-30 --dry-run",
)
def add(
    name: Name,
    trigger: When = None,
    percentage: Percentage = None,
    cap: Cap = None,
    levels: Levels = None,
    weekdays: Weekdays = None,
    weekday_nights: WeekdayNights = None,
    weekend_nights: WeekendNights = None,
    scope: Scope = None,
    stay_from: StayFrom = None,
    stay_to: StayTo = None,
    book_from: BookFrom = None,
    book_to: BookTo = None,
    houses: Houses = None,
    base_only: BaseOnly = None,
    description: Description = None,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Add a rule; it applies from now on to every quote that meets its conditions."""
    if trigger is None:
        raise InvalidInput("--trigger is missing.", field="trigger", hint="Add --trigger global_promotion")
    administration.needed(percentage, option="--percentage", example="10")
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.automatic import add_rule

        fields: dict[str, Any] = {
            **administration.given(
                name=name,
                trigger=trigger,
                discount_percentage=administration.amount(percentage, option="--percentage"),
                required_achievements=levels,
                description=description,
            ),
            **conditions(
                minimum=None,
                cap=cap,
                weekdays=weekdays,
                weekday_nights=weekday_nights,
                weekend_nights=weekend_nights,
                scope=scope,
                base_only=base_only,
            ),
            **houses_given(houses, everywhere=False),
            **_windows(casa, stay_from, stay_to, book_from, book_to),
        }
        changed = casa.write(lambda work: add_rule(work, key=key, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples(
    "casa discounts automatic edit Cumpleaños --percentage 12 --dry-run",
    "casa discounts automatic edit 'Vuelve entre semana' --weekdays '' --dry-run",
)
def edit(
    rule: Name,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="New name.")] = None,
    trigger: When = None,
    percentage: Percentage = None,
    cap: Cap = None,
    levels: Levels = None,
    no_levels: Annotated[bool, typer.Option("--no-levels", help="For guests of any level or none.")] = False,
    weekdays: Weekdays = None,
    weekday_nights: WeekdayNights = None,
    weekend_nights: WeekendNights = None,
    scope: Scope = None,
    stay_from: StayFrom = None,
    stay_to: StayTo = None,
    book_from: BookFrom = None,
    book_to: BookTo = None,
    houses: Houses = None,
    all_houses: AllHouses = False,
    base_only: BaseOnly = None,
    description: Description = None,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a rule; what you do not name stays."""
    if levels and no_levels:
        raise InvalidInput("It is for --level or for --no-levels, not both.", field="level")
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.automatic import edit_rule

        fields: dict[str, Any] = {
            **administration.given(
                name=name,
                trigger=trigger,
                discount_percentage=administration.amount(percentage, option="--percentage"),
                required_achievements=[] if no_levels else levels or None,
                description=description,
                is_active=is_active,
            ),
            **conditions(
                minimum=None,
                cap=cap,
                weekdays=weekdays,
                weekday_nights=weekday_nights,
                weekend_nights=weekend_nights,
                scope=scope,
                base_only=base_only,
            ),
            **houses_given(houses, everywhere=all_houses),
            **_windows(casa, stay_from, stay_to, book_from, book_to),
        }
        administration.something(fields, what=rule)
        changed = casa.write(lambda work: edit_rule(work, rule, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts automatic disable Cumpleaños --dry-run")
def disable(
    rule: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Let a rule apply no more; `edit --active` brings it back."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.automatic import disable_rule

        changed = casa.write(lambda work: disable_rule(work, rule, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts automatic delete Cumpleaños --dry-run")
def delete(
    rule: Name,
    reason: Reason = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Delete a rule for good; bookings that got it keep their price."""
    runtime.confirm(f"Delete the rule {rule}?", yes=yes, dry_run=dry_run)
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.automatic import delete_rule

        changed = casa.write(lambda work: delete_rule(work, rule, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


def _windows(
    casa: Casa, stay_from: str | None, stay_to: str | None, book_from: str | None, book_to: str | None
) -> dict[str, date | None]:
    """The windows that the person typed; an empty day takes an end away."""

    def read(option: str) -> Callable[[str], date]:
        return lambda text: casa.day(text, option=option)

    return {
        **emptied("start_date", stay_from, read("--stay-from")),
        **emptied("end_date", stay_to, read("--stay-to")),
        **emptied("book_from", book_from, read("--book-from")),
        **emptied("book_to", book_to, read("--book-to")),
    }


def _off(line: RuleListed, language: Language) -> str:
    return benefit_text(
        line.id,
        Benefit.PERCENTAGE,
        line.discount_percentage,
        line.max_discount_usd,
        language,
        base_only=line.apply_only_to_base_price,
    )


def _validity(line: RuleListed, language: Language) -> str:
    from casaaustin.discounts.record import Window
    from casaaustin.discounts.texts import validity

    return validity(Window(line.start_date, line.end_date), Window(line.book_from, line.book_to), language)
