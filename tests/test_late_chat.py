"""*Alsnog* on a phone: who missed a text and can be reached now gets it, and nobody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import texts
from bot.chat.coordinator.missed_flow import LOOK, MARK, SEND
from briefings.rows import Briefing, BriefingStatus
from contacts.directory import Channel, ChannelKind, Person
from contacts.journal import JournalEntry
from contacts.outbox import Delivery, DeliveryStatus
from contacts.permissions import NotAllowed
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.console_desk import Desk, a_desk
from tests.partner_world import Chat, an_event


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    """A text went out; Anna had no address then, and has one now."""
    async with a_desk(db, now) as started:
        anna = await somebody(started, "Anna")
        await started.fact()
        await started.send(1)
        await opened(started, anna)
        yield started


async def somebody(desk: Desk, name: str) -> int:
    """A teacher of the school, without an address."""
    async with desk.world.db.begin() as session:
        person = Person(
            organisation_id=desk.world.organisation_id, name=name, created_at=desk.world.now,
            audiences=["docent_vo_mbo"],
        )  # fmt: skip
        session.add(person)
        await session.flush()
        return person.id or 0


async def opened(desk: Desk, person: int) -> None:
    async with desk.world.db.begin() as session:
        session.add(
            Channel(
                person_id=person, kind=ChannelKind.EMAIL, address=f"nu{person}@school.example",
                rank=1, created_at=desk.world.now,
            )
        )  # fmt: skip


def phone_of(desk: Desk) -> Chat:
    return Chat(desk.world.db, desk.world.now, desk.world.staff_id)


async def looked(desk: Desk) -> Chat:
    chat = phone_of(desk)
    await chat.tap(f"rcpt:{desk.number}", message=0)
    await chat.press("Alsnog aan 1")
    return chat


async def to_people(desk: Desk) -> list[tuple[str, DeliveryStatus]]:
    return [(one.address, one.status) for one in await desk.rows(Delivery) if "nu" in one.address]


async def test_who_missed_it_is_named_and_counted_and_one_tap_sends_only_them(desk: Desk) -> None:
    chat = await looked(desk)
    text = await chat.text()
    assert "1 persoon miste deze tekst" in text
    assert "Anna, Voorbeeldcollege (E-mail)" in text
    assert await to_people(desk) == []
    ask = chat.message
    await chat.press("Stuur alsnog aan 1")
    [(address, status)] = await to_people(desk)
    assert (address.startswith("nu"), status) == (True, DeliveryStatus.PLANNED)
    async with desk.world.db.read() as session:
        found = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "version_sent_to_missed")
        )
        line = found.one()
    assert (line.actor, line.detail["people"]) == (f"person:{desk.world.staff_id}", 1)
    await chat.tap(f"{SEND}:{desk.number}:1:{'0' * MARK}", message=ask)
    assert chat.toast == texts.OTHERS_LATE
    assert len(await to_people(desk)) == 1


async def test_a_button_about_other_people_sends_nothing(desk: Desk) -> None:
    chat = await looked(desk)
    bram = await somebody(desk, "Bram")
    await opened(desk, bram)
    await chat.press("Stuur alsnog aan 1")
    assert chat.toast == texts.OTHERS_LATE
    assert await to_people(desk) == []


async def test_without_anybody_who_missed_it_there_is_no_button(desk: Desk) -> None:
    chat = await looked(desk)
    await chat.press("Stuur alsnog aan 1")
    await chat.tap(f"rcpt:{desk.number}", message=0)
    assert [one for one in await chat.labels() if "Alsnog" in one] == []
    await chat.tap(f"{LOOK}:{desk.number}:1", message=0)
    assert chat.toast == texts.NOBODY_LATE


async def test_a_text_that_was_taken_back_goes_to_nobody(desk: Desk) -> None:
    chat = await looked(desk)
    async with desk.world.db.begin() as session:
        for briefing in (await session.exec(select(Briefing))).all():
            briefing.status = BriefingStatus.RETRACTED
    await chat.press("Stuur alsnog aan 1")
    assert chat.toast == texts.OUTDATED_LATE
    assert await to_people(desk) == []


async def test_after_the_end_and_in_another_world_it_is_refused(desk: Desk) -> None:
    chat = phone_of(desk)
    other = await an_event(chat, is_exercise=True)
    async with desk.world.db.begin() as session:
        (await session.get_one(Event, desk.number)).status = EventStatus.CLOSED
    for number in (desk.number, other):
        for verb in (f"{LOOK}:{number}:1", f"{SEND}:{number}:1:{'0' * MARK}"):
            with pytest.raises(ValueError, match="no such running event"):
                await chat.tap(verb, message=0)


async def test_a_member_cannot_send_it(desk: Desk) -> None:
    async with desk.world.db.read() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
    chat = Chat(desk.world.db, desk.world.now, teacher.id)
    with pytest.raises(NotAllowed):
        await chat.tap(f"{LOOK}:{desk.number}:1", message=0)
