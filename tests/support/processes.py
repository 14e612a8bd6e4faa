"""Many operating-system processes at once: for races that must have one winner, and for sudden deaths.

Processes come from a fork server that has already imported the library, so that
starting one costs milliseconds and a race is not serialised by imports. In a
race everybody connects and reads once before the barrier: on a cold pool the
set-up of connections would let a broken program pass.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

from casaaustin.actors import SYSTEM
from casaaustin.clock import FixedClock
from casaaustin.db.engine import open_engines
from casaaustin.db.schema import check_schema
from casaaustin.db.work import Database
from casaaustin.errors import CasaError, NotReady
from casaaustin.settings import Settings

PATIENCE_SECONDS = 120

# A racer gets the database and its number, and returns something that can be pickled.
Racer = Callable[[Database, int], Any]


def fork_server() -> ForkServerContext:
    """Processes that start with the library in memory."""
    # The server is a fresh interpreter: without our path it would import nothing, in silence,
    # and every process would import everything by itself.
    os.environ["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["tests.support.desk", "tests.support.redeemers", "tests.support.rearrangers", "pymysql", "psycopg"]
    )
    return context


def reopen(url: str, now: Any, secret: str) -> Database:
    """The same database in another process."""
    facts: dict[str, Any] = {"_env_file": None, "env": "test", "secret_key": secret, "database_url": url}
    return Database(open_engines(url, pool_size=1), settings=Settings(**facts), clock=FixedClock(now))


def address(database: Database) -> tuple[str, Any, str]:
    """What `reopen` needs."""
    assert database.settings.secret_key is not None
    return (
        database.engines.url.render_as_string(hide_password=False),
        database.clock.now(),
        database.settings.secret_key.get_secret_value(),
    )


def race(
    database: Database,
    racer: Racer,
    *,
    processes: int,
    only_writes: bool = False,
    patience: int = PATIENCE_SECONDS,
) -> list[str]:
    """Let many processes do the same thing at the same moment.

    Args:
        database: where.
        racer: what each of them does.
        processes: how many.
        only_writes: the racer never reads outside its writing unit of work, so each process needs one
            connection: a server has a hundred.
        patience: seconds to wait for each of them.

    Returns:
        For each process `ok` or the code of the typed refusal; anything else that
        was raised is `error: …` and means that the program is wrong.
    """
    context = fork_server()
    barrier = context.Barrier(processes)
    answers = context.Queue()
    runners = [
        context.Process(target=_run, args=(address(database), racer, number, barrier, answers, only_writes))
        for number in range(processes)
    ]
    for runner in runners:
        runner.start()
    try:
        said = [answers.get(timeout=patience) for _ in runners]
    finally:
        for runner in runners:
            runner.join(timeout=5)
            if runner.is_alive():
                runner.kill()
    return said


def _run(
    where: tuple[str, Any, str], racer: Racer, number: int, barrier: Any, answers: Any, only_writes: bool
) -> None:
    database = reopen(*where)
    try:
        _connect(database, only_writes=only_writes)
        barrier.wait(timeout=PATIENCE_SECONDS)
        racer(database, number)
    except NotReady as broken:
        # No race may end like this, and the code alone would not say why.
        answers.put(f"error: {broken.code}: {broken.message}")
    except CasaError as refused:
        answers.put(refused.code)
    except BaseException as error:  # noqa: BLE001 - everything else is a defect, and is told
        answers.put(f"error: {type(error).__name__}: {error}")
    else:
        answers.put("ok")


def _connect(database: Database, *, only_writes: bool) -> None:
    """Open all connections that the race will need, so that none of them is refused in the middle of it.

    A server still counts those that the race before has closed a moment ago: who finds no place waits.
    """
    for pause in (*(0.25,) * (PATIENCE_SECONDS * 2), None):
        try:
            database.read(lambda work: check_schema(work.session))
            if only_writes:
                database.engines.reading.dispose()
            database.write(lambda work: None, actor=SYSTEM)
        except NotReady:
            if pause is None:
                raise
            time.sleep(pause)
        else:
            return


def start(target: Callable[..., None], arguments: Sequence[Any]) -> BaseProcess:
    """Start one process that may be killed."""
    process = fork_server().Process(target=target, args=tuple(arguments), daemon=True)
    process.start()
    return process
