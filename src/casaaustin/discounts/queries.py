"""Reading discounts: what is kept with the rate book, one guest, one code; always the same few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from casaaustin.clients.models import Client
from casaaustin.clock import today
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.judge import Person, Uses
from casaaustin.discounts.models import (
    AutomaticDiscount,
    AutomaticDiscountAchievement,
    AutomaticDiscountProperty,
    DiscountCode,
    DiscountCodeProperty,
    DiscountRedemption,
    ReferralDiscountByLevel,
)
from casaaustin.discounts.offers import Offers, Recommendation, is_code, normal_code
from casaaustin.discounts.record import Discount, Window, allowed_weekdays, weekdays_from
from casaaustin.errors import NotFound
from casaaustin.levels.models import Achievement, ClientAchievement
from casaaustin.levels.queries import as_level
from casaaustin.levels.rules import Level, highest
from casaaustin.pricing.queries import keep_by_version
from casaaustin.pricing.ratebook import RateBook
from casaaustin.register.queries import bookings_of
from casaaustin.vocabulary import Benefit, RedemptionState, Source

_rule = table_of(AutomaticDiscount)
_rule_house = table_of(AutomaticDiscountProperty)
_rule_level = table_of(AutomaticDiscountAchievement)
_level = table_of(Achievement)
_referral = table_of(ReferralDiscountByLevel)
_held_level = table_of(ClientAchievement)
_code = table_of(DiscountCode)
_code_house = table_of(DiscountCodeProperty)
_redemption = table_of(DiscountRedemption)
_client = table_of(Client)

_scope = union_all(
    select(
        _rule_house.c.automatic_discount_id.label("rule"),
        literal("house").label("kind"),
        _rule_house.c.property_id.label("target"),
    ).where(~_rule_house.c.deleted),
    select(_rule_level.c.automatic_discount_id, literal("level"), _rule_level.c.achievement_id).where(
        ~_rule_level.c.deleted
    ),
).subquery("scope")
_every_rule: Select[Any] = (
    select(_rule, _scope.c.kind, _scope.c.target)
    .select_from(_rule.outerjoin(_scope, _scope.c.rule == _rule.c.id))
    .where(~_rule.c.deleted)
    .order_by(_rule.c.name, _rule.c.id)
)
_rules: Select[Any] = _every_rule.where(_rule.c.is_active)
_levels: Select[Any] = (
    select(
        _level,
        _referral.c.id.label("referral_id"),
        _referral.c.discount_percentage.label("referral_percentage"),
    )
    .select_from(
        _level.outerjoin(
            _referral,
            and_(_referral.c.achievement_id == _level.c.id, _referral.c.is_active, ~_referral.c.deleted),
        )
    )
    .where(_level.c.is_active, ~_level.c.deleted)
)


@dataclass(frozen=True, slots=True)
class DiscountBook:
    """What applies by itself, at one version of the rate book.

    Args:
        rules: active automatic rules, by name.
        levels: active levels by id.
        referral: the discount for those whom a guest of a level brought, by that level.
    """

    rules: tuple[Discount, ...] = ()
    levels: Mapping[UUID, Level] = field(default_factory=dict)
    referral: Mapping[UUID, Discount] = field(default_factory=dict)


def discount_book(work: Work, book: RateBook) -> DiscountBook:
    """What applies by itself; no statement when this process has it already, two otherwise."""
    return keep_by_version(work, "discount_book", book.version, lambda: _load(work.connection))


def every_rule(work: Work) -> tuple[Discount, ...]:
    """Every automatic rule, also those that are switched off, by name; one statement."""
    return tuple(_as_rules(work.connection.execute(_every_rule)))


def recommendation(work: Work, known: DiscountBook, client: UUID) -> Recommendation | None:
    """By a client of which level this one was recommended; None when nobody did. One statement."""
    held = _held_level
    rows = work.connection.execute(
        select(_client.c.referred_by_id, held.c.achievement_id)
        .select_from(
            _client.outerjoin(held, and_(held.c.client_id == _client.c.referred_by_id, ~held.c.deleted))
        )
        .where(_client.c.id == client, _client.c.referred_by_id.is_not(None))
    ).all()
    if not rows:
        return None
    level = highest(known.levels[row.achievement_id] for row in rows if row.achievement_id in known.levels)
    return Recommendation(level, known.referral.get(level.id) if level is not None else None)


def offers(
    work: Work,
    book: RateBook,
    *,
    client: UUID | None = None,
    code: str | None = None,
    booked_on: date | None = None,
    leaving_out: UUID | None = None,
) -> Offers:
    """What a guest may be offered; two statements for a client and one for a code.

    Args:
        work: the open unit of work.
        book: the rate book of the same unit of work.
        client: the guest, if one is known.
        code: the code as it was typed.
        booked_on: the day of booking; today when left out.
        leaving_out: a reservation that is priced again: neither a booking of the guest nor a use of the code.

    Raises:
        NotFound: no such client.

    Source: docs/rules/pricing.md, 2.5 to 2.7.
    """
    known = discount_book(work, book)
    rules = known.rules
    person = None
    if client is not None:
        person, referral = _guest(work, known, client, leaving_out)
        rules = rules if referral is None else (*rules, referral)
    asked = normal_code(code)
    found, uses = (None, Uses()) if asked is None else _find_code(work, asked, client, leaving_out)
    return Offers(
        booked_on=booked_on or today(work.clock),
        rules=rules,
        person=person,
        asked=asked,
        code=found,
        uses={} if found is None else {found.id: uses},
    )


def is_used(now: datetime) -> ColumnElement[bool]:
    """Whether a redemption counts at `now`: confirmed, or held until `now` or later.

    Source: docs/rules/pricing.md, 2.8.
    """
    return and_(
        ~_redemption.c.deleted,
        or_(
            _redemption.c.state == RedemptionState.CONFIRMED,
            and_(
                _redemption.c.state == RedemptionState.HELD,
                or_(_redemption.c.held_until.is_(None), _redemption.c.held_until >= now),
            ),
        ),
    )


def as_discount(row: Any, houses: Iterable[UUID] = ()) -> Discount:
    """The record of a code's row."""
    return Discount(
        id=row.id,
        name=row.code,
        code=row.code,
        source=Source.CODE,
        benefit=row.discount_type,
        value=row.discount_value,
        description=row.description,
        is_active=row.is_active,
        cap_usd=row.max_discount_usd,
        min_amount_usd=row.min_amount_usd,
        book_window=Window(row.start_date, row.end_date),
        houses=frozenset(houses),
        weekdays=weekdays_of(row),
        day_scope=row.day_scope,
        base_only=row.apply_only_to_base_price,
        client=row.client_id,
        usage_limit=row.usage_limit,
        per_client_limit=row.per_client_limit,
    )


def as_rule(row: Any, houses: Iterable[UUID] = (), achievements: Iterable[UUID] = ()) -> Discount:
    """The record of an automatic rule's row."""
    return Discount(
        id=row.id,
        name=row.name,
        source=Source(row.trigger.value),
        benefit=Benefit.PERCENTAGE,
        value=row.discount_percentage,
        description=row.description,
        is_active=row.is_active,
        cap_usd=row.max_discount_usd,
        book_window=Window(row.book_from, row.book_to),
        stay_window=Window(row.start_date, row.end_date),
        houses=frozenset(houses),
        weekdays=weekdays_of(row),
        day_scope=row.day_scope,
        base_only=row.apply_only_to_base_price,
        achievements=frozenset(achievements),
    )


def _load(connection: Connection) -> DiscountBook:
    levels = connection.execute(_levels).all()
    return DiscountBook(
        rules=tuple(_as_rules(connection.execute(_rules))),
        levels={row.id: as_level(row) for row in levels},
        referral={
            row.id: Discount(
                id=row.referral_id,
                name=as_level(row).title,
                source=Source.REFERRAL,
                benefit=Benefit.PERCENTAGE,
                value=row.referral_percentage,
            )
            for row in levels
            if row.referral_id is not None and row.referral_percentage > 0
        },
    )


def _as_rules(rows: Iterable[Any]) -> Iterable[Discount]:
    found: dict[UUID, Any] = {}
    scope: dict[tuple[UUID, str], set[UUID]] = defaultdict(set)
    for row in rows:
        found[row.id] = row
        if row.target is not None:
            scope[row.id, row.kind].add(row.target)
    for row in found.values():
        yield as_rule(row, scope[row.id, "house"], scope[row.id, "level"])


def _guest(
    work: Work, known: DiscountBook, client: UUID, leaving_out: UUID | None
) -> tuple[Person, Discount | None]:
    counted = bookings_of(client, work.clock.now(), leaving_out=leaving_out).subquery("counted")
    row = work.connection.execute(
        select(_client.c.birth_date, _client.c.referred_by_id, counted.c.approved, counted.c.open)
        # The counts are one row, whoever it is for.
        .select_from(_client.join(counted, true()))
        .where(_client.c.id == client, ~_client.c.deleted)
    ).first()
    if row is None:
        raise NotFound("There is no such client.", code="client_not_found")
    held: dict[UUID, set[UUID]] = defaultdict(set)
    people = {client, row.referred_by_id} - {None}
    for holding in work.connection.execute(
        select(_held_level.c.client_id, _held_level.c.achievement_id).where(
            _held_level.c.client_id.in_(people), ~_held_level.c.deleted
        )
    ):
        if holding.achievement_id in known.levels:
            held[holding.client_id].add(holding.achievement_id)
    referral = None
    if row.referred_by_id is not None:
        level = highest(known.levels[held_id] for held_id in held[row.referred_by_id])
        referral = known.referral.get(level.id) if level is not None else None
    person = Person(
        id=client,
        birth_date=row.birth_date,
        approved=row.approved,
        prior=row.open,
        achievements=frozenset(held[client]),
    )
    return person, referral


def _find_code(
    work: Work, asked: str, client: UUID | None, leaving_out: UUID | None
) -> tuple[Discount | None, Uses]:
    used = is_used(work.clock.now())
    if leaving_out is not None:
        used = and_(used, _redemption.c.reservation_id != leaving_out)
    uses = (
        select(func.count())
        .select_from(_redemption)
        .where(_redemption.c.code_id == _code.c.id, used)
        .correlate(_code)
    )
    by_client = uses.where(_redemption.c.client_id == client)
    statement = (
        select(
            _code,
            _code_house.c.property_id,
            uses.scalar_subquery().label("uses"),
            by_client.scalar_subquery().label("uses_by_client"),
        )
        .select_from(
            _code.outerjoin(
                _code_house, and_(_code_house.c.discount_code_id == _code.c.id, ~_code_house.c.deleted)
            )
        )
        # What cannot be a code is looked for all the same: every answer costs the same work.
        .where(_code.c.code == (asked if is_code(asked) else ""), ~_code.c.deleted)
    )
    rows = work.connection.execute(statement).all()
    if not rows:
        return None, Uses()
    row = rows[0]
    houses = (row.property_id for row in rows if row.property_id is not None)
    return as_discount(row, houses), Uses(row.uses, row.uses_by_client)


def weekdays_of(row: Any) -> frozenset[int]:
    """The weekdays that a row allows, whatever it is a row of."""
    named = weekdays_from(row.specific_weekdays)
    if not named and row.restrict_weekdays and row.restrict_weekends:
        return frozenset()  # brought in from elsewhere, disabled, and meaning no day at all
    return allowed_weekdays(
        named, restrict_weekdays=row.restrict_weekdays, restrict_weekends=row.restrict_weekends
    )
