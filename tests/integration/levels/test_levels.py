"""Levels on every database: kept, given, taken away. Source: docs/rules/clients.md, 1.8 and 2.7."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from casaaustin.audit.models import AuditEvent
from casaaustin.changes import Changed, Verb
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.discounts.service.automatic import add_rule, list_rules
from casaaustin.discounts.service.referral import list_referral, set_referral
from casaaustin.discounts.service.retirement import delete_level
from casaaustin.errors import Conflict, InvalidInput, KeyReused, NotFound, RuleRefused
from casaaustin.levels.models import ClientAchievement
from casaaustin.levels.queries import holdings, level_of
from casaaustin.levels.service import (
    add_level,
    disable_level,
    edit_level,
    give,
    list_levels,
    show_level,
    withdraw,
)
from casaaustin.vocabulary import HoldingSource, Trigger
from tests.support.counting import counting
from tests.support.desk import Desk
from tests.support.offers import give_levels, make_level, store_levels

WHY = "agreed with Ana"
SEMILLA = make_level("Semilla", 0, order=1)
BROTE = make_level("Brote", 1, order=2)
VIAJERO = make_level("Viajero", 3, 1, order=3)


@pytest.fixture
def desk(database: Database) -> Desk:
    made = Desk.open(database)
    made.write(lambda work: store_levels(work, SEMILLA, BROTE, VIAJERO))
    return made


def level_name(desk: Desk) -> str | None:
    found = desk.database.read(lambda work: level_of(work, desk.client))
    return None if found is None else found.name


def test_a_level_is_added_edited_and_listed_in_the_order_of_the_business(desk: Desk) -> None:
    desk.write(lambda work: add_level(work, name="Leyenda", icon=" 👑 ", required_reservations=10, order=4))
    changed = desk.write(lambda work: edit_level(work, "leyenda", required_referrals=3, reason=WHY))
    assert [(field.field, field.old, field.new) for field in changed.fields] == [("required_referrals", 0, 3)]
    desk.write(lambda work: edit_level(work, "Leyenda", order=0))
    assert [line.name for line in desk.database.read(list_levels)] == [
        "Leyenda",
        "Semilla",
        "Brote",
        "Viajero",
    ]
    line = desk.database.read(lambda work: show_level(work, "ley"))
    assert (line.title, line.required_reservations, line.required_referrals, line.holders) == (
        "👑 Leyenda",
        10,
        3,
        0,
    )


def test_a_name_is_given_to_one_level_whatever_its_case(desk: Desk) -> None:
    with pytest.raises(Conflict) as taken:
        desk.write(lambda work: add_level(work, name="BROTE"))
    assert taken.value.code == "name_taken"
    with pytest.raises(Conflict):
        desk.write(lambda work: edit_level(work, "Viajero", name="brote"))
    assert desk.write(lambda work: edit_level(work, "Brote", name="BROTE")).verb is Verb.CHANGED


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "name"),
        ({"name": " "}, "name"),
        ({"name": "New", "required_reservations": -1}, "required_reservations"),
        ({"name": "New", "required_referral_reservations": -1}, "required_referral_reservations"),
        ({"name": "New", "order": -1}, "order"),
    ],
)
def test_what_a_level_cannot_say_names_the_field(desk: Desk, fields: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        desk.write(lambda work: add_level(work, **fields))  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_request_key_adds_a_level_once(desk: Desk) -> None:
    first = desk.write(lambda work: add_level(work, name="Leyenda", key="k"))
    assert desk.write(lambda work: add_level(work, name="Leyenda", key="k")) == first
    with pytest.raises(KeyReused):
        desk.write(lambda work: add_level(work, name="Another", key="k"))


def test_c35_a_level_that_was_lost_comes_back_as_the_same_row(desk: Desk, clock: FixedClock) -> None:
    who = str(desk.client)

    def hand(level: str) -> Changed:
        return desk.write(lambda work: give(work, who, level, reason=WHY))  # type: ignore[no-any-return]

    hand("Semilla")
    hand("Brote")
    first = hand("Viajero")
    assert (first.verb, level_name(desk)) == (Verb.ADDED, "Viajero")

    gone = desk.write(lambda work: withdraw(work, who, "Viajero", reason="one stay was cancelled"))
    assert (gone.id, gone.verb, level_name(desk)) == (first.id, Verb.REMOVED, "Brote")

    clock.advance(timedelta(days=30))
    again = hand("Viajero")
    assert (again.id, level_name(desk)) == (first.id, "Viajero")
    held = desk.database.read(lambda work: holdings(work, desk.client))
    assert [holding.level.name for holding in held] == ["Viajero", "Brote", "Semilla"]
    assert held[0].earned_at == clock.now()
    count = select(func.count()).select_from(table_of(ClientAchievement))
    assert desk.database.read(lambda work: work.connection.execute(count).scalar_one()) == 3

    events = select(table_of(AuditEvent).c.action, table_of(AuditEvent).c.reason).where(
        table_of(AuditEvent).c.entity_id == str(first.id)
    )
    told = desk.database.read(lambda work: {tuple(row) for row in work.connection.execute(events)})
    assert told == {
        ("level_holding.add", WHY),
        ("level_holding.withdraw", "one stay was cancelled"),
        ("level_holding.give", WHY),
    }


def test_giving_an_earned_level_makes_it_staff_s_and_keeps_its_age(desk: Desk, clock: FixedClock) -> None:
    def earn(work: Work) -> None:
        give_levels(work, desk.client, [BROTE])
        row = work.session.scalars(select(ClientAchievement)).one()
        row.source = HoldingSource.RULE

    desk.write(earn)
    since = clock.now()
    clock.advance(timedelta(days=1))
    desk.write(lambda work: give(work, str(desk.client), "Brote", reason=WHY))
    (held,) = desk.database.read(lambda work: holdings(work, desk.client))
    assert (held.source, held.earned_at) == (HoldingSource.STAFF, since)
    again = desk.write(lambda work: give(work, str(desk.client), "Brote", reason=WHY))
    assert again.verb is Verb.UNCHANGED


def test_a_reason_is_required_and_the_level_must_be_there(desk: Desk) -> None:
    who = str(desk.client)
    for use in (give, withdraw):
        with pytest.raises(InvalidInput) as refused:
            desk.write(lambda work, use=use: use(work, who, "Brote", reason=" "))
        assert refused.value.field == "reason"
    with pytest.raises(NotFound) as absent:
        desk.write(lambda work: withdraw(work, who, "Brote", reason=WHY))
    assert absent.value.code == "level_not_held"
    with pytest.raises(NotFound) as unknown:
        desk.write(lambda work: give(work, who, "Leyenda", reason=WHY))
    assert unknown.value.code == "level_not_found"
    desk.write(lambda work: disable_level(work, "Brote"))
    with pytest.raises(RuleRefused) as inactive:
        desk.write(lambda work: give(work, who, "Brote", reason=WHY))
    assert inactive.value.code == "level_inactive"


def test_a_disabled_level_counts_for_nobody_and_comes_back_with_its_holders(desk: Desk) -> None:
    desk.write(lambda work: give_levels(work, desk.client, [BROTE, VIAJERO]))
    desk.write(lambda work: disable_level(work, "Viajero"))
    assert level_name(desk) == "Brote"
    desk.write(lambda work: edit_level(work, "Viajero", is_active=True))
    assert level_name(desk) == "Viajero"


def test_a_deleted_level_is_held_by_nobody_and_gives_nothing(desk: Desk) -> None:
    desk.write(lambda work: give_levels(work, desk.client, [BROTE, VIAJERO]))
    desk.write(lambda work: set_referral(work, "Viajero", Decimal("10.00")))
    desk.write(
        lambda work: add_rule(
            work,
            name="Club",
            trigger=Trigger.LOYALTY,
            discount_percentage=Decimal("12.00"),
            required_achievements=["Viajero", "Brote"],
        )
    )
    assert desk.write(lambda work: delete_level(work, "Viajero", reason=WHY)).verb is Verb.REMOVED
    assert level_name(desk) == "Brote"
    assert [line.name for line in desk.database.read(list_levels)] == ["Semilla", "Brote"]
    assert [line.level for line in desk.database.read(list_referral)] == ["Semilla", "Brote"]
    assert desk.database.read(list_rules)[0].required_achievements == ("Brote",)
    # A new level of that name begins with nobody.
    desk.write(lambda work: add_level(work, name="Viajero"))
    assert desk.database.read(lambda work: show_level(work, "Viajero")).holders == 0


def test_a_level_that_a_rule_asks_for_alone_is_not_deleted(desk: Desk) -> None:
    desk.write(
        lambda work: add_rule(
            work,
            name="Club",
            trigger=Trigger.GLOBAL_PROMOTION,
            discount_percentage=Decimal("12.00"),
            required_achievements=["Viajero"],
        )
    )
    with pytest.raises(RuleRefused) as refused:
        desk.write(lambda work: delete_level(work, "Viajero"))
    assert (refused.value.code, refused.value.details["alone"]) == ("level_has_rules", ["Club"])


def test_levels_cost_the_same_statements_however_many_there_are(desk: Desk) -> None:
    def costs(use: Callable[[Work], object]) -> int:
        with counting(desk.database) as statements:
            desk.database.read(use)
        return len(statements)

    def ask() -> list[int]:
        return [
            costs(use)
            for use in (
                list_levels,
                lambda work: level_of(work, desk.client),
                lambda work: holdings(work, desk.client),
                list_referral,
            )
        ]

    before = ask()

    def more(work: Work) -> None:
        many = [make_level(f"Level {number}", number) for number in range(20)]
        store_levels(work, *many)
        give_levels(work, desk.client, many)

    desk.write(more)
    assert ask() == before == [2, 1, 1, 2]
