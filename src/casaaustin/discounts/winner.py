"""The single discount that a stay gets. Nothing stacks. Source: docs/rules/pricing.md, 2.6."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from casaaustin.discounts.judge import Case, Verdict, judge
from casaaustin.discounts.record import Discount
from casaaustin.money import NOTHING, Amount
from casaaustin.vocabulary import CodeVsAutomatic, Source


class CodeStatus(StrEnum):
    """What became of the code that was sent."""

    APPLIED = "applied"
    SUPERSEDED = "superseded"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class CodeResult:
    """What became of a code; always told, never swapped in silence."""

    code: str
    status: CodeStatus
    reason: str | None = None
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The winner, everything that was considered, and what became of the code."""

    winner: Verdict | None = None
    considered: tuple[Verdict, ...] = ()
    code: CodeResult | None = None

    @property
    def amount(self) -> Amount:
        """What the winner takes off."""
        return self.winner.amount if self.winner is not None else NOTHING

    @property
    def passed_over(self) -> Verdict | None:
        """The better offer that the code was preferred to, if there is one; guests are told of it."""
        if self.winner is None or not self.code_won:
            return None
        best = min((one for one in self.considered if one.applies), key=rank)
        is_better = (best.amount.usd, best.amount.sol) > (self.winner.amount.usd, self.winner.amount.sol)
        return best if is_better else None

    @property
    def code_won(self) -> bool:
        """Whether the winner is the code that was sent: only then is it used up."""
        return self.code is not None and self.code.status is CodeStatus.APPLIED


NO_DISCOUNT = Outcome()
NOT_FOUND = "code_not_found"
# To a stranger these are one reason, so that nobody learns which codes exist.
PRIVATE_REASONS = frozenset(
    {NOT_FOUND, "code_inactive", "code_not_started", "code_expired", "code_not_yours"}
)
PUBLIC_REASON = "code_not_valid"

# What the parts of a rank are, the first difference decides.
RANKED_BY = ("dollars", "soles", "kind", "percentage", "name", "id")
_TIE_ORDER = {source: place for place, source in enumerate(Source)}


def choose(
    rules: Iterable[Discount],
    case: Case,
    *,
    policy: CodeVsAutomatic,
    asked: str | None = None,
    code: Discount | None = None,
) -> Outcome:
    """The winner among a code and everything that applies by itself.

    Args:
        rules: automatic and referral discounts, in any order.
        case: the stay in its house.
        policy: the switch `code_vs_automatic`.
        asked: the code that was sent, normalised; None when none was.
        code: the discount of that code; None when there is no such code.

    Returns:
        The winner and the losers with their verdicts; ties are broken the same way every time.
    """
    verdicts = [judge(rule, case) for rule in rules]
    best = min((one for one in verdicts if one.applies), key=rank, default=None)
    if asked is None:
        return Outcome(best, tuple(verdicts))
    if code is None:
        return Outcome(best, tuple(verdicts), CodeResult(asked, CodeStatus.REFUSED, NOT_FOUND))
    mine = judge(code, case)
    considered = (mine, *verdicts)
    if mine.refusal is not None:
        refused = CodeResult(asked, CodeStatus.REFUSED, mine.refusal.reason, mine.refusal.figures)
        return Outcome(best, considered, refused)
    if best is None or policy is CodeVsAutomatic.CODE_WINS or rank(mine) < rank(best):
        return Outcome(mine, considered, CodeResult(asked, CodeStatus.APPLIED))
    return Outcome(best, considered, CodeResult(asked, CodeStatus.SUPERSEDED))


def public(outcome: Outcome, viewer: UUID | None) -> CodeResult | None:
    """What a client, or anybody else, is told about the code.

    It is the same for a code that does not exist, that is over, and that belongs to somebody else,
    whatever test it failed: nobody learns which codes exist.

    Args:
        outcome: of the house.
        viewer: the client who asks; None for a stranger.

    Source: docs/rules/pricing.md, 2.5.1.
    """
    result = outcome.code
    if result is None or result.status is not CodeStatus.REFUSED:
        return result
    code = next((one.discount for one in outcome.considered if one.discount.code == result.code), None)
    of_another = code is not None and code.client is not None and code.client != viewer
    is_own = code is not None and code.client is not None and code.client == viewer
    if of_another or (result.reason in PRIVATE_REASONS and not is_own):
        return CodeResult(result.code, result.status, PUBLIC_REASON)
    return result


def rank(verdict: Verdict) -> tuple[Any, ...]:
    """Sorts the better discount first: by the parts that `RANKED_BY` names.

    Two that take off the same dollars may differ by a céntimo when one is fixed in soles; the
    guest who pays in soles gets the better one too.
    """
    discount = verdict.discount
    return (
        -verdict.amount.usd,
        -verdict.amount.sol,
        _TIE_ORDER[discount.source],
        -discount.percentage,
        discount.name,
        discount.id,
    )
