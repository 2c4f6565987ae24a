"""What is under way when a sender ends or is taken away, and the rows that a dead one holds."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.clock import utc_now
from contacts import departure_log, records, recovery
from contacts.departure_log import read_lines, whole_lines
from contacts.outbox import Delivery, DeliveryStatus
from contacts.records import Database
from contacts.transport import Outcome, Outgoing, leaves
from tests.outbox_world import (
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    all_sent,
    running,
    until,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "departures.run"


class Reluctant(Scripted):
    """A transport that has no connection for anybody but "1"."""

    tells_leaving = True

    async def send(self, outgoing: Outgoing) -> Outcome:
        if outgoing.address == "1":
            leaves()
        return await super().send(outgoing)


async def test_what_still_waits_for_a_connection_has_not_left(
    db: Database, now: datetime, path: Path
) -> None:
    async with db.begin() as session:
        people = [await a_person(session, now, chat=str(n)) for n in range(3)]
        await a_briefing(session, people, now)
    silent = Reluctant()
    silent.latency_s = 60.0
    pump = a_pump(db, silent, departures=path)
    await pump.recover(now=utc_now())
    stop = asyncio.Event()
    running = asyncio.create_task(pump.run(stop))
    async with asyncio.timeout(60):
        while len(silent.sent) < 3:  # noqa: ASYNC110  (the other side tells nobody)
            await asyncio.sleep(0.02)
    # As a kill leaves them.
    found = read_lines(whole_lines(path.read_bytes()), departure_log._boot())
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await pump.close()
    assert found is not None
    numbers = {one.id: one.address for one in await all_deliveries(db)}
    assert [numbers[ident] for ident in found.away] == ["1"]


class Connecting(Scripted):
    """Gets a connection after a second, and only then leaves."""

    tells_leaving = True

    async def send(self, outgoing: Outgoing) -> Outcome:
        self.first.set()
        await asyncio.sleep(1.0)
        leaves()
        return await super().send(outgoing)


async def test_a_sender_that_is_taken_away_sends_nothing_afterwards(
    db: Database, path: Path
) -> None:
    chat = Connecting()
    async with db.begin() as session:
        person = await a_person(session, utc_now(), chat="1")
        await a_briefing(session, [person], utc_now())
    pump = a_pump(db, chat, departures=path)
    await pump.recover(utc_now())
    duty = asyncio.create_task(pump.run(asyncio.Event()))
    await chat.first.wait()
    duty.cancel()
    await asyncio.gather(duty, return_exceptions=True)
    await asyncio.sleep(1.3)
    assert chat.sent == []
    await pump.recover(utc_now())
    async with running(pump):
        await until(db, all_sent)
    assert len(chat.sent) == 1


async def one_that_was_sending(db: Database, now: datetime) -> None:
    """Of a host that is gone."""
    async with db.begin() as session:
        people = [await a_person(session, now, chat="1")]
        (delivery,) = await a_briefing(session, people, now)
        delivery.status, delivery.lease_owner = DeliveryStatus.SENDING, "test"


async def test_rows_that_a_dead_host_holds_are_free_for_whoever_takes_over(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no hosts")
    await one_that_was_sending(db, now)
    monkeypatch.setattr(recovery, "SILENT_S", 0.0)
    # As a host that died in the middle: nobody will end this.
    dead = await db.engine.connect()
    await dead.begin()
    async with AsyncSession(dead) as session:
        await recovery.sign_as_sender(session)
        await dead.execute(update(Delivery).values(attempts=1))
    pump = a_pump(db, Scripted())
    async with asyncio.timeout(60):
        assert await pump.recover(now=now) == 1
    with pytest.raises(DBAPIError):
        await dead.execute(select(Delivery.id))
    await dead.invalidate()
    await dead.close()
    (row,) = await all_deliveries(db)
    assert (row.status, row.attempts) == (DeliveryStatus.UNKNOWN, 0)


async def test_what_a_hanging_host_locked_for_a_page_is_free_after_seconds(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its connections stand, as through a proxy, so nobody sees that it is gone."""
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no hosts")
    await one_that_was_sending(db, now)
    monkeypatch.setattr(records, "WRITER_IDLE_MS", 500)
    hangs = AsyncExitStack()
    page = await hangs.enter_async_context(db.begin())
    await page.exec(update(Delivery).values(attempts=1))
    async with asyncio.timeout(30):
        assert await a_pump(db, Scripted()).recover(now=now) == 1
    with pytest.raises(DBAPIError):
        await hangs.aclose()
    (row,) = await all_deliveries(db)
    assert (row.status, row.attempts) == (DeliveryStatus.UNKNOWN, 0)


async def test_whoever_takes_over_ends_no_page_that_plans_slowly(
    db: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "SILENT_S", 0.0)
    async with db.begin() as session:
        people = [await a_person(session, now, chat="1")]
    async with db.begin() as session:
        await a_briefing(session, people, now)
        if db.engine.dialect.name == "postgresql":
            async with db.begin() as other:
                assert await recovery.free_rows(other) == 0
    assert len(await all_deliveries(db)) == 1
