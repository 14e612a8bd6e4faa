"""What is the same for every route: methods, headers, origins, health, bodies that cannot be read."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from starlette.testclient import TestClient

from casaaustin.db.migrate import upgrade
from casaaustin.db.work import Database
from casaaustin.settings import Environment, Settings
from casaaustin_api.app import create_app
from casaaustin_api.endpoint import SMALL_BODY
from casaaustin_api.registry import endpoints
from tests.contract.conftest import Api, Opener
from tests.contract.shapes import assert_shape

ORIGIN = "https://casa.example"


def test_a_sign_of_life(api: Api) -> None:
    assert_shape("test", api.get("/test/").json())


def test_ready_names_its_checks(api_everywhere: Api) -> None:
    response = api_everywhere.client.get("/health/ready")
    assert response.status_code == 200
    assert_shape("ready", response.json())


def readiness(url: str) -> Any:
    facts: dict[str, Any] = {"_env_file": None, "env": "test", "database_url": url}
    with TestClient(create_app(Settings(**facts))) as client:
        assert client.get("/health/live").status_code == 200
        refused = client.get("/api/v1/property/")
        assert refused.status_code in {200, 503}
        return client.get("/health/ready")


def test_not_ready_says_which_check_failed(tmp_path: Path) -> None:
    blank = readiness(f"sqlite:///{tmp_path / 'blank.sqlite3'}")
    assert blank.status_code == 503
    assert blank.json()["checks"] == {"database": "ok", "schema": "failed"}
    assert blank.json()["failed"][0]["code"] == "schema_missing"

    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    upgrade(url)
    without_rate = readiness(url)
    assert without_rate.status_code == 503
    assert without_rate.json()["failed"][0]["code"] == "exchange_rate_missing"

    unreachable = readiness("postgresql://nobody@127.0.0.1:1/nothing")
    assert unreachable.status_code == 503
    assert unreachable.json()["checks"] == {"database": "failed"}


def test_a_database_that_comes_later_is_found(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'later.sqlite3'}"
    facts: dict[str, Any] = {"_env_file": None, "env": "test", "database_url": url}
    with TestClient(create_app(Settings(**facts))) as client:
        assert client.get("/api/v1/property/").status_code == 503
        upgrade(url)
        assert client.get("/api/v1/property/").status_code == 200


def test_other_methods_are_refused_with_those_that_exist(api: Api) -> None:
    response = api.client.request("DELETE", "/api/v1/property/")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    photos = api.client.request("PUT", "/api/v1/photos/")
    assert photos.headers["allow"] == "GET, HEAD, OPTIONS, POST"


def test_head_is_get_without_its_body(api: Api) -> None:
    got, headed = api.client.get("/api/v1/property/"), api.client.head("/api/v1/property/")
    assert headed.content == b""
    assert headed.headers["content-length"] == got.headers["content-length"]


def test_options_says_what_is_allowed(api: Api) -> None:
    response = api.client.options("/api/v1/property/")
    assert (response.status_code, response.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


def test_an_unknown_address_is_a_plain_404(api: Api) -> None:
    response = api.client.get("/api/v1/nothing/")
    assert response.status_code == 404
    assert set(response.json()) == {"detail", "code"}


def test_answers_carry_careful_headers(api: Api) -> None:
    headers = api.get("/property/").headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert "strict-transport-security" not in headers
    assert "style-src" in api.get("/schema/docs/").headers["content-security-policy"]


def test_production_insists_on_tls(sqlite_database: Database, open_api: Opener) -> None:
    secret = SecretStr("k" * 40)
    with open_api(sqlite_database, env=Environment.PRODUCTION, secret_key=secret) as api:
        assert "strict-transport-security" in api.get("/test/").headers


def test_only_listed_origins_may_call_from_a_browser(sqlite_database: Database, open_api: Opener) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "idempotency-key"}
    with open_api(sqlite_database, allowed_origins=(ORIGIN,)) as api:
        known = api.client.get("/api/v1/test/", headers={"Origin": ORIGIN})
        stranger = api.client.get("/api/v1/test/", headers={"Origin": f"{ORIGIN}.evil.example"})
        asked = api.client.options("/api/v1/reservations/", headers={"Origin": ORIGIN, **asks})
        refused = api.client.options("/api/v1/reservations/", headers={"Origin": "null", **asks})
    assert known.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in stranger.headers
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    assert "access-control-allow-origin" not in refused.headers


def test_without_a_list_no_origin_is_allowed(api: Api) -> None:
    response = api.client.get("/api/v1/test/", headers={"Origin": ORIGIN})
    assert "access-control-allow-origin" not in response.headers


CHECK = "/prop/check-avaible/"


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        pytest.param(b"{", "application/json", 400, id="half of it"),
        pytest.param(b"[]", "application/json", 400, id="a list"),
        pytest.param(b"null", "application/json", 400, id="null"),
        pytest.param(b'{"property": NaN}', "application/json", 400, id="not a number"),
        pytest.param(b'{"a": ' * 2000 + b"1" + b"}" * 2000, "application/json", 400, id="a tower"),
        pytest.param(b"[" * 100_000, "application/json", 400, id="a deeper tower"),
        pytest.param(b'{"property": ' + b"9" * 5000 + b"}", "application/json", 400, id="a huge number"),
        pytest.param('{"property": "ñ"}'.encode("latin-1"), "application/json", 400, id="not UTF-8"),
        pytest.param('{"property": "x"}'.encode("utf-16"), "application/json", 400, id="UTF-16"),
        pytest.param(b'{"property": "\\ud800"}', "application/json", 400, id="half a character"),
        pytest.param(b'{"property": "\\u0000"}', "application/json", 400, id="NUL"),
        pytest.param(b"property=%ff%fe", "application/x-www-form-urlencoded", 400, id="a form not UTF-8"),
        pytest.param(b"a=1&" * 500, "application/x-www-form-urlencoded", 400, id="too many fields"),
        pytest.param(b"hello", "multipart/form-data", 400, id="a form without a boundary"),
        pytest.param(b"--x\r\nbroken", "multipart/form-data; boundary=x", 400, id="a broken form"),
        pytest.param(b"<a/>", "application/xml", 415, id="XML"),
        pytest.param(b"x", "text/plain", 415, id="text"),
        pytest.param(b"{}", "application/json; charset=latin-1", 415, id="another character set"),
        pytest.param(b"{}", ";;;", 415, id="nonsense"),
        pytest.param(b" " * (SMALL_BODY + 1), "application/json", 413, id="too large"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(api: Api, body: bytes, kind: str, status: int) -> None:
    response = api.send("POST", CHECK, content=body, headers={"Content-Type": kind})
    assert response.status_code == status, response.text
    assert response.json()["code"]


def test_a_body_in_pieces_is_measured_too(api: Api) -> None:
    def pieces() -> Any:
        for _ in range(5):
            yield b" " * (SMALL_BODY // 4)

    response = api.send("POST", CHECK, content=pieces(), headers={"Content-Type": "application/json"})
    assert response.status_code == 413


@pytest.mark.parametrize(
    "query",
    [
        "?page=-1",
        "?page=0",
        "?page=99999999999999999999",
        "?page=1.5",
        "?page=",
        "?page=१",
        "?page_size=0",
        "?page_size=1001",
        "?page_size=all",
        "?page=1&page=2",
        "?search=%00",
        "?search=%ff",
        "?search=" + "x" * 9000,
        "?" + "&".join(f"a{number}=1" for number in range(200)),
    ],
)
def test_parameters_that_mean_nothing_are_refused(api: Api, query: str) -> None:
    response = api.client.get(f"/api/v1/property/{query}")
    assert response.status_code == 400, response.text


@pytest.mark.parametrize(
    "path",
    [
        "/property/%00/",
        "/property/%ff/",
        "/property/..%2f..%2fetc/",
        "/property/" + "x" * 5000 + "/",
        "/property/' OR 1=1 --/",
        "/photos/0/",
        "/photos/%E2%80%8B/",
        "/properties/1/photos/",
        "/property/casa-1' /calendar-occupancy/?year=2026",
    ],
)
def test_a_name_that_nothing_has_is_404(api: Api, path: str) -> None:
    assert api.client.get(f"/api/v1{path}").status_code == 404


@pytest.mark.parametrize("host", ["[::1", "a b", "\x7f", "http://x/y?z#", "[v1.x]", ""])
def test_a_strange_host_breaks_nothing(api: Api, host: str) -> None:
    response = api.client.get("/api/v1/property/?page_size=2", headers={"Host": host})
    assert response.status_code == 200, response.text


def test_a_defect_is_told_by_its_id_and_not_by_its_trace(
    api: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("Ana Quispe, +51999000111")

    monkeypatch.setattr("casaaustin_api.routes.quotes.quoting.look_up", broken)
    with caplog.at_level(logging.ERROR, "casaaustin_api"):
        response = api.get(
            "/properties/calculate-pricing/", check_in_date="2026-04-17", check_out_date="2026-04-19"
        )
    body = response.json()
    assert (response.status_code, body["error"], body["code"]) == (500, 10, "internal")
    assert "Ana" not in response.text
    assert "ZeroDivision" not in response.text
    assert body["error_id"] == caplog.records[-1].error_id  # type: ignore[attr-defined]


def test_requests_are_logged_without_their_query(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "casaaustin_api.access"):
        api.get("/property/", search="Ana Quispe")
    (record,) = [one for one in caplog.records if one.name == "casaaustin_api.access"]
    assert record.getMessage() == "GET /api/v1/property/"
    assert record.status == 200  # type: ignore[attr-defined]


def test_names_of_endpoints_are_unique() -> None:
    names = [one.name for one in endpoints()]
    assert len(names) == len(set(names))
