"""Generators of codes: their recipes, and `generate`, which makes one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import Benefit, Language
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Active, Houses, Reason
from casaaustin_cli.commands.discounts import conditions
from casaaustin_cli.commands.discounts.conditions import (
    AllHouses,
    BaseOnly,
    Cap,
    Minimum,
    Percentage,
    Scope,
    ValidDays,
    WeekdayNights,
    Weekdays,
    WeekendNights,
)
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang
from casaaustin_cli.runtime import Casa

if TYPE_CHECKING:
    from casaaustin.discounts.service.generators import GeneratedCode, GeneratorListed

app = CasaTyper("generators", help="Generators: recipes by which codes are made, each called by its name.")

Name = Annotated[str, typer.Argument(metavar="GENERATOR", help="Name of the generator, or its id.")]
Prefix = Annotated[
    str | None, typer.Option("--prefix", metavar="TEXT", help="How its codes begin; it never changes.")
]
Limit = Annotated[int | None, typer.Option("--limit", metavar="N", min=1, help="Uses of each code.")]
Label = Annotated[str | None, typer.Option("--label", metavar="TEXT", help="What guests read.")]
Description = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="What an app says about it.")
]
Icon = Annotated[str | None, typer.Option("--icon", metavar="NAME", help="Icon in an app.")]


@examples(
    "casa discounts generate --list",
    "casa discounts generate --config aniversario --dry-run",
    "casa discounts generate --simple --percentage 15 --valid-days 30 --reason 'late towels' --dry-run",
)
def generate(
    config: Annotated[
        str | None, typer.Option("--config", metavar="NAME", help="Which generator, by its whole name.")
    ] = None,
    is_simple: Annotated[
        bool, typer.Option("--simple", help="A code for one use, everywhere, without a generator.")
    ] = False,
    percentage: Annotated[
        str | None,
        typer.Option("--percentage", metavar="N", help="Per cent of a simple code, 1 to 100; 10 if not."),
    ] = None,
    days: Annotated[
        int | None,
        typer.Option(
            "--valid-days",
            "--days",
            metavar="N",
            help="Days after today of a simple code, 1 to 365; 7 if not.",
        ),
    ] = None,
    is_list: Annotated[bool, typer.Option("--list", help="Only list the generators.")] = False,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Make a code that nobody can guess, by a generator or a simple one.

    It is valid from today on, its last day included. It is printed alone on the first line.
    """
    if [is_list, is_simple, config is not None].count(True) != 1:
        raise InvalidInput("Which code?", field="config", hint="Add --config NAME, --simple or --list.")
    if not is_simple and (percentage is not None or days is not None):
        raise InvalidInput(
            "--percentage and --valid-days are for a simple code; a generator has its own.", field="simple"
        )
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service import generators as service

        if is_list:
            _show_list(casa, as_json=as_json)
            return
        if config is not None:
            name = config
            made = casa.write(
                lambda work: service.generate(work, name, key=key, reason=reason), dry_run=dry_run
            )
        else:
            wanted = administration.given(
                percentage=administration.amount(percentage, option="--percentage"), validity_days=days
            )
            made = casa.write(
                lambda work: service.generate_simple(work, key=key, reason=reason, **wanted), dry_run=dry_run
            )
        show.emit(made, lambda: _print_made(made, casa.language), as_json=as_json)


@app.command("list")
@examples("casa discounts generators list")
def list_(lang: Lang = None, as_json: AsJson = False) -> None:
    """List all generators, inactive ones too."""
    with runtime.open(language=lang) as casa:
        _show_list(casa, as_json=as_json)


@app.command()
@examples(
    "casa discounts generators add 'Mesa de ayuda' --prefix AYUDA --percentage 12 --valid-days 30 --cap 40"
    " --dry-run"
)
def add(
    name: Name,
    prefix: Prefix = None,
    percentage: Percentage = None,
    valid_days: ValidDays = None,
    limit: Limit = None,
    minimum: Minimum = None,
    cap: Cap = None,
    weekdays: Weekdays = None,
    weekday_nights: WeekdayNights = None,
    weekend_nights: WeekendNights = None,
    scope: Scope = None,
    base_only: BaseOnly = None,
    houses: Houses = None,
    label: Label = None,
    description: Description = None,
    icon: Icon = None,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Add a generator. Without more, its codes take a stay of US$ 30, live 7 days and are used once."""
    fields = {
        **conditions.conditions(
            minimum=minimum,
            cap=cap,
            weekdays=weekdays,
            weekday_nights=weekday_nights,
            weekend_nights=weekend_nights,
            scope=scope,
            base_only=base_only,
        ),
        **conditions.houses_given(houses, everywhere=False),
        **administration.given(
            prefix=administration.needed(prefix, option="--prefix", example="VERANO"),
            discount_percentage=administration.amount(
                administration.needed(percentage, option="--percentage", example="10"), option="--percentage"
            ),
            validity_days=valid_days,
            usage_limit=limit,
            display_name=label,
            description=description,
            icon=icon,
        ),
    }
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.generators import add_generator

        changed = casa.write(
            lambda work: add_generator(work, key=key, reason=reason, name=name, **fields), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts generators edit aniversario --percentage 12 --cap 60 --dry-run")
def edit(
    generator: Name,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="New name.")] = None,
    percentage: Percentage = None,
    valid_days: ValidDays = None,
    limit: Limit = None,
    minimum: Minimum = None,
    cap: Cap = None,
    weekdays: Weekdays = None,
    weekday_nights: WeekdayNights = None,
    weekend_nights: WeekendNights = None,
    scope: Scope = None,
    base_only: BaseOnly = None,
    houses: Houses = None,
    all_houses: AllHouses = False,
    label: Label = None,
    description: Description = None,
    icon: Icon = None,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a generator; what you do not name stays, and so do the codes it made."""
    fields = {
        **conditions.conditions(
            minimum=minimum,
            cap=cap,
            weekdays=weekdays,
            weekday_nights=weekday_nights,
            weekend_nights=weekend_nights,
            scope=scope,
            base_only=base_only,
        ),
        **conditions.houses_given(houses, everywhere=all_houses),
        **administration.given(
            name=name,
            discount_percentage=administration.amount(percentage, option="--percentage"),
            validity_days=valid_days,
            usage_limit=limit,
            display_name=label,
            description=description,
            icon=icon,
            is_active=is_active,
        ),
    }
    administration.something(fields, what=generator)
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.generators import edit_generator

        changed = casa.write(
            lambda work: edit_generator(work, generator, reason=reason, **fields), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts generators disable aniversario --dry-run")
def disable(
    generator: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Let a generator make no more codes; `edit --active` brings it back. Its codes stay valid."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.generators import disable_generator

        changed = casa.write(lambda work: disable_generator(work, generator, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts generators delete aniversario --dry-run")
def delete(
    generator: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Delete a generator; the codes it made stay valid."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.generators import delete_generator

        changed = casa.write(lambda work: delete_generator(work, generator, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


def _show_list(casa: Casa, *, as_json: bool) -> None:
    from casaaustin.discounts.service.generators import list_generators

    found = casa.read(list_generators)
    show.emit({"generators": found}, lambda: _print_list(found, casa.language), as_json=as_json)


def _print_list(found: tuple[GeneratorListed, ...], language: Language) -> None:
    from casaaustin import formats

    if not found:
        show.line("No generators. Add one: casa discounts generators add --help")
        return
    show.table(
        [
            show.Column("Generator", wrap=True),
            "Prefix",
            show.Column("Takes off", align="right"),
            show.Column("At most", currency="USD"),
            show.Column("Days", align="right"),
            show.Column("Made", align="right"),
            show.Column("Active"),
            show.Column("Stay from", currency="USD", detail=True),
            show.Column("Uses", align="right", detail=True),
            show.Column("Nights", wrap=True, detail=True),
            show.Column("Houses", wrap=True, detail=True),
        ],
        [
            [
                line.name,
                line.prefix,
                formats.percentage(line.discount_percentage, language),
                line.max_discount_usd,
                line.validity_days,
                line.codes,
                line.is_active,
                line.min_amount_usd,
                line.usage_limit,
                conditions.days_text(line.weekdays, language),
                administration.house_list(line.houses),
            ]
            for line in found
        ],
        language=language,
    )


def _print_made(made: GeneratedCode, language: Language) -> None:
    from casaaustin import formats

    show.heading(made.code)
    minimum = made.min_amount_usd
    show.pairs(
        {
            "Takes off": conditions.benefit_text(
                made.id, Benefit.PERCENTAGE, made.discount_percentage, made.max_discount_usd, language
            ),
            "Last day": conditions.day_with_year(made.end_date, language),
            "Uses": made.usage_limit,
            "Stay of at least": formats.money(minimum, "USD", language) if minimum else None,
            "Houses": administration.house_list(made.houses),
            "Guests read": made.description,
        },
        language=language,
    )
