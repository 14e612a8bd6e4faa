"""The welcome promotion: status, list, add, edit, activate, deactivate, delete, issue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin.vocabulary import Benefit, Language
from casaaustin_cli import administration, complete, runtime, show
from casaaustin_cli.administration import Houses, Reason
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

if TYPE_CHECKING:
    from casaaustin.db.work import Work
    from casaaustin.discounts.service.promotions import PromotionListed
    from casaaustin.discounts.service.welcome import WelcomeCode

app = CasaTyper("welcome", help="The welcome promotion: one code for each new guest.")

Name = Annotated[str, typer.Argument(metavar="PROMOTION", help="Name of the promotion, or its id.")]
Message = Annotated[
    str | None,
    typer.Option("--message", metavar="TEXT", help="What guests read; empty: made from the percentage."),
]
Subtitle = Annotated[str | None, typer.Option("--subtitle", metavar="TEXT", help="A line below the message.")]


@app.command()
@examples("casa discounts welcome status")
def status(lang: Lang = None, as_json: AsJson = False) -> None:
    """Show the promotion that gives new guests a code today."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service import promotions, welcome

        def use(work: Work) -> tuple[PromotionListed | None, int]:
            return promotions.status(work), len(welcome.failed_issues(work))

        promotion, failed = casa.read(use)

        def render() -> None:
            if promotion is None:
                show.line("No promotion is active. Activate one: casa discounts welcome activate PROMOTION")
            else:
                _print_promotion(promotion, casa.language)
            if failed:
                show.line(f"{failed} new guests got no code, though one was due: casa doctor")

        payload = {"active": promotion is not None, "promotion": promotion, "failed_issues": failed}
        show.emit(payload, render, as_json=as_json)


@app.command("list")
@examples("casa discounts welcome list")
def list_(lang: Lang = None, as_json: AsJson = False) -> None:
    """List all promotions, the active one first."""
    with runtime.open(language=lang) as casa:
        from casaaustin import formats
        from casaaustin.discounts.service.promotions import list_promotions

        found = casa.read(list_promotions)

        def render() -> None:
            if not found:
                show.line("No promotions. Add one: casa discounts welcome add --help")
                return
            show.table(
                [
                    show.Column("Promotion", wrap=True),
                    "Active",
                    show.Column("Takes off", align="right"),
                    show.Column("At most", currency="USD"),
                    show.Column("Days", align="right"),
                    show.Column("Issued", align="right"),
                    show.Column("Stay from", currency="USD", detail=True),
                    show.Column("Nights", wrap=True, detail=True),
                    show.Column("Houses", wrap=True, detail=True),
                ],
                [
                    [
                        line.name,
                        line.is_active,
                        formats.percentage(line.discount_percentage, casa.language),
                        line.max_discount_usd,
                        line.validity_days,
                        line.codes,
                        line.min_amount_usd,
                        conditions.days_text(line.weekdays, casa.language),
                        administration.house_list(line.houses),
                    ]
                    for line in found
                ],
                language=casa.language,
            )

        show.emit({"promotions": found}, render, as_json=as_json)


@app.command()
@examples(
    "casa discounts welcome add 'Bienvenida de invierno' --percentage 12.5 --min 200 --cap 60 --dry-run"
)
def add(
    name: Name,
    percentage: Percentage = None,
    valid_days: ValidDays = None,
    minimum: Minimum = None,
    cap: Cap = None,
    weekdays: Weekdays = None,
    weekday_nights: WeekdayNights = None,
    weekend_nights: WeekendNights = None,
    scope: Scope = None,
    base_only: BaseOnly = None,
    houses: Houses = None,
    message: Message = None,
    subtitle: Subtitle = None,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Add a promotion; it has no effect before it is activated. Without more, its codes live 14 days."""
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
            discount_percentage=administration.amount(
                administration.needed(percentage, option="--percentage", example="10"), option="--percentage"
            ),
            validity_days=valid_days,
        ),
        **_texts(message, subtitle),
    }
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.promotions import add_promotion

        changed = casa.write(
            lambda work: add_promotion(work, key=key, reason=reason, name=name, **fields), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts welcome edit 'Bienvenida de abril' --valid-days 21 --dry-run")
def edit(
    promotion: Name,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="New name.")] = None,
    percentage: Percentage = None,
    valid_days: ValidDays = None,
    minimum: Minimum = None,
    cap: Cap = None,
    weekdays: Weekdays = None,
    weekday_nights: WeekdayNights = None,
    weekend_nights: WeekendNights = None,
    scope: Scope = None,
    base_only: BaseOnly = None,
    houses: Houses = None,
    all_houses: AllHouses = False,
    message: Message = None,
    subtitle: Subtitle = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a promotion; what you do not name stays, and so do the codes it gave."""
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
        ),
        **_texts(message, subtitle),
    }
    administration.something(fields, what=promotion)
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.promotions import edit_promotion

        changed = casa.write(
            lambda work: edit_promotion(work, promotion, reason=reason, **fields), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts welcome activate 'Bienvenida de mayo' --dry-run")
def activate(
    promotion: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Let a promotion give new guests a code; the one that did until now stops."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service import promotions

        changed = casa.write(
            lambda work: promotions.activate(work, promotion, reason=reason), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts welcome deactivate 'Bienvenida de abril' --dry-run")
def deactivate(
    promotion: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Let a promotion give no more codes; those it gave stay valid."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service import promotions

        changed = casa.write(
            lambda work: promotions.deactivate(work, promotion, reason=reason), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts welcome delete 'Bienvenida de mayo' --dry-run")
def delete(
    promotion: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Delete a promotion; the codes it gave stay valid."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.promotions import delete_promotion

        changed = casa.write(lambda work: delete_promotion(work, promotion, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts welcome issue 'Olga Ramos' --reason 'asked by phone' --dry-run")
def issue(
    client: Annotated[
        str,
        typer.Argument(
            metavar="CLIENT",
            help="Id, document, phone, e-mail, referral code or a unique part of the name.",
            autocompletion=complete.clients,
            show_default=False,
        ),
    ],
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Give a guest their welcome code. A guest gets one in a lifetime, before their first stay."""
    with runtime.open(language=lang) as casa:
        from casaaustin.clients.queries import find_client
        from casaaustin.discounts.service import welcome

        def use(work: Work) -> WelcomeCode:
            return welcome.issue(work, find_client(work, client).id, reason=reason)

        issued = casa.write(use, dry_run=dry_run)
        show.emit(issued, lambda: _print_issued(issued, casa.language), as_json=as_json)


def _texts(message: str | None, subtitle: str | None) -> dict[str, str | None]:
    return {
        **conditions.emptied("promotional_message", message, str),
        **conditions.emptied("promotional_subtitle", subtitle, str),
    }


def _print_promotion(promotion: PromotionListed, language: Language) -> None:
    show.heading(promotion.name)
    show.pairs(
        {
            "Takes off": conditions.benefit_text(
                promotion.id,
                Benefit.PERCENTAGE,
                promotion.discount_percentage,
                promotion.max_discount_usd,
                language,
                base_only=promotion.apply_only_to_base_price,
            ),
            "Valid for": f"{promotion.validity_days} days after the day of issue",
            **conditions.condition_pairs(
                minimum=promotion.min_amount_usd,
                weekdays=promotion.weekdays,
                scope=promotion.day_scope,
                houses=promotion.houses,
                language=language,
            ),
            "Guests read": promotion.message,
            "Below it": promotion.promotional_subtitle,
            "Codes issued": promotion.codes,
        },
        language=language,
    )


def _print_issued(issued: WelcomeCode, language: Language) -> None:
    from casaaustin import formats

    show.heading(issued.code)
    minimum = issued.min_amount_usd
    cap = issued.max_discount_usd
    show.pairs(
        {
            "For": issued.client,
            "Takes off": formats.percentage(issued.discount_percentage, language),
            "At most": formats.money(cap, "USD", language) if cap is not None else None,
            "Last day": conditions.day_with_year(issued.valid_until, language),
            "Stay of at least": formats.money(minimum, "USD", language) if minimum else None,
            "Houses": administration.house_list([house.slug for house in issued.houses]),
            "Limited to": "; ".join(issued.restrictions) or None,
        },
        language=language,
    )
