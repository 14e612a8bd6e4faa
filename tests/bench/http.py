"""Quotes over HTTP, against a bare Starlette route that runs two trivial statements on the same database.

Both run under the same server with two workers, one after the other, and are
asked by the same client over loopback: a bounded number of requests.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from casaaustin.db.migrate import upgrade
from tests.bench.report import Report
from tests.bench.world import sell_houses

WORKERS = 2
CONNECTIONS = 8
REQUESTS = 4000
QUOTE = "/api/v1/properties/calculate-pricing/?check_in_date=2026-09-18&check_out_date=2026-09-21&guests=4"


def measure(report: Report, folder: Path) -> None:
    """All 4 houses, two workers; the yardstick is measured before and after."""
    url = f"sqlite:///{folder / 'http.sqlite3'}"
    upgrade(url)
    sell_houses(url, houses=4, stays_a_house=100)
    bare_before = _serve_and_ask("tests.bench.bare:create_app", url, "/")
    ours = _serve_and_ask("casaaustin_api.app:create_app", url, QUOTE)
    bare_after = _serve_and_ask("tests.bench.bare:create_app", url, "/")
    bare = (bare_before + bare_after) / 2
    area = f"HTTP, 4 houses, {WORKERS} workers"
    report.add(area, "bare route with two statements", bare, "a second")
    report.add(area, "calculate-pricing", ours, "a second")
    report.add(area, "calculate-pricing / bare route", ours / bare, "times", at_least=0.5)


def _serve_and_ask(factory: str, url: str, path: str) -> float:
    port = _free_port()
    environment = {
        **os.environ,
        "CASA_DATABASE_URL": url,
        "CASA_NOW": "2026-04-06T10:00:00-05:00",
        "CASA_ENV": "test",
        "CASA_SECRET_KEY": "a key for benchmarks, 32 bytes or longer",
        "PYTHONPATH": f"src{os.pathsep}.",
    }
    command = [sys.executable, "-m", "tests.bench.server", factory, str(port), str(WORKERS)]
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        _wait(port, path)
        asyncio.run(_ask(port, path, REQUESTS // 4))
        return asyncio.run(_ask(port, path, REQUESTS))
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=20)


async def _ask(port: int, path: str, requests: int) -> float:
    """Ask over a few connections that stay open; every answer must be 200."""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n\r\n".encode()
    share = requests // CONNECTIONS

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for _ in range(share):
            writer.write(head)
            answer = await reader.readuntil(b"\r\n\r\n")
            if not answer.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(answer.split(b"\r\n", 1)[0].decode())
            length = int(answer.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
            await reader.readexactly(length)
        writer.close()
        await writer.wait_closed()

    start = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(CONNECTIONS)))
    return share * CONNECTIONS / (time.perf_counter() - start)


def _wait(port: int, path: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5):
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
