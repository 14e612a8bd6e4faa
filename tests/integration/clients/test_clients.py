"""Guests in the database: added once, changed with a trail, found by whatever names them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import cycle
from threading import Barrier
from typing import Any

import pytest
from sqlmodel import select

from casaaustin.actors import Actor
from casaaustin.audit.models import AuditEvent
from casaaustin.audit.service import MASK
from casaaustin.clients import queries, service
from casaaustin.clients.models import Client
from casaaustin.db.work import Database
from casaaustin.errors import Conflict, InvalidInput, KeyReused, NotFound
from casaaustin.vocabulary import DocumentType
from tests.support.counting import counting

ANA = {
    "first_name": "Ana María",
    "last_name": "Quispe Huamán",
    "number_doc": "45678901",
    "tel_number": "999000111",
    "email": "Ana@Example.org",
    "birth_date": date(1990, 5, 31),
}
BRUNO = {
    "first_name": "Bruno",
    "last_name": "Salas",
    "document_type": DocumentType.PASSPORT,
    "number_doc": "ab123456",
    "tel_number": "+1 202 555 0143",
}


def drawn(characters: str) -> Callable[[str], str]:
    source: Iterator[str] = cycle(characters)
    return lambda _among: next(source)


@pytest.fixture
def add(database: Database, actor: Actor) -> Callable[..., Client]:
    """Add a client and commit."""

    def adding(**fields: Any) -> Client:
        return database.write(lambda work: service.add(work, **fields), actor=actor)

    return adding


@pytest.fixture
def find(database: Database) -> Callable[[str], Client]:
    return lambda reference: database.read(lambda work: queries.find_client(work, reference))


def trail(database: Database, action: str) -> list[AuditEvent]:
    return database.read(
        lambda work: list(work.session.exec(select(AuditEvent).where(AuditEvent.action == action)))
    )


def test_a_new_client_is_stored_in_normal_form(add: Callable[..., Client], database: Database) -> None:
    ana = add(**ANA, pick=drawn("482"))
    stored = database.read(lambda work: work.session.get_one(Client, ana.id))
    assert (stored.number_doc, stored.tel_number, stored.email) == (
        "45678901",
        "+51999000111",
        "ana@example.org",
    )
    assert stored.referral_code == "ANA482"
    assert stored.search_name == "ana maria quispe huaman"


def test_adding_leaves_a_trail_that_masks_the_person(add: Callable[..., Client], database: Database) -> None:
    ana = add(**ANA)
    (event,) = trail(database, "client.add")
    assert event.entity_id == str(ana.id)
    assert event.actor == "ana"
    assert event.after["first_name"] == event.after["number_doc"] == event.after["tel_number"] == MASK
    assert "Quispe" not in str(event.after)
    assert "quispe" not in str(event.after)


@pytest.mark.parametrize(
    "reference", ["45678901", "45.678.901", "999 000 111", "+51999000111", "0051999000111"]
)
def test_a_client_is_found_by_document_and_phone_in_any_spelling(
    add: Callable[..., Client], find: Callable[[str], Client], reference: str
) -> None:
    ana = add(**ANA)
    add(**BRUNO)
    assert find(reference).id == ana.id


@pytest.mark.parametrize(
    "reference", ["quispe", "HUAMAN", "ana quispe", "Quispe Ana", "aría qui", "ana@EXAMPLE.org", " ana482 "]
)
def test_a_client_is_found_by_name_email_and_code_whatever_the_case_and_accents(
    add: Callable[..., Client], find: Callable[[str], Client], reference: str
) -> None:
    ana = add(**ANA, pick=drawn("482"))
    add(**BRUNO)
    assert find(reference).id == ana.id


@pytest.mark.parametrize("length", [6, 11, 36])
def test_a_client_is_found_by_the_beginning_of_the_id(
    add: Callable[..., Client], find: Callable[[str], Client], length: int
) -> None:
    ana = add(**ANA)
    assert find(str(ana.id)[:length]).id == ana.id
    assert find(ana.id.hex[:length].upper()).id == ana.id


@pytest.mark.parametrize(
    "reference", ["Carla", "45678902", "999000112", "an%", "_na", "a1b2c3", "\\", "a" * 300]
)
def test_nobody_by_that_name_is_said_so(
    add: Callable[..., Client], find: Callable[[str], Client], reference: str
) -> None:
    add(**ANA)
    with pytest.raises(NotFound):
        find(reference)


def test_namesakes_are_listed_with_masked_phones(
    add: Callable[..., Client], find: Callable[[str], Client]
) -> None:
    ana = add(**ANA)
    add(first_name="Ana", last_name="Salas", tel_number="999000222")
    with pytest.raises(InvalidInput) as refused:
        find("ana")
    shown = [one["message"] for one in refused.value.details["candidates"]]
    assert shown == [
        f"Ana María Quispe Huamán, ***0111, id {ana.id.hex[:8]}",
        shown[1],
    ]
    assert shown[1].startswith("Ana Salas, ***0222, id ")
    assert "999000111" not in str(refused.value.details)


def test_what_names_somebody_exactly_beats_a_part_of_a_name(
    add: Callable[..., Client], find: Callable[[str], Client]
) -> None:
    code = add(**ANA, pick=drawn("482")).referral_code
    add(first_name="Ana482", last_name="Salas", tel_number="999000222")
    assert find(str(code)).first_name == "Ana María"


def test_a_deleted_client_is_not_found_and_frees_the_document(
    add: Callable[..., Client], find: Callable[[str], Client], database: Database, actor: Actor
) -> None:
    gone = add(**ANA)

    def delete(work: Any) -> None:
        work.session.get_one(Client, gone.id).deleted = True

    database.write(delete, actor=actor)
    with pytest.raises(NotFound):
        find(str(gone.id))
    assert add(**ANA).id != gone.id


def test_a_second_live_client_with_the_document_is_refused(
    add: Callable[..., Client], database: Database
) -> None:
    add(**ANA)
    with pytest.raises(Conflict) as refused:
        add(**BRUNO | {"document_type": DocumentType.DNI, "number_doc": "45 678 901"})
    assert refused.value.code == "duplicate_client"
    assert "Ana María Quispe Huamán, ***0111" in refused.value.message
    assert database.read(queries.list_clients).total == 1


def test_the_same_number_of_another_document_type_is_another_person(add: Callable[..., Client]) -> None:
    add(**ANA | {"document_type": DocumentType.PASSPORT})
    add(**ANA)


def test_a_shared_phone_is_allowed_and_remarked_on(database: Database, actor: Actor) -> None:
    def both(work: Any) -> list[str]:
        service.add(work, **ANA)
        service.add(work, **BRUNO | {"tel_number": "+51999000111"})
        return list(work.notes)

    (note,) = database.write(both, actor=actor)
    assert "Ana María Quispe Huamán, ***0111" in note


def test_a_taken_referral_code_is_drawn_again_with_more_digits(add: Callable[..., Client]) -> None:
    codes = [
        add(
            first_name="Ana", last_name="Quispe", tel_number=f"99900011{number}", pick=drawn("1")
        ).referral_code
        for number in range(3)
    ]
    assert codes == ["ANA111", "ANA1111", "ANA11111"]


def test_a_repeated_request_returns_the_first_client(add: Callable[..., Client], database: Database) -> None:
    first = add(**ANA, key="from the phone")
    assert add(**ANA, key="from the phone").id == first.id
    assert database.read(queries.list_clients).total == 1
    with pytest.raises(KeyReused):
        add(**BRUNO, key="from the phone")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"first_name": " "}, "first_name", id="no first name"),
        pytest.param({"last_name": ""}, "last_name", id="a DNI without a last name"),
        pytest.param({"number_doc": "1234"}, "number_doc", id="a malformed document"),
        pytest.param({"tel_number": "12345"}, "tel_number", id="a malformed phone"),
        pytest.param({"email": "ana"}, "email", id="a malformed e-mail"),
        pytest.param({"birth_date": date(2026, 4, 7)}, "birth_date", id="born tomorrow"),
        pytest.param(
            {"number_doc": "", "tel_number": "", "email": ""}, "tel_number", id="nothing to reach them by"
        ),
    ],
)
def test_a_refused_field_is_named_and_nothing_is_stored(
    add: Callable[..., Client], database: Database, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        add(**ANA | fields)
    assert refused.value.field == field
    assert database.read(queries.list_clients).total == 0


def test_a_change_keeps_the_rest_and_says_which_fields(
    add: Callable[..., Client], database: Database, actor: Actor
) -> None:
    ana = add(**ANA)
    changed = database.write(
        lambda work: service.edit(work, "quispe", last_name="Quispe Ramos", notes="Late", reason="asked"),
        actor=actor,
    )
    assert changed.id == ana.id
    assert (changed.search_name, changed.email) == ("ana maria quispe ramos", "ana@example.org")
    (event,) = trail(database, "client.edit")
    assert event.reason == "asked"
    assert event.before == {"last_name": MASK, "notes": ""}
    assert event.after == {"last_name": MASK, "notes": MASK}


def test_a_change_to_the_same_values_leaves_no_trail(
    add: Callable[..., Client], database: Database, actor: Actor
) -> None:
    add(**ANA)
    database.write(lambda work: service.edit(work, "quispe", tel_number="51999000111"), actor=actor)
    assert trail(database, "client.edit") == []


def test_an_empty_text_takes_a_field_away(
    add: Callable[..., Client], database: Database, actor: Actor
) -> None:
    add(**ANA)
    changed = database.write(
        lambda work: service.edit(work, "quispe", email="", birth_date=None), actor=actor
    )
    assert (changed.email, changed.birth_date) == (None, None)


def test_the_last_way_to_recognise_somebody_stays(
    add: Callable[..., Client], database: Database, actor: Actor
) -> None:
    add(first_name="Ana", tel_number="999000111")
    with pytest.raises(InvalidInput):
        database.write(lambda work: service.edit(work, "ana", tel_number=""), actor=actor)


def test_another_document_type_must_fit_the_number_that_stays(
    add: Callable[..., Client], database: Database, actor: Actor
) -> None:
    add(**ANA)
    with pytest.raises(InvalidInput) as refused:
        database.write(lambda work: service.edit(work, "quispe", document_type=DocumentType.RUC), actor=actor)
    assert refused.value.field == "number_doc"


def test_taking_over_the_document_of_somebody_else_is_refused(
    add: Callable[..., Client], database: Database, actor: Actor
) -> None:
    add(**ANA)
    add(**BRUNO)
    with pytest.raises(Conflict):
        database.write(
            lambda work: service.edit(
                work, "bruno", document_type=DocumentType.DNI, number_doc=ANA["number_doc"]
            ),
            actor=actor,
        )


def test_a_referrer_is_named_like_anybody_else_and_is_not_oneself(
    add: Callable[..., Client], database: Database, actor: Actor
) -> None:
    ana = add(**ANA)
    assert add(**BRUNO, referred_by="999000111").referred_by_id == ana.id
    with pytest.raises(InvalidInput):
        database.write(lambda work: service.edit(work, "quispe", referred_by="45678901"), actor=actor)


def test_a_list_is_by_name_in_pages_and_finds_parts_of_names(
    add: Callable[..., Client], database: Database
) -> None:
    for name in ("Élida", "ana", "Bruno", "Carla"):
        add(first_name=name, last_name="Quispe", tel_number="999000111")
    names: list[str] = []
    for offset in (0, 3):
        page = database.read(lambda work, at=offset: queries.list_clients(work, limit=3, offset=at))
        assert page.total == 4
        names += [client.first_name for client in page.clients]
    assert names == ["ana", "Bruno", "Carla", "Élida"]
    found = database.read(lambda work: queries.list_clients(work, search="elida"))
    assert [client.first_name for client in found.clients] == ["Élida"]


@pytest.mark.parametrize("count", [1, 12])
def test_looking_up_costs_the_same_however_many_there_are(
    add: Callable[..., Client], database: Database, count: int
) -> None:
    for number in range(count):
        add(first_name="Ana", last_name="Salas", tel_number=f"9990001{number:02}")
    add(**BRUNO)
    with counting(database) as statements:
        database.read(lambda work: queries.find_client(work, "bruno"))
        assert len(statements) == 2
        database.read(lambda work: queries.list_clients(work, search="ana"))
        assert len(statements) == 4


def test_of_many_who_add_the_same_person_at_once_one_does(database: Database, actor: Actor) -> None:
    start = Barrier(6)

    def adding(number: int) -> str:
        start.wait()
        try:
            database.write(lambda work: service.add(work, **ANA, notes=f"try {number}"), actor=actor)
        except Conflict as refused:
            return refused.code
        return "added"

    with ThreadPoolExecutor(6) as threads:
        outcomes = sorted(threads.map(adding, range(6)))
    assert outcomes == ["added", *["duplicate_client"] * 5]
    assert database.read(queries.list_clients).total == 1
