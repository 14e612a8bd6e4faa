"""Discounts: codes, generators, automatic rules, the welcome promotion; explained and tried out."""

from __future__ import annotations

from casaaustin_cli.commands.discounts import (
    automatic,
    codes,
    explain,
    generators,
    referral,
    simulate,
    welcome,
)
from casaaustin_cli.framework import CasaTyper

app = CasaTyper("discounts", help="Discounts: codes, rules, generators; explained and tried out.")
app.command("simulate")(simulate.simulate)
app.command("explain")(explain.explain)
app.add_typer(automatic.app)
app.add_typer(referral.app)
app.add_typer(codes.app)
app.command("generate")(generators.generate)
app.add_typer(generators.app)
app.add_typer(welcome.app)
