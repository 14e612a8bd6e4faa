"""The table of the guests. Source: docs/rules/clients.md, 1.1."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index

from casaaustin.clients.rules import folded
from casaaustin.db.mixins import LiveKey, Row, choice, day, instant, prose, reference, words
from casaaustin.vocabulary import DocumentType


class Client(Row, LiveKey, table=True):
    """A guest. Phones are stored in E.164, e-mails and documents in their normal form."""

    __tablename__ = "client"
    __table_args__ = (Index("ix_client_last_name_first_name", "last_name", "first_name"),)

    first_name: str = words(100)
    last_name: str = words(100, default="")
    search_name: str = prose(default="")
    document_type: DocumentType = choice(DocumentType, default=DocumentType.DNI)
    number_doc: str | None = words(20, nullable=True)
    tel_number: str | None = words(20, nullable=True, index=True)
    email: str | None = words(254, nullable=True, index=True)
    birth_date: date | None = day(nullable=True)
    referral_code: str | None = words(20, nullable=True, unique=True)
    referred_by_id: UUID | None = reference("client.id", nullable=True, index=True)
    notes: str = prose(default="")
    welcome_discount_issued_at: datetime | None = instant(nullable=True)
    live_key: str | None = words(60, nullable=True, unique=True)

    @property
    def welcome_discount_issued(self) -> bool:
        """Whether a welcome code was ever issued."""
        return self.welcome_discount_issued_at is not None

    def make_live_key(self) -> str | None:
        """One live client per identity document."""
        if self.deleted or not self.number_doc:
            return None
        return f"{self.document_type}:{self.number_doc}"

    def derive(self) -> None:
        """The key, and the name for looking people up, whatever the accents and the case."""
        super().derive()
        self.search_name = folded(f"{self.first_name} {self.last_name}")
