"""Deleting a house: only when nothing depends on it any more. Source: docs/rules/pricing.md, 1.1 and 3.1."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import func, select

from casaaustin.availability.queries import is_held, lock_houses, nights
from casaaustin.changes import Changed
from casaaustin.clock import today
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.work import Work
from casaaustin.discounts.service.retirement import alone_in, leave_discounts
from casaaustin.errors import NotFound, RuleRefused
from casaaustin.pricing.service.extra_services import edit_service, list_services
from casaaustin.pricing.service.nightly_prices import delete_prices
from casaaustin.pricing.service.policies import edit_policy, list_policies
from casaaustin.pricing.service.special_dates import delete_special_date, list_special_dates
from casaaustin.properties.models import Property
from casaaustin.properties.queries import get_house
from casaaustin.properties.service import mark_deleted


def delete_house(work: Work, house: str, *, reason: str = "") -> Changed:
    """Delete a house softly, with its prices and special dates.

    It leaves the services, policies and discounts that name it among others.
    One for this house alone would suddenly be for all houses, so that is refused.

    Args:
        work: a writing unit of work.
        house: id, slug or name.
        reason: why.

    Raises:
        NotFound: no such house.
        RuleRefused: a night of today or later is taken, or something is for this house alone.
    """
    hold_rate_book(work)
    row = get_house(work, house)
    lock_houses(work, [row.id])
    _refuse_while_sold(work, row)
    _leave_scopes(work, row, reason)
    for line in list_special_dates(work, row.slug):
        delete_special_date(work, row.slug, line.day, reason=reason)
    try:
        delete_prices(work, row.slug, reason=reason)
    except NotFound as nothing:
        if nothing.code != "prices_not_found":
            raise
    return mark_deleted(work, row, reason=reason)


def last_taken_night(work: Work, house: UUID) -> date | None:
    """The last night of a house, today's or later, that a stay or a block holds."""
    found: date | None = (
        work.session.connection()
        .execute(
            select(func.max(nights.c.night)).where(
                nights.c.property_id == house,
                nights.c.night >= today(work.clock),
                is_held(work.clock.now()),
            )
        )
        .scalar()
    )
    return found


def _refuse_while_sold(work: Work, house: Property) -> None:
    last = last_taken_night(work, house.id)
    if last is not None:
        raise RuleRefused(
            f"{house.name} has stays until the night of {last} and cannot be deleted.",
            code="house_has_stays",
            hint=f"Close it instead: is_open = false for {house.slug} in the configuration file.",
            details={"house": house.slug, "last_night": last},
        )


def _leave_scopes(work: Work, house: Property, reason: str) -> None:
    services = [line for line in list_services(work) if house.slug in line.houses]
    policies = [line for line in list_policies(work) if house.slug in line.houses]
    alone = [
        *(f"the service {line.name}" for line in services if line.houses == (house.slug,)),
        *(f"the policy {line.name}" for line in policies if line.houses == (house.slug,)),
        *alone_in(work, house.slug),
    ]
    if alone:
        raise RuleRefused(
            f"{house.name} cannot be deleted: {', '.join(alone)} would be for all houses then.",
            code="house_has_scopes",
            hint="Delete those first, or name other houses there.",
            details={"house": house.slug, "alone": alone},
        )
    for service in services:
        others = [slug for slug in service.houses if slug != house.slug]
        edit_service(work, str(service.id), houses=others, reason=reason)
    for policy in policies:
        others = [slug for slug in policy.houses if slug != house.slug]
        edit_policy(work, str(policy.id), houses=others, reason=reason)
    leave_discounts(work, house.slug, reason=reason)
