"""Adding and changing guests. Source: docs/rules/clients.md, 1 and 2.10."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import func, or_
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from casaaustin.audit.service import facts, once, record
from casaaustin.clients.models import Client
from casaaustin.clients.queries import described, find_client
from casaaustin.clients.rules import (
    REFERRAL_CODE_DIGITS,
    checked_birth_date,
    normal_document,
    normal_email,
    normal_name,
    normal_phone,
    referral_code,
)
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, InvalidInput
from casaaustin.vocabulary import DocumentType

_client = table_of(Client)


class ClientFields(TypedDict, total=False):
    """What people say about a guest; what is left out stays as it is, an empty text is taken away.

    `referred_by` is a reference as `find_client` takes it.
    """

    first_name: str
    last_name: str
    document_type: DocumentType
    number_doc: str
    tel_number: str
    email: str
    birth_date: date | None
    referred_by: str
    notes: str


def add(
    work: Work,
    *,
    key: str | None = None,
    pick: Callable[[str], str] = secrets.choice,
    **fields: Unpack[ClientFields],
) -> Client:
    """Add a guest, with a referral code of their own.

    Args:
        work: the open unit of work.
        key: name of this request; repeated with the same content it returns the first guest.
        pick: draws one character of a text, for the referral code.
        fields: see `ClientFields`; a first name and a document, phone or e-mail at least.

    Raises:
        InvalidInput: a field is malformed or missing; `field` says which.
        Conflict: a live guest has this document already.
        NotFound: nobody is called like `referred_by`.
        KeyReused: the key came back with other content.

    Source: docs/rules/clients.md, 1.1, 1.6 and 2.10.
    """

    def do() -> Client:
        client = Client(**_normal(work, fields))
        _check_whole(client)
        _insert(work, client, pick)
        _remark_on_shared(work, client)
        record(work, "client.add", "client", client.id, after=facts(client))
        return client

    return _once(work, key, "client.add", fields, do)


def edit(
    work: Work,
    reference: str,
    *,
    reason: str = "",
    key: str | None = None,
    **changes: Unpack[ClientFields],
) -> Client:
    """Change what is known about a guest.

    Args:
        work: the open unit of work.
        reference: who, as `find_client` takes it.
        reason: why, for the audit trail.
        key: name of this request; repeated with the same content it changes nothing more.
        changes: see `ClientFields`.

    Raises:
        NotFound: nobody by that reference.
        InvalidInput: a field is malformed, or nothing is left that names or reaches the guest.
        Conflict: another live guest has this document.
        KeyReused: the key came back with other content.

    Source: docs/rules/clients.md, 1.1 and 2.10.
    """
    content = {"client": reference, "changes": dict(changes), "reason": reason}
    return _once(work, key, "client.edit", content, lambda: _edit(work, reference, reason, changes))


def _edit(work: Work, reference: str, reason: str, changes: Mapping[str, Any]) -> Client:
    client = find_client(work, reference)
    # Whoever changes the same guest at this moment waits for us, and then sees what we wrote.
    work.session.refresh(client, with_for_update=True)
    before, label = facts(client), described(client)
    wanted = dict(changes)
    if wanted.get("document_type") and "number_doc" not in wanted:
        # Another type has another form: the number that stays must fit it.
        wanted["number_doc"] = client.number_doc or ""
    for name, value in _normal(work, wanted, kind=client.document_type).items():
        setattr(client, name, value)
    _check_whole(client)
    if client.referred_by_id == client.id:
        raise InvalidInput("Nobody refers themselves.", field="referred_by")
    if not work.session.is_modified(client):
        return client
    _refuse_second(work, client)
    try:
        with work.session.begin_nested():
            work.session.flush()
    except IntegrityError as clash:
        raise _second_document(label) from clash
    if {"tel_number", "email"} & wanted.keys():
        _remark_on_shared(work, client)
    record(work, "client.edit", "client", client.id, before=before, after=facts(client), reason=reason)
    return client


def _once(
    work: Work, key: str | None, operation: str, content: Mapping[str, Any], do: Callable[[], Client]
) -> Client:
    return once(
        work,
        key,
        operation,
        content,
        do,
        remember=lambda client: {"id": str(client.id)},
        recall=lambda kept: work.session.get_one(Client, UUID(kept["id"])),
    )


def _normal(
    work: Work, fields: Mapping[str, Any], *, kind: DocumentType = DocumentType.DNI
) -> dict[str, Any]:
    """The fields in their normal forms, as columns; `kind` is the document type unless they say another."""
    kind = fields.get("document_type", kind)
    readers: dict[str, Callable[[Any], Any]] = {
        "first_name": lambda text: normal_name(text, field="first_name"),
        "last_name": lambda text: normal_name(text, field="last_name"),
        "document_type": DocumentType,
        "number_doc": lambda text: normal_document(kind, text) if text.strip() else None,
        "tel_number": lambda text: normal_phone(text) if text.strip() else None,
        "email": lambda text: normal_email(text) if text.strip() else None,
        "birth_date": lambda born: born and checked_birth_date(born, today(work.clock)),
        "notes": str.strip,
    }
    columns = {name: read(fields[name]) for name, read in readers.items() if name in fields}
    if "referred_by" in fields:
        referrer = fields["referred_by"]
        columns["referred_by_id"] = find_client(work, referrer).id if referrer.strip() else None
    return columns


def _check_whole(client: Client) -> None:
    if not client.first_name:
        raise InvalidInput("A client needs a first name.", field="first_name")
    if client.number_doc and client.document_type is DocumentType.DNI and not client.last_name:
        raise InvalidInput(
            "A person with a DNI has a last name.",
            field="last_name",
            hint="Add it, or choose the document type ruc for a company.",
        )
    if not (client.number_doc or client.tel_number or client.email):
        raise InvalidInput(
            "Nothing says how to recognise or reach this client.",
            field="tel_number",
            hint="Add a phone, an e-mail or a document.",
        )


def _insert(work: Work, client: Client, pick: Callable[[str], str]) -> None:
    """Store the guest with a free referral code; the unique index decides which code is free."""
    for digits in REFERRAL_CODE_DIGITS:
        client.referral_code = referral_code(client.first_name, digits, pick)
        try:
            with work.session.begin_nested():
                work.session.add(client)
                work.session.flush()
        except IntegrityError:
            # Who holds the document is there to be read now; else it was the code.
            _refuse_second(work, client)
            continue
        return
    raise Conflict("No free referral code was found for this name.", hint="Try again.")


def _refuse_second(work: Work, client: Client) -> None:
    """Refuse a document that another live guest has.

    Raises:
        Conflict: naming the other one.
    """
    live_key = client.make_live_key()
    if live_key is None:
        return
    with work.session.no_autoflush:
        other = work.session.exec(
            select(Client).where(_client.c.live_key == live_key, _client.c.id != client.id)
        ).first()
    if other is not None:
        raise _second_document(described(other))


def _second_document(holder: str) -> Conflict:
    return Conflict(
        f"Another client has this document: {holder}.",
        code="duplicate_client",
        hint="Change that one with: casa clients edit",
    )


def _remark_on_shared(work: Work, client: Client) -> None:
    """Tell staff who else has the phone or the e-mail; families may share them."""
    shared = [
        column == value
        for column, value in ((_client.c.tel_number, client.tel_number), (_client.c.email, client.email))
        if value
    ]
    if not shared:
        return
    conditions = (~_client.c.deleted, _client.c.id != client.id, or_(*shared))
    others = work.session.exec(
        select(Client).where(*conditions).order_by(_client.c.search_name, _client.c.id).limit(3)
    ).all()
    if others:
        count = work.session.exec(select(func.count()).select_from(_client).where(*conditions)).one()
        more = f" and {count - len(others)} more" if count > len(others) else ""
        names = "; ".join(described(other) for other in others)
        work.notes.append(f"The same phone or e-mail is known of {names}{more}.")
