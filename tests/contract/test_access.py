"""Who may call what: every route there is, called by everybody there is."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from starlette.routing import Match
from starlette.testclient import TestClient

from casaaustin.db.work import Database
from casaaustin.settings import Settings
from casaaustin_api.app import create_app
from casaaustin_api.auth import NOBODY, PUBLIC, Access, Keys
from casaaustin_api.endpoint import Endpoint
from casaaustin_api.registry import endpoints
from tests.contract.conftest import KEY, Api, Opener

EVERY = [pytest.param(one, id=f"{one.method} {one.full_path}") for one in endpoints()]


def address(endpoint: Endpoint) -> str:
    return re.sub(r"\{\w+\}", str(UUID(int=7)), endpoint.full_path)


@pytest.mark.parametrize("endpoint", EVERY)
def test_nobody_enters_where_a_key_is_needed(api: Api, endpoint: Endpoint) -> None:
    response = api.client.request(endpoint.method, address(endpoint))
    if endpoint.who.is_public:
        assert response.status_code not in {401, 403}
    else:
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Api-Key")


@pytest.mark.parametrize("endpoint", EVERY)
def test_the_staff_key_opens_every_route(api: Api, endpoint: Endpoint) -> None:
    response = api.client.request(endpoint.method, address(endpoint), headers={"X-Api-Key": KEY})
    assert response.status_code not in {401, 403, 405, 500}


def test_every_route_comes_from_a_declaration(api: Api) -> None:
    """Nothing can be routed beside the registry, so nothing is without a declared access."""
    app: Any = api.client.app
    declared = {(one.method, one.full_path.rstrip("/")) for one in endpoints()}
    routed = {
        (method, route.path.replace(":uuid", ""))
        for route in app.routes
        for method in route.methods - {"HEAD", "OPTIONS"}
    }
    assert routed == declared
    assert all(isinstance(one.who, Access) for one in endpoints())


def test_only_these_are_public() -> None:
    """A new public route is a decision, and this is where it is seen."""
    assert {one.name for one in endpoints() if one.who is PUBLIC} == {
        "calculate_late_checkout",
        "calculate_pricing",
        "greet",
        "list_automatic_discounts",
        "list_global_discounts",
        "list_houses",
        "list_levels",
        "list_photos",
        "list_photos_of_house",
        "live",
        "photo_file",
        "ready",
        "show_automatic_discount",
        "show_calendar",
        "show_docs",
        "show_house",
        "show_photo",
        "show_schema",
        "show_welcome_status",
    }
    assert all(one.method == "GET" for one in endpoints() if one.who is PUBLIC)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Authorization": f"Api-Key {KEY}"}, id="Api-Key"),
        pytest.param({"Authorization": f"Bearer {KEY}"}, id="Bearer"),
        pytest.param({"X-Api-Key": KEY}, id="X-Api-Key"),
    ],
)
def test_the_key_has_three_spellings(api: Api, headers: dict[str, str]) -> None:
    assert api.client.get("/api/v1/reservations/", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": KEY},
        {"Authorization": f"Basic {KEY}"},
        {"Authorization": "Api-Key "},
        {"Authorization": f"Api-Key {KEY}x"},
        {"Authorization": f"Api-Key {KEY[:-1]}"},
        {"X-Api-Key": ""},
        {"X-Api-Key": "ñandú"},
    ],
)
def test_a_wrong_key_is_no_key(api: Api, headers: dict[str, str]) -> None:
    encoded = {name: value.encode() for name, value in headers.items()}
    assert api.client.get("/api/v1/reservations/", headers=encoded).status_code == 401


@pytest.mark.parametrize("key", [None, SecretStr(""), SecretStr("  ")])
def test_without_a_configured_key_staff_routes_stay_closed(
    sqlite_database: Database, open_api: Opener, key: SecretStr | None
) -> None:
    with open_api(sqlite_database, api_key=key) as api:
        for sent in (KEY, "", "None"):
            assert api.client.get("/api/v1/reservations/", headers={"X-Api-Key": sent}).status_code == 401


def test_a_wrong_key_does_not_close_what_is_public(api: Api) -> None:
    """A browser may still send the token of a session that is over."""
    response = api.client.get("/api/v1/property/", headers={"Authorization": "Bearer stale"})
    assert response.status_code == 200


def test_keys_are_compared_without_telling_their_length() -> None:
    keys = Keys(Settings(_env_file=None, api_key=SecretStr("a" * 64)))  # type: ignore[call-arg]
    assert keys.caller({"x-api-key": "a"}) is NOBODY
    assert keys.caller({"x-api-key": "a" * 64}).is_staff


def test_every_path_answers_with_and_without_its_slash(api: Api) -> None:
    app: Any = api.client.app
    for endpoint in endpoints():
        path = address(endpoint).rstrip("/")
        for spelling in (path, f"{path}/"):
            scope = {
                "type": "http",
                "method": endpoint.method,
                "path": spelling,
                "root_path": "",
                "headers": [],
            }
            assert any(route.matches(scope)[0] is Match.FULL for route in app.routes), spelling
    answer = api.client.get("/api/v1/property", follow_redirects=False)
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "unsafe",
    [
        pytest.param({"secret_key": SecretStr("short")}, id="a weak key"),
        pytest.param({"debug": True}, id="debug"),
        pytest.param({"allowed_origins": ("*",)}, id="a wildcard"),
    ],
)
def test_production_refuses_to_start_unsafe(unsafe: dict[str, Any]) -> None:
    from casaaustin.errors import NotReady

    facts: dict[str, Any] = {"_env_file": None, "env": "production", "secret_key": SecretStr("k" * 40)}
    create_app(Settings(**facts))
    with pytest.raises(NotReady):
        create_app(Settings(**{**facts, **unsafe}))


def test_the_application_can_be_made_without_a_database() -> None:
    facts: dict[str, Any] = {"_env_file": None, "database_url": "sqlite:///does/not/exist/casa.sqlite3"}
    app = create_app(Settings(**facts))
    assert TestClient(app).get("/health/live").json() == {"status": "alive"}
