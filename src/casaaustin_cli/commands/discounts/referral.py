"""Referral discounts: list, set, disable."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, cast

import typer

from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang

app = CasaTyper(
    "referral", help="What a recommended guest's first stay costs less, by the level of who did it."
)

LevelArgument = Annotated[
    str, typer.Argument(metavar="LEVEL", help="Level of who recommended, by name or id.")
]


@app.command("list")
@examples("casa discounts referral list")
def list_(lang: Lang = None, as_json: AsJson = False) -> None:
    """List all levels with the discount that those they recommend get."""
    with runtime.open(language=lang) as casa:
        from casaaustin import formats
        from casaaustin.discounts.service.referral import list_referral

        found = casa.read(list_referral)

        def render() -> None:
            if not found:
                show.line("No levels. Add one: casa achievements add --help")
                return
            show.table(
                [
                    show.Column("Level of who recommended", wrap=True),
                    show.Column("First stay", align="right"),
                    "Given",
                ],
                [
                    [
                        line.title,
                        None
                        if line.discount_percentage is None
                        else formats.percentage(line.discount_percentage, casa.language),
                        line.counts,
                    ]
                    for line in found
                ],
                language=casa.language,
            )

        show.emit({"levels": found}, render, as_json=as_json)


@app.command("set")
@examples("casa discounts referral set Anfitrión 12 --dry-run")
def set_(
    level: LevelArgument,
    percentage: Annotated[str, typer.Argument(metavar="N", help="Per cent of the stay, above 0.")],
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Set the discount for a level, and switch it on."""
    value = cast(Decimal, administration.amount(percentage, option="N"))
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.referral import set_referral

        changed = casa.write(
            lambda work: set_referral(work, level, value, key=key, reason=reason), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts referral disable Anfitrión --dry-run")
def disable(
    level: LevelArgument,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Give nothing for a level any more; `set` brings it back."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.referral import disable_referral

        changed = casa.write(lambda work: disable_referral(work, level, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)
