"""A process keeps the rate book while its version stands still, and never a moment longer.

Source: docs/rules/pricing.md, 2.4; docs/rules/principles.md, 22.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlmodel import SQLModel

from casaaustin.actors import Actor
from casaaustin.db.mixins import RateBookTable, RateBookVersion
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.discounts.queries import DiscountBook, discount_book
from casaaustin.levels.models import Achievement
from casaaustin.pricing.models import PropertyPricing, SpecialDatePricing
from casaaustin.pricing.queries import rate_book
from casaaustin.pricing.ratebook import NightRates, RateBook
from casaaustin.properties.models import Property
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.quoting.service import quote
from casaaustin.stays import Stay
from tests.support.counting import counting
from tests.support.databases import SECRET_KEY
from tests.support.offers import make_level, make_rule, store_discounts, store_levels, store_referral
from tests.support.world import (
    C1,
    C2,
    HIGH_SEASONS,
    SUNDAY,
    SUNDAY_15,
    TIERS,
    make_book,
    make_client,
    make_house,
    make_service,
    special,
    store_book,
)

COLD, WARM = 7, 1
# A quote reads discounts with the rate book, and the calendar each time.
QUOTE_COLD, QUOTE_WARM = COLD + 3, WARM + 1
DATES = tuple(special(12, day, "300.00", 2) for day in (24, 25, 31))
NEW_PRICE = Decimal("999.00")


def weekday_price(book: RateBook) -> Decimal:
    rates = book.by_id[C1].rates
    assert rates is not None
    return rates.weekday_low


def raise_the_price(work: Work) -> None:
    row = work.session.execute(select(PropertyPricing).where(table_of(PropertyPricing).c.property_id == C1))
    row.scalar_one().weekday_low_season_usd = NEW_PRICE


def big_business(count: int) -> RateBook:
    """Houses with prices and special dates, services and policies that name them."""
    houses = tuple(make_house(f"Casa {number}", special_dates=DATES) for number in range(1, count + 1))
    ids = frozenset(house.id for house in houses)
    return make_book(
        *houses,
        seasons=HIGH_SEASONS,
        late_checkout={SUNDAY: SUNDAY_15},
        services=(make_service("Breakfast", "15.00", houses=ids),),
        cancellation=tuple(replace(tier, houses=ids) for tier in TIERS),
    )


def store(book: RateBook) -> Any:
    return lambda work: store_book(work, book)


def test_the_book_is_read_once_and_then_only_its_version(database: Database, actor: Actor) -> None:
    database.write(store(big_business(4)), actor=actor)
    with counting(database) as cold:
        first = database.read(rate_book)
    with counting(database) as warm:
        second = database.read(rate_book)
    assert (len(cold), len(warm)) == (COLD, WARM)
    assert second is first


@pytest.mark.parametrize(("houses", "nights"), [(4, 2), (400, 30)], ids=str)
def test_a_quote_of_all_houses_costs_the_same_statements(
    database: Database, actor: Actor, houses: int, nights: int
) -> None:
    database.write(store(big_business(houses)), actor=actor)
    asked = QuoteRequest(Stay(date(2026, 12, 1), date(2026, 12, 1) + timedelta(days=nights)))
    with counting(database) as cold:
        answer = database.read(lambda work: quote(work, asked))
    with counting(database) as warm:
        database.read(lambda work: quote(work, asked))
    assert len(answer.houses) == houses
    assert (len(cold), len(warm)) == (QUOTE_COLD, QUOTE_WARM)


ANOTHER_PROCESS = f"""
import sys
from casaaustin.actors import Actor
from casaaustin.db.work import open_database
from casaaustin.settings import Settings
from tests.integration.pricing.test_rate_book_cache import raise_the_price

settings = Settings(_env_file=None, env="test", secret_key="{SECRET_KEY}", database_url=sys.argv[1])
database = open_database(settings=settings)
database.write(raise_the_price, actor=Actor("bruno"))
database.close()
"""


def test_a_change_by_another_process_is_seen_by_the_very_next_read(database: Database, actor: Actor) -> None:
    database.write(store(big_business(2)), actor=actor)
    assert weekday_price(database.read(rate_book)) == Decimal("110.00")
    url = database.engines.url.render_as_string(hide_password=False)

    subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, url],
        check=True,
        env={"PYTHONPATH": ":".join(path for path in sys.path if path)},
    )

    assert weekday_price(database.read(rate_book)) == NEW_PRICE


def test_a_change_of_ones_own_is_seen_at_once_and_by_everybody_after_the_commit(
    database: Database, actor: Actor
) -> None:
    database.write(store(big_business(2)), actor=actor)
    before = database.read(rate_book)

    def use(work: Work) -> RateBook:
        raise_the_price(work)
        work.session.flush()
        return rate_book(work)

    inside = database.write(use, actor=actor)

    assert weekday_price(inside) == weekday_price(database.read(rate_book)) == NEW_PRICE
    assert weekday_price(before) == Decimal("110.00")


def test_a_change_that_was_rolled_back_was_never_true(database: Database, actor: Actor) -> None:
    """Not even when the next change gets the version that the lost one had."""
    database.write(store(big_business(2)), actor=actor)

    def use(work: Work) -> RateBook:
        raise_the_price(work)
        work.session.flush()
        return rate_book(work)

    # Nothing is read in between: a read would put the true book in the place of a wrongly kept one.
    lost = database.write(use, actor=actor, dry_run=True)
    assert weekday_price(lost) == NEW_PRICE

    def close_casa_2(work: Work) -> None:
        work.session.get_one(Property, C2).is_open = False

    database.write(close_casa_2, actor=actor)
    after = database.read(rate_book)
    assert after.version == lost.version
    assert weekday_price(after) == Decimal("110.00")
    assert not after.by_id[C2].is_open


def test_a_use_case_that_failed_leaves_the_book_as_it_was(database: Database, actor: Actor) -> None:
    database.write(store(big_business(2)), actor=actor)
    kept = database.read(rate_book)

    def use(work: Work) -> None:
        raise_the_price(work)
        rate_book(work)
        raise ValueError("on second thoughts")

    with pytest.raises(ValueError, match="second thoughts"):
        database.write(use, actor=actor)
    assert database.read(rate_book) is kept


# --- every table that prices are made from ---

MODELS: list[type[SQLModel]] = sorted(
    (model for model in RateBookTable.__subclasses__() if issubclass(model, SQLModel)),
    key=lambda model: model.__name__,
)


def version(database: Database) -> int:
    kept = table_of(RateBookVersion)
    return int(database.read(lambda work: work.connection.execute(select(kept.c.version)).scalar_one()))


def business_with_a_row_of_every_kind(work: Work) -> None:
    store_book(work, big_business(2))
    # A house and a level that nothing else refers to, so that they can be deleted.
    work.session.add(Property(name="Casa 9", slug="casa-9"))
    level = make_level("Recurrente", 3)
    store_levels(work, level, make_level("Legend", 10))
    store_referral(work, level, "20.00")
    store_discounts(work, make_rule(houses=frozenset({C1}), achievements=frozenset({level.id})))


def some_row(work: Work, model: type[SQLModel]) -> Any:
    statement = select(model)
    if model is Property:
        statement = statement.where(table_of(Property).c.slug == "casa-9")
    if model is Achievement:
        statement = statement.where(table_of(Achievement).c.name == "Legend")
    return work.session.execute(statement).scalars().first()


def facts(row: Any) -> dict[str, Any]:
    return {column.name: getattr(row, column.name) for column in table_of(type(row)).columns}


def by_the_session(work: Work, model: type[SQLModel], change: str, kept: dict[str, Any]) -> None:
    if change == "insert":
        work.session.add(model(**kept))
    elif change == "update":
        some_row(work, model).deleted = True
    else:
        work.session.delete(some_row(work, model))


def by_a_statement(work: Work, model: type[SQLModel], change: str, kept: dict[str, Any]) -> None:
    row_id = table_of(model).c.id
    if change == "insert":
        work.session.execute(insert(model), [kept])
    elif change == "update":
        work.session.execute(update(model).where(row_id == kept["id"]).values(deleted=True))
    else:
        work.session.execute(delete(model).where(row_id == kept["id"]))


@pytest.mark.parametrize("how", [by_the_session, by_a_statement], ids=lambda how: how.__name__)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_change_of_a_price_table_renews_the_book(
    sqlite_database: Database, actor: Actor, model: type[SQLModel], how: Any
) -> None:
    database = sqlite_database
    database.write(business_with_a_row_of_every_kind, actor=actor)
    kept = database.read(lambda work: facts(some_row(work, model)))

    for change in ("update", "delete", "insert"):
        before = database.read(rate_book)
        database.write(lambda work, change=change: how(work, model, change, kept), actor=actor)  # type: ignore[misc]
        assert version(database) > before.version, change
        assert database.read(rate_book) is not before, change


def test_the_tables_that_prices_are_made_from() -> None:
    """A table that is read for them and does not carry the mark would leave stale prices behind."""
    read_by_the_book = {
        "achievement",
        "additional_service",
        "additional_service_property",
        "automatic_discount",
        "automatic_discount_achievement",
        "automatic_discount_property",
        "cancellation_policy",
        "cancellation_policy_property",
        "exchange_rate",
        "late_checkout_config",
        "property",
        "property_pricing",
        "referral_discount_by_level",
        "season_pricing",
        "special_date_pricing",
    }
    assert {table_of(model).name for model in MODELS} == read_by_the_book


def test_the_book_reads_no_other_tables(sqlite_database: Database, actor: Actor) -> None:
    sqlite_database.write(store(big_business(2)), actor=actor)
    with counting(sqlite_database) as statements:
        sqlite_database.read(lambda work: discount_book(work, rate_book(work)))
    marked = {table_of(model).name for model in MODELS} | {"rate_book"}
    for table in SQLModel.metadata.tables:
        if table not in marked:
            assert not [one for one in statements.sent if f" {table} " in one or f" {table}\n" in one], table


def test_a_changed_policy_switch_renews_the_book(database: Database, actor: Actor) -> None:
    database.write(store(big_business(2)), actor=actor)
    before = database.read(rate_book)

    def use(work: Work) -> None:
        work.session.get_one(RateBookVersion, 1).policy = {"capacity_mode": "warn"}

    database.write(use, actor=actor)
    after = database.read(rate_book)
    assert after.version > before.version
    assert after.policy.capacity_mode.value == "warn"


def test_a_guest_does_not_renew_the_book(sqlite_database: Database, actor: Actor) -> None:
    """Or every booking would make every process load all prices again."""
    before = version(sqlite_database)
    sqlite_database.write(lambda work: work.session.add(make_client()), actor=actor)
    assert version(sqlite_database) == before


def discounts_of(work: Work) -> DiscountBook:
    return discount_book(work, rate_book(work))


def test_deleted_and_inactive_rows_are_no_part_of_the_book(database: Database, actor: Actor) -> None:
    database.write(business_with_a_row_of_every_kind, actor=actor)

    def use(work: Work) -> None:
        for model in MODELS:
            row = some_row(work, model) if model is not Property else work.session.get_one(Property, C2)
            if "is_active" in table_of(model).columns and model is not SpecialDatePricing:
                row.is_active = False
            else:
                row.deleted = True

    whole = database.read(rate_book)
    assert database.read(discounts_of) != DiscountBook()
    database.write(use, actor=actor)
    rest = database.read(rate_book)
    left = database.read(discounts_of)

    assert set(whole.by_id) - set(rest.by_id) == {C2}
    assert rest.rate is None
    assert (left.rules, left.referral) == ((), {})
    assert [level.name for level in left.levels.values()] == ["Recurrente"]
    assert rest.services == ()
    assert len(rest.seasons) == len(whole.seasons) - 1
    assert len(rest.cancellation) == len(whole.cancellation) - 1


def test_prices_are_what_the_house_says_and_not_its_neighbour(database: Database, actor: Actor) -> None:
    book = make_book(
        make_house("Casa 10", rates=NightRates(*map(Decimal, ("1.00", "2.00", "3.00", "4.00")))),
        make_house("Casa 2", special_dates=(special(1, 1, "77.77", 2, year=2027),)),
        make_house("Anexo", rates=None, from_price_usd=Decimal("50.00"), is_open=False),
    )
    database.write(store(book), actor=actor)
    read = database.read(rate_book)
    assert replace(read, version=1) == book
    assert [house.name for house in read.houses] == ["Anexo", "Casa 2", "Casa 10"]
