"""Quotes that were kept: the snapshot a reservation was sold from, or one saved for a client."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from casaaustin.db.mixins import Row, choice, day, document, instant, money, rate, reference, whole, words


class QuoteKind(StrEnum):
    """Why a quote was kept."""

    SALE = "sale"
    SAVED = "saved"


class SavedQuote(Row, table=True):
    """An immutable snapshot: inputs, nightly lines, rate, totals. Source: docs/rules/pricing.md, 1.17."""

    __tablename__ = "quote"

    kind: QuoteKind = choice(QuoteKind)
    client_id: UUID | None = reference("client.id", nullable=True, index=True)
    property_id: UUID = reference("property.id", index=True)
    check_in_date: date = day()
    check_out_date: date = day()
    guests: int = whole()
    total_usd: Decimal = money()
    total_sol: Decimal = money()
    exchange_rate: Decimal = rate()
    snapshot: dict[str, Any] = document()
    digest: str = words(64)
    expires_at: datetime = instant()
