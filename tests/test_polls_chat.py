"""*Wat hielp?* and *Wat miste u?* in the chat: two taps and a line count as behind a link."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from bot.poll_asking import question_content
from briefings.learning.polls import STAYS_OPEN
from briefings.learning.rows import Poll, PollCount, PollWord, Question
from contacts.directory import ChannelKind, Role
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, MessageKind
from contacts.people import grant
from contacts.records import Database
from contacts.sending import Recipient, post
from feeds.rows import Event, EventStatus
from tests.console_world import PLANTED
from tests.partner_world import CHAT, Chat, a_partner, an_event


async def a_chat_with_questions(db: Database, now: datetime) -> tuple[Chat, int]:
    chat = await a_partner(db, now)
    event = await an_event(chat)
    async with db.begin() as session:
        session.add(
            Poll(event_id=event, asked_at=now, send_at=now, closes_at=now + STAYS_OPEN, asked=1)
        )
        [asked] = await post(
            session, kind=MessageKind.NOTICE, content=question_content(event, "Onrust", "17 maart"),
            to=[Recipient(ChannelKind.TELEGRAM, str(CHAT), chat.person_id, 1)], now=now,
        )  # fmt: skip
    chat.message = asked.id or 0
    return chat, event


async def test_two_taps_and_a_line_in_the_chat(db: Database, now: datetime) -> None:
    chat, event = await a_chat_with_questions(db, now)
    await chat.tap(f"poll:{event}:hielp:gesprek")
    assert "Wat miste u het meest?" in await chat.text()
    assert "gesprek" not in re.sub(r"<.*?>", "", await chat.text()), "the choice is not repeated"
    await chat.press("Wat er nog kwam")
    assert "in eigen woorden" in await chat.text()
    await chat.press("Iets anders, in eigen woorden")
    await chat.write("Meer tijd om het team in te lichten.")
    assert "telt mee" in await chat.text()
    counts = {(row.question, row.answer): row.count for row in await chat.all(PollCount)}
    assert counts == {(Question.HELPED, "gesprek"): 1, (Question.MISSED, "vooruit"): 1}
    assert len(await chat.all(PollWord)) == 1
    await chat.tap(f"poll:{event}:hielp:feiten")
    assert len(await chat.all(PollCount)) == 2, "one answer per question"
    last = (await chat.all(Delivery))[-2:]
    assert any(d.address.startswith("sealed:") for d in last), "the thanks points at nobody"


async def test_a_line_about_a_person_in_the_chat_is_not_kept(db: Database, now: datetime) -> None:
    chat, event = await a_chat_with_questions(db, now)
    await chat.tap(f"poll:{event}:words")
    await chat.write(f"{PLANTED} had moeten bellen.")
    assert await chat.all(PollWord) == []
    await chat.write("x" * 281)
    assert "281 tekens" in await chat.text()
    await chat.write("Iemand had moeten bellen.")
    assert len(await chat.all(PollWord)) == 1


async def test_after_the_end_a_tap_counts_no_more(db: Database, now: datetime) -> None:
    chat, event = await a_chat_with_questions(db, now)
    chat.now = now + STAYS_OPEN
    await chat.tap(f"poll:{event}:hielp:gesprek")
    assert await chat.all(PollCount) == []
    with pytest.raises(ValueError, match="questions"):
        await chat.tap("poll:999:hielp:gesprek")


async def test_a_coordinator_asks_from_the_chat_in_two_taps(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    event = await an_event(chat)
    async with db.begin() as session:
        await grant(session, chat.person_id, Role.COORDINATOR, who=SYSTEM, now=now)
    await chat.tap(f"pollask:{event}")
    assert await chat.all(Delivery) == [], "it still runs, so only a word over the button"
    async with db.begin() as session:
        (await session.get_one(Event, event)).status = EventStatus.CLOSED
    await chat.tap(f"pollask:{event}")
    assert await chat.all(Poll) == [], "nobody got a text: there is nobody to ask"
