"""``/groep``: a few words to a small group from the chat, read back with who gets it."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlmodel import col, select, update

from bot import group_texts as texts
from bot.chat.buttons import with_delivery
from bot.chat.coordinator.group_flow import SEND, TO
from bot.chat.shown import shown_form
from bot.exercise.rows import SeatRole
from bot.group_messages import MOST_MEMBERS
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    ContactGroup,
    Domain,
    GroupMember,
    Organisation,
    Person,
    Role,
)
from contacts.groups import Rule
from contacts.journal import SYSTEM, JournalEntry
from contacts.outbox import Delivery
from contacts.people import grant
from contacts.permissions import NotAllowed
from contacts.records import Database
from tests.coordinating import tap
from tests.exercise_world import play
from tests.partner_world import Chat, a_partner
from tests.stores import statements_of

TITLE, TEXT = "Wie begeleidt dinsdag een gesprek?", "Er zijn nog twee groepen zonder begeleider."
PERSON = "Bel Fatima Yilmaz eerder."


async def a_coordinator(db: Database, now: datetime, members: int = 2) -> Chat:
    """With a group of so many teachers who have a mail address."""
    chat = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, chat.person_id or 0, Role.COORDINATOR, who=SYSTEM, now=now)
        session.add(ContactGroup(name="Hulp & steun"))
        await session.flush()
        school = (await session.exec(select(Organisation))).one()
        for number in range(members):
            person = Person(organisation_id=school.id or 0, name=f"Lid {number}", created_at=now)
            session.add(person)
            await session.flush()
            session.add(GroupMember(group_id=1, person_id=person.id or 0))
            session.add(
                Channel(
                    person_id=person.id or 0, kind=ChannelKind.EMAIL,
                    address=f"lid{number}@x.example", created_at=now,
                )
            )  # fmt: skip
    return chat


async def read_back(chat: Chat) -> None:
    await chat.command("/groep")
    await chat.press("Hulp & steun (2)")
    await chat.write(TITLE)
    await chat.write(TEXT)


async def mailed(chat: Chat) -> list[str]:
    return sorted(one.address for one in await chat.all(Delivery) if "lid" in one.address)


async def test_it_is_read_back_with_who_gets_it_and_one_tap_sends_it(
    db: Database, now: datetime
) -> None:
    chat = await a_coordinator(db, now)
    await read_back(chat)
    text = await chat.text()
    for said in (TITLE, TEXT, "Hulp &amp; steun", "2 contacten", "Lid 0, School", "Lid 1, School"):
        assert said in text
    assert await mailed(chat) == []
    await chat.press("Versturen aan 2 contacten")
    assert await mailed(chat) == ["lid0@x.example", "lid1@x.example"]
    assert "2 contacten van de groep" in await chat.text()
    async with db.read() as session:
        found = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "group_told")
        )
        line = found.one()
    assert (line.actor, line.detail["people"]) == (f"person:{chat.person_id}", 2)
    with pytest.raises(ValueError, match="over"):
        await chat.tap(SEND)


async def test_who_left_the_group_since_gets_nothing_and_who_came_neither(
    db: Database, now: datetime
) -> None:
    chat = await a_coordinator(db, now)
    await read_back(chat)
    async with db.begin() as session:
        members = await session.exec(select(GroupMember).order_by(col(GroupMember.person_id)))
        await session.delete(members.all()[0])
        session.add(GroupMember(group_id=1, person_id=chat.person_id or 0))
    before = len(await chat.all(Delivery))
    await chat.press("Versturen")
    assert await mailed(chat) == ["lid1@x.example"]
    assert "1 contact van de groep" in await chat.text()
    # The words themselves, and the change of the question in this chat.
    assert len(await chat.all(Delivery)) == before + 2


async def close_channels(chat: Chat, *names: str) -> None:
    async with chat.db.begin() as session:
        found = await session.exec(select(Person.id).where(col(Person.name).in_(names)))
        await session.exec(
            update(Channel)
            .where(col(Channel.person_id).in_(list(found.all())))
            .values(status=ChannelStatus.CLOSED)
        )


async def test_who_has_no_channel_is_named_and_not_counted(db: Database, now: datetime) -> None:
    chat = await a_coordinator(db, now)
    await close_channels(chat, "Lid 0")
    await read_back(chat)
    reached, to_call = (await chat.text()).split(texts.NO_CHANNEL)
    assert "gaat naar 1 contact," in reached
    assert ("Lid 1, School" in reached, "Lid 0, School" in reached) == (True, False)
    assert ("Lid 0, School" in to_call, "Lid 1, School" in to_call) == (True, False)
    await chat.press("Versturen aan 1 contact")
    assert await mailed(chat) == ["lid1@x.example"]
    said = await chat.text()
    assert "1 van de 2 contacten" in said
    assert "Lid 0, School" in said.split(texts.NO_CHANNEL)[1]


async def test_who_lost_the_channel_since_is_named_after_sending(
    db: Database, now: datetime
) -> None:
    chat = await a_coordinator(db, now)
    await read_back(chat)
    await close_channels(chat, "Lid 1")
    await chat.press("Versturen aan 2 contacten")
    said = await chat.text()
    assert "1 van de 2 contacten" in said
    assert "Lid 1, School" in said


async def test_a_group_that_nothing_reaches_is_called_and_not_written_to(
    db: Database, now: datetime
) -> None:
    chat = await a_coordinator(db, now)
    await close_channels(chat, "Lid 0", "Lid 1")
    await read_back(chat)
    assert await chat.labels() == []
    said = await chat.text()
    assert said.startswith(texts.NOBODY_HAS)
    assert "Lid 0, School" in said


async def test_the_same_words_go_once(db: Database, now: datetime) -> None:
    chat = await a_coordinator(db, now)
    for _ in range(2):
        await read_back(chat)
        await chat.press("Versturen")
    assert await chat.text() == texts.HAD_IT
    assert len(await mailed(chat)) == 2


async def test_a_person_or_too_many_words_are_refused_and_the_question_stays_open(
    db: Database, now: datetime
) -> None:
    chat = await a_coordinator(db, now)
    await chat.command("/groep")
    await chat.press("Hulp & steun")
    for wrong in (PERSON, "Lang " * 20):
        await chat.write(wrong)
    await chat.write(TITLE)
    await chat.write(PERSON)
    assert await chat.text() == texts.PERSON
    await chat.write(TEXT)
    await chat.press(texts.AGAIN)
    await chat.write("Andere titel")
    await chat.write(TEXT)
    await chat.press(texts.QUIT)
    assert await chat.text() == texts.GIVEN_UP
    assert await mailed(chat) == []


@pytest.mark.parametrize("members", [0, MOST_MEMBERS + 1])
async def test_an_empty_group_and_one_that_needs_a_briefing_are_not_offered(
    db: Database, now: datetime, members: int
) -> None:
    chat = await a_coordinator(db, now, members)
    await chat.command("/groep")
    assert await chat.labels() == []
    assert "briefing" in await chat.text()
    assert "Maak een groep van wie meedoet" in await chat.text()


async def rules(db: Database, numbers: range) -> None:
    async with db.begin() as session:
        for number in numbers:
            rule = Rule(domains=frozenset({Domain.EDUCATION})).to_json()
            session.add(ContactGroup(name=f"Regel {number:02}", rule=rule))


async def test_many_groups_stand_on_leaves_of_ten(db: Database, now: datetime) -> None:
    chat = await a_coordinator(db, now)
    await rules(db, range(24))
    await chat.command("/groep")
    seen, leaves = [], []
    for turning in ([texts.NEXT], [texts.PREVIOUS, texts.NEXT], [texts.PREVIOUS]):
        labels = await chat.labels()
        assert labels[-len(turning) :] == turning
        leaves.append(len(labels) - len(turning))
        seen += labels[: -len(turning)]
        if texts.NEXT in turning:
            await chat.press(texts.NEXT)
    assert leaves == [10, 10, 5]
    assert seen == ["Hulp & steun (2)", *(f"Regel {number:02} (3)" for number in range(24))]
    await chat.press(texts.PREVIOUS)
    await chat.press("Regel 12")
    assert "Bericht aan Regel 12" in await chat.text()


async def test_people_and_places_are_read_once_however_many_groups(
    db: Database, now: datetime
) -> None:
    chat = await a_coordinator(db, now)
    counts = []
    for numbers in (range(1), range(1, 8)):
        await rules(db, numbers)
        with statements_of(db) as seen:
            await chat.command("/groep")
        counts.append(len(seen))
    assert counts[0] == counts[1]


async def test_it_is_for_a_real_coordinator_alone(db: Database, now: datetime) -> None:
    chat = await a_coordinator(db, now)
    real = chat.person_id or 0
    _, [seat] = await play(db, {real: SeatRole.COORDINATOR}, now=now)
    chat.person_id = seat.player_id
    with pytest.raises(NotAllowed):
        await chat.command("/groep")
    async with db.read() as session:
        found = await session.exec(select(Person).where(col(Person.name) == "Lid 0"))
        chat.person_id = found.one().id
    with pytest.raises(NotAllowed):
        await chat.command("/groep")
    with pytest.raises(NotAllowed):
        await chat.tap(f"{TO}:1", message=0)


async def test_written_anew_the_text_above_has_no_button_and_its_button_sends_nothing(
    db: Database, now: datetime
) -> None:
    chat = await a_coordinator(db, now)
    await read_back(chat)
    above = chat.message
    [old] = [one.data or "" for one in await chat.buttons() if one.text.startswith("Versturen")]
    [again] = [one.data or "" for one in await chat.buttons() if one.text == texts.AGAIN]
    await tap(chat, with_delivery(again, above))
    async with db.read() as session:
        form = await shown_form(session, above)
    assert form is not None
    assert form.buttons == []
    await chat.write(TITLE)
    await chat.write("Er is nog één groep zonder begeleider.")
    with pytest.raises(ValueError, match="another text"):
        await chat.tap(old)
    assert await mailed(chat) == []
    await chat.press("Versturen")
    assert len(await mailed(chat)) == 2
