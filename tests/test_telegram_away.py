"""While Telegram cannot be read nothing is thrown into it: what waits is not uncertain."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select
from telegram.error import BadRequest, Conflict, NetworkError, TimedOut

from bot.clock import utc_now
from bot.simulator.faults import Fault
from bot.telegram_away import HOLD, TelegramAway
from bot.watching import tell_trouble
from contacts.directory import ChannelKind
from contacts.outbox import ChannelPause, Content, DeliveryStatus, MessageKind, TelegramForm
from contacts.pauses import silent_kinds
from contacts.pausing import pause_channel
from contacts.records import Database
from contacts.sending import Recipient, post
from contacts.transport import Later
from tests.flow_world import Evening, an_evening
from tests.outbox_world import all_deliveries, all_sent, until
from tests.test_watching import a_house, begin, coordinators, told

CHAT = ChannelKind.TELEGRAM


async def paused(db: Database) -> ChannelPause | None:
    async with db.read() as session:
        return (await session.exec(select(ChannelPause))).first()


async def test_what_is_sent_while_telegram_is_away_waits_and_arrives_once(tmp_path: Path) -> None:
    async with an_evening(tmp_path) as evening:
        evening.simulator.telegram.faults.add(Fault("bad_gateway", times=None))
        await until_paused(evening)
        async with evening.house.db.begin() as session:
            [delivery] = await post(
                session, kind=MessageKind.DIALOGUE, now=utc_now(), is_exercise=True,
                content=Content(telegram=TelegramForm("Nog even geduld.")),
                to=[Recipient(CHAT, str(evening.teacher.chat_id), None, None)],
            )  # fmt: skip
        evening.house.pump.wake()
        await asyncio.sleep(1.5)
        waiting = {row.id: row for row in await all_deliveries(evening.house.db)}[delivery.id]
        assert (waiting.status, waiting.attempts) == (DeliveryStatus.PLANNED, 0)
        evening.simulator.telegram.faults.clear()
        await evening.teacher.see("Nog even geduld.", timeout_s=60)
        await until(evening.house.db, all_sent)
        assert await paused(evening.house.db) is None


async def until_paused(evening: Evening) -> None:
    for _ in range(1200):
        if await paused(evening.house.db) is not None:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("the channel is not held")


@pytest.mark.parametrize(
    ("errors", "holds"),
    [
        ([NetworkError("Bad Gateway"), TimedOut()], True),
        ([NetworkError("Bad Gateway")], False),
        ([Conflict("other"), Conflict("other"), Conflict("other")], False),
        ([BadRequest("no"), BadRequest("no")], False),
        ([ValueError("our own"), ValueError("our own")], False),
    ],
)
async def test_only_what_says_twice_that_telegram_is_away_holds_the_channel(
    db: Database, now: datetime, errors: list[Exception], holds: bool
) -> None:
    away = TelegramAway(db, lambda: now)
    for error in errors:
        await away.failed(error)
    async with db.read() as session:
        found = await silent_kinds(session, now=now, however_short=True)
    assert (CHAT in found) is holds
    await away.works()
    assert await paused(db) is None


async def test_a_hold_ends_by_itself_and_leaves_a_pause_for_another_reason(
    db: Database, now: datetime
) -> None:
    away = TelegramAway(db, lambda: now)
    for _ in range(2):
        await away.failed(NetworkError("x"))
    async with db.read() as session:
        assert await silent_kinds(session, now=now + HOLD, however_short=True) == frozenset()
    async with db.begin() as session:
        later = Later(now + timedelta(minutes=5), "too_many_requests", whole_channel=True)
        await pause_channel(session, CHAT, [later], now=now)
    await away.works()
    pause = await paused(db)
    assert pause is not None
    assert pause.until == now + timedelta(minutes=5)


async def test_that_telegram_is_away_is_told_once_and_not_for_reading_and_sending_apart(
    db: Database, now: datetime
) -> None:
    later = now + timedelta(minutes=2)
    await coordinators(db, now)
    await begin(db, "poller", now=now)
    away = TelegramAway(db, lambda: later)
    for _ in range(2):
        await away.failed(NetworkError("x"))
    assert await tell_trouble(a_house(db, "unreachable"), now=later) == 0
    assert await tell_trouble(a_house(db, "token"), now=later) == 1
    assert len(await told(db)) == 2
