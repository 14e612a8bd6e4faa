"""Requests that could not be placed and that staff want to be reminded of.

What has become possible is worked out when somebody asks: the calendar is read once, whatever
the number of requests. Source: docs/rules/pricing.md, 3.6.6.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from casaaustin.audit.service import facts, record
from casaaustin.clients.models import Client
from casaaustin.clients.rules import full_name
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import IllegalTransition, InvalidInput, NotFound
from casaaustin.moves.solve import Answer, solve
from casaaustin.pricing.queries import rate_book
from casaaustin.quoting import service as quoting
from casaaustin.quoting.evaluate import QuoteRequest, check_request
from casaaustin.reassignment.calendar import neighbourhood, residents, zones
from casaaustin.reassignment.models import WaitingRequest
from casaaustin.reassignment.terms import USUAL, Terms
from casaaustin.stays import Stay

_waiting = table_of(WaitingRequest)
_client = table_of(Client)

MOST_LISTED = 200


@dataclass(frozen=True, slots=True)
class Waiting:
    """A request that waits, and what could be done for it now.

    Args:
        request: as it was remembered.
        client: name of the guest.
        answer: the best answer of all zones; None when its check-in is past.
    """

    request: WaitingRequest
    client: str
    answer: Answer | None


def remember(work: Work, request: QuoteRequest, client: UUID, *, note: str = "") -> WaitingRequest:
    """Remember a request for a guest.

    Args:
        work: a writing unit of work.
        request: dates, guests, features and, if they insist on one, the house.
        client: who asks.
        note: for staff.

    Raises:
        InvalidInput: dates or guests that cannot be quoted, or the same request waits already.
        NotFound: no such client or house.
    """
    check_request(request, today(work.clock), quoting.limits_of(work))
    if work.session.get(Client, client) is None:
        raise NotFound("There is no such client.", code="client_not_found")
    if request.house is not None and request.house not in rate_book(work).by_id:
        raise NotFound("There is no such house.", code="house_not_found")
    same = work.session.scalars(
        select(WaitingRequest).where(
            _waiting.c.client_id == client,
            _waiting.c.check_in_date == request.stay.check_in,
            _waiting.c.check_out_date == request.stay.check_out,
            _waiting.c.closed_at.is_(None),
            ~_waiting.c.deleted,
        )
    ).first()
    if same is not None:
        raise InvalidInput(
            "This request waits already.",
            field="client",
            code="waits_already",
            hint=f"Forget it first: casa availability forget {same.id.hex[:8]}",
        )
    kept = WaitingRequest(
        client_id=client,
        check_in_date=request.stay.check_in,
        check_out_date=request.stay.check_out,
        guests=request.guests,
        features=sorted(request.features),
        property_id=request.house,
        remembered_by=work.actor.name,
        note=note.strip(),
    )
    work.session.add(kept)
    work.session.flush()
    record(work, "waiting.remember", "waiting_request", kept.id, after=facts(kept))
    return kept


def waiting(work: Work, terms: Terms = USUAL) -> tuple[Waiting, ...]:
    """Every request that waits, by check-in, with what would place it now; always three statements."""
    rows = _open(work)
    book = rate_book(work)
    houses = [house.id for house in book.houses]
    living = residents(work, book, houses, None) if rows else ()
    day = today(work.clock)
    found = []
    for row in rows:
        request = _request_of(row.WaitingRequest)
        answer = None
        if request.stay.check_in >= day and (request.house is None or request.house in book.by_id):
            answers = [
                solve(
                    neighbourhood(work, book, group, living, request, terms).instance,
                    max_moves=terms.max_moves,
                    most_downgrade=terms.allowed_downgrade,
                )
                for group in zones(book, request)
            ]
            answer = min(answers, key=_rank)
        found.append(Waiting(row.WaitingRequest, full_name(row.first_name, row.last_name), answer))
    return tuple(found)


def find_waiting(work: Work, reference: str) -> WaitingRequest:
    """The waiting request with this id, or with the only id that begins so.

    Raises:
        NotFound: none that still waits.
        InvalidInput: several.
    """
    start = reference.strip().lower().replace("-", "")
    found: list[WaitingRequest] = [
        row.WaitingRequest for row in _open(work) if row.WaitingRequest.id.hex.startswith(start)
    ]
    if len(found) > 1:
        raise InvalidInput(
            f"{reference!r} is the beginning of several requests.", field="request", code="ambiguous_request"
        )
    if not found or not start:
        raise NotFound(
            f"No request {reference!r} is waiting.",
            code="waiting_request_not_found",
            hint="See them with: casa availability waiting",
        )
    return found[0]


def forget(
    work: Work, waits: WaitingRequest, *, because: str, reservation: UUID | None = None
) -> WaitingRequest:
    """Close a request: it was placed, or nobody waits for it any more.

    Raises:
        IllegalTransition: it was closed already.
    """
    now = work.clock.now()
    closed = work.connection.execute(
        update(_waiting)
        .where(_waiting.c.id == waits.id, _waiting.c.closed_at.is_(None))
        .values(closed_at=now, closed_because=because[:60], reservation_id=reservation, updated=now)
    )
    if closed.rowcount != 1:
        raise IllegalTransition("This request is closed already.", code="request_closed")
    after = {"reservation": reservation}
    record(work, "waiting.forget", "waiting_request", waits.id, after=after, reason=because)
    work.session.refresh(waits)
    return waits


def _open(work: Work) -> Sequence[Any]:
    return work.session.execute(
        select(WaitingRequest, _client.c.first_name, _client.c.last_name)
        .join(_client, _client.c.id == _waiting.c.client_id)
        .where(_waiting.c.closed_at.is_(None), ~_waiting.c.deleted)
        .order_by(_waiting.c.check_in_date, _waiting.c.created, _waiting.c.id)
        .limit(MOST_LISTED)
    ).all()


def _request_of(kept: WaitingRequest) -> QuoteRequest:
    return QuoteRequest(
        Stay(kept.check_in_date, kept.check_out_date),
        kept.guests,
        kept.property_id,
        features=frozenset(kept.features),
        client=kept.client_id,
    )


def _rank(answer: Answer) -> tuple[bool, int]:
    return answer.plan is None, answer.min_moves if answer.min_moves is not None else 0
