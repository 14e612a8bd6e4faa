from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from casaaustin.clock import FixedClock, SystemClock
from casaaustin.errors import NotReady
from casaaustin.settings import MINIMUM_KEY_BYTES, Settings, default_database_url, load_settings

STRONG = "k" * MINIMUM_KEY_BYTES


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory without anybody's `.env`."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_option_wins_over_the_environment_and_that_over_a_file(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings().quote_minutes == 30
    (elsewhere / ".env").write_text("CASA_QUOTE_MINUTES=40\nCASA_UNKNOWN=1\n")
    assert load_settings().quote_minutes == 40
    monkeypatch.setenv("CASA_QUOTE_MINUTES", "50")
    assert load_settings().quote_minutes == 50
    assert load_settings(quote_minutes=60, database_url=None).quote_minutes == 60


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CASA_QUOTE_MINUTES", "0"),
        ("CASA_QUOTE_MINUTES", "soon"),
        ("CASA_NOW", "2026-04-06T10:00:00"),
        ("CASA_LOCALE", "fr_FR"),
        ("CASA_LOG_LEVEL", "LOUD"),
        ("CASA_ENV", "staging"),
    ],
)
def test_a_setting_that_cannot_be_understood_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(NotReady, match=name) as refused:
        load_settings()
    assert refused.value.code == "invalid_setting"
    assert "Value error" not in refused.value.message


def test_the_clock_can_be_fixed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(load_settings().clock(), SystemClock)
    monkeypatch.setenv("CASA_NOW", "2026-04-06T10:00:00-05:00")
    clock = load_settings().clock()
    assert isinstance(clock, FixedClock)
    assert clock.now() == datetime.fromisoformat("2026-04-06T15:00:00+00:00")
    assert clock.now().utcoffset() == timedelta(0)


def test_the_default_database_is_in_the_persons_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_database_url() == f"sqlite:///{tmp_path}/casaaustin/casa.sqlite3"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_database_url() == f"sqlite:///{tmp_path}/.local/share/casaaustin/casa.sqlite3"


@pytest.mark.parametrize("env", ["development", "test"])
def test_without_a_key_one_is_made_for_this_process(env: str) -> None:
    one, other = load_settings(env=env), load_settings(env=env)
    assert one.signing_key() == other.signing_key()
    assert len(one.signing_key()) >= MINIMUM_KEY_BYTES
    assert load_settings(env=env, secret_key="short").signing_key() == b"short"


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        pytest.param({}, "secret_key_missing", id="no key"),
        pytest.param({"secret_key": "k" * (MINIMUM_KEY_BYTES - 1)}, "secret_key_weak", id="a short key"),
        pytest.param({"secret_key": STRONG, "debug": True}, "debug_in_production", id="debug"),
        pytest.param({"secret_key": STRONG, "allowed_origins": ("*",)}, "wildcard_origin", id="any origin"),
    ],
)
def test_production_starts_only_when_it_is_safe(facts: dict[str, object], code: str) -> None:
    with pytest.raises(NotReady) as refused:
        load_settings(env="production", **facts).check()
    assert refused.value.code == code
    assert refused.value.hint is not None
    load_settings(env="development", **facts).check()


def test_production_with_a_strong_key_is_safe() -> None:
    load_settings(env="production", secret_key=STRONG).check()


def test_secrets_are_not_printed() -> None:
    settings = load_settings(secret_key=STRONG, api_key="open sesame")
    assert STRONG not in repr(settings)
    assert "sesame" not in repr(settings)


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description for field in Settings.model_fields.values())
