"""Export the business configuration, and make the business what a file says.

Source: docs/adr/0010-configuration-file.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from pydantic import ValidationError

from casaaustin.configuration.difference import Difference, Kind, differences
from casaaustin.configuration.document import Configuration, faults_of, ordered
from casaaustin.configuration.registry import BY_NAME, SECTIONS
from casaaustin.configuration.section import Item, Key, path
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput, NotFound, RuleRefused
from casaaustin.levels.queries import level_rows
from casaaustin.properties.queries import houses

# Sections that others mention; a section says which of their items through the field of the same name.
_HOUSES, _LEVELS = "houses", "levels"


@dataclass(frozen=True, slots=True)
class Applied:
    """What applying a file changed, and what it left because the file does not mention it."""

    changes: tuple[Difference, ...]
    kept: tuple[Difference, ...]


def export(work: Work, sections: Collection[str] = ()) -> Configuration:
    """The whole business configuration, or some sections of it.

    Args:
        work: the open unit of work.
        sections: their names; none = all.

    Raises:
        NotFound: there is no such section.
        RuleRefused: the business holds something that the file cannot say, such as two
            seasons of one name.
    """
    for name in sections:
        if name not in BY_NAME:
            raise NotFound(
                f"There is no section {name!r}.",
                code="section_not_found",
                hint=f"Sections: {', '.join(BY_NAME)}.",
            )
    return ordered(
        {
            section.name: _read(work, section.name)
            for section in SECTIONS
            if section.name in (sections or BY_NAME)
        }
    )


def compare(work: Work, wanted: Configuration, *, prune: bool = False) -> tuple[Difference, ...]:
    """What applying a file would change, and what it would leave.

    Args:
        work: the open unit of work.
        wanted: the file.
        prune: whether items that a section of the file does not mention go.

    Raises:
        RuleRefused: see `export`.
    """
    current = export(work, tuple(wanted.sections)) if wanted.sections else Configuration()
    removing = {
        name: prune and BY_NAME[name].remove is not None and bool(BY_NAME[name].keys)
        for name in wanted.sections
    }
    return differences(current.plain(), wanted.plain(), removing=removing)


def apply(work: Work, wanted: Configuration, *, prune: bool = False, reason: str = "") -> Applied:
    """Make the business what the file says, in this transaction.

    A section that the file lacks is not touched. Within a section, each item becomes
    what the file says of it; items that the file does not mention stay, or with
    `prune` go. Every change passes the checks of the domain and leaves its own entry
    in the audit trail. The same file again changes nothing.

    Args:
        work: a writing unit of work.
        wanted: the file.
        prune: whether items that a section of the file does not mention go.
        reason: why, for the audit trail.

    Raises:
        InvalidInput: the file mentions a house or a level that there is not.
        RuleRefused: a house that would go has stays; or see `export`.
    """
    hold_rate_book(work)
    found = compare(work, wanted, prune=prune)
    changes = tuple(difference for difference in found if difference.is_change)
    _check_mentions(work, wanted, changes)
    # What goes makes room first: "verano" may become "Verano". A house or a level goes last, when nothing
    # mentions it.
    _remove(work, changes, reason, mentioned=False)
    for change in changes:
        if change.kind is not Kind.REMOVE:
            item = wanted.sections[change.section][change.key]
            BY_NAME[change.section].write(work, change.key, item, reason)
    _remove(work, changes, reason, mentioned=True)
    work.session.flush()
    return Applied(changes, tuple(difference for difference in found if not difference.is_change))


def _remove(work: Work, changes: tuple[Difference, ...], reason: str, *, mentioned: bool) -> None:
    for change in changes:
        section = BY_NAME[change.section]
        if change.kind is Kind.REMOVE and section.remove is not None and section.is_mentioned is mentioned:
            section.remove(work, change.key, reason)


def _read(work: Work, name: str) -> Mapping[Key, Item]:
    try:
        items: Mapping[Key, Item] = BY_NAME[name].read(work)
    except ValidationError as error:
        raise RuleRefused(
            f"The business holds {name} that the file cannot say.",
            code="configuration_unsayable",
            hint="Correct them first.",
            details={"reasons": list(faults_of(error, name))},
        ) from None
    return items


def _check_mentions(work: Work, wanted: Configuration, changes: tuple[Difference, ...]) -> None:
    """Refuse a file that mentions a house or a level which is not there once it is applied."""
    _check_mentioned(wanted, changes, _HOUSES, "house", {house.slug for house in houses(work)})
    _check_mentioned(wanted, changes, _LEVELS, "level", {level.name for level in level_rows(work)})


def _check_mentioned(
    wanted: Configuration, changes: tuple[Difference, ...], section: str, noun: str, present: set[str]
) -> None:
    gone = {change.key[0] for change in changes if (change.section, change.kind) == (section, Kind.REMOVE)}
    known = (present - gone) | {key[0] for key in wanted.sections.get(section, {})}
    faults = [
        f"{path(name, *key)}: there is no {noun} {mentioned!r}"
        for name, items in wanted.sections.items()
        for key, item in items.items()
        for mentioned in getattr(BY_NAME[name], section)(key, item)
        if mentioned not in known
    ]
    if faults:
        raise InvalidInput(
            f"The configuration mentions {noun}s that do not exist.",
            field="file",
            code=f"{noun}_not_found",
            hint=f"{noun.capitalize()}s: {', '.join(sorted(known)) or 'none'}.",
            details={"reasons": faults},
        )
