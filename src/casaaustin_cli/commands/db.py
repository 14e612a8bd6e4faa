"""The database: its tables, its integrity, its backups."""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin_cli import runtime, show, terminal
from casaaustin_cli.failures import ExitStatus
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Yes

if TYPE_CHECKING:
    from casaaustin.db.backup import Backup
    from casaaustin.db.invariants import Finding, Report
    from casaaustin.settings import Settings

app = CasaTyper("db", help="The database: make its tables, prove its books, back them up and restore them.")

_UNLIMITED = 10_000


@app.command()
@examples("casa db upgrade", "casa db upgrade --dry-run")
def upgrade(
    revision: Annotated[
        str, typer.Option("--revision", metavar="REVISION", help="How far; all the way by default.")
    ] = "head",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make the tables, or bring them to this program's version.

    A SQLite database is made with its folder. Back up before upgrading; a dry run only says which steps
    are left, since not every database can take back what was done to its tables.
    """
    _migrate("upgrade", revision, dry_run=dry_run, as_json=as_json)


@app.command()
@examples("casa db downgrade base --dry-run")
def downgrade(
    revision: Annotated[
        str, typer.Argument(metavar="REVISION", help="How far back; base takes every table away.")
    ],
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take the tables back to an older version. What only newer tables hold is lost."""
    runtime.confirm(
        f"Take the tables back to {revision}? What only newer tables hold is lost.",
        yes=yes,
        dry_run=dry_run,
    )
    _migrate("downgrade", revision, dry_run=dry_run, as_json=as_json)


@app.command()
@examples("casa db check", "casa db check --json")
def check(
    limit: Annotated[
        int, typer.Option("--limit", metavar="N", min=1, help="How many rows to name for each finding.")
    ] = 10,
    all_: Annotated[bool, typer.Option("--all", help="Also list what holds.")] = False,
    as_json: AsJson = False,
) -> None:
    """Prove that the books are right, and name every row that is not.

    Exit status 0 if every invariant holds, 1 if there are differences. Warnings are named and change nothing.
    """
    with runtime.open() as casa:
        from casaaustin.integrity import CHECKS, integrity

        with show.progress("Checking", len(CHECKS)) as advance:
            report = casa.read(lambda work: integrity(work, keep=limit, advance=advance))
        show.emit(_report_payload(report), lambda: _print_report(report, all_=all_), as_json=as_json)
    if report.differences:
        raise typer.Exit(ExitStatus.REFUSED)


@app.command()
@examples("casa db backup casa-today.backup --force")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; its folder exists.")],
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Write everything into one file that restores on SQLite, MariaDB and PostgreSQL.

    It is taken from one moment while others go on working, and appears whole or not at all. It holds
    guests' data: only its owner may read it, and it belongs in a safe place.
    """
    with runtime.open() as casa:
        from casaaustin.db.backup import write_backup

        with show.progress("Backing up") as advance:
            made = casa.read(lambda work: write_backup(work, file, force=force, advance=advance))
        show.emit(_backup_payload(made), lambda: _print_backup("Backed up", made), as_json=as_json)


@app.command()
@examples("casa db restore casa-today.backup --replace --dry-run")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file made by casa db backup.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete everything in the database first.")
    ] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup into an empty database, in one transaction; then prove the books.

    The file is proved whole before anything is written. Exit status 1 if the books that came out of it
    have differences.
    """
    with runtime.open() as casa:
        from casaaustin.db.backup import inspect
        from casaaustin.db.backup import restore as restore_into
        from casaaustin.integrity import CHECKS, integrity

        found = inspect(file)
        if replace:
            runtime.confirm(
                f"Delete everything in {_shown(casa.settings)} and restore the backup of "
                f"{show.cell(found.created, casa.language)}?",
                yes=yes,
                dry_run=dry_run,
            )
        with show.progress("Restoring", found.rows) as advance:
            done = restore_into(
                casa.database, file, actor=casa.actor, replace=replace, dry_run=dry_run, advance=advance
            )
        report = None
        if not dry_run:
            with show.progress("Checking", len(CHECKS)) as advance:
                report = casa.read(lambda work: integrity(work, advance=advance))

        def render() -> None:
            _print_backup("Would restore" if dry_run else "Restored", done)
            if report is not None:
                _print_report(report, all_=False)

        payload = _backup_payload(done) | {"check": _report_payload(report) if report is not None else None}
        show.emit(payload, render, as_json=as_json)
    if report is not None and report.differences:
        raise typer.Exit(ExitStatus.REFUSED)


def _migrate(direction: str, revision: str, *, dry_run: bool, as_json: bool) -> None:
    from casaaustin.db import migrate
    from casaaustin.settings import load_settings

    settings = load_settings()
    before, steps = migrate.plan(settings.database_url, direction, revision)
    after = before
    if not dry_run and steps:
        before, after = getattr(migrate, direction)(settings.database_url, revision)
    payload = {
        "database": _shown(settings),
        "from": before,
        "to": after,
        "steps": steps,
        "dry_run": dry_run,
    }

    def render() -> None:
        if not steps:
            show.line(f"{_shown(settings)} is at {before or 'nothing'} already.")
        elif dry_run:
            show.line(f"{_shown(settings)} is at {before or 'nothing'}; steps left: {', '.join(steps)}.")
        else:
            show.line(f"{_shown(settings)}: {before or 'nothing'} → {after or 'nothing'}.")

    show.emit(payload, render, as_json=as_json)


def _shown(settings: Settings) -> str:
    from sqlalchemy import make_url

    return make_url(settings.database_url).render_as_string(hide_password=True)


def _report_payload(report: Report) -> dict[str, Any]:
    return {
        "differences": report.differences,
        "warnings": report.warnings,
        "invariants": [
            {
                "id": finding.invariant.id,
                "sentence": finding.invariant.sentence,
                "severity": finding.invariant.severity,
                "holds": finding.is_clean,
                "count": finding.count,
                "unreadable": finding.unreadable,
                "remedy": None if finding.is_clean else finding.invariant.remedy,
                "rows": [
                    {"table": one.table, "row": one.row, "message": one.message} for one in finding.examples
                ],
            }
            for finding in report.findings
        ],
    }


def _print_report(report: Report, *, all_: bool) -> None:
    for finding in report.findings if all_ else report.broken:
        _print_finding(finding)
    count = len(report.findings)
    if not report.broken:
        show.line(f"The books are right: {count} invariants hold.")
        return
    show.line(
        f"{count - len(report.broken)} of {count} invariants hold; "
        f"{_counted(report.differences, 'difference')}, {_counted(report.warnings, 'warning')}."
    )


def _print_finding(finding: Finding) -> None:
    invariant = finding.invariant
    state = "holds" if finding.is_clean else invariant.severity.value
    _folded(f"{state:<10}  {invariant.id}: ", invariant.sentence, indent=12)
    if finding.is_clean:
        return
    if finding.unreadable:
        _folded("  - ", f"could not be looked at ({finding.unreadable})", indent=4)
    for one in finding.examples:
        _folded("  - ", f"{one.table} {one.row}: {one.message}", indent=4)
    if finding.count > len(finding.examples):
        show.line(f"  - and {finding.count - len(finding.examples)} more")
    _folded("  try: ", invariant.remedy, indent=7)


def _folded(lead: str, text: str, *, indent: int) -> None:
    """A line that goes on below itself, indented, on a terminal that is narrower."""
    width = terminal.columns() if terminal.is_terminal(sys.stdout) else _UNLIMITED
    for part in textwrap.wrap(lead + text, width, subsequent_indent=" " * indent, break_on_hyphens=False):
        show.line(part)


def _counted(number: int, what: str) -> str:
    from casaaustin import formats

    return f"{formats.number(number)} {what}{'' if number == 1 else 's'}"


def _backup_payload(made: Backup) -> dict[str, Any]:
    return {
        "file": str(made.path),
        "created": made.created,
        "revision": made.revision,
        "rows": made.rows,
        "tables": {name: contents.rows for name, contents in made.tables.items()},
        "sha256": made.sha256,
    }


def _print_backup(what: str, made: Backup) -> None:
    from casaaustin import formats

    size = made.path.stat().st_size
    show.line(f"{what} {_counted(made.rows, 'row')}, {formats.number(size)} bytes: {made.path}")
