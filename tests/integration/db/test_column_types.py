"""Every column type means the same on every database. Source: docs/rules/principles.md, 7 and 14."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, StatementError

from casaaustin.clock import LIMA, lima_instant
from casaaustin.db.types import canonical_json
from casaaustin.money import q
from casaaustin.vocabulary import ReservationStatus
from tests.integration.db.conftest import Sample


@pytest.mark.parametrize(
    ("column", "amount"),
    [
        pytest.param("usd", "1.01", id="cents"),
        pytest.param("usd", "0.10", id="a tenth has no exact binary form"),
        pytest.param("usd", "-0.01", id="negative"),
        pytest.param("usd", "0.00", id="zero"),
        pytest.param("usd", "9999999999.99", id="the largest"),
        pytest.param("usd", "-9999999999.99", id="the smallest"),
        pytest.param("rate", "3.725", id="a rate"),
        pytest.param("rate", "1.005", id="the classic trap of rounding"),
        pytest.param("wide", "999999999999.999999", id="eighteen digits"),
        pytest.param("wide", "0.000001", id="the smallest part"),
    ],
)
def test_an_amount_comes_back_digit_by_digit(sample: Sample, column: str, amount: str) -> None:
    sample.store({column: Decimal(amount)})

    (read,) = sample.ask(select(sample.table.c[column]))

    assert str(read) == amount
    assert sample.ask(select(sample.table.c.id).where(sample.table.c[column] == Decimal(amount))) == [1]


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        pytest.param("usd", 1.5, "not float", id="a float"),
        pytest.param("usd", True, "not bool", id="a boolean"),
        pytest.param("usd", "1.50", "not str", id="a text"),
        pytest.param("usd", Decimal("1.005"), "more than 2 decimals", id="a decimal too many"),
        pytest.param("rate", Decimal("3.7255"), "more than 3 decimals", id="a rate with four decimals"),
        pytest.param("usd", Decimal("1." + "0" * 40 + "1"), "more than 2 decimals", id="a very small excess"),
        pytest.param("usd", Decimal("10000000000.00"), "does not fit", id="too large"),
        pytest.param("rate", Decimal("1000.000"), "does not fit", id="a rate too large"),
        pytest.param("usd", Decimal("NaN"), "does not fit", id="not a number"),
        pytest.param("usd", Decimal("Infinity"), "does not fit", id="infinity"),
    ],
)
def test_what_is_no_exact_amount_is_refused(sample: Sample, column: str, value: Any, why: str) -> None:
    with pytest.raises(StatementError, match=why):
        sample.store({column: value})
    with pytest.raises(StatementError, match=why):
        sample.ask(select(sample.table.c.id).where(sample.table.c[column] == value))
    assert sample.ask(select(sample.table.c.id)) == []


def test_amounts_are_compared_and_ordered_as_numbers(sample: Sample) -> None:
    amounts = [Decimal(one) for one in ("9.90", "100.00", "-5.00", "0.07", "10.00", "99.99")]
    sample.store(*({"usd": amount} for amount in amounts))
    column = sample.table.c.usd

    assert sample.ask(select(column).order_by(column)) == sorted(amounts)
    assert sample.ask(select(column).where(column > Decimal("9.99")).order_by(column)) == [
        Decimal("10.00"),
        Decimal("99.99"),
        Decimal("100.00"),
    ]
    assert sample.ask(select(column).where(column.between(0, 10)).order_by(column)) == [
        Decimal("0.07"),
        Decimal("9.90"),
        Decimal("10.00"),
    ]
    assert sample.ask(select(func.max(column))) == [Decimal("100.00")]
    assert sample.ask(select(func.min(column))) == [Decimal("-5.00")]


def test_sums_of_a_hundred_thousand_amounts_are_those_of_python(sample: Sample) -> None:
    chance = random.Random(42)
    amounts = [Decimal(chance.randrange(-(10**9), 10**11)).scaleb(-2) for _ in range(100_000)]
    rows = [{"id": number, "usd": amount} for number, amount in enumerate(amounts, start=1)]
    sample.run(lambda connection: connection.execute(insert(sample.table), rows))

    (total,) = sample.ask(select(func.sum(sample.table.c.usd)))

    assert total == sum(amounts)
    # The positive control: binary floats miss it by cents.
    assert q(Decimal(sum(map(float, amounts)))) != total
    assert sample.ask(select(func.count()).select_from(sample.table)) == [100_000]


def test_sql_adds_and_subtracts_amounts_of_one_scale(sample: Sample) -> None:
    sample.store({"usd": Decimal("0.10")})
    column = sample.table.c.usd
    assert sample.ask(select(column + Decimal("0.20"))) == [Decimal("0.30")]
    assert sample.ask(select(column - column)) == [Decimal("0.00")]
    assert sample.ask(select(column + 3)) == [Decimal("3.10")]
    sample.run(lambda connection: connection.execute(update(sample.table).values(usd=column + column)))
    assert sample.ask(select(column)) == [Decimal("0.20")]


@pytest.mark.parametrize("literal", ["149.50", "-0.05", "0.00"])
def test_an_amount_written_into_the_statement_itself_means_the_same(sample: Sample, literal: str) -> None:
    sample.store({"usd": Decimal(literal)})
    statement = select(sample.table.c.id).where(sample.table.c.usd == Decimal(literal))
    engine = sample.database.engines.writing
    sql = str(statement.compile(engine, compile_kwargs={"literal_binds": True}))
    with engine.connect() as connection:
        assert list(connection.execute(text(sql)).scalars()) == [1]


@pytest.mark.parametrize(
    "instant",
    [
        pytest.param(datetime(2026, 1, 15, 23, 59, 59, 999999, tzinfo=UTC), id="microseconds"),
        pytest.param(datetime(2026, 1, 15, 10, 0, tzinfo=LIMA), id="Lima"),
        pytest.param(lima_instant(date(2026, 12, 31), time(23, 59, 59)), id="the last second of a Lima year"),
        pytest.param(lima_instant(date(2027, 1, 1)), id="Lima midnight"),
        pytest.param(
            datetime(2028, 2, 29, 12, 0, tzinfo=timezone(timedelta(hours=9))), id="leap day elsewhere"
        ),
    ],
)
def test_an_instant_comes_back_aware_and_to_the_microsecond(sample: Sample, instant: datetime) -> None:
    sample.store({"at": instant})
    column = sample.table.c.at

    (read,) = sample.ask(select(column))

    assert read == instant
    assert read.utcoffset() == timedelta(0)
    microsecond = timedelta(microseconds=1)
    for bound, found in ((instant, [1]), (instant + microsecond, []), (instant - microsecond, [1])):
        assert sample.ask(select(sample.table.c.id).where(column >= bound)) == found


def test_instants_are_ordered_by_time_whatever_their_zone(sample: Sample) -> None:
    noon = datetime(2026, 4, 6, 12, tzinfo=UTC)
    zones = [UTC, LIMA, timezone(timedelta(hours=9))]
    instants = [(noon + timedelta(hours=n)).astimezone(zones[n % 3]) for n in range(6)]
    sample.store(*({"at": instant} for instant in reversed(instants)))
    assert sample.ask(select(sample.table.c.at).order_by(sample.table.c.at)) == instants


@pytest.mark.parametrize("value", [datetime(2026, 4, 6, 10), date(2026, 4, 6), "2026-04-06T10:00Z"], ids=repr)  # noqa: DTZ001
def test_an_instant_without_a_zone_is_refused(sample: Sample, value: Any) -> None:
    with pytest.raises(StatementError, match="aware datetime"):
        sample.store({"at": value})


def test_ids_come_back_and_are_ordered_as_in_python(sample: Sample) -> None:
    chance = random.Random(7)
    ids = [UUID(int=chance.getrandbits(128)) for _ in range(200)]
    ids += [UUID(int=0), UUID(int=2**128 - 1), UUID(int=2**127), UUID(int=2**127 - 1)]
    sample.store(*({"key": one} for one in ids))
    column = sample.table.c.key
    assert sample.ask(select(column).order_by(column)) == sorted(ids)
    assert sample.ask(select(column).where(column == ids[3])) == [ids[3]]
    assert sample.ask(select(column).where(column > ids[3]).order_by(column)) == sorted(
        one for one in ids if one > ids[3]
    )


def test_an_id_is_a_uuid_and_not_its_text(sample: Sample) -> None:
    with pytest.raises(StatementError, match="an id is a UUID"):
        sample.store({"key": "5d2c0c1e-7a41-4f0e-9a0b-0c1a2b3c4d5e"})


TEXTS = ["Ana", "ana", "ANA", "Aná", "Aña", "Ana ", " Ana", "", "ß", "ss", "🏡🏖️", "%_\\'\""]


def test_texts_are_equal_only_when_every_character_is(sample: Sample) -> None:
    sample.store(*({"word": one, "name": one, "prose": one} for one in TEXTS))
    for name in ("word", "name"):
        column = sample.table.c[name]
        for one in TEXTS:
            assert sample.ask(select(column).where(column == one)) == [one]
    assert sample.ask(select(sample.table.c.prose).order_by(sample.table.c.id)) == TEXTS


def test_the_same_text_twice_in_a_unique_column_is_refused(sample: Sample) -> None:
    sample.store({"name": "Ana"})
    with pytest.raises(IntegrityError):
        sample.store({"id": 2, "name": "Ana"})


def test_no_text_twice_is_no_clash(sample: Sample) -> None:
    sample.store({"name": None}, {"name": None})
    assert sample.ask(select(sample.table.c.name)) == [None, None]


@pytest.mark.parametrize("value", ["x" * 13, "🏡" * 13, 7], ids=["letters", "emoji", "a number"])
def test_a_text_that_does_not_fit_is_refused(sample: Sample, value: Any) -> None:
    with pytest.raises(StatementError, match=r"longer than 12|a text is a str"):
        sample.store({"word": value})
    sample.store({"word": "🏡" * 12})


def test_a_document_is_stored_byte_for_byte_alike(sample: Sample) -> None:
    content = {
        "ñ": ["🏡", None, True, 3],
        "amount": Decimal("149.50"),
        "at": datetime(2026, 4, 6, 10, tzinfo=LIMA),
        "day": date(2026, 4, 6),
        "id": UUID(int=5),
        "status": ReservationStatus.UNDER_REVIEW,
        "features": {"pool", "grill"},
        "a": {"z": 1, "b": ()},
    }
    sample.store({"document": content})
    stored = (
        '{"a":{"b":[],"z":1},"amount":"149.50","at":"2026-04-06T15:00:00+00:00","day":"2026-04-06",'
        '"features":["grill","pool"],"id":"00000000-0000-0000-0000-000000000005",'
        '"status":"under_review","ñ":["🏡",null,true,3]}'
    )
    assert canonical_json(content) == stored
    with sample.database.engines.reading.connect() as connection:
        assert connection.execute(text("SELECT document FROM type_sample")).scalar() == stored
    (read,) = sample.ask(select(sample.table.c.document))
    assert read["amount"] == "149.50"
    assert canonical_json(read) == stored


@pytest.mark.parametrize("value", [{"price": 1.5}, [object()], b"bytes"], ids=["float", "object", "bytes"])
def test_a_document_has_no_place_for_values_without_a_neutral_form(sample: Sample, value: Any) -> None:
    with pytest.raises(StatementError, match="no neutral form"):
        sample.store({"document": value})


@pytest.mark.parametrize("status", list(ReservationStatus), ids=str)
def test_a_choice_is_stored_by_its_value(sample: Sample, status: ReservationStatus) -> None:
    sample.store({"status": status})
    assert sample.ask(select(sample.table.c.status)) == [status]
    assert isinstance(sample.ask(select(sample.table.c.status))[0], ReservationStatus)
    with sample.database.engines.reading.connect() as connection:
        assert connection.execute(text("SELECT status FROM type_sample")).scalar() == status.value


def test_a_word_that_is_not_in_the_list_is_refused(sample: Sample) -> None:
    with pytest.raises(StatementError, match="is not a valid ReservationStatus"):
        sample.store({"status": "confirmed"})


@pytest.mark.parametrize("day", [date(2028, 2, 29), date(2026, 12, 31), date(1900, 1, 1)], ids=str)
def test_a_date_is_a_date_in_every_zone(sample: Sample, day: date) -> None:
    sample.store({"day": day, "hour": time(23, 30)})
    assert sample.ask(select(sample.table.c.day)) == [day]
    assert sample.ask(select(sample.table.c.day).where(sample.table.c.day >= day)) == [day]
    assert sample.ask(select(sample.table.c.day).where(sample.table.c.day > day)) == []
    assert sample.ask(select(sample.table.c.hour)) == [time(23, 30)]
