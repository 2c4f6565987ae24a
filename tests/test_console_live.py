"""Pages that are open hear of changes, and leave nothing behind when they go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.console import live
from bot.console.live import LiveDesk
from contacts.records import Database
from tests.console_desk import Desk, a_desk


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_open_pages_hear_of_changes_also_after_the_store_was_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(live, "PING_EVERY_S", 0.01)
    board = LiveDesk(desk.world.db)
    fails = [True]
    read = desk.world.db.read

    def sometimes() -> Any:
        if fails.pop() if fails else False:
            raise OperationalError("select", {}, Exception("away"))
        return read()

    monkeypatch.setattr(desk.world.db, "read", sometimes)
    async with aclosing(board.follow("/", "Coördinator")) as stream:
        heard = b""
        while heard.count(b"event: veranderd") < 1:
            heard += await anext(stream)
        await asyncio.sleep(0.1)
        await desk.fact()
        while heard.count(b"event: veranderd") < 2:
            heard += await anext(stream)
    await board.close()
    assert board.streams == 0


async def test_two_hundred_pages_that_go_away_at_once_leave_nothing_behind(desk: Desk) -> None:
    board = LiveDesk(desk.world.db)

    async def look() -> None:
        async with aclosing(board.follow("/", "Coördinator")) as stream:
            async for _ in stream:
                pass

    pages = [asyncio.create_task(look()) for _ in range(200)]
    await asyncio.sleep(0)
    assert board.streams == 200
    for page in pages[:150]:
        page.cancel()
    await asyncio.gather(*pages[:150], return_exceptions=True)
    assert board.streams == 50
    await board.close()
    await asyncio.gather(*pages[150:])
    assert board.streams == 0
