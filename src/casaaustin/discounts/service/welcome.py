"""The welcome promotion: configurations of which one may be active, and one code for each new guest.

A guest gets at most one welcome code in a lifetime. Whoever issues one holds the row
of the guest, so that two requests at the same moment get one code between them.
Source: docs/rules/pricing.md, 1.9 and 2.8; docs/rules/clients.md, 2.9.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Unpack, cast
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.exc import DBAPIError

from casaaustin.audit.models import AuditEvent
from casaaustin.audit.service import once, record
from casaaustin.audit.writing import change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import choose, clean_line, clean_text
from casaaustin.clients.models import Client
from casaaustin.clients.rules import full_name
from casaaustin.clock import today
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work, is_transient
from casaaustin.discounts.generation import WELCOME_PREFIX, Pick, last_day
from casaaustin.discounts.models import DiscountCode, DiscountRedemption, WelcomeDiscountConfig
from casaaustin.discounts.queries import as_discount, is_used, weekdays_of
from casaaustin.discounts.service.fields import (
    RecipeFields,
    as_changed,
    as_offer,
    check_recipe,
    checked_recipe,
    require,
)
from casaaustin.discounts.service.minting import mint
from casaaustin.discounts.service.scopes import CODE_HOUSES, WELCOME_HOUSES
from casaaustin.discounts.texts import restrictions
from casaaustin.errors import CasaError, Conflict, NotFound, RuleRefused
from casaaustin.formats import percentage
from casaaustin.money import ZERO
from casaaustin.properties.models import Property
from casaaustin.properties.scoped import add_with_houses, change_with_houses
from casaaustin.register.models import Reservation
from casaaustin.register.queries import bookings
from casaaustin.vocabulary import Benefit, CodeOrigin, DayScope, ReservationStatus

logger = logging.getLogger(__name__)

ENTITY = "welcome_promotion"
ISSUE = "welcome"
DEFAULT_NAME = "Descuento de Bienvenida"
LONGEST_NAME = 200
LONGEST_MESSAGE = 500
LONGEST_SUBTITLE = 300
# Reasons for no code that are as they should be; everything else is a failure that staff must see.
_NOT_DUE = frozenset({"welcome_already_issued", "has_approved_reservations", "no_active_promotion"})

_row = table_of(WelcomeDiscountConfig)
_code = table_of(DiscountCode)
_redemption = table_of(DiscountRedemption)
_client = table_of(Client)
_house = table_of(Property)
_reservation = table_of(Reservation)
_event = table_of(AuditEvent)


class PromotionFields(RecipeFields, total=False):
    """What a promotion says; a field left out keeps its value.

    Without a message, one is made from the percentage.
    """

    promotional_message: str | None
    promotional_subtitle: str | None


@dataclass(frozen=True, slots=True)
class PromotionListed:
    """A promotion as staff list it.

    Args:
        min_amount_usd: least subtotal of the stay, dollars; zero = none.
        weekdays: allowed ones, 0 = Monday; seven = all.
        restrictions: what its codes are limited to, as phrases in Spanish.
        promotional_message: what was written; None: `message` is made from the percentage.
        message: what guests read.
        houses: slugs; none = all houses.
        codes: how many were issued.
    """

    id: UUID
    name: str
    is_active: bool
    discount_percentage: Decimal
    validity_days: int
    min_amount_usd: Decimal
    max_discount_usd: Decimal | None
    apply_only_to_base_price: bool
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    weekdays: tuple[int, ...]
    day_scope: DayScope
    restrictions: tuple[str, ...]
    promotional_message: str | None
    promotional_subtitle: str | None
    message: str
    houses: tuple[str, ...]
    codes: int


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


# -- promotions -------------------------------------------------------------------------------------


def list_promotions(work: Work) -> tuple[PromotionListed, ...]:
    """Every promotion, the active one first, then by name; three statements."""
    houses = WELCOME_HOUSES.names(work)
    counted = (
        select(_code.c.welcome_config_id, func.count().label("codes"))
        .where(_code.c.welcome_config_id.is_not(None))
        .group_by(_code.c.welcome_config_id)
    )
    codes = {row.welcome_config_id: row.codes for row in work.connection.execute(counted)}
    return tuple(
        PromotionListed(
            id=row.id,
            name=row.name,
            is_active=row.is_active,
            discount_percentage=row.discount_percentage,
            validity_days=row.validity_days,
            min_amount_usd=row.min_amount_usd,
            max_discount_usd=row.max_discount_usd,
            apply_only_to_base_price=row.apply_only_to_base_price,
            restrict_weekdays=row.restrict_weekdays,
            restrict_weekends=row.restrict_weekends,
            specific_weekdays=row.specific_weekdays,
            weekdays=tuple(sorted(weekdays_of(row))),
            day_scope=row.day_scope,
            restrictions=restrictions(as_offer(row)),
            promotional_message=row.promotional_message,
            promotional_subtitle=row.promotional_subtitle,
            message=row.promotional_message or promotional_message(row.discount_percentage),
            houses=houses.get(row.id, ()),
            codes=codes.get(row.id, 0),
        )
        for row in sorted(_live(work), key=lambda row: (not row.is_active, row.name.casefold(), row.id))
    )


def status(work: Work) -> PromotionListed | None:
    """The promotion that gives new guests a code today; None when there is none."""
    return next((promotion for promotion in list_promotions(work) if promotion.is_active), None)


def promotional_message(discount_percentage: Decimal) -> str:
    """What guests read where nothing was written.

    Source: docs/rules/pricing.md, 1.9.
    """
    return f"¡Bienvenido! Tienes {percentage(discount_percentage)} de descuento en tu primera reserva."


def add_promotion(
    work: Work, *, key: str | None = None, reason: str = "", **fields: Unpack[PromotionFields]
) -> Changed:
    """Add a promotion; it has no effect before it is activated. The percentage is required.

    Args:
        work: a writing unit of work.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `PromotionFields`.

    Raises:
        InvalidInput: a field is missing or malformed, or they cannot be computed together.
        NotFound: no such house.
        Conflict: another promotion is called that.

    Source: docs/rules/pricing.md, 1.9.
    """
    values, wanted = _checked({"name": DEFAULT_NAME, **fields})
    require(values, ("discount_percentage",), kind="promotion")

    def add() -> Changed:
        hold_rate_book(work)
        _refuse_taken(work, values["name"])
        row = WelcomeDiscountConfig(**values)
        check_recipe(row)
        return add_with_houses(
            work, row, WELCOME_HOUSES, wanted or (), entity=ENTITY, name=row.name, reason=reason
        )

    return once(
        work,
        key,
        "welcome_promotion.add",
        {**values, "houses": wanted},
        add,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_promotion(
    work: Work, promotion: str, *, reason: str = "", **fields: Unpack[PromotionFields]
) -> Changed:
    """Change a promotion; codes that were issued stay as they are.

    Raises:
        NotFound: no promotion is called that, or no such house.
        InvalidInput: several are, a field is malformed, or they cannot be computed together.
        Conflict: another promotion has the new name.

    Source: docs/rules/pricing.md, 1.9.
    """
    values, wanted = _checked(fields)
    hold_rate_book(work)
    row = get_promotion(work, promotion)
    if "name" in values:
        _refuse_taken(work, values["name"], beside=row.id)
    check_recipe(as_changed(row, values))
    return change_with_houses(
        work, row, values, WELCOME_HOUSES, wanted, entity=ENTITY, name=row.name, reason=reason
    )


def activate(work: Work, promotion: str, *, reason: str = "") -> Changed:
    """Let a promotion give new guests a code; the one that did until now stops. The notes name it.

    Raises:
        NotFound: no promotion is called that.
        InvalidInput: several are, or its settings cannot be computed.

    Source: docs/rules/pricing.md, 1.9.
    """
    hold_rate_book(work)
    row = get_promotion(work, promotion)
    check_recipe(row)
    for other in _live(work):
        if other.is_active and other.id != row.id:
            why = f"{row.name} is the active one now"
            change_row(work, other, {"is_active": False}, entity=ENTITY, name=other.name, reason=why)
            work.notes.append(f"The promotion {other.name} is no longer active.")
    return change_row(work, row, {"is_active": True}, entity=ENTITY, name=row.name, reason=reason)


def deactivate(work: Work, promotion: str, *, reason: str = "") -> Changed:
    """Let a promotion issue no more codes; those that were issued stay valid.

    Raises:
        NotFound: no promotion is called that.
    """
    hold_rate_book(work)
    row = get_promotion(work, promotion)
    return change_row(work, row, {"is_active": False}, entity=ENTITY, name=row.name, reason=reason)


def delete_promotion(work: Work, promotion: str, *, reason: str = "") -> Changed:
    """Delete a promotion softly; codes that were issued stay valid.

    Raises:
        NotFound: no promotion is called that.
    """
    hold_rate_book(work)
    row = get_promotion(work, promotion)
    return delete_row(work, row, entity=ENTITY, name=row.name, reason=reason)


def get_promotion(work: Work, reference: str) -> WelcomeDiscountConfig:
    """A promotion by id, name or the unique beginning of its name.

    Raises:
        NotFound: no promotion is called that.
        InvalidInput: several are.
    """
    among = [(row, row.id, (row.name,)) for row in _live(work)]
    return choose(reference, among, kind="promotion", field="promotion")


# -- codes ------------------------------------------------------------------------------------------


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
    promotion = next((row for row in _live(work) if row.is_active), None)
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


def _live(work: Work) -> list[WelcomeDiscountConfig]:
    return list(work.session.scalars(select(WelcomeDiscountConfig).where(~_row.c.deleted)).all())


def _refuse_taken(work: Work, name: str, *, beside: UUID | None = None) -> None:
    for row in _live(work):
        if row.id != beside and row.name.casefold() == name.casefold():
            raise Conflict(
                f"There is a promotion {row.name!r} already.",
                code="name_taken",
                hint="Edit it, or choose another name.",
            )


def _checked(fields: PromotionFields) -> tuple[dict[str, Any], list[str] | None]:
    values = checked_recipe(cast(dict[str, Any], fields))
    houses: Iterable[str] | None = values.pop("houses", None)
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=LONGEST_NAME)
    for field, most in (
        ("promotional_message", LONGEST_MESSAGE),
        ("promotional_subtitle", LONGEST_SUBTITLE),
    ):
        if values.get(field) is not None:
            values[field] = clean_text(values[field], field=field, most=most) or None
    if "min_amount_usd" in values:
        values["min_amount_usd"] = values["min_amount_usd"] or ZERO
    return values, None if houses is None else list(houses)
