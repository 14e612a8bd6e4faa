"""Administration of automatic rules and referral discounts on every database, seen through quotes.

Source: docs/rules/pricing.md, 1.10, 1.11 and 2.7.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from casaaustin.audit.models import AuditEvent
from casaaustin.changes import Verb
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.service.automatic import (
    RuleState,
    add_rule,
    delete_rule,
    disable_rule,
    edit_rule,
    list_rules,
    show_rule,
)
from casaaustin.discounts.service.codes import create_code, manual_codes
from casaaustin.discounts.service.generators import add_generator, list_generators
from casaaustin.discounts.service.promotions import add_promotion, list_promotions
from casaaustin.discounts.service.referral import (
    delete_referral,
    disable_referral,
    list_referral,
    set_referral,
)
from casaaustin.errors import Conflict, InvalidInput, KeyReused, NotFound, RuleRefused
from casaaustin.reservations.retirement import delete_house
from casaaustin.stays import Stay
from casaaustin.vocabulary import Benefit, DayScope, Source, Trigger
from tests.support.counting import counting
from tests.support.desk import Desk
from tests.support.offers import give_levels, make_level, store_levels
from tests.support.world import C1, make_client, stay

LEGEND, PREMIUM = make_level("Legend", 10), make_level("Premium", 3)
# 180.00 for one guest: a Friday night in Casa 1, whose base price has no extra guests.
FRIDAY, MONDAY = stay("2026-04-17", "2026-04-18"), stay("2026-04-13", "2026-04-14")
PLAIN: dict[str, Any] = {
    "name": "Global",
    "trigger": Trigger.GLOBAL_PROMOTION,
    "discount_percentage": Decimal("10.00"),
}


def add(desk: Desk, **fields: Any) -> Any:
    return desk.write(lambda work: add_rule(work, **{**PLAIN, **fields}))


def off(desk: Desk, asked: Stay = FRIDAY, guests: int = 1, *, client: UUID | None = None) -> str:
    """What the next quote takes off, in dollars."""
    return str(desk.quote(asked, guests, C1, client=client).of(C1).totals.discount.usd)


def test_a_rule_applies_to_the_very_next_quote_and_stops_at_once(desk: Desk) -> None:
    assert off(desk) == "0.00"
    add(desk)
    assert off(desk) == "18.00"
    desk.write(lambda work: edit_rule(work, "global", discount_percentage=Decimal("20.00")))
    assert off(desk) == "36.00"
    desk.write(lambda work: disable_rule(work, "Global"))
    assert off(desk) == "0.00"
    desk.write(lambda work: edit_rule(work, "Global", is_active=True))
    assert off(desk) == "36.00"
    desk.write(lambda work: delete_rule(work, "Global"))
    assert (off(desk), desk.database.read(list_rules)) == ("0.00", ())


@pytest.mark.parametrize(
    ("fields", "friday", "monday"),
    [
        pytest.param({"specific_weekdays": "vie"}, "18.00", "0.00", id="named"),
        pytest.param({"specific_weekdays": "4", "restrict_weekdays": True}, "18.00", "0.00", id="W34"),
        pytest.param({"restrict_weekdays": True}, "0.00", "11.00", id="Sunday to Thursday"),
        pytest.param({"restrict_weekends": True}, "18.00", "0.00", id="Friday and Saturday"),
        pytest.param({"max_discount_usd": Decimal("12.00")}, "12.00", "11.00", id="cap"),
        pytest.param({"start_date": date(2026, 4, 17)}, "18.00", "0.00", id="stays from"),
        pytest.param({"end_date": date(2026, 4, 13)}, "0.00", "11.00", id="stays until"),
        pytest.param({"book_from": date(2026, 4, 7)}, "0.00", "0.00", id="booked from tomorrow"),
        pytest.param({"book_to": date(2026, 4, 6)}, "18.00", "11.00", id="booked until today"),
        pytest.param({"houses": ["casa-2"]}, "0.00", "0.00", id="another house"),
        pytest.param({"houses": ["Casa 1", "casa-2"]}, "18.00", "11.00", id="this house"),
        pytest.param({"required_achievements": ["Legend"]}, "0.00", "0.00", id="a level"),
        pytest.param({"trigger": Trigger.RETURNING}, "0.00", "0.00", id="trigger"),
    ],
)
def test_each_field_reaches_the_quote(desk: Desk, fields: dict[str, Any], friday: str, monday: str) -> None:
    desk.write(lambda work: store_levels(work, LEGEND, PREMIUM))
    add(desk, **fields)
    assert (off(desk), off(desk, MONDAY)) == (friday, monday)


def test_base_price_only_leaves_the_extra_guests_out(desk: Desk) -> None:
    add(desk)
    assert off(desk, guests=5) == "22.00"
    desk.write(lambda work: edit_rule(work, "Global", apply_only_to_base_price=True))
    assert off(desk, guests=5) == "18.00"


def test_any_one_of_the_levels_is_enough(desk: Desk) -> None:
    desk.write(lambda work: store_levels(work, LEGEND, PREMIUM))
    add(desk, trigger=Trigger.LOYALTY, required_achievements=["Legend", "premium"])
    assert off(desk, client=desk.client) == "0.00"
    desk.write(lambda work: give_levels(work, desk.client, [PREMIUM]))
    assert off(desk, client=desk.client) == "18.00"
    desk.write(lambda work: edit_rule(work, "Global", required_achievements=["Legend"]))
    assert off(desk, client=desk.client) == "0.00"


def test_a_rule_is_shown_as_it_was_written(desk: Desk) -> None:
    desk.write(lambda work: store_levels(work, LEGEND, PREMIUM))
    add(
        desk,
        name=" Jueves y domingo ",
        description="Para ti",
        required_achievements=["Premium", "Legend"],
        specific_weekdays="dom,jue",
        day_scope=DayScope.ALL_NIGHTS,
        start_date=date(2026, 5, 1),
        end_date=date(2026, 5, 31),
        houses=["casa-2", "casa-1"],
        apply_only_to_base_price=True,
    )
    line = desk.database.read(lambda work: show_rule(work, "jue"))
    assert (line.name, line.specific_weekdays, line.weekdays) == ("Jueves y domingo", "3,6", (3, 6))
    assert (line.houses, line.required_achievements) == (("casa-1", "casa-2"), ("Legend", "Premium"))
    assert (line.day_scope, line.start_date, line.end_date) == (
        DayScope.ALL_NIGHTS,
        date(2026, 5, 1),
        date(2026, 5, 31),
    )
    assert line.state is RuleState.LIVE


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, RuleState.LIVE),
        ({"is_active": False}, RuleState.DISABLED),
        ({"book_from": date(2026, 4, 7)}, RuleState.NOT_STARTED),
        ({"book_to": date(2026, 4, 5)}, RuleState.EXPIRED),
        ({"end_date": date(2026, 4, 5)}, RuleState.EXPIRED),
        ({"book_from": date(2026, 4, 6), "book_to": date(2026, 4, 6)}, RuleState.LIVE),
        ({"start_date": date(2027, 1, 1)}, RuleState.LIVE),
    ],
)
def test_the_state_says_whether_it_can_apply_today(desk: Desk, fields: Any, state: RuleState) -> None:
    add(desk, **fields)
    assert desk.database.read(list_rules)[0].state is state


REFUSED = [
    pytest.param({"name": ""}, "name", id="no name"),
    pytest.param({"discount_percentage": Decimal("0.00")}, "discount_percentage", id="nothing off"),
    pytest.param({"discount_percentage": Decimal("100.01")}, "discount_percentage", id="more than all"),
    pytest.param({"discount_percentage": Decimal("9.999")}, "discount_percentage", id="three decimals"),
    pytest.param({"max_discount_usd": Decimal("0.00")}, "max_discount_usd", id="a cap of nothing"),
    pytest.param({"specific_weekdays": "vie,foo"}, "specific_weekdays", id="no weekday"),
    pytest.param({"specific_weekdays": "7"}, "specific_weekdays", id="an eighth weekday"),
    pytest.param(
        {"restrict_weekdays": True, "restrict_weekends": True}, "restrict_weekends", id="both flags"
    ),
    pytest.param({"trigger": Trigger.LOYALTY}, "required_achievements", id="loyalty for no level"),
    pytest.param(
        {"start_date": date(2026, 5, 2), "end_date": date(2026, 5, 1)}, "end_date", id="stays reversed"
    ),
    pytest.param({"book_from": date(2026, 5, 2), "book_to": date(2026, 5, 1)}, "book_to", id="days reversed"),
]


@pytest.mark.parametrize(("fields", "field"), REFUSED)
def test_what_cannot_be_computed_is_refused_when_it_is_saved(
    desk: Desk, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as added:
        add(desk, **fields)
    add(desk, name="Other")
    with pytest.raises(InvalidInput) as edited:
        desk.write(lambda work: edit_rule(work, "Other", **fields))
    assert added.value.field == edited.value.field == field
    assert off(desk) == "18.00"


def test_a_rule_that_became_wrong_by_two_edits_is_refused_at_the_second(desk: Desk) -> None:
    add(desk, restrict_weekdays=True)
    with pytest.raises(InvalidInput) as refused:
        desk.write(lambda work: edit_rule(work, "Global", restrict_weekends=True))
    assert refused.value.code == "code_config_conflict"
    desk.write(lambda work: edit_rule(work, "Global", restrict_weekends=True, specific_weekdays="mon"))
    with pytest.raises(InvalidInput):
        desk.write(lambda work: edit_rule(work, "Global", specific_weekdays=""))


def test_names_are_unique_whatever_their_case_and_unknown_things_are_told(desk: Desk) -> None:
    add(desk)
    with pytest.raises(Conflict) as taken:
        add(desk, name="GLOBAL")
    assert taken.value.code == "name_taken"
    for fields, code in (
        ({"houses": ["casa-9"]}, "house_not_found"),
        ({"required_achievements": ["Gold"]}, "level_not_found"),
    ):
        with pytest.raises(NotFound) as unknown:
            add(desk, name="Other", **fields)
        assert unknown.value.code == code
    with pytest.raises(NotFound) as no_rule:
        desk.write(lambda work: delete_rule(work, "Nothing"))
    assert no_rule.value.code == "rule_not_found"


def test_a_request_key_adds_a_rule_once(desk: Desk) -> None:
    first = add(desk, key="k")
    assert add(desk, key="k") == first
    with pytest.raises(KeyReused):
        add(desk, key="k", specific_weekdays="vie")
    assert len(desk.database.read(list_rules)) == 1


def test_the_trail_names_houses_and_levels_before_and_after(desk: Desk) -> None:
    desk.write(lambda work: store_levels(work, LEGEND, PREMIUM))
    added = add(desk, houses=["casa-1"], required_achievements=["Legend"])
    changed = desk.write(
        lambda work: edit_rule(work, "Global", houses=[], required_achievements=["Premium"], reason="spring")
    )
    assert [(field.field, field.old, field.new) for field in changed.fields] == [
        ("houses", ["casa-1"], []),
        ("required_achievements", ["Legend"], ["Premium"]),
    ]
    again = desk.write(lambda work: edit_rule(work, "Global", houses=[], required_achievements=["Premium"]))
    assert again.verb is Verb.UNCHANGED
    event = table_of(AuditEvent)
    told = select(event.c.action, event.c.reason).where(event.c.entity_id == str(added.id))
    assert desk.database.read(lambda work: {tuple(row) for row in work.connection.execute(told)}) == {
        ("automatic_discount.add", ""),
        ("automatic_discount.edit", "spring"),
    }


def store_scoped(work: Work, name: str, houses: list[str]) -> None:
    """A rule, a generator, a promotion and a code for these houses."""
    ten = Decimal("10.00")
    add_rule(work, **{**PLAIN, "name": name, "houses": houses})
    add_generator(work, name=name, prefix="GEN", discount_percentage=ten, houses=houses)
    add_promotion(work, name=name, discount_percentage=ten, houses=houses)
    create_code(
        work,
        name,
        description="code",
        discount_type=Benefit.PERCENTAGE,
        discount_value=ten,
        start_date=date(2026, 4, 1),
        end_date=date(2026, 4, 30),
        houses=houses,
    )


def scopes(work: Work) -> list[tuple[str, ...]]:
    found = [line.houses for line in list_rules(work)]
    found += [line.houses for line in list_generators(work)]
    found += [line.houses for line in list_promotions(work)]
    return found + [line.houses for line in manual_codes(work)]


def test_a_deleted_house_leaves_the_discounts_and_none_becomes_wider(desk: Desk) -> None:
    desk.write(lambda work: store_scoped(work, "BOTH", ["casa-1", "casa-5"]))

    def with_some_alone(work: Work) -> None:
        store_scoped(work, "ONLY", ["casa-5"])
        delete_house(work, "casa-5")

    with pytest.raises(RuleRefused) as refused:
        desk.write(with_some_alone)
    assert refused.value.details["alone"] == [
        "the rule ONLY",
        "the generator ONLY",
        "the promotion ONLY",
        "the code ONLY",
    ]
    desk.write(lambda work: delete_house(work, "casa-5"))
    assert desk.database.read(scopes) == [("casa-1",)] * 4


def test_rules_are_listed_with_the_same_statements_however_many_there_are(desk: Desk) -> None:
    def costs() -> int:
        with counting(desk.database) as statements:
            desk.database.read(list_rules)
        return len(statements)

    before = costs()
    for number in range(12):
        add(desk, name=f"Rule {number}", houses=["casa-1", "casa-2"])
    assert costs() == before == 3


# --- referral discounts ---


@pytest.fixture
def elena(desk: Desk) -> UUID:
    """A guest whom Ana recommended; Ana is Premium."""
    guest = make_client("Elena", "Flores")

    def use(work: Work) -> UUID:
        store_levels(work, PREMIUM, LEGEND)
        give_levels(work, desk.client, [PREMIUM])
        guest.referred_by_id = desk.client
        work.session.add(guest)
        work.session.flush()
        return guest.id

    return desk.write(use)  # type: ignore[no-any-return]


def test_a_referral_discount_is_set_changed_and_disabled(desk: Desk, elena: UUID) -> None:
    assert off(desk, client=elena) == "0.00"
    assert desk.write(lambda work: set_referral(work, "prem", Decimal("10.00"))).verb is Verb.ADDED
    outcome = desk.quote(FRIDAY, 1, C1, client=elena).of(C1).outcome
    assert outcome.winner is not None
    assert (outcome.winner.discount.source, str(outcome.winner.amount.usd)) == (Source.REFERRAL, "18.00")
    assert off(desk, client=desk.client) == "0.00", "it is for those who were recommended"

    assert desk.write(lambda work: set_referral(work, "Premium", Decimal("20.00"))).verb is Verb.CHANGED
    assert off(desk, client=elena) == "36.00"
    desk.write(lambda work: disable_referral(work, "Premium"))
    assert off(desk, client=elena) == "0.00"
    listed = desk.database.read(list_referral)
    assert [(line.level, line.discount_percentage, line.counts) for line in listed] == [
        ("Premium", Decimal("20.00"), False),
        ("Legend", None, False),
    ]
    # Setting it switches it on again.
    desk.write(lambda work: set_referral(work, "Premium", Decimal("20.00")))
    assert off(desk, client=elena) == "36.00"
    assert desk.write(lambda work: delete_referral(work, "Premium")).verb is Verb.REMOVED
    assert off(desk, client=elena) == "0.00"


def test_c38_a_lower_level_does_not_stand_in(desk: Desk, elena: UUID) -> None:
    desk.write(lambda work: set_referral(work, "Premium", Decimal("10.00")))
    desk.write(lambda work: give_levels(work, desk.client, [LEGEND]))
    assert off(desk, client=elena) == "0.00"


@pytest.mark.parametrize("percentage", ["0.00", "100.01", "-5.00"])
def test_a_referral_discount_takes_something_off(desk: Desk, percentage: str) -> None:
    desk.write(lambda work: store_levels(work, PREMIUM))
    with pytest.raises(InvalidInput) as refused:
        desk.write(lambda work: set_referral(work, "Premium", Decimal(percentage)))
    assert refused.value.field == "discount_percentage"


def test_what_is_not_set_cannot_be_disabled(desk: Desk) -> None:
    desk.write(lambda work: store_levels(work, PREMIUM))
    for use in (disable_referral, delete_referral):
        with pytest.raises(NotFound) as absent:
            desk.write(lambda work, use=use: use(work, "Premium"))
        assert absent.value.code == "referral_discount_not_found"
