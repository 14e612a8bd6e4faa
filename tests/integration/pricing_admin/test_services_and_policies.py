"""Services and cancellation policies. Source: docs/rules/pricing.md, 1.14, 1.15 and 2.11."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from casaaustin.errors import Conflict, InvalidInput, NotFound
from casaaustin.pricing.cancellation import default_tier, tiers_of
from casaaustin.pricing.service import extra_services, policies
from casaaustin.vocabulary import ServiceType
from tests.integration.pricing_admin.conftest import Office
from tests.support.world import C1, C2


def service_named(office: Office, name: str) -> extra_services.ServiceListed:
    """A service by its name."""
    return next(line for line in office.read(extra_services.list_services) if line.name == name)


def test_a_service_is_offered_where_it_says(office: Office) -> None:
    office.do(
        lambda work: extra_services.add_service(
            work, name="Parrilla", price_usd=Decimal(20), houses=["Casa 2", "casa-1", "casa-2"]
        )
    )
    assert service_named(office, "Parrilla").houses == ("casa-1", "casa-2")
    (service,) = [one for one in office.book().services if one.name == "Parrilla"]
    assert service.houses == {C1, C2}


def test_a_service_moves_between_houses_and_comes_back(office: Office) -> None:
    for houses in (["casa-1"], ["casa-2"], ["casa-1", "casa-3"], []):
        office.do(lambda work, houses=houses: extra_services.edit_service(work, "Breakfast", houses=houses))  # type: ignore[misc]
        assert list(service_named(office, "Breakfast").houses) == houses
    steps = sorted((event.before["houses"], event.after["houses"]) for event in office.trail())
    assert steps == [
        ([], ["casa-1"]),
        (["casa-1"], ["casa-2"]),
        (["casa-1", "casa-3"], []),
        (["casa-2"], ["casa-1", "casa-3"]),
    ]


def test_a_mandatory_service_and_a_disabled_one(office: Office) -> None:
    office.do(lambda work: extra_services.edit_service(work, "pool", service_type=ServiceType.MANDATORY))
    office.do(lambda work: extra_services.disable_service(work, "Breakfast"))
    found = {one.name: one.is_mandatory for one in office.book().services}
    assert found == {"Airport transfer": False, "Pool heating": True}
    assert not service_named(office, "Breakfast").is_active


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "X"}, InvalidInput),
        ({"name": "X", "price_usd": Decimal("-0.01")}, InvalidInput),
        ({"name": "breakfast", "price_usd": Decimal(1)}, Conflict),
        ({"name": "X", "price_usd": Decimal(1), "houses": ["casa-9"]}, NotFound),
    ],
)
def test_a_malformed_service_is_refused_and_leaves_nothing(office: Office, fields: Any, error: Any) -> None:
    with pytest.raises(error):
        office.do(lambda work: extra_services.add_service(work, key="k", **fields))
    assert len(office.read(extra_services.list_services)) == 3
    assert office.trail() == []


def test_a_repeated_request_adds_one_service(office: Office) -> None:
    for _ in range(2):
        office.do(
            lambda work: extra_services.add_service(
                work, key="k", name="Parrilla", price_usd=Decimal(20), houses=["casa-1"]
            )
        )
    assert len(office.read(extra_services.list_services)) == 4


def test_a_new_default_takes_over_in_its_scope_alone(office: Office) -> None:
    office.do(
        lambda work: policies.add_policy(
            work, **policy("Casa 1 flexible", 5, houses=["casa-1"], default=True)
        )
    )
    notes = office.notes(lambda work: policies.edit_policy(work, "15 days", is_default=True))
    assert notes == ["The policy 7 days is no longer the default"]
    book = office.book()
    shown = {house.slug: default_tier(tiers_of(house.id, book.cancellation)) for house in book.houses}
    assert {slug: tier.name for slug, tier in shown.items() if tier} == {
        "casa-1": "Casa 1 flexible",
        **{f"casa-{number}": "15 days" for number in range(2, 6)},
    }


def test_an_inactive_default_takes_over_nothing_until_it_is_active(office: Office) -> None:
    office.do(lambda work: policies.disable_policy(work, "7 days"))
    office.do(lambda work: policies.edit_policy(work, "15 days", is_default=True))
    office.do(lambda work: policies.edit_policy(work, "7 days", is_active=True))
    defaults = {line.name for line in office.read(policies.list_policies) if line.is_default}
    assert defaults == {"7 days"}


def test_the_text_follows_the_figures(office: Office) -> None:
    office.do(lambda work: policies.edit_policy(work, "7 days", refund_percentage=Decimal(30)))
    (line,) = [line for line in office.read(policies.list_policies) if line.name == "7 days"]
    assert line.text == "Cancelando al menos 7 días antes del ingreso se devuelve el 30% de lo pagado."


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"refund_percentage": Decimal("100.01")}, "refund_percentage"),
        ({"refund_percentage": Decimal(-1)}, "refund_percentage"),
        ({"days_before_checkin": -1}, "days_before_checkin"),
        ({"name": ""}, "name"),
    ],
)
def test_a_malformed_policy_is_refused_by_name(office: Office, fields: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        office.do(lambda work: policies.edit_policy(work, "7 days", **fields))
    assert refused.value.field == field


def policy(name: str, days: int, *, houses: list[str], default: bool) -> Any:
    """A policy that returns half."""
    return {
        "name": name,
        "days_before_checkin": days,
        "refund_percentage": Decimal(50),
        "is_default": default,
        "houses": houses,
    }
