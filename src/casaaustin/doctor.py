"""Is every part of this installation ready? One diagnosis for each; what `casa doctor` shows.

It works where nothing else does: without a database, with one of another
version, with settings that cannot be read. It changes nothing.
Source: docs/rules/command_line.md, settings.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from casaaustin.actors import SYSTEM
from casaaustin.clock import Clock, parse_instant
from casaaustin.db.engine import parse_url
from casaaustin.db.mixins import RateBookVersion
from casaaustin.db.schema import CURRENT_REVISION, check_schema
from casaaustin.db.tables import table_of
from casaaustin.db.work import Database, Work, open_database
from casaaustin.discounts.service.welcome import failed_issues
from casaaustin.errors import CasaError, InvalidInput, NotReady
from casaaustin.pricing.queries import rate_book
from casaaustin.register.models import Reservation
from casaaustin.register.queries import is_lapsed
from casaaustin.settings import MINIMUM_KEY_BYTES, Environment, Settings, load_settings

MAKE_A_KEY = "python -c 'import secrets; print(secrets.token_urlsafe(48))'"
LEAST_FREE_BYTES = 200 * 1024 * 1024
LARGEST_SKEW = timedelta(seconds=5)
JOB_IS_LATE = timedelta(minutes=10)

# Asked of the database on purpose: whether its clock agrees with ours is the question.
_TIME = {
    "sqlite": "SELECT strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
    "postgresql": (
        "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US+00:00')"
    ),
    "mysql": "SELECT date_format(utc_timestamp(6), '%Y-%m-%dT%H:%i:%s.%f+00:00')",
}
_VERSION = {
    "sqlite": "SELECT sqlite_version()",
    "postgresql": "SELECT current_setting('server_version')",
    "mysql": "SELECT version()",
}
_ZONE = {"postgresql": "SELECT current_setting('TimeZone')", "mysql": "SELECT @@session.time_zone"}
_UTC_NAMES = ("UTC", "Etc/UTC", "+00:00")

_reservation = table_of(Reservation)


class State(StrEnum):
    """How a part is."""

    READY = "ready"
    NOT_CONFIGURED = "not configured"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """How one part is.

    Args:
        id: its name, such as `database.schema`.
        state: ready, not configured or failing.
        message: what was found, in one sentence.
        remedy: what to do about it, if anything.
        stops_everything: nothing works until this does.
    """

    id: str
    state: State
    message: str
    remedy: str | None = None
    stops_everything: bool = False


def diagnose(load: Callable[[], Settings] = load_settings) -> list[Diagnosis]:
    """Look at everything, in the order in which it depends on each other.

    Args:
        load: reads the settings.
    """
    try:
        settings = load()
    except CasaError as wrong:
        return [Diagnosis("settings", State.FAILING, wrong.message, wrong.hint, stops_everything=True)]
    return [*_settings(settings), *_database(settings)]


# -- settings ---------------------------------------------------------------------------------------


def _settings(settings: Settings) -> Iterator[Diagnosis]:
    yield _environment(settings)
    yield _secret_key(settings)
    yield _api_key(settings)
    yield _locale(settings)
    yield _clock(settings)


def _environment(settings: Settings) -> Diagnosis:
    if settings.env is Environment.PRODUCTION and (settings.debug or "*" in settings.allowed_origins):
        variable = "CASA_DEBUG" if settings.debug else "CASA_ALLOWED_ORIGINS"
        return Diagnosis(
            "settings.env",
            State.FAILING,
            f"production, with an unsafe {variable}.",
            "Unset CASA_DEBUG." if settings.debug else "List exact origins.",
            stops_everything=True,
        )
    return Diagnosis(
        "settings.env", State.READY, f"{settings.env}{', debug is on' if settings.debug else ''}."
    )


def _secret_key(settings: Settings) -> Diagnosis:
    strict = settings.env is Environment.PRODUCTION
    remedy = f"Set CASA_SECRET_KEY to what this prints: {MAKE_A_KEY}"
    if settings.secret_key is None:
        return Diagnosis(
            "settings.secret_key",
            State.FAILING if strict else State.NOT_CONFIGURED,
            "CASA_SECRET_KEY is not set; quotes can only be booked by the process that made them.",
            remedy,
            stops_everything=strict,
        )
    size = len(settings.secret_key.get_secret_value().encode())
    if size < MINIMUM_KEY_BYTES:
        return Diagnosis(
            "settings.secret_key",
            State.FAILING,
            f"CASA_SECRET_KEY has {size} bytes, fewer than {MINIMUM_KEY_BYTES}.",
            remedy,
            stops_everything=strict,
        )
    return Diagnosis("settings.secret_key", State.READY, f"set, {size} bytes.")


def _api_key(settings: Settings) -> Diagnosis:
    if settings.api_key is None:
        return Diagnosis(
            "settings.api_key",
            State.NOT_CONFIGURED,
            "CASA_API_KEY is not set; the staff routes over HTTP are closed.",
            f"Set CASA_API_KEY to what this prints: {MAKE_A_KEY}",
        )
    size = len(settings.api_key.get_secret_value().encode())
    if settings.env is Environment.PRODUCTION and size < MINIMUM_KEY_BYTES:
        return Diagnosis(
            "settings.api_key",
            State.FAILING,
            f"CASA_API_KEY has {size} bytes, fewer than {MINIMUM_KEY_BYTES}.",
            f"Set it to what this prints: {MAKE_A_KEY}",
        )
    return Diagnosis("settings.api_key", State.READY, f"set, {size} bytes.")


def _locale(settings: Settings) -> Diagnosis:
    from babel import Locale, UnknownLocaleError

    try:
        name = Locale.parse(settings.locale).english_name
    except (ValueError, UnknownLocaleError):
        return Diagnosis(
            "settings.locale",
            State.FAILING,
            f"CASA_LOCALE is {settings.locale!r}, which is no locale.",
            "Use es_PE or en_US.",
        )
    return Diagnosis("settings.locale", State.READY, f"{settings.locale}, {name}.")


def _clock(settings: Settings) -> Diagnosis:
    if settings.now is None:
        return Diagnosis("settings.clock", State.READY, "the machine's.")
    is_rehearsal = settings.env is not Environment.PRODUCTION
    return Diagnosis(
        "settings.clock",
        State.READY if is_rehearsal else State.FAILING,
        f"stands still at {settings.now.isoformat()} (CASA_NOW).",
        None if is_rehearsal else "Unset CASA_NOW.",
    )


# -- database ---------------------------------------------------------------------------------------


def _database(settings: Settings) -> Iterator[Diagnosis]:
    missing = _missing(settings)
    if missing is not None:
        yield missing
        return
    try:
        database = open_database(settings=settings, require_current_schema=False)
    except CasaError as wrong:
        yield _unreachable(wrong.message, wrong.hint)
        return
    try:
        yield from _opened(database)
    finally:
        database.close()


def _missing(settings: Settings) -> Diagnosis | None:
    """What hinders even an attempt: a URL that means nothing, or a SQLite file that is not there."""
    try:
        url = parse_url(settings.database_url)
    except InvalidInput as wrong:
        return _unreachable(wrong.message, wrong.hint)
    path = _sqlite_file(settings)
    if path is not None and not path.exists():
        return Diagnosis(
            "database.reachable",
            State.NOT_CONFIGURED,
            f"there is no file {url.database} yet.",
            "Make it with: casa db upgrade",
            stops_everything=True,
        )
    return None


def _sqlite_file(settings: Settings) -> Path | None:
    url = parse_url(settings.database_url)
    return Path(str(url.database)).expanduser() if url.get_backend_name() == "sqlite" else None


def _unreachable(message: str, remedy: str | None) -> Diagnosis:
    if remedy is not None and "casa doctor" in remedy:
        remedy = "Look at CASA_DATABASE_URL, and whether the server runs."
    return Diagnosis("database.reachable", State.FAILING, message, remedy, stops_everything=True)


def _opened(database: Database) -> Iterator[Diagnosis]:
    try:
        version = database.read(lambda work: _ask(work, _VERSION))
    except (CasaError, SQLAlchemyError) as wrong:
        yield _unreachable(_sentence(wrong), getattr(wrong, "hint", None))
        return
    shown = database.engines.url.render_as_string(hide_password=True)
    yield Diagnosis("database.reachable", State.READY, f"{database.dialect} {version} at {shown}.")
    schema = _attempt("database.schema", lambda: _schema(database))
    yield schema
    if schema.state is State.READY:
        yield _attempt("database.write", lambda: _writable(database))
    if (path := _sqlite_file(database.settings)) is not None:
        yield _attempt("database.wal", lambda: _wal(database))
        yield _attempt("database.disk", lambda: _disk(path))
    else:
        yield _attempt("database.zone", lambda: _zone(database))
    yield _attempt("database.clock", lambda: _skew(database))
    if schema.state is State.READY:
        yield _attempt("business.exchange_rate", lambda: database.read(_exchange_rate))
        yield _attempt("business.houses", lambda: database.read(_houses))
        yield _attempt("business.holds", lambda: database.read(_holds))
        yield _attempt("business.welcome", lambda: database.read(_welcome))


def _attempt(name: str, look: Callable[[], Diagnosis]) -> Diagnosis:
    """A diagnosis; that it cannot be made is one too."""
    try:
        return look()
    except (CasaError, SQLAlchemyError, OSError) as wrong:
        stops = isinstance(wrong, NotReady) and name.startswith("database.")
        return Diagnosis(
            name, State.FAILING, _sentence(wrong), getattr(wrong, "hint", None), stops_everything=stops
        )


def _sentence(wrong: Exception) -> str:
    """The first line of what went wrong, without statements and values."""
    if isinstance(wrong, CasaError):
        return wrong.message
    return f"{str(getattr(wrong, 'orig', None) or wrong).strip().splitlines()[0].rstrip('.')}."


def _ask(work: Work, statements: dict[str, str]) -> Any:
    dialect = work.database.dialect
    return work.connection.execute(
        text(statements["mysql" if dialect == "mariadb" else dialect])
    ).scalar_one()


def _schema(database: Database) -> Diagnosis:
    database.read(lambda work: check_schema(work.session))
    return Diagnosis("database.schema", State.READY, f"revision {CURRENT_REVISION}.")


def _writable(database: Database) -> Diagnosis:
    """Change a row to what it is and take it back: the whole way, the lock included."""
    table = table_of(RateBookVersion)
    statement = update(table).values(version=table.c.version)
    database.write(lambda work: work.connection.execute(statement).rowcount, actor=SYSTEM, dry_run=True)
    return Diagnosis("database.write", State.READY, "can be written to.")


def _wal(database: Database) -> Diagnosis:
    mode = database.read(lambda work: work.connection.execute(text("PRAGMA journal_mode")).scalar_one())
    if mode == "wal":
        return Diagnosis("database.wal", State.READY, "readers and writers do not wait for each other.")
    return Diagnosis(
        "database.wal",
        State.FAILING,
        f"the journal mode is {mode}, so readers and writers wait for each other.",
        "Keep the file on a local disk: network file systems cannot do better.",
    )


def _disk(path: Path) -> Diagnosis:
    free = shutil.disk_usage(path.parent).free
    if free < LEAST_FREE_BYTES:
        return Diagnosis(
            "database.disk",
            State.FAILING,
            f"{free // 2**20} MB are free in {path.parent}.",
            "Make room: a full disk stops every booking.",
        )
    return Diagnosis("database.disk", State.READY, f"{free // 2**20:,} MB are free.")


def _zone(database: Database) -> Diagnosis:
    zone = database.read(lambda work: _ask(work, _ZONE))
    if zone in _UTC_NAMES:
        return Diagnosis("database.zone", State.READY, f"sessions are in {zone}.")
    return Diagnosis(
        "database.zone",
        State.FAILING,
        f"sessions are in {zone}, not in UTC.",
        "Look for a setting of the server or of the user that changes the session.",
    )


def _skew(database: Database) -> Diagnosis:
    clock: Clock = database.clock
    if database.settings.now is not None:
        return Diagnosis("database.clock", State.READY, "not compared, because CASA_NOW fixes ours.")
    theirs = parse_instant(database.read(lambda work: _ask(work, _TIME)))
    skew = abs(theirs - clock.now())
    if skew > LARGEST_SKEW:
        return Diagnosis(
            "database.clock",
            State.FAILING,
            f"the database's clock is {int(skew.total_seconds())} s away from this machine's.",
            "Synchronise both with a time server.",
        )
    return Diagnosis("database.clock", State.READY, "agrees with this machine's.")


# -- business ---------------------------------------------------------------------------------------


def _exchange_rate(work: Work) -> Diagnosis:
    rate = rate_book(work).rate
    if rate is None:
        return Diagnosis(
            "business.exchange_rate",
            State.NOT_CONFIGURED,
            "there is no active exchange rate, and without one nothing is quoted.",
            "Set it with: casa exchange-rate set 3.750",
        )
    age = (work.clock.now() - rate.since).days
    is_old = age >= max(work.settings.stale_rate_days, 1)
    return Diagnosis(
        "business.exchange_rate",
        State.READY,
        f"{rate.usd_to_sol} soles for a dollar, {age} days old.",
        "Look whether it still holds: casa exchange-rate set …" if is_old else None,
    )


def _houses(work: Work) -> Diagnosis:
    houses = [house for house in rate_book(work).houses if house.is_open]
    unpriced = [house.name for house in houses if house.rates is None or not house.rates.are_configured()]
    if not houses:
        return Diagnosis(
            "business.houses",
            State.NOT_CONFIGURED,
            "there is no open house.",
            "Describe the business in a file: casa config apply FILE",
        )
    if unpriced:
        return Diagnosis(
            "business.houses",
            State.NOT_CONFIGURED,
            f"{len(unpriced)} of {len(houses)} open houses have no prices: {', '.join(unpriced[:5])}.",
            "Set them with: casa prices set",
        )
    return Diagnosis("business.houses", State.READY, f"{len(houses)} open, all with prices.")


def _holds(work: Work) -> Diagnosis:
    now = work.clock.now()
    statement = select(func.count(), func.min(_reservation.c.payment_voucher_deadline)).where(is_lapsed(now))
    count, oldest = work.connection.execute(statement).one()
    if not count:
        return Diagnosis("business.holds", State.READY, "no lapsed hold is left.")
    if now - oldest < JOB_IS_LATE:
        return Diagnosis("business.holds", State.READY, f"{count} lapsed just now; they block nobody.")
    return Diagnosis(
        "business.holds",
        State.NOT_CONFIGURED,
        f"{count} lapsed holds wait to be tidied up, the oldest since {_utc(oldest)}; they block nobody.",
        "Let cron run every minute: casa reservations expire",
    )


def _welcome(work: Work) -> Diagnosis:
    waiting = failed_issues(work)
    if not waiting:
        return Diagnosis("business.welcome", State.READY, "no welcome code is owed to a new guest.")
    return Diagnosis(
        "business.welcome",
        State.FAILING,
        f"{len(waiting)} new guests got no welcome code when they registered, the first {waiting[0]}.",
        "See why with: casa audit --entity welcome; make it good with: casa discounts welcome issue CLIENT",
    )


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
