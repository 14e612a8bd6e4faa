"""Settings of this machine: option, then environment (`CASA_…`), then `.env`, then default.

Nothing about the business lives here (houses, prices and policies are data);
only where things are, which secrets open them, and how people are spoken to.
Source: docs/rules/command_line.md, settings.
"""

from __future__ import annotations

import os
import secrets
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casaaustin.clock import Clock, FixedClock, SystemClock
from casaaustin.errors import NotReady
from casaaustin.vocabulary import Language

MINIMUM_KEY_BYTES = 32


class Environment(StrEnum):
    """How strict this installation is."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


def default_database_url() -> str:
    """A SQLite file in the user's data folder."""
    base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return f"sqlite:///{Path(base) / 'casaaustin' / 'casa.sqlite3'}"


class Settings(BaseSettings):
    """Every setting, with its environment variable `CASA_<NAME>`."""

    model_config = SettingsConfigDict(
        env_prefix="CASA_", env_file=".env", env_file_encoding="utf-8", extra="ignore", frozen=True
    )

    database_url: str = Field(
        default_factory=default_database_url,
        description="SQLAlchemy URL of the database: sqlite:///…, mariadb://…, mysql://… or postgresql://….",
    )
    secret_key: SecretStr | None = Field(
        default=None, description="Signs quotes; 32 bytes or more. Required in production."
    )
    env: Environment = Field(
        default=Environment.DEVELOPMENT,
        description="development, test or production (which wants a strong key).",
    )
    locale: str = Field(default="es_PE", description="How the terminal writes dates, weekdays and money.")
    now: AwareDatetime | None = Field(
        default=None, description="Fixes the clock, for rehearsals and tests: an instant with an offset."
    )
    api_key: SecretStr | None = Field(
        default=None, description="Opens the staff routes of the HTTP interface; without it they are closed."
    )
    allowed_origins: tuple[str, ...] = Field(
        default=(), description="Exact web origins that may call the HTTP interface from a browser."
    )
    log_level: str = Field(default="WARNING", description="DEBUG, INFO, WARNING or ERROR.")
    debug: bool = Field(default=False, description="Adds technical detail to errors; refused in production.")
    quote_minutes: int = Field(
        default=30, ge=1, le=1440, description="How long a quote may be booked, in minutes."
    )
    hold_minutes: int = Field(
        default=60, ge=1, le=10080, description="How long a web booking holds its nights, in minutes."
    )
    plan_minutes: int = Field(
        default=15,
        ge=1,
        le=1440,
        description="How long a plan that moves stays may be carried out, in minutes.",
    )
    plan_consent_hours: int = Field(
        default=24, ge=1, le=336, description="How long guests who would move are asked, in hours."
    )
    max_stay_nights: int = Field(
        default=365, ge=1, le=1000, description="Longest stay that is quoted, in nights."
    )
    max_months_ahead: int = Field(
        default=24, ge=1, le=120, description="Latest check-in that is quoted, in months."
    )
    stale_rate_days: int = Field(
        default=3, ge=0, description="Age, in days, from which the exchange rate earns staff a warning."
    )
    mint_daily_cap: int = Field(
        default=200, ge=0, description="Discount codes that an API key may generate a day."
    )
    mint_max_percentage: int = Field(
        default=20, ge=1, le=100, description="Largest percentage of a code that an API key may generate."
    )
    pool_size: int = Field(
        default=10, ge=1, le=100, description="Database connections kept open per process."
    )
    media_dir: Path | None = Field(
        default=None, description="Folder of uploaded photos; beside the database by default."
    )

    @field_validator("locale")
    @classmethod
    def _known_language(cls, value: str) -> str:
        if value.split("_", maxsplit=1)[0] not in set(Language):
            raise ValueError("use es_PE or en_US")
        return value

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @property
    def language(self) -> Language:
        """The language of the terminal, from the locale."""
        return Language(self.locale.split("_")[0])

    def clock(self) -> Clock:
        """The machine's clock, or the fixed one of `CASA_NOW`."""
        return SystemClock() if self.now is None else FixedClock(self.now)

    def signing_key(self) -> bytes:
        """The key that signs quotes.

        Without one, development and test make a key for this process; quotes
        signed by it die with the process.

        Raises:
            NotReady: production without a key of at least 32 bytes.
        """
        if self.secret_key is not None:
            key = self.secret_key.get_secret_value().encode()
            if self.env is Environment.PRODUCTION and len(key) < MINIMUM_KEY_BYTES:
                raise NotReady(
                    f"CASA_SECRET_KEY has {len(key)} bytes; production needs {MINIMUM_KEY_BYTES} or more.",
                    code="secret_key_weak",
                    hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
                )
            return key
        if self.env is Environment.PRODUCTION:
            raise NotReady(
                "CASA_SECRET_KEY is not set.",
                code="secret_key_missing",
                hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            )
        return _process_key()

    def check(self) -> None:
        """Refuse a combination that would be unsafe to run.

        Raises:
            NotReady: production with a weak key, debug on, or a wildcard origin.
        """
        if self.env is not Environment.PRODUCTION:
            return
        self.signing_key()
        if self.debug:
            raise NotReady(
                "CASA_DEBUG is on in production.", code="debug_in_production", hint="Unset CASA_DEBUG."
            )
        if "*" in self.allowed_origins:
            raise NotReady(
                "CASA_ALLOWED_ORIGINS contains a wildcard.",
                code="wildcard_origin",
                hint="List exact origins.",
            )


@cache
def _process_key() -> bytes:
    """One key per process: two calls must agree."""
    return secrets.token_bytes(MINIMUM_KEY_BYTES)


def load_settings(**overrides: Any) -> Settings:
    """Read the settings; `overrides` (options of a command) win over everything.

    Raises:
        NotReady: a value that cannot be understood, naming its variable.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "CASA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise NotReady(
            f"The setting {name} is not valid: {first['msg'].removeprefix('Value error, ')}.",
            code="invalid_setting",
            hint="Look at `casa config show`.",
        ) from None
