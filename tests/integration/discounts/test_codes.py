"""Codes as staff administer them, on every database. Source: docs/rules/pricing.md, 1.7 and 2.8."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import update

from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import DiscountCode
from casaaustin.discounts.service import codes
from casaaustin.discounts.service.codes import CodeListed, CodeState
from casaaustin.errors import CodeRefused, Conflict, InvalidInput, KeyReused, NotFound, RuleRefused
from casaaustin.vocabulary import Benefit, CodeOrigin, DayScope, RedemptionState
from tests.support.counting import counting
from tests.support.desk import HOUR, Desk
from tests.support.world import C1, C2, make_client, stay

FIRST, SECOND = stay("2026-04-13", "2026-04-15"), stay("2026-04-20", "2026-04-22")


def fields(**more: Any) -> Any:
    """A code of 10 %, valid in all of 2026."""
    facts: dict[str, Any] = {
        "description": "Diez por ciento",
        "discount_type": Benefit.PERCENTAGE,
        "discount_value": Decimal("10.00"),
        "start_date": date(2026, 1, 1),
        "end_date": date(2026, 12, 31),
    }
    return facts | more


def create(desk: Desk, code: str = "TEN", **more: Any) -> Any:
    return desk.write(lambda work: codes.create_code(work, code, **fields(**more)))


def edit(desk: Desk, code: str = "TEN", /, **more: Any) -> Any:
    return desk.write(lambda work: codes.edit_code(work, code, **more))


def shown(desk: Desk, code: str = "TEN") -> CodeListed:
    return desk.database.read(lambda work: codes.show_code(work, code)).code


def listed(desk: Desk, **asked: Any) -> list[str]:
    return [line.code for line in desk.database.read(lambda work: codes.list_codes(work, **asked)).codes]


def test_a_code_says_all_of_itself(desk: Desk) -> None:
    everything = fields(
        discount_value=Decimal("12.5"),
        min_amount_usd=Decimal(200),
        max_discount_usd=Decimal("60.00"),
        usage_limit=5,
        per_client_limit=1,
        is_active=False,
        restrict_weekends=True,
        specific_weekdays="sab, jue",
        day_scope=DayScope.ALL_NIGHTS,
        apply_only_to_base_price=True,
        client="Ana Quispe",
        houses=["Casa 2", "casa-1", "casa-2"],
    )
    desk.write(lambda work: codes.create_code(work, "  verano-26 ", **everything))
    line = shown(desk, "Verano-26")
    assert line.code == "VERANO-26"
    assert (line.discount_value, line.min_amount_usd) == (Decimal("12.50"), Decimal("200.00"))
    assert (line.specific_weekdays, line.weekdays) == ("3,5", (3, 5))
    assert (line.houses, line.client) == (("casa-1", "casa-2"), "Ana Quispe")
    assert (line.usage_limit, line.per_client_limit, line.uses) == (5, 1, 0)
    assert (line.state, line.origin, line.made_by) == (CodeState.DISABLED, CodeOrigin.MANUAL, "ana")
    assert (line.day_scope, line.apply_only_to_base_price) == (DayScope.ALL_NIGHTS, True)


@pytest.mark.parametrize(
    ("code", "more", "field"),
    [
        pytest.param("AB", {}, "code", id="too short"),
        pytest.param("-ABC", {}, "code", id="begins with a dash"),
        pytest.param("A B C", {}, "code", id="blanks inside"),
        pytest.param("NIÑO", {}, "code", id="not A to Z"),
        pytest.param("A" * 51, {}, "code", id="too long"),
        pytest.param("TEN", {"description": " "}, "description", id="says nothing"),
        pytest.param("TEN", {"description": "x" * 201}, "description", id="says too much"),
        pytest.param("TEN", {"discount_value": Decimal(0)}, "discount_value", id="takes nothing off"),
        pytest.param("TEN", {"discount_value": Decimal("100.01")}, "discount_value", id="above 100 %"),
        pytest.param("TEN", {"discount_value": Decimal("0.001")}, "discount_value", id="three decimals"),
        pytest.param(
            "TEN",
            {"discount_type": Benefit.FIXED_SOL, "max_discount_usd": Decimal(5)},
            "max_discount_usd",
            id="a cap of a fixed amount",
        ),
        pytest.param("TEN", {"max_discount_usd": Decimal(0)}, "max_discount_usd", id="a cap of nothing"),
        pytest.param("TEN", {"min_amount_usd": Decimal(-1)}, "min_amount_usd", id="a negative minimum"),
        pytest.param("TEN", {"end_date": date(2025, 12, 31)}, "end_date", id="ends before it begins"),
        pytest.param("TEN", {"usage_limit": 0}, "usage_limit", id="no use"),
        pytest.param("TEN", {"per_client_limit": 0}, "per_client_limit", id="no use per client"),
        pytest.param("TEN", {"specific_weekdays": "4,7"}, "specific_weekdays", id="an eighth weekday"),
        pytest.param("TEN", {"specific_weekdays": "weekend"}, "specific_weekdays", id="no weekday"),
        pytest.param(
            "TEN", {"restrict_weekdays": True, "restrict_weekends": True}, "restrict_weekends", id="W26"
        ),
    ],
)
def test_what_cannot_be_computed_is_refused_and_nothing_is_stored(
    desk: Desk, code: str, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        create(desk, code, **more)
    assert refused.value.field == field
    assert listed(desk) == []


def test_w26_by_its_code_also_when_the_second_flag_comes_later(desk: Desk) -> None:
    create(desk, restrict_weekdays=True)
    with pytest.raises(InvalidInput) as refused:
        edit(desk, restrict_weekends=True)
    assert (refused.value.code, refused.value.field) == ("code_config_conflict", "restrict_weekends")
    assert not shown(desk).restrict_weekends
    edit(desk, restrict_weekends=True, specific_weekdays="vie")
    assert shown(desk).weekdays == (4,)


@pytest.mark.parametrize(
    "missing", ["description", "discount_type", "discount_value", "start_date", "end_date"]
)
def test_what_a_code_must_say_is_named(desk: Desk, missing: str) -> None:
    facts = fields()
    del facts[missing]
    with pytest.raises(InvalidInput) as refused:
        desk.write(lambda work: codes.create_code(work, "TEN", **facts))
    assert refused.value.field == missing


def test_a_code_is_never_given_out_twice(desk: Desk) -> None:
    create(desk)
    with pytest.raises(Conflict) as refused:
        create(desk, "ten")
    assert refused.value.code == "code_taken"
    desk.write(lambda work: codes.delete_code(work, "TEN"))
    assert listed(desk) == []
    with pytest.raises(Conflict, match="deleted"):
        create(desk)
    desk.write(lambda work: codes.restore_code(work, "ten"))
    assert listed(desk) == ["TEN"]
    with pytest.raises(NotFound):
        desk.write(lambda work: codes.restore_code(work, "TEN"))


def test_a_repeated_request_makes_one_code_and_another_content_is_refused(desk: Desk) -> None:
    first, again = (
        desk.write(lambda work: codes.create_code(work, "TEN", key="k", **fields())) for _ in range(2)
    )
    assert first == again
    with pytest.raises(KeyReused):
        desk.write(lambda work: codes.create_code(work, "TEN", key="k", **fields(usage_limit=2)))


def test_houses_change_and_the_code_is_refused_elsewhere(desk: Desk) -> None:
    create(desk, houses=["casa-1"])
    assert desk.quote(FIRST, house=C1, code="TEN").of(C1).outcome.amount.usd == Decimal("24.00")
    refused = desk.quote(FIRST, house=C2, code="TEN").of(C2).outcome.code
    assert refused is not None
    assert refused.reason == "code_wrong_property"
    edit(desk, houses=[])
    assert desk.quote(FIRST, house=C2, code="TEN").of(C2).outcome.amount.usd > 0
    with pytest.raises(NotFound):
        edit(desk, houses=["casa-9"])


def test_uses_are_counted_and_shown_with_what_became_of_them(desk: Desk, clock: FixedClock) -> None:
    create(desk, usage_limit=3)
    held = desk.hold(FIRST, code="TEN")
    booked = desk.reserve(SECOND, code="TEN")
    assert (shown(desk).uses, shown(desk).state) == (2, CodeState.LIVE)
    desk.cancel(booked)
    clock.advance(HOUR + timedelta(seconds=1))
    assert shown(desk).uses == 0  # one given back, one lapsed; no job has run
    uses = desk.database.read(lambda work: codes.show_code(work, "TEN")).redemptions
    found = {use.reservation_id: (use.state, use.counts, use.house) for use in uses}
    assert found == {
        held.id: (RedemptionState.HELD, False, "casa-1"),
        booked.id: (RedemptionState.RELEASED, False, "casa-1"),
    }


def test_a_limit_never_goes_below_the_uses_that_were_made(desk: Desk) -> None:
    create(desk)
    desk.reserve(FIRST, code="TEN")
    desk.reserve(SECOND, code="TEN")
    for field in ("usage_limit", "per_client_limit"):
        with pytest.raises(RuleRefused) as refused:
            edit(desk, **{field: 1})
        assert (refused.value.code, refused.value.details["uses"]) == ("limit_below_uses", 2)
        edit(desk, **{field: 2})
    assert shown(desk).state is CodeState.USED_UP
    edit(desk, usage_limit=None)
    assert shown(desk).state is CodeState.LIVE


def test_a_limit_per_client_looks_at_the_client_with_the_most_uses(desk: Desk) -> None:
    create(desk)
    desk.reserve(FIRST, code="TEN")
    desk.hold(SECOND, code="TEN")
    edit(desk, per_client_limit=1)
    assert shown(desk).uses == 2


def test_a_disabled_or_deleted_code_sells_nothing_more_and_its_bookings_keep_it(desk: Desk) -> None:
    create(desk)
    booked = desk.reserve(FIRST, code="TEN")
    desk.write(lambda work: codes.disable_code(work, "TEN"))
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(SECOND, code="TEN")
    assert refused.value.code == "code_inactive"
    desk.write(lambda work: codes.delete_code(work, "TEN"))
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(SECOND, code="TEN")
    assert refused.value.code == "code_not_found"
    assert desk.reload(booked).price_usd == Decimal("216.00")


def test_states_follow_the_day_in_lima(desk: Desk, clock: FixedClock) -> None:
    create(desk, "LATER", start_date=date(2026, 4, 7))
    create(desk, "OVER", end_date=date(2026, 4, 5))
    create(desk, "NOW", start_date=date(2026, 4, 6), end_date=date(2026, 4, 6))
    assert listed(desk, state=CodeState.NOT_STARTED) == ["LATER"]
    assert listed(desk, state=CodeState.EXPIRED) == ["OVER"]
    assert listed(desk, state=CodeState.LIVE) == ["NOW"]
    clock.advance(timedelta(hours=13, minutes=59))  # 23:59 in Lima, tomorrow in UTC
    assert listed(desk, state=CodeState.LIVE) == ["NOW"]
    clock.advance(timedelta(minutes=1))
    assert listed(desk, state=CodeState.LIVE) == ["LATER"]


def test_a_list_is_searched_and_paged(desk: Desk, clock: FixedClock) -> None:
    for number in range(5):
        create(desk, f"CODE-{number}", description="Otoño" if number % 2 else "100 % algodón")
        clock.advance(timedelta(minutes=1))
    assert listed(desk) == ["CODE-4", "CODE-3", "CODE-2", "CODE-1", "CODE-0"]
    assert listed(desk, search="oto") == ["CODE-3", "CODE-1"]
    assert listed(desk, search="0 %") == ["CODE-4", "CODE-2", "CODE-0"]
    assert listed(desk, search="%") == ["CODE-4", "CODE-2", "CODE-0"]  # no wildcard
    page = desk.database.read(lambda work: codes.list_codes(work, limit=2, offset=4))
    assert ([line.code for line in page.codes], page.total) == (["CODE-0"], 5)
    for wrong in ({"limit": 0}, {"limit": 501}, {"offset": -1}):
        with pytest.raises(InvalidInput):
            desk.database.read(lambda work, wrong=wrong: codes.list_codes(work, **wrong))  # type: ignore[misc]


def test_a_list_takes_the_same_few_statements_however_long_it_is(desk: Desk) -> None:
    counts = []
    for first, count in ((0, 2), (2, 40)):
        for number in range(first, first + count):
            create(desk, f"CODE-{number}", houses=["casa-1", "casa-2"], client="Ana Quispe")
        with counting(desk.database) as statements:
            desk.database.read(codes.list_codes)
        counts.append(len(statements))
    assert counts == [3, 3]


def test_a_code_of_a_client_is_refused_to_others_and_may_be_freed(desk: Desk) -> None:
    bruno = make_client("Bruno", "Salas")
    desk.write(lambda work: work.session.add(bruno))
    create(desk, client=str(bruno.id))
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(FIRST, code="TEN")
    assert refused.value.code == "code_not_yours"
    edit(desk, client=None)
    assert desk.reserve(FIRST, code="TEN").price_usd == Decimal("216.00")


def test_a_row_taken_over_with_both_flags_is_listed_and_can_be_switched_off(desk: Desk) -> None:
    create(desk)
    table = table_of(DiscountCode)

    def take_over(work: Work) -> None:
        work.connection.execute(
            update(table).values(restrict_weekdays=True, restrict_weekends=True, is_active=False)
        )

    desk.write(take_over)
    assert (shown(desk).weekdays, shown(desk).state) == ((), CodeState.DISABLED)
    assert desk.write(lambda work: codes.disable_code(work, "TEN")).fields == ()
    with pytest.raises(InvalidInput):
        edit(desk, is_active=True)
    edit(desk, is_active=True, restrict_weekdays=False)
    assert shown(desk).weekdays == (4, 5)


def test_a_code_that_ended_already_is_remarked_on(desk: Desk) -> None:
    def notes(work: Work) -> list[str]:
        codes.create_code(work, "OLD", **fields(end_date=date(2026, 4, 5)))
        return list(work.notes)

    assert desk.write(notes) == ["OLD ended on 2026-04-05: nobody can book with it."]
