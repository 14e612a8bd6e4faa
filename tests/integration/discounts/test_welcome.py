"""The welcome promotion on every database. Source: docs/rules/pricing.md, 1.9 and 2.8."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from casaaustin.audit.models import AuditEvent
from casaaustin.clients import service as clients
from casaaustin.clients.models import Client
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.service import codes, promotions, welcome
from casaaustin.discounts.service.promotions import PromotionListed
from casaaustin.discounts.service.welcome import WelcomeCode
from casaaustin.doctor import State
from casaaustin.doctor import _welcome as owed  # the part of `casa doctor` that is about it
from casaaustin.errors import CodeRefused, Conflict, InvalidInput, NotFound, RuleRefused
from casaaustin.pricing.service import nightly_prices
from casaaustin.vocabulary import CodeOrigin
from tests.support.counting import counting
from tests.support.desk import Desk
from tests.support.world import C1, C2, C3, make_client, stay

IN_NOVEMBER = datetime.fromisoformat("2025-11-06T10:00:00-05:00")
FIRST = stay("2026-04-13", "2026-04-15")


def promote(desk: Desk, name: str = "Bienvenida", **more: Any) -> None:
    """Add a promotion and make it the active one."""
    facts: dict[str, Any] = {"discount_percentage": Decimal("10.00")}

    def use(work: Work) -> None:
        promotions.add_promotion(work, name=name, **facts | more)
        promotions.activate(work, name)

    desk.write(use)


def issue(desk: Desk, client: UUID | None = None, **more: Any) -> WelcomeCode:
    issued = desk.write(lambda work: welcome.issue(work, client or desk.client, **more))
    assert isinstance(issued, WelcomeCode)
    return issued


def status(desk: Desk) -> PromotionListed | None:
    return desk.database.read(promotions.status)


def code_of(desk: Desk, client: UUID | None = None) -> WelcomeCode | None:
    return desk.database.read(lambda work: welcome.code_of(work, client or desk.client))


def add_guest(desk: Desk, first_name: str = "Bruno", last_name: str = "Salas", **more: Any) -> UUID:
    guest = make_client(first_name, last_name, **more)
    desk.write(lambda work: work.session.add(guest))
    return guest.id


def one_price(desk: Desk, price: str, house: str = "casa-1") -> None:
    """Every night of a house costs the same."""
    prices: Any = dict.fromkeys(nightly_prices.PRICES, Decimal(price))
    desk.write(lambda work: nightly_prices.set_prices(work, house, **prices))


# -- promotions -------------------------------------------------------------------------------------


def test_activating_one_switches_the_other_off_and_says_so(desk: Desk) -> None:
    promote(desk, "Una")
    desk.write(lambda work: promotions.add_promotion(work, name="Otra", discount_percentage=Decimal(12)))

    def activate(work: Work) -> list[str]:
        promotions.activate(work, "Otra")
        return list(work.notes)

    assert desk.write(activate) == ["The promotion Una is no longer active."]
    found = {line.name: line.is_active for line in desk.database.read(promotions.list_promotions)}
    assert found == {"Otra": True, "Una": False}
    assert desk.write(lambda work: promotions.activate(work, "Otra")).fields == ()
    desk.write(lambda work: promotions.deactivate(work, "Otra"))
    assert status(desk) is None


def test_a_promotion_has_the_defaults_of_the_rules(desk: Desk) -> None:
    desk.write(lambda work: promotions.add_promotion(work, discount_percentage=Decimal("12.50")))
    (line,) = desk.database.read(promotions.list_promotions)
    assert (line.name, line.is_active) == ("Descuento de Bienvenida", False)
    assert (line.validity_days, line.min_amount_usd, line.max_discount_usd) == (14, Decimal("0.00"), None)
    assert (line.houses, line.restrictions, line.codes) == ((), (), 0)


@pytest.mark.parametrize(("percentage", "written"), [("10", "10%"), ("12.5", "12.5%"), ("7.25", "7.25%")])
def test_a_missing_message_is_made_without_trailing_zeros(desk: Desk, percentage: str, written: str) -> None:
    promote(desk, discount_percentage=Decimal(percentage))
    found = status(desk)
    assert found is not None
    assert found.message == f"¡Bienvenido! Tienes {written} de descuento en tu primera reserva."
    desk.write(lambda work: promotions.edit_promotion(work, "Bienvenida", promotional_message=" ¡Hola! "))
    found = status(desk)
    assert found is not None
    assert (found.message, found.promotional_message) == ("¡Hola!", "¡Hola!")
    desk.write(lambda work: promotions.edit_promotion(work, "Bienvenida", promotional_message=""))
    found = status(desk)
    assert found is not None
    assert found.promotional_message is None


def test_restrictions_are_ready_made_phrases(desk: Desk) -> None:
    promote(desk, restrict_weekdays=True, apply_only_to_base_price=True)
    found = status(desk)
    assert found is not None
    assert found.restrictions == (
        "Solo noches de domingo a jueves",
        "Solo sobre el precio base, sin huéspedes adicionales",
    )


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"discount_percentage": Decimal("0.50")}, "discount_percentage"),
        ({"validity_days": 0}, "validity_days"),
        ({"restrict_weekdays": True, "restrict_weekends": True}, "restrict_weekends"),
        ({"name": "x" * 201}, "name"),
        ({"promotional_message": "x" * 501}, "promotional_message"),
        ({"promotional_subtitle": "x" * 301}, "promotional_subtitle"),
    ],
)
def test_a_malformed_promotion_is_refused(desk: Desk, more: dict[str, Any], field: str) -> None:
    facts: dict[str, Any] = {"discount_percentage": Decimal(10)}
    with pytest.raises(InvalidInput) as refused:
        desk.write(lambda work: promotions.add_promotion(work, **facts | more))
    assert refused.value.field == field


def test_names_are_unique_whatever_their_case(desk: Desk) -> None:
    promote(desk)
    with pytest.raises(Conflict):
        promote(desk, "BIENVENIDA")


def test_a_list_takes_the_same_few_statements_however_long_it_is(desk: Desk) -> None:
    counts = []
    for first, count in ((0, 1), (1, 10)):
        for number in range(first, first + count):
            promote(desk, f"Promo {number}", houses=["casa-1", "casa-2"])
        with counting(desk.database) as statements:
            desk.database.read(promotions.list_promotions)
        counts.append(len(statements))
    assert counts == [3, 3]


# -- worked examples of docs/rules/clients.md, 7.6 --------------------------------------------------


def test_c41_the_window_of_a_code(desk: Desk, clock: FixedClock) -> None:
    clock.set(IN_NOVEMBER)
    promote(desk, validity_days=14)
    issued = issue(desk)
    assert (issued.valid_from, issued.valid_until) == (date(2025, 11, 6), date(2025, 11, 20))
    asked = stay("2025-12-01", "2025-12-03")
    clock.set(datetime.fromisoformat("2025-11-20T23:59:59-05:00"))
    found = code_of(desk)
    assert found is not None
    assert not found.is_expired
    assert desk.quote(asked, client=desk.client, code=issued.code).of(C1).outcome.amount.usd > 0
    clock.advance(timedelta(seconds=1))
    found = code_of(desk)
    assert found is not None
    assert found.is_expired
    result = desk.quote(asked, client=desk.client, code=issued.code).of(C1).outcome.code
    assert result is not None
    assert result.reason == "code_expired"


@pytest.mark.parametrize(
    ("price", "nights", "taken_off"),
    [
        pytest.param("100", 8, "100.00", id="C42a the cap"),
        pytest.param("100", 5, "75.00", id="C42b"),
        pytest.param("90", 2, None, id="C42c below the minimum"),
        pytest.param("100", 2, "30.00", id="C42d the minimum itself"),
    ],
)
def test_c42_cap_and_minimum(desk: Desk, price: str, nights: int, taken_off: str | None) -> None:
    one_price(desk, price)
    promote(
        desk,
        discount_percentage=Decimal(15),
        max_discount_usd=Decimal("100.00"),
        min_amount_usd=Decimal("200.00"),
    )
    issued = issue(desk)
    asked = stay("2026-04-13", str(date(2026, 4, 13) + timedelta(days=nights)))
    outcome = desk.quote(asked, 1, client=desk.client, code=issued.code).of(C1).outcome
    assert outcome.code is not None
    if taken_off is None:
        assert (outcome.code.reason, outcome.winner) == ("code_below_minimum", None)
    else:
        assert outcome.amount.usd == Decimal(taken_off)


@pytest.mark.parametrize(("base_only", "taken_off"), [(True, "50.00"), (False, "60.00")])
def test_c43_base_price_only(desk: Desk, base_only: bool, taken_off: str) -> None:
    one_price(desk, "100")
    promote(desk, apply_only_to_base_price=base_only)
    issued = issue(desk)
    # Five nights at 100; two guests more at 10 a night each.
    asked = desk.quote(stay("2026-04-13", "2026-04-18"), 3, client=desk.client, code=issued.code)
    assert asked.of(C1).totals.subtotal.usd == Decimal("600.00")
    assert asked.of(C1).outcome.amount.usd == Decimal(taken_off)


def test_c44_no_house_named_is_every_house(desk: Desk) -> None:
    promote(desk)
    issued = issue(desk)
    assert issued.houses == ()
    for house in (C1, C2, C3):
        asked = desk.quote(FIRST, house=house, client=desk.client, code=issued.code)
        assert asked.of(house).outcome.amount.usd > 0


def test_c45_the_weekday_is_that_of_check_in_and_not_of_booking(desk: Desk, clock: FixedClock) -> None:
    clock.set(IN_NOVEMBER)
    promote(desk, restrict_weekdays=True)
    issued = issue(desk)
    found = {}
    for day in (13, 14, 15, 16):
        asked = stay(f"2025-11-{day}", f"2025-11-{day + 1}")
        code = desk.quote(asked, client=desk.client, code=issued.code).of(C1).outcome.code
        assert code is not None
        found[day] = code.reason
    assert found == {13: None, 14: "code_day_not_allowed", 15: "code_day_not_allowed", 16: None}
    clock.set(datetime.fromisoformat("2025-11-07T10:00:00-05:00"))  # a Friday, for a Thursday
    desk.reserve(stay("2025-11-13", "2025-11-14"), code=issued.code)


def test_c46_the_second_request_is_told_the_code_of_the_first(desk: Desk, clock: FixedClock) -> None:
    promote(desk)
    issued = issue(desk)
    at = clock.now()
    clock.advance(timedelta(days=1))
    with pytest.raises(RuleRefused) as refused:
        issue(desk)
    assert refused.value.code == "welcome_already_issued"
    assert refused.value.details == {"issued_at": at, "code": issued.code}


# -- codes ------------------------------------------------------------------------------------------


def test_a_code_has_everything_of_the_promotion_and_belongs_to_the_guest(desk: Desk) -> None:
    promote(
        desk,
        discount_percentage=Decimal("12.50"),
        validity_days=21,
        min_amount_usd=Decimal("100.00"),
        max_discount_usd=Decimal("40.00"),
        specific_weekdays="lun,mar",
        houses=["casa-2", "casa-1"],
    )
    issued = issue(desk)
    assert len(issued.code) == len("WELCOME-") + 6
    assert issued.code.startswith("WELCOME-")
    assert (issued.valid_from, issued.valid_until) == (date(2026, 4, 6), date(2026, 4, 27))
    assert (issued.min_amount_usd, issued.max_discount_usd) == (Decimal("100.00"), Decimal("40.00"))
    assert [house.slug for house in issued.houses] == ["casa-1", "casa-2"]
    assert issued.restrictions == ("Solo noches de lunes y martes",)
    line = desk.database.read(lambda work: codes.show_code(work, issued.code)).code
    assert (line.origin, line.client_id, line.usage_limit) == (CodeOrigin.WELCOME, desk.client, 1)
    assert code_of(desk) == issued


def test_flag_and_code_are_written_together(desk: Desk, clock: FixedClock) -> None:
    promote(desk)
    issue(desk)
    guest = desk.database.read(lambda work: work.session.get_one(Client, desk.client))
    assert (guest.welcome_discount_issued, guest.welcome_discount_issued_at) == (True, clock.now())


def test_only_its_guest_may_use_it_and_once(desk: Desk) -> None:
    promote(desk)
    other = add_guest(desk)
    issued = issue(desk)
    with pytest.raises(CodeRefused) as refused:
        desk.reserve(FIRST, client=other, code=issued.code)
    assert refused.value.code == "code_not_yours"
    booked = desk.reserve(FIRST, code=issued.code)
    found = code_of(desk)
    assert found is not None
    assert (found.uses, found.is_used) == (1, True)
    desk.cancel(booked)
    found = code_of(desk)
    assert found is not None
    assert (found.uses, found.is_used) == (0, False)


def test_nobody_is_shown_the_code_of_another(desk: Desk) -> None:
    promote(desk)
    namesake = add_guest(desk, "Ana", "Quispe", id=UUID(int=7), number_doc="87654321", tel_number=None)
    issue(desk)
    assert code_of(desk, namesake) is None
    assert issue(desk, namesake).client_id == namesake


def test_who_has_an_approved_stay_gets_none(desk: Desk) -> None:
    promote(desk)
    booked = desk.reserve(FIRST)
    with pytest.raises(RuleRefused) as refused:
        issue(desk)
    assert refused.value.code == "has_approved_reservations"
    desk.cancel(booked)
    issue(desk)


def test_without_a_promotion_there_is_none(desk: Desk) -> None:
    desk.write(lambda work: promotions.add_promotion(work, discount_percentage=Decimal(10)))
    with pytest.raises(NotFound) as refused:
        issue(desk)
    assert refused.value.code == "no_active_promotion"
    with pytest.raises(NotFound) as unknown:
        issue(desk, UUID(int=1))
    assert unknown.value.code == "client_not_found"


def test_a_guest_who_comes_back_gets_no_second_one(desk: Desk) -> None:
    promote(desk)
    issued = issue(desk)

    def delete(work: Work) -> str:
        guest = work.session.get_one(Client, desk.client)
        guest.deleted = True
        return str(guest.number_doc)

    document = desk.write(delete)
    again = desk.write(
        lambda work: clients.add(work, first_name="Ana", last_name="Quispe", number_doc=document)
    )
    with pytest.raises(RuleRefused) as refused:
        issue(desk, again.id)
    assert refused.value.code == "welcome_already_issued"
    assert refused.value.details["code"] is None  # it belongs to the client of then
    assert issued.code not in refused.value.message
    with pytest.raises(NotFound):
        issue(desk)

    def bring_back(work: Work) -> None:
        # Two live clients never share a document.
        work.session.get_one(Client, again.id).deleted = True
        work.session.flush()
        work.session.get_one(Client, desk.client).deleted = False

    desk.write(bring_back)
    with pytest.raises(RuleRefused) as refused:
        issue(desk)
    assert refused.value.details["code"] == issued.code


def test_a_deleted_code_is_not_replaced(desk: Desk) -> None:
    promote(desk)
    issued = issue(desk)
    desk.write(lambda work: codes.delete_code(work, issued.code))
    with pytest.raises(RuleRefused) as refused:
        issue(desk)
    assert refused.value.code == "welcome_already_issued"
    assert code_of(desk) is None


def test_a_welcome_code_stays_with_its_guest(desk: Desk) -> None:
    promote(desk)
    issued = issue(desk)
    other = str(add_guest(desk))
    for client in (None, other):
        with pytest.raises(RuleRefused) as refused:
            desk.write(lambda work, client=client: codes.edit_code(work, issued.code, client=client))
        assert refused.value.code == "welcome_code_bound"
    desk.write(lambda work: codes.edit_code(work, issued.code, end_date=date(2026, 12, 31)))


# -- at registration --------------------------------------------------------------------------------


def register(desk: Desk, **more: Any) -> tuple[UUID, WelcomeCode | None]:
    """What registering will do: store the guest, and give them their code if that is possible."""

    def use(work: Work) -> tuple[UUID, WelcomeCode | None]:
        guest = clients.add(work, first_name="Carla", last_name="Inga", number_doc="45678902")
        return guest.id, welcome.issue_if_possible(work, guest.id, **more)

    found: tuple[UUID, WelcomeCode | None] = desk.write(use)
    return found


def failures(desk: Desk) -> list[str]:
    table = table_of(AuditEvent)
    statement = select(AuditEvent).where(table.c.action == "welcome.issue_failed")
    return desk.database.read(lambda work: [row.after["reason"] for row in work.session.scalars(statement)])


def test_registering_gives_a_code(desk: Desk) -> None:
    promote(desk)
    guest, issued = register(desk)
    assert issued is not None
    assert code_of(desk, guest) == issued


def test_registering_without_a_promotion_gives_none_and_is_no_failure(desk: Desk) -> None:
    guest, issued = register(desk)
    assert (issued, code_of(desk, guest), failures(desk)) == (None, None, [])


def test_a_failure_never_breaks_the_registration_and_staff_see_it_until_it_is_made_good(desk: Desk) -> None:
    promote(desk)
    taken = issue(desk, pick=lambda _: "A")
    guest, issued = register(desk, pick=lambda _: "A")
    assert (taken.code, issued) == ("WELCOME-AAAAAA", None)
    assert desk.database.read(lambda work: work.session.get_one(Client, guest).first_name) == "Carla"
    assert failures(desk) == ["code_space_exhausted"]
    assert desk.database.read(welcome.failed_issues) == (guest,)
    diagnosis = desk.database.read(owed)
    assert (diagnosis.state, str(guest) in diagnosis.message) == (State.FAILING, True)
    issue(desk, guest)
    assert desk.database.read(welcome.failed_issues) == ()
    assert desk.database.read(owed).state is State.READY


def test_whatever_breaks_takes_back_what_was_begun(desk: Desk) -> None:
    promote(desk)

    def fail(_mapper: Any, _connection: Any, target: Client) -> None:
        if target.welcome_discount_issued_at is not None:
            raise ZeroDivisionError("the very last step fails")

    event.listen(Client, "before_update", fail)
    try:
        guest, issued = register(desk)
    finally:
        event.remove(Client, "before_update", fail)
    assert (issued, code_of(desk, guest), failures(desk)) == (None, None, ["ZeroDivisionError"])
    assert not desk.database.read(lambda work: work.session.get_one(Client, guest)).welcome_discount_issued
    assert issue(desk, guest).client_id == guest


def test_a_guest_who_has_stayed_meanwhile_is_owed_nothing(desk: Desk) -> None:
    promote(desk)
    issue(desk, add_guest(desk), pick=lambda _: "A")
    guest, _ = register(desk, pick=lambda _: "A")
    desk.reserve(FIRST, client=guest)
    assert desk.database.read(welcome.failed_issues) == ()
