"""What discounts do when a level or a house that they name is deleted.

They never become wider by it: a rule that asks for this level alone, or a discount for
this house alone, would suddenly be for everybody, so the deletion is refused.
Source: docs/rules/pricing.md, 1.1, 1.7 to 1.10 and 1.12.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from casaaustin.changes import Changed
from casaaustin.db.rate_book import hold_rate_book
from casaaustin.db.work import Work
from casaaustin.discounts.service.automatic import edit_rule, list_rules
from casaaustin.discounts.service.codes import edit_code, manual_codes
from casaaustin.discounts.service.generators import edit_generator, list_generators
from casaaustin.discounts.service.promotions import edit_promotion, list_promotions
from casaaustin.discounts.service.referral import delete_referral, list_referral
from casaaustin.errors import RuleRefused
from casaaustin.levels.queries import get_level
from casaaustin.levels.service import mark_deleted


def delete_level(work: Work, level: str, *, reason: str = "") -> Changed:
    """Delete a level softly, with its referral discount and all that is held of it.

    It leaves the rules that name it among others.

    Args:
        work: a writing unit of work.
        level: id, name or the unique beginning of its name.
        reason: why.

    Raises:
        NotFound: no level is called that.
        InvalidInput: several are.
        RuleRefused: a rule asks for this level alone (`level_has_rules`).
    """
    hold_rate_book(work)
    row = get_level(work, level)
    rules = [line for line in list_rules(work) if row.name in line.required_achievements]
    alone = [line.name for line in rules if line.required_achievements == (row.name,)]
    if alone:
        raise RuleRefused(
            f"The level {row.name} cannot be deleted: {', '.join(alone)} would be for everybody then.",
            code="level_has_rules",
            hint="Delete those rules first, or name other levels there.",
            details={"level": row.name, "alone": alone},
        )
    for line in rules:
        others = [name for name in line.required_achievements if name != row.name]
        edit_rule(work, str(line.id), required_achievements=others, reason=reason)
    if any(line.level == row.name and line.discount_percentage is not None for line in list_referral(work)):
        delete_referral(work, str(row.id), reason=reason)
    return mark_deleted(work, row, reason=reason)


def alone_in(work: Work, house: str) -> list[str]:
    """The discounts that are for this house alone, by its slug; as a refusal names them."""
    return [f"the {one.kind} {one.name}" for one in _scoped(work) if one.houses == (house,)]


def leave_discounts(work: Work, house: str, *, reason: str = "") -> None:
    """Take a house, by its slug, out of the discounts that name others beside it.

    Codes that were generated for it keep it: they are not made again, and are valid in the others.
    """
    for one in _scoped(work):
        if house in one.houses:
            one.edit(work, one.key, reason=reason, houses=[slug for slug in one.houses if slug != house])


@dataclass(frozen=True, slots=True)
class _Scoped:
    """Something that staff keep and that may name houses, and how it is edited."""

    kind: str
    name: str
    key: str
    houses: tuple[str, ...]
    edit: Callable[..., Changed]


def _scoped(work: Work) -> Iterator[_Scoped]:
    for rule in list_rules(work):
        yield _Scoped("rule", rule.name, str(rule.id), rule.houses, edit_rule)
    for generator in list_generators(work):
        yield _Scoped("generator", generator.name, str(generator.id), generator.houses, edit_generator)
    for promotion in list_promotions(work):
        yield _Scoped("promotion", promotion.name, str(promotion.id), promotion.houses, edit_promotion)
    for code in manual_codes(work):
        yield _Scoped("code", code.code, code.code, code.houses, edit_code)
