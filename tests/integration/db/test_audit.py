"""The audit trail is final, and a repeated request has the effect of one.

Source: docs/rules/principles.md, 5, 6 and 18.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from casaaustin.actors import Actor
from casaaustin.audit.models import AuditEvent, RequestKey
from casaaustin.audit.service import MASK, MAX_KEY_LENGTH, facts, once, record
from casaaustin.clients.models import Client
from casaaustin.clock import FixedClock
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work
from casaaustin.errors import InvalidInput, KeyReused, NotReady, RuleRefused
from casaaustin.vocabulary import Channel
from tests.support.world import make_client, make_house

EVENTS = table_of(AuditEvent)
HOUSE = str(make_house().id)


def note(work: Work, action: str = "house.close", **more: Any) -> None:
    record(work, action, "property", HOUSE, **more)


def trail(database: Database) -> list[Any]:
    statement = select(EVENTS).order_by(EVENTS.c.at, EVENTS.c.ordinal)
    return database.read(lambda work: list(work.connection.execute(statement)))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET reason = 'nobody will notice'",
        "UPDATE audit_event SET actor = actor",
        "DELETE FROM audit_event",
        "DELETE FROM audit_event WHERE 1 = 1",
    ],
)
def test_the_database_itself_refuses_to_change_the_trail(
    database: Database, actor: Actor, statement: str
) -> None:
    database.write(note, actor=actor)
    before = trail(database)

    with pytest.raises((DBAPIError, NotReady), match="audit events are final"):
        database.write(lambda work: work.connection.execute(text(statement)), actor=actor)

    assert trail(database) == before
    assert len(before) == 1


def test_an_event_says_who_what_and_why(database: Database, clock: FixedClock) -> None:
    bruno = Actor("bruno", Channel.CLI)
    before, after = {"is_open": True, "name": "Casa 1"}, {"is_open": False, "name": "Casa 1"}
    database.write(lambda work: note(work, before=before, after=after, reason="new roof"), actor=bruno)

    (event,) = trail(database)

    assert (event.at, event.actor, event.actor_kind, event.channel) == (
        clock.now(),
        "bruno",
        bruno.kind,
        "cli",
    )
    assert (event.action, event.entity, event.entity_id) == ("house.close", "property", HOUSE)
    assert (event.before, event.after, event.reason) == ({"is_open": True}, {"is_open": False}, "new roof")


def test_events_of_one_moment_keep_their_order(database: Database, actor: Actor) -> None:
    actions = [f"house.step_{number}" for number in range(12)]

    def use(work: Work) -> None:
        for action in actions:
            note(work, action)

    database.write(use, actor=actor)
    assert [event.action for event in trail(database)] == actions


def test_what_was_rolled_back_was_never_recorded(database: Database, actor: Actor) -> None:
    def refused(work: Work) -> None:
        note(work)
        raise RuleRefused("no")

    with pytest.raises(RuleRefused):
        database.write(refused, actor=actor)
    database.write(note, actor=actor, dry_run=True)
    assert trail(database) == []


def test_the_trail_names_personal_fields_but_not_what_they_say(database: Database, actor: Actor) -> None:
    ana = make_client(email="ana@example.org", notes="allergic to cats")

    def use(work: Work) -> None:
        work.session.add(ana)
        work.session.flush()
        record(work, "client.add", "client", ana.id, after=facts(ana))

    database.write(use, actor=actor)

    (event,) = trail(database)
    for name in ("first_name", "last_name", "number_doc", "tel_number", "email", "notes"):
        assert event.after[name] == MASK
    written = str(event)
    for secret in ("Ana", "Quispe", "999000111", "example.org", "cats", str(ana.number_doc)):
        assert secret not in written


# --- once ---


def add_guest(
    work: Work, key: str | None, content: dict[str, Any] | None = None, *, operation: str = "add"
) -> UUID:
    """A request that makes one new guest each time that it is carried out."""

    def do() -> UUID:
        guest = make_client(id=uuid4(), number_doc=None)
        work.session.add(guest)
        return guest.id

    return once(
        work,
        key,
        operation,
        content or {"guests": 2},
        do,
        remember=lambda made: {"id": str(made)},
        recall=lambda kept: UUID(kept["id"]),
    )


def guests(database: Database) -> int:
    statement = select(func.count()).select_from(table_of(Client))
    return int(database.read(lambda work: work.connection.execute(statement).scalar_one()))


def test_a_repeated_request_gives_the_first_result(database: Database, actor: Actor) -> None:
    made = {database.write(lambda work: add_guest(work, "booking-1"), actor=actor) for _ in range(3)}
    assert len(made) == guests(database) == 1
    other = database.write(lambda work: add_guest(work, "booking-2"), actor=actor)
    assert other not in made
    assert guests(database) == 2


def test_twice_in_one_transaction_is_once_too(database: Database, actor: Actor) -> None:
    def use(work: Work) -> set[UUID]:
        return {add_guest(work, "booking-1"), add_guest(work, "booking-1")}

    assert len(database.write(use, actor=actor)) == guests(database) == 1


def test_without_a_key_every_request_is_a_new_one(database: Database, actor: Actor) -> None:
    made = {database.write(lambda work: add_guest(work, None), actor=actor) for _ in range(3)}
    assert len(made) == guests(database) == 3


@pytest.mark.parametrize(
    ("content", "operation"),
    [
        pytest.param({"guests": 3}, "add", id="other content"),
        pytest.param({"guests": 2, "pool": True}, "add", id="more content"),
        pytest.param({"guests": 2}, "remove", id="another operation"),
    ],
)
def test_a_key_with_other_content_is_refused(
    database: Database, actor: Actor, content: dict[str, Any], operation: str
) -> None:
    database.write(lambda work: add_guest(work, "booking-1"), actor=actor)
    with pytest.raises(KeyReused):
        database.write(lambda work: add_guest(work, "booking-1", content, operation=operation), actor=actor)
    assert guests(database) == 1


@pytest.mark.parametrize("key", ["", "x" * (MAX_KEY_LENGTH + 1)], ids=["empty", "too long"])
def test_a_key_has_a_sensible_length(sqlite_database: Database, actor: Actor, key: str) -> None:
    with pytest.raises(InvalidInput):
        sqlite_database.write(lambda work: add_guest(work, key), actor=actor)


@pytest.mark.parametrize("near", ["booking-1 ", "Booking-1", "bóoking-1"], ids=["blank", "case", "accent"])
def test_keys_that_only_look_alike_are_different(database: Database, actor: Actor, near: str) -> None:
    for key in ("booking-1", near):
        database.write(lambda work, key=key: add_guest(work, key), actor=actor)  # type: ignore[misc]
    assert guests(database) == 2


def test_a_request_that_failed_or_was_only_rehearsed_may_come_again(database: Database, actor: Actor) -> None:
    def failing(work: Work) -> None:
        add_guest(work, "booking-1")
        raise RuleRefused("the card was declined")

    with pytest.raises(RuleRefused):
        database.write(failing, actor=actor)
    database.write(lambda work: add_guest(work, "booking-1"), actor=actor, dry_run=True)
    assert guests(database) == 0
    database.write(lambda work: add_guest(work, "booking-1"), actor=actor)
    assert guests(database) == 1


def at_the_same_time(database: Database, run: Callable[[], UUID], count: int = 8) -> list[UUID]:
    together = threading.Barrier(count)

    def start() -> UUID:
        # Connected first: a cold pool would put the threads in a row.
        database.read(lambda work: work.connection.execute(text("SELECT 1")))
        together.wait(timeout=30)
        return run()

    with ThreadPoolExecutor(count) as threads:
        return [started.result(timeout=60) for started in [threads.submit(start) for _ in range(count)]]


def test_parallel_requests_with_one_key_make_one_guest(database: Database, actor: Actor) -> None:
    made = at_the_same_time(
        database, lambda: database.write(lambda work: add_guest(work, "booking-1"), actor=actor)
    )
    assert len(set(made)) == guests(database) == 1


def test_the_race_catches_a_program_that_looks_before_it_writes(database: Database, actor: Actor) -> None:
    """The positive control: "is it there already?" and "then do it" as two steps."""
    keys = table_of(RequestKey)

    def naive() -> UUID:
        found = database.read(
            lambda work: work.connection.execute(
                select(keys.c.result).where(keys.c.key.startswith("booking-1"))
            ).scalar()
        )
        threading.Event().wait(0.05)
        if found is not None:
            return UUID(found["id"])
        return database.write(lambda work: add_guest(work, f"booking-1/{uuid4()}"), actor=actor)

    at_the_same_time(database, naive)
    assert guests(database) > 1
