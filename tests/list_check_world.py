"""A list of which everybody has a channel, when it is asked whether it is still right."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from sqlmodel import col, select

from bot.asking import ask_due
from bot.config import Config
from contacts.directory import ChannelKind, LinkPurpose, Person
from contacts.links import mint_person_link
from contacts.people import open_channel
from contacts.records import Database
from feeds.rows import Event, EventStatus
from tests.console_world import World, a_world

#: a working day between nine and five, more than half a year later
LATER = datetime(2026, 9, 10, 9, 30, tzinfo=UTC)
ADDRESS = "docent@school.example"


@asynccontextmanager
async def a_reachable_world(db: Database, now: datetime) -> AsyncIterator[World]:
    """Everybody has an address of mail, and no event is open."""
    async with a_world(db, now) as world:
        async with db.begin() as session:
            for name, address in (("Docent", ADDRESS), ("Coördinator", "co@gemeente.example")):
                person = (await session.exec(select(Person).where(col(Person.name) == name))).one()
                await open_channel(session, person, ChannelKind.EMAIL, address, rank=10, now=now)
            event = await session.get_one(Event, 1)
            event.status = EventStatus.CLOSED
        yield world


async def one(world: World, name: str = "Docent") -> Person:
    async with world.db.read() as session:
        return (await session.exec(select(Person).where(col(Person.name) == name))).one()


async def page_of(world: World, name: str = "Docent") -> str:
    person = await one(world, name)
    async with world.db.begin() as session:
        token = await mint_person_link(session, person.id or 0, LinkPurpose.OWN_PAGE, now=world.now)
    return f"/p/{token}"


async def asked(db: Database, now: datetime, config: Config | None = None) -> int:
    async with db.begin() as session:
        return await ask_due(session, config or Config(), now=now)
