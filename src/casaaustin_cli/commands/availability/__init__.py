"""Which houses are free; how to make room where none is."""

from __future__ import annotations

from casaaustin_cli.commands.availability import instances, plans, search, waiting
from casaaustin_cli.framework import CasaTyper

app = CasaTyper("availability", subcommand_metavar="[COMMAND]")
app.callback(invoke_without_command=True)(search.availability)
app.command("plan")(plans.plan)
app.command("ask")(plans.ask)
app.command("consent")(plans.consent)
app.command("withdraw")(plans.withdraw)
app.command("undo")(plans.undo)
app.command("waiting")(waiting.waiting)
app.command("forget")(waiting.forget)
app.command("solve")(instances.solve)
app.command("export-instance")(instances.export_instance)
