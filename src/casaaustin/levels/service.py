"""Administration of the levels, and giving one to a guest or taking it away by hand.

Deleting a level is decided above, by those who name levels: see `discounts.service.retirement`.
Source: docs/rules/clients.md, 1.8 and 2.7; docs/rules/pricing.md, 1.12.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack, cast
from uuid import UUID

from sqlalchemy import func, select, update

from casaaustin.audit.service import once
from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.changes import Changed, Verb
from casaaustin.checks import check_whole, clean_line, clean_text
from casaaustin.clients.models import Client
from casaaustin.clients.queries import find_client
from casaaustin.clients.rules import full_name
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, InvalidInput, NotFound, RuleRefused
from casaaustin.levels.models import Achievement, ClientAchievement
from casaaustin.levels.queries import as_level, get_level, holdings, level_rows
from casaaustin.vocabulary import HoldingSource

ENTITY = "level"
HOLDING_ENTITY = "level_holding"
_REQUIREMENTS = ("required_reservations", "required_referrals", "required_referral_reservations")
_holding = table_of(ClientAchievement)
_client = table_of(Client)


class LevelFields(TypedDict, total=False):
    """What a level says; a field left out keeps its value. The requirements are numbers of things."""

    name: str
    description: str
    icon: str | None
    required_reservations: int
    required_referrals: int
    required_referral_reservations: int
    order: int
    is_active: bool


@dataclass(frozen=True, slots=True)
class LevelListed:
    """A level as staff list it, inactive ones too; `holders` counts the guests who hold it."""

    id: UUID
    name: str
    title: str
    description: str
    icon: str | None
    required_reservations: int
    required_referrals: int
    required_referral_reservations: int
    order: int
    is_active: bool
    holders: int


def list_levels(work: Work) -> tuple[LevelListed, ...]:
    """Every level in the order of the business, with the number of its holders; two statements."""
    counted = (
        select(_holding.c.achievement_id, func.count().label("holders"))
        .select_from(_holding.join(_client, _client.c.id == _holding.c.client_id))
        .where(~_holding.c.deleted, ~_client.c.deleted)
        .group_by(_holding.c.achievement_id)
    )
    holders = Counter({row.achievement_id: row.holders for row in work.connection.execute(counted)})
    return tuple(
        LevelListed(
            id=row.id,
            name=row.name,
            title=as_level(row).title,
            description=row.description,
            icon=row.icon,
            required_reservations=row.required_reservations,
            required_referrals=row.required_referrals,
            required_referral_reservations=row.required_referral_reservations,
            order=row.order,
            is_active=row.is_active,
            holders=holders[row.id],
        )
        for row in level_rows(work)
    )


def show_level(work: Work, level: str) -> LevelListed:
    """One level as `list_levels` tells it.

    Raises:
        NotFound: no level is called that.
        InvalidInput: several are.
    """
    wanted = get_level(work, level).id
    return next(line for line in list_levels(work) if line.id == wanted)


def add_level(
    work: Work, *, key: str | None = None, reason: str = "", **fields: Unpack[LevelFields]
) -> Changed:
    """Add a level; its name is required. Nobody holds it yet.

    Args:
        work: a writing unit of work.
        key: of the request; a repetition returns the first answer.
        reason: why.
        fields: see `LevelFields`.

    Raises:
        InvalidInput: a field is missing or malformed.
        Conflict: another level is called that.
    """
    values = _checked(fields)
    if "name" not in values:
        raise InvalidInput("A level needs its name.", field="name")

    def add() -> Changed:
        hold_rate_book(work)
        _refuse_taken(work, values["name"])
        row = Achievement(**values)
        return add_row(work, row, entity=ENTITY, name=row.name, reason=reason)

    return once(work, key, "level.add", values, add, remember=Changed.remembered, recall=Changed.recalled)


def edit_level(work: Work, level: str, *, reason: str = "", **fields: Unpack[LevelFields]) -> Changed:
    """Change a level; those who hold it keep it, whatever it takes from now on.

    Raises:
        NotFound: no level is called that.
        InvalidInput: several are, or a field is malformed.
        Conflict: another level has the new name.
    """
    values = _checked(fields)
    hold_rate_book(work)
    row = get_level(work, level)
    if "name" in values:
        _refuse_taken(work, values["name"], beside=row.id)
    return change_row(work, row, values, entity=ENTITY, name=row.name, reason=reason)


def disable_level(work: Work, level: str, *, reason: str = "") -> Changed:
    """Let a level count for nobody; it can be made active again, and its holders have it back then.

    Raises:
        NotFound: no level is called that.
    """
    return edit_level(work, level, reason=reason, is_active=False)


def mark_deleted(work: Work, row: Achievement, *, reason: str = "") -> Changed:
    """Delete a level softly, with all that is held of it; the caller holds the rate book.

    Callers go through `discounts.service.retirement.delete_level`.
    """
    ended = (
        update(_holding)
        .where(_holding.c.achievement_id == row.id, ~_holding.c.deleted)
        .values(deleted=True, updated=work.clock.now())
    )
    work.connection.execute(ended)
    return delete_row(work, row, entity=ENTITY, name=row.name, reason=reason)


def give(work: Work, client: str, level: str, *, reason: str, key: str | None = None) -> Changed:
    """Let a guest hold a level by hand, whatever was done for it; no rule takes it away again.

    A level that was withdrawn comes back as the same row, held from now on. One that was
    earned stays held since when it was, and is from now on given by staff.

    Args:
        work: a writing unit of work.
        client: as `find_client` takes it.
        level: id, name or the unique beginning of its name.
        reason: why; required.
        key: of the request; a repetition returns the first answer.

    Raises:
        NotFound: no such guest or level.
        InvalidInput: no reason, or several are called that.
        RuleRefused: the level is inactive (`level_inactive`).
    """
    reason = _needed(reason)

    def do() -> Changed:
        guest, row = _held(work, client), get_level(work, level)
        if not row.is_active:
            raise RuleRefused(
                f"The level {row.name} is inactive: nobody can hold it.",
                code="level_inactive",
                hint=f"Make it active first: casa achievements edit '{row.name}' --active",
            )
        name = _name(guest, row)
        found = _holding_of(work, guest.id, row.id)
        if found is None:
            made = ClientAchievement(
                client_id=guest.id,
                achievement_id=row.id,
                earned_at=work.clock.now(),
                source=HoldingSource.STAFF,
            )
            return add_row(
                work, made, entity=HOLDING_ENTITY, name=name, reason=reason, beside={"level": row.name}
            )
        values: dict[str, Any] = {"source": HoldingSource.STAFF}
        if found.deleted:
            values |= {"deleted": False, "earned_at": work.clock.now()}
        return change_row(work, found, values, entity=HOLDING_ENTITY, name=name, verb="give", reason=reason)

    return once(
        work,
        key,
        "level.give",
        {"client": client, "level": level},
        do,
        remember=Changed.remembered,
        recall=Changed.recalled,
    )


def withdraw(work: Work, client: str, level: str, *, reason: str) -> Changed:
    """Take a level away from a guest by hand; the row stays for history.

    Args:
        work: a writing unit of work.
        client: as `find_client` takes it.
        level: id, name or the unique beginning of its name.
        reason: why; required.

    Raises:
        NotFound: no such guest or level, or the guest does not hold it (`level_not_held`).
        InvalidInput: no reason, or several are called that.
    """
    reason = _needed(reason)
    guest, row = _held(work, client), get_level(work, level)
    name = _name(guest, row)
    found = _holding_of(work, guest.id, row.id)
    if found is None or found.deleted:
        held = ", ".join(holding.level.name for holding in holdings(work, guest.id))
        raise NotFound(
            f"{full_name(guest.first_name, guest.last_name)} does not hold the level {row.name}.",
            code="level_not_held",
            hint=f"Held: {held or 'none'}.",
        )
    changed = change_row(
        work, found, {"deleted": True}, entity=HOLDING_ENTITY, name=name, verb="withdraw", reason=reason
    )
    return Changed(changed.id, name, Verb.REMOVED)


def _held(work: Work, reference: str) -> Client:
    """The guest, whose holdings nobody else changes until our commit."""
    guest = find_client(work, reference)
    work.connection.execute(select(_client.c.id).where(_client.c.id == guest.id).with_for_update())
    return guest


def _holding_of(work: Work, client: UUID, level: UUID) -> ClientAchievement | None:
    return work.session.scalars(
        select(ClientAchievement).where(_holding.c.client_id == client, _holding.c.achievement_id == level)
    ).one_or_none()


def _name(guest: Client, level: Achievement) -> str:
    return f"{full_name(guest.first_name, guest.last_name)}, {level.name}"


def _needed(reason: str) -> str:
    return clean_text(reason, field="reason", required=True)


def _refuse_taken(work: Work, name: str, *, beside: UUID | None = None) -> None:
    for row in level_rows(work):
        if row.id != beside and row.name.casefold() == name.casefold():
            raise Conflict(
                f"There is a level {row.name!r} already.",
                code="name_taken",
                hint="Edit it, or choose another name.",
            )


def _checked(fields: LevelFields) -> dict[str, Any]:
    values: dict[str, Any] = dict(cast(dict[str, Any], fields))
    if "name" in values:
        values["name"] = clean_line(values["name"], field="name", most=100)
    if "description" in values:
        values["description"] = clean_text(values["description"], field="description")
    if values.get("icon") is not None:
        values["icon"] = clean_line(values["icon"], field="icon", most=50, required=False) or None
    for name in _REQUIREMENTS:
        if name in values:
            check_whole(values[name], field=name, least=0)
    if "order" in values:
        check_whole(values["order"], field="order", least=0)
    return values
