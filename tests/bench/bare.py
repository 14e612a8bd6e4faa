"""The yardstick: a Starlette route that does nothing but two trivial statements on the same database."""

from __future__ import annotations

from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from casaaustin.db.engine import open_engines
from casaaustin.settings import load_settings


def create_app() -> Starlette:
    """The application."""
    engine = open_engines(load_settings().database_url).reading
    first, second = text("SELECT 1"), text("SELECT 2")

    def answer(_: Request) -> JSONResponse:
        with engine.connect() as connection:
            one = connection.execute(first).scalar_one()
            two = connection.execute(second).scalar_one()
        return JSONResponse({"sum": one + two})

    return Starlette(routes=[Route("/", answer)])
