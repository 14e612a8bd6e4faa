"""The cancellation policies. Source: docs/rules/pricing.md, 1.15 and 2.11."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from pydantic import Field

from casaaustin.configuration.section import Item, Key, Section, path
from casaaustin.configuration.sections.keys import NAME, alike, by_name, house_ids
from casaaustin.configuration.values import Percentage, Prose, Slugs
from casaaustin.db.work import Work
from casaaustin.pricing.service import policies as service

_NAME = "cancellation_policies"


class CancellationPolicy(Item):
    """What is returned to a guest who cancels so many days before check-in, or more."""

    description: Prose = Field(default="", description="Empty: guests read the figures in words.")
    days_before_checkin: int = Field(ge=0, le=service.MOST_DAYS)
    refund_percentage: Percentage = Field(description="Per cent of what was paid.")
    is_default: bool = Field(default=False, description="Shown with quotes; one per house at most.")
    is_active: bool = True
    houses: Slugs = Field(default=(), description="For which houses; none: all that no policy names.")


def read(work: Work) -> dict[Key, CancellationPolicy]:
    """Every policy, inactive ones too."""
    return by_name(
        _NAME,
        (
            (
                line.name,
                CancellationPolicy(
                    description=line.description,
                    days_before_checkin=line.days_before_checkin,
                    refund_percentage=line.refund_percentage,
                    is_default=line.is_default,
                    is_active=line.is_active,
                    houses=line.houses,
                ),
            )
            for line in service.list_policies(work)
        ),
    )


def write(work: Work, key: Key, item: CancellationPolicy, reason: str) -> None:
    """Add or edit a policy."""
    fields: service.PolicyFields = {
        "name": key[0],
        "description": item.description,
        "days_before_checkin": item.days_before_checkin,
        "refund_percentage": item.refund_percentage,
        "is_default": item.is_default,
        "is_active": item.is_active,
        "houses": house_ids(work, item.houses),
    }
    present = _id(work, key)
    if present is None:
        service.add_policy(work, reason=reason, **fields)
    else:
        service.edit_policy(work, present, reason=reason, **fields)


def remove(work: Work, key: Key, reason: str) -> None:
    """Delete a policy."""
    service.delete_policy(work, _id(work, key) or key[0], reason=reason)


def check(items: Mapping[Key, CancellationPolicy]) -> Iterable[str]:
    """Two names alike, or two defaults for one house."""
    yield from alike(_NAME, items)
    defaults = [(key, item) for key, item in items.items() if item.is_default and item.is_active]
    for (first, one), (second, other) in combinations(defaults, 2):
        if service.share_scope(frozenset(one.houses), frozenset(other.houses)):
            yield f"{path(_NAME, *second, 'is_default')}: {first[0]} is the default for the same houses"


def _id(work: Work, key: Key) -> str | None:
    return next((str(line.id) for line in service.list_policies(work) if line.name == key[0]), None)


SECTION = Section(
    name=_NAME,
    about="What is returned after a cancellation, by name of the policy.",
    item=CancellationPolicy,
    keys=(NAME,),
    read=read,
    write=write,
    remove=remove,
    houses=lambda _, item: item.houses,
    check=check,
)
