"""Looking guests up: by reference, and as a list. Deleted ones are never found."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, false, func, or_
from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from casaaustin.clients.models import Client
from casaaustin.clients.rules import (
    MAX_CODE,
    MAX_DOCUMENT,
    bare_document,
    folded,
    full_name,
    masked_phone,
    normal_email,
    normal_phone,
    normal_referral_code,
)
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput, NotFound
from casaaustin.vocabulary import DocumentType

SHORTEST_PREFIX = 6
MOST_CANDIDATES = 10
MOST_LISTED = 500

_client = table_of(Client)
_HEX = re.compile(rf"[0-9a-f]{{{SHORTEST_PREFIX},32}}")


@dataclass(frozen=True, slots=True)
class ClientPage:
    """Some of the guests that a search found.

    Args:
        clients: of this page, by name.
        total: how many were found in all.
        offset: how many come before this page.
    """

    clients: tuple[Client, ...]
    total: int
    offset: int


def find_client(work: Work, reference: str) -> Client:
    """The guest that a reference names; at most two statements.

    Args:
        work: the open unit of work.
        reference: id, document, phone in any spelling, e-mail or referral code; or
            else the beginning of an id, or words of the name.

    Raises:
        NotFound: nobody.
        InvalidInput: several, who are listed, or an empty reference.

    Source: docs/rules/clients.md, looking somebody up; docs/rules/command_line.md, references.
    """
    if not reference.strip():
        raise InvalidInput("Say which client.", field="client")
    for condition in (_exactly(reference), _partly(reference)):
        found = _matching(work, condition)
        if len(found) == 1:
            return found[0]
        if found:
            raise _ambiguous(reference, found)
    raise NotFound(
        f"There is no client {reference.strip()!r}.",
        code="client_not_found",
        hint="Look for them with: casa clients list NAME",
    )


def list_clients(work: Work, *, search: str = "", limit: int = 50, offset: int = 0) -> ClientPage:
    """Guests by name; two statements.

    Args:
        work: the open unit of work.
        search: a reference as `find_client` takes it; empty for everybody.
        limit: how many at most, 1 to 500.
        offset: how many to skip.

    Raises:
        InvalidInput: the limit or the offset is out of range.
    """
    if not 1 <= limit <= MOST_LISTED:
        raise InvalidInput(f"A page has 1 to {MOST_LISTED} clients, not {limit}.", field="limit")
    if offset < 0:
        raise InvalidInput("The offset cannot be negative.", field="offset")
    condition = ~_client.c.deleted
    if search.strip():
        condition = and_(condition, or_(_exactly(search), _partly(search)))
    total = work.session.exec(select(func.count()).select_from(_client).where(condition)).one()
    page = _by_name(condition).limit(limit).offset(offset)
    return ClientPage(tuple(work.session.exec(page)), total, offset)


def clients_by_id(work: Work, ids: Sequence[UUID]) -> dict[UUID, Client]:
    """These guests, deleted ones too, by id; one statement."""
    found = work.session.exec(select(Client).where(_client.c.id.in_(ids)))
    return {client.id: client for client in found}


def described(client: Client) -> str:
    """A guest in one line that tells namesakes apart: `Ana Quispe, ***0111, id 5f0e1d2c`."""
    phone = [masked_phone(client.tel_number)] if client.tel_number else []
    return ", ".join([full_name(client.first_name, client.last_name), *phone, f"id {client.id.hex[:8]}"])


def _matching(work: Work, condition: ColumnElement[bool]) -> list[Client]:
    live = and_(~_client.c.deleted, condition)
    return list(work.session.exec(_by_name(live).limit(MOST_CANDIDATES + 1)))


def _by_name(condition: ColumnElement[bool]) -> SelectOfScalar[Client]:
    return select(Client).where(condition).order_by(_client.c.search_name, _client.c.id)


def _exactly(reference: str) -> ColumnElement[bool]:
    """Whether a row carries the reference as one of its unique marks."""
    conditions: list[ColumnElement[bool]] = []
    # What is longer than the column is nobody's, and the column would refuse to be compared with it.
    if len(code := normal_referral_code(reference)) <= MAX_CODE:
        conditions.append(_client.c.referral_code == code)
    if len(document := bare_document(reference)) <= MAX_DOCUMENT:
        # The live key, because it is indexed and the type of the document is not asked for.
        conditions.append(_client.c.live_key.in_([f"{kind}:{document}" for kind in DocumentType]))
    if (key := _or_none(lambda text: UUID(text.strip()), reference)) is not None:
        conditions.append(_client.c.id == key)
    if (phone := _or_none(normal_phone, reference)) is not None:
        conditions.append(_client.c.tel_number == phone)
    if (email := _or_none(normal_email, reference)) is not None:
        conditions.append(_client.c.email == email)
    return or_(false(), *conditions)


def _partly(reference: str) -> ColumnElement[bool]:
    """Whether all words of the reference occur in the name, or an id begins with it."""
    words = folded(reference).split()
    condition = and_(*(_client.c.search_name.contains(word, autoescape=True) for word in words))
    start = reference.strip().lower().replace("-", "")
    if _HEX.fullmatch(start):
        # Ids sort alike on every database, so the beginning of one is a range of the primary key.
        first, last = UUID(start.ljust(32, "0")), UUID(start.ljust(32, "f"))
        condition = or_(condition, _client.c.id.between(first, last))
    return condition


def _or_none(read: Callable[[str], Any], text: str) -> Any:
    try:
        return read(text)
    except (ValueError, InvalidInput):
        return None


def _ambiguous(reference: str, found: Sequence[Client]) -> InvalidInput:
    shown = [{"id": client.id, "message": described(client)} for client in found[:MOST_CANDIDATES]]
    count = f"{len(found)}" if len(found) <= MOST_CANDIDATES else f"more than {MOST_CANDIDATES}"
    return InvalidInput(
        f"{reference.strip()!r} could be {count} clients.",
        field="client",
        code="ambiguous_client",
        hint="Name one of them by id, document or phone.",
        details={"candidates": shown},
    )
