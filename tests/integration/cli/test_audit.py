"""casa audit: who changed what, when, why and through which face."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casaaustin.actors import Actor
from casaaustin.audit import queries
from casaaustin.audit.queries import Trail
from casaaustin.audit.service import record
from casaaustin.clock import FixedClock
from casaaustin.db.work import Database
from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import Channel
from casaaustin_cli.app import all_commands
from casaaustin_cli.framework import example_arguments, examples_of
from tests.conftest import NOW
from tests.support.commands import Casa, casa_runner
from tests.support.counting import counting
from tests.support.world import known_id

ONE, TWO = known_id("one"), known_id("two")
EVERYTHING = Trail()
BEFORE = {"n": 1, "tel_number": "1"}
AFTER = {"n": 2, "tel_number": "2"}


@pytest.fixture
def told(database: Database, clock: FixedClock) -> Database:
    """Five changes: two in one transaction, then one a day, the last one past midnight in Lima."""

    def first(work: object) -> None:
        record(work, "house.add", "house", ONE, after={"name": "Casa 1", "capacity_max": 12})
        record(work, "house.edit", "house", ONE, before={"name": "Casa 1"}, after={"name": "Casa Uno"})

    database.write(first, actor=Actor("ana", Channel.CLI))
    for hours, action, entity, about, actor in (
        (24, "client.edit", "client", TWO, "bruno"),
        (48, "house.edit", "house", TWO, "ana"),
        (62, "reservation.cancel", "reservation", ONE, "bruno"),
    ):
        clock.set(NOW + timedelta(hours=hours))
        database.write(
            lambda work, a=action, e=entity, i=about: record(
                work, a, e, i, before=BEFORE, after=AFTER, reason="asked"
            ),
            actor=Actor(actor, Channel.API),
        )
    return database


def actions(database: Database, wanted: Trail = EVERYTHING, **options: int) -> list[str]:
    return database.read(lambda work: [one.action for one in queries.changes(work, wanted, **options)])


def test_the_newest_change_comes_first_and_one_transaction_keeps_its_order(told: Database) -> None:
    assert actions(told) == ["reservation.cancel", "house.edit", "client.edit", "house.edit", "house.add"]
    assert actions(told, limit=2) == ["reservation.cancel", "house.edit"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param(Trail(entity="house"), 3, id="of a kind"),
        pytest.param(Trail(entity="house", entity_id=str(ONE)), 2, id="of one thing"),
        pytest.param(Trail(entity_id=ONE.hex), 3, id="by its id without dashes"),
        pytest.param(Trail(entity_id=str(ONE)[:6]), 3, id="by six characters"),
        pytest.param(Trail(entity_id=ONE.hex[:15].upper()), 3, id="by a beginning beyond a dash"),
        pytest.param(Trail(entity_id=str(ONE)[:5]), 0, id="five are too few"),
        pytest.param(Trail(entity_id="%"), 0, id="a pattern is no id"),
        pytest.param(Trail(actor="bruno"), 2, id="of a person"),
        pytest.param(Trail(action="house.edit"), 2, id="of an action"),
        pytest.param(Trail(since=NOW + timedelta(hours=24)), 3, id="since an instant, which belongs to it"),
        pytest.param(Trail(until=NOW + timedelta(hours=24)), 2, id="until an instant, which does not"),
        pytest.param(Trail(actor="ana", since=NOW + timedelta(hours=1)), 1, id="all of these at once"),
    ],
)
def test_a_trail_is_restricted(told: Database, wanted: Trail, found: int) -> None:
    assert len(actions(told, wanted)) == found


def test_a_timeline_tells_the_life_of_one_thing_from_its_beginning(told: Database) -> None:
    events = told.read(lambda work: queries.timeline(work, "house", ONE))
    assert [event.action for event in events] == ["house.add", "house.edit"]


def test_reading_costs_one_statement(told: Database) -> None:
    with counting(told) as statements:
        actions(told, Trail(entity="house", actor="ana"))
    assert len(statements) == 1


@pytest.mark.parametrize("limit", [0, 10_001])
def test_a_limit_has_limits(told: Database, limit: int) -> None:
    with pytest.raises(InvalidInput):
        actions(told, limit=limit)


@pytest.fixture
def casa(told: Database, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Casa:
    url = told.engines.url.render_as_string(hide_password=False)
    return casa_runner(monkeypatch, capsys, url=url, now=(NOW + timedelta(hours=62)).isoformat())


def test_every_example_works(casa: Casa) -> None:
    for command, context in all_commands():
        if context.command_path == "casa audit":
            for example in examples_of(command):
                assert casa(*example_arguments(example)).status == 0


def test_days_are_those_of_lima_and_both_belong_to_the_answer(casa: Casa) -> None:
    # The cancellation was at midnight in Lima: 05:00 in UTC, on Thursday 9 April.
    assert [one["action"] for one in casa("audit --since today --json").json] == ["reservation.cancel"]
    assert [one["action"] for one in casa("audit --since 2026-04-07 --until 2026-04-08 --json").json] == [
        "house.edit",
        "client.edit",
    ]


def test_json_carries_before_after_and_reason_with_persons_masked(casa: Casa) -> None:
    (one,) = casa("audit --action client.edit --json").json
    assert one["before"] == {"n": 1, "tel_number": "•••"}
    assert one["after"] == {"n": 2, "tel_number": "•••"}
    assert (one["actor"], one["channel"], one["reason"], one["at"]) == (
        "bruno",
        "api",
        "asked",
        "2026-04-07T10:00:00-05:00",
    )


def test_people_read_each_change_in_words(casa: Casa) -> None:
    lines = casa("audit").out.splitlines()
    assert "“asked”; n 1 → 2; tel_number changed" in lines[2]
    assert "capacity_max 12; name Casa 1" in lines[-1]
    assert casa("audit --actor nobody").out == "Nothing was changed.\n"
