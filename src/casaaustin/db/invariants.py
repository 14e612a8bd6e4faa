"""What must always be true of the books, and how a database is examined for it.

A domain declares its invariants and the checks that look for rows which break
them, in a module `invariants.py` of its own; `casaaustin.integrity` collects
them. A check costs a fixed number of statements, whatever the number of rows,
and reads in a stream.
Source: docs/rules/principles.md, 2 and 3; docs/rules/reservations.md, 0.5.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, Table
from sqlalchemy.exc import DBAPIError, StatementError

from casaaustin.db.work import Work

ROWS_AT_ONCE = 5_000
EXAMPLES_KEPT = 20


class Severity(StrEnum):
    """A difference is wrong; a warning may be meant, but somebody should know."""

    DIFFERENCE = "difference"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that is always true.

    Args:
        id: its name, such as `nights.missing`.
        sentence: what is always true, for people.
        remedy: what to do where it is not.
        severity: how bad that is.
    """

    id: str
    sentence: str
    remedy: str
    severity: Severity = Severity.DIFFERENCE

    def broken(self, table: str, row: object, message: str) -> Problem:
        """A row that breaks it."""
        return Problem(self, table, str(row), message)


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that breaks an invariant.

    Args:
        invariant: which one.
        table: where the row is.
        row: its key.
        message: what is wrong with it, in one sentence without a full stop.
    """

    invariant: Invariant
    table: str
    row: str
    message: str


@dataclass(frozen=True, slots=True)
class Check:
    """Looks for rows that break some invariants, in one go where they can share a statement."""

    invariants: tuple[Invariant, ...]
    find: Callable[[Work], Iterable[Problem]]


def check(*invariants: Invariant) -> Callable[[Callable[[Work], Iterable[Problem]]], Check]:
    """Make a check of a function that yields the problems of these invariants."""
    return lambda find: Check(invariants, find)


@dataclass(frozen=True, slots=True)
class Finding:
    """What came out for one invariant.

    Args:
        invariant: which one.
        count: how many rows break it.
        examples: the first of them.
        unreadable: why it could not be looked at, or None.
    """

    invariant: Invariant
    count: int
    examples: tuple[Problem, ...]
    unreadable: str | None = None

    @property
    def is_clean(self) -> bool:
        """Whether it was looked at and holds."""
        return self.count == 0 and self.unreadable is None


@dataclass(frozen=True, slots=True)
class Report:
    """What an examination found, invariant by invariant, in the order of the checks."""

    findings: tuple[Finding, ...]

    @property
    def broken(self) -> tuple[Finding, ...]:
        """Those that do not hold, or could not be looked at."""
        return tuple(finding for finding in self.findings if not finding.is_clean)

    @property
    def differences(self) -> int:
        """How many rows are wrong; a check that could not be carried out counts as one."""
        return sum(
            finding.count or 1
            for finding in self.broken
            if finding.invariant.severity is Severity.DIFFERENCE or finding.unreadable
        )

    @property
    def warnings(self) -> int:
        """How many rows somebody should look at."""
        return sum(finding.count for finding in self.broken if finding.invariant.severity is Severity.WARNING)


def examine(
    work: Work,
    checks: Sequence[Check],
    *,
    keep: int = EXAMPLES_KEPT,
    advance: Callable[[int], None] = lambda _steps: None,
) -> Report:
    """Carry out checks, one after the other, on one snapshot.

    A value that its column cannot hold is itself a problem, found by one of the first
    checks; a later check that stumbles over it is reported as not carried out.

    Args:
        work: the open unit of work.
        checks: what to look for.
        keep: how many examples of each broken invariant to keep.
        advance: called with 1 after each check.
    """
    findings: list[Finding] = []
    for one in checks:
        counts = dict.fromkeys(one.invariants, 0)
        examples: dict[Invariant, list[Problem]] = {invariant: [] for invariant in one.invariants}
        unreadable = None
        try:
            for problem in one.find(work):
                counts[problem.invariant] += 1
                if len(examples[problem.invariant]) < keep:
                    examples[problem.invariant].append(problem)
        except (ValueError, TypeError, LookupError, ArithmeticError, StatementError) as error:
            # What the database itself says is no matter of values.
            if isinstance(error, DBAPIError) or all(finding.is_clean for finding in findings):
                raise
            unreadable = f"{type(error).__name__}: {str(error).splitlines()[0]}"
        findings += [
            Finding(invariant, counts[invariant], tuple(examples[invariant]), unreadable)
            for invariant in one.invariants
        ]
        advance(1)
    return Report(tuple(findings))


def stream(work: Work, statement: Select[Any]) -> Iterator[Any]:
    """The rows of a statement, read in portions; take them all before the next statement."""
    return iter(work.connection.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE}))


def key_of(table: Table, row: Mapping[str, Any]) -> str:
    """The primary key of a row, as people write it."""
    return "/".join(str(row[column.key]) for column in table.primary_key.columns)
