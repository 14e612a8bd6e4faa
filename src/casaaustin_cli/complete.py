"""What the shell offers at TAB.

A completion must answer within a blink, never fail and never print: it talks
to the database's driver directly (loading the models alone takes a second),
and whatever goes wrong, it offers nothing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import typer

from casaaustin.errors import InvalidInput
from casaaustin.vocabulary import ReservationStatus
from casaaustin_cli.vendored import get_completion_script, install_completion

Offer = list[tuple[str, str]]

SHELLS = ("bash", "zsh", "fish", "powershell", "pwsh")
_SHELL_OPTIONS = ("--install-completion", "--show-completion")
_DETECT = "detect"
_MOST = 50
_PATIENCE_SECONDS = 1


def houses(incomplete: str) -> Offer:
    """Slugs of houses, with their names."""
    rows = _rows(
        "SELECT slug, name FROM property WHERE NOT deleted AND slug LIKE {0} ORDER BY name", f"{incomplete}%"
    )
    return [(str(slug), str(name)) for slug, name in rows]


def reservations(incomplete: str) -> Offer:
    """Ids of reservations, with their dates and status."""
    rows = _rows(
        "SELECT {id}, check_in_date, check_out_date, status FROM reservation"
        " WHERE NOT deleted AND {id} LIKE {0} ORDER BY check_in_date DESC",
        f"{incomplete.lower()}%",
    )
    return [(str(key), f"{first} → {last}, {status}") for key, first, last, status in rows]


def clients(incomplete: str) -> Offer:
    """Full names of guests that begin with what was typed."""
    rows = _rows(
        "SELECT first_name, last_name FROM client WHERE NOT deleted AND LOWER(first_name) LIKE {0}"
        " ORDER BY first_name, last_name",
        f"{incomplete.lower()}%",
    )
    return [(f"{first} {last}".strip(), "") for first, last in rows]


def codes(incomplete: str) -> Offer:
    """Discount codes, with what guests read about them."""
    rows = _rows(
        "SELECT code, description FROM discount_code WHERE NOT deleted AND code LIKE {0} ORDER BY code",
        f"{incomplete.upper()}%",
    )
    return [(str(code), str(description)) for code, description in rows]


def plans(incomplete: str) -> Offer:
    """Ids of plans that move stays, with the dates they make room for and their state."""
    rows = _rows(
        "SELECT {id}, check_in_date, check_out_date, state FROM reassignment_plan"
        " WHERE NOT deleted AND {id} LIKE {0} ORDER BY created DESC",
        f"{incomplete.lower()}%",
    )
    return [(str(key), f"{first} → {last}, {state}") for key, first, last, state in rows]


def waiting_requests(incomplete: str) -> Offer:
    """Ids of requests that wait for a place, with their dates."""
    rows = _rows(
        "SELECT {id}, check_in_date, check_out_date, guests FROM waiting_request"
        " WHERE NOT deleted AND closed_at IS NULL AND {id} LIKE {0} ORDER BY check_in_date",
        f"{incomplete.lower()}%",
    )
    return [(str(key), f"{first} → {last}, {guests} guests") for key, first, last, guests in rows]


def statuses(incomplete: str) -> Offer:
    """Statuses of reservations."""
    return [(status.value, "") for status in ReservationStatus if status.startswith(incomplete)]


def _rows(statement: str, pattern: str) -> list[tuple[Any, ...]]:
    """Run a statement on the configured database; nothing when it cannot be asked.

    Args:
        statement: with `{0}` for the pattern and `{id}` for the id as 32 hex digits.
        pattern: of LIKE.
    """
    try:
        url = urlsplit(database_url())
        backend = url.scheme.split("+")[0]
        connect, mark, key = _BACKENDS[backend]
        sql = f"{statement.format(mark, id=key)} LIMIT {_MOST}"
        with closing(connect(url)) as connection, closing(connection.cursor()) as cursor:
            cursor.execute(sql, (pattern,))
            return list(cursor.fetchall())
    except Exception:  # noqa: BLE001  (no database yet, no driver, no permission: a TAB press reports nothing)
        return []


def database_url() -> str:
    """The database that the settings name, read without loading them.

    `casaaustin.settings` has the same order: environment, `.env`, default.
    """
    return os.environ.get("CASA_DATABASE_URL") or _from_dotenv("CASA_DATABASE_URL") or _default_url()


def _from_dotenv(name: str) -> str | None:
    path = Path(".env")
    if not path.is_file():
        return None
    for line in path.read_text(encoding="utf-8").splitlines():
        key, equals, value = line.strip().removeprefix("export ").partition("=")
        if equals and key.strip() == name:
            return value.strip().strip("'\"")
    return None


def _default_url() -> str:
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return f"sqlite:///{Path(base) / 'casaaustin' / 'casa.sqlite3'}"


def _sqlite(url: SplitResult) -> Any:
    import sqlite3

    path = Path(unquote(url.path.removeprefix("/"))).expanduser().absolute()
    # Read-only: completing must never create an empty database.
    return sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=_PATIENCE_SECONDS)


def _mysql(url: SplitResult) -> Any:
    import pymysql

    return pymysql.connect(
        **_server(url, "127.0.0.1", 3306),
        database=url.path.lstrip("/"),
        connect_timeout=_PATIENCE_SECONDS,
        read_timeout=_PATIENCE_SECONDS,
        charset="utf8mb4",
    )


def _postgresql(url: SplitResult) -> Any:
    import psycopg

    return psycopg.connect(
        **_server(url, None, 5432), dbname=url.path.lstrip("/"), connect_timeout=_PATIENCE_SECONDS
    )


def _server(url: SplitResult, host: str | None, port: int) -> dict[str, Any]:
    given = {
        "host": url.hostname or host,
        "port": url.port or port,
        "user": unquote(url.username) if url.username else None,
        "password": unquote(url.password) if url.password else None,
    }
    return {name: value for name, value in given.items() if value is not None}


_Connect = Callable[[SplitResult], Any]

# How to connect, the driver's placeholder, and the id as text.
_BACKENDS: dict[str, tuple[_Connect, str, str]] = {
    "sqlite": (_sqlite, "?", "id"),
    "mysql": (_mysql, "%s", "REPLACE(id, '-', '')"),
    "mariadb": (_mysql, "%s", "REPLACE(id, '-', '')"),
    "postgresql": (_postgresql, "%s", "REPLACE(CAST(id AS text), '-', '')"),
}


def prepare_shells() -> None:
    """Teach Typer the shells it can answer, and leave out what a TAB press does not need."""
    from typer import _completion_classes, core

    _completion_classes.completion_init()
    # It would load Rich to take markup out of help texts; ours have none.
    _completion_classes._sanitize_help_text = _as_it_is
    # It would load pydantic to check values that are still being typed.
    core.build_runtime_param = _unchecked  # type: ignore[attr-defined, assignment]


class _Unchecked:
    """A value as typed."""

    def coerce(self, value: Any, **_: Any) -> Any:
        return value


def _unchecked(_descriptor: object) -> Any:
    return _Unchecked()


def _as_it_is(text: str) -> str:
    return text


def with_shell_named(arguments: list[str]) -> list[str]:
    """The arguments, with a shell behind `--install-completion` where the person named none."""
    named: list[str] = []
    for position, argument in enumerate(arguments):
        named.append(argument)
        following = arguments[position + 1 : position + 2]
        if argument in _SHELL_OPTIONS and (not following or following[0].startswith("-")):
            named.append(_DETECT)
    return named


def install_for_shell(shell: str | None) -> None:
    """Install the completion script for the person's shell, and leave."""
    if shell is None:
        return
    name, path = install_completion(shell=_known_shell(shell), prog_name="casa")
    typer.echo(f"{name} completion installed in {path}. It takes effect in the next terminal.", err=True)
    raise typer.Exit


def print_for_shell(shell: str | None) -> None:
    """Print the completion script, and leave."""
    if shell is None:
        return
    typer.echo(
        get_completion_script(prog_name="casa", complete_var="_CASA_COMPLETE", shell=_known_shell(shell))
    )
    raise typer.Exit


def _known_shell(shell: str) -> str:
    """The shell named, or the one that runs us.

    Raises:
        InvalidInput: an unknown shell, or none that can be found out (cron, containers).
    """
    if shell == _DETECT:
        shell = Path(os.environ.get("SHELL", "")).name
    if shell not in SHELLS:
        raise InvalidInput(
            f"No completion for the shell {shell!r}." if shell else "Your shell cannot be found out.",
            hint="casa --install-completion bash (or zsh, fish, powershell)",
        )
    return shell
