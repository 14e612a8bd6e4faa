"""Guests: list, show, add, edit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import DocumentType, Language
from casaaustin_cli import complete, runtime, show
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.options import AsJson, DryRun, Key, Lang

if TYPE_CHECKING:
    from casaaustin.clients.models import Client
    from casaaustin.db.work import Work
    from casaaustin.reservations.queries import Listed

app = CasaTyper("clients", help="Guests: look them up, add them, correct what is known of them.")

ClientRef = Annotated[
    str,
    typer.Argument(
        metavar="CLIENT",
        help="Id, document, phone, e-mail, referral code or a unique part of the name.",
        autocompletion=complete.clients,
        show_default=False,
    ),
]
LastName = Annotated[str | None, typer.Option("--last-name", metavar="TEXT", help="All surnames.")]
Document = Annotated[
    str | None, typer.Option("--document", metavar="NUMBER", help="Number of the identity document.")
]
Kind = Annotated[
    DocumentType | None,
    typer.Option("--document-type", help="dni, cex (foreigner's card), pas (passport) or ruc (company)."),
]
Phone = Annotated[
    str | None, typer.Option("--phone", metavar="NUMBER", help="In any spelling; stored as +51999000111.")
]
Email = Annotated[str | None, typer.Option("--email", metavar="ADDRESS", help="E-mail address.")]
BirthDate = Annotated[str | None, typer.Option("--birth-date", metavar="DAY", help="Like 1990-05-31.")]
ReferredBy = Annotated[
    str | None,
    typer.Option(
        "--referred-by",
        metavar="CLIENT",
        help="Who brought this guest; named like any client.",
        autocompletion=complete.clients,
    ),
]
Notes = Annotated[str | None, typer.Option("--notes", metavar="TEXT", help="For staff; guests never see it.")]


@app.command("list")
@examples("casa clients list", "casa clients list quispe --limit 20")
def list_(
    search: Annotated[
        str, typer.Argument(metavar="SEARCH", help="Part of a name, a phone, a document, an e-mail.")
    ] = "",
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=500, help="Clients a page.")] = 50,
    page: Annotated[int, typer.Option("--page", metavar="N", min=1, help="Which page.")] = 1,
    lang: Lang = None,
    as_json: AsJson = False,
) -> None:
    """List guests by name, all of them or those a search finds."""
    with runtime.open(language=lang) as casa:
        from casaaustin.clients import queries
        from casaaustin.clients.rules import full_name

        found = casa.read(
            lambda work: queries.list_clients(work, search=search, limit=limit, offset=(page - 1) * limit)
        )

        def render() -> None:
            if not found.clients:
                show.line("No clients here." if found.total else "No clients found.")
                return
            show.table(
                [
                    show.Column("Name", wrap=True),
                    "Phone",
                    "Document",
                    show.Column("Code", detail=True),
                    show.Column("Id", detail=True),
                ],
                [
                    [
                        full_name(client.first_name, client.last_name),
                        client.tel_number,
                        _document(client),
                        client.referral_code,
                        client.id.hex[:8],
                    ]
                    for client in found.clients
                ],
                language=casa.language,
            )
            last = found.offset + len(found.clients)
            if found.offset or last < found.total:
                show.line(f"{found.offset + 1} to {last} of {found.total}")

        payload = {
            "total": found.total,
            "page": page,
            "clients": [_payload(client) for client in found.clients],
        }
        show.emit(payload, render, as_json=as_json)


@app.command("show")
@examples("casa clients show 999000111", "casa clients show quispe --json")
def show_(client: ClientRef, lang: Lang = None, as_json: AsJson = False) -> None:
    """Show what is known of a guest, and all their stays."""
    with runtime.open(language=lang) as casa:
        from casaaustin.clients import queries
        from casaaustin.reservations.queries import of_client

        def use(work: Work) -> tuple[Client, Client | None, tuple[Listed, ...]]:
            found = queries.find_client(work, client)
            referrers = queries.clients_by_id(work, [found.referred_by_id] if found.referred_by_id else [])
            return found, next(iter(referrers.values()), None), of_client(work, found.id)

        found, referrer, stays = casa.read(use)

        def render() -> None:
            _print_client(found, referrer, casa.language)
            show.line()
            _print_stays(stays, casa.language)

        payload = _payload(found) | {"stays": [_stay_payload(stay) for stay in stays]}
        show.emit(payload, render, as_json=as_json)


@app.command()
@examples(
    'casa clients add Bruno "Salas Rojas" --phone 999000222 --dry-run',
    "casa clients add Carla Inga --document 45678902 --email carla@example.org --dry-run",
)
def add(
    first_name: Annotated[str, typer.Argument(metavar="FIRST_NAME", help="All given names; or the company.")],
    last_name: Annotated[str, typer.Argument(metavar="LAST_NAME", help="All surnames.")] = "",
    document: Document = None,
    kind: Kind = None,
    phone: Phone = None,
    email: Email = None,
    birth_date: BirthDate = None,
    referred_by: ReferredBy = None,
    notes: Notes = None,
    key: Key = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Add a guest, with a referral code of their own.

    A phone, an e-mail or a document is needed. A document that another guest has is refused;
    a shared phone is remarked on.
    """
    with runtime.open() as casa:
        from casaaustin.clients import service

        fields = _fields(
            first_name=first_name,
            last_name=last_name,
            document_type=kind,
            number_doc=document,
            tel_number=phone,
            email=email,
            birth_date=birth_date,
            referred_by=referred_by,
            notes=notes,
        )
        added = casa.write(lambda work: service.add(work, key=key, **fields), dry_run=dry_run)
        show.emit(_payload(added), lambda: _print_client(added, None, casa.language), as_json=as_json)


@app.command()
@examples('casa clients edit 999000111 --email ana@example.org --reason "asked by phone" --dry-run')
def edit(
    client: ClientRef,
    first_name: Annotated[
        str | None, typer.Option("--first-name", metavar="TEXT", help="All given names.")
    ] = None,
    last_name: LastName = None,
    document: Document = None,
    kind: Kind = None,
    phone: Phone = None,
    email: Email = None,
    birth_date: BirthDate = None,
    referred_by: ReferredBy = None,
    notes: Notes = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="TEXT", help="Why; kept in the audit trail.")
    ] = "",
    key: Key = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Change what is known of a guest.

    What is left out stays; an empty text takes a field away: --email "".
    """
    with runtime.open() as casa:
        from casaaustin.clients import service

        fields = _fields(
            first_name=first_name,
            last_name=last_name,
            document_type=kind,
            number_doc=document,
            tel_number=phone,
            email=email,
            birth_date=birth_date,
            referred_by=referred_by,
            notes=notes,
        )
        if not fields:
            raise InvalidInput("Nothing is to be changed.", hint="Add --phone, --email or another option.")
        changed = casa.write(
            lambda work: service.edit(work, client, reason=reason, key=key, **fields), dry_run=dry_run
        )
        show.emit(_payload(changed), lambda: _print_client(changed, None, casa.language), as_json=as_json)


def _fields(*, birth_date: str | None, **given: Any) -> Any:
    """The fields that were given, as the service takes them; an empty birth date takes it away."""
    from datetime import date

    fields = {name: value for name, value in given.items() if value is not None}
    if birth_date is not None:
        try:
            fields["birth_date"] = date.fromisoformat(birth_date) if birth_date.strip() else None
        except ValueError:
            raise InvalidInput(
                f"--birth-date is not a day: {birth_date!r}.",
                field="birth_date",
                hint="Write it like 1990-05-31.",
            ) from None
    return fields


def _document(client: Client) -> str | None:
    return f"{client.document_type.value.upper()} {client.number_doc}" if client.number_doc else None


def _payload(client: Client) -> dict[str, Any]:
    return {
        "id": client.id,
        "first_name": client.first_name,
        "last_name": client.last_name,
        "document_type": client.document_type if client.number_doc else None,
        "number_doc": client.number_doc,
        "tel_number": client.tel_number,
        "email": client.email,
        "birth_date": client.birth_date,
        "referral_code": client.referral_code,
        "referred_by": client.referred_by_id,
        "notes": client.notes,
        "created": client.created,
        "updated": client.updated,
    }


def _stay_payload(stay: Listed) -> dict[str, Any]:
    return {
        "id": stay.id,
        "house": stay.house,
        "check_in": stay.check_in,
        "check_out": stay.check_out,
        "nights": stay.nights,
        "late_checkout": stay.late_checkout,
        "guests": stay.guests,
        "status": stay.status,
        "price_usd": stay.price_usd,
        "price_sol": stay.price_sol,
    }


def _print_client(client: Client, referrer: Client | None, language: Language) -> None:
    from casaaustin.clients.rules import full_name

    show.heading(full_name(client.first_name, client.last_name))
    show.pairs(
        {
            "Document": _document(client),
            "Phone": client.tel_number,
            "E-mail": client.email,
            "Born": client.birth_date.isoformat() if client.birth_date else None,
            "Referral code": client.referral_code,
            "Referred by": full_name(referrer.first_name, referrer.last_name) if referrer else None,
            "Notes": client.notes or None,
            "Known since": client.created,
            "Id": str(client.id),
        },
        language=language,
    )


def _print_stays(stays: tuple[Listed, ...], language: Language) -> None:
    if not stays:
        show.line("No stays.")
        return
    show.table(
        [
            "House",
            "Check-in",
            "Nights",
            show.Column("Guests", detail=True),
            "Status",
            show.Column("Price", currency="USD"),
            show.Column("Price in soles", currency="PEN", detail=True),
            show.Column("Id", detail=True),
        ],
        [
            [
                stay.house,
                stay.check_in.isoformat(),
                stay.nights,
                stay.guests,
                stay.status,
                stay.price_usd,
                stay.price_sol,
                stay.id.hex[:8],
            ]
            for stay in stays
        ],
        language=language,
    )
