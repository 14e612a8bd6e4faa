"""Generators of codes on every database. Source: docs/rules/pricing.md, 1.8 and 2.8."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import chain, cycle
from typing import Any

import pytest

from casaaustin.actors import Actor
from casaaustin.clock import FixedClock
from casaaustin.db.work import Work
from casaaustin.discounts.service import codes, generators
from casaaustin.discounts.service.codes import CodeListed
from casaaustin.discounts.service.generators import GeneratedCode, GeneratorListed
from casaaustin.discounts.service.minting import Allowance, key_allowance, mint_within_cap
from casaaustin.errors import CodeRefused, Conflict, InvalidInput, NotFound, RuleRefused
from casaaustin.vocabulary import Channel, CodeOrigin, DayScope
from tests.support.counting import counting
from tests.support.desk import Desk
from tests.support.world import C1, C2, stay

FIRST = stay("2026-04-13", "2026-04-15")
TODAY = date(2026, 4, 6)


def add(desk: Desk, name: str = "Aniversario", **more: Any) -> Any:
    facts: dict[str, Any] = {"prefix": "ANIV", "discount_percentage": Decimal("15.00")}
    return desk.write(lambda work: generators.add_generator(work, name=name, **facts | more))


def edit(desk: Desk, called: str = "Aniversario", /, **more: Any) -> Any:
    return desk.write(lambda work: generators.edit_generator(work, called, **more))


def generate(desk: Desk, name: str = "aniversario", **more: Any) -> GeneratedCode:
    made = desk.write(lambda work: generators.generate(work, name, **more))
    assert isinstance(made, GeneratedCode)
    return made


def listed(desk: Desk) -> list[GeneratorListed]:
    return list(desk.database.read(generators.list_generators))


def shown(desk: Desk, code: str) -> CodeListed:
    return desk.database.read(lambda work: codes.show_code(work, code)).code


def drawing(*drawn: str) -> Callable[[str], str]:
    """Draws these codes one after the other, the last one for ever."""
    characters = chain("".join(drawn[:-1]), cycle(drawn[-1]))
    return lambda _: next(characters)


def test_a_generated_code_has_everything_of_its_recipe(desk: Desk) -> None:
    add(
        desk,
        display_name="Aniversario de la casa",
        validity_days=30,
        min_amount_usd=Decimal("150.00"),
        max_discount_usd=Decimal("40.00"),
        usage_limit=2,
        restrict_weekends=True,
        specific_weekdays="lun",
        day_scope=DayScope.ALL_NIGHTS,
        apply_only_to_base_price=True,
        houses=["casa-2", "casa-1"],
    )
    made = generate(desk)
    assert (made.start_date, made.end_date, made.validity_days) == (TODAY, date(2026, 5, 6), 30)
    line = shown(desk, made.code)
    assert line.code.startswith("ANIV")
    assert (line.origin, line.generator, line.made_by) == (CodeOrigin.DYNAMIC, "Aniversario", "ana")
    assert (line.description, line.discount_value) == ("Aniversario de la casa", Decimal("15.00"))
    assert (line.min_amount_usd, line.max_discount_usd) == (Decimal("150.00"), Decimal("40.00"))
    assert (line.usage_limit, line.client, line.per_client_limit) == (2, None, None)
    assert (line.restrict_weekends, line.specific_weekdays, line.weekdays) == (True, "0", (0,))
    assert (line.day_scope, line.apply_only_to_base_price) == (DayScope.ALL_NIGHTS, True)
    assert line.houses == made.houses == ("casa-1", "casa-2")
    assert [one.codes for one in listed(desk)] == [1]


def test_what_is_left_out_has_its_default(desk: Desk) -> None:
    add(desk)
    (line,) = listed(desk)
    assert (line.validity_days, line.min_amount_usd, line.usage_limit) == (7, Decimal("30.00"), 1)
    assert (line.icon, line.is_active, line.houses) == ("pricetag-outline", True, ())
    assert generate(desk).description == "Aniversario"


def test_both_ends_of_its_validity_belong_to_it(desk: Desk, clock: FixedClock) -> None:
    add(desk, usage_limit=9)
    made = generate(desk)
    assert made.end_date == date(2026, 4, 13)
    clock.advance(timedelta(days=7))
    desk.reserve(stay("2026-04-20", "2026-04-22"), code=made.code)
    clock.advance(timedelta(days=1))
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(stay("2026-04-27", "2026-04-29"), code=made.code)
    assert refused.value.code == "code_expired"


def test_an_edited_recipe_leaves_its_codes_alone_and_a_deleted_one_too(desk: Desk) -> None:
    add(desk, houses=["casa-1"])
    made = generate(desk)
    edit(desk, discount_percentage=Decimal(50), houses=["casa-2"], name="Otro")
    line = shown(desk, made.code)
    assert (line.discount_value, line.houses) == (Decimal("15.00"), ("casa-1",))
    desk.write(lambda work: generators.delete_generator(work, "Otro"))
    assert listed(desk) == []
    assert desk.quote(FIRST, house=C1, code=made.code).of(C1).outcome.amount.usd == Decimal("36.00")
    assert desk.quote(FIRST, house=C2, code=made.code).of(C2).outcome.amount.usd == 0


def test_a_prefix_never_changes(desk: Desk) -> None:
    add(desk)
    with pytest.raises(RuleRefused) as refused:
        edit(desk, prefix="OTRO")
    assert refused.value.code == "prefix_never_changes"
    assert edit(desk, prefix="aniv").fields == ()


def test_names_are_unique_whatever_their_case_until_deleted(desk: Desk) -> None:
    add(desk)
    with pytest.raises(Conflict):
        add(desk, "ANIVERSARIO")
    add(desk, "Otro")
    with pytest.raises(Conflict):
        edit(desk, "Otro", name="aniversario")
    desk.write(lambda work: generators.delete_generator(work, "Aniversario"))
    add(desk, "ANIVERSARIO")


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"prefix": "a b"}, "prefix"),
        ({"prefix": "ABCDEFGHIJK"}, "prefix"),
        ({"discount_percentage": Decimal("0.99")}, "discount_percentage"),
        ({"discount_percentage": Decimal("100.01")}, "discount_percentage"),
        ({"validity_days": 0}, "validity_days"),
        ({"validity_days": 99_999_999}, "validity_days"),
        ({"usage_limit": 0}, "usage_limit"),
        ({"usage_limit": None}, "usage_limit"),
        ({"max_discount_usd": Decimal(0)}, "max_discount_usd"),
        ({"restrict_weekdays": True, "restrict_weekends": True}, "restrict_weekends"),
        ({"specific_weekdays": "x"}, "specific_weekdays"),
        ({"name": " "}, "name"),
    ],
)
def test_a_malformed_recipe_is_refused_and_nothing_is_stored(
    desk: Desk, more: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(desk, **more)
    assert refused.value.field == field
    assert listed(desk) == []


def test_only_the_whole_name_makes_a_code(desk: Desk) -> None:
    add(desk)
    assert generate(desk, " ANIVERSARIO ").code.startswith("ANIV")
    with pytest.raises(NotFound) as unknown:
        generate(desk, "aniv")
    assert unknown.value.code == "generator_not_found"
    desk.write(lambda work: generators.disable_generator(work, "aniv"))
    with pytest.raises(RuleRefused) as refused:
        generate(desk)
    assert refused.value.code == "generator_inactive"


@pytest.mark.parametrize(
    ("percentage", "days", "field"),
    [
        ("0.99", 7, "percentage"),
        ("100.01", 7, "percentage"),
        ("10", 0, "validity_days"),
        ("10", 366, "validity_days"),
    ],
)
def test_a_simple_code_has_bounds(desk: Desk, percentage: str, days: int, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.write(
            lambda work: generators.generate_simple(work, percentage=Decimal(percentage), validity_days=days)
        )
    assert refused.value.field == field


def test_a_simple_code_is_for_one_use_everywhere(desk: Desk) -> None:
    made = desk.write(generators.generate_simple)
    line = shown(desk, made.code)
    assert line.code.startswith("SIMPLE")
    assert (line.discount_value, line.end_date) == (Decimal("10.00"), date(2026, 4, 13))
    assert (line.usage_limit, line.min_amount_usd, line.houses) == (1, None, ())
    assert (line.origin, line.description) == (CodeOrigin.SIMPLE, "Descuento del 10%")
    desk.reserve(FIRST, code=made.code)


def test_a_taken_code_is_drawn_again_also_when_it_was_deleted(desk: Desk) -> None:
    add(desk)
    first = generate(desk, pick=drawing("AAAAAA"))
    desk.write(lambda work: codes.delete_code(work, first.code))
    assert generate(desk, pick=drawing("AAAAAA", "BBBBBB")).code == "ANIVBBBBBB"


def test_ten_taken_codes_in_a_row_and_nothing_is_left_behind(desk: Desk) -> None:
    add(desk)
    generate(desk, pick=drawing("AAAAAA"))
    drawn: list[str] = []

    def always_taken(_alphabet: str) -> str:
        drawn.append("A")
        return "A"

    with pytest.raises(RuleRefused) as refused:
        generate(desk, pick=always_taken)
    assert refused.value.code == "code_space_exhausted"
    assert len(drawn) == 10 * 6
    assert desk.database.read(codes.list_codes).total == 1


def test_a_repeated_request_makes_one_code_and_spends_the_allowance_once(desk: Desk) -> None:
    add(desk)
    allowance = Allowance("bot", 1, Decimal(20))
    one, again = (generate(desk, key="k", allowance=allowance) for _ in range(2))
    assert one == again
    with pytest.raises(RuleRefused) as refused:
        generate(desk, allowance=allowance)
    assert refused.value.code == "mint_cap_reached"


def test_an_allowance_limits_the_percentage_and_the_codes_of_a_day(desk: Desk, clock: FixedClock) -> None:
    add(desk, discount_percentage=Decimal("20.01"))
    allowance = Allowance("bot", 2, Decimal(20))
    with pytest.raises(RuleRefused) as refused:
        generate(desk, allowance=allowance)
    assert refused.value.code == "mint_percentage_too_high"
    simple = desk.write
    for _ in range(2):
        simple(lambda work: generators.generate_simple(work, allowance=allowance))
    with pytest.raises(RuleRefused) as refused:
        simple(lambda work: generators.generate_simple(work, allowance=allowance))
    assert refused.value.code == "mint_cap_reached"
    simple(generators.generate_simple)  # nobody limits a person at the terminal
    other = Allowance("other", 2, Decimal(20))
    simple(lambda work: generators.generate_simple(work, allowance=other))
    clock.advance(timedelta(hours=13, minutes=59))  # still the same day in Lima
    with pytest.raises(RuleRefused):
        simple(lambda work: generators.generate_simple(work, allowance=allowance))
    clock.advance(timedelta(minutes=1))
    simple(lambda work: generators.generate_simple(work, allowance=allowance))


def test_what_was_rolled_back_was_not_counted(desk: Desk) -> None:
    def fail(work: Work) -> None:
        mint_within_cap(work, "bot", TODAY, 1)
        raise NotFound("the work failed after all")

    for _ in range(3):
        with pytest.raises(NotFound):
            desk.write(fail)
    desk.write(lambda work: mint_within_cap(work, "bot", TODAY, 1))
    with pytest.raises(RuleRefused):
        desk.write(lambda work: mint_within_cap(work, "bot", TODAY, 1))
    with pytest.raises(RuleRefused):
        desk.write(lambda work: mint_within_cap(work, "nobody", TODAY, 0))


def test_the_allowance_of_a_key_comes_from_the_settings(desk: Desk) -> None:
    bot = Actor("key web", Channel.API)
    found = desk.database.write(key_allowance, actor=bot)
    assert found == Allowance("key web", 200, Decimal(20))


def test_a_list_takes_the_same_few_statements_however_long_it_is(desk: Desk) -> None:
    counts = []
    for first, count in ((0, 1), (1, 10)):
        for number in range(first, first + count):
            add(desk, f"Recipe {number}", houses=["casa-1", "casa-2"])
            generate(desk, f"recipe {number}")
        with counting(desk.database) as statements:
            desk.database.read(generators.list_generators)
        counts.append(len(statements))
    assert counts == [3, 3]
