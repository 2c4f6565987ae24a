"""Pages that are open hear of changes, and leave nothing behind when they go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from bot.console import live
from bot.console.app import DOORS
from bot.console.live import NOWHERE, LiveDesk
from bot.console.paths import tab_asks
from contacts.directory import Role
from contacts.records import Database
from tests.console_desk import Desk, a_desk
from tests.console_world import a_colleague, in_the_other_world, signed_in


@pytest.fixture
async def desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    async with a_desk(db, now) as started:
        yield started


async def test_open_pages_hear_of_changes_also_after_the_store_was_away(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LOOK_EVERY_S", 0.01)
    monkeypatch.setattr(live, "PING_EVERY_S", 0.01)
    board = LiveDesk(desk.world.db)
    fails = [True]
    read = desk.world.db.read

    def sometimes() -> Any:
        if fails.pop() if fails else False:
            raise OperationalError("select", {}, Exception("away"))
        return read()

    monkeypatch.setattr(desk.world.db, "read", sometimes)
    async with aclosing(board.follow(NOWHERE, "Coördinator")) as stream:
        heard = b""
        while heard.count(b"event: veranderd") < 1:
            heard += await anext(stream)
        await asyncio.sleep(0.1)
        await desk.fact()
        while heard.count(b"event: veranderd") < 2:
            heard += await anext(stream)
    await board.close()
    assert board.streams == 0


async def test_two_hundred_pages_that_go_away_at_once_leave_nothing_behind(desk: Desk) -> None:
    board = LiveDesk(desk.world.db)

    async def look() -> None:
        async with aclosing(board.follow(NOWHERE, "Coördinator")) as stream:
            async for _ in stream:
                pass

    pages = [asyncio.create_task(look()) for _ in range(200)]
    await asyncio.sleep(0)
    assert board.streams == 200
    for page in pages[:150]:
        page.cancel()
    await asyncio.gather(*pages[:150], return_exceptions=True)
    assert board.streams == 50
    await board.close()
    await asyncio.gather(*pages[150:])
    assert board.streams == 0


# --- who else looks at a page ------------------------------------------------------------


async def cookies_of(desk: Desk, role: Role, *, is_exercise: bool = False) -> dict[str, str]:
    world = desk.world
    async with world.db.begin() as session:
        number = await a_colleague(
            session, f"Collega {role}", (role,), world.now, is_exercise=is_exercise
        )
        return await signed_in(session, number, world.now)


@asynccontextmanager
async def a_looker(desk: Desk, place: tuple[bool, str]) -> AsyncIterator[Any]:
    """A colleague who has this open; gives the way to the application."""
    transport: Any = desk.web._transport
    board: LiveDesk = transport.app.state.live
    async with aclosing(board.follow(place, "Wie Kijkt")) as stream:
        await anext(stream)
        yield transport
    await board.close()


async def named_at(desk: Desk, page: str, cookies: dict[str, str]) -> str:
    """What somebody reads while a colleague has this page of the real world open."""
    async with (
        a_looker(desk, (False, page)) as transport,
        httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1:8420", cookies=cookies
        ) as web,
    ):
        return (await web.get("/samen", params={"bij": page})).text


@pytest.mark.parametrize(
    ("role", "tab", "is_said"),
    [
        (Role.COORDINATOR, "", True),
        (Role.COORDINATOR, "/feiten", True),
        (Role.COORDINATOR, "/teksten/schrijven", True),
        (Role.APPROVER, "/teksten", True),
        (Role.ADMIN, "/teksten/schrijven", False),
        (Role.INTERPRETER, "/beeld", True),
        (Role.INTERPRETER, "/feiten", False),
        (Role.ADMIN, "/feiten", True),
    ],
)
async def test_who_else_has_a_page_open_is_said_to_who_may_open_it(
    desk: Desk, role: Role, tab: str, is_said: bool
) -> None:
    page = f"/gebeurtenis/{desk.number}{tab}"
    heard = await named_at(desk, page, await cookies_of(desk, role))
    assert ("Wie Kijkt" in heard) is is_said


async def test_who_plays_in_an_exercise_hears_of_nobody_outside_it(desk: Desk) -> None:
    cookies = await cookies_of(desk, Role.COORDINATOR, is_exercise=True)
    page = f"/gebeurtenis/{desk.number}/feiten"
    assert await named_at(desk, page, cookies) == ""
    async with desk.world.db.begin() as session:
        await in_the_other_world(session, desk.number)
    assert await named_at(desk, page, cookies) == "", "the page is theirs, who looks is not"


@pytest.mark.parametrize(
    "page", ["/", "/beheer", "/gebeurtenis/999/feiten", "/gebeurtenis/9999999999", "//x", ""]
)
async def test_elsewhere_nobody_is_named(desk: Desk, page: str) -> None:
    assert await named_at(desk, page, await cookies_of(desk, Role.COORDINATOR)) == ""
    async with a_looker(desk, NOWHERE):
        assert (await desk.web.get("/samen", params={"bij": page})).text == ""


def test_a_page_of_an_event_asks_what_its_door_asks() -> None:
    start = "/gebeurtenis/{number:int}"
    asked = {
        door.path.removeprefix(start).strip("/"): door.permission
        for door in DOORS
        if door.method == "GET" and door.path.startswith(start)
    }
    # A part or a file is no page that is kept open.
    parts = {"beeld/pdf", "teksten/vertalen/xliff"}
    assert {tab: tab_asks(tab) for tab in asked if tab not in parts} == {
        tab: asks for tab, asks in asked.items() if tab not in parts
    }
