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
from bot.console.contact_texts import KEY_ADDED, KEY_INVITED, KEY_LAST, KEY_TAKEN
from bot.settings import TelegramSettings
from contacts.directory import (
    Channel,
    ChannelKind,
    ChannelStatus,
    Invitation,
    Person,
    Role,
    RoleGrant,
)
from contacts.importing.batches import ImportBatch
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


async def channels_of(office: Office, person: int) -> dict[str, Channel]:
    return {one.address: one for one in await office.rows(Channel) if one.person_id == person}


async def take(office: Office, person: int, address: str) -> httpx.Response:
    number = (await channels_of(office, person))[address].id
    return await office.press(f"/contact/{person}/kanaal", kanaal=str(number), doe="weg")


async def a_second_address(office: Office, person_id: int) -> None:
    async with office.world.db.begin() as session:
        person = await session.get_one(Person, person_id)
        await open_channel(session, person, ChannelKind.EMAIL, MINE, rank=2, now=office.world.now)


async def test_a_coordinator_takes_one_address_of_an_approver_and_never_the_last(
    coordinator: Office,
) -> None:
    await a_second_address(coordinator, coordinator.approver)
    page = (await coordinator.web.get(f"/contact/{coordinator.approver}")).text
    assert 'name="doe" value="weg"' in page
    assert (await take(coordinator, coordinator.approver, THEIRS)).status_code == 303
    assert await coordinator.told(KEY_TAKEN[0]) == [MINE], "not by what was taken"
    answer = await take(coordinator, coordinator.approver, MINE)
    assert answer.status_code == 422
    assert KEY_LAST in answer.text
    assert 'name="doe" value="weg"' not in answer.text
    left = await channels_of(coordinator, coordinator.approver)
    assert {key: one.status for key, one in left.items()} == {
        THEIRS: ChannelStatus.CLOSED, MINE: ChannelStatus.ACTIVE,
    }  # fmt: skip


async def test_a_beheerder_takes_the_last_one_and_can_give_it_back(admin: Office) -> None:
    assert (await take(admin, admin.approver, THEIRS)).status_code == 303
    await admin.press(f"/contact/{admin.approver}/adres", **{"e-mail": THEIRS})
    [one] = (await channels_of(admin, admin.approver)).values()
    assert one.status is ChannelStatus.ACTIVE


async def test_a_coordinator_takes_the_last_address_of_a_member_and_of_themselves(
    coordinator: Office,
) -> None:
    async with coordinator.world.db.begin() as session:
        member = await a_colleague(session, "Docent", (), coordinator.world.now)
    for person in (member, coordinator.me):
        address = f"nummer{person}@elders.example"
        await coordinator.press(f"/contact/{person}/adres", **{"e-mail": address})
        assert (await take(coordinator, person, address)).status_code == 303
        assert (await channels_of(coordinator, person))[address].status is ChannelStatus.CLOSED
    assert await coordinator.told(KEY_TAKEN[0]) == []


@pytest.mark.parametrize("act", ["weg", "wissen"])
async def test_a_coordinator_takes_no_approver_off_the_list(coordinator: Office, act: str) -> None:
    page = (await coordinator.web.get(f"/contact/{coordinator.approver}")).text
    assert f"/contact/{coordinator.approver}/{act}" not in page
    answer = await coordinator.press(f"/contact/{coordinator.approver}/{act}", zeker="ja")
    assert answer.status_code == 403
    assert await roles_of(coordinator, coordinator.approver) == {Role.APPROVER}


async def test_a_beheerder_takes_an_approver_off_the_list(admin: Office) -> None:
    assert (await admin.press(f"/contact/{admin.approver}/weg")).status_code == 303
    assert await roles_of(admin, admin.approver) == set()


async def test_a_coordinator_takes_back_no_list_that_brought_somebody_with_a_right(
    coordinator: Office,
) -> None:
    raw = base64.b64encode(LIST.format(theirs=THEIRS, mine=MINE).encode()).decode()
    await coordinator.press("/contacten/inlezen/opslaan", bestand=raw)
    [batch] = await coordinator.rows(ImportBatch)
    made = next(one for one in await coordinator.rows(Person) if one.name == "Docent VO")
    async with coordinator.world.db.begin() as session:
        session.add(
            RoleGrant(person_id=made.id or 0, role=Role.APPROVER, granted_at=coordinator.world.now)
        )
    answer = await coordinator.press(f"/inlezen/{batch.id}/terug", zeker="ja")
    assert "klaar=not_your_list" in answer.headers["location"]
    assert made.id in {one.id for one in await coordinator.rows(Person)}


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
