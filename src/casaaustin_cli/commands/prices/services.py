"""Services sold beside the nights: list, add, edit, disable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import ServiceType
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Active, Houses, Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang

if TYPE_CHECKING:
    from casaaustin.pricing.service.extra_services import ServiceListed

app = CasaTyper("services", help="Services sold beside the nights: breakfast, pool heating, cleaning.")

Name = Annotated[str, typer.Argument(metavar="SERVICE", help="Name of the service, or its id.")]
Price = Annotated[str | None, typer.Option("--price", metavar="USD", help="Price per unit.")]
Description = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="What guests read about it.")
]
Kind = Annotated[
    ServiceType | None, typer.Option("--type", help="A mandatory service is part of every quote.")
]
PerNight = Annotated[
    bool | None,
    typer.Option("--per-night/--once", help="Price times nights, or once a stay.", show_default=False),
]
PerPerson = Annotated[
    bool | None,
    typer.Option("--per-person/--per-stay", help="Price times guests, or for all.", show_default=False),
]
PostAction = Annotated[
    str | None,
    typer.Option("--post-action", metavar="WORD", help="Hint for the web site: temperature_pool."),
]


@app.command("list")
@examples("casa prices services list")
def list_(lang: Lang = None, as_json: AsJson = False) -> None:
    """List all services, inactive ones too."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.extra_services import list_services

        found = casa.read(list_services)

        def render() -> None:
            if not found:
                show.line("No services. Add one: casa prices services add --help")
                return
            show.table(
                [
                    show.Column("Service", wrap=True),
                    show.Column("Price", currency="USD"),
                    show.Column("Per", wrap=True),
                    "Type",
                    show.Column("Houses", wrap=True),
                    show.Column("Active", detail=True),
                ],
                [
                    [
                        line.name,
                        line.price_usd,
                        _unit(line),
                        line.service_type,
                        administration.house_list(line.houses),
                        line.is_active,
                    ]
                    for line in found
                ],
                language=casa.language,
            )

        show.emit({"services": found}, render, as_json=as_json)


@app.command()
@examples(
    "casa prices services add 'Parrilla' --price 20 --house casa-austin-1 --house casa-austin-3 --dry-run"
)
def add(
    name: Name,
    price: Price = None,
    description: Description = None,
    kind: Kind = None,
    per_night: PerNight = None,
    per_person: PerPerson = None,
    post_action: PostAction = None,
    houses: Houses = None,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Add a service."""
    fields = administration.given(
        name=name,
        price_usd=administration.amount(
            administration.needed(price, option="--price", example="20"), option="--price"
        ),
        description=description,
        service_type=kind,
        is_per_night=per_night,
        is_per_person=per_person,
        post_action=post_action,
        houses=houses,
    )
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.extra_services import add_service

        changed = casa.write(
            lambda work: add_service(work, key=key, reason=reason, **fields), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa prices services edit Desayuno --price 16.50 --dry-run")
def edit(
    service: Name,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="New name.")] = None,
    price: Price = None,
    description: Description = None,
    kind: Kind = None,
    per_night: PerNight = None,
    per_person: PerPerson = None,
    post_action: PostAction = None,
    houses: Houses = None,
    all_houses: Annotated[bool, typer.Option("--all-houses", help="Offer it in every house.")] = False,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a service; what you do not name stays."""
    if houses and all_houses:
        raise InvalidInput("It is for --house or for --all-houses, not both.", field="house")
    fields = administration.given(
        name=name,
        price_usd=administration.amount(price, option="--price"),
        description=description,
        service_type=kind,
        is_per_night=per_night,
        is_per_person=per_person,
        post_action=post_action,
        houses=[] if all_houses else houses or None,
        is_active=is_active,
    )
    administration.something(fields, what=service)
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.extra_services import edit_service

        changed = casa.write(
            lambda work: edit_service(work, service, reason=reason, **fields), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa prices services disable Desayuno --dry-run")
def disable(
    service: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Stop offering a service; `edit --active` brings it back."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.extra_services import disable_service

        changed = casa.write(lambda work: disable_service(work, service, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


def _unit(line: ServiceListed) -> str:
    units = ["night"] * line.is_per_night + ["guest"] * line.is_per_person
    return " and ".join(units) or "stay"
