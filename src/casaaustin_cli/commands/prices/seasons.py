"""Seasons: list, add, edit, disable."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.vocabulary import SeasonType
from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Active, Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang

if TYPE_CHECKING:
    from casaaustin.pricing.service.seasons import SeasonLine

app = CasaTyper("seasons", help="Seasons: parts of every year, for all houses.")

Name = Annotated[str, typer.Argument(metavar="SEASON", help="Name of the season, or its id.")]
Start = Annotated[str | None, typer.Option("--start", metavar="DAY", help="First day, like 12-15 or 15/12.")]
End = Annotated[
    str | None,
    typer.Option("--end", metavar="DAY", help="Last day, which belongs to it; may lie in the next year."),
]
Kind = Annotated[SeasonType | None, typer.Option("--type", help="Only high changes prices; low informs.")]


@app.command("list")
@examples("casa prices seasons list", "casa prices seasons list --json")
def list_(lang: Lang = None, as_json: AsJson = False) -> None:
    """List all seasons, inactive ones too."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.seasons import list_seasons

        found = casa.read(list_seasons)

        def render() -> None:
            if not found:
                show.line("No seasons: every night is low season. Add one: casa prices seasons add --help")
                return
            show.table(
                [show.Column("Season", wrap=True), "Type", "From", "To", "Active"],
                [
                    [
                        line.name,
                        line.season_type,
                        administration.month_day(line.start, casa.language),
                        administration.month_day(line.end, casa.language)
                        + (" (next year)" if line.end < line.start else ""),
                        line.is_active,
                    ]
                    for line in found
                ],
                language=casa.language,
            )

        show.emit({"seasons": [_payload(line) for line in found]}, render, as_json=as_json)


@app.command()
@examples("casa prices seasons add 'Semana Santa' --start 03-29 --end 04-05 --dry-run")
def add(
    name: Name,
    start: Start = None,
    end: End = None,
    kind: Kind = SeasonType.HIGH,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Add a season; one whose end lies before its start runs over New Year."""
    fields = {
        "name": name,
        "season_type": kind,
        **_ends(
            administration.needed(start, option="--start", example="12-15"),
            administration.needed(end, option="--end", example="03-15"),
        ),
    }
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.seasons import add_season

        changed = casa.write(lambda work: add_season(work, key=key, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa prices seasons edit Verano --end 03-20 --dry-run")
def edit(
    season: Name,
    name: Annotated[str | None, typer.Option("--name", metavar="TEXT", help="New name.")] = None,
    start: Start = None,
    end: End = None,
    kind: Kind = None,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a season; what you do not name stays."""
    fields = administration.given(name=name, season_type=kind, is_active=is_active) | _ends(start, end)
    administration.something(fields, what=season)
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.seasons import edit_season

        changed = casa.write(lambda work: edit_season(work, season, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa prices seasons disable 'Fiestas Patrias' --dry-run")
def disable(
    season: Name, reason: Reason = "", dry_run: DryRun = False, lang: Lang = None, as_json: AsJson = False
) -> None:
    """Let a season have no effect; `edit --active` brings it back."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.seasons import disable_season

        changed = casa.write(lambda work: disable_season(work, season, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


def _ends(start: str | None, end: str | None) -> dict[str, Any]:
    from casaaustin.pricing.year_days import parse_month_day

    typed = administration.given(start=start, end=end)
    return {name: parse_month_day(text, field=f"--{name}") for name, text in typed.items()}


def _payload(line: SeasonLine) -> dict[str, Any]:
    from casaaustin.pricing.year_days import written_month_day

    return {**asdict(line), "start": written_month_day(line.start), "end": written_month_day(line.end)}
