"""Configuration: every mistake in Dutch at once, secrets from the environment only."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.cli.config_docs import configuration_page
from bot.cli.setting_up import fill_in
from bot.config import Config, ConfigError, load_config, load_sealer
from contacts.sealing import Sealer

ROOT = Path(__file__).parents[1]


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(tmp_path: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_config(written(tmp_path, text), environ)
    return list(caught.value.lines)


def test_the_shipped_configuration_is_valid_and_checks_nothing_as_verified() -> None:
    config = load_config(ROOT / "config.toml", {})
    today = __import__("datetime").date(2026, 3, 3)
    lines = [*config.briefings.meldkaart, *config.briefings.help_lines]
    assert lines
    assert not any(line.is_verified(today) for line in lines)


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, '[telegram]\nbot_nam = "x"\n[signal]\n')
    assert any("bot_nam" in line and "bot_name" in line for line in lines)
    assert any("signal" in line and "signals" in line for line in lines)


def test_all_mistakes_come_at_once(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, '[mail]\nport = "x"\ntls = "y"\n[web]\nport = 99999\n')
    assert len(lines) == 3
    assert all("Nu staat er" in line for line in lines)


def test_a_secret_in_the_file_is_refused(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, '[telegram]\ntoken = "123:abc"\n')
    assert "SCHAKEL_TELEGRAM_TOKEN" in lines[0]
    assert "123:abc" not in "".join(lines)


def test_a_secret_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    path, secret = written(tmp_path, ""), tmp_path / "token"
    secret.write_text("1:abc\n", encoding="utf-8")
    assert load_config(path, {"SCHAKEL_TELEGRAM_TOKEN": "1:x"}).telegram.token == "1:x"
    loaded = load_config(path, {"SCHAKEL_TELEGRAM_TOKEN_FILE": str(secret)})
    assert loaded.telegram.token == "1:abc"
    assert "1:abc" not in repr(loaded)
    assert "1:abc" not in loaded.model_dump_json()


def test_a_missing_secret_file_is_said(tmp_path: Path) -> None:
    lines = mistakes(tmp_path, "", SCHAKEL_SMTP_PASSWORD_FILE="/nergens/x")
    assert "SCHAKEL_SMTP_PASSWORD_FILE" in lines[0]


def test_a_missing_or_broken_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="schakel init"):
        load_config(tmp_path / "weg.toml", {})
    assert "TOML" in mistakes(tmp_path, "[web\n")[0]


def test_the_key_file_is_made_once_and_is_private(tmp_path: Path) -> None:
    config = Config(state_dir=tmp_path / "var")
    sealed = load_sealer(config, {}).seal("x")
    assert load_sealer(config, {}).unseal(sealed) == "x"
    assert ((tmp_path / "var" / "secret.key").stat().st_mode & 0o777) == 0o600


def test_a_damaged_key_is_not_replaced(tmp_path: Path) -> None:
    config = Config(state_dir=tmp_path)
    (tmp_path / "secret.key").write_text("stuk", encoding="utf-8")
    with pytest.raises(ConfigError):
        load_sealer(config, {})
    key = Sealer.new_key().decode()
    load_sealer(config, {"SCHAKEL_SECRET_KEY": key})


def keys_of(model: type[BaseModel], prefix: str = "") -> set[str]:
    found = set()
    for key, field in model.model_fields.items():
        inner = [k for k in (field.annotation, *get_args(field.annotation)) if isinstance(k, type)]
        block = next((k for k in inner if issubclass(k, BaseModel)), None)
        if block is not None:
            found |= keys_of(block, f"{prefix}{key}.")
        elif not field.exclude:
            found.add(f"{prefix}{key}")
    return found


def keys_in(raw: Any, prefix: str = "") -> set[str]:
    found = set()
    for key, value in raw.items():
        for block in value if isinstance(value, list) else [value]:
            if isinstance(block, dict):
                found |= keys_in(block, f"{prefix}{key}.")
            else:
                found.add(f"{prefix}{key}")
    return found | {f"{prefix}{k}" for k, v in raw.items() if v == []}


def test_every_key_is_in_the_shipped_file_and_in_the_documentation() -> None:
    shipped = keys_in(tomllib.loads((ROOT / "config.toml").read_text(encoding="utf-8")))
    dated = {key for key in keys_of(Config) if key.endswith(("checked_on", "expires_on"))}
    assert keys_of(Config) - dated - shipped == {
        key for key in keys_of(Config) if key.endswith(("meldkaart.link", "help_lines.link",
                                                        "help_lines.text"))
    }  # fmt: skip
    page = (ROOT / "docs" / "configuratie.md").read_text(encoding="utf-8")
    assert page.rstrip() == configuration_page().rstrip()


@given(st.text(max_size=40))
def test_answers_of_init_are_quoted_safely(answer: str) -> None:
    clean = "".join(c for c in answer if c.isprintable())
    text = fill_in('[briefings]\ncity = "Arnhem"  \n', {("briefings", "city"): clean})
    assert tomllib.loads(text)["briefings"]["city"] == clean
