"""Whoever may sign in holds a key: only a beheerder hands one to another address or telephone."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlmodel import col, select

from bot.config import Config
from bot.console.contact_texts import KEY_ADDED, KEY_INVITED
from bot.settings import TelegramSettings
from contacts.directory import Channel, ChannelKind, Invitation, Person, Role, RoleGrant
from contacts.journal import JournalEntry
from contacts.outbox import Delivery, Message
from contacts.people import open_channel
from contacts.records import Database
from tests.console_world import World, a_colleague, a_world, client_of, press, signed_in

WITH_BOT = Config(telegram=TelegramSettings(bot_name="stad_oefen_bot"))
THEIRS, MINE = "goedkeurder@gemeente.example", "zelf@elders.example"


@dataclass
class Office:
    """Somebody at the desk, and an approver who can be reached by mail."""

    world: World
    web: httpx.AsyncClient
    me: int
    approver: int

    async def press(self, path: str, **fields: str) -> httpx.Response:
        return await press(self.web, self.world.sealer, path, **fields)

    async def rows(self, kind: Any) -> list[Any]:
        async with self.world.db.read() as session:
            return list((await session.exec(select(kind).order_by(kind.id))).all())

    async def addresses(self, person: int) -> set[str]:
        return {one.address for one in await self.rows(Channel) if one.person_id == person}

    async def told(self, subject: str) -> list[str]:
        """The addresses that a message with this subject went to."""
        found = await self.rows(Message)
        numbers = {
            one.id for one in found if subject in str((one.content.get("email") or {}).values())
        }
        return [one.address for one in await self.rows(Delivery) if one.message_id in numbers]


async def an_office(db: Database, now: datetime, roles: tuple[Role, ...]) -> AsyncIterator[Office]:
    async with a_world(db, now) as world:
        async with db.begin() as session:
            me = await a_colleague(session, "Bureau", roles, now)
            approver = await a_colleague(session, "Goedkeurder", (Role.APPROVER,), now)
            person = await session.get_one(Person, approver)
            await open_channel(session, person, ChannelKind.EMAIL, THEIRS, rank=1, now=now)
            cookies = await signed_in(session, me, now)
        async with client_of(db, world.sealer, now, config=WITH_BOT, cookies=cookies) as web:
            yield Office(world, web, me, approver)


@pytest.fixture
async def coordinator(db: Database, now: datetime) -> AsyncIterator[Office]:
    async for one in an_office(db, now, (Role.COORDINATOR,)):
        yield one


@pytest.fixture
async def admin(db: Database, now: datetime) -> AsyncIterator[Office]:
    async for one in an_office(db, now, (Role.ADMIN,)):
        yield one


async def test_a_coordinator_adds_no_address_to_an_approver(coordinator: Office) -> None:
    answer = await coordinator.press(f"/contact/{coordinator.approver}/adres", **{"e-mail": MINE})
    assert answer.status_code == 403
    assert await coordinator.addresses(coordinator.approver) == {THEIRS}
    page = (await coordinator.web.get(f"/contact/{coordinator.approver}")).text
    assert "kan alleen een beheerder een adres toevoegen" in page
    assert 'action="/contacten/uitnodigen"' not in page


async def test_a_coordinator_still_adds_one_to_a_member_and_to_themselves(
    coordinator: Office,
) -> None:
    async with coordinator.world.db.begin() as session:
        member = await a_colleague(session, "Docent", (), coordinator.world.now)
    for person, address in ((member, "docent2@school.example"), (coordinator.me, MINE)):
        answer = await coordinator.press(f"/contact/{person}/adres", **{"e-mail": address})
        assert answer.status_code == 303
        assert await coordinator.addresses(person) == {address}
    assert await coordinator.told(KEY_ADDED[0]) == []


async def test_a_coordinator_invites_no_telephone_of_an_approver(coordinator: Office) -> None:
    one = await coordinator.press("/contacten/uitnodigen", persoon=str(coordinator.approver))
    assert "nodigt alleen een beheerder uit" in one.text
    everybody = await coordinator.press("/contacten/uitnodigen")
    assert "in Schakel inloggen en sta" in everybody.text
    invited = {row.person_id for row in await coordinator.rows(Invitation)}
    assert invited
    assert coordinator.approver not in invited


async def test_a_coordinator_merges_nobody_with_an_approver(coordinator: Office) -> None:
    async with coordinator.world.db.begin() as session:
        approver = await session.get_one(Person, coordinator.approver)
        double = Person(
            organisation_id=approver.organisation_id, name="Goedkeurster",
            created_at=coordinator.world.now,
        )  # fmt: skip
        session.add(double)
        await session.flush()
        await open_channel(
            session, double, ChannelKind.EMAIL, MINE, rank=1, now=coordinator.world.now
        )
        number = double.id
    answer = await coordinator.press(
        "/contacten/dubbel", blijft=str(coordinator.approver), gaat=str(number)
    )
    assert "klaar=not_your_keys" in answer.headers["location"]
    assert await coordinator.addresses(coordinator.approver) == {THEIRS}


LIST = (
    "organisatie;domein;naam;doelgroepen;rechten;e-mail\n"
    "Gemeente van Goedkeurder;gemeente;Goedkeurder;geen;goedkeurder;{theirs}\n"
    "Gemeente van Bureau;gemeente;Bureau;geen;goedkeurder;{mine}\n"
    "School A;onderwijs;Docent VO;docent vo;lid;docent3@school.example\n"
)


async def test_a_list_of_a_coordinator_gives_no_right(coordinator: Office) -> None:
    raw = base64.b64encode(LIST.format(theirs=THEIRS, mine=MINE).encode()).decode()
    await coordinator.press("/contacten/inlezen/opslaan", bestand=raw)
    assert await roles_of(coordinator, coordinator.me) == {Role.COORDINATOR}
    assert await roles_of(coordinator, coordinator.approver) == {Role.APPROVER}
    assert "docent3@school.example" in {one.address for one in await coordinator.rows(Channel)}


async def test_the_preview_says_that_a_beheerder_gives_rights(coordinator: Office) -> None:
    raw = LIST.format(theirs=THEIRS, mine=MINE).encode()
    page = await coordinator.web.get("/contacten/inlezen")
    assert page.status_code == 200
    token = page.text.split('name="sleutel" value="')[1].split('"')[0]
    shown = await coordinator.web.post(
        "/contacten/inlezen", data={"sleutel": token}, files={"bestand": ("lijst.csv", raw)},
        headers={"Sec-Fetch-Site": "same-origin"},
    )  # fmt: skip
    assert "geeft alleen een beheerder" in shown.text


async def test_a_list_of_a_coordinator_adds_no_address_to_who_has_a_right(
    coordinator: Office,
) -> None:
    async with coordinator.world.db.begin() as session:
        other = await a_colleague(session, "Duider", (Role.INTERPRETER,), coordinator.world.now)
    text = (
        "organisatie;domein;naam;doelgroepen;e-mail\n"
        f"Gemeente van Duider;gemeente;Duider;geen;{MINE}\n"
    )
    raw = base64.b64encode(text.encode()).decode()
    await coordinator.press("/contacten/inlezen/opslaan", bestand=raw)
    assert await coordinator.addresses(other) == set()


async def test_a_list_of_a_beheerder_gives_rights(admin: Office) -> None:
    raw = base64.b64encode(LIST.format(theirs=THEIRS, mine=MINE).encode()).decode()
    await admin.press("/contacten/inlezen/opslaan", bestand=raw)
    assert await roles_of(admin, admin.me) == {Role.ADMIN, Role.APPROVER}


async def test_who_has_a_right_hears_that_a_beheerder_added_an_address(admin: Office) -> None:
    answer = await admin.press(f"/contact/{admin.approver}/adres", **{"e-mail": MINE})
    assert answer.status_code == 303
    assert await admin.addresses(admin.approver) == {THEIRS, MINE}
    assert await admin.told(KEY_ADDED[0]) == [THEIRS]


async def test_an_invitation_is_told_to_its_owner_and_the_journal_names_who_made_it(
    admin: Office,
) -> None:
    await admin.press("/contacten/uitnodigen", persoon=str(admin.approver))
    assert await admin.told(KEY_INVITED[0]) == [THEIRS]
    made = [one for one in await admin.rows(JournalEntry) if one.action == "invitation_made"]
    assert [(one.actor, one.subject) for one in made] == [
        (f"person:{admin.me}", f"person:{admin.approver}")
    ]


async def roles_of(office: Office, person: int) -> set[Role]:
    async with office.world.db.read() as session:
        found = await session.exec(select(RoleGrant.role).where(col(RoleGrant.person_id) == person))
        return {Role(one) for one in found.all()}
