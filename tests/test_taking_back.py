"""A list that is taken back takes what it gave to who was there before: no less of a key."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, delete, select

from bot.console.contact_texts import KEY_RIGHT_BACK, KEY_TAKEN
from contacts.directory import Channel, ChannelKind, Person, Role, RoleGrant
from contacts.importing import import_contacts, read_contacts
from contacts.importing.batches import ImportBatch
from contacts.journal import JournalEntry, Who
from contacts.people import open_channel
from contacts.records import Database
from tests.console_world import a_colleague
from tests.test_keys import Office, an_office, roles_of

HEAD = "organisatie;domein;naam;doelgroepen;rechten;e-mail\n"
ADDRESS = "nieuw@gemeente.example"


@pytest.fixture
async def coordinator(db: Database, now: datetime) -> AsyncIterator[Office]:
    async for one in an_office(db, now, (Role.COORDINATOR,)):
        yield one


@pytest.fixture
async def admin(db: Database, now: datetime) -> AsyncIterator[Office]:
    async for one in an_office(db, now, (Role.ADMIN,)):
        yield one


async def colleague(
    office: Office, name: str, *roles: Role, address: str = "",
    kind: ChannelKind = ChannelKind.EMAIL,
) -> int:  # fmt: skip
    now = office.world.now
    async with office.world.db.begin() as session:
        number = await a_colleague(session, name, roles, now)
        if address:
            person = await session.get_one(Person, number)
            await open_channel(session, person, kind, address, rank=1, now=now)
    return number


async def brought_in(office: Office, name: str, right: str, address: str) -> int:
    """The list of a beheerder, with one line; returns its number."""
    line = f"Gemeente van {name};gemeente;{name};geen;{right};{address}\n"
    async with office.world.db.begin() as session:
        result = await import_contacts(
            session, read_contacts((HEAD + line).encode()), who=Who("person", office.me),
            is_exercise=False, now=office.world.now,
        )  # fmt: skip
    assert result.errors == []
    assert result.batch_id is not None
    return result.batch_id


async def test_a_coordinator_takes_back_no_list_that_gave_somebody_a_right(
    coordinator: Office,
) -> None:
    other = await colleague(coordinator, "Docent", address="docent@gemeente.example")
    batch = await brought_in(coordinator, "Docent", "goedkeurder", "docent@gemeente.example")
    answer = await coordinator.press(f"/inlezen/{batch}/terug", zeker="ja")
    assert "klaar=not_your_list" in answer.headers["location"]
    assert Role.APPROVER in await roles_of(coordinator, other)


async def test_a_coordinator_takes_back_no_list_that_gave_an_address_to_who_has_a_right(
    coordinator: Office,
) -> None:
    other = await colleague(coordinator, "Duider", Role.INTERPRETER)
    batch = await brought_in(coordinator, "Duider", "", ADDRESS)
    answer = await coordinator.press(f"/inlezen/{batch}/terug", zeker="ja")
    assert "klaar=not_your_list" in answer.headers["location"]
    assert await coordinator.addresses(other) == {ADDRESS}


async def test_a_coordinator_still_takes_back_an_address_of_a_member(coordinator: Office) -> None:
    member = await colleague(coordinator, "Docent")
    batch = await brought_in(coordinator, "Docent", "", ADDRESS)
    asked = await coordinator.press(f"/inlezen/{batch}/terug")
    assert "1 persoon blijft, maar verliest een adres of een recht" in asked.text
    answer = await coordinator.press(f"/inlezen/{batch}/terug", zeker="ja")
    assert "klaar=import_undone" in answer.headers["location"]
    assert await coordinator.addresses(member) == set()
    assert await coordinator.told(KEY_TAKEN[0]) == []


async def test_a_right_that_goes_with_its_list_is_journalled_and_its_owner_hears_it(
    admin: Office,
) -> None:
    address = "docent@gemeente.example"
    other = await colleague(admin, "Docent", address=address)
    batch = await brought_in(admin, "Docent", "goedkeurder", address)
    answer = await admin.press(f"/inlezen/{batch}/terug", zeker="ja")
    assert "klaar=import_undone" in answer.headers["location"]
    assert await roles_of(admin, other) == set()
    lines = [one for one in await admin.rows(JournalEntry) if one.action == "role_revoked"]
    assert [(one.actor, one.detail) for one in lines if one.detail["role"] == Role.APPROVER] == [
        (f"person:{admin.me}", {"role": Role.APPROVER.value, "ids": [other]})
    ]
    assert await admin.told(KEY_RIGHT_BACK[0]) == [address]


async def test_an_address_that_goes_with_its_list_is_told_on_what_is_left(admin: Office) -> None:
    await colleague(admin, "Duider", Role.INTERPRETER, address="777", kind=ChannelKind.TELEGRAM)
    batch = await brought_in(admin, "Duider", "", ADDRESS)
    await admin.press(f"/inlezen/{batch}/terug", zeker="ja")
    assert await admin.told(KEY_TAKEN[0]) == ["777"]


@pytest.mark.parametrize(("right", "address"), [("goedkeurder", ""), ("", ADDRESS)])
async def test_taking_back_takes_neither_the_last_right_nor_the_last_address_of_its_holder(
    admin: Office, right: str, address: str
) -> None:
    async with admin.world.db.begin() as session:
        await session.exec(delete(Channel).where(col(Channel.person_id) == admin.approver))
        if right:
            await session.exec(delete(RoleGrant).where(col(RoleGrant.role) == Role.APPROVER))
    batch = await brought_in(admin, "Goedkeurder", right, address)
    async with admin.world.db.begin() as session:
        others = (
            select(RoleGrant)
            .where(col(RoleGrant.role) == Role.APPROVER)
            .where(col(RoleGrant.person_id) != admin.approver)
        )
        for one in (await session.exec(others)).all():
            await session.delete(one)
    answer = await admin.press(f"/inlezen/{batch}/terug", zeker="ja")
    assert answer.status_code == 422
    assert "niemand meer met deze rechten: goedkeurder" in answer.text
    assert {one.undone_at for one in await admin.rows(ImportBatch)} == {None}
