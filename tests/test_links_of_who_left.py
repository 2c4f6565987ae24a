"""Who left the list, or lost a link, opens nothing any more; what colleagues got stays open."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime

import pytest
from sqlmodel import col, select

from contacts.directory import ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.merging import merge_people
from contacts.outbox import Delivery
from contacts.people import mark_left, open_channel
from contacts.records import Database
from tests.console_world import FORM, World, a_colleague, a_world, client_of, signed_in, tell
from tests.page_links import mint_link


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def a_link(world: World, name: str = "", address: str = "post@school.example") -> str:
    """The page of another message of the school: to somebody with this name, or to its mailbox."""
    async with world.db.begin() as session:
        person = None
        if name:
            person = Person(organisation_id=world.organisation_id, name=name, created_at=world.now)
            session.add(person)
            await session.flush()
        first = await session.get_one(Delivery, world.delivery_id)
        sent = Delivery(
            message_id=first.message_id, person_id=person.id if person else None,
            organisation_id=world.organisation_id, kind=ChannelKind.EMAIL, address=address,
            status=first.status, not_before=world.now, planned_at=world.now,
        )  # fmt: skip
        session.add(sent)
        await session.flush()
        if person:
            await open_channel(session, person, ChannelKind.EMAIL, address, rank=1, now=world.now)
        return "/o/" + await mint_link(
            session, organisation_id=world.organisation_id, event_id=world.event_id,
            delivery_id=sent.id, now=world.now, days=30,
        )  # fmt: skip


async def leave(world: World, name: str) -> None:
    async with world.db.begin() as session:
        person = (await session.exec(select(Person).where(col(Person.name) == name))).one()
        await mark_left(session, person, who=SYSTEM, now=world.now)


async def opens(world: World, page: str) -> int:
    return (await world.web.get(page)).status_code


async def test_who_left_reads_taps_and_tells_nothing_any_more(world: World) -> None:
    assert await opens(world, world.page) == 200
    await leave(world, "Docent")
    for path in ("", "?tekst=ouders", "/signaal"):
        assert await opens(world, world.page + path) == 410
    for act in ("gelezen", "begrepen"):
        assert (await world.web.post(f"{world.page}/{act}")).status_code == 410
    assert (await tell(world, **FORM)).status_code == 410


async def test_what_a_colleague_and_the_mailbox_got_stays_open(world: World) -> None:
    others = [await a_link(world, "Collega", "collega@school.example"), await a_link(world)]
    await leave(world, "Docent")
    assert [await opens(world, page) for page in others] == [200, 200]


async def test_who_stood_on_the_list_twice_reads_on_until_they_leave(world: World) -> None:
    second = await a_link(world, "Docent B", "docent.b@school.example")
    async with world.db.begin() as session:
        named = select(Person).where(col(Person.organisation_id) == world.organisation_id)
        keep, gone = (await session.exec(named.order_by(col(Person.id)))).all()
        await merge_people(session, keep, gone, who=SYSTEM, now=world.now)
    assert [await opens(world, page) for page in (world.page, second)] == [200, 200]
    await leave(world, "Docent")
    assert [await opens(world, page) for page in (world.page, second)] == [410, 410]


async def test_whose_link_was_taken_is_signed_out_and_nobody_else(world: World) -> None:
    async with world.db.begin() as session:
        one, other = [
            await a_colleague(session, name, (Role.COORDINATOR,), world.now) for name in "AB"
        ]
        theirs = await signed_in(session, one, world.now)
        not_theirs = await signed_in(session, other, world.now)
    assert (await world.press(f"/contact/{one}/links")).status_code == 303
    for cookies, status in ((theirs, 303), (not_theirs, 200)):
        async with client_of(world.db, world.sealer, world.now, cookies=cookies) as desk:
            assert (await desk.get("/contacten")).status_code == status
