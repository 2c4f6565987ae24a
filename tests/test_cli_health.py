"""``schakel health`` says by words and by exit code whether everything turns."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cities.standing import RED_AFTER, Falling, note_of, write_falling
from bot.cli.main import app
from bot.clock import utc_now
from bot.config import load_config
from bot.database import open_database
from bot.rows import Heartbeat


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in which nothing ever ran."""
    monkeypatch.chdir(tmp_path)
    for name in ("TELEGRAM_TOKEN", "DATABASE_URL", "SECRET_KEY", "CONFIG", "DEBUG"):
        monkeypatch.delenv(f"SCHAKEL_{name}", raising=False)
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    assert CliRunner().invoke(app, ["migrate"]).exit_code == 0
    return tmp_path


def beat(place: Path, name: str, ago: timedelta) -> None:
    async def write() -> None:
        db = open_database(load_config(place / "config.toml", {}).database.url)
        async with db.begin() as session:
            session.add(Heartbeat(name=name, at=utc_now() - ago))
        await db.close()

    asyncio.run(write())


def health(*words: str) -> Result:
    return CliRunner().invoke(app, ["health", *words])


def test_where_nothing_runs_it_says_how_to_start(place: Path) -> None:
    result = health()
    assert (result.exit_code, "schakel run" in result.output) == (1, True)


def test_everything_that_turns_is_code_nought(place: Path) -> None:
    beat(place, "feeds", timedelta(seconds=1))
    result = health()
    assert (result.exit_code, result.output) == (0, "Alles loopt. Nagekeken: 1.\n")


def test_what_stands_still_is_named_and_is_code_one(place: Path) -> None:
    beat(place, "feeds", timedelta(seconds=1))
    beat(place, "pump_telegram", timedelta(hours=1))
    result = health()
    assert result.exit_code == 1
    assert "Het versturen via Telegram staat stil sinds" in result.output
    assert "nieuws" not in result.output
    told = health("--json")
    assert (told.exit_code, json.loads(told.output)["late"]) == (1, ["pump_telegram"])


def test_half_a_minute_after_the_last_part_turned_it_says_that_nothing_runs(place: Path) -> None:
    """Each part by itself is late after a minute and more only."""
    beat(place, "refresh", timedelta(seconds=40))
    beat(place, "tidy", timedelta(seconds=50))
    result = health()
    assert result.exit_code == 1
    assert result.output.startswith("Er draait niets meer sinds")
    assert "schakel run" in result.output
    assert json.loads(health("--json").output) | {"beats": []} == {
        "ok": False, "late": ["process"], "beats": [],
    }  # fmt: skip
    beat(place, "feeds", timedelta(seconds=20))
    assert health().exit_code == 0


def test_a_city_that_keeps_falling_is_red_between_two_falls(place: Path) -> None:
    beat(place, "feeds", timedelta(seconds=1))
    (place / "var").mkdir(exist_ok=True)
    write_falling(note_of(place / "var", "all"), Falling(RED_AFTER, -9, utc_now().isoformat()))
    result = health()
    assert result.exit_code == 1
    assert "valt steeds uit" in result.output
    found = json.loads(health("--json").output)
    assert (found["ok"], found["late"]) == (False, ["process"])
