"""Many processes want the last uses of a code: exactly as many get one as there are.

Each process books a night and house of its own, so that nothing but the code is
scarce. The positive control: the same harness lets a redeemer who counts first
and writes afterwards give out more uses than there are. If it does not, the
harness is blind and the test fails (docs/rules/principles.md, 20).
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from hypothesis import settings
from sqlalchemy import func, select

from casaaustin.availability.models import ReservationNight
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import DiscountRedemption
from casaaustin.discounts.queries import is_used
from casaaustin.quoting.models import SavedQuote
from casaaustin.register.models import Reservation
from casaaustin.vocabulary import ReservationStatus, Source
from tests.support.desk import Desk
from tests.support.offers import make_code, make_rule, store_discounts
from tests.support.processes import race
from tests.support.redeemers import (
    CODE,
    FIRST,
    approve_or_book,
    book,
    book_first,
    book_naively,
    cancel,
    change_or_cancel,
    place,
)
from tests.support.world import make_client

# One race at a time: two of them would want more connections than a server has.
pytestmark = pytest.mark.xdist_group("races")

REPETITIONS = 20 if settings.get_current_profile_name() == "nightly" else 1

_redemption = table_of(DiscountRedemption)
_reservation = table_of(Reservation)


def uses(desk: Desk) -> tuple[int, int]:
    """Rows of redemptions, and the uses that count."""

    def use(work: Work) -> tuple[int, int]:
        rows = select(func.count()).select_from(_redemption)
        return (
            work.connection.execute(rows).scalar_one(),
            work.connection.execute(rows.where(is_used(work.clock.now()))).scalar_one(),
        )

    return desk.database.read(use)


def approved(desk: Desk) -> int:
    statement = select(func.count()).where(_reservation.c.status == ReservationStatus.APPROVED)
    return int(desk.database.read(lambda work: work.connection.execute(statement).scalar_one()))


def start_anew(desk: Desk) -> None:
    """Forget all bookings, so that a race can be run again."""

    def use(work: Work) -> None:

        work.connection.execute(_redemption.delete())
        work.connection.execute(table_of(ReservationNight).delete())
        work.connection.execute(_reservation.delete())

    desk.write(use)


def guests(desk: Desk, count: int) -> list[UUID]:
    """As many clients."""
    people = [make_client("Guest", f"Number {number}", number_doc=f"{number:08}") for number in range(count)]
    desk.write(lambda work: work.session.add_all(people))
    return [one.id for one in people]


@pytest.mark.parametrize(("processes", "limit"), [(64, 7), (16, 1)], ids=["7 of 64", "1 of 16"])
def test_exactly_as_many_get_a_use_as_there_are(desk: Desk, processes: int, limit: int) -> None:
    desk.write(lambda work: store_discounts(work, make_code("SCARCE", usage_limit=limit)))
    clients = guests(desk, processes)
    for _ in range(REPETITIONS):
        said = Counter(race(desk.database, partial(book, clients), processes=processes, only_writes=True))
        assert said == {"ok": limit, "code_exhausted": processes - limit}
        assert uses(desk) == (limit, limit)
        assert approved(desk) == limit
        start_anew(desk)


def test_one_client_gets_one_use_however_many_windows_are_open(desk: Desk) -> None:
    desk.write(lambda work: store_discounts(work, make_code("SCARCE", per_client_limit=1)))
    for _ in range(REPETITIONS):
        said = Counter(race(desk.database, partial(book, [desk.client]), processes=16))
        assert said == {"ok": 1, "code_client_limit": 15}
        assert uses(desk) == (1, 1)
        start_anew(desk)


def test_the_harness_catches_the_naive_redeemer(desk: Desk) -> None:
    limit, processes = 7, 32
    desk.write(lambda work: store_discounts(work, CODE))
    stays = [desk.reserve(nights, house) for house, nights in map(place, range(processes))]
    racer = partial(book_naively, limit, [one.id for one in stays])
    for _ in range(5):
        said = Counter(race(desk.database, racer, processes=processes))
        assert not [word for word in said if word.startswith("error")], said
        if uses(desk)[1] > limit:
            return
        desk.write(lambda work: work.connection.execute(_redemption.delete()))
    pytest.fail("harness blind: the naive redeemer kept to the limit, five times in a row")


@pytest.mark.parametrize("key", [None, "one request"], ids=["no key", "one key"])
def test_cancelling_50_times_at_once_gives_one_use_back(desk: Desk, key: str | None) -> None:
    desk.write(lambda work: store_discounts(work, make_code("SCARCE", usage_limit=1)))
    booked = desk.reserve(FIRST, code="SCARCE")
    said = Counter(race(desk.database, partial(cancel, booked.id, key), processes=50, only_writes=True))
    assert set(said) <= {"ok", "conflict", "invalid_transition"}, said
    assert said["ok"] == (50 if key else 1)
    assert uses(desk) == (1, 0)
    racing = Counter(race(desk.database, partial(book, guests(desk, 8)), processes=8))
    assert racing == {"ok": 1, "code_exhausted": 7}


def test_changing_and_cancelling_at_once_leaves_one_truth(desk: Desk) -> None:
    desk.write(lambda work: store_discounts(work, make_code("SCARCE", usage_limit=1)))
    booked = desk.reserve(FIRST, code="SCARCE")
    said = Counter(race(desk.database, partial(change_or_cancel, booked.id), processes=16))
    assert set(said) <= {"ok", "conflict", "invalid_transition"}, said
    assert uses(desk)[1] == approved(desk)


def test_a_lapsed_hold_and_others_want_the_last_use(desk: Desk, clock: FixedClock) -> None:
    """Whoever gets it, one has it: the late approval or one of the bookings."""
    desk.write(lambda work: store_discounts(work, make_code("SCARCE", usage_limit=1)))
    held = desk.hold(FIRST, code="SCARCE")
    clock.advance(timedelta(hours=2))
    said = Counter(race(desk.database, partial(approve_or_book, held.id, guests(desk, 16)), processes=16))
    assert said == {"ok": 1, "code_exhausted": 15}
    assert uses(desk)[1] == 1


def test_a_client_has_one_first_booking(desk: Desk) -> None:
    """Staff book for one client in many windows: the discount of a first booking is given once."""
    desk.write(lambda work: store_discounts(work, make_rule("First", "25.00", Source.FIRST_TIME)))
    said = Counter(race(desk.database, partial(book_first, desk.client), processes=8))
    assert said == {"ok": 8}
    quotes = desk.database.read(discounted)
    assert quotes == 1


def discounted(work: Work) -> int:
    """Stays that were sold with a discount."""
    snapshots = work.connection.execute(select(table_of(SavedQuote).c.snapshot)).scalars()
    return sum(snapshot["discount"] is not None for snapshot in snapshots)
