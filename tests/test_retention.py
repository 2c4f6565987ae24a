"""The outbox does not keep the words of conversations, nor links that are over."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select

from bot.tidying import forget_what_is_over
from contacts.directory import (
    AccessLink,
    Channel,
    ChannelKind,
    Invitation,
    LinkPurpose,
    Person,
    PersonLink,
)
from contacts.erasing import KEEP_LEFT
from contacts.invitations import invite
from contacts.journal import SYSTEM, JournalEntry
from contacts.links import mint_person_link
from contacts.outbox import Content, DeliveryStatus, Message, MessageKind, TelegramForm
from contacts.people import mark_left
from contacts.records import Database
from contacts.retention import drop_old_links, wipe_dialogue
from contacts.sending import Recipient, post
from contacts.texts import ERASED_NAME
from signals.settings import SignalSettings
from tests.outbox_world import a_person
from tests.page_links import mint_link

WORDS = "Veel vragen in de groep"


async def said(db: Database, now: datetime, kind: MessageKind, status: DeliveryStatus) -> None:
    async with db.begin() as session:
        to = [Recipient(ChannelKind.TELEGRAM, "7", None, None)]
        content = Content(telegram=TelegramForm(WORDS))
        delivery = (await post(session, kind=kind, content=content, to=to, now=now))[0]
        delivery.status = status


async def kept(db: Database, now: datetime) -> tuple[int, bool]:
    async with db.begin() as session:
        wiped = await wipe_dialogue(session, now=now)
        messages = (await session.exec(select(Message).order_by(col(Message.id)))).all()
    return wiped, WORDS in repr([message.content for message in messages])


async def test_delivered_dialogue_is_wiped_after_an_hour_once(db: Database, now: datetime) -> None:
    await said(db, now, MessageKind.DIALOGUE, DeliveryStatus.SENT)
    assert await kept(db, now + timedelta(minutes=59)) == (0, True)
    assert await kept(db, now + timedelta(minutes=61)) == (1, False)
    assert await kept(db, now + timedelta(minutes=62)) == (0, False)
    async with db.read() as session:
        entries = (await session.exec(select(JournalEntry).order_by(col(JournalEntry.id)))).all()
    assert entries[-1].action == "dialogue_wiped"
    assert WORDS not in repr(entries)


async def test_what_is_still_to_go_keeps_its_words(db: Database, now: datetime) -> None:
    await said(db, now, MessageKind.DIALOGUE, DeliveryStatus.PLANNED)
    assert await kept(db, now + timedelta(days=1)) == (0, True)


async def test_a_briefing_keeps_its_words(db: Database, now: datetime) -> None:
    await said(db, now, MessageKind.BRIEFING, DeliveryStatus.SENT)
    assert await kept(db, now + timedelta(days=1)) == (0, True)


async def test_a_link_is_deleted_a_month_after_it_was_over(db: Database, now: datetime) -> None:
    async with db.begin() as session:
        person = await a_person(session, now)
        for made in (now, now + timedelta(days=100)):
            await mint_link(
                session, organisation_id=person.organisation_id, event_id=1, delivery_id=None,
                days=30, now=made,
            )  # fmt: skip
            await mint_person_link(session, person.id or 0, LinkPurpose.SIGN_IN, now=made)
            await invite(session, person.id or 0, days=30, now=made)
        dropped = [
            await drop_old_links(session, now=now + timedelta(days=days)) for days in (30, 60, 61)
        ]
        left = [
            len((await session.exec(select(table))).all())
            for table in (AccessLink, PersonLink, Invitation)
        ]
    assert dropped == [0, 1, 2]  # a link to sign in is over after minutes
    assert left == [1, 1, 1]


async def test_all_who_left_a_month_ago_are_erased_in_one_round(
    db: Database, now: datetime
) -> None:
    """Two in one round once stopped the round, and with it all forgetting."""
    left = now - KEEP_LEFT
    async with db.begin() as session:
        people = [await a_person(session, now, mail=f"{n}@school.example") for n in range(3)]
        for person in people[:2]:
            await mark_left(session, person, who=SYSTEM, now=left)
        await mark_left(session, people[2], who=SYSTEM, now=left + timedelta(days=1))
    async with db.begin() as session:
        await forget_what_is_over(session, SignalSettings(), now=now)
    async with db.read() as session:
        found = (await session.exec(select(Person).order_by(col(Person.id)))).all()
        mails = (await session.exec(select(Channel.address))).all()
    assert [person.erased_at is not None for person in found] == [True, True, False]
    assert [person.name == ERASED_NAME for person in found] == [True, True, False]
    assert mails == ["2@school.example"]
