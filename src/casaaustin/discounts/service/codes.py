"""Discount codes: list, show, create, edit, disable, delete, restore.

Uses are counted, never stored. Whoever changes a code holds its row, so that no
booking takes a use between the count and the new limit.
Source: docs/rules/pricing.md, 1.7 and 2.8.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Unpack, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.exc import IntegrityError

from casaaustin.audit.service import once
from casaaustin.audit.writing import change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import check_amount, check_whole, clean_line
from casaaustin.clients.models import Client
from casaaustin.clients.queries import find_client
from casaaustin.clients.rules import full_name
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import DiscountCode, DiscountRedemption, DynamicDiscountConfig
from casaaustin.discounts.offers import is_code, normal_code
from casaaustin.discounts.queries import as_discount, is_used, weekdays_of
from casaaustin.discounts.record import check_discount
from casaaustin.discounts.service.fields import (
    Conditions,
    as_changed,
    check_weekdays,
    checked_conditions,
    require,
)
from casaaustin.discounts.service.scopes import CODE_HOUSES
from casaaustin.errors import Conflict, InvalidInput, NotFound, RuleRefused
from casaaustin.properties.models import Property
from casaaustin.properties.scoped import add_with_houses, change_with_houses
from casaaustin.register.models import Reservation
from casaaustin.vocabulary import Benefit, CodeOrigin, DayScope, RedemptionState

ENTITY = "discount_code"
LONGEST_DESCRIPTION = 200
MOST_LISTED = 500

_REQUIRED = ("code", "description", "discount_type", "discount_value", "start_date", "end_date")

_code = table_of(DiscountCode)
_redemption = table_of(DiscountRedemption)
_client = table_of(Client)
_generator = table_of(DynamicDiscountConfig)
_reservation = table_of(Reservation)
_house = table_of(Property)


class CodeState(StrEnum):
    """Whether a code can be used today, and if not, why."""

    LIVE = "live"
    NOT_STARTED = "not_started"
    USED_UP = "used_up"
    EXPIRED = "expired"
    DISABLED = "disabled"


class CodeFields(Conditions, total=False):
    """What a code says beside its own text; a field left out keeps its value.

    The value is per cent, dollars or soles. `client` is a reference as `find_client`
    takes it, None for everybody; `houses` are ids, slugs or names, none = all houses.
    """

    description: str
    discount_type: Benefit
    discount_value: Decimal
    start_date: date
    end_date: date
    usage_limit: int | None
    per_client_limit: int | None
    is_active: bool
    client: str | None
    houses: Iterable[str]


@dataclass(frozen=True, slots=True)
class CodeListed:
    """A code as staff list it, with how often it was used and whether it can be used today.

    Args:
        end_date: the last day on which one may book with it.
        uses: held and confirmed ones, without those of lapsed holds.
        weekdays: allowed ones, 0 = Monday; seven = all.
        houses: slugs; none = all houses.
        client: whose it is, by name; None = anybody's.
        generator: the name of the generator that it comes from.
        made_by: who created or generated it.
    """

    id: UUID
    code: str
    description: str
    origin: CodeOrigin
    state: CodeState
    discount_type: Benefit
    discount_value: Decimal
    min_amount_usd: Decimal | None
    max_discount_usd: Decimal | None
    start_date: date
    end_date: date
    uses: int
    usage_limit: int | None
    per_client_limit: int | None
    is_active: bool
    restrict_weekdays: bool
    restrict_weekends: bool
    specific_weekdays: str
    weekdays: tuple[int, ...]
    day_scope: DayScope
    apply_only_to_base_price: bool
    houses: tuple[str, ...]
    client_id: UUID | None
    client: str | None
    generator: str | None
    made_by: str
    created: datetime


@dataclass(frozen=True, slots=True)
class CodePage:
    """Some of the codes that a search found; `total` in all, `offset` before this page."""

    codes: tuple[CodeListed, ...]
    total: int
    offset: int


@dataclass(frozen=True, slots=True)
class UseListed:
    """A use of a code by a reservation; `counts` is whether it counts against the limit now."""

    reservation_id: UUID
    house: str
    check_in: date
    client: str | None
    state: RedemptionState
    counts: bool
    amount_usd: Decimal
    amount_sol: Decimal
    taken_at: datetime
    held_until: datetime | None
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class CodeShown:
    """A code and every use of it, the latest first."""

    code: CodeListed
    redemptions: tuple[UseListed, ...]


def list_codes(
    work: Work,
    *,
    search: str = "",
    state: CodeState | None = None,
    origin: CodeOrigin | None = None,
    limit: int = 50,
    offset: int = 0,
) -> CodePage:
    """Codes, the newest first; three statements, however many there are.

    Args:
        work: the open unit of work.
        search: part of the code or of its description, in any case.
        state: only codes in this state.
        origin: only codes made this way.
        limit: how many at most, 1 to 500.
        offset: how many to skip.

    Raises:
        InvalidInput: the limit or the offset is out of range.
    """
    check_whole(limit, field="limit", least=1, most=MOST_LISTED)
    check_whole(offset, field="offset", least=0)
    conditions = [~_code.c.deleted]
    if search.strip():
        wanted = search.strip()
        conditions.append(
            or_(
                _code.c.code.contains(wanted.upper(), autoescape=True),
                # SQLite knows the case of A to Z alone: an Ñ is found as it is written.
                _code.c.description.contains(wanted, autoescape=True),
                func.lower(_code.c.description).contains(wanted.lower(), autoescape=True),
            )
        )
    if state is not None:
        conditions.append(_state(work) == state.value)
    if origin is not None:
        conditions.append(_code.c.origin == origin)
    counted = select(func.count()).select_from(_code).where(*conditions)
    total = work.connection.execute(counted).scalar_one()
    page = (
        _listing(work)
        .where(*conditions)
        .order_by(_code.c.created.desc(), _code.c.code)
        .limit(limit)
        .offset(offset)
    )
    return CodePage(_listed(work, page), total, offset)


def manual_codes(work: Work) -> tuple[CodeListed, ...]:
    """Every code that was made by hand, bound ones too, by code; two statements."""
    statement = _listing(work).where(~_code.c.deleted, _code.c.origin == CodeOrigin.MANUAL)
    return _listed(work, statement.order_by(_code.c.code))


def show_code(work: Work, code: str) -> CodeShown:
    """A code with all its uses, the released ones too; three statements.

    Raises:
        NotFound: there is no such code.
    """
    found = _listed(work, _listing(work).where(~_code.c.deleted, _is_called(code)))
    if not found:
        raise _unknown(code)
    return CodeShown(found[0], _uses(work, found[0].id))


def create_code(
    work: Work, code: str, *, key: str | None = None, reason: str = "", **fields: Unpack[CodeFields]
) -> Changed:
    """Create a code by hand.

    Args:
        work: a writing unit of work.
        code: what the guest will type; kept in upper case.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `CodeFields`; description, type, value and both days are required.

    Raises:
        InvalidInput: a field is missing or malformed, or they cannot be computed together.
        NotFound: no such house or client.
        Conflict: the code exists, or existed (`code_taken`).

    Source: docs/rules/pricing.md, 1.7.
    """
    values, wanted = _checked({**fields, "code": code})
    require(values, _REQUIRED, kind="code")
    return once(
        work,
        key,
        "discount_code.create",
        {**values, "houses": wanted},
        lambda: _create(work, values, wanted or (), reason),
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_code(work: Work, code: str, *, reason: str = "", **fields: Unpack[CodeFields]) -> Changed:
    """Change a code, however it was made; its own text never changes.

    Raises:
        NotFound: no such code, house or client.
        InvalidInput: a field is malformed, or they cannot be computed together.
        RuleRefused: a limit below the uses that were made (`limit_below_uses`), or a welcome
            code for somebody else (`welcome_code_bound`).

    Source: docs/rules/pricing.md, 1.7 and 2.8.
    """
    values, wanted = _checked(fields)
    row = held_code(work, code)
    if "client" in values:
        values["client_id"] = _client_id(work, values.pop("client"))
    _check_whole(as_changed(row, values))
    if row.origin is CodeOrigin.WELCOME and values.get("client_id", row.client_id) != row.client_id:
        raise RuleRefused(
            f"{row.code} is the welcome code of one client.",
            code="welcome_code_bound",
            hint="Create another code for somebody else.",
        )
    _check_limits(work, row, values)
    return change_with_houses(
        work, row, values, CODE_HOUSES, wanted, entity=ENTITY, name=row.code, reason=reason
    )


def disable_code(work: Work, code: str, *, reason: str = "") -> Changed:
    """Let nobody book with a code any more; bookings that have it keep it.

    Raises:
        NotFound: there is no such code.
    """
    row = held_code(work, code)
    return change_row(work, row, {"is_active": False}, entity=ENTITY, name=row.code, reason=reason)


def delete_code(work: Work, code: str, *, reason: str = "") -> Changed:
    """Delete a code softly; bookings that have it keep it, and nobody is ever given it again.

    Raises:
        NotFound: there is no such code.
    """
    row = held_code(work, code)
    return delete_row(work, row, entity=ENTITY, name=row.code, reason=reason)


def restore_code(work: Work, code: str, *, reason: str = "") -> Changed:
    """Bring a deleted code back as it was; the uses it had still count.

    Raises:
        NotFound: no code that was deleted is called that.
    """
    row = _held(work, code, deleted=True)
    if row is None:
        raise NotFound(f"No code {code.strip()!r} was deleted.", code="code_not_found")
    return change_row(
        work, row, {"deleted": False}, entity=ENTITY, name=row.code, verb="restore", reason=reason
    )


def held_code(work: Work, code: str) -> DiscountCode:
    """A code by its text or its id, held until our commit; bookings with it wait.

    Raises:
        NotFound: there is no such code.
    """
    row = _held(work, code, deleted=False)
    if row is None:
        raise _unknown(code)
    return row


def manual_code(work: Work, code: str) -> DiscountCode | None:
    """The code of this text that was made by hand for anybody, deleted or not; None if there is none."""
    statement = select(DiscountCode).where(
        _code.c.code == code, _code.c.origin == CodeOrigin.MANUAL, _code.c.client_id.is_(None)
    )
    return work.session.scalars(statement).one_or_none()


def _create(work: Work, values: Mapping[str, Any], wanted: Iterable[str], reason: str) -> Changed:
    columns = {**values, "client_id": _client_id(work, values.get("client"))}
    columns.pop("client", None)
    row = DiscountCode(**columns, origin=CodeOrigin.MANUAL, made_by=work.actor.name)
    _check_whole(row)
    _refuse_taken(work, row.code)
    if row.end_date < today(work.clock):
        work.notes.append(f"{row.code} ended on {row.end_date}: nobody can book with it.")
    try:
        with work.session.begin_nested():
            return add_with_houses(
                work, row, CODE_HOUSES, wanted, entity=ENTITY, name=row.code, reason=reason
            )
    except IntegrityError:
        # Somebody created it at the same moment: the unique index has decided.
        _refuse_taken(work, row.code)
        raise


def _refuse_taken(work: Work, code: str) -> None:
    """Refuse a code that exists or existed.

    Raises:
        Conflict: it does, or did (`code_taken`).
    """
    deleted = work.connection.execute(select(_code.c.deleted).where(_code.c.code == code)).scalar()
    if deleted is None:
        return
    raise Conflict(
        f"There was a code {code} that is deleted now; no code is given out twice."
        if deleted
        else f"There is a code {code} already.",
        code="code_taken",
        hint="Bring it back with: casa discounts codes restore" if deleted else "Edit it, or choose another.",
    )


def _held(work: Work, code: str, *, deleted: bool) -> DiscountCode | None:
    statement = select(DiscountCode).where(_is_called(code), _code.c.deleted.is_(deleted))
    found = work.session.scalars(statement.with_for_update().execution_options(populate_existing=True))
    return found.one_or_none()


def _is_called(reference: str) -> ColumnElement[bool]:
    """Whether a row is the code that a person means: by its text, or by its id."""
    try:
        return _code.c.id == UUID(reference.strip())
    except ValueError:
        text = normal_code(reference) or ""
        return _code.c.code == (text if is_code(text) else "")


def _unknown(code: str) -> NotFound:
    return NotFound(
        f"There is no code {code.strip()!r}.",
        code="code_not_found",
        hint="Look for it with: casa discounts codes list TEXT",
    )


def _client_id(work: Work, reference: str | None) -> UUID | None:
    return find_client(work, reference).id if reference else None


def _check_whole(row: DiscountCode) -> None:
    check_weekdays(row)
    check_discount(as_discount(row))


def _check_limits(work: Work, row: DiscountCode, values: Mapping[str, Any]) -> None:
    """Refuse a new limit that the uses exceed already; the code is held, so none is added meanwhile."""
    uses = select(func.count().label("uses")).where(
        _redemption.c.code_id == row.id, is_used(work.clock.now())
    )
    by_client = uses.where(_redemption.c.client_id.is_not(None)).group_by(_redemption.c.client_id)
    for field, statement, whose in (
        ("usage_limit", uses, ""),
        ("per_client_limit", by_client.order_by(func.count().desc()).limit(1), " by one client"),
    ):
        limit = values.get(field)
        if limit is None or limit == getattr(row, field):
            continue
        made = work.connection.execute(statement).scalar() or 0
        if made > limit:
            raise RuleRefused(
                f"{row.code} was used {made} times{whose}: its limit cannot be {limit}.",
                code="limit_below_uses",
                hint=f"Choose {made} or more, or disable the code.",
                details={"field": field, "uses": made},
            )


def _state(work: Work) -> ColumnElement[str]:
    """The state of a code's row; the first that applies."""
    day = today(work.clock)
    return case(
        (~_code.c.is_active, CodeState.DISABLED.value),
        (_code.c.end_date < day, CodeState.EXPIRED.value),
        (_use_count(work) >= _code.c.usage_limit, CodeState.USED_UP.value),
        (_code.c.start_date > day, CodeState.NOT_STARTED.value),
        else_=CodeState.LIVE.value,
    )


def _use_count(work: Work) -> Any:
    return (
        select(func.count())
        .select_from(_redemption)
        .where(_redemption.c.code_id == _code.c.id, is_used(work.clock.now()))
        .correlate(_code)
        .scalar_subquery()
    )


def _listing(work: Work) -> Select[Any]:
    return select(
        _code,
        _use_count(work).label("uses"),
        _state(work).label("state"),
        _client.c.first_name,
        _client.c.last_name,
        _generator.c.name.label("generator"),
    ).select_from(
        _code.outerjoin(_client, _client.c.id == _code.c.client_id).outerjoin(
            _generator, _generator.c.id == _code.c.dynamic_config_id
        )
    )


def _listed(work: Work, statement: Select[Any]) -> tuple[CodeListed, ...]:
    rows = work.connection.execute(statement).all()
    houses = CODE_HOUSES.names(work, [row.id for row in rows])
    return tuple(
        CodeListed(
            id=row.id,
            code=row.code,
            description=row.description,
            origin=row.origin,
            state=CodeState(row.state),
            discount_type=row.discount_type,
            discount_value=row.discount_value,
            min_amount_usd=row.min_amount_usd,
            max_discount_usd=row.max_discount_usd,
            start_date=row.start_date,
            end_date=row.end_date,
            uses=row.uses,
            usage_limit=row.usage_limit,
            per_client_limit=row.per_client_limit,
            is_active=row.is_active,
            restrict_weekdays=row.restrict_weekdays,
            restrict_weekends=row.restrict_weekends,
            specific_weekdays=row.specific_weekdays,
            weekdays=tuple(sorted(weekdays_of(row))),
            day_scope=row.day_scope,
            apply_only_to_base_price=row.apply_only_to_base_price,
            houses=houses.get(row.id, ()),
            client_id=row.client_id,
            client=_name_of(row),
            generator=row.generator,
            made_by=row.made_by,
            created=row.created,
        )
        for row in rows
    )


def _uses(work: Work, code: UUID) -> tuple[UseListed, ...]:
    statement = (
        select(
            _redemption,
            case((is_used(work.clock.now()), 1), else_=0).label("counts"),
            _house.c.slug,
            _reservation.c.check_in_date,
            _client.c.first_name,
            _client.c.last_name,
        )
        .select_from(
            _redemption.join(_reservation, _reservation.c.id == _redemption.c.reservation_id)
            .join(_house, _house.c.id == _reservation.c.property_id)
            .outerjoin(_client, _client.c.id == _redemption.c.client_id)
        )
        .where(_redemption.c.code_id == code, ~_redemption.c.deleted)
        .order_by(_redemption.c.created.desc(), _redemption.c.id)
    )
    return tuple(
        UseListed(
            reservation_id=row.reservation_id,
            house=row.slug,
            check_in=row.check_in_date,
            client=_name_of(row),
            state=row.state,
            counts=bool(row.counts),
            amount_usd=row.amount_usd,
            amount_sol=row.amount_sol,
            taken_at=row.created,
            held_until=row.held_until,
            released_at=row.released_at,
        )
        for row in work.connection.execute(statement)
    )


def _name_of(row: Any) -> str | None:
    return None if row.first_name is None else full_name(row.first_name, row.last_name)


def _checked(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[str] | None]:
    values = checked_conditions(cast(dict[str, Any], fields))
    houses = values.pop("houses", None)
    if "code" in values:
        values["code"] = _checked_code(values["code"])
    if "description" in values:
        values["description"] = clean_line(
            values["description"], field="description", most=LONGEST_DESCRIPTION
        )
    if "discount_value" in values:
        values["discount_value"] = check_amount(values["discount_value"], field="discount_value", above=True)
    for field in ("usage_limit", "per_client_limit"):
        if values.get(field) is not None:
            check_whole(values[field], field=field, least=1)
    return values, None if houses is None else list(houses)


def _checked_code(text: str) -> str:
    code = normal_code(text) or ""
    if not is_code(code):
        raise InvalidInput(
            f"{text!r} cannot be a code.",
            field="code",
            hint="Use 3 to 50 letters from A to Z, digits and dashes, such as VERANO-2026.",
        )
    return code
