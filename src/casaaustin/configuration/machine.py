"""The settings of this machine, each with its value and where it came from.

Nothing has to be right for this: it is where one looks when a setting is wrong.
Source: docs/rules/command_line.md, settings.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dotenv import dotenv_values
from pydantic import SecretStr, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from casaaustin.audit.service import MASK
from casaaustin.settings import Settings

PREFIX = "CASA_"


class SettingOrigin(StrEnum):
    """Where a value came from, the strongest first."""

    OPTION = "option"
    ENVIRONMENT = "environment"
    DOTENV = ".env"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it holds here; `problem` says why its value cannot be used."""

    name: str
    variable: str
    value: str | None
    origin: SettingOrigin
    about: str
    problem: str | None = None


def explain_settings(*, dotenv: Path = Path(".env"), **options: Any) -> tuple[Setting, ...]:
    """Every setting with its value, secrets masked, and its origin.

    Args:
        dotenv: the file of settings, read when it is there.
        options: what options of a command say, by the name of the setting.
    """
    variables = _casefolded(os.environ)
    filed = _casefolded(dotenv_values(dotenv)) if dotenv.is_file() else {}
    given = {name: value for name, value in options.items() if value is not None}
    raw: dict[str, tuple[SettingOrigin, Any]] = {}
    for name in Settings.model_fields:
        variable = f"{PREFIX}{name}".upper()
        if name in given:
            raw[name] = (SettingOrigin.OPTION, given[name])
        elif variable in variables:
            raw[name] = (SettingOrigin.ENVIRONMENT, variables[variable])
        elif variable in filed:
            raw[name] = (SettingOrigin.DOTENV, filed[variable])
    problems = _problems(given, dotenv)
    return tuple(
        Setting(
            name=name,
            variable=f"{PREFIX}{name}".upper(),
            value=_shown(name, raw[name][1] if name in raw else _default(name)),
            origin=raw[name][0] if name in raw else SettingOrigin.DEFAULT,
            about=field.description or "",
            problem=problems.get(name),
        )
        for name, field in Settings.model_fields.items()
    )


def _casefolded(variables: Mapping[str, str | None]) -> dict[str, str]:
    """Variables by upper-case name: settings do not mind the case of theirs."""
    return {name.upper(): value for name, value in variables.items() if value is not None}


def _default(name: str) -> Any:
    return Settings.model_fields[name].get_default(call_default_factory=True, validated_data={})


def _shown(name: str, value: Any) -> str | None:
    if value is None:
        return None
    if "SecretStr" in str(Settings.model_fields[name].annotation):
        return MASK
    if isinstance(value, SecretStr):
        return MASK
    if name == "database_url":
        return _without_password(str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple | list):
        return ", ".join(str(item) for item in value) or None
    return str(value.value if isinstance(value, StrEnum) else value)


def _without_password(url: str) -> str:
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        # Whatever it is, it may hold a password.
        return MASK


def _problems(given: Mapping[str, Any], dotenv: Path) -> dict[str, str]:
    try:
        Settings(_env_file=dotenv, **given)  # type: ignore[call-arg]
    except ValidationError as error:
        return {
            str(fault["loc"][0]).lower(): str(fault["msg"]).removeprefix("Value error, ")
            for fault in error.errors()
            if fault["loc"]
        }
    except ValueError as error:
        # A list that is no JSON is refused before it reaches its field.
        name = next((field for field in Settings.model_fields if f'"{field}"' in str(error)), "")
        return {name: str(error).splitlines()[0]} if name else {}
    return {}
