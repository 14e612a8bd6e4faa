"""Welcome codes: one for each new guest, once in a lifetime.

Whoever issues one holds the row of the guest, so that two requests at the same moment get
one code between them. Source: docs/rules/pricing.md, 1.9 and 2.8.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import DBAPIError

from casaaustin.audit.models import AuditEvent
from casaaustin.audit.service import record
from casaaustin.audit.writing import change_row
from casaaustin.clients.models import Client
from casaaustin.clients.rules import full_name
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work, is_transient
from casaaustin.discounts.generation import WELCOME_PREFIX, Pick, last_day
from casaaustin.discounts.models import DiscountCode, DiscountRedemption
from casaaustin.discounts.queries import as_discount, is_used
from casaaustin.discounts.service.fields import (
    check_recipe,
)
from casaaustin.discounts.service.minting import mint
from casaaustin.discounts.service.promotions import active_promotion
from casaaustin.discounts.service.scopes import CODE_HOUSES, WELCOME_HOUSES
from casaaustin.discounts.texts import restrictions
from casaaustin.errors import CasaError, NotFound, RuleRefused
from casaaustin.properties.models import Property
from casaaustin.register.models import Reservation
from casaaustin.register.queries import bookings
from casaaustin.vocabulary import Benefit, CodeOrigin, ReservationStatus

logger = logging.getLogger(__name__)

ISSUE = "welcome"
# Reasons for no code that are as they should be; everything else is a failure that staff must see.
_NOT_DUE = frozenset({"welcome_already_issued", "has_approved_reservations", "no_active_promotion"})

_code = table_of(DiscountCode)
_redemption = table_of(DiscountRedemption)
_client = table_of(Client)
_house = table_of(Property)
_reservation = table_of(Reservation)
_event = table_of(AuditEvent)


@dataclass(frozen=True, slots=True)
class ValidHouse:
    """A house in which a code is valid."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class WelcomeCode:
    """The welcome code of a guest.

    Args:
        valid_until: the last day on which one may book with it.
        restrictions: what it is limited to, as phrases in Spanish.
        houses: where it is valid; none = everywhere.
        uses: held and confirmed ones.
        is_used: whether no use is left.
        is_expired: whether its last day is over.
    """

    code: str
    client_id: UUID
    client: str
    discount_percentage: Decimal
    valid_from: date
    valid_until: date
    min_amount_usd: Decimal | None
    max_discount_usd: Decimal | None
    usage_limit: int | None
    restrictions: tuple[str, ...]
    houses: tuple[ValidHouse, ...]
    uses: int
    is_used: bool
    is_expired: bool


def issue(work: Work, client: UUID, *, reason: str = "", pick: Pick = secrets.choice) -> WelcomeCode:
    """Give a guest their welcome code.

    Args:
        work: a writing unit of work.
        client: the guest.
        reason: why, for the audit trail.
        pick: draws one character of a text.

    Raises:
        NotFound: no such client (`client_not_found`), or no promotion is active
            (`no_active_promotion`).
        RuleRefused: the guest had one (`welcome_already_issued`; the details say when, and the
            code), or has approved reservations (`has_approved_reservations`); or no free code was
            found (`code_space_exhausted`).

    Source: docs/rules/pricing.md, 2.8.
    """
    guest = _held(work, client)
    _refuse_second(work, guest)
    if bookings(work, client).approved:
        raise RuleRefused(
            "A welcome code is for a first stay, and this client has approved reservations.",
            code="has_approved_reservations",
        )
    promotion = active_promotion(work)
    if promotion is None:
        raise NotFound(
            "No welcome promotion is active.",
            code="no_active_promotion",
            hint="Activate one with: casa discounts welcome activate",
        )
    check_recipe(promotion)
    start = today(work.clock)
    row = DiscountCode(
        description=promotion.name,
        discount_type=Benefit.PERCENTAGE,
        discount_value=promotion.discount_percentage,
        min_amount_usd=promotion.min_amount_usd,
        max_discount_usd=promotion.max_discount_usd,
        start_date=start,
        end_date=last_day(start, promotion.validity_days),
        usage_limit=1,
        restrict_weekdays=promotion.restrict_weekdays,
        restrict_weekends=promotion.restrict_weekends,
        specific_weekdays=promotion.specific_weekdays,
        day_scope=promotion.day_scope,
        apply_only_to_base_price=promotion.apply_only_to_base_price,
        client_id=client,
        origin=CodeOrigin.WELCOME,
        welcome_config_id=promotion.id,
    )
    houses = WELCOME_HOUSES.targets(work, [promotion.id]).get(promotion.id, frozenset())
    mint(work, row, WELCOME_PREFIX, houses=houses, reason=reason, pick=pick)
    change_row(
        work,
        guest,
        {"welcome_discount_issued_at": work.clock.now()},
        entity="client",
        name=full_name(guest.first_name, guest.last_name),
        verb="welcome",
        reason=reason,
    )
    return cast(WelcomeCode, code_of(work, client))


def issue_if_possible(work: Work, client: UUID, *, pick: Pick = secrets.choice) -> WelcomeCode | None:
    """Give a guest who registers their welcome code; registering never fails because of it.

    A failure takes back what was begun, and is written into the audit trail, where
    `casa doctor` finds it until the guest has a code after all. Only what makes the
    whole unit of work run again, such as a deadlock, is passed on.

    Args:
        work: a writing unit of work, in which the guest was stored.
        client: the guest.
        pick: draws one character of a text.

    Returns:
        The code; None when none is due, or when it failed.

    Source: docs/rules/pricing.md, 2.8.
    """
    try:
        with work.session.begin_nested():
            return issue(work, client, pick=pick)
    except Exception as failure:
        if isinstance(failure, DBAPIError) and is_transient(failure):
            raise
        why = failure.code if isinstance(failure, CasaError) else type(failure).__name__
        if why in _NOT_DUE:
            return None
        logger.error("welcome_issue_failed client=%s reason=%s", client, why)
        record(work, "welcome.issue_failed", ISSUE, client, after={"reason": why})
        return None


def code_of(work: Work, client: UUID) -> WelcomeCode | None:
    """The welcome code that is bound to a guest, in whatever state it is; two statements.

    Source: docs/rules/pricing.md, 2.8.
    """
    uses = (
        select(func.count())
        .select_from(_redemption)
        .where(_redemption.c.code_id == _code.c.id, is_used(work.clock.now()))
        .correlate(_code)
        .scalar_subquery()
    )
    row = work.connection.execute(
        select(_code, uses.label("uses"), _client.c.first_name, _client.c.last_name)
        .select_from(_code.join(_client, _client.c.id == _code.c.client_id))
        .where(_code.c.client_id == client, _code.c.origin == CodeOrigin.WELCOME, ~_code.c.deleted)
    ).first()
    if row is None:
        return None
    return WelcomeCode(
        code=row.code,
        client_id=client,
        client=full_name(row.first_name, row.last_name),
        discount_percentage=row.discount_value,
        valid_from=row.start_date,
        valid_until=row.end_date,
        min_amount_usd=row.min_amount_usd,
        max_discount_usd=row.max_discount_usd,
        usage_limit=row.usage_limit,
        restrictions=restrictions(as_discount(row)),
        houses=_valid_houses(work, row.id),
        uses=row.uses,
        is_used=row.usage_limit is not None and row.uses >= row.usage_limit,
        is_expired=row.end_date < today(work.clock),
    )


def failed_issues(work: Work, *, most: int = 1_000) -> tuple[UUID, ...]:
    """Guests whose welcome code could not be issued and who may still get one; at most two statements.

    Args:
        work: the open unit of work.
        most: failures that are looked at.
    """
    failed = (
        select(_event.c.entity_id)
        .where(_event.c.entity == ISSUE, _event.c.action == "welcome.issue_failed")
        .distinct()
        .limit(most)
    )
    clients = [UUID(row.entity_id) for row in work.connection.execute(failed)]
    if not clients:
        return ()
    has_stay = select(_reservation.c.id).where(
        _reservation.c.client_id == _client.c.id,
        _reservation.c.status == ReservationStatus.APPROVED,
        ~_reservation.c.deleted,
    )
    waiting = select(_client.c.id).where(
        _client.c.id.in_(clients),
        _client.c.welcome_discount_issued_at.is_(None),
        ~_client.c.deleted,
        ~has_stay.exists(),
    )
    return tuple(work.connection.execute(waiting.order_by(_client.c.id)).scalars())


def _held(work: Work, client: UUID) -> Client:
    """The guest, held until our commit: a second request waits, and then sees the first one's code."""
    statement = select(Client).where(_client.c.id == client, ~_client.c.deleted).with_for_update()
    guest = work.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if guest is None:
        raise NotFound("There is no such client.", code="client_not_found")
    return guest


def _refuse_second(work: Work, guest: Client) -> None:
    """Refuse a guest who had a welcome code: as this client, or as one that was deleted meanwhile."""
    same_person = _client.c.id == guest.id
    if guest.number_doc:
        same_document = and_(
            _client.c.document_type == guest.document_type, _client.c.number_doc == guest.number_doc
        )
        same_person = or_(same_person, same_document)
    statement = select(func.min(_client.c.welcome_discount_issued_at)).where(same_person)
    issued_at: datetime | None = work.connection.execute(statement).scalar()
    had = code_of(work, guest.id)
    if issued_at is None and had is None:
        return
    details: dict[str, Any] = {"issued_at": issued_at, "code": had.code if had is not None else None}
    raise RuleRefused(
        f"The welcome code {had.code} was issued already." if had else "A welcome code was issued before.",
        code="welcome_already_issued",
        hint="A client gets one in a lifetime.",
        details=details,
    )


def _valid_houses(work: Work, code: UUID) -> tuple[ValidHouse, ...]:
    houses = CODE_HOUSES.targets(work, [code]).get(code, frozenset())
    if not houses:
        return ()
    statement = select(_house.c.id, _house.c.slug, _house.c.name).where(_house.c.id.in_(houses))
    found = (ValidHouse(row.id, row.slug, row.name) for row in work.connection.execute(statement))
    return tuple(sorted(found, key=lambda house: house.slug))
