"""The rate book: nights, seasons, special dates, late checkout, services, policies, switches."""

from __future__ import annotations

from casaaustin_cli.commands.prices import (
    late_checkout,
    nights,
    policies,
    seasons,
    services,
    special_dates,
    switches,
)
from casaaustin_cli.framework import CasaTyper

app = CasaTyper("prices", help="The rate book: all that a price is made from.")
app.command("show")(nights.show_)
app.command("set")(nights.set_)
app.add_typer(seasons.app)
app.add_typer(special_dates.app)
app.add_typer(late_checkout.app)
app.add_typer(services.app)
app.add_typer(policies.app)
app.add_typer(switches.app)
