"""The application over a database with the business of the worked examples; nobody and staff call it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from casaaustin.actors import Actor
from casaaustin.clock import FixedClock
from casaaustin.db.work import Database
from casaaustin.reservations.booking import Order, reserve
from casaaustin.stays import Stay
from casaaustin_api.app import create_app
from tests.support.world import C1, build_world, make_client, stay

KEY = "a staff key for tests"
STAFF = {"Authorization": f"Api-Key {KEY}"}
ANA = make_client().id


@dataclass(frozen=True, slots=True)
class Api:
    """The running application, its database, and a hand that knows the key."""

    client: TestClient
    database: Database
    actor: Actor
    media: Path

    def get(self, path: str, *, staff: bool = False, **query: Any) -> Any:
        """GET below the base."""
        return self.client.get(f"/api/v1{path}", params=query, headers=STAFF if staff else {})

    def send(self, method: str, path: str, *, staff: bool = True, **more: Any) -> Any:
        """Any method below the base; with the key unless a test says otherwise."""
        headers = {**(STAFF if staff else {}), **more.pop("headers", {})}
        return self.client.request(method, f"/api/v1{path}", headers=headers, **more)

    def sold(self, check_in: str, check_out: str, *, house: UUID = C1, **wishes: Any) -> UUID:
        """A stay of Ana's in the books, put there by the library."""
        nights: Stay = stay(check_in, check_out)
        order = Order(**{"house": house, "stay": nights, "client": ANA, **wishes})
        return self.database.write(lambda work: reserve(work, order).id, actor=self.actor)


Opener = Callable[..., AbstractContextManager[Api]]


@pytest.fixture
def open_api(tmp_path: Path, clock: FixedClock, actor: Actor) -> Opener:
    """Opens the application over a database; choices are settings, `world` those of the fixture."""

    @contextmanager
    def opened(database: Database, *, world: dict[str, Any] | None = None, **choices: Any) -> Iterator[Api]:
        def build(work: Any) -> None:
            build_world(work, **(world or {}))
            work.session.add(make_client())

        database.write(build, actor=actor)
        facts = {"api_key": SecretStr(KEY), "media_dir": tmp_path / "media", **choices}
        app = create_app(database.settings.model_copy(update=facts), clock=clock, database=database)
        with TestClient(app) as client:
            yield Api(client, database, actor, tmp_path / "media")

    return opened


@pytest.fixture
def api(sqlite_database: Database, open_api: Opener) -> Iterator[Api]:
    """The application on SQLite, for what does not depend on the database."""
    with open_api(sqlite_database) as opened:
        yield opened


@pytest.fixture
def api_everywhere(database: Database, open_api: Opener) -> Iterator[Api]:
    """The application on every database in turn."""
    with open_api(database) as opened:
        yield opened
