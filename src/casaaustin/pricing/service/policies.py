"""Cancellation policies: list, add, edit, disable, delete. Source: docs/rules/pricing.md, 1.15 and 2.11."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypedDict, Unpack, cast
from uuid import UUID

from sqlalchemy import select

from casaaustin.audit.service import once
from casaaustin.audit.writing import change_row, delete_row
from casaaustin.changes import Changed
from casaaustin.checks import check_percentage, check_whole, choose, clean_line, clean_text
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, InvalidInput
from casaaustin.pricing.models import CancellationPolicy
from casaaustin.pricing.policy_texts import policy_text
from casaaustin.pricing.service.scopes import POLICY_HOUSES
from casaaustin.properties.scoped import add_with_houses, change_with_houses, houses_of

ENTITY = "cancellation_policy"
MOST_DAYS = 3650
_row = table_of(CancellationPolicy)


class PolicyFields(TypedDict, total=False):
    """What a policy says; a field left out keeps its value.

    The refund is a percentage of what was paid. An empty description is written from
    the figures. `houses` are ids, slugs or names, none = all houses.
    """

    name: str
    description: str
    days_before_checkin: int
    refund_percentage: Decimal
    is_default: bool
    is_active: bool
    houses: Iterable[str]


@dataclass(frozen=True, slots=True)
class PolicyListed:
    """A policy as staff list it, inactive ones too; `text` is what guests read."""

    id: UUID
    name: str
    description: str
    text: str
    days_before_checkin: int
    refund_percentage: Decimal
    is_default: bool
    is_active: bool
    houses: tuple[str, ...]


def list_policies(work: Work) -> tuple[PolicyListed, ...]:
    """Every policy, the most days before check-in first."""
    houses = POLICY_HOUSES.names(work)
    return tuple(
        PolicyListed(
            id=row.id,
            name=row.name,
            description=row.description,
            text=row.description or policy_text(row.days_before_checkin, row.refund_percentage),
            days_before_checkin=row.days_before_checkin,
            refund_percentage=row.refund_percentage,
            is_default=row.is_default,
            is_active=row.is_active,
            houses=houses.get(row.id, ()),
        )
        for row in sorted(_live(work), key=lambda row: (-row.days_before_checkin, row.name, row.id))
    )


def add_policy(
    work: Work, *, key: str | None = None, reason: str = "", **fields: Unpack[PolicyFields]
) -> Changed:
    """Add a policy; name, days and percentage are required. A default takes over from the one before.

    Args:
        work: a writing unit of work.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `PolicyFields`.

    Raises:
        InvalidInput: a field is missing or malformed.
        NotFound: no such house.
        Conflict: another policy is called that.
    """
    values, wanted = _checked(fields)
    for required in ("name", "days_before_checkin", "refund_percentage"):
        if required not in values:
            raise InvalidInput(f"A policy needs its {required}.", field=required)

    def add() -> Changed:
        hold_rate_book(work)
        _refuse_taken(work, values["name"])
        row = CancellationPolicy(**values)
        changed = add_with_houses(
            work, row, POLICY_HOUSES, wanted or (), entity=ENTITY, name=row.name, reason=reason
        )
        _take_over(work, row, houses_of(work, row, POLICY_HOUSES))
        return changed

    return once(
        work,
        key,
        "cancellation_policy.add",
        {**values, "houses": wanted},
        add,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def edit_policy(work: Work, policy: str, *, reason: str = "", **fields: Unpack[PolicyFields]) -> Changed:
    """Change a policy. A default takes over from the one before; the notes name it.

    Raises:
        NotFound: no policy is called that, or no such house.
        InvalidInput: several are, or a field is malformed.
        Conflict: another policy has the new name.
    """
    values, wanted = _checked(fields)
    hold_rate_book(work)
    row = get_policy(work, policy)
    if "name" in values:
        _refuse_taken(work, values["name"], beside=row.id)
    changed = change_with_houses(
        work, row, values, POLICY_HOUSES, wanted, entity=ENTITY, name=row.name, reason=reason
    )
    _take_over(work, row, houses_of(work, row, POLICY_HOUSES))
    return changed


def disable_policy(work: Work, policy: str, *, reason: str = "") -> Changed:
    """Let a policy have no effect; it can be made active again.

    Raises:
        NotFound: no policy is called that.
    """
    return edit_policy(work, policy, reason=reason, is_active=False)


def delete_policy(work: Work, policy: str, *, reason: str = "") -> Changed:
    """Delete a policy softly.

    Raises:
        NotFound: no policy is called that.
    """
    hold_rate_book(work)
    row = get_policy(work, policy)
    return delete_row(work, row, entity=ENTITY, name=row.name, reason=reason)


def get_policy(work: Work, reference: str) -> CancellationPolicy:
    """A policy by id, name or the unique beginning of its name.

    Raises:
        NotFound: no policy is called that.
        InvalidInput: several are.
    """
    among = [(row, row.id, (row.name,)) for row in _live(work)]
    return choose(reference, among, kind="policy", field="policy")


def share_scope(one: frozenset[object], other: frozenset[object]) -> bool:
    """Whether two policies can be chosen for the same house as defaults of one scope.

    Policies that name a house and policies for all houses are different scopes.

    Source: docs/rules/pricing.md, 2.11.
    """
    return bool(one & other) or (not one and not other)


def _take_over(work: Work, row: CancellationPolicy, scope: frozenset[UUID]) -> None:
    """At most one active default per scope: the one that was written last."""
    if not (row.is_default and row.is_active):
        return
    scopes = POLICY_HOUSES.targets(work)
    for other in _live(work):
        if other.id == row.id or not (other.is_default and other.is_active):
            continue
        if share_scope(frozenset(scope), frozenset(scopes.get(other.id, frozenset()))):
            reason = f"{row.name} is the default now"
            change_row(work, other, {"is_default": False}, entity=ENTITY, name=other.name, reason=reason)
            work.notes.append(f"The policy {other.name} is no longer the default")


def _live(work: Work) -> list[CancellationPolicy]:
    return list(work.session.scalars(select(CancellationPolicy).where(~_row.c.deleted)).all())


def _refuse_taken(work: Work, name: str, *, beside: UUID | None = None) -> None:
    for row in _live(work):
        if row.id != beside and row.name.casefold() == name.casefold():
            raise Conflict(
                f"There is a policy {row.name!r} already.",
                code="name_taken",
                hint="Edit it, or choose another name.",
            )


def _checked(fields: PolicyFields) -> tuple[dict[str, Any], list[str] | None]:
    values: dict[str, Any] = dict(cast(dict[str, Any], fields))
    houses = values.pop("houses", None)
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=100)
    if "description" in values:
        values["description"] = clean_text(values["description"], field="description")
    if "days_before_checkin" in values:
        check_whole(values["days_before_checkin"], field="days_before_checkin", least=0, most=MOST_DAYS)
    if "refund_percentage" in values:
        values["refund_percentage"] = check_percentage(values["refund_percentage"], field="refund_percentage")
    return values, None if houses is None else list(houses)
