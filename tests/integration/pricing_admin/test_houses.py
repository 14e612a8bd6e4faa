"""Houses: add, edit, close, delete. Source: docs/rules/pricing.md, 1.1."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest

from casaaustin.changes import Verb
from casaaustin.errors import Conflict, InvalidInput, KeyReused, NotFound, RuleRefused
from casaaustin.pricing.service.extra_services import edit_service, list_services
from casaaustin.pricing.service.special_dates import list_special_dates
from casaaustin.properties import service
from casaaustin.properties.queries import houses
from casaaustin.reservations.retirement import delete_house
from casaaustin.stays import Stay
from tests.integration.pricing_admin.conftest import Office
from tests.support.desk import Desk
from tests.support.world import C1, C4


def slugs(office: Office) -> list[str]:
    """The slugs of all live houses."""
    return office.read(lambda work: [house.slug for house in houses(work)])


def test_a_slug_is_made_from_the_name_and_numbered_when_taken(empty_office: Office) -> None:
    for _ in range(3):
        empty_office.do(lambda work: service.add_house(work, name="Casa Añil Nº 1"))
    assert slugs(empty_office) == ["casa-anil-no-1", "casa-anil-no-1-1", "casa-anil-no-1-2"]


def test_a_rename_keeps_the_slug(office: Office) -> None:
    changed = office.do(lambda work: service.edit_house(work, "Casa 1", name="Casa Uno"))
    assert [(field.field, field.old, field.new) for field in changed.fields] == [
        ("name", "Casa 1", "Casa Uno")
    ]
    assert "casa-1" in slugs(office)


def test_the_slug_of_a_deleted_house_is_not_given_away(office: Office) -> None:
    office.do(lambda work: delete_house(work, "casa-5"))
    office.do(lambda work: service.add_house(work, name="Casa 5"))
    assert "casa-5-1" in slugs(office)
    with pytest.raises(Conflict):
        office.do(lambda work: service.add_house(work, name="Otra", slug="casa-5"))


def test_all_fields_are_kept(empty_office: Office) -> None:
    fields: service.HouseFields = {
        "name": " Casa 7 ",
        "titulo": "Frente al mar",
        "descripcion": "Dos líneas\r\ny una más",
        "capacity_max": 12,
        "capacity_sleep": 8,
        "detalle_dormitorios": {"1": {"camas": 2, "nota": None}},
        "caracteristicas": ["Piscina", "piscina", " parrilla "],
        "hora_ingreso": time(14, 30),
        "precio_extra_persona": Decimal(10),
        "airbnb_url": "https://calendar.example/1.ics",
        "on_temperature_pool_url": None,
        "zone": "",
    }
    empty_office.do(lambda work: service.add_house(work, **fields))

    def use(work: Any) -> dict[str, Any]:
        (row,) = houses(work)
        return {name: getattr(row, name) for name in (*fields, "slug", "is_open")}

    assert empty_office.read(use) == {
        **fields,
        "name": "Casa 7",
        "slug": "casa-7",
        "descripcion": "Dos líneas\ny una más",
        "detalle_dormitorios": {"1": {"camas": 2}},
        "caracteristicas": ["Piscina", "parrilla"],
        "precio_extra_persona": Decimal("10.00"),
        "zone": None,
        "is_open": True,
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "…"}, "name"),
        ({"name": None}, "name"),
        ({"name": "C", "capacity_max": 0}, "capacity_max"),
        ({"name": "C", "capacity_max": 2, "capacity_sleep": 3}, "capacity_sleep"),
        ({"name": "C", "precio_extra_persona": Decimal(-1)}, "precio_extra_persona"),
        ({"name": "C", "precio_desde": Decimal(0)}, "precio_desde"),
        ({"name": "C", "airbnb_url": "javascript:alert(1)"}, "airbnb_url"),
        ({"name": "C", "detalle_dormitorios": {"a": 1.5}}, "detalle_dormitorios"),
        ({"name": "C", "caracteristicas": ["a\nb"]}, "caracteristicas"),
        ({}, "name"),
    ],
)
def test_a_malformed_field_is_refused_by_name(
    empty_office: Office, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        empty_office.do(lambda work: service.add_house(work, **fields))
    assert refused.value.field == field
    assert slugs(empty_office) == []


def test_editing_keeps_what_sleeps_below_what_enters(office: Office) -> None:
    with pytest.raises(InvalidInput, match="cannot sleep"):
        office.do(lambda work: service.edit_house(work, "casa-1", capacity_sleep=13))


def test_a_repeated_request_adds_one_house(empty_office: Office) -> None:
    first, second = (
        empty_office.do(lambda work: service.add_house(work, name="Casa 1", key="k1")) for _ in range(2)
    )
    assert first == second
    assert slugs(empty_office) == ["casa-1"]
    with pytest.raises(KeyReused):
        empty_office.do(lambda work: service.add_house(work, name="Casa 2", key="k1"))


def test_every_change_is_in_the_audit_trail_and_no_change_is_not(office: Office) -> None:
    office.do(lambda work: service.edit_house(work, "casa-1", capacity_max=14, reason="two more beds"))
    office.do(lambda work: service.edit_house(work, "casa-1", capacity_max=14))
    (event,) = office.trail()
    assert (event.action, event.actor, event.reason) == ("house.edit", "ana", "two more beds")
    assert (event.before, event.after) == ({"capacity_max": 12}, {"capacity_max": 14})


def test_a_dry_run_answers_alike_and_changes_nothing(office: Office) -> None:
    rehearsed = office.do(lambda work: service.close_house(work, "casa-1"), dry_run=True)
    assert office.book().by_id[C1].is_open
    assert office.do(lambda work: service.close_house(work, "casa-1")) == rehearsed
    assert not office.book().by_id[C1].is_open


def test_a_deleted_house_is_gone_with_its_prices_and_special_dates(office: Office) -> None:
    assert office.do(lambda work: delete_house(work, "casa-4")).verb is Verb.REMOVED
    assert C4 not in office.book().by_id
    assert all(line.house_slug != "casa-4" for line in office.read(list_special_dates))
    assert [event.action for event in office.trail()] == [
        "special_date.delete",
        "nightly_prices.delete",
        "house.delete",
    ]
    with pytest.raises(NotFound):
        office.do(lambda work: service.edit_house(work, "casa-4", name="x"))


def test_a_house_with_stays_to_come_is_not_deleted(database: Any, actor: Any) -> None:
    desk = Desk.open(database)
    desk.reserve(Stay(date(2026, 5, 4), date(2026, 5, 7)), C1)
    office = Office(database, actor)
    with pytest.raises(RuleRefused) as refused:
        office.do(lambda work: delete_house(work, "casa-1"))
    assert refused.value.code == "house_has_stays"
    assert refused.value.details["last_night"] == date(2026, 5, 6)
    assert "casa-1" in slugs(office)


def test_past_stays_and_lapsed_holds_do_not_keep_a_house(database: Any, actor: Any, clock: Any) -> None:
    desk = Desk.open(database)
    desk.reserve(Stay(date(2026, 5, 4), date(2026, 5, 7)), C1)
    clock.set(clock.now().replace(month=5, day=7))
    desk.hold(Stay(date(2026, 6, 4), date(2026, 6, 7)), C1)
    clock.set(clock.now().replace(day=8))
    Office(database, actor).do(lambda work: delete_house(work, "casa-1"))


def test_a_service_for_one_house_alone_keeps_it(office: Office) -> None:
    office.do(lambda work: edit_service(work, "Breakfast", houses=["casa-5"]))
    with pytest.raises(RuleRefused, match="Breakfast"):
        office.do(lambda work: delete_house(work, "casa-5"))
    office.do(lambda work: edit_service(work, "Breakfast", houses=["casa-5", "casa-1"]))
    office.do(lambda work: delete_house(work, "casa-5"))
    found = office.read(list_services)
    assert next(line.houses for line in found if line.name == "Breakfast") == ("casa-1",)


def test_a_deleted_house_comes_back_under_its_slug(office: Office) -> None:
    office.do(lambda work: delete_house(work, "casa-4"))
    office.do(lambda work: service.restore_house(work, "casa-4", name="Casa 4 nueva"))
    house = office.book().by_id[C4]
    assert (house.name, house.rates, house.special_dates) == ("Casa 4 nueva", None, ())
    with pytest.raises(Conflict):
        office.do(lambda work: service.restore_house(work, "casa-4"))
