"""The Starlette application.

    uvicorn casaaustin_api.app:create_app --factory        or: casa serve

It can be made without a database: that is opened when the server starts, or by
the first request that needs it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response

if TYPE_CHECKING:
    from casaaustin.clock import Clock
    from casaaustin.db.work import Database
    from casaaustin.settings import Settings

PREFLIGHT_SECONDS = 3600


def create_app(
    settings: Settings | None = None, *, clock: Clock | None = None, database: Database | None = None
) -> Starlette:
    """Make the application.

    Args:
        settings: read from the environment when left out; those of `database` when that is given.
        clock: the machine's, or the fixed one of `CASA_NOW`, when left out.
        database: an open one, which the caller closes.

    Raises:
        NotReady: production with a weak key, debug on, or a wildcard origin.
    """
    from casaaustin.settings import Environment, load_settings
    from casaaustin_api.business import Business
    from casaaustin_api.edge import Edge
    from casaaustin_api.registry import by_path
    from casaaustin_api.resource import PathRoute, Resource

    chosen = settings or (database.settings if database is not None else load_settings())
    chosen.check()
    business = Business(
        chosen, clock=clock or (database.clock if database is not None else chosen.clock()), database=database
    )
    around = [Middleware(Edge, is_production=chosen.env is Environment.PRODUCTION)]
    if chosen.allowed_origins:
        around.append(
            Middleware(
                CORSMiddleware,
                allow_origins=list(chosen.allowed_origins),
                allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
                allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "X-Api-Key"],
                max_age=PREFLIGHT_SECONDS,
            )
        )
    routes = [
        PathRoute(path, Resource(endpoints, business), name=endpoints[0].name)
        for path, endpoints in by_path()
    ]
    app = Starlette(
        routes=routes,
        middleware=around,
        exception_handlers={HTTPException: _no_such_path},
        lifespan=_lifespan(business),
    )
    app.router.redirect_slashes = False
    app.state.business = business
    return app


def serve_app() -> Starlette:
    """The application of a server process, whose logs go to standard error, masked.

    Raises:
        As `create_app`.
    """
    from casaaustin import logs
    from casaaustin.settings import load_settings

    settings = load_settings()
    logs.configure(settings.log_level)
    return create_app(settings)


def _lifespan(business: Any) -> Callable[[Starlette], Any]:
    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncIterator[None]:
        from anyio import to_thread

        from casaaustin.errors import CasaError

        # No more threads than connections: who would wait for one may as well wait for a thread.
        to_thread.current_default_thread_limiter().total_tokens = business.settings.pool_size
        try:
            await to_thread.run_sync(lambda: business.database)
        except CasaError as error:
            # It lives and says what is missing; the first request after the repair opens the database.
            _warn(error)
        yield
        business.close()

    return life


def _warn(error: Exception) -> None:
    import logging

    logging.getLogger("casaaustin_api").warning("not ready: %s", error)


async def _no_such_path(_request: Request, error: Exception) -> Response:
    from casaaustin.errors import NotFound
    from casaaustin_api.resource import refused

    status = error.status_code if isinstance(error, HTTPException) else 500
    response = refused(NotFound("There is nothing at this address."))
    response.status_code = status
    return response
