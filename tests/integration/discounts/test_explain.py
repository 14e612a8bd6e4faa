"""Discounts explained on every database, of a stay and of a sale (docs/rules/pricing.md, 2.5 to 2.7)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from casaaustin import facade
from casaaustin.clients.models import Client
from casaaustin.db.work import Work
from casaaustin.errors import CodeRefused, InvalidInput
from casaaustin.money import NOTHING, ZERO, Amount
from casaaustin.quoting.evaluate import QuoteRequest
from casaaustin.quoting.explain import Considered, Explanation, Standing, Why
from casaaustin.quoting.explaining import explain_stay
from casaaustin.references import find_reservation
from casaaustin.register.models import Reservation
from casaaustin.reservations import booking
from casaaustin.reservations.details import SoldDiscount, details
from casaaustin.reservations.explaining import SaleExplained, explain_sale
from casaaustin.vocabulary import Origin, RedemptionState, Source
from tests.support.counting import counting
from tests.support.desk import Desk
from tests.support.offers import (
    give_levels,
    make_code,
    make_level,
    make_rule,
    store_discounts,
    store_levels,
    store_referral,
)
from tests.support.world import C1, make_client, stay

STAY = stay("2026-04-13", "2026-04-15")
PREMIUM = make_level("Premium", 3, 1, 1)


@pytest.fixture
def offered(desk: Desk) -> Desk:
    """A code, a promotion of 15 %, one that is switched off, and a level that gives those it brings 20 %."""

    def use(work: Work) -> None:
        store_levels(work, PREMIUM)
        store_discounts(
            work, make_code("TEN"), make_rule("Promo"), make_rule("Off", "50.00", is_active=False)
        )
        store_referral(work, PREMIUM, "20.00")

    desk.write(use)
    return desk


def explained(desk: Desk, **more: Any) -> Explanation:
    facts = {"client": desk.client} | {name: more.pop(name) for name in ("client", "code") if name in more}
    request = QuoteRequest(STAY, 2, C1, **facts)
    return desk.database.read(lambda work: explain_stay(work, request, **more))


def sale_explained(desk: Desk, booked: Reservation) -> SaleExplained:
    return desk.database.read(lambda work: explain_sale(work, find_reservation(work, booked.id.hex)))


def recommend(desk: Desk, *, levels: bool) -> None:
    """Let Bruno, who may hold a level, bring the guest."""
    bruno = make_client("Bruno", "Salas")

    def use(work: Work) -> None:
        work.session.add(bruno)
        work.session.flush()
        if levels:
            give_levels(work, bruno.id, [PREMIUM])
        guest = work.session.get(Client, desk.client)
        assert guest is not None
        guest.referred_by_id = bruno.id

    desk.write(use)


def standings(found: Explanation) -> dict[str, Standing]:
    return {name_of(one): one.standing for one in found.considered}


def name_of(one: Considered) -> str:
    return one.discount.name if one.discount is not None else one.source.value


def test_every_rule_is_considered_and_the_effects_add_up(offered: Desk) -> None:
    found = explained(offered, code="ten")
    assert standings(found) == {
        "TEN": Standing.WON,
        "Promo": Standing.PASSED_OVER,
        "Off": Standing.REFUSED,
    }
    assert found.decision.why is Why.CODE_WINS
    totals = found.answer.totals
    assert totals.subtotal - sum((one.effect for one in found.considered), NOTHING) == totals.final
    assert offered.quote(STAY, code="TEN", client=offered.client).of(C1).totals == totals


def test_a_recommendation_is_explained_with_the_level(offered: Desk) -> None:
    recommend(offered, levels=True)
    found = explained(offered)
    first = found.considered[0]
    assert (first.source, first.standing, first.worth.usd) == (
        Source.REFERRAL,
        Standing.WON,
        Decimal("48.00"),
    )
    assert found.names.levels[PREMIUM.id] == "Premium"


def test_a_recommendation_without_a_level_is_explained_too(offered: Desk) -> None:
    recommend(offered, levels=False)
    first = explained(offered).considered[0]
    assert (first.source, first.discount, first.standing) == (Source.REFERRAL, None, Standing.REFUSED)
    assert [check.reason for check in first.checks] == [None, "referral_without_percentage"]


def test_nobody_recommended_means_no_such_line(offered: Desk) -> None:
    assert {one.source for one in explained(offered).considered} == {Source.GLOBAL_PROMOTION}


def test_another_day_of_booking_may_be_assumed(offered: Desk) -> None:
    found = explained(offered, code="TEN", booked_on=date(2027, 1, 1))
    assert standings(found)["TEN"] is Standing.REFUSED
    assert found.booked_on == date(2027, 1, 1)


def test_the_number_of_statements_does_not_grow_with_the_rules(offered: Desk) -> None:
    def statements() -> int:
        explained(offered, code="TEN")  # the rate book is known afterwards
        with counting(offered.database) as counted:
            explained(offered, code="TEN")
        return len(counted)

    before = statements()
    offered.write(lambda work: store_discounts(work, *(make_rule(f"Rule {n}", "1.00") for n in range(30))))
    assert statements() == before
    assert len(explained(offered, code="TEN").considered) == 33


def test_explaining_writes_nothing(offered: Desk) -> None:
    booked = offered.reserve(STAY, code="TEN")
    with counting(offered.database) as counted:
        sale_explained(offered, booked)
    assert [one for one in counted.sent if not one.lstrip().upper().startswith("SELECT")] == []


# -- what was sold --------------------------------------------------------------------------------


def test_a_sale_is_explained_from_what_was_kept_and_by_the_rules_of_today(offered: Desk) -> None:
    booked = offered.reserve(STAY, code="TEN")
    offered.write(lambda work: store_discounts(work, make_rule("New", "30.00")))
    found = sale_explained(offered, booked)
    assert found.sold.discount == SoldDiscount(
        Source.CODE,
        "TEN",
        Decimal("10.00"),
        Decimal("24.00"),
        Decimal("89.40"),
        RedemptionState.CONFIRMED,
    )
    assert standings(found.now)["New"] is Standing.PASSED_OVER
    assert found.now.answer.totals.total == Amount(booked.price_usd, booked.price_sol)


def test_a_code_used_up_by_the_sale_itself_still_counts_for_it(desk: Desk) -> None:
    desk.write(lambda work: store_discounts(work, make_code("ONCE", usage_limit=1)))
    booked = desk.reserve(STAY, code="ONCE")
    assert standings(sale_explained(desk, booked).now) == {"ONCE": Standing.WON}


def test_the_bill_of_a_sale_with_a_discount_adds_up(offered: Desk) -> None:
    booked = offered.reserve(STAY, code="TEN", late_checkout=True)
    bill = offered.database.read(lambda work: details(work, find_reservation(work, booked.id.hex))).bill
    assert [line.kind for line in bill] == ["night", "night", "extra_guests", "discount", "late_checkout"]
    assert sum((line.usd for line in bill), ZERO) == booked.price_usd
    assert sum((line.sol for line in bill), ZERO) == booked.price_sol


def test_a_cancelled_sale_keeps_its_bill_and_says_that_the_use_is_free(offered: Desk) -> None:
    booked = offered.reserve(STAY, code="TEN")
    offered.cancel(booked)
    sold = sale_explained(offered, booked).sold.discount
    assert sold is not None
    assert (sold.code, sold.use) == ("TEN", RedemptionState.RELEASED)


def test_without_its_code_a_sale_has_the_next_best_discount(offered: Desk) -> None:
    booked = offered.reserve(STAY, code="TEN")
    offered.change(booked, drop_code=True)
    sold = sale_explained(offered, booked).sold.discount
    assert sold is not None
    assert (sold.name, sold.code, sold.use) == ("Promo", None, None)


def test_what_we_do_not_price_has_nothing_to_explain(offered: Desk) -> None:
    for booked in (
        offered.block(stay("2026-04-20", "2026-04-22")),
        offered.reserve(stay("2026-04-24", "2026-04-26"), origin=Origin.AIRBNB),
    ):
        with pytest.raises(InvalidInput):
            sale_explained(offered, booked)


# -- the facade -----------------------------------------------------------------------------------


def test_the_facade_quotes_and_books_at_the_same_price(offered: Desk) -> None:
    asked: dict[str, Any] = {"check_in": STAY.check_in, "check_out": STAY.check_out, "guests": 2}
    quoted = facade.quote(offered.database, house="Casa 1", client=str(offered.client), code="ten", **asked)
    booked = facade.reserve(offered.database, house="Casa 1", client=str(offered.client), code="ten", **asked)
    assert quoted.of(C1).totals.total == Amount(booked.price_usd, booked.price_sol)
    assert quoted.of(C1).outcome.code_won


def test_the_facade_refuses_a_code_unless_told_otherwise(offered: Desk) -> None:
    asked: dict[str, Any] = {"check_in": STAY.check_in, "check_out": STAY.check_out, "code": "NOPE"}
    who: dict[str, Any] = {"house": "Casa 1", "client": str(offered.client)}
    with pytest.raises(CodeRefused):
        facade.reserve(offered.database, **who, **asked)
    booked = facade.reserve(offered.database, accept_without_discount=True, **who, **asked)
    assert booked.price_usd == Decimal("187.00")


def test_booking_without_the_code_remarks_on_it(offered: Desk) -> None:
    def use(work: Work) -> list[str]:

        booking.reserve(work, offered.order(STAY, code="NOPE", accept_without_discount=True))
        return list(work.notes)

    assert offered.write(use) == ["The code NOPE does not apply: there is no such code. Booked without it."]


def test_a_client_is_told_no_strangers_reason(offered: Desk) -> None:
    offered.write(lambda work: store_discounts(work, make_code("OVER", is_active=False)))

    def use(work: Work) -> list[str]:

        order = offered.order(
            STAY,
            code="OVER",
            accept_without_discount=True,
            origin=Origin.CLIENT,
            hold=timedelta(hours=1),
        )
        booking.reserve(work, order)
        return list(work.notes)

    assert offered.write(use) == ["The code OVER does not apply: the code is not valid. Booked without it."]
