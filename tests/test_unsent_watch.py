"""Where nobody sends any more a coordinator hears it from whoever reads Telegram."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import col, select

from bot.clock import utc_now
from bot.rows import Heartbeat
from bot.settings import DatabaseSettings, TickSettings
from bot.unsent_watch import UnsentWatch
from contacts.directory import Role
from contacts.journal import JournalEntry
from contacts.records import Database
from contacts.transport import Refused, Sent, Unknown
from tests.outbox_world import MAIL, Scripted, a_person, a_pump, all_deliveries, notices

LONG = timedelta(minutes=5)


class Standing:
    """Two lanes in another process that stopped, and this one that reads Telegram."""

    def __init__(self, db: Database, *, several: bool = True) -> None:
        self.chat, self.mail = Scripted(), Scripted(MAIL)
        self.db = db
        self.house: Any = SimpleNamespace(
            db=db, pump=a_pump(db, self.chat, self.mail), clock=utc_now,
            config=SimpleNamespace(
                ticks=TickSettings(), is_exercise=False,
                database=DatabaseSettings(several_hosts=several),
            ),
        )  # fmt: skip
        self.watch = UnsentWatch(self.house)

    async def beats(self, telegram: datetime, email: datetime) -> None:
        async with self.db.begin() as session:
            for name, at in (("pump_telegram", telegram), ("pump_email", email)):
                await session.merge(Heartbeat(name=name, at=at))


@pytest.fixture
async def stopped(db: Database, now: datetime) -> Standing:
    """For five minutes, with two coordinators: one with a chat, one with mail alone."""
    async with db.begin() as session:
        await a_person(session, now, chat="1", mail="c@example.org", role=Role.COORDINATOR)
        await a_person(session, now, mail="d@example.org", role=Role.COORDINATOR)
        await a_person(session, now, chat="3", role=Role.ADMIN)
    standing = Standing(db)
    await standing.beats(now - 2 * LONG, now - LONG)
    return standing


async def test_it_is_said_once_past_the_queue_to_each_by_the_first_way_that_works(
    stopped: Standing, now: datetime
) -> None:
    for minute in range(3):
        await stopped.watch.look(now + minute * timedelta(minutes=1))
    assert [one.address for one in stopped.chat.sent] == ["1"]
    assert [one.address for one in stopped.mail.sent] == ["d@example.org"]
    [text] = stopped.chat.texts()
    assert "Sinds 17.37 uur gaat er geen bericht meer uit" in text, "when the last lane turned"
    assert await all_deliveries(stopped.db) == [], "a row would wait like all others"


async def test_who_cannot_be_reached_in_the_chat_gets_it_by_mail(
    stopped: Standing, now: datetime
) -> None:
    stopped.chat.script["1"] = [Refused("blocked", closes_channel=True)]
    assert await stopped.watch.look(now) == 2
    assert [one.address for one in stopped.mail.sent] == ["c@example.org", "d@example.org"]


async def test_what_nobody_heard_is_said_again(stopped: Standing, now: datetime) -> None:
    stopped.chat.script["1"] = [Refused("blocked"), Unknown("read_timeout")]
    for address in ("c@example.org", "d@example.org"):
        stopped.mail.script[address] = [Refused("smtp_550"), Sent("7")]
    assert await stopped.watch.look(now) == 0
    assert await stopped.watch.look(now + timedelta(seconds=15)) == 2
    assert await stopped.watch.look(now + timedelta(seconds=30)) == 0, "they may have it"


async def test_one_lane_that_turns_is_enough_to_say_it_the_usual_way(
    stopped: Standing, now: datetime
) -> None:
    await stopped.beats(now - LONG, now)
    assert await stopped.watch.look(now) == 0
    assert stopped.mail.sent == []


async def test_that_it_goes_on_is_said_once_and_the_next_time_is_another(
    stopped: Standing, now: datetime
) -> None:
    await stopped.watch.look(now)
    later = now + LONG
    await stopped.beats(later, later)
    for _ in range(2):
        await stopped.watch.look(later)
    assert [one for one in await notices(stopped.db) if "werkt weer" in one] == [
        "Het versturen werkt weer. Wat klaarstond, gaat nu uit."
    ], "once"
    await stopped.watch.look(later + LONG)
    assert len(stopped.chat.sent) == 2
    async with stopped.db.read() as session:
        found = await session.exec(
            select(JournalEntry.detail).where(col(JournalEntry.action) == "unsent_told")
        )
        assert [bool(detail) for detail in found.all()] == [True, False, True]


async def test_one_process_that_does_everything_has_a_watch_of_its_own(
    db: Database, now: datetime
) -> None:
    alone, stop = Standing(db, several=False), asyncio.Event()
    await alone.beats(now - LONG, now - LONG)
    running = asyncio.create_task(alone.watch.run(stop))
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(running, 5)
    assert alone.chat.sent == []
