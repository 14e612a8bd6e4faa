"""Random lives of codes against a plain list of bookings, on every database.

The model knows of a booking whether it holds a use, until when, and whether it ended. After every step
the uses that count are those of the model, and a booking is refused exactly when none is left.
Source: docs/rules/pricing.md, 2.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run_machine
from sqlalchemy import func, select

from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.discounts.models import DiscountCode, DiscountRedemption
from casaaustin.discounts.queries import is_used
from casaaustin.errors import CodeRefused, IllegalTransition, RuleRefused
from casaaustin.pricing.models import PropertyPricing
from casaaustin.properties.models import Property
from casaaustin.register.models import Reservation
from casaaustin.stays import Stay
from tests.conftest import NOW
from tests.support.databases import Kind
from tests.support.desk import Desk
from tests.support.offers import make_code, store_discounts

FIRST = date(2026, 5, 4)
EXAMPLES = {Kind.SQLITE: 20, Kind.MARIADB: 5, Kind.POSTGRESQL: 5}
STEPS = 20
CODES = 2

codes = st.integers(0, CODES - 1)


@dataclass
class Booked:
    """What the model knows of a booking."""

    row: Reservation
    code: int | None
    deadline: datetime | None
    approved: bool
    ended: bool = False


class Life(RuleBasedStateMachine):
    """One run: a house and two codes of its own on a database that all runs share."""

    desk: ClassVar[Desk]
    clock: ClassVar[FixedClock]
    bookings = Bundle("bookings")

    @initialize(limits=st.tuples(*[st.integers(1, 3)] * CODES))
    def a_new_house_and_codes(self, limits: tuple[int, ...]) -> None:
        self.clock.set(NOW)
        self.known: list[Booked] = []
        self.limits = list(limits)
        self.names = [f"CODE-{uuid4().hex[:8].upper()}" for _ in limits]
        house = Property(name=f"House {uuid4().hex[:8]}", slug=uuid4().hex, capacity_max=12)
        prices: dict[str, Any] = {
            f"{day}_{season}_season_usd": 100 for day in ("weekday", "weekend") for season in ("low", "high")
        }

        def use(work: Any) -> None:
            work.session.add(house)
            work.session.flush()
            work.session.add(PropertyPricing(property_id=house.id, **prices))
            for name, limit in zip(self.names, limits, strict=True):
                store_discounts(work, make_code(name, usage_limit=limit))

        self.desk.write(use)
        self.house: UUID = house.id

    def _holds(self, one: Booked) -> bool:
        is_live = one.deadline is None or self.clock.now() <= one.deadline
        return not one.ended and one.code is not None and is_live

    def _uses(self, code: int, beside: Booked | None = None) -> int:
        return sum(self._holds(one) and one.code == code and one is not beside for one in self.known)

    def _book(self, code: int | None, *, held: bool) -> Any:
        start = FIRST + timedelta(days=2 * len(self.known))
        nights = Stay(start, start + timedelta(days=2))
        is_left = code is None or self._uses(code) < self.limits[code]
        more = {"code": None if code is None else self.names[code]}
        try:
            if held:
                row = self.desk.hold(nights, self.house, guest=uuid4().hex, **more)
            else:
                row = self.desk.reserve(nights, self.house, **more)
        except CodeRefused as refused:
            if is_left or refused.code != "code_exhausted":
                raise
            return multiple()
        assert is_left, "given out although none is left"
        made = Booked(row, code, row.payment_voucher_deadline, approved=not held)
        self.known.append(made)
        return made

    @rule(target=bookings, code=st.none() | codes)
    def book(self, code: int | None) -> Any:
        return self._book(code, held=False)

    @rule(target=bookings, code=codes)
    def hold(self, code: int) -> Any:
        return self._book(code, held=True)

    @rule(one=bookings)
    def approve(self, one: Booked) -> None:
        is_allowed = not one.ended and not one.approved
        keeps = self._holds(one) or one.code is None or self._uses(one.code, one) < self.limits[one.code]
        try:
            self.desk.approve(one.row)
        except IllegalTransition:
            assert not is_allowed
            return
        except RuleRefused as refused:
            if keeps or not is_allowed or refused.code != "code_exhausted":
                raise
            return
        assert is_allowed
        assert keeps, "a lapsed hold got back a use that was another's"
        one.approved, one.deadline = True, None

    @rule(one=bookings)
    def cancel(self, one: Booked) -> None:
        try:
            self.desk.cancel(one.row)
        except IllegalTransition:
            assert one.ended
            return
        assert not one.ended
        one.ended = True

    @rule(one=bookings, guests=st.integers(1, 6))
    def change(self, one: Booked, guests: int) -> None:
        """It keeps its use, whatever the limit has become."""
        is_live = not one.ended and (one.deadline is None or self.clock.now() <= one.deadline)
        try:
            self.desk.change(one.row, guests=guests)
        except IllegalTransition:
            assert not is_live
            return
        assert is_live

    @rule(one=bookings)
    def drop_code(self, one: Booked) -> None:
        is_live = not one.ended and (one.deadline is None or self.clock.now() <= one.deadline)
        try:
            self.desk.change(one.row, drop_code=True)
        except IllegalTransition:
            assert not is_live
            return
        one.code = None

    @rule(code=codes, limit=st.integers(1, 4))
    def staff_set_the_limit(self, code: int, limit: int) -> None:
        def use(work: Any) -> None:
            row = work.session.get_one(DiscountCode, make_code(self.names[code]).id)
            row.usage_limit = limit

        self.desk.write(use)
        self.limits[code] = limit

    @rule(minutes=st.sampled_from([1, 59, 60, 61]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(timedelta(minutes=minutes))

    @rule()
    def the_job_runs(self) -> None:
        self.desk.expire_all()
        for one in self.known:
            one.ended = one.ended or (one.deadline is not None and self.clock.now() > one.deadline)

    @invariant()
    def uses_are_those_of_the_model(self) -> None:
        if not hasattr(self, "known"):
            return
        table = table_of(DiscountRedemption)

        def use(work: Any) -> list[int]:
            counted = select(func.count()).select_from(table).where(is_used(work.clock.now()))
            return [
                work.connection.execute(counted.where(table.c.code_id == make_code(name).id)).scalar_one()
                for name in self.names
            ]

        assert self.desk.database.read(use) == [self._uses(code) for code in range(CODES)]


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
