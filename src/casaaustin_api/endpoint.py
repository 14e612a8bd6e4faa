"""The declaration of an endpoint: from it come its route, its checks and its documentation.

Nothing about an endpoint is said twice. The model that validates a query is the
one that the OpenAPI document shows; the table of refusals that names an error's
number is the one that is documented; a route without a declared access cannot
be written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from casaaustin_api.auth import Access, Caller
from casaaustin_api.problems import PLAIN, Envelope, Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from casaaustin.db.work import Work
    from casaaustin.settings import Settings
    from casaaustin_api.business import Business

T = TypeVar("T")

BASE = "/api/v1"
JSON, FORM, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"
SMALL_BODY = 256 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with a request; its name and type are what the sender says."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a handler answers when a body alone does not say it."""

    body: Any = None
    status: int | None = None
    media_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a handler sees it: allowed, and checked against its models.

    Args:
        business: what is worked on.
        caller: who asks.
        path: what the braces of the path held.
        query: the checked query, an instance of the endpoint's model.
        body: the checked body, likewise.
        files: uploads by field name.
        key: name of this request, under which it may be repeated.
        parameters: the query as it was sent, for links to other pages.
        request: what it all came from, for its address.
    """

    business: Business
    caller: Caller
    path: Mapping[str, Any]
    query: Any
    body: Any
    files: Mapping[str, Upload]
    key: str | None
    parameters: tuple[tuple[str, str], ...]
    request: Request

    @property
    def settings(self) -> Settings:
        """Settings of this machine."""
        return self.business.settings

    @property
    def address(self) -> str:
        """Absolute address of this request, without its query."""
        return str(self.request.url.replace(query="", fragment=""))

    @property
    def origin(self) -> str:
        """Scheme and host of this request."""
        return str(self.request.base_url).rstrip("/")

    def read(self, use: Callable[[Work], T]) -> T:
        """Run a use case that only reads."""
        return self.business.database.read(use, actor=self.caller.actor)

    def write(self, use: Callable[[Work], T]) -> T:
        """Run a use case in one transaction and commit it."""
        return self.business.database.write(use, actor=self.caller.actor)

    @property
    def id(self) -> UUID:
        """The id in the path."""
        found: UUID = self.path["id"]
        return found


Handler = Callable[[Call], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One method of one path.

    Args:
        method: GET, POST, PUT, PATCH or DELETE.
        path: below the base, without the final slash; both forms answer.
        name: unique; the operation's id in the documentation.
        summary: one line.
        tag: the heading it is documented under.
        who: who may call it.
        handler: carries it out, in a worker thread.
        answer: the type of the body on success; None for an answer without one.
        query: the model of its parameters.
        body: the model of its body.
        content: the types of body that it takes.
        file: the body's field that holds a file.
        largest_body: in bytes.
        status: on success.
        other_answers: further statuses that are no refusals, with their types.
        refusals: what it refuses, in the order in which the first one decides.
        envelope: how a refusal is written.
        takes_key: whether `Idempotency-Key` makes it repeatable.
        keeps: whether it stores something although it is a GET, and so may wait for a writer.
        media_type: of the answer.
        base: the path's beginning.
        is_documented: whether the OpenAPI document shows it.
    """

    method: str
    path: str
    name: str
    summary: str
    tag: str
    who: Access
    handler: Handler
    answer: Any
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    content: tuple[str, ...] = (JSON, FORM, MULTIPART)
    file: str | None = None
    largest_body: int = SMALL_BODY
    status: int = 200
    other_answers: Mapping[int, Any] = field(default_factory=dict)
    refusals: tuple[Refusal, ...] = ()
    envelope: Envelope = PLAIN
    takes_key: bool = False
    keeps: bool = False
    media_type: str = JSON
    base: str = BASE
    is_documented: bool = True

    @property
    def full_path(self) -> str:
        """The whole path, in the spelling of the contract."""
        return f"{self.base}{self.path}" + ("" if self.base == "" else "/")
