"""Whoever stopped in a chat hears how to come back, is asked anew, and is a stranger until then."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, select
from telegram import Bot

from bot.inbox import store_updates
from bot.reducing import Reduced
from bot.rows import IncomingUpdate, UpdateKind
from bot.strangers import PAUSE_STOPPED, StrangerDesk
from contacts.directory import Channel, ChannelKind, ChannelStatus, Person
from contacts.invitations import Redeemed, invite, redeem
from contacts.journal import SYSTEM
from contacts.outbox import Content
from contacts.people import close_channel, mark_left, open_channel
from contacts.records import Database
from tests.exercise_world import SEALER, Telephone
from tests.outbox_world import a_person

CHAT = 4711


async def rows(db: Database, kind: Any) -> list[Any]:
    async with db.read() as session:
        return list((await session.exec(select(kind).order_by(col(kind.id)))).all())


async def stopped(db: Database, now: datetime) -> Telephone:
    async with db.begin() as session:
        await a_person(session, now, chat=str(CHAT))
    phone = Telephone(db, CHAT, now)
    await phone.command("/stop")
    await phone.press("Ja, stop")
    return phone


async def status(db: Database) -> ChannelStatus:
    [channel] = await rows(db, Channel)
    return ChannelStatus(channel.status)


async def test_the_answer_to_stop_says_how_to_come_back(db: Database, now: datetime) -> None:
    phone = await stopped(db, now)
    assert "/start weer" in (await phone.said())[-1][1]
    assert await status(db) is ChannelStatus.CLOSED


async def test_coming_back_asks_anew_and_opens_only_on_a_yes(db: Database, now: datetime) -> None:
    phone = await stopped(db, now)
    await phone.command("/start weer")
    assert "Wilt u hier weer berichten" in (await phone.said())[-1][1]
    assert await status(db) is ChannelStatus.CLOSED
    await phone.command("/start ja")
    assert "weer berichten van Schakel" in (await phone.said())[-1][1]
    assert await status(db) is ChannelStatus.ACTIVE


async def test_who_was_closed_by_others_or_left_does_not_come_back_like_this(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        person = await a_person(session, now, chat=str(CHAT))
        await close_channel(session, ChannelKind.TELEGRAM, str(CHAT), reason="replaced", now=now)
    phone = Telephone(db, CHAT, now)
    await phone.command("/start ja")
    assert await status(db) is ChannelStatus.CLOSED
    async with db.begin() as session:
        channel = await session.get_one(Channel, 1)
        channel.closed_reason = "stopped"
        await mark_left(session, await session.get_one(Person, person.id), who=SYSTEM, now=now)
    await phone.command("/start ja")
    assert await status(db) is ChannelStatus.CLOSED
    assert "aangesloten organisaties" in (await phone.said())[-1][1]


async def test_who_has_another_phone_by_now_does_not_come_back_on_the_old_one(
    db: Database, now: datetime
) -> None:
    old = await stopped(db, now)
    async with db.begin() as session:
        token = await invite(session, 1, now=now)
        assert isinstance(await redeem(session, token, 4712, now=now), Redeemed)
    await old.command("/start weer")
    assert "Wilt u hier weer berichten" not in (await old.said())[-1][1]
    await old.command("/start ja")
    assert [(one.address, one.status) for one in await rows(db, Channel)] == [
        (str(CHAT), ChannelStatus.CLOSED), ("4712", ChannelStatus.ACTIVE),
    ]  # fmt: skip
    new = Telephone(db, 4712, now)
    await new.command("/stop")
    await new.press("Ja, stop")
    await old.command("/start ja")
    assert {one.status for one in await rows(db, Channel)} == {ChannelStatus.CLOSED}


async def test_an_old_phone_that_stopped_before_stays_shut_while_another_is_in_use(
    db: Database, now: datetime
) -> None:
    old = await stopped(db, now)
    async with db.begin() as session:
        person = await session.get_one(Person, 1)
        await open_channel(session, person, ChannelKind.TELEGRAM, "4712", rank=20, now=now)
    wrote = Reduced(900, UpdateKind.TEXT, CHAT, {"text": "Hallo?"})
    assert (await store_updates(db, [wrote], SEALER, now=now)).strangers == (wrote,)
    await old.command("/start ja")
    assert [one.status for one in await rows(db, Channel)] == [
        ChannelStatus.CLOSED, ChannelStatus.ACTIVE,
    ]  # fmt: skip


async def test_of_what_somebody_writes_after_stopping_nothing_is_kept(
    db: Database, now: datetime
) -> None:
    await stopped(db, now)
    wrote = Reduced(900, UpdateKind.TEXT, CHAT, {"text": "Hallo?"})
    stored = await store_updates(db, [wrote], SEALER, now=now)
    assert (stored.strangers, stored.stopped) == ((), (wrote,))
    kept = next(one for one in await rows(db, IncomingUpdate) if one.id == 900)
    assert (kept.chat, kept.payload) == (None, None)


async def test_they_are_answered_with_one_sentence_at_most_once_a_minute(now: datetime) -> None:
    said: list[str] = []

    async def way(_kind: object, _address: str, content: Content) -> bool:
        assert content.telegram is not None
        said.append(content.telegram.text)
        return True

    desk = StrangerDesk(Bot("0:none"), "vreemd", way, stopped_text="gestopt")
    wrote = (Reduced(1, UpdateKind.TEXT, CHAT),)
    for at in (now, now + timedelta(seconds=5), now + PAUSE_STOPPED):
        desk.answer((), wrote, now=at)
        await asyncio.gather(*desk.tasks)
    assert said == ["gestopt", "gestopt"]


async def test_who_stopped_in_an_exercise_is_answered_as_exercise(now: datetime) -> None:
    said: list[str] = []

    async def way(_kind: object, _address: str, content: Content) -> bool:
        assert content.telegram is not None
        said.append(content.telegram.text)
        return True

    desk = StrangerDesk(Bot("0:none"), "vreemd", way, stopped_text="gestopt")
    desk.answer((), [Reduced(1, UpdateKind.TEXT, CHAT)], {CHAT}, now=now)
    desk.answer([Reduced(2, UpdateKind.TEXT, 4712)], now=now)
    await asyncio.gather(*desk.tasks)
    assert said == ["<b>OEFENING</b>\ngestopt", "vreemd"]
