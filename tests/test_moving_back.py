"""``move-database --undo`` hands the old database back only when that is sure."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from bot.backup.moved import moved_at
from bot.clock import utc_now
from bot.config import load_config
from bot.database import open_database
from bot.rows import Heartbeat
from bot.starts import StartNote
from tests.cli_world import an_empty_place, call


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation that was moved to another file."""
    an_empty_place(tmp_path, monkeypatch)
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    assert call("migrate").exit_code == 0
    assert call("move-database", new(tmp_path)).exit_code == 0
    return tmp_path


def new(place: Path) -> str:
    return f"sqlite+aiosqlite:///{place}/nieuw.sqlite3"


def is_moved(place: Path) -> bool:
    url = load_config(place / "config.toml", {}).database.url
    return asyncio.run(moved_at(url)) is not None


def test_it_asks_first_and_says_what_would_be_lost(place: Path) -> None:
    result = call("move-database", "--undo")
    assert result.exit_code == 2
    assert "schakel move-database --undo --yes" in result.output
    assert is_moved(place)
    assert call("move-database", "--undo", "--yes").exit_code == 0
    assert not is_moved(place)


def test_it_refuses_while_a_process_of_this_folder_runs(place: Path) -> None:
    note = StartNote(load_config(place / "config.toml", {}).state_dir, "all")
    note.begin(utc_now())
    result = call("move-database", "--undo", "--yes")
    assert (result.exit_code, "draait nog" in result.output) == (1, True)
    assert is_moved(place)
    note.close()
    assert call("move-database", "--undo", "--yes").exit_code == 0


def test_it_refuses_while_the_new_one_that_it_was_given_shows_life(place: Path) -> None:
    async def beat() -> None:
        db = open_database(new(place))
        async with db.begin() as session:
            session.add(Heartbeat(name="alerts", at=utc_now()))
        await db.close()

    asyncio.run(beat())
    result = call("move-database", "--undo", "--yes", new(place))
    assert (result.exit_code, "draait nog met de nieuwe" in result.output) == (1, True)
    assert is_moved(place)


def test_the_old_one_given_as_the_new_one_is_a_mistake(place: Path) -> None:
    old = load_config(place / "config.toml", {}).database.url
    assert call("move-database", "--undo", "--yes", old).exit_code == 2
    assert is_moved(place)
