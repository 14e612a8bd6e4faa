"""Policy switches: show, set."""

from __future__ import annotations

from typing import Annotated

import typer

from casaaustin_cli import administration, runtime, show
from casaaustin_cli.administration import Reason
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Lang

app = CasaTyper(
    "switches", help="Policy switches: how the business decides where there is more than one way."
)


@app.command("show")
@examples("casa prices switches show")
def show_(lang: Lang = None, as_json: AsJson = False) -> None:
    """Show every switch, what it is set to and what else it could be."""
    with runtime.open(language=lang) as casa:
        from casaaustin.pricing.service.switches import show_switches

        switches = casa.read(show_switches)

        def render() -> None:
            show.table(
                ["Switch", "Set to", "Default", show.Column("Could be", wrap=True, detail=True)],
                [
                    [switch.name, switch.value, switch.default, ", ".join(switch.allowed)]
                    for switch in switches
                ],
                language=casa.language,
            )

        show.emit({"switches": switches}, render, as_json=as_json)


@app.command("set")
@examples("casa prices switches set capacity_mode warn --dry-run")
def set_(
    switch: Annotated[str, typer.Argument(metavar="SWITCH", help="Name of the switch.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="One of the values it could be.")],
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Set a policy switch; the rule pages say what each value means."""
    with runtime.open(language=lang) as casa:
        from casaaustin.reservations.policy import set_policy

        changed = casa.write(lambda work: set_policy(work, {switch: value}, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)
