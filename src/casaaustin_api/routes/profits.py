"""Airbnb income that staff type in. Source: docs/rules/pricing.md, 1.17 and 4.1."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from casaaustin.db.work import Work
from casaaustin.errors import InvalidInput
from casaaustin.money import ZERO
from casaaustin.properties.models import ProfitPropertyAirBnb
from casaaustin.properties.profits import (
    LATEST_YEAR,
    ProfitFields,
    add_profit,
    delete_profit,
    edit_profit,
    get_profit,
    list_profits,
)
from casaaustin_api.auth import STAFF
from casaaustin_api.endpoint import Answer, Call, Endpoint
from casaaustin_api.fields import WHOLE, Fields, Id, Price
from casaaustin_api.pages import PageQuery, paged, span
from casaaustin_api.problems import PLAIN, Envelope, Problem, Refusal
from casaaustin_api.routes.houses import details
from casaaustin_api.wire.houses import Profit, ProfitPage, present_profit

Month = Annotated[int, Field(ge=1, le=12), WHOLE]
Year = Annotated[int, Field(ge=1, le=LATEST_YEAR), WHOLE]


def _write_period(problem: Problem) -> dict[str, Any]:
    """A faulty month or year goes by the name that front ends look for."""
    names = {"month": "error_month_param", "year": "error_year_param"}
    renamed = {names.get(name, name): messages for name, messages in problem.fields.items()}
    return PLAIN.write(replace(problem, fields=renamed))


PERIOD = Envelope("Refusal", _write_period, PLAIN.schema)


class ProfitsQuery(PageQuery):
    """Which incomes to list; `year` and `month` go together."""

    year: Year | None = None
    month: Month | None = None


class NewProfit(Fields):
    """The income of a house in a month."""

    property: Id
    month: Month
    year: Year
    profit_sol: Price


class SomeOfProfit(Fields):
    """What of it to correct."""

    property: Id | None = None
    month: Month | None = None
    year: Year | None = None
    profit_sol: Price = None


def list_all(call: Call) -> Any:
    """Incomes, newest month first."""
    asked: ProfitsQuery = call.query
    if (asked.year is None) != (asked.month is None):
        missing = "month" if asked.month is None else "year"
        raise InvalidInput("year and month go together.", field=missing, code="period_incomplete")
    part = span(asked)

    def use(work: Work) -> tuple[list[Profit], int]:
        rows, count = list_profits(
            work, year=asked.year, month=asked.month, limit=part.limit, offset=part.offset
        )
        return _present(work, rows, call), count

    return paged(call, *call.read(use))


def create(call: Call) -> Profit:
    """Enter an income."""
    fields = _said(call.body)
    return call.write(lambda work: _present(work, [add_profit(work, **fields)], call)[0])


def show(call: Call) -> Profit:
    """One income."""
    return call.read(lambda work: _present(work, [get_profit(work, call.id)], call)[0])


def edit(call: Call) -> Profit:
    """Correct an income."""
    fields = _said(call.body)
    return call.write(lambda work: _present(work, [edit_profit(work, call.id, **fields)], call)[0])


def delete(call: Call) -> Answer:
    """Delete an income."""
    call.write(lambda work: delete_profit(work, call.id))
    return Answer()


def _said(body: NewProfit | SomeOfProfit) -> ProfitFields:
    said: ProfitFields = {}
    if body.property is not None:
        said["property_id"] = body.property
    if body.month is not None:
        said["month"] = body.month
    if body.year is not None:
        said["year"] = body.year
    if body.profit_sol is not None or isinstance(body, NewProfit):
        said["profit_sol"] = body.profit_sol if body.profit_sol is not None else ZERO
    return said


def _present(work: Work, rows: list[ProfitPropertyAirBnb], call: Call) -> list[Profit]:
    work.session.flush()
    houses: dict[UUID, Any] = details(work, [row.property_id for row in rows], call.origin)
    return [present_profit(row, houses[row.property_id]) for row in rows]


_NO_HOUSE = Refusal(404, "no such house")
_FAULTY = Refusal(400, "a field is faulty")
_TWICE = Refusal(409, "the house has an income for this month already")
_UNKNOWN = Refusal(404, "no such income or house")


def _collection(path: str, suffix: str) -> tuple[Endpoint, ...]:
    shared: dict[str, Any] = {"path": path, "tag": "Houses", "who": STAFF}
    return (
        Endpoint(
            method="GET",
            name=f"list_profits{suffix}",
            summary="Airbnb income by house and month, newest first",
            handler=list_all,
            query=ProfitsQuery,
            answer=ProfitPage | list[Profit],
            refusals=(
                Refusal(
                    400, "`error_month_param` or `error_year_param`: one of the two is missing or faulty"
                ),
                Refusal(404, "no such page"),
            ),
            envelope=PERIOD,
            **shared,
        ),
        Endpoint(
            method="POST",
            name=f"add_profit{suffix}",
            summary="Enter the Airbnb income of a house in a month",
            handler=create,
            body=NewProfit,
            answer=Profit,
            status=201,
            refusals=(_FAULTY, _NO_HOUSE, _TWICE),
            **shared,
        ),
    )


def _one(path: str, suffix: str) -> tuple[Endpoint, ...]:
    shared: dict[str, Any] = {"path": path, "tag": "Houses", "who": STAFF}
    return (
        Endpoint(
            method="GET",
            name=f"show_profit{suffix}",
            summary="One Airbnb income",
            handler=show,
            answer=Profit,
            refusals=(_UNKNOWN,),
            **shared,
        ),
        Endpoint(
            method="PUT",
            name=f"replace_profit{suffix}",
            summary="Replace an Airbnb income",
            handler=edit,
            body=NewProfit,
            answer=Profit,
            refusals=(_FAULTY, _UNKNOWN, _TWICE),
            **shared,
        ),
        Endpoint(
            method="PATCH",
            name=f"edit_profit{suffix}",
            summary="Correct an Airbnb income",
            handler=edit,
            body=SomeOfProfit,
            answer=Profit,
            refusals=(_FAULTY, _UNKNOWN, _TWICE),
            **shared,
        ),
        Endpoint(
            method="DELETE",
            name=f"delete_profit{suffix}",
            summary="Delete an Airbnb income",
            handler=delete,
            answer=None,
            status=204,
            refusals=(_UNKNOWN,),
            **shared,
        ),
    )


# Front ends use both spellings.
ENDPOINTS = (
    *_collection("/profit", ""),
    *_one("/profit/{id}", ""),
    *_collection("/profit-airbnb", "_airbnb"),
    *_one("/profit-airbnb/{id}", "_airbnb"),
)
