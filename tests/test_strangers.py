"""Strangers get their one line within the channel's limits, behind everybody who is known."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlmodel import select
from telegram import Bot

from bot.clock import utc_now
from bot.reducing import Reduced
from bot.rows import UpdateKind
from bot.simulator import TOKEN, Simulator
from bot.strangers import StrangerDesk, beside_guests
from contacts.departing import Means
from contacts.departure_log import DepartureLog
from contacts.guests import Guests
from contacts.limiter import Limiter
from contacts.outbox import ChannelPause, Content, DeliveryStatus, TelegramForm
from contacts.preparing import Linking
from contacts.records import Database
from contacts.sealing import Sealer
from contacts.settings import SendingSettings
from contacts.transport import Later, Refused, Unknown
from tests.outbox_world import (
    CHAT,
    Scripted,
    a_briefing,
    a_person,
    a_pump,
    all_deliveries,
    running,
    until,
)

LINE = Content(telegram=TelegramForm("Dit is een bot"))
SLOW = SendingSettings(telegram_per_s=20, chat_interval_s=0)


def wrote(*chats: int) -> tuple[Reduced, ...]:
    return tuple(Reduced(chat, UpdateKind.TEXT, chat) for chat in chats)


class Seen:
    """A way that notes who was answered."""

    def __init__(self, arrives: bool | None = True) -> None:
        self.chats: list[str] = []
        self.arrives = arrives

    async def __call__(self, _kind: object, address: str, _content: Content) -> bool | None:
        self.chats.append(address)
        return self.arrives


async def at_rest(desk: StrangerDesk) -> None:
    await asyncio.gather(*desk.tasks)


async def test_a_chat_is_answered_once_an_hour(now: datetime) -> None:
    way = Seen()
    desk = StrangerDesk(Bot("0:none"), "x", way)
    for after_min in (0, 10, 59, 61):
        desk.answer(wrote(1, 2), now=now + timedelta(minutes=after_min))
        await at_rest(desk)
    assert way.chats == ["1", "2", "1", "2"]


async def test_a_flood_of_chats_is_met_with_silence(now: datetime) -> None:
    way = Seen()
    desk = StrangerDesk(Bot("0:none"), "x", way)
    desk.answer(wrote(*range(1, 1500)), now=now)
    await at_rest(desk)
    assert len(way.chats) == 1000


async def test_their_answers_and_everything_else_together_keep_to_the_rate(db: Database) -> None:
    transport = Scripted()
    async with db.begin() as session:
        people = [await a_person(session, utc_now(), chat=str(n)) for n in range(30)]
        await a_briefing(session, people, utc_now())
    pump = a_pump(db, transport, settings=SLOW)
    async with running(pump):
        async with asyncio.timeout(60):
            done = await asyncio.gather(
                *(pump.answer_guest(CHAT, str(900 + n), LINE, wait_s=9) for n in range(12))
            )
        await until(db, lambda rows: all(row.status is DeliveryStatus.SENT for row in rows))
    assert done == [True] * 12
    assert len(transport.times) == 42
    second = timedelta(seconds=1)
    most = max(
        sum(start <= at < start + second for at in transport.times) for start in transport.times
    )
    assert most <= 20


async def test_while_rows_wait_one_slot_in_twenty_is_for_guests(db: Database) -> None:
    transport, limiter = Scripted(), Limiter(100)
    means = Means(
        db, SLOW, Sealer(Sealer.new_key()), utc_now, Linking("https://schakel.example", 1), "test",
        DepartureLog(None, utc_now),
    )  # fmt: skip
    guests = Guests(transport, means, limiter, is_busy=lambda: True, is_held=lambda: False)
    await asyncio.gather(*(guests.answer(str(900 + n), LINE) for n in range(4)))
    apart = [later - sooner for sooner, later in pairwise(transport.times)]
    assert min(apart) >= timedelta(seconds=0.19)


async def test_nothing_of_a_stranger_is_kept(db: Database) -> None:
    pump = a_pump(db, Scripted())
    async with running(pump):
        assert await pump.answer_guest(CHAT, "900", LINE, wait_s=9) is True
    assert await all_deliveries(db) == []


@pytest.mark.parametrize(
    ("outcome", "arrived"), [(Refused("blocked"), False), (Unknown("read_timeout"), True)]
)
async def test_a_refusal_is_no_answer_and_silence_is_not_repeated(
    db: Database, outcome: Refused | Unknown, arrived: bool
) -> None:
    transport = Scripted()
    transport.script["900"] = [outcome]
    pump = a_pump(db, transport)
    async with running(pump):
        assert await pump.answer_guest(CHAT, "900", LINE, wait_s=9) is arrived
    assert len(transport.sent) == 1


async def test_too_many_requests_holds_up_everybody(db: Database) -> None:
    later = Later(utc_now() + timedelta(seconds=30), "too_many_requests", whole_channel=True)
    transport = Scripted()
    transport.script["900"] = [later]
    pump = a_pump(db, transport)
    async with running(pump):
        assert await pump.answer_guest(CHAT, "900", LINE, wait_s=9) is False
    async with db.read() as session:
        (pause,) = (await session.exec(select(ChannelPause))).all()
    assert pause.until >= later.not_before


async def test_where_another_process_sends_they_are_answered_one_by_one() -> None:
    async with Simulator() as simulator:
        user = simulator.user(31337, "Vreemde Eend")
        await user.say("hallo")
        bot = Bot(TOKEN, base_url=simulator.bot_url)
        desk = StrangerDesk(bot, "Dit is een bot", Seen(arrives=None))
        desk.answer(wrote(31337), now=utc_now())
        assert "bot" in (await user.see("Dit is een bot")).text
        await desk.close()
        await bot.shutdown()


@pytest.mark.parametrize(("rate", "left"), [(28.0, 26.0), (1000.0, 998.0), (1.0, 0.5)])
def test_whoever_sends_leaves_room_for_those_who_answer_beside_it(rate: float, left: float) -> None:
    assert beside_guests(rate) == left
