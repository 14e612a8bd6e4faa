"""A path with its methods as an ASGI application: who calls, what they say, the handler, the answer.

Everything that can go wrong between the first byte and the last ends here as a
documented refusal; a defect ends as 500 with an id that finds it in the logs.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from casaaustin.errors import CasaError
from casaaustin_api.auth import Caller
from casaaustin_api.endpoint import JSON, Answer, Call, Endpoint
from casaaustin_api.jsontext import text_of, to_json, writer_of
from casaaustin_api.problems import PLAIN, Envelope, Problem, internal, problem_of
from casaaustin_api.reading import (
    BodyTooLarge,
    MethodNotAllowed,
    UnsupportedMediaType,
    check,
    once_each,
    read_body,
    read_key,
    read_parameters,
)

if TYPE_CHECKING:
    from casaaustin_api.business import Business

_log = logging.getLogger("casaaustin_api")

PROTOCOL_STATUS: Mapping[type[CasaError], int] = {
    MethodNotAllowed: 405,
    BodyTooLarge: 413,
    UnsupportedMediaType: 415,
}


class Resource:
    """One path: its endpoints by method."""

    def __init__(self, endpoints: Iterable[Endpoint], business: Business) -> None:
        self.endpoints = {endpoint.method: endpoint for endpoint in endpoints}
        if "GET" in self.endpoints:
            self.endpoints["HEAD"] = self.endpoints["GET"]
        self.allowed = ", ".join(sorted({*self.endpoints, "OPTIONS"}))
        self._business = business

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        endpoint = self.endpoints.get(method)
        if method == "OPTIONS":
            response = Response(status_code=204, headers={"allow": self.allowed})
        elif endpoint is None:
            response = refused(MethodNotAllowed(f"{method} is not allowed here."), envelope=PLAIN)
            response.headers["allow"] = self.allowed
        else:
            try:
                response = await self._answer(endpoint, Request(scope, receive))
            except ClientDisconnect:
                return
        await response(scope, receive, send)

    async def _answer(self, endpoint: Endpoint, request: Request) -> Response:
        try:
            caller = self._business.keys.caller(request.headers)
            endpoint.who.admit(caller)
            parameters = read_parameters(request.scope["query_string"])
            query = None
            if endpoint.query is not None:
                query = check(endpoint.query, once_each(parameters, endpoint.query))
            body, files = None, {}
            if endpoint.body is not None or endpoint.file is not None:
                read = await read_body(request, endpoint)
                body = check(endpoint.body, read.values) if endpoint.body is not None else None
                files = dict(read.files)
            key = read_key(request) if endpoint.takes_key else None
            carry_out = partial(
                self._carry_out, endpoint, request, caller, query, body, files, key, parameters
            )
            # Writers may wait for a lock, so they have threads of their own: no reader waits behind them.
            reads_only = endpoint.method == "GET" and not endpoint.keeps
            limiter = self._business.readers if reads_only else None
            return await to_thread.run_sync(carry_out, limiter=limiter)
        except ClientDisconnect:
            raise
        except CasaError as error:
            return refused(error, endpoint=endpoint)
        except Exception as error:  # noqa: BLE001 - the last resort of every request
            return _broken(error, endpoint)

    def _carry_out(
        self,
        endpoint: Endpoint,
        request: Request,
        caller: Caller,
        query: Any,
        body: Any,
        files: Mapping[str, Any],
        key: str | None,
        parameters: tuple[tuple[str, str], ...],
    ) -> Response:
        """The part of a request that may wait: in a worker thread, up to the finished bytes."""
        call = Call(
            business=self._business,
            caller=caller,
            path=request.path_params,
            query=query,
            body=body,
            files=files,
            key=key,
            parameters=parameters,
            request=request,
        )
        answer = endpoint.handler(call)
        if not isinstance(answer, Answer):
            answer = Answer(answer)
        status = answer.status or endpoint.status
        if answer.body is None:
            return Response(status_code=status, headers=dict(answer.headers))
        if isinstance(answer.body, bytes):
            content, media_type = answer.body, answer.media_type or endpoint.media_type
        else:
            write = writer_of(endpoint.answer) if status == endpoint.status else text_of
            content, media_type = write(answer.body).encode("utf-8", "replace"), JSON
        return Response(content, status, dict(answer.headers) or None, media_type)


class PathRoute(Route):
    """A route that answers with and without the final slash, without sending anybody elsewhere.

    `{id}` holds a UUID and nothing else, so that it never swallows a word beside it.
    """

    def __init__(self, path: str, resource: Resource, *, name: str) -> None:
        pattern = path.rstrip("/").replace("{id}", "{id:uuid}")
        super().__init__(pattern, resource, methods=[*resource.endpoints, "OPTIONS"], name=name)
        self.path_regex = re.compile(f"{self.path_regex.pattern.removesuffix('$')}/?$")

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Every method goes to the resource, which knows how to refuse one."""
        await self.app(scope, receive, send)


def refused(error: CasaError, *, endpoint: Endpoint | None = None, envelope: Envelope = PLAIN) -> Response:
    """A refusal as a response."""
    refusals, staff = (endpoint.refusals, endpoint.who.for_staff) if endpoint is not None else ((), False)
    problem = problem_of(error, refusals, staff=staff)
    status = next((PROTOCOL_STATUS[kind] for kind in PROTOCOL_STATUS if isinstance(error, kind)), None)
    return _written(problem, endpoint.envelope if endpoint is not None else envelope, status)


def _written(problem: Problem, envelope: Envelope, status: int | None = None) -> Response:
    shown = problem if status is None else Problem(status, problem.code, problem.message, problem.number)
    headers = {"www-authenticate": 'Api-Key realm="casaaustin"'} if shown.status == 401 else None
    if shown.status == 503:
        headers = {"retry-after": "2"}
    return Response(to_json(envelope.write(shown)), shown.status, headers, JSON)


def _broken(error: Exception, endpoint: Endpoint) -> Response:
    error_id = "E" + secrets.token_hex(6)
    _log.error(
        "%s broke: %s", endpoint.name, type(error).__name__, exc_info=error, extra={"error_id": error_id}
    )
    number = next((line.number for line in endpoint.refusals if line.status == 500), None)
    return _written(internal(error_id, number), endpoint.envelope)
