"""Random lives of reservations against a plain set-of-nights model, on every database.

The model knows nothing of rows, keys or locks: a reservation is a set of
(house, night) pairs and perhaps a deadline. After every step the database must
hold exactly the nights of the model, and a step must be refused exactly when
the model says that another stay is in the way.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine

from casaaustin.availability.queries import occupancy
from casaaustin.clock import FixedClock
from casaaustin.errors import DatesTaken, IllegalTransition, RuleRefused
from casaaustin.pricing.models import PropertyPricing
from casaaustin.properties.models import Property
from casaaustin.register.models import Reservation
from casaaustin.stays import Stay
from tests.conftest import NOW
from tests.support.databases import Kind
from tests.support.desk import Desk, wrong_nights
from tests.support.world import rates

FIRST = date(2026, 5, 4)
EXAMPLES = {Kind.SQLITE: 25, Kind.MARIADB: 6, Kind.POSTGRESQL: 6}
STEPS = 20

stays = st.builds(
    lambda start, length: Stay(FIRST + timedelta(days=start), FIRST + timedelta(days=start + length)),
    st.integers(0, 9),
    st.integers(1, 5),
)
houses = st.integers(0, 1)


@dataclass
class Modelled:
    """What the model knows of a reservation."""

    row: Reservation
    house: int
    stay: Stay
    deadline: Any = None
    ended: bool = False
    approved: bool = True


class Life(RuleBasedStateMachine):
    """One run: two houses of its own on a database that all runs share."""

    desk: ClassVar[Desk]
    clock: ClassVar[FixedClock]
    reservations = Bundle("reservations")

    @initialize()
    def two_new_houses(self) -> None:
        self.clock.set(NOW)
        self.houses = [self._add_house(), self._add_house()]
        self.known: list[Modelled] = []

    def _add_house(self) -> UUID:
        prices = rates("110.00", "180.00", "160.00", "240.00")
        house = Property(name=f"House {uuid4().hex[:8]}", slug=uuid4().hex, capacity_max=12)

        def use(work: Any) -> None:
            work.session.add(house)
            work.session.flush()
            work.session.add(
                PropertyPricing(
                    property_id=house.id,
                    weekday_low_season_usd=prices.weekday_low,
                    weekend_low_season_usd=prices.weekend_low,
                    weekday_high_season_usd=prices.weekday_high,
                    weekend_high_season_usd=prices.weekend_high,
                )
            )

        self.desk.write(use)
        return house.id

    def _live(self, one: Modelled) -> bool:
        return not one.ended and (one.deadline is None or self.clock.now() <= one.deadline)

    def _in_the_way(self, house: int, stay: Stay, beside: Modelled | None = None) -> bool:
        return any(
            self._live(other) and other is not beside and other.house == house and other.stay.overlaps(stay)
            for other in self.known
        )

    def _end_lapsed(self, house: int, stay: Stay, beside: Modelled | None = None) -> None:
        for other in self.known:
            lapsed = other.deadline is not None and self.clock.now() > other.deadline
            if (
                not other.ended
                and lapsed
                and other is not beside
                and other.house == house
                and other.stay.overlaps(stay)
            ):
                other.ended = True

    @rule(target=reservations, house=houses, stay=stays)
    def reserve(self, house: int, stay: Stay) -> Any:
        return self._book(house, stay, held=False)

    @rule(target=reservations, house=houses, stay=stays)
    def hold(self, house: int, stay: Stay) -> Any:
        return self._book(house, stay, held=True)

    def _book(self, house: int, stay: Stay, *, held: bool) -> Any:
        blocked = self._in_the_way(house, stay)
        try:
            if held:
                row = self.desk.hold(stay, self.houses[house], guest=uuid4().hex)
            else:
                row = self.desk.reserve(stay, self.houses[house])
        except DatesTaken:
            assert blocked, "refused although the nights are free"
            return multiple()
        assert not blocked, "sold although another stay is in the way"
        self._end_lapsed(house, stay)
        made = Modelled(row, house, stay, row.payment_voucher_deadline, approved=not held)
        self.known.append(made)
        return made

    @rule(one=reservations)
    def approve(self, one: Modelled) -> None:
        allowed = not one.ended and not one.approved
        try:
            self.desk.approve(one.row)
        except IllegalTransition:
            assert not allowed
            return
        assert allowed
        one.approved, one.deadline = True, None

    @rule(one=reservations)
    def cancel(self, one: Modelled) -> None:
        try:
            self.desk.cancel(one.row)
        except IllegalTransition:
            assert one.ended
            return
        assert not one.ended
        one.ended = True

    @rule(one=reservations, stay=stays)
    def change_dates(self, one: Modelled, stay: Stay) -> None:
        blocked = self._in_the_way(one.house, stay, beside=one)
        try:
            self.desk.change(one.row, check_in=stay.check_in, check_out=stay.check_out)
        except IllegalTransition:
            assert not self._live(one)
            return
        except DatesTaken:
            assert blocked
            return
        assert self._live(one)
        assert not blocked
        self._end_lapsed(one.house, stay, beside=one)
        one.stay = stay

    @rule(one=reservations)
    def move(self, one: Modelled) -> None:
        target = 1 - one.house
        blocked = self._in_the_way(target, one.stay, beside=one)
        try:
            self.desk.move(one.row, self.houses[target])
        except IllegalTransition:
            assert not self._live(one)
            return
        except DatesTaken:
            assert blocked
            return
        except RuleRefused as other:
            raise AssertionError(f"an unexpected refusal: {other.code}") from other
        assert self._live(one)
        assert not blocked
        self._end_lapsed(target, one.stay, beside=one)
        one.house = target

    @rule(minutes=st.sampled_from([1, 59, 60, 61]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule()
    def the_job_runs(self) -> None:
        self.desk.expire_all()
        for one in self.known:
            one.ended = one.ended or not self._live(one)

    @invariant()
    def nights_are_those_of_the_model(self) -> None:
        expected = {
            (self.houses[one.house], night)
            for one in self.known
            if self._live(one)
            for night in one.stay.nights()
        }
        window = Stay(FIRST - timedelta(days=1), FIRST + timedelta(days=20))

        def use(work: Any) -> set[Any]:
            calendar = occupancy(work, window)
            return {(house, night) for house in self.houses for night in calendar.taken_nights(house, window)}

        assert self.desk.database.read(use) == expected

    def teardown(self) -> None:
        if hasattr(self, "known"):
            assert wrong_nights(self.desk.database) == []


def test_random_lives(desk: Desk, clock: FixedClock, database_kind: Kind) -> None:
    scale = 20 if settings.get_current_profile_name() == "nightly" else 1
    run_machine(
        type("BoundLife", (Life,), {"desk": desk, "clock": clock}),
        settings=settings(
            max_examples=EXAMPLES[database_kind] * scale,
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
