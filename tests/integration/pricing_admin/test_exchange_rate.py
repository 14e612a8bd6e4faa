"""The exchange rate: at most one holds. Source: docs/rules/pricing.md, 1.6."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlmodel import select

from casaaustin.changes import Verb
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput
from casaaustin.pricing.models import ExchangeRate
from casaaustin.pricing.service.exchange_rate import set_rate, show_rate
from tests.integration.pricing_admin.conftest import Office


def active(work: Work) -> list[str]:
    """The active rates."""
    table = table_of(ExchangeRate)
    return [
        str(row.usd_to_sol) for row in work.session.exec(select(ExchangeRate).where(table.c.is_active)).all()
    ]


def test_a_new_rate_ends_the_one_before(office: Office) -> None:
    changed = office.do(lambda work: set_rate(work, Decimal("3.74")))
    assert [(field.old, field.new) for field in changed.fields] == [("3.725", "3.740")]
    report = office.read(show_rate)
    assert report.current is not None
    assert report.current.usd_to_sol == Decimal("3.740")
    assert [(str(rate.usd_to_sol), rate.is_active) for rate in report.history] == [
        ("3.740", True),
        ("3.725", False),
    ]


def test_the_same_rate_again_changes_nothing(office: Office) -> None:
    assert office.do(lambda work: set_rate(work, Decimal("3.725"))).verb is Verb.UNCHANGED
    assert len(office.read(show_rate).history) == 1
    assert office.trail() == []


def test_the_same_rate_makes_an_old_one_new(office: Office, clock: FixedClock) -> None:
    clock.advance(timedelta(days=3, hours=3))
    assert office.read(show_rate).is_stale
    office.do(lambda work: set_rate(work, Decimal("3.725")))
    report = office.read(show_rate)
    assert not report.is_stale
    assert report.age == timedelta(0)


@pytest.mark.parametrize("rate", ["0.999", "0", "-3.7", "3.7255", "1000", "NaN"])
def test_what_is_no_rate_is_refused(office: Office, rate: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.do(lambda work: set_rate(work, Decimal(rate)))
    assert refused.value.field == "usd_to_sol"


def test_the_first_rate(empty_office: Office) -> None:
    assert empty_office.read(show_rate).current is None
    assert empty_office.do(lambda work: set_rate(work, Decimal("1.000"))).verb is Verb.ADDED


def test_rates_set_at_the_same_time_leave_one(office: Office) -> None:
    rates = [Decimal("3.700") + Decimal(number).scaleb(-3) for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda rate: office.do(lambda work: set_rate(work, rate)), rates))
    assert len(office.read(active)) == 1
