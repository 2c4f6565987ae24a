"""How long somebody stays signed in to the console."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from bot.console import live
from bot.rows import WebSession
from contacts.directory import Role
from contacts.records import Database
from tests.console_world import SAME_SITE, World, a_colleague, a_world, client_of, signed_in


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


#: what a browser says of what an open page asks by itself: over TLS, and without
BY_ITSELF = [
    {"HX-Request": "true", "Sec-Fetch-Dest": "empty"},
    {"HX-Request": "true"},
]
BY_HAND = [{"Sec-Fetch-Dest": "document"}, {}, {"HX-Request": "true", "HX-Boosted": "true"}]


async def seen_at(world: World) -> list[datetime]:
    async with world.db.read() as session:
        return [one.seen_at for one in (await session.exec(select(WebSession))).all()]


@pytest.mark.parametrize("headers", BY_ITSELF, ids=str)
async def test_a_page_that_stays_open_and_asks_for_its_parts_does_not_keep_a_session(
    world: World, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST_S", 0.0)
    later = world.now + timedelta(minutes=59)
    async with client_of(world.db, world.sealer, later, cookies=world.desk.cookies) as desk:
        for path in ("/", "/samen?bij=/", "/stroom?bij=/"):
            assert (await desk.get(path, headers=headers)).status_code == 200
        # A stream or a question who else is here is never a use, whatever comes with it.
        for path in ("/samen?bij=/", "/stroom?bij=/"):
            assert (await desk.get(path)).status_code == 200
    assert await seen_at(world) == [world.now]


@pytest.mark.parametrize("headers", BY_HAND, ids=str)
async def test_opening_a_page_keeps_a_session(world: World, headers: dict[str, str]) -> None:
    later = world.now + timedelta(minutes=59)
    async with client_of(world.db, world.sealer, later, cookies=world.desk.cookies) as desk:
        assert (await desk.get("/", headers=headers)).status_code == 200
    assert await seen_at(world) == [later]


async def test_sending_a_form_keeps_a_session(world: World) -> None:
    later = world.now + timedelta(minutes=59)
    headers = {**SAME_SITE, "HX-Request": "true", "Sec-Fetch-Dest": "empty"}
    async with client_of(world.db, world.sealer, later, cookies=world.desk.cookies) as desk:
        await desk.post("/meldkaart", headers=headers)
    assert await seen_at(world) == [later]


async def test_a_part_of_a_page_whose_session_is_over_loads_the_page_anew(world: World) -> None:
    later = world.now + timedelta(minutes=61)
    async with client_of(world.db, world.sealer, later, cookies=world.desk.cookies) as desk:
        answer = await desk.get("/", headers=BY_ITSELF[0])
    assert (answer.status_code, answer.headers["hx-refresh"]) == (401, "true")
    assert answer.text == ""
