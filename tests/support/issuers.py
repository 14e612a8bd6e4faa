"""Racers that want a welcome code or the last code of a day's cap; apart from the tests, to import little."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import insert, select, update

from casaaustin.actors import Actor
from casaaustin.clients.models import Client
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.discounts.generation import WELCOME_PREFIX, fresh_code
from casaaustin.discounts.models import DiscountCode, MintedCodes
from casaaustin.discounts.service import codes, minting, welcome
from casaaustin.discounts.service.codes import CodeFields
from casaaustin.errors import RuleRefused
from casaaustin.vocabulary import Benefit

WEB = Actor("web")
DAY = date(2026, 4, 6)

_client = table_of(Client)
_minted = table_of(MintedCodes)


def issue(client: UUID, database: Database, _number: int) -> None:
    """The library's own issue; who is refused is told the code that was issued."""
    try:
        database.write(lambda work: welcome.issue(work, client), actor=WEB)
    except RuleRefused as refused:
        had = database.read(lambda work: welcome.code_of(work, client))
        if had is None or refused.details["code"] != had.code:
            raise AssertionError("the refusal names another code") from refused
        raise


def issue_naively(client: UUID, database: Database, _number: int) -> None:
    """What the incumbent does: look at the flag, then write the code and the flag."""
    asked = select(_client.c.welcome_discount_issued_at).where(_client.c.id == client)
    if database.read(lambda work: work.connection.execute(asked).scalar_one()) is not None:
        raise RuleRefused("It was issued already.", code="welcome_already_issued")

    def write(work: Work) -> None:
        work.session.add(
            DiscountCode(
                code=fresh_code(WELCOME_PREFIX),
                description="Bienvenida",
                discount_type=Benefit.PERCENTAGE,
                discount_value=Decimal("10.00"),
                start_date=DAY,
                end_date=DAY,
                client_id=client,
            )
        )
        flagged = update(_client).where(_client.c.id == client)
        work.connection.execute(flagged.values(welcome_discount_issued_at=work.clock.now()))

    database.write(write, actor=WEB)


def create(database: Database, _number: int) -> None:
    """The library's own creation of a code."""
    facts: CodeFields = {
        "description": "Diez por ciento",
        "discount_type": Benefit.PERCENTAGE,
        "discount_value": Decimal("10.00"),
        "start_date": DAY,
        "end_date": DAY,
    }
    database.write(lambda work: codes.create_code(work, "TEN", **facts), actor=WEB)


def mint(cap: int, database: Database, _number: int) -> None:
    """The library's own count of the codes of a day."""
    database.write(lambda work: minting.mint_within_cap(work, "bot", DAY, cap), actor=WEB)


def mint_naively(cap: int, database: Database, _number: int) -> None:
    """Read the count, decide, then write it."""
    mine = (_minted.c.minter == "bot", _minted.c.day == DAY)
    asked = select(_minted.c.codes).where(*mine)
    made = database.read(lambda work: work.connection.execute(asked).scalar_one())
    if made >= cap:
        raise RuleRefused("No more today.", code="mint_cap_reached")
    changed = update(_minted).where(*mine).values(codes=made + 1)
    database.write(lambda work: work.connection.execute(changed).rowcount, actor=WEB)


def open_count(work: Work) -> None:
    """The row that a naive minter needs."""
    work.connection.execute(insert(_minted).values(minter="bot", day=DAY, codes=0))
