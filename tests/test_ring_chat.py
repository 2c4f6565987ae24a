"""*Vooraf bellen* on a phone: whom to ring first is chosen there too, not only ticked."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import clock_texts as texts
from bot.chat.coordinator.ring_flow import AT_ONCE, FIND, PICK, PUT, RING
from briefings.clock_rows import FirstCall
from contacts.directory import ChannelKind, Domain, Organisation
from contacts.journal import JournalEntry
from contacts.outbox import Content, MessageKind, TelegramForm
from contacts.permissions import NotAllowed
from contacts.records import Database
from contacts.sending import Recipient, post
from feeds.rows import Event, EventStatus, Origin
from tests.partner_world import CHAT, Chat, a_coordinator, a_partner, an_event


@pytest.fixture
async def coordinator(db: Database, now: datetime) -> Chat:
    return await a_coordinator(db, now)


async def organisations(chat: Chat, *names: str, is_exercise: bool = False) -> list[int]:
    async with chat.db.begin() as session:
        made = [
            Organisation(
                name=name, domain=Domain.CARE_WELFARE, is_exercise=is_exercise, created_at=chat.now
            )
            for name in names
        ]
        session.add_all(made)
        await session.flush()
        return [one.id or 0 for one in made]


async def listed(chat: Chat) -> list[int]:
    return [one.organisation_id for one in await chat.all(FirstCall)]


async def test_an_organisation_is_put_on_the_list_and_ticked_in_one_chat(
    coordinator: Chat,
) -> None:
    [mosque] = await organisations(coordinator, "Moskee")
    event = await an_event(coordinator)
    await coordinator.tap(f"{RING}:{event}", message=0)
    assert "De lijst is leeg." in await coordinator.text()
    await coordinator.press(texts.ADD_TO_RING)
    assert await listed(coordinator) == []
    await coordinator.press("Moskee")
    assert coordinator.toast == texts.TO_RING_ADDED
    assert await listed(coordinator) == [mosque]
    assert "1 ☐ Moskee · nummer niet bekend" in await coordinator.text()
    assert "Geen nummer?" in await coordinator.text()
    await coordinator.press(texts.TO_RING.format(number=1))
    assert "1 ☑ Moskee" in await coordinator.text()
    await coordinator.press(texts.ADD_TO_RING)
    assert "Moskee" not in await coordinator.labels(), "who is on it is not offered again"
    await coordinator.tap(f"{PUT}:{event}:{mosque}")
    assert coordinator.toast == texts.IN_LIST_ALREADY
    assert await listed(coordinator) == [mosque]
    async with coordinator.db.read() as session:
        found = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "first_calls_listed")
        )
        [line] = found.all()
    assert line.actor == f"person:{coordinator.person_id}"
    assert "Moskee" not in str(line.detail)


@pytest.mark.parametrize(("answer", "leads_there"), [("Nog te doen", True), ("Gebeld", False)])
async def test_who_still_has_to_ring_gets_the_list_with_the_confirmation(
    coordinator: Chat, answer: str, leads_there: bool
) -> None:
    async with coordinator.db.begin() as session:
        event = Event(title="Onrust", type="E09", origin=Origin.FEED, detected_at=coordinator.now)
        session.add(event)
        await session.flush()
        number = event.id
        [delivery] = await post(
            session, kind=MessageKind.ALERT, content=Content(telegram=TelegramForm("Melding")),
            to=[Recipient(ChannelKind.TELEGRAM, str(CHAT), coordinator.person_id, 1)],
            now=coordinator.now,
        )  # fmt: skip
    coordinator.message = alert = delivery.id or 0
    await coordinator.tap(f"q4:{number}:3:0:0")
    await coordinator.press(answer)
    coordinator.message = alert
    assert (texts.RING in await coordinator.labels()) is leads_there


async def test_one_further_on_is_found_by_leaf_or_by_name(coordinator: Chat) -> None:
    await organisations(coordinator, *(f"Buurthuis {n}" for n in range(AT_ONCE)), "Zorghuis")
    event = await an_event(coordinator)
    await coordinator.tap(f"{RING}:{event}", message=0)
    await coordinator.press(texts.ADD_TO_RING)
    assert "Zorghuis" not in await coordinator.labels()
    await coordinator.press(texts.FURTHER)
    assert "Zorghuis" in await coordinator.labels()
    await coordinator.press(texts.PREVIOUS)
    await coordinator.press(texts.FIND_TO_RING)
    await coordinator.write("zorgh")
    await coordinator.press("Zorghuis")
    assert coordinator.toast == texts.TO_RING_ADDED
    await coordinator.press(texts.ADD_TO_RING)
    await coordinator.press(texts.FIND_TO_RING)
    await coordinator.write("zorgh")
    assert "Geen organisatie gevonden" in await coordinator.text()


async def test_once_it_is_over_nobody_is_put_on_the_list(coordinator: Chat) -> None:
    [mosque] = await organisations(coordinator, "Moskee")
    event = await an_event(coordinator)
    await coordinator.tap(f"{RING}:{event}", message=0)
    async with coordinator.db.begin() as session:
        (await session.get_one(Event, event)).status = EventStatus.CLOSED
    for wire in (f"{PICK}:{event}:0", f"{FIND}:{event}", f"{PUT}:{event}:{mosque}"):
        await coordinator.tap(wire)
        assert coordinator.toast
    assert await listed(coordinator) == []
    await coordinator.tap(f"{RING}:{event}")
    assert texts.ADD_TO_RING not in await coordinator.labels()


async def test_the_other_world_is_out_of_reach(coordinator: Chat) -> None:
    [played] = await organisations(coordinator, "Gespeeld", is_exercise=True)
    event, other = await an_event(coordinator), await an_event(coordinator, is_exercise=True)
    await coordinator.tap(f"{RING}:{event}", message=0)
    for wire in (f"{PUT}:{event}:{played}", f"{PUT}:{other}:{played}", f"{PICK}:{other}:0"):
        with pytest.raises(ValueError, match="no such"):
            await coordinator.tap(wire)
    assert await listed(coordinator) == []


async def test_a_member_puts_nobody_on_the_list(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    event = await an_event(chat)
    for wire in (f"{PICK}:{event}:0", f"{FIND}:{event}", f"{PUT}:{event}:1"):
        with pytest.raises(NotAllowed):
            await chat.tap(wire, message=0)
