"""What counts the people to call counts those that the list of the event shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import col, select

from bot.chat.coordinator.card import PROGRESS, refresh_live
from bot.console.needs_asked import CALLS
from bot.rows import LiveMessage
from contacts.call_list import calls_of
from contacts.calling import About, CallItem, CallReason, CallStatus, add_calls
from contacts.outbox import Delivery, Message, MessageKind, MessageStatus
from contacts.records import Database, read_columns
from contacts.sending import channels_of, post
from feeds.rows import Event, EventStatus
from tests.console_desk import Desk, a_desk
from tests.outbox_world import BOTH, a_person
from tests.partner_world import Chat
from tests.test_console_calling import a_colleague_without_channel

SILENT, OPEN = CallReason.SILENT, CallStatus.OPEN
GONE = CallStatus.NOT_NEEDED


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as desk:
        yield desk


async def on_the_list(session: Any, now: datetime, *lines: tuple[int, CallStatus]) -> None:
    """A person with a line for each version, as it ended; version 9 went to nobody."""
    person = await a_person(session, now)
    for briefing, status in lines:
        about = About(1, briefing, None, is_exercise=False)
        await add_calls(session, about, [(person.id, person.organisation_id, SILENT)], now=now)
        item = await session.get_one(CallItem, await newest(session))
        item.status, item.done_at = status, now


async def newest(session: Any) -> int:
    return max((await session.exec(select(col(CallItem.id)))).all())


async def test_people_are_counted_and_not_their_lines_of_several_versions(
    db: Database, now: datetime
) -> None:
    async with db.begin() as session:
        await on_the_list(session, now, (1, OPEN), (2, OPEN), (3, OPEN))
        await on_the_list(session, now, (1, OPEN), (2, CallStatus.CALLED))
        await on_the_list(session, now, (1, OPEN), (2, GONE))
        await on_the_list(session, now, (1, OPEN), (9, GONE))
        other = await a_person(session, now, chat="1")
        (off,) = await post(
            session, kind=MessageKind.UPDATE, content=BOTH, briefing_id=9, event_id=1, now=now,
            to=await channels_of(session, other.id or 0),
        )  # fmt: skip
        (await session.get_one(Message, off.message_id)).status = MessageStatus.CANCELLED
    async with db.read() as session:
        shown = await calls_of(session, 1, now=now, statuses=[OPEN])
        [counted] = await read_columns(session, CALLS, {"until": now})
    assert (len(shown), counted[2]) == (2, 2)


async def closed(desk: Desk, now: datetime) -> None:
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        event.status, event.closed_at = EventStatus.CLOSED, now


async def test_who_is_still_to_be_called_about_a_closed_event_stays_in_reach(
    desk: Desk, now: datetime
) -> None:
    await a_colleague_without_channel(desk)
    await desk.fact()
    await desk.send(1)
    await closed(desk, now)
    assert "1 persoon bellen" in (await desk.web.get("/")).text
    chat = Chat(desk.world.db, desk.world.now, desk.world.staff_id)
    await chat.command("/bellijst")
    assert "☐ 1. Conciërge" in await chat.text()
    await chat.press("☐ 1 gebeld")
    assert "persoon bellen" not in (await desk.web.get("/")).text
    await chat.command("/bellijst")
    assert "niemand op de bellijst" in await chat.text()


async def test_the_button_to_the_list_stays_right_long_after_the_closing(
    desk: Desk, now: datetime
) -> None:
    await a_colleague_without_channel(desk)
    await desk.fact()
    await desk.send(1)
    await closed(desk, now)
    [item] = await desk.rows(CallItem)
    late = now + timedelta(hours=8)
    async with desk.world.db.begin() as session:
        [delivery] = (await session.exec(select(Delivery).limit(1))).all()
        session.add(
            LiveMessage(
                event_id=desk.number, chat=1, briefing_id=item.briefing_id, delivery_id=delivery.id,
                name=PROGRESS, content_hash="", edited_at=now,
            )
        )  # fmt: skip
    async with desk.world.db.begin() as session:
        assert await refresh_live(session, now=late) == 0
        called = await session.get_one(CallItem, item.id)
        called.status, called.done_at = CallStatus.CALLED, late
        await session.flush()
        assert await refresh_live(session, now=late) == 1
