"""Cancellation policies: list, add, edit, disable."""

from __future__ import annotations

from typing import Annotated

import typer

from casaaustin.errors import InvalidInput
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Active, Houses, Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang

app = CasaTyper("policies", help="Cancellation policies: what is returned to a guest who cancels.")

Name = Annotated[str, typer.Argument(metavar="POLICY", help="Name of the policy, or its id.")]
Days = Annotated[
    int | None,
    typer.Option("--days", metavar="N", min=0, help="Days before check-in from which it holds."),
]
Refund = Annotated[
    str | None, typer.Option("--refund", metavar="N", help="Per cent of what was paid, 0 to 100.")
]
Description = Annotated[
    str | None,
    typer.Option("--description", metavar="TEXT", help="What guests read; empty: the figures in words."),
]
Default = Annotated[
    bool | None,
    typer.Option(
        "--default/--no-default",
        help="Whether quotes show it; it takes over from the one before.",
        show_default=False,
    ),
]


@app.command("list")
@examples("casa prices policies list")
def list_(lang: Lang = None, as_json: AsJson = False) -> None:
    """List all policies with what guests read, inactive ones too."""
    with runtime.open(language=lang) as casa:
        from casaaustin import formats
        from casaaustin.pricing.service.policies import list_policies

        found = casa.read(list_policies)

        def render() -> None:
            if not found:
                show.line("No policies: nothing is returned. Add one: casa prices policies add --help")
                return
            show.table(
                [
                    show.Column("Policy", wrap=True),
                    show.Column("Days", align="right"),
                    show.Column("Refund", align="right"),
                    show.Column("Houses", wrap=True),
                    "Default",
                    show.Column("Active", detail=True),
                    show.Column("Guests read", wrap=True, detail=True),
                ],
                [
                    [
                        line.name,
                        line.days_before_checkin,
                        formats.percentage(line.refund_percentage, casa.language),
                        administration.house_list(line.houses),
                        line.is_default,
                        line.is_active,
                        line.text,
                    ]
                    for line in found
                ],
                language=casa.language,
            )

        show.emit({"policies": found}, render, as_json=as_json)


@app.command()
@examples("casa prices policies add '60 days' --days 60 --refund 100 --dry-run")
def add(
    name: Name,
    days: Days = None,
    refund: Refund = None,
    description: Description = None,
    is_default: Default = None,
    houses: Houses = None,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Add a policy: who cancels so many days before check-in, or more, gets so much back."""
    if days is None:
        raise InvalidInput("--days is missing.", field="days", hint="Add --days 7")
    fields = administration.given(
        name=name,
        days_before_checkin=days,
        refund_percentage=administration.amount(
            administration.needed(refund, option="--refund", example="50"), option="--refund"
        ),
        description=description,
        is_default=is_default,
        houses=houses,
    )
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.policies import add_policy

        changed = casa.write(lambda work: add_policy(work, key=key, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa prices policies edit Corta --refund 30 --dry-run")
def edit(
    policy: Name,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="New name.")] = None,
    days: Days = None,
    refund: Refund = None,
    description: Description = None,
    is_default: Default = None,
    houses: Houses = None,
    all_houses: Annotated[bool, typer.Option("--all-houses", help="For every house.")] = False,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a policy; what you do not name stays."""
    if houses and all_houses:
        raise InvalidInput("It is for --house or for --all-houses, not both.", field="house")
    fields = administration.given(
        name=name,
        days_before_checkin=days,
        refund_percentage=administration.amount(refund, option="--refund"),
        description=description,
        is_default=is_default,
        houses=[] if all_houses else houses or None,
        is_active=is_active,
    )
    administration.something(fields, what=policy)
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.policies import edit_policy

        changed = casa.write(lambda work: edit_policy(work, policy, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa prices policies disable Corta --dry-run")
def disable(
    policy: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Let a policy have no effect; `edit --active` brings it back."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.policies import disable_policy

        changed = casa.write(lambda work: disable_policy(work, policy, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)
