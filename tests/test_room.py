"""A disk that is nearly full is said first, and as what it is."""

from __future__ import annotations

import asyncio
import json
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.clock import utc_now
from bot.config import load_config
from bot.console.health import judge_beat, report
from bot.database import open_database
from bot.room import LEAST, shortages
from bot.rows import Heartbeat
from bot.settings import TickSettings
from contacts.records import Database
from tests.cli_world import an_empty_place, call
from tests.console_world import a_world


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of which everything last turned a minute ago, on a disk that is full."""
    an_empty_place(tmp_path, monkeypatch)
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    assert call("migrate").exit_code == 0

    async def write() -> None:
        db = open_database(load_config(tmp_path / "config.toml", {}).database.url)
        async with db.begin() as session:
            session.add(Heartbeat(name="refresh", at=utc_now() - timedelta(seconds=59)))
        await db.close()

    asyncio.run(write())
    leave(monkeypatch, LEAST - 1)
    return tmp_path


def leave(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))


def test_health_says_first_that_the_disk_is_full_and_not_that_it_must_be_started(
    place: Path,
) -> None:
    result = call("health")
    assert result.exit_code == 1
    first, second = result.output.splitlines()
    assert first.startswith("De schijf met")
    assert "49 MB vrij" in first
    assert "niets meer bewaard" in second
    assert "schakel run" not in result.output
    told = call("health", "--json")
    assert (told.exit_code, json.loads(told.output)["late"]) == (1, ["room", "process"])


def test_a_full_disk_is_red_while_everything_still_turns(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def turn() -> None:
        db = open_database(load_config(place / "config.toml", {}).database.url)
        async with db.begin() as session:
            session.add(Heartbeat(name="alerts", at=utc_now()))
        await db.close()

    asyncio.run(turn())
    result = call("health")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    leave(monkeypatch, LEAST)
    assert call("health").exit_code == 0


def test_check_counts_a_full_disk_among_what_is_open(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = call("check")
    lines = result.output.splitlines()
    assert lines[1].startswith("✗ De schijf met")
    assert result.exit_code == 1
    leave(monkeypatch, LEAST)
    assert "schijf" not in call("check").output


def test_run_says_it_too_since_it_may_be_why_it_does_not_start(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def ends(*_: object) -> int:
        return 0

    monkeypatch.setenv("SCHAKEL_TELEGRAM_TOKEN", "1:abc")
    monkeypatch.setattr("bot.run.quiet_logging", lambda: None)
    monkeypatch.setattr("bot.run.run", ends)
    assert "bijna vol" in call("run").output
    leave(monkeypatch, LEAST)
    assert call("run").output == ""


def test_a_watching_program_reads_that_room_is_short() -> None:
    now = utc_now()
    beats = [judge_beat("feeds", now, TickSettings(), now=now)]
    found = report(beats, lacks_room=True)
    assert (found["ok"], found["late"]) == (False, ["room"])


async def test_the_page_for_watching_programs_is_red_on_a_full_disk(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            session.add(Heartbeat(name="feeds", at=now))
        assert (await world.web.get("/gezond")).status_code == 200
        leave(monkeypatch, LEAST - 1)
        answer = await world.web.get("/gezond")
        assert (answer.status_code, answer.json()["late"]) == (503, ["room"])


def test_both_folders_on_one_disk_are_said_once_and_one_to_come_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave(monkeypatch, 0)
    file = tmp_path / "config.toml"
    file.write_text(f'state_dir = "{tmp_path}/not/yet"\n', encoding="utf-8")
    assert len(shortages(load_config(file, {}))) == 1
