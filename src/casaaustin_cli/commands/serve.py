"""`casa serve`: answer over HTTP."""

from __future__ import annotations

import os
import secrets
from socket import IPPROTO_TCP, TCP_NODELAY, socket
from typing import TYPE_CHECKING, Annotated

import typer

from casaaustin_cli import runtime
from casaaustin_cli.framework import CasaTyper, examples
from casaaustin_cli.terminal import say

if TYPE_CHECKING:
    import uvicorn

app = CasaTyper("serve")

FACTORY = "casaaustin_api.app:serve_app"


@app.command()
@examples("casa serve --check  # say whether it could start, and leave")
def serve(
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="PORT", min=1, max=65535, help="Port to listen on.")
    ] = 8000,
    workers: Annotated[
        int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes that answer.")
    ] = 1,
    check: Annotated[
        bool, typer.Option("--check", help="Only say whether everything it needs is there.")
    ] = False,
) -> None:
    """Answer over HTTP: the paths and field names that front ends call.

    It refuses to start while the database is not ready, and in production with
    settings that are not safe. Settings come from the environment, for every
    worker the same. Staff routes open with the key in CASA_API_KEY and stay
    closed without one.
    """
    import uvicorn
    from uvicorn.supervisors import Multiprocess

    with runtime.open() as casa:
        settings = casa.settings
        settings.check()
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    if settings.api_key is None:
        say("CASA_API_KEY is not set: staff routes are closed.")
    if check:
        say(f"ready to answer at {address}")
        return
    if settings.secret_key is None:
        # Every worker must read the quotes of every other; they inherit this, and it dies with them.
        os.environ["CASA_SECRET_KEY"] = secrets.token_urlsafe(48)
        say("CASA_SECRET_KEY is not set: quotes are good until this server stops.")
    say(f"answering at {address}, documented at {address}/api/v1/schema/docs/")
    config = uvicorn.Config(
        FACTORY,
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        log_level=settings.log_level.lower(),
        access_log=False,
        server_header=False,
    )
    listening = [listen(config)]
    if workers > 1:
        Multiprocess(config, sockets=listening).run()
    else:
        uvicorn.Server(config).run(sockets=listening)


def listen(config: uvicorn.Config) -> socket:
    """The socket to answer on; its connections inherit that they send at once.

    An answer is written in two pieces, and on the shared socket of several workers the second one
    would wait 40 ms for the acknowledgement of the first.
    """
    bound = config.bind_socket()
    bound.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
    return bound
