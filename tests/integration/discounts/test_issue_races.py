"""Many requests at once: one welcome code for one guest, and no code beyond a day's cap.

Each race has its positive control: the same harness lets a version that reads,
decides and then writes do it twice. If it does not, the harness is blind and the
test fails (docs/rules/principles.md, 20).
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import func, select

from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.discounts.models import DiscountCode, MintedCodes
from casaaustin.discounts.service import promotions
from tests.support.desk import Desk
from tests.support.issuers import create, issue, issue_naively, mint, mint_naively, open_count
from tests.support.processes import race

# One race at a time: two of them would want more connections than a server has.
pytestmark = pytest.mark.xdist_group("races")

RACERS = 16
CAP = 5

_code = table_of(DiscountCode)
_minted = table_of(MintedCodes)


def codes_of_the_guest(desk: Desk) -> int:
    statement = select(func.count()).where(_code.c.client_id == desk.client)
    return desk.database.read(lambda work: int(work.connection.execute(statement).scalar_one()))


def minted(desk: Desk) -> int:
    statement = select(_minted.c.codes)
    return desk.database.read(lambda work: int(work.connection.execute(statement).scalar_one()))


def promote(work: Work) -> None:
    promotions.add_promotion(work, discount_percentage=Decimal("10.00"))
    promotions.activate(work, promotions.DEFAULT_NAME)


def test_c46_one_code_per_client_and_everybody_sees_it(desk: Desk) -> None:
    desk.write(promote)
    said = Counter(race(desk.database, partial(issue, desk.client), processes=RACERS))
    assert said == {"ok": 1, "welcome_already_issued": RACERS - 1}
    assert codes_of_the_guest(desk) == 1


def test_the_harness_sees_who_looks_first_and_issues_afterwards(desk: Desk) -> None:
    said = Counter(race(desk.database, partial(issue_naively, desk.client), processes=RACERS))
    assert set(said) <= {"ok", "welcome_already_issued"}, said
    assert codes_of_the_guest(desk) > 1, "the harness is blind"


def test_no_code_is_generated_beyond_the_cap_of_the_day(desk: Desk) -> None:
    said = Counter(race(desk.database, partial(mint, CAP), processes=RACERS))
    assert said == {"ok": CAP, "mint_cap_reached": RACERS - CAP}
    assert minted(desk) == CAP


def test_the_harness_sees_who_counts_first_and_writes_afterwards(desk: Desk) -> None:
    desk.write(open_count)
    said = Counter(race(desk.database, partial(mint_naively, CAP), processes=RACERS))
    assert set(said) <= {"ok", "mint_cap_reached"}, said
    assert said["ok"] > CAP, "the harness is blind"


def test_a_code_is_created_once_and_the_others_are_told(desk: Desk) -> None:
    said = Counter(race(desk.database, create, processes=RACERS))
    assert said == {"ok": 1, "code_taken": RACERS - 1}
