"""Is it alive, is it ready, and what can it do: the schema and its page."""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict

from casaaustin.db.schema import check_schema
from casaaustin.db.work import Work
from casaaustin.errors import CasaError, ExchangeRateMissing
from casaaustin.pricing.queries import rate_book
from casaaustin_api.auth import PUBLIC
from casaaustin_api.endpoint import Answer, Call, Endpoint

HTML = "text/html; charset=utf-8"
PAGE_HEADERS = (
    ("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
)


class Greeting(TypedDict):
    """It answers."""

    message: str


class Alive(TypedDict):
    """The process runs."""

    status: Literal["alive"]


class Failed(TypedDict):
    """A check that failed."""

    check: str
    code: str
    message: str
    hint: NotRequired[str]


class Readiness(TypedDict):
    """Whether it can do its work, and if not, which checks failed."""

    status: Literal["ready", "not_ready"]
    checks: dict[str, Literal["ok", "failed"]]
    failed: list[Failed]


def greet(_call: Call) -> Greeting:
    """The incumbent's sign of life."""
    return {"message": "Casa Austin responde"}


def live(_call: Call) -> Alive:
    """Nothing is asked: a process that can answer lives."""
    return {"status": "alive"}


def ready(call: Call) -> Answer:
    """Database, tables and exchange rate, each by itself: a later check needs the earlier ones."""
    checks: dict[str, Literal["ok", "failed"]] = {}
    failed: list[Failed] = []
    for name, check in (("database", _reach), ("schema", _schema), ("exchange_rate", _rate)):
        try:
            check(call)
        except CasaError as error:
            checks[name] = "failed"
            failed.append({"check": name, "code": error.code, "message": error.message})
            break
        checks[name] = "ok"
    body: Readiness = {"status": "not_ready" if failed else "ready", "checks": checks, "failed": failed}
    return Answer(body, status=503 if failed else 200)


def show_schema(_call: Call) -> dict[str, Any]:
    """The OpenAPI document, made from the declarations that validate."""
    from casaaustin_api.openapi import document

    return document()


def show_docs(_call: Call) -> Answer:
    """The same for people: one page, without anything from elsewhere."""
    from casaaustin_api.docs_page import page

    return Answer(page(), media_type=HTML, headers=PAGE_HEADERS)


def _reach(call: Call) -> None:
    from casaaustin.errors import NotReady

    try:
        call.read(lambda work: work.connection.exec_driver_sql("SELECT 1").scalar())
    except NotReady as error:
        if not error.code.startswith("schema_"):
            raise


def _schema(call: Call) -> None:
    def use(work: Work) -> None:
        check_schema(work.session)

    call.read(use)


def _rate(call: Call) -> None:
    if call.read(rate_book).rate is None:
        raise ExchangeRateMissing("There is no active exchange rate.")


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/schema",
        name="show_schema",
        summary="This interface as an OpenAPI document",
        tag="System",
        who=PUBLIC,
        handler=show_schema,
        answer=dict[str, Any],
    ),
    Endpoint(
        method="GET",
        path="/schema/docs",
        name="show_docs",
        summary="This interface as a page for people",
        tag="System",
        who=PUBLIC,
        handler=show_docs,
        answer=str,
        media_type="text/html",
    ),
    Endpoint(
        method="GET",
        path="/test",
        name="greet",
        summary="A sign of life",
        tag="System",
        who=PUBLIC,
        handler=greet,
        answer=Greeting,
    ),
    Endpoint(
        method="GET",
        base="",
        path="/health/live",
        name="live",
        summary="Whether the process runs",
        tag="System",
        who=PUBLIC,
        handler=live,
        answer=Alive,
    ),
    Endpoint(
        method="GET",
        base="",
        path="/health/ready",
        name="ready",
        summary="Whether database, tables and exchange rate are there",
        tag="System",
        who=PUBLIC,
        handler=ready,
        answer=Readiness,
        other_answers={503: Readiness},
    ),
)
