"""How long somebody stays signed in to the console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from contacts.directory import Role
from contacts.records import Database
from tests.console_world import World, a_colleague, a_world, client_of, signed_in


@pytest.fixture
async def world(db: Database, now: datetime) -> AsyncIterator[World]:
    async with a_world(db, now) as world:
        yield world


async def test_looking_at_pages_keeps_a_session_and_an_hour_without_ends_it(world: World) -> None:
    async with world.db.begin() as session:
        person_id = await a_colleague(session, "Collega", (Role.COORDINATOR,), world.now)
        cookies = await signed_in(session, person_id, world.now)

    async def look(after: timedelta) -> int:
        later = world.now + after
        async with client_of(world.db, world.sealer, later, cookies=cookies) as desk:
            return (await desk.get("/contacten")).status_code

    assert await look(timedelta(minutes=50)) == 200
    assert await look(timedelta(minutes=100)) == 200, "fifty minutes after the look before"
    assert await look(timedelta(minutes=160)) == 303, "an hour after it"
