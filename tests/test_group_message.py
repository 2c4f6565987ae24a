"""A few words to a small group: read back, sent once, and nothing about a person."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlmodel import col, select, update

from bot.group_messages import MOST_MEMBERS, why_not
from bot.group_texts import PLACE
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    ContactGroup,
    GroupMember,
    Organisation,
    Person,
    Role,
)
from contacts.journal import JournalEntry
from contacts.outbox import Content, Delivery, Message, MessageKind
from contacts.records import Database
from tests.console_world import (
    PLANTED,
    World,
    a_colleague,
    a_world,
    client_of,
    contents,
    press,
    signed_in,
)

TITLE, TEXT = "Wie begeleidt dinsdag een gesprek?", "Er zijn nog twee groepen zonder begeleider."


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            session.add(ContactGroup(name="Hulp na de onrust"))
            await session.flush()
            for number in range(3):
                await a_member(session, number, now)
        yield world


async def a_member(session: Any, number: int, now: datetime) -> None:
    organisation = (
        await session.exec(select(Organisation).where(col(Organisation.name) == "Voorbeeldcollege"))
    ).one()
    person = Person(organisation_id=organisation.id, name=f"Lid {number}", created_at=now)
    session.add(person)
    await session.flush()
    session.add(GroupMember(group_id=1, person_id=person.id))
    session.add(
        Channel(
            person_id=person.id, kind=ChannelKind.EMAIL, address=f"lid{number}@x.example",
            created_at=now,
        )
    )  # fmt: skip
    await session.flush()


async def read_back(world: World, title: str = TITLE, text: str = TEXT) -> httpx.Response:
    return await world.press("/groep/1/bericht", titel=title, tekst=text)


async def send(world: World, page: str, title: str = TITLE, text: str = TEXT) -> httpx.Response:
    who = re.findall(r'name="wie" value="(\d+)"', page)
    return await world.press("/groep/1/bericht/versturen", titel=title, tekst=text, wie=who)


async def notices(world: World) -> list[Message]:
    async with world.db.read() as session:
        found = await session.exec(select(Message).where(col(Message.kind) == MessageKind.NOTICE))
        return list(found.all())


async def test_it_is_read_back_with_who_gets_it_before_anything_is_kept(world: World) -> None:
    assert "Bericht sturen" in (await world.desk.get("/contacten/groepen")).text
    before = await contents(world.db)
    page = await read_back(world)
    assert page.status_code == 200
    for words in (TITLE, TEXT, "Lid 0", "Lid 2", "3 contacten"):
        assert words in page.text
    assert await contents(world.db) == before


async def test_it_goes_to_each_member_once_even_when_pressed_twice(world: World) -> None:
    page = (await read_back(world)).text
    for done in ("group_told", "group_had_it"):
        answer = await send(world, page)
        assert answer.headers["location"].endswith(done)
    [message] = await notices(world)
    async with world.db.read() as session:
        found = await session.exec(select(Delivery).where(col(Delivery.message_id) == message.id))
        assert {d.address for d in found.all()} == {f"lid{n}@x.example" for n in range(3)}
        lines = await session.exec(
            select(JournalEntry).where(col(JournalEntry.action) == "group_told")
        )
        [line] = lines.all()
    assert line.actor == f"person:{world.staff_id}"
    assert (line.detail["people"], line.detail["reached"]) == (3, 3)
    assert TITLE not in str(line.detail)
    mail = Content.from_json(message.content).email
    assert mail is not None
    assert "Hulp na de onrust" in mail.text
    assert "%%OWN_PAGE%%/vertel" in mail.text


@pytest.mark.parametrize(
    ("silent", "done"), [((0,), "group_told_part"), ((0, 1, 2), "group_told_nobody")]
)
async def test_who_has_no_channel_is_named_and_not_counted(
    world: World, silent: tuple[int, ...], done: str
) -> None:
    async def closed(numbers: tuple[int, ...], status: ChannelStatus) -> None:
        async with world.db.begin() as session:
            addresses = [f"lid{number}@x.example" for number in numbers]
            await session.exec(
                update(Channel).where(col(Channel.address).in_(addresses)).values(status=status)
            )

    asked = (await read_back(world)).text
    await closed(silent, ChannelStatus.CLOSED)
    page = (await read_back(world)).text
    assert ("2 contacten" in page) == (len(silent) == 1)
    assert ("bericht/versturen" in page) == (len(silent) == 1)
    to_call = page.split('id="bel"')[1]
    assert ("Lid 0" in to_call, "Lid 2" in to_call) == (True, len(silent) == 3)
    answer = await send(world, asked)
    assert answer.headers["location"] == f"/groep/1/bericht?klaar={done}"
    after = (await world.desk.get(answer.headers["location"])).text
    assert "Lid 0" in after.split('id="bel"')[1]
    assert ("Er is niets verstuurd" in after) == (len(silent) == 3)
    await closed(silent, ChannelStatus.ACTIVE)
    again = await send(world, asked)
    assert again.headers["location"].endswith("group_had_it" if len(silent) == 1 else "group_told")


async def test_who_left_since_gets_nothing_and_who_came_since_neither(world: World) -> None:
    page = (await read_back(world)).text
    async with world.db.begin() as session:
        first = (await session.exec(select(Person).where(col(Person.name) == "Lid 0"))).one()
        member = await session.exec(
            select(GroupMember).where(col(GroupMember.person_id) == first.id)
        )
        await session.delete(member.one())
        await a_member(session, 9, world.now)
    await send(world, page)
    [message] = await notices(world)
    async with world.db.read() as session:
        found = await session.exec(select(Delivery).where(col(Delivery.message_id) == message.id))
        assert {d.address for d in found.all()} == {"lid1@x.example", "lid2@x.example"}


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("", TEXT),
        (TITLE, ""),
        ("x" * 61, TEXT),
        (TITLE, "x" * 601),
        (TITLE, f"Vraag het {PLANTED} van school."),
        ("Radicalisering in de wijk", TEXT),
        (TITLE, "Kijk op %%OWN_PAGE%% voor wie er is."),
        ("Kijk op %%SIGN_IN%%", TEXT),
    ],
)
async def test_what_may_not_be_said_is_refused_at_both_presses(
    world: World, title: str, text: str
) -> None:
    page = (await read_back(world)).text
    assert (await read_back(world, title, text)).status_code == 422
    assert (await send(world, page, title, text)).status_code == 422
    assert await notices(world) == []
    assert PLANTED not in str(await contents(world.db))


def test_a_placeholder_is_refused_for_what_it_is() -> None:
    assert why_not(TITLE, "Kijk op %%BASE%%/hulp.") == PLACE
    assert why_not(TITLE, "De helft is er: 50% van de groepen.") == ""


def test_ordinary_words_may_be_said() -> None:
    assert why_not(TITLE, TEXT) == ""


async def test_a_list_of_the_whole_city_is_no_group(world: World) -> None:
    async with world.db.begin() as session:
        for number in range(10, 10 + MOST_MEMBERS):
            await a_member(session, number, world.now)
    page = await world.desk.get("/groep/1/bericht")
    assert "Stuur een briefing" in page.text
    assert "Nalezen" not in page.text
    async with world.db.read() as session:
        everybody = [str(n) for n in (await session.exec(select(GroupMember.person_id))).all()]
    answer = await world.press("/groep/1/bericht/versturen", titel=TITLE, tekst=TEXT, wie=everybody)
    assert answer.status_code == 400
    assert await notices(world) == []


async def test_only_a_coordinator_writes(world: World) -> None:
    async with world.db.begin() as session:
        admin = await a_colleague(session, "Beheerder", (Role.ADMIN,), world.now)
        cookies = await signed_in(session, admin, world.now)
    async with client_of(world.db, world.sealer, world.now, cookies=cookies) as desk:
        assert (await desk.get("/groep/1/bericht")).status_code == 403
        answer = await press(desk, world.sealer, "/groep/1/bericht", titel=TITLE, tekst=TEXT)
        assert answer.status_code == 403
        assert "Bericht sturen" not in (await desk.get("/contacten/groepen")).text
