"""`casa serve`: it refuses what cannot work, and a server it starts answers, logs, and leaves when told."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from casaaustin.settings import Settings
from casaaustin_cli.failures import ExitStatus
from tests.integration.cli.conftest import NOW
from tests.support.commands import Casa

PATIENCE_SECONDS = 60


def test_it_says_where_it_would_answer(casa: Casa) -> None:
    ran = casa("serve --check --port 8123")
    assert ran.status == 0, ran.err
    assert "http://127.0.0.1:8123" in ran.err
    assert "staff routes are closed" in ran.err
    assert ran.out == ""


def test_it_refuses_a_database_that_is_not_ready(
    casa: Casa, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASA_DATABASE_URL", f"sqlite:///{tmp_path / 'blank.sqlite3'}")
    assert casa("serve").status == ExitStatus.NOT_READY


def test_it_refuses_settings_that_are_not_safe(casa: Casa, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASA_ENV", "production")
    monkeypatch.setenv("CASA_ALLOWED_ORIGINS", '["*"]')
    ran = casa("serve --check")
    assert ran.status == ExitStatus.NOT_READY
    assert "wildcard" in ran.err


@pytest.mark.parametrize("workers", [1, 2])
def test_a_server_answers_and_leaves_when_told(demo_file: Path, workers: int) -> None:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("CASA_")},
        "CASA_DATABASE_URL": f"sqlite:///{demo_file}",
        "CASA_NOW": NOW,
        "CASA_LOG_LEVEL": "INFO",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    command = [sys.executable, "-m", "casaaustin_cli", "serve", "--port", str(port)]
    server = subprocess.Popen(
        [*command, "--workers", str(workers)], env=environment, stderr=subprocess.PIPE, text=True
    )
    try:
        ready = _ask(port, "/health/ready")
        houses = _ask(port, "/api/v1/property?search=quispe")
        names = {_quote_id(port) for _ in range(12)}
    finally:
        server.send_signal(signal.SIGTERM)
        _, said = server.communicate(timeout=PATIENCE_SECONDS)
    assert ready["status"] == "ready"
    assert houses["exchange_rate"] > 0
    assert len(names) == 1, "what one worker signed another one would not read"
    assert "quotes are good until this server stops" in said
    assert f"answering at http://127.0.0.1:{port}" in said
    assert "GET /api/v1/property" in said
    assert "quispe" not in said, "a query may name people"


def _quote_id(port: int) -> str:
    """The name of one and the same quote, from whichever worker answers."""
    dates = "check_in_date=2026-10-12&check_out_date=2026-10-14"
    data = _ask(port, f"/api/v1/properties/calculate-pricing/?{dates}")["data"]
    assert isinstance(data, dict)
    return str(data["quote_id"])


def _ask(port: int, path: str) -> dict[str, object]:
    """The answer of a server that may still be starting."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as asked:
                asked.request("GET", path)
                found: dict[str, object] = json.loads(asked.getresponse().read())
                return found
        except ConnectionError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def test_every_setting_of_the_server_exists() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "http-interface.md").read_text("utf-8")
    named = {word.strip("`").partition("=")[0] for word in page.split() if word.startswith("`CASA_")}
    known = {f"CASA_{name.upper()}" for name in Settings.model_fields}
    assert {name.strip("`).,") for name in named} <= known
