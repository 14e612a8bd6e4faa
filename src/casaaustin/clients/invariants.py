"""What must be true of guests. Source: docs/rules/clients.md, 1.1, 1.2 and 2.11."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from sqlalchemy import select

from casaaustin.clients.models import Client
from casaaustin.clients.rules import normal_document, normal_email, normal_phone
from casaaustin.db.invariants import Invariant, Problem, Severity, check, stream
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput

NORMAL = Invariant(
    "client.normal_form",
    "Documents, phones and e-mails are stored in their one normal form, by which they are found.",
    "Type the value again: casa clients edit CLIENT --phone …",
)
REFERRER = Invariant(
    "client.referrer",
    "Nobody was referred by themselves.",
    'Take it away: casa clients edit CLIENT --referred-by ""',
    Severity.WARNING,
)

_client = table_of(Client)


@check(NORMAL, REFERRER)
def stored_well(work: Work) -> Iterator[Problem]:
    """Read every live client and put each value into its normal form again."""
    found = select(
        _client.c.id,
        _client.c.document_type,
        _client.c.number_doc,
        _client.c.tel_number,
        _client.c.email,
        _client.c.referred_by_id,
    ).where(~_client.c.deleted)
    for row in stream(work, found):
        forms = (
            ("number_doc", row.number_doc, partial(normal_document, row.document_type)),
            ("tel_number", row.tel_number, normal_phone),
            ("email", row.email, normal_email),
        )
        odd = [name for name, value, form in forms if value is not None and not _is_normal(value, form)]
        if odd:
            yield NORMAL.broken(_client.name, row.id, f"{', '.join(odd)} would be written otherwise")
        if row.referred_by_id == row.id:
            yield REFERRER.broken(_client.name, row.id, "refers to itself")


def _is_normal(value: str, normal: Callable[[str], Any]) -> bool:
    try:
        return bool(normal(value) == value)
    except InvalidInput:
        return False


CHECKS = (stored_well,)
