"""Policy switches: show, set. Source: docs/rules/pricing.md, 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from uuid import UUID

from casaaustin.audit.service import record
from casaaustin.changes import Changed, Verb, field_changes
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.tracking import bump
from casaaustin.db.work import Work
from casaaustin.pricing.ratebook import Policy

ENTITY = "policy_switches"
# There is one set of switches; its id is the same in every installation.
_ID = UUID(int=0)
_NAME = "policy switches"


@dataclass(frozen=True, slots=True)
class Switch:
    """A policy switch: what it is set to, what it is without being set, what it could be."""

    name: str
    value: str
    default: str
    allowed: tuple[str, ...]


def show_switches(work: Work) -> tuple[Switch, ...]:
    """All switches, in the order of the rules."""
    policy = _policy(work)
    defaults = Policy()
    return tuple(
        Switch(
            name=field.name,
            value=getattr(policy, field.name).value,
            default=getattr(defaults, field.name).value,
            allowed=tuple(choice.value for choice in _kind(defaults, field.name)),
        )
        for field in fields(Policy)
    )


def set_switches(work: Work, words: Mapping[str, str], *, reason: str = "") -> Changed:
    """Set some switches; the others keep their value.

    Args:
        work: a writing unit of work.
        words: values by the name of the switch.
        reason: why.

    Raises:
        InvalidInput: an unknown switch or value, naming the allowed ones.
    """
    hold_rate_book(work)
    kept = work.session.get_one(RateBookVersion, 1)
    before = Policy.from_words(kept.policy).words()
    after = Policy.from_words({**before, **words}).words()
    changes = field_changes(before, after)
    if not changes:
        return Changed(_ID, _NAME, Verb.UNCHANGED)
    kept.policy = after
    work.session.flush()
    bump(work.session)
    record(work, f"{ENTITY}.edit", ENTITY, _ID, before=before, after=after, reason=reason)
    return Changed(_ID, _NAME, Verb.CHANGED, changes)


def _policy(work: Work) -> Policy:
    return Policy.from_words(work.session.get_one(RateBookVersion, 1).policy)


def _kind(defaults: Policy, name: str) -> type[StrEnum]:
    return type(getattr(defaults, name))
