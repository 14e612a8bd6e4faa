"""Discount codes: list, show, create, edit, disable, delete, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.errors import InvalidInput
from casaaustin.money import parse_amount
from casaaustin.vocabulary import Benefit, CodeOrigin, Language
from casaaustin_cli import administration, complete, runtime, show
from casaaustin_cli.administration import Active, Houses, Reason
from casaaustin_cli.commands.discounts import conditions
from casaaustin_cli.commands.discounts.conditions import (
    AllHouses,
    BaseOnly,
    Cap,
    Minimum,
    Scope,
    WeekdayNights,
    Weekdays,
    WeekendNights,
)
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang

if TYPE_CHECKING:
    from casaaustin.discounts.service.codes import CodeListed, UseListed

app = CasaTyper("codes", help="Discount codes: what guests type, however it was made.")

_STATES = ("live", "not_started", "used_up", "expired", "disabled")

CodeArgument = Annotated[
    str,
    typer.Argument(
        metavar="CODE",
        help="What the guest types, in any case.",
        autocompletion=complete.codes,
        show_default=False,
    ),
]
Percent = Annotated[str | None, typer.Option("--percentage", metavar="N", help="Takes off so many per cent.")]
Dollars = Annotated[str | None, typer.Option("--usd", metavar="USD", help="Takes off so many dollars.")]
Soles = Annotated[str | None, typer.Option("--soles", metavar="PEN", help="Takes off so many soles.")]
Description = Annotated[
    str | None, typer.Option("--description", metavar="TEXT", help="What guests read about it.")
]
Start = Annotated[
    str | None, typer.Option("--from", metavar="DAY", help="First day on which one may book with it.")
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="DAY", help="Last day on which one may book with it.")
]
Limit = Annotated[str | None, typer.Option("--limit", metavar="N", help="Uses in all; without: any number.")]
PerClient = Annotated[
    str | None,
    typer.Option("--per-client", metavar="N", help="Uses of one client; the code then needs a known client."),
]
OnlyFor = Annotated[
    str | None,
    typer.Option(
        "--client",
        metavar="CLIENT",
        help="Only for this client.",
        autocompletion=complete.clients,
    ),
]


@app.command("list")
@examples("casa discounts codes list", "casa discounts codes list verano --state live")
def list_(
    search: Annotated[
        str, typer.Argument(metavar="TEXT", help="Part of the code or of its description.")
    ] = "",
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="STATE", help=f"Only these: {', '.join(_STATES)}."),
    ] = None,
    origin: Annotated[CodeOrigin | None, typer.Option("--origin", help="Only codes made this way.")] = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=500, help="Codes a page.")] = 50,
    page: Annotated[int, typer.Option("--page", metavar="N", min=1, help="Which page.")] = 1,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """List codes with their uses, the newest first: all of them, or those a search finds."""
    if state is not None and state not in _STATES:
        raise InvalidInput(
            f"{state!r} is no state of a code.", field="state", hint=f"Use one of: {', '.join(_STATES)}."
        )
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.codes import CodeState, list_codes

        found = casa.read(
            lambda work: list_codes(
                work,
                search=search,
                state=None if state is None else CodeState(state),
                origin=origin,
                limit=limit,
                offset=(page - 1) * limit,
            )
        )

        def render() -> None:
            if not found.codes:
                show.line("No codes here." if found.total else "No codes found.")
                return
            _print_codes(found.codes, casa.language)
            last = found.offset + len(found.codes)
            if found.offset or last < found.total:
                show.line(f"{found.offset + 1} to {last} of {found.total}")

        payload = {"total": found.total, "page": page, "codes": found.codes}
        show.emit(payload, render, as_json=as_json)


@app.command("show")
@examples("casa discounts codes show VERANO12")
def show_(code: CodeArgument, lang: Lang = None, as_json: AsJson = False) -> None:
    """Show a code with all its conditions, and every use of it."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.codes import show_code

        found = casa.read(lambda work: show_code(work, code))

        def render() -> None:
            _print_code(found.code, casa.language)
            show.line()
            _print_uses(found.redemptions, casa.language)

        show.emit(found, render, as_json=as_json)


@app.command()
@examples(
    "casa discounts codes create OTONO-10 --percentage 10 --cap 60 --description 'Otoño' --until 2026-06-20"
    " --limit 50 --dry-run",
    "casa discounts codes create FINDE --soles 120 --description 'Fin de semana' --from 2026-05-01"
    " --until 2026-05-31 --weekdays vie,sab --house casa-austin-1 --dry-run",
)
def create(
    code: Annotated[
        str,
        typer.Argument(metavar="CODE", help="3 to 50 letters, digits and dashes.", show_default=False),
    ],
    percent: Percent = None,
    usd: Dollars = None,
    soles: Soles = None,
    description: Description = None,
    start: Start = None,
    until: Until = None,
    limit: Limit = None,
    per_client: PerClient = None,
    minimum: Minimum = None,
    cap: Cap = None,
    weekdays: Weekdays = None,
    weekday_nights: WeekdayNights = None,
    weekend_nights: WeekendNights = None,
    scope: Scope = None,
    base_only: BaseOnly = None,
    client: OnlyFor = None,
    houses: Houses = None,
    reason: Reason = "",
    key: Key = None,
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Create a code. It says what it takes off, what guests read, and its last day.

    Both ends of its validity belong to it; without --from it begins today. No code is ever given out twice,
    not even after it was deleted.
    """
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.codes import create_code

        last = administration.needed(until, option="--until", example="2026-12-31")
        what = {
            **_benefit(percent, usd, soles, required=True),
            **_limits(limit, per_client),
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
                description=administration.needed(description, option="--description", example="'Verano'"),
                start_date=casa.day(start or "today", option="--from"),
                end_date=casa.day(last, option="--until"),
                client=client,
            ),
        }
        changed = casa.write(
            lambda work: create_code(work, code, key=key, reason=reason, **what), dry_run=dry_run
        )
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts codes edit VERANO12 --until 2026-12-31 --reason 'one summer more' --dry-run")
def edit(
    code: CodeArgument,
    percent: Percent = None,
    usd: Dollars = None,
    soles: Soles = None,
    description: Description = None,
    start: Start = None,
    until: Until = None,
    limit: Limit = None,
    per_client: PerClient = None,
    minimum: Minimum = None,
    cap: Cap = None,
    weekdays: Weekdays = None,
    weekday_nights: WeekdayNights = None,
    weekend_nights: WeekendNights = None,
    scope: Scope = None,
    base_only: BaseOnly = None,
    client: OnlyFor = None,
    houses: Houses = None,
    all_houses: AllHouses = False,
    is_active: Active = None,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Change a code; what you do not name stays, and an empty text takes a condition away: --cap "".

    The code itself never changes, and no limit goes below the uses that were made. Bookings keep the
    discount they were sold with.
    """
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.codes import edit_code

        fields = {
            **_benefit(percent, usd, soles, required=False),
            **_limits(limit, per_client),
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
                description=description,
                start_date=start and casa.day(start, option="--from"),
                end_date=until and casa.day(until, option="--until"),
                is_active=is_active,
            ),
            **({} if client is None else {"client": client or None}),
        }
        administration.something(fields, what=code)
        changed = casa.write(lambda work: edit_code(work, code, reason=reason, **fields), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts codes disable VERANO12 --dry-run")
def disable(
    code: CodeArgument,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Let nobody book with a code any more; `edit --active` brings it back."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.codes import disable_code

        changed = casa.write(lambda work: disable_code(work, code, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts codes delete VERANO12 --reason 'typing error' --dry-run")
def delete(
    code: CodeArgument,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Delete a code. Bookings keep it; nobody is ever given the same code again."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.codes import delete_code

        changed = casa.write(lambda work: delete_code(work, code, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


@app.command()
@examples("casa discounts codes restore ENERO5 --dry-run")
def restore(
    code: CodeArgument,
    reason: Reason = "",
    dry_run: DryRun = False,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """Bring a deleted code back as it was; the uses it had still count."""
    with runtime.open(language=lang) as casa:
        from casaaustin.discounts.service.codes import restore_code

        changed = casa.write(lambda work: restore_code(work, code, reason=reason), dry_run=dry_run)
        administration.show_changed(changed, language=casa.language, as_json=as_json)


def _benefit(percent: str | None, usd: str | None, soles: str | None, *, required: bool) -> dict[str, Any]:
    """What the code takes off, from the one option that says so."""
    typed = {
        name: (benefit, text)
        for name, benefit, text in (
            ("--percentage", Benefit.PERCENTAGE, percent),
            ("--usd", Benefit.FIXED_USD, usd),
            ("--soles", Benefit.FIXED_SOL, soles),
        )
        if text is not None
    }
    if len(typed) > 1:
        raise InvalidInput(
            f"A code takes off one thing, not {' and '.join(typed)}.",
            field="discount_value",
            hint="Give one.",
        )
    if not typed:
        if required:
            raise InvalidInput(
                "What does the code take off?",
                field="discount_value",
                hint="Add --percent 10, --usd or --soles.",
            )
        return {}
    ((name, (benefit, text)),) = typed.items()
    return {"discount_type": benefit, "discount_value": parse_amount(text, field=name)}


def _limits(limit: str | None, per_client: str | None) -> dict[str, int | None]:
    return {
        **conditions.emptied("usage_limit", limit, lambda text: conditions.whole(text, option="--limit")),
        **conditions.emptied(
            "per_client_limit", per_client, lambda text: conditions.whole(text, option="--per-client")
        ),
    }


def _uses_text(code: CodeListed) -> str:
    return f"{code.uses} of {code.usage_limit}" if code.usage_limit is not None else str(code.uses)


def _print_codes(codes: tuple[CodeListed, ...], language: Language) -> None:
    show.table(
        [
            "Code",
            show.Column("Takes off", align="right"),
            "Last day",
            "Uses",
            "State",
            show.Column("Client", wrap=True, detail=True),
            show.Column("Nights", wrap=True, detail=True),
            show.Column("Houses", wrap=True, detail=True),
            show.Column("Origin", detail=True),
        ],
        [
            [
                code.code,
                conditions.benefit_text(code.id, code.discount_type, code.discount_value, None, language),
                conditions.day_with_year(code.end_date, language),
                _uses_text(code),
                code.state,
                code.client,
                conditions.days_text(code.weekdays, language),
                administration.house_list(code.houses),
                code.origin,
            ]
            for code in codes
        ],
        language=language,
    )


def _print_code(code: CodeListed, language: Language) -> None:
    show.heading(f"{code.code}: {code.description}")
    show.pairs(
        {
            "Takes off": conditions.benefit_text(
                code.id,
                code.discount_type,
                code.discount_value,
                code.max_discount_usd,
                language,
                base_only=code.apply_only_to_base_price,
            ),
            "State": code.state,
            "Book with it": (
                f"{conditions.day_with_year(code.start_date, language)} to"
                f" {conditions.day_with_year(code.end_date, language)}, both included"
            ),
            "Uses": _uses_text(code),
            "Uses of one client": code.per_client_limit,
            **conditions.condition_pairs(
                minimum=code.min_amount_usd,
                weekdays=code.weekdays,
                scope=code.day_scope,
                houses=code.houses,
                language=language,
            ),
            "Only for": code.client,
            "Origin": code.origin,
            "Generator": code.generator,
            "Made by": code.made_by or None,
            "Made": code.created,
            "Id": str(code.id),
        },
        language=language,
    )


def _print_uses(uses: tuple[UseListed, ...], language: Language) -> None:
    if not uses:
        show.line("Nobody has used it.")
        return
    show.table(
        [
            "Reservation",
            "Check-in",
            show.Column("Client", wrap=True),
            "Use",
            "Counts",
            show.Column("Taken off", currency="USD"),
            show.Column("In soles", currency="PEN", detail=True),
            show.Column("House", detail=True),
            show.Column("Held until", detail=True),
        ],
        [
            [
                use.reservation_id.hex[:8],
                use.check_in.isoformat(),
                use.client,
                use.state,
                use.counts,
                use.amount_usd,
                use.amount_sol,
                use.house,
                use.held_until,
            ]
            for use in uses
        ],
        language=language,
    )
