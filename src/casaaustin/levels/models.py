"""Tables of the levels. Source: docs/rules/pricing.md, 1.12."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, UniqueConstraint

from casaaustin.db.mixins import (
    LiveKey,
    RateBookTable,
    Row,
    choice,
    flag,
    instant,
    prose,
    reference,
    whole,
    words,
)
from casaaustin.vocabulary import HoldingSource


class Achievement(Row, RateBookTable, LiveKey, table=True):
    """A level, and what a guest must have done to hold it."""

    __tablename__ = "achievement"
    __table_args__ = (
        CheckConstraint(
            "required_reservations >= 0 AND required_referrals >= 0 AND required_referral_reservations >= 0",
            name="requirements_not_negative",
        ),
    )

    name: str = words(100)
    description: str = prose(default="")
    icon: str | None = words(50, nullable=True)
    required_reservations: int = whole(default=0)
    required_referrals: int = whole(default=0)
    required_referral_reservations: int = whole(default=0)
    is_active: bool = flag(default=True)
    order: int = whole(default=0)
    live_key: str | None = words(110, nullable=True, unique=True)

    def make_live_key(self) -> str | None:
        """One live level per name, whatever its case."""
        return None if self.deleted else self.name.casefold()


class ClientAchievement(Row, table=True):
    """A level that a client holds; a withdrawn one is deleted softly and comes back as the same row."""

    __tablename__ = "client_achievement"
    __table_args__ = (UniqueConstraint("client_id", "achievement_id"),)

    client_id: UUID = reference("client.id")
    achievement_id: UUID = reference("achievement.id", index=True)
    earned_at: datetime = instant()
    source: HoldingSource = choice(HoldingSource, default=HoldingSource.RULE)
