"""On what terms guests may be moved. Source: docs/rules/pricing.md, 3.6.1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from casaaustin.moves.pinning import FREEZE_DAYS, MOST_MOVES, Pin

USUAL_MOVES = 3


@dataclass(frozen=True, slots=True)
class Terms:
    """Who may be moved, and how many at most.

    Args:
        max_moves: stays that one plan may move.
        allowed_downgrade: classes that a moved stay may lose; that needs the guest's consent and a refund.
        freeze_days: a check-in within so many days stays where it is.
        most_moves: how often one booking is moved.
        released: reservations that staff let move although a rule that can be lifted keeps them.
        lifted: reasons that keep nobody this time; two of them cannot be lifted, and keep whom they keep.
    """

    max_moves: int = USUAL_MOVES
    allowed_downgrade: int = 0
    freeze_days: int = FREEZE_DAYS
    most_moves: int = MOST_MOVES
    released: frozenset[UUID] = frozenset()
    lifted: frozenset[Pin] = frozenset()

    def lifted_for(self, reservation: UUID) -> frozenset[Pin]:
        """The reasons that do not keep this reservation where it is."""
        return frozenset(Pin) if reservation in self.released else self.lifted

    def plain(self) -> dict[str, Any]:
        """As it is stored with a plan."""
        return {
            "max_moves": self.max_moves,
            "allowed_downgrade": self.allowed_downgrade,
            "freeze_days": self.freeze_days,
            "most_moves": self.most_moves,
            "released": sorted(str(one) for one in self.released),
            "lifted": sorted(self.lifted),
        }

    @classmethod
    def stored(cls, kept: Mapping[str, Any]) -> Terms:
        """From what `plain` made."""
        return cls(
            max_moves=kept["max_moves"],
            allowed_downgrade=kept["allowed_downgrade"],
            freeze_days=kept["freeze_days"],
            most_moves=kept["most_moves"],
            released=frozenset(UUID(one) for one in kept["released"]),
            lifted=frozenset(Pin(one) for one in kept.get("lifted", ())),
        )


USUAL = Terms()
