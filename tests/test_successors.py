"""Who leaves the list is sure of it; a successor inherits no right; the only admin stays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, select

from bot.asking import leave_list
from bot.config import Config
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    Organisation,
    Person,
    Role,
    RoleGrant,
)
from contacts.journal import SYSTEM
from contacts.outbox import Delivery, Message
from contacts.people import grant, open_channel, revoke
from contacts.records import Database
from contacts.successors import Succession, SuccessionStatus
from tests.console_world import SAME_SITE, World
from tests.contact_files_world import rows
from tests.list_check_world import LATER, a_reachable_world, asked, one, page_of
from tests.partner_world import CHAT, a_partner


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_reachable_world(db, now) as made:
        yield made


async def test_leaving_by_the_chat_is_asked_once_more_and_can_be_refused(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    await asked(db, LATER)
    chat.message = (await chat.all(Delivery))[-1].id
    await chat.press("Ik werk hier niet meer")
    await chat.press("Nee, toch niet")
    assert (await chat.all(Person))[0].left_at is None
    await chat.tap("still:sure")
    (person,) = await chat.all(Person)
    assert person.left_at is not None
    (channel,) = [c for c in await chat.all(Channel) if c.address == str(CHAT)]
    assert channel.status is ChannelStatus.CLOSED
    assert (await chat.all(Succession))[0].status is SuccessionStatus.ASKED


async def test_who_leaves_by_the_page_must_be_sure_and_reads_what_happened(world: World) -> None:
    page = await page_of(world)
    assert (
        await world.web.post(f"{page}/weg", data={"x": ""}, headers=SAME_SITE)
    ).status_code == 400
    answer = await world.web.post(f"{page}/weg", data={"zeker": "ja"}, headers=SAME_SITE)
    assert answer.status_code == 200
    assert "niet meer" not in answer.text or "opvolger" in answer.text
    assert (await one(world)).left_at is not None
    assert (await world.web.get(page)).status_code == 410


async def a_colleague_here(world: World) -> Person:
    async with world.db.begin() as session:
        person = Person(
            organisation_id=world.organisation_id, name="Teamleider", created_at=world.now
        )
        session.add(person)
        await session.flush()
        await open_channel(
            session, person, ChannelKind.EMAIL, "team@school.example", rank=10, now=world.now
        )
        return person


async def leave_docent(world: World) -> None:
    async with world.db.begin() as session:
        found = await session.exec(select(Person).where(col(Person.name) == "Docent"))
        await leave_list(session, found.one(), Config(), who=SYSTEM, now=world.now)


async def test_colleagues_and_the_mailbox_are_asked_for_a_successor(world: World) -> None:
    await a_colleague_here(world)
    async with world.db.begin() as session:
        school = await session.get_one(Organisation, world.organisation_id)
        school.mailbox = "info@school.example"
    before = len(await rows(world.db, Delivery))
    await leave_docent(world)
    to = {delivery.address for delivery in (await rows(world.db, Delivery))[before:]}
    assert to == {"team@school.example", "info@school.example", "co@gemeente.example"}
    mails = [str(message.content) for message in await rows(world.db, Message)]
    assert not any("%%OWN_PAGE%%" in mail for mail in mails if "Geef de coördinator" in mail)


async def test_a_named_successor_gets_nothing_until_the_desk_agrees(world: World) -> None:
    await a_colleague_here(world)
    await leave_docent(world)
    page = await page_of(world, "Teamleider")
    (place,) = await rows(world.db, Succession)
    assert "Wie volgt uw collega op?" in (await world.web.get(page)).text
    fields = {
        "plek": place.id,
        "naam": "Nieuwe docent",
        "functie": "",
        "e-mail": "n@school.example",
    }
    answer = await world.web.post(f"{page}/opvolger", data=fields, headers=SAME_SITE)
    assert answer.status_code == 303
    assert "n@school.example" not in {c.address for c in await rows(world.db, Channel)}
    desk = (await world.desk.get("/contacten/hiaten?hiaat=opvolger")).text
    assert "Nieuwe docent" in desk
    stale = await world.press(f"/opvolging/{place.id}", doe="aannemen", **{"e-mail": "x@y.example"})
    assert stale.status_code == 409
    done = await world.press(
        f"/opvolging/{place.id}", doe="aannemen", **{"e-mail": "n@school.example"}
    )
    assert done.status_code == 303
    new = await one(world, "Nieuwe docent")
    assert new.audiences == ["docent_vo_mbo"]
    (place,) = await rows(world.db, Succession)
    assert (place.status, place.email, place.successor_id) == (
        SuccessionStatus.FILLED, None, new.id,
    )  # fmt: skip
    again = await world.press(
        f"/opvolging/{place.id}", doe="aannemen", **{"e-mail": "n@school.example"}
    )
    assert again.status_code == 409


async def test_a_successor_with_somebody_elses_address_changes_nothing(world: World) -> None:
    await a_colleague_here(world)
    await leave_docent(world)
    page = await page_of(world, "Teamleider")
    (place,) = await rows(world.db, Succession)
    fields = {"plek": place.id, "naam": "Nieuw", "functie": "", "e-mail": "team@school.example"}
    await world.web.post(f"{page}/opvolger", data=fields, headers=SAME_SITE)
    before = len(await rows(world.db, Person))
    await world.press(f"/opvolging/{place.id}", doe="aannemen", **{"e-mail": "team@school.example"})
    assert len(await rows(world.db, Person)) == before
    assert (await rows(world.db, Succession))[0].status is SuccessionStatus.PROPOSED


async def test_a_successor_inherits_no_right(world: World) -> None:
    async with world.db.begin() as session:
        colleague = Person(organisation_id=2, name="Vervanger", created_at=world.now)
        session.add(colleague)
        await session.flush()
        await open_channel(
            session, colleague, ChannelKind.EMAIL, "v@gemeente.example", rank=1, now=world.now
        )
        stays = (await session.exec(select(Person.id).where(col(Person.name) == "Docent"))).one()
        await grant(session, stays or 0, Role.ADMIN, who=SYSTEM, now=world.now)
        left = await session.get_one(Person, world.staff_id)
        await leave_list(session, left, Config(), who=SYSTEM, now=world.now)
    assert [one.person_id for one in await rows(world.db, RoleGrant)] == [stays]


@pytest.mark.parametrize("way", ["page", "desk", "double"])
async def test_the_only_admin_stays_until_somebody_else_has_that_right(
    world: World, way: str
) -> None:
    boss = await one(world, "Coördinator")
    async with world.db.begin() as session:
        other = Person(organisation_id=boss.organisation_id, name="Ander", created_at=world.now)
        session.add(other)
        await session.flush()
        await grant(session, other.id or 0, Role.COORDINATOR, who=SYSTEM, now=world.now)
    if way == "page":
        answer = await world.web.post(
            f"{await page_of(world, 'Coördinator')}/weg", data={"zeker": "ja"}, headers=SAME_SITE
        )
        assert answer.status_code == 409
        assert "enige beheerder" in answer.text
    elif way == "desk":
        # Another tab, opened before the right was given away.
        async with world.db.begin() as session:
            await grant(session, other.id or 0, Role.ADMIN, who=SYSTEM, now=world.now)
            await revoke(session, boss.id or 0, Role.ADMIN, who=SYSTEM, now=world.now)
        answer = await world.press(f"/contact/{other.id}/weg")
        assert answer.headers["location"].endswith("klaar=last_admin_stays")
        boss = other
    else:
        answer = await world.press("/contacten/dubbel", blijft=other.id, gaat=boss.id)
        assert "klaar=last_admin_stays" in answer.headers["location"]
    async with world.db.read() as session:
        assert (await session.get_one(Person, boss.id)).left_at is None
        assert (await session.exec(select(Succession))).all() == []


async def test_the_only_admin_hears_in_the_chat_what_to_do_first(
    db: Database, now: datetime
) -> None:
    chat = await a_partner(db, now)
    async with db.begin() as session:
        await grant(session, chat.person_id, Role.ADMIN, who=SYSTEM, now=now)
    await asked(db, LATER)
    chat.message = (await chat.all(Delivery))[-1].id
    await chat.press("Ik werk hier niet meer")
    await chat.press("Ja, haal mij van de lijst")
    assert "enige beheerder" in await chat.text()
    assert await chat.labels() == ["Ik werk hier niet meer"]
    async with db.read() as session:
        assert (await session.get_one(Person, chat.person_id)).left_at is None
