"""Airbnb income of a house in a month, typed in by staff. Source: docs/rules/pricing.md, 1.17."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, TypedDict, Unpack
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from casaaustin.audit.writing import add_row, change_row, delete_row
from casaaustin.checks import check_amount, check_whole
from casaaustin.db.tables import table_of
from casaaustin.db.work import Work
from casaaustin.errors import Conflict, NotFound
from casaaustin.properties.models import ProfitPropertyAirBnb, Property

ENTITY = "profit"
LATEST_YEAR = 2999

_profit = table_of(ProfitPropertyAirBnb)
_house = table_of(Property)


class ProfitFields(TypedDict, total=False):
    """House, month (1–12), year and income in soles; a field left out keeps its value."""

    property_id: UUID
    month: int
    year: int
    profit_sol: Decimal


def list_profits(
    work: Work,
    *,
    year: int | None = None,
    month: int | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> tuple[list[ProfitPropertyAirBnb], int]:
    """Incomes, newest month first, and how many there are in all; two statements."""
    conditions = [~_profit.c.deleted]
    if year is not None:
        conditions.append(_profit.c.year == year)
    if month is not None:
        conditions.append(_profit.c.month == month)
    count = work.session.execute(select(func.count()).select_from(_profit).where(*conditions)).scalar_one()
    statement = (
        select(ProfitPropertyAirBnb)
        .where(*conditions)
        .order_by(_profit.c.year.desc(), _profit.c.month.desc(), _profit.c.id)
        .limit(limit)
        .offset(offset or None)
    )
    return list(work.session.scalars(statement)), count


def get_profit(work: Work, profit: UUID) -> ProfitPropertyAirBnb:
    """One income.

    Raises:
        NotFound: none by that id.
    """
    row = work.session.get(ProfitPropertyAirBnb, profit)
    if row is None or row.deleted:
        raise NotFound("There is no such income.", code="profit_not_found")
    return row


def add_profit(work: Work, **fields: Unpack[ProfitFields]) -> ProfitPropertyAirBnb:
    """Enter the income of a house in a month; one that was deleted comes back with the new figure.

    Raises:
        NotFound: no such house.
        Conflict: the month has one already.
        InvalidInput: a field is malformed.
    """
    values = _checked(work, fields)
    buried = work.session.scalars(
        select(ProfitPropertyAirBnb).where(
            _profit.c.property_id == values["property_id"],
            _profit.c.year == values["year"],
            _profit.c.month == values["month"],
        )
    ).first()
    if buried is not None and not buried.deleted:
        raise _entered_twice()
    name = f"{values['year']}-{values['month']:02}"
    if buried is not None:
        change_row(work, buried, {**values, "deleted": False}, entity=ENTITY, name=name, verb="restore")
        return buried
    row = ProfitPropertyAirBnb(**values)
    try:
        with work.session.begin_nested():
            add_row(work, row, entity=ENTITY, name=name)
    except IntegrityError:
        raise _entered_twice() from None
    return row


def edit_profit(work: Work, profit: UUID, **fields: Unpack[ProfitFields]) -> ProfitPropertyAirBnb:
    """Correct an income.

    Raises:
        NotFound: no such income or house.
        Conflict: the month has another one already.
        InvalidInput: a field is malformed.
    """
    row = get_profit(work, profit)
    values = _checked(work, fields)
    try:
        with work.session.begin_nested():
            change_row(work, row, values, entity=ENTITY, name=f"{row.year}-{row.month:02}")
    except IntegrityError:
        raise _entered_twice() from None
    return row


def delete_profit(work: Work, profit: UUID) -> None:
    """Delete an income softly.

    Raises:
        NotFound: no such income.
    """
    row = get_profit(work, profit)
    delete_row(work, row, entity=ENTITY, name=f"{row.year}-{row.month:02}")


def _entered_twice() -> Conflict:
    return Conflict("The income of this house and month was entered before.", code="profit_exists")


def _checked(work: Work, fields: ProfitFields) -> dict[str, Any]:
    values: dict[str, Any] = dict(fields)
    if "month" in values:
        values["month"] = check_whole(values["month"], field="month", least=1, most=12)
    if "year" in values:
        values["year"] = check_whole(values["year"], field="year", least=1, most=LATEST_YEAR)
    if "profit_sol" in values:
        values["profit_sol"] = check_amount(values["profit_sol"], field="profit_sol")
    if "property_id" in values:
        house = select(_house.c.id).where(_house.c.id == values["property_id"], ~_house.c.deleted)
        if work.connection.execute(house).first() is None:
            raise NotFound("There is no such house.", code="house_not_found")
    return values
