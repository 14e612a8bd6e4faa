"""The single discount that a stay gets. Nothing stacks. Source: docs/rules/pricing.md, 2.6."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from casaaustin.discounts.judge import Case, Verdict, judge
from casaaustin.discounts.record import Discount
from casaaustin.money import NOTHING, ZERO, Amount, percent_of
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
    """The winner, everything that was considered, and what became of the code.

    Args:
        winner: what the stay gets; None for no discount.
        code: what became of the code; None when none was sent.
        code_verdict: the judgement of that code; None when there is no such code.
        best_rule: the best of what applies by itself, whether or not it won.
        rules: what applies by itself somewhere.
        case: the stay in its house; None when it has no price.
    """

    winner: Verdict | None = None
    code: CodeResult | None = None
    code_verdict: Verdict | None = None
    best_rule: Verdict | None = None
    rules: tuple[Discount, ...] = ()
    case: Case | None = None

    @property
    def considered(self) -> tuple[Verdict, ...]:
        """The code and every rule, with their verdicts; judged when somebody asks, as most never do."""
        case = self.case
        rules = () if case is None else tuple(judge(rule, case) for rule in self.rules)
        return rules if self.code_verdict is None else (self.code_verdict, *rules)

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
        rules: automatic and referral discounts, all of them percentages, in any order.
        case: the stay in its house.
        policy: the switch `code_vs_automatic`.
        asked: the code that was sent, normalised; None when none was.
        code: the discount of that code; None when there is no such code.

    Returns:
        The winner and the losers with their verdicts; ties are broken the same way every time.
    """
    return choose_among(strongest_first(rules), case, policy=policy, asked=asked, code=code)


def strongest_first(rules: Iterable[Discount]) -> tuple[Discount, ...]:
    """The rules by percentage, the largest first: the best one is then among the first."""
    return tuple(sorted(rules, key=lambda rule: (-rule.value, place(rule))))


def choose_among(
    rules: tuple[Discount, ...],
    case: Case,
    *,
    policy: CodeVsAutomatic,
    asked: str | None,
    code: Discount | None,
) -> Outcome:
    """As `choose`, for rules that are sorted by `strongest_first` once for many houses."""
    best = _best(rules, case)
    mine = judge(code, case) if asked is not None and code is not None else None
    winner = best
    if asked is None:
        result = None
    elif mine is None:
        result = CodeResult(asked, CodeStatus.REFUSED, NOT_FOUND)
    elif mine.refusal is not None:
        result = CodeResult(asked, CodeStatus.REFUSED, mine.refusal.reason, mine.refusal.figures)
    elif best is None or policy is CodeVsAutomatic.CODE_WINS or rank(mine) < rank(best):
        result, winner = CodeResult(asked, CodeStatus.APPLIED), mine
    else:
        result = CodeResult(asked, CodeStatus.SUPERSEDED)
    return Outcome(winner, result, mine, best, rules, case)


def _best(rules: tuple[Discount, ...], case: Case) -> Verdict | None:
    """The best of the rules that apply.

    No rule takes off more than its percentage of the whole subtotal. Those whose most would not beat
    the best one so far are not even judged: in a search of many houses that is nearly all of them.
    """
    best: Verdict | None = None
    subtotal = case.price.subtotal_usd
    value = most = ZERO
    for rule in rules:
        if best is not None:
            if rule.value != value:
                value, most = rule.value, percent_of(subtotal, rule.value)
            if most < best.amount.usd:
                break
            if most == best.amount.usd and value == best.discount.value:
                continue  # it would tie at best, and of equal percentages the first one wins
        if rule.houses and case.house not in rule.houses:
            continue
        verdict = judge(rule, case)
        if verdict.applies and (best is None or rank(verdict) < rank(best)):
            best = verdict
    return best


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
    code = outcome.code_verdict.discount if outcome.code_verdict is not None else None
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
    return (-verdict.amount.usd, -verdict.amount.sol, *place(verdict.discount))


def place(discount: Discount) -> tuple[Any, ...]:
    """Sorts discounts that take the same off: kind, percentage, name, id. No two are alike."""
    return (_TIE_ORDER[discount.source], -discount.percentage, discount.name, discount.id)
