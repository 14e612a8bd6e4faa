"""What must be true of discounts and of the uses of codes.

That a use agrees with the booking it belongs to is looked at where bookings are known:
`reservations.use_invariants`. At most one active welcome promotion, one live use of a
booking and one welcome code of a client are unique keys, which the tables' own checks prove.
Source: docs/rules/pricing.md, 1.7 to 1.11 and 2.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, and_, case, exists, func, or_, select

from casaaustin.clients.models import Client
from casaaustin.clock import today
from casaaustin.db.invariants import Invariant, Problem, Severity, check, stream
from casaaustin.db.links import Links
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import (
    AutomaticDiscount,
    AutomaticDiscountAchievement,
    DiscountCode,
    DiscountRedemption,
    DynamicDiscountConfig,
    ReferralDiscountByLevel,
    WelcomeDiscountConfig,
)
from casaaustin.discounts.queries import as_discount, as_rule, is_used
from casaaustin.discounts.record import Discount, check_discount
from casaaustin.discounts.service.fields import as_offer, check_weekdays
from casaaustin.discounts.service.scopes import (
    CODE_HOUSES,
    GENERATOR_HOUSES,
    RULE_HOUSES,
    RULE_LEVELS,
    WELCOME_HOUSES,
)
from casaaustin.errors import InvalidInput
from casaaustin.money import HUNDRED, ZERO
from casaaustin.vocabulary import CodeOrigin

LIMIT = Invariant(
    "code.limit",
    "No code is used more often than its limits allow, in all and by one client.",
    "See its uses with: casa discounts codes show, and cancel or reprice the latest bookings.",
)
WELCOME = Invariant(
    "code.welcome",
    "A client was given a welcome code exactly if one is bound to them.",
    "Set welcome_discount_issued_at by hand: to the day of the code, or to nothing without one.",
)
SETTINGS = Invariant(
    "discount.settings",
    "Every discount that is on can be computed: no setting contradicts another.",
    "Correct or disable it: casa discounts",
)
SCOPE = Invariant(
    "discount.scope",
    "A discount for certain houses or levels names at least one that exists.",
    "It applies to nobody: name others, or disable it.",
    Severity.WARNING,
)

_code = table_of(DiscountCode)
_redemption = table_of(DiscountRedemption)
_client = table_of(Client)
_rule = table_of(AutomaticDiscount)
_asked = table_of(AutomaticDiscountAchievement)
_generator = table_of(DynamicDiscountConfig)
_welcome = table_of(WelcomeDiscountConfig)
_referral = table_of(ReferralDiscountByLevel)


@check(LIMIT)
def limits(work: Work) -> Iterator[Problem]:
    """Count the uses of every code, and of every client of it."""
    used = is_used(work.clock.now())
    joined = _code.join(_redemption, _redemption.c.code_id == _code.c.id)
    count = func.count().label("uses")
    in_all = (
        select(_code.c.id, _code.c.code, _code.c.usage_limit.label("most"), count)
        .select_from(joined)
        .where(used)
        .group_by(_code.c.id, _code.c.code, _code.c.usage_limit)
        .having(func.count() > _code.c.usage_limit)
    )
    by_client = (
        select(_code.c.id, _code.c.code, _code.c.per_client_limit.label("most"), count)
        .select_from(joined)
        .where(used)
        .group_by(_code.c.id, _code.c.code, _code.c.per_client_limit, _redemption.c.client_id)
        .having(func.count() > _code.c.per_client_limit)
    )
    for statement, whose in ((in_all, "in all"), (by_client, "by one client")):
        for row in stream(work, statement):
            yield LIMIT.broken(_code.name, row.id, f"{row.code}: {row.uses} uses {whose}, allowed {row.most}")


@check(WELCOME)
def welcomes(work: Work) -> Iterator[Problem]:
    """Compare the mark of clients with the codes that are bound to them, deleted ones too."""
    bound = exists().where(_code.c.client_id == _client.c.id, _code.c.origin == CodeOrigin.WELCOME)
    marked = _client.c.welcome_discount_issued_at.is_not(None)
    for condition, message in (
        (and_(marked, ~bound), "was given a welcome code, and none is bound to them"),
        (and_(~marked, bound), "has a welcome code, and is not marked as having been given one"),
    ):
        for row in stream(work, select(_client.c.id).where(condition)):
            yield WELCOME.broken(_client.name, row.id, message)


@check(SETTINGS)
def settings(work: Work) -> Iterator[Problem]:
    """Check every discount that is on as if it were saved now."""
    asks = exists().where(_asked.c.automatic_discount_id == _rule.c.id, ~_asked.c.deleted).label("asks")
    kinds: tuple[tuple[Table, Select[Any], Callable[[Any], Discount]], ...] = (
        (_code, select(_code), as_discount),
        (_rule, select(_rule, asks), _bare_rule),
        (_generator, select(_generator), as_offer),
        (_welcome, select(_welcome), as_offer),
    )
    for table, statement, record_of in kinds:
        for row in stream(work, statement.where(~table.c.deleted, table.c.is_active)):
            try:
                check_weekdays(row)
                check_discount(record_of(row))
            except InvalidInput as wrong:
                yield SETTINGS.broken(table.name, row.id, f"{wrong.field}: {wrong.message.rstrip('.')}")
    off = _referral.c.discount_percentage
    odd = select(_referral.c.id, off).where(
        ~_referral.c.deleted, _referral.c.is_active, or_(off <= ZERO, off > HUNDRED)
    )
    for row in stream(work, odd):
        yield SETTINGS.broken(_referral.name, row.id, f"{row.discount_percentage} % is no discount")


def _bare_rule(row: Any) -> Discount:
    """A rule without its houses and levels: only whether it asks for any level matters here."""
    return as_rule(row, (), (row.id,) if row.asks else ())


@check(SCOPE)
def scopes(work: Work) -> Iterator[Problem]:
    """Look for discounts whose houses, or whose levels, were all deleted."""
    may_be_used = _code.c.end_date >= today(work.clock)
    for table, links, more, what in (
        (_code, CODE_HOUSES, (may_be_used,), "houses"),
        (_rule, RULE_HOUSES, (), "houses"),
        (_rule, RULE_LEVELS, (), "levels"),
        (_generator, GENERATOR_HOUSES, (), "houses"),
        (_welcome, WELCOME_HOUSES, (), "houses"),
    ):
        for row in stream(work, _forsaken(table, links, more)):
            yield SCOPE.broken(table.name, row.id, f"all the {what} that it names were deleted")


def _forsaken(table: Table, links: Links, more: tuple[ColumnElement[bool], ...]) -> Select[Any]:
    """The discounts that are on and name nothing that is left."""
    linked: Any = table_of(links.model)
    named: Any = links.called.table
    joined = table.join(linked, linked.c[links.parent] == table.c.id).join(
        named, named.c.id == linked.c[links.target]
    )
    return (
        select(table.c.id)
        .select_from(joined)
        .where(~table.c.deleted, table.c.is_active, ~linked.c.deleted, *more)
        .group_by(table.c.id)
        .having(func.sum(case((named.c.deleted, 0), else_=1)) == 0)
    )


CHECKS = (limits, welcomes, settings, scopes)
