"""A quarter that cannot be frozen holds up no forgetting, and reaches a person like any fault."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import select

from bot import ticks
from bot.config import Config
from bot.rows import Heartbeat, IncomingMail
from briefings.learning.freezing import frozen_packs
from contacts.records import Database
from signals.rows import Signal
from tests.test_quarters import FIRST, a_signal

#: both quarters are over, and the signals of both are old enough to be counts
LONG_AFTER = FIRST.next.end + timedelta(days=120)
[TIDY] = [tick for tick in ticks.TICKS if tick.name == "tidy"]


async def a_round(db: Database, now: datetime) -> None:
    config = Config()
    house: Any = SimpleNamespace(
        db=db, config=config, clock=lambda: now, stop_event=asyncio.Event(),
        pump=SimpleNamespace(wake=lambda: None),
    )  # fmt: skip
    await ticks.run_tick(house, TIDY)


async def rows(db: Database, table: type[Any]) -> int:
    async with db.read() as session:
        return len((await session.exec(select(table))).all())


async def names(db: Database) -> list[str]:
    async with db.read() as session:
        return [pack.quarter for pack in await frozen_packs(session)]


async def test_what_is_past_its_time_goes_although_a_quarter_cannot_be_frozen(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    async with db.begin() as session:
        session.add(IncomingMail(message_id="<1@x>", kind="reply", received_at=FIRST.begin))
        session.add_all(a_signal(n, FIRST.begin + n * timedelta(days=1)) for n in range(3))
        session.add(a_signal(9, FIRST.next.begin + timedelta(days=9)))

    def refuse(_c: Any, _k: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("INSERT INTO quarter_pack") and "2026-K2" in str(parameters):
            raise OSError("no room left")

    engine = db.engine.sync_engine
    event.listen(engine, "before_cursor_execute", refuse)
    try:
        with caplog.at_level(logging.ERROR):
            await a_round(db, LONG_AFTER)
    finally:
        event.remove(engine, "before_cursor_execute", refuse)
    assert await rows(db, IncomingMail) == 0, "forgetting went on"
    assert await rows(db, Signal) == 4, "no signal became a count before its quarter was kept"
    assert await names(db) == ["2026-K1"], "the quarter before it is kept"
    assert await rows(db, Heartbeat) == 0, "an old heartbeat reaches a person"
    assert {getattr(one, "action", "") for one in caplog.records} >= {
        "quarter_not_frozen", "tick_failed",
    }  # fmt: skip
    await a_round(db, LONG_AFTER + timedelta(hours=1))
    assert await names(db) == ["2026-K3", "2026-K2", "2026-K1"]
    assert (await rows(db, Signal), await rows(db, Heartbeat)) == (0, 1)
