"""``/overdracht``: how everything stands, and one tap that tells the others who leads now."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from bot.chat.coordinator import handover_texts as texts
from bot.chat.coordinator.handover_flow import ACTION, HOLDS, SHOWN, TAKE, view, who_leads
from bot.chat.router import COMMANDS
from bot.console.needs import Need
from bot.console.today import Feeds, Today
from contacts.directory import Channel, ChannelKind, Person, Role
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Message
from contacts.people import grant
from contacts.permissions import NotAllowed
from contacts.records import Database
from tests.partner_world import Chat, a_partner, an_event


async def two_coordinators(db: Database, now: datetime) -> Chat:
    """The teacher of the chat coordinates, and so does a colleague with a chat of their own."""
    chat = await a_partner(db, now)
    async with db.begin() as session:
        own = await session.get_one(Person, chat.person_id)
        other = Person(organisation_id=own.organisation_id, name="Collega <b>", created_at=now)
        session.add(other)
        await session.flush()
        session.add(
            Channel(
                person_id=other.id or 0, kind=ChannelKind.TELEGRAM, address="4711", created_at=now
            )
        )
        for ident, role in ((own.id, Role.COORDINATOR), (other.id, Role.COORDINATOR),
                            (other.id, Role.APPROVER)):  # fmt: skip
            await grant(session, ident or 0, role, who=SYSTEM, now=now)
    return chat


async def test_it_says_what_runs_and_who_leads(db: Database, now: datetime) -> None:
    chat = await two_coordinators(db, now)
    await chat.command("/overdracht")
    text = await chat.text()
    assert texts.QUIET in text
    assert texts.NOBODY in text
    assert texts.QUESTIONS[0] in text
    await an_event(chat)
    await chat.press(texts.TAKE)
    await chat.command("/overdracht")
    text = await chat.text()
    assert "(ernst " in text
    assert "Nu coördineert Docent, sinds " in text


async def test_one_tap_tells_each_other_once_and_is_journalled(db: Database, now: datetime) -> None:
    chat = await two_coordinators(db, now)
    await chat.command("/overdracht")
    before = {one.id for one in await chat.all(Message)}
    view_with_button = chat.message
    await chat.press(texts.TAKE)
    new = [one for one in await chat.all(Message) if one.id not in before]
    told = [one for one in new if "Docent nam het over" in str(one.content)]
    assert len(told) == 1
    [line] = [one for one in await chat.all(JournalEntry) if one.action == ACTION]
    assert line.subject == f"person:{chat.person_id}"
    await chat.tap(TAKE, message=view_with_button)
    assert chat.toast == texts.ALREADY
    assert len([one for one in await chat.all(JournalEntry) if one.action == ACTION]) == 1


async def test_it_is_for_who_may_lead_an_event(db: Database, now: datetime) -> None:
    chat = await a_partner(db, now)
    with pytest.raises(NotAllowed):
        await chat.command("/overdracht")
    with pytest.raises(NotAllowed):
        await chat.tap(TAKE, message=0)


async def test_a_day_later_and_in_the_other_world_nobody_leads(db: Database, now: datetime) -> None:
    chat = await two_coordinators(db, now)
    await chat.command("/overdracht")
    await chat.press(texts.TAKE)
    async with db.read() as session:
        found = await who_leads(session, is_exercise=False, now=now)
        assert found is not None
        assert found[0].id == chat.person_id
        assert await who_leads(session, is_exercise=True, now=now) is None
        assert await who_leads(session, is_exercise=False, now=now + HOLDS) is None
    async with db.begin() as session:
        own = (await session.exec(select(Person).where(col(Person.id) == chat.person_id))).one()
        own.left_at = now
        session.add(own)
    async with db.read() as session:
        assert await who_leads(session, is_exercise=False, now=now) is None


def test_a_long_list_shows_a_few_and_says_how_many_more(now: datetime) -> None:
    needs = [Need(f"Lees <{n}>", "", "", now) for n in range(SHOWN + 3)]
    text = view(Today(needs, [], Feeds(0, 0, None)), None, now=now)
    assert "Lees &lt;0&gt;" in text
    assert f"Lees &lt;{SHOWN}&gt;" not in text
    assert "En nog 3." in text
    person = Person(organisation_id=1, name="Collega <b>", created_at=now)
    assert "Collega &lt;b&gt;" in view(
        Today([], [], Feeds(0, 0, None)), (person, now - timedelta(hours=1)), now=now
    )


async def test_help_names_every_command_to_a_coordinator_and_no_more_to_a_member(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    await chat.command("/help")
    to_member = set(re.findall(r"^/\w+", await chat.text(), re.M))
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
    await chat.command("/help")
    to_coordinator = set(re.findall(r"^/\w+", await chat.text(), re.M))
    assert to_coordinator == set(COMMANDS) - {"/start", "/help"}
    assert to_coordinator - to_member == {
        "/gebeurtenis", "/status", "/klok", "/bellijst", "/signalen", "/overdracht", "/console",
        "/rooster", "/oefening", "/les", "/groep",
    }  # fmt: skip
