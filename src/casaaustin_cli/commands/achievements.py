"""Levels of guests: list, show, add, edit, disable, delete, set, revoke."""

from __future__ import annotations

from typing import Annotated

import typer

from casaaustin_cli import administration, complete, runtime, show
from casaaustin_cli.administration import Active, Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, Client, DryRun, Key, Lang, Yes

app = CasaTyper("achievements", help="Levels of guests: what they take, and who holds them.")

Name = Annotated[str, typer.Argument(metavar="LEVEL", help="Name of the level, or its id.")]
ClientRef = Annotated[
    str,
    typer.Argument(
        metavar="CLIENT",
        help="Id, document, phone, e-mail, referral code or a unique part of the name.",
        autocompletion=complete.clients,
        show_default=False,
    ),
]
Description = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="What guests read about it.")
]
Icon = Annotated[str | None, typer.Option("--icon", metavar="EMOJI", help="Shown before the name.")]
Stays = Annotated[
    int | None, typer.Option("--stays", metavar="N", min=0, help="Approved stays of one's own that it takes.")
]
Referrals = Annotated[
    int | None, typer.Option("--referrals", metavar="N", min=0, help="Recommended guests that it takes.")
]
TheirStays = Annotated[
    int | None,
    typer.Option("--their-stays", metavar="N", min=0, help="Approved stays of those guests that it takes."),
]
Order = Annotated[
    int | None, typer.Option("--order", metavar="N", min=0, help="Its place in lists, lowest first.")
]


@app.command("list")
@examples("casa achievements list", "casa achievements list --client 'Ana Quispe'")
def list_(client: Client = None, lang: Lang = None, as_json: AsJson = False) -> None:
    """List all levels, inactive ones too; with --client, those that a guest holds."""
    if client is not None:
        _list_held(client, lang, as_json=as_json)
        return
    with runtime.open(language=lang) as casa:
        from casaaustin.levels.service import list_levels

        found = casa.read(list_levels)

        def render() -> None:
            if not found:
                show.line("No levels. Add one: casa achievements add --help")
                return
            show.table(
                [
                    show.Column("Level", wrap=True),
                    show.Column("Stays", align="right"),
                    show.Column("Referrals", align="right"),
                    show.Column("Their stays", align="right"),
                    show.Column("Holders", align="right"),
                    show.Column("Order", align="right"),
                    "Active",
                    show.Column("Guests read", wrap=True, detail=True),
                ],
                [
                    [
                        line.title,
                        line.required_reservations,
                        line.required_referrals,
                        line.required_referral_reservations,
                        line.holders,
                        line.order,
                        line.is_active,
                        line.description or None,
                    ]
                    for line in found
                ],
                language=casa.language,
            )

        show.emit({"levels": found}, render, as_json=as_json)


def _list_held(client: str, lang: Lang, *, as_json: bool) -> None:
    with runtime.open(language=lang) as casa:
        from casaaustin.clients.queries import find_client
        from casaaustin.clients.rules import full_name
        from casaaustin.levels.queries import holdings
        from casaaustin.levels.rules import highest

        guest, held = casa.read(lambda work: (guest := find_client(work, client), holdings(work, guest.id)))
        name = full_name(guest.first_name, guest.last_name)
        level = highest(holding.level for holding in held)

        def render() -> None:
            if level is None:
                show.line(f"{name} holds no level.")
                return
            show.table(
                [show.Column("Level", wrap=True), "Since", "Given by"],
                [[holding.level.title, holding.earned_at, holding.source] for holding in held],
                language=casa.language,
                title=f"{name}: {level.title}",
            )

        payload = {
            "client": guest.id,
            "name": name,
            "level": None if level is None else level.name,
            "holdings": [
                {"level": holding.level.name, "since": holding.earned_at, "source": holding.source}
                for holding in held
            ],
        }
        show.emit(payload, render, as_json=as_json)


@app.command("show")
@examples("casa achievements show Anfitrión")
def show_(level: Name, lang: Lang = None, as_json: AsJson = False) -> None:
    """Show what a level takes and how many guests hold it."""
    with runtime.open(language=lang) as casa:
        from casaaustin.levels.service import show_level

        line = casa.read(lambda work: show_level(work, level))

        def render() -> None:
            show.heading(line.title)
            show.pairs(
                {
                    "Guests read": line.description or None,
                    "Stays": line.required_reservations,
                    "Referrals": line.required_referrals,
                    "Their stays": line.required_referral_reservations,
                    "Holders": line.holders,
                    "Order": line.order,
                    "Active": line.is_active,
                    "Id": str(line.id),
                },
                language=casa.language,
            )

        show.emit(line, render, as_json=as_json)


@app.command()
@examples("casa achievements add Embajador --icon 🏅 --stays 10 --referrals 3 --their-stays 5 --dry-run")
def add(
    name: Name,
    stays: Stays = None,
    referrals: Referrals = None,
    their_stays: TheirStays = None,
    icon: Icon = None,
    description: Description = None,
    order: Order = None,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Add a level; nobody holds it yet."""
    fields = administration.given(
        name=name,
        required_reservations=stays,
        required_referrals=referrals,
        required_referral_reservations=their_stays,
        icon=icon,
        description=description,
        order=order,
    )
    with runtime.open(language=lang) as casa:
        from casaaustin.levels.service import add_level

        changed = casa.write(lambda work: add_level(work, key=key, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa achievements edit Anfitrión --stays 4 --dry-run")
def edit(
    level: Name,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="New name.")] = None,
    stays: Stays = None,
    referrals: Referrals = None,
    their_stays: TheirStays = None,
    icon: Icon = None,
    description: Description = None,
    order: Order = None,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a level; what you do not name stays, and who holds it keeps it."""
    fields = administration.given(
        name=name,
        required_reservations=stays,
        required_referrals=referrals,
        required_referral_reservations=their_stays,
        icon=icon,
        description=description,
        order=order,
        is_active=is_active,
    )
    administration.something(fields, what=level)
    with runtime.open(language=lang) as casa:
        from casaaustin.levels.service import edit_level

        changed = casa.write(lambda work: edit_level(work, level, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa achievements disable Viajero --dry-run")
def disable(
    level: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Let a level count for nobody; `edit --active` brings it back with its holders."""
    with runtime.open(language=lang) as casa:
        from casaaustin.levels.service import disable_level

        changed = casa.write(lambda work: disable_level(work, level, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa achievements delete Viajero --dry-run")
def delete(
    level: Name,
    reason: Reason = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Delete a level; who holds it loses it, and its referral discount ends."""
    runtime.confirm(f"Delete the level {level}?", yes=yes, dry_run=dry_run)
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.retirement import delete_level

        changed = casa.write(lambda work: delete_level(work, level, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command("set")
@examples("casa achievements set 'Bruno Salas' Anfitrión --reason 'Anniversary of the house' --dry-run")
def set_(
    client: ClientRef,
    level: Name,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Let a guest hold a level by hand; no rule takes it away again. Needs --reason."""
    with runtime.open(language=lang) as casa:
        from casaaustin.levels.service import give as give_level

        changed = casa.write(
            lambda work: give_level(work, client, level, reason=reason, key=key), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa achievements revoke 'Ana Quispe' Viajero --reason 'Given by mistake' --dry-run")
def revoke(
    client: ClientRef,
    level: Name,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Take a level away from a guest by hand. Needs --reason."""
    with runtime.open(language=lang) as casa:
        from casaaustin.levels.service import withdraw as withdraw_level

        changed = casa.write(lambda work: withdraw_level(work, client, level, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)
