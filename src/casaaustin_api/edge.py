"""What surrounds every answer: headers that make browsers careful, and one line in the log.

The log names method, path, status and time; never the query, which may name people.
Source: docs/rules/principles.md, 19.
"""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("casaaustin_api.access")

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
)
# An answer may bring its own; these are for those that do not.
_BY_DEFAULT = (
    (b"cache-control", b"no-store"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
)
_STRICT_TRANSPORT = ((b"strict-transport-security", b"max-age=31536000; includeSubDomains"),)


class Edge:
    """Adds the headers and writes the line."""

    def __init__(self, app: ASGIApp, *, is_production: bool) -> None:
        self.app = app
        self._always = _ALWAYS + (_STRICT_TRANSPORT if is_production else ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_logged = _log.isEnabledFor(logging.INFO)
        began = perf_counter() if is_logged else 0
        status = 0

        async def send_on(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers: list[Any] = message["headers"]
                headers.extend(self._always)
                names = {name for name, _ in headers}
                headers.extend(pair for pair in _BY_DEFAULT if pair[0] not in names)
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        finally:
            if is_logged:
                _log.info(
                    "%s %s",
                    scope["method"],
                    scope["path"],
                    extra={"status": status, "ms": round((perf_counter() - began) * 1000, 1)},
                )
