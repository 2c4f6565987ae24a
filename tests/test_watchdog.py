"""A process whose loop stands still ends itself, and the next one tells a person."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.clock import utc_now
from bot.watchdog import EXIT_CODE, Watchdog, forget_stood_still, stood_still_at
from bot.watching import tell_stood_still
from contacts.directory import Role
from contacts.people import open_channel
from contacts.records import Database
from tests.outbox_world import CHAT, a_person, notices


async def test_a_loop_that_stands_still_ends_the_process_and_leaves_a_note(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL + 1)
    ended: list[int] = []
    watchdog = Watchdog(tmp_path, clock=utc_now, still_s=0.2, end=ended.append)
    showing = asyncio.create_task(watchdog.show())
    await asyncio.sleep(0.05)
    time.sleep(1.0)  # noqa: ASYNC251  (the loop that stands still is the claim)
    showing.cancel()
    assert ended == [EXIT_CODE]
    at = stood_still_at(tmp_path)
    assert at is not None
    assert (utc_now() - at).total_seconds() < 60
    forget_stood_still(tmp_path)
    assert stood_still_at(tmp_path) is None


async def test_a_loop_that_is_busy_and_turns_is_left_alone(tmp_path: Path) -> None:
    ended: list[int] = []
    watchdog = Watchdog(tmp_path, clock=utc_now, still_s=5.0, end=ended.append)
    showing = asyncio.create_task(watchdog.show())
    for _ in range(20):
        await asyncio.sleep(0)
        time.sleep(0.01)  # noqa: ASYNC251  (a busy loop that still turns)
    showing.cancel()
    assert ended == []
    assert stood_still_at(tmp_path) is None


def test_the_process_really_ends_and_says_where_it_hung(tmp_path: Path) -> None:
    hangs = (
        "import asyncio, time, sys\nfrom pathlib import Path\nfrom bot.clock import utc_now\n"
        "from bot.watchdog import Watchdog\n"
        "async def main():\n"
        "    dog = Watchdog(Path(sys.argv[1]), clock=utc_now, still_s=0.3)\n"
        "    task = asyncio.create_task(dog.show())\n"
        "    await asyncio.sleep(0.1)\n"
        "    time.sleep(30)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", hangs, str(tmp_path)], capture_output=True, text=True, timeout=25,
        check=False, cwd=Path(__file__).parents[1],
    )  # fmt: skip
    assert done.returncode == EXIT_CODE
    assert "in main" in done.stderr
    assert stood_still_at(tmp_path) is not None


@pytest.mark.parametrize("written", ["", "gisteren", "\x00"])
def test_a_note_that_says_nothing_is_no_note(tmp_path: Path, written: str) -> None:
    (tmp_path / "stood-still").write_text(written)
    assert stood_still_at(tmp_path) is None


async def test_the_next_start_tells_a_person_once(
    db: Database, now: datetime, tmp_path: Path
) -> None:
    house: Any = SimpleNamespace(
        db=db, config=SimpleNamespace(state_dir=tmp_path, is_exercise=False)
    )
    (tmp_path / "stood-still").write_text(now.isoformat())
    async with db.begin() as session:
        boss = await a_person(session, now, role=Role.COORDINATOR)
    assert not await tell_stood_still(house, now=now), "nobody can be reached"
    assert stood_still_at(tmp_path) == now, "so it is still to be told"
    async with db.begin() as session:
        await open_channel(session, await session.merge(boss), CHAT, "1", rank=0, now=now)
    assert await tell_stood_still(house, now=now)
    assert not await tell_stood_still(house, now=now)
    (told,) = await notices(db)
    assert "stond stil" in told
