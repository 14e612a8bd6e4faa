"""The exchange rate: show, set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.vocabulary import Language
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang

if TYPE_CHECKING:
    from datetime import timedelta

    from casaaustin.pricing.service.exchange_rate import RateReport

app = CasaTyper("exchange-rate", help="The exchange rate: soles for one dollar.")


@app.command("show")
@examples("casa exchange-rate show", "casa exchange-rate show --json")
def show_(
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, max=500, help="How many of the last rates.")
    ] = 5,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Show the rate that holds, its age, and those before it."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.exchange_rate import show_rate

        report = casa.read(lambda work: show_rate(work, most=limit))
        patience = casa.settings.stale_rate_days
        show.emit(_payload(report), lambda: _print(report, patience, casa.language), as_json=as_json)


@app.command("set")
@examples("casa exchange-rate set 3.725", "casa exchange-rate set 3.74 --reason 'SUNAT, venta' --dry-run")
def set_(
    soles: Annotated[
        str,
        typer.Argument(metavar="SOLES", help="Soles for one dollar, such as 3.725; at least 1.000."),
    ],
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Set the rate; it holds for every quote from now on, and those sold keep theirs."""
    from casaaustin.money import parse_amount

    rate = parse_amount(soles, field="SOLES", places=3)
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.exchange_rate import set_rate

        changed = casa.write(lambda work: set_rate(work, rate, key=key, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


def _payload(report: RateReport) -> dict[str, Any]:
    return {
        "usd_to_sol": report.current.usd_to_sol if report.current else None,
        "since": report.current.since if report.current else None,
        "age_seconds": report.age,
        "is_stale": report.is_stale,
        "history": report.history,
    }


def _print(report: RateReport, patience_days: int, language: Language) -> None:
    if report.current is None or report.age is None:
        show.line("There is no exchange rate: nothing can be quoted. Set one: casa exchange-rate set 3.725")
        return
    show.pairs(
        {
            "Soles for a dollar": f"{report.current.usd_to_sol:f}",
            "Since": report.current.since,
            "Age": _age(report.age) + (f", older than {patience_days} days" if report.is_stale else ""),
        },
        language=language,
    )
    before = [rate for rate in report.history if not rate.is_active]
    if before:
        show.line()
        show.table(
            [show.Column("Before", align="right"), "Since"],
            [[f"{rate.usd_to_sol:f}", rate.since] for rate in before],
            language=language,
        )


def _age(age: timedelta) -> str:
    """The age of a rate in words: days, below one day hours, below one hour minutes."""
    minutes = max(int(age.total_seconds()), 0) // 60
    for unit, size in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if count := minutes // size:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "less than a minute"
