"""A whole installation moves to another database: every row, or nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from bot.backup import moving
from bot.backup.moved import MOVED, moved_at, note_kept
from bot.backup.moving import AlreadyMoved, Miscounted, NotCurrent, move_database
from bot.backup.restoring import InUse, NotEmpty
from bot.database import open_database
from bot.migrating import migrate, on_connection
from bot.rows import Heartbeat
from bot.settings import TickSettings
from bot.simulator import TOKEN
from contacts.directory import Person, Role
from contacts.outbox import Delivery
from contacts.records import Database
from feeds.rows import Event, Origin
from tests import stores
from tests.console_world import contents
from tests.outbox_world import a_briefing, a_person

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
ROOT = Path(__file__).parents[1]


@dataclass
class Move:
    """A filled SQLite store, and the address of an empty one of the kind under test."""

    source: str
    target: str

    async def go(self, now: datetime = NOW) -> dict[str, int]:
        return await move_database(
            self.source, self.target, ticks=TickSettings(), now=now, on_progress=lambda *_: None
        )

    async def opened(self) -> AsyncIterator[Database]:
        for url in (self.source, self.target):
            db = open_database(url)
            yield db
            await db.close()


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Move]:
    other = tmp_path / "elsewhere"
    other.mkdir()
    made = Move(f"sqlite+aiosqlite:///{tmp_path}/old.sqlite3", stores.fresh_url(other))
    await migrate(made.source)
    db = open_database(made.source)
    async with db.begin() as session:
        await a_person(session, NOW, chat="1", role=Role.COORDINATOR)
        readers = [await a_person(session, NOW, chat=str(100 + n)) for n in range(20)]
        await a_briefing(session, readers, NOW)
        first, second = (
            Event(title=title, type="algemeen", origin=Origin.MANUAL, detected_at=NOW)
            for title in ("één", "twee")
        )
        session.add_all([first, second])
        await session.flush()
        # The earlier row refers to the later one, and to one of its own table.
        first.merged_into_id = second.id
    await db.close()
    yield made
    stores.drop(made.target)


async def test_every_row_arrives_as_it_was(place: Move) -> None:
    counts = await place.go()
    assert counts["delivery"] == 20
    old, new = [await contents(db) async for db in place.opened()]
    (moved,) = [row for row in old["journal_entry"] if MOVED in row]
    old["journal_entry"].remove(moved)
    assert {name: sorted(rows, key=str) for name, rows in old.items()} == {
        name: sorted(rows, key=str) for name, rows in new.items()
    }


async def test_work_goes_on_with_new_numbers_after_the_move(place: Move) -> None:
    await place.go()
    db = open_database(place.target)
    async with db.begin() as session:
        before = (await session.exec(select(Person.id).order_by(col(Person.id).desc()))).first()
        added = await a_person(session, NOW, chat="999")
        assert before is not None
        assert added.id == before + 1
        assert (await session.exec(select(Delivery))).first() is not None
    await db.close()


async def test_a_store_that_somebody_works_on_is_not_moved(place: Move) -> None:
    db = open_database(place.source)
    async with db.begin() as session:
        session.add(Heartbeat(name="pump", at=NOW - timedelta(seconds=3)))
    await db.close()
    with pytest.raises(InUse):
        await place.go()
    assert (await place.go(NOW + timedelta(minutes=5)))["heartbeat"] == 1


async def test_nothing_is_written_over(place: Move) -> None:
    await place.go()
    await note_kept(place.source, now=NOW)
    with pytest.raises(NotEmpty):
        await place.go()


async def test_who_moved_away_is_not_moved_or_started_again_unless_somebody_says_so(
    place: Move,
) -> None:
    """Both would send what was still waiting."""
    assert await moved_at(place.source) is None
    await place.go()
    assert await moved_at(place.source) == NOW
    assert await moved_at(place.target) is None
    with pytest.raises(AlreadyMoved):
        await place.go()
    await note_kept(place.source, now=NOW + timedelta(minutes=1))
    assert await moved_at(place.source) is None
    assert await moved_at(f"{place.source}.nergens") is None


async def test_a_store_that_does_not_exist_is_said(place: Move) -> None:
    place.source += ".nergens"
    with pytest.raises(NotCurrent):
        await place.go()


async def test_a_wrong_count_moves_nothing(place: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = moving._copy

    async def one_less(*given: Any) -> int:
        return await copy(*given) - (given[2].name == "event")

    monkeypatch.setattr(moving, "_copy", one_less)
    with pytest.raises(Miscounted):
        await place.go()
    db = open_database(place.target)
    assert not any((await contents(db)).values())
    await db.close()


async def test_a_move_that_failed_can_be_tried_again(
    place: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def breaks(*_: object) -> int:
        raise Miscounted("event")

    with monkeypatch.context() as broken:
        broken.setattr(moving, "_copy", breaks)
        with pytest.raises(Miscounted):
            await place.go()
    assert (await place.go())["delivery"] == 20


async def test_the_database_of_something_else_is_left_alone(place: Move) -> None:
    await on_connection(place.target, lambda c: c.exec_driver_sql("CREATE TABLE theirs (x int)"))
    with pytest.raises(NotEmpty):
        await place.go()


async def command(config: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot.cli.main", *words, "--config", str(config)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "SCHAKEL_TELEGRAM_TOKEN": TOKEN},
    )  # fmt: skip


async def test_the_command_says_what_it_moved_and_what_comes_next(
    place: Move, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[database]\nurl = "{place.source}"\n', encoding="utf-8")
    done = await command(config, "move-database", place.target)
    assert done.returncode == 0, done.stderr
    assert "Alle aantallen kloppen" in done.stdout
    assert "[database] url" in done.stdout
    started = await command(config, "run")
    assert started.returncode == 1
    assert "zijn verhuisd op" in started.stderr
    assert "move-database --undo" in started.stderr
    looked = await command(config, "check")
    assert "zijn verhuisd op" in looked.stdout
    asked = await command(config, "move-database", "--undo")
    assert (asked.returncode, "--undo --yes" in asked.stderr) == (2, True)
    back = await command(config, "move-database", "--undo", "--yes")
    assert "weer in gebruik" in back.stdout
    assert "niet verhuisd" in (await command(config, "move-database", "--undo")).stdout
    assert "zijn verhuisd op" not in (await command(config, "check")).stdout


async def test_the_store_that_was_left_is_for_its_owner_alone(place: Move) -> None:
    file = Path(place.source.partition(":///")[2])
    file.chmod(0o644)
    await place.go()
    assert file.stat().st_mode & 0o777 == 0o600
