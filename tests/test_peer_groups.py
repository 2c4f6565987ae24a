"""Members begin a group around an event themselves, and ask only who may be asked."""

from __future__ import annotations

import json
from datetime import datetime

import pytest

from bot.rows import Conversation
from contacts.directory import ChannelKind, Domain, Person, Role
from contacts.meeting import ContactCount, Way
from contacts.outbox import Delivery, Message, MessageKind
from contacts.people import close_channel, open_channel
from contacts.records import Database
from contacts.sealing import is_sealed
from signals.helping import HelpRefused
from signals.peer_groups import (
    invitation,
)
from signals.peer_rows import PeerGroup, PeerSeat
from tests.helping import reached, somebody
from tests.partner_world import SEALER, Chat, a_partner, an_event
from tests.peer_groups_world import NAME, asked, begun, ended, said_yes, seen_by, told


@pytest.fixture
async def school(db: Database, now: datetime) -> Chat:
    return await a_partner(db, now)


async def test_a_member_begins_a_group_in_the_chat_and_another_says_yes_with_one_tap(
    school: Chat,
) -> None:
    welfare = await somebody(school, "Welzijn", Domain.CARE_WELFARE)
    await told(school, school.person_id, welfare)
    await school.command("/hulp")
    for label in ("Groep rond", "Begin een groep", "Ja, andere leden", "Gebeurtenis"):
        await school.press(label)
    await school.write(NAME)
    assert NAME in await school.text()
    assert "Er zit nog niemand anders in" in await school.text()
    assert await school.all(Conversation) == []
    for label in ("Vraag iemand erbij", "Zorg en welzijn"):
        await school.press(label)
    assert "Organisatie van Welzijn" in await school.text()
    await school.press("Vraag 1")
    asked_once = await school.text()
    assert asked_once.startswith("Gevraagd. Zij zeggen zelf ja of nee.")
    assert "Verder is hier nu niemand die u kunt vragen" in asked_once
    [invitation] = [m for m in await school.all(Message) if m.kind is MessageKind.NOTICE]
    assert is_sealed(invitation.content["telegram"]["text"])
    said = SEALER.unseal(invitation.content["telegram"]["text"])
    assert "School vraagt u in een groep" in said
    assert NAME in said
    assert "Docent" not in said, "the contact is not in the message"
    wires = [b["data"] for row in invitation.content["telegram"]["buttons"] for b in row]
    [came] = [d for d in await school.all(Delivery) if d.message_id == invitation.id]
    other = Chat(school.db, school.now, welfare, came.id or 0)
    assert await seen_by(school, welfare) == [[]], "asked sees nobody yet"
    await other.tap(wires[0])
    assert other.toast == "U zit in de groep."
    assert "Docent" in await other.text()
    assert await seen_by(school, school.person_id) == [["Welzijn"]]
    [count] = await school.all(ContactCount)
    assert (count.from_domain, count.to_domain, count.way, count.count) == (
        Domain.EDUCATION, Domain.CARE_WELFARE, Way.IN_GROUP, 1,
    )  # fmt: skip


async def test_a_name_about_a_person_is_kept_nowhere_and_the_question_stays(school: Chat) -> None:
    await told(school, school.person_id)
    await school.command("/hulp")
    for label in ("Groep rond", "Begin een groep", "Ja, andere leden", "Gebeurtenis"):
        await school.press(label)
    await school.write("Rond Dennis Bakkerstra")
    assert "Wij hebben niets bewaard" in await school.text()
    assert await school.all(PeerGroup) == []
    assert "Bakkerstra" not in json.dumps([row.content for row in await school.all(Message)])
    await school.write("x" * 61)
    assert "Dit zijn 61 tekens" in await school.text()
    await school.write(NAME)
    [group] = await school.all(PeerGroup)
    assert is_sealed(group.name_sealed)


async def test_only_who_agreed_to_be_found_and_heard_of_the_event_can_be_asked(
    school: Chat,
) -> None:
    hidden = await somebody(school, "Stil", Domain.CIVIL, shares=False)
    elsewhere = await somebody(school, "Elders", Domain.CIVIL)
    played = await somebody(school, "Spel", Domain.CIVIL, is_exercise=True)
    open_one = await somebody(school, "Open", Domain.CIVIL)
    event = await told(school, school.person_id, hidden, open_one)
    await reached(school, played, event)
    group = await begun(school, school.person_id, event)
    for person in (hidden, elsewhere, played, school.person_id or 0, 9999):
        assert await asked(school, group, school.person_id, person) == HelpRefused("asked_before")
    assert await asked(school, group, school.person_id, open_one) is None
    assert await asked(school, group, school.person_id, open_one) == HelpRefused("asked_before")
    assert len([m for m in await school.all(Message) if m.kind is MessageKind.NOTICE]) == 1


async def test_who_is_reached_by_no_channel_is_not_offered_and_can_be_asked_later(
    school: Chat,
) -> None:
    other = await somebody(school, "Ander", Domain.CIVIL)
    event = await told(school, school.person_id, other)
    group = await begun(school, school.person_id, event)
    mail = (ChannelKind.EMAIL, "ander@x.example")
    async with school.db.begin() as session:
        await close_channel(session, *mail, reason="bounced", now=school.now)
    await school.tap(f"pgl:{group}:maatschappelijk:0")
    assert "niemand die u kunt vragen" in await school.text()
    assert await asked(school, group, school.person_id, other) == HelpRefused("asked_before")
    assert [seat.person_id for seat in await school.all(PeerSeat)] == [school.person_id]
    async with school.db.begin() as session:
        person = await session.get_one(Person, other)
        await open_channel(session, person, *mail, rank=10, now=school.now)
    assert await asked(school, group, school.person_id, other) is None


async def test_a_name_typed_after_the_event_closed_says_so_and_ends_the_question(
    school: Chat,
) -> None:
    event = await told(school, school.person_id)
    await school.command("/hulp")
    for label in ("Groep rond", "Begin een groep", "Ja, andere leden", "Gebeurtenis"):
        await school.press(label)
    await ended(school, event)
    await school.write(NAME)
    assert "loopt niet meer" in await school.text()
    assert await school.all(Conversation) == []
    assert await school.all(PeerGroup) == []


async def test_a_name_for_a_group_about_a_person_is_answered_with_where_to_go(
    school: Chat,
) -> None:
    await told(school, school.person_id)
    await school.command("/hulp")
    for label in ("Groep rond", "Begin een groep", "Ja, andere leden", "Gebeurtenis"):
        await school.press(label)
    await school.write("Rond Dennis Bakkerstra")
    said = await school.text()
    assert "interne aanspreekpunt" in said
    assert "Wijkagent" in said
    assert "waar de groep voor is" in said


async def test_where_a_group_is_begun_or_asked_for_stands_what_the_municipality_reads(
    school: Chat,
) -> None:
    await told(school, school.person_id)
    await school.command("/hulp")
    await school.press("Groep rond")
    sees = "De gemeente ziet de naam van de groep, de gebeurtenis en hoeveel leden"
    assert sees in await school.text()
    for label in ("Begin een groep", "Ja, andere leden", "Gebeurtenis"):
        await school.press(label)
    assert "leest de naam, en de gemeente ook" in await school.text()
    content = invitation(1, "School", NAME, "Gebeurtenis")
    assert content.telegram is not None
    assert content.email is not None
    assert sees in content.telegram.text
    assert sees in content.email.text


async def test_who_is_only_asked_asks_nobody_and_who_was_never_asked_does_not_come_in(
    school: Chat,
) -> None:
    first = await somebody(school, "Eerste", Domain.CIVIL)
    second = await somebody(school, "Tweede", Domain.CIVIL)
    event = await told(school, school.person_id, first, second)
    group = await begun(school, school.person_id, event)
    await asked(school, group, school.person_id, first)
    assert await asked(school, group, first, second) == HelpRefused("group_over")
    assert await said_yes(school, group, second) == HelpRefused("group_over")
    assert await seen_by(school, second) == []


async def test_a_coordinator_begins_one_around_every_running_event(school: Chat) -> None:
    event = await an_event(school)
    coordinator = await somebody(
        school, "Coordinator", Domain.MUNICIPALITY, roles=(Role.COORDINATOR,)
    )
    assert await begun(school, coordinator, event) > 0
