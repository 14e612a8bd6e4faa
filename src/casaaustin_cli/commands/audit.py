"""Who changed what, when, why and from where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.vocabulary import Language
from casaaustin_cli import runtime, show
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, Lang

if TYPE_CHECKING:
    from casaaustin.audit.models import AuditEvent

app = CasaTyper("audit")

_FIELDS_SHOWN = 6
_NOTHING: tuple[Any, ...] = (None, "", [], {}, False, 0, "0.00")
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@app.command()
@examples(
    "casa audit --limit 20",
    "casa audit --entity reservation --since today",
    "casa audit --actor ana --action client.edit --json",
)
def audit(
    entity: Annotated[
        str | None, typer.Option("--entity", metavar="KIND", help="reservation, client, exchange_rate, …")
    ] = None,
    entity_id: Annotated[
        str | None,
        typer.Option("--id", metavar="ID", help="Which one: its id, or at least 6 characters of it."),
    ] = None,
    actor: Annotated[str | None, typer.Option("--actor", metavar="NAME", help="Who did it.")] = None,
    action: Annotated[
        str | None, typer.Option("--action", metavar="ACTION", help="What was done: reservation.cancel.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="DAY", help="First day in Lima: 2026-04-17, today.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", metavar="DAY", help="Last day in Lima; it belongs to the answer.")
    ] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, help="How many at most.")] = 50,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Show who changed what, when, why and through which channel; newest first.

    What guests say about themselves is masked: the trail tells that it changed, not what it was.
    With --id every field is shown, else the first few.
    """
    with runtime.open(language=lang) as casa:
        from datetime import timedelta

        from casaaustin.audit import queries
        from casaaustin.clock import lima_instant

        first = casa.day(since, option="--since") if since is not None else None
        last = casa.day(until, option="--until") if until is not None else None
        wanted = queries.Trail(
            entity=entity,
            entity_id=entity_id,
            actor=actor,
            action=action,
            since=lima_instant(first) if first is not None else None,
            until=lima_instant(last + timedelta(days=1)) if last is not None else None,
        )
        found = casa.read(lambda work: queries.changes(work, wanted, limit=limit))
        show.emit(
            [_payload(event) for event in found],
            lambda: _print(found, casa.language, whole=entity_id is not None),
            as_json=as_json,
        )


def _payload(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": event.at,
        "actor": event.actor,
        "actor_kind": event.actor_kind,
        "channel": event.channel,
        "action": event.action,
        "entity": event.entity,
        "entity_id": event.entity_id,
        "before": event.before,
        "after": event.after,
        "reason": event.reason,
    }


def _print(events: list[AuditEvent], language: Language, *, whole: bool) -> None:
    shown = list if whole else _shortened
    if not events:
        show.line("Nothing was changed.")
        return
    show.table(
        [
            "When",
            "Who",
            show.Column("Through", detail=True),
            "Action",
            "Id",
            show.Column("What changed", wrap=True),
        ],
        [
            [
                _moment(event),
                event.actor,
                event.channel,
                event.action,
                event.entity_id[:8],
                "; ".join([*([f"“{event.reason}”"] if event.reason else []), *shown(_changed(event))]),
            ]
            for event in events
        ],
        language=language,
    )


def _moment(event: AuditEvent) -> str:
    """The instant on Lima's clocks, short and sortable: a trail is read by the second."""
    from casaaustin.clock import LIMA

    return f"{event.at.astimezone(LIMA):%Y-%m-%d %H:%M:%S}"


def _changed(event: AuditEvent) -> list[str]:
    """Each field that changed; of a new thing only what it says."""
    names = [*event.before, *(name for name in event.after if name not in event.before)]
    if not event.before:
        return [f"{name} {_said(event.after[name])}" for name in names if event.after[name] not in _NOTHING]
    pairs = ((name, event.before.get(name), event.after.get(name)) for name in names)
    # What is masked looks the same on both sides.
    return [
        f"{name} changed" if old == new else f"{name} {_said(old)} → {_said(new)}" for name, old, new in pairs
    ]


def _shortened(told: list[str]) -> list[str]:
    """Enough to see what it was about."""
    hidden = len(told) - _FIELDS_SHOWN
    return told if hidden <= 1 else [*told[:_FIELDS_SHOWN], f"{hidden} fields more"]


def _said(value: Any) -> str:
    if value in (None, "", [], {}):
        return show.NOTHING
    if isinstance(value, str):
        # Ids as short as people name things by.
        return value[:8] if _ID.fullmatch(value) else value
    return " ".join(show.as_document(value).split())
