"""A coordinator at the desk, with an event just started: for tests of what the pages do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
from sqlmodel import col, select

from bot.config import Config
from bot.console.pages import PLAIN_COOKIE
from bot.demo.stage import exercise_lines
from briefings.rows import Briefing, FactBlock
from contacts.directory import ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.people import grant, open_channel
from contacts.records import Database
from tests.console_world import World, a_world, client_of, press

#: of nobody on the list
SOMEBODY_ELSE = 999
FACT = "De politie doet onderzoek in de wijk."


class Desk:
    """A coordinator who started an event by hand, at severity 3 (no four eyes)."""

    def __init__(self, world: World, web: httpx.AsyncClient, number: int) -> None:
        self.world, self.web, self.number = world, web, number

    async def press(self, act: str, **fields: Any) -> httpx.Response:
        path = f"/gebeurtenis/{self.number}/{act}"
        return await press(self.web, self.world.sealer, path, **fields)

    async def page(self, tab: str) -> str:
        return (await self.web.get(f"/gebeurtenis/{self.number}/{tab}")).text

    async def fact(self, text: str = FACT) -> httpx.Response:
        return await self.press("feiten", soort="bevestigd", tekst=text, bron="politie")

    async def send(self, version: int) -> None:
        """Hand in and approve the open version."""
        assert (await self.press("indienen", versie=version)).status_code == 303
        async with self.world.db.read() as session:
            found = await session.exec(
                select(Briefing).where(
                    col(Briefing.event_id) == self.number, col(Briefing.version) == version
                )
            )
            bound = found.one().content_hash
        done = await self.press("goedkeuren", gelezen=bound)
        assert done.status_code == 303, done.text

    async def let_approve(self) -> None:
        """Somebody else wrote everything so far; whoever sits here may approve."""
        async with self.world.db.begin() as session:
            found = await session.exec(
                select(Briefing).where(col(Briefing.event_id) == self.number)
            )
            for briefing in found.all():
                await grant(
                    session, briefing.submitted_by or 0, Role.APPROVER, who=SYSTEM,
                    now=self.world.now,
                )  # fmt: skip
                briefing.edited_by = briefing.submitted_by = SOMEBODY_ELSE
            facts = await session.exec(select(FactBlock).where(FactBlock.event_id == self.number))
            facts.one().edited_by = SOMEBODY_ELSE

    async def rows(self, kind: Any) -> list[Any]:
        async with self.world.db.read() as session:
            return list((await session.exec(select(kind).order_by(kind.id))).all())


@asynccontextmanager
async def a_desk(db: Database, now: datetime) -> AsyncIterator[Desk]:
    """A teacher with an address, and an event of severity 3."""
    async with a_world(db, now) as world:
        async with db.begin() as session:
            teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
            await open_channel(
                session, teacher, ChannelKind.EMAIL, "docent@school.example", rank=1, now=now
            )
        config = Config(briefings=exercise_lines())
        cookies = {PLAIN_COOKIE: world.desk.cookies[PLAIN_COOKIE]}
        async with client_of(db, world.sealer, now, config=config, cookies=cookies) as web:
            started = await press(
                web, world.sealer, "/gebeurtenis/nieuw",
                soort="algemeen", titel="Onrust in de wijk", plaats="Presikhaaf", ernst="3",
                leiding="gemeente",
            )  # fmt: skip
            number = int(started.headers["location"].split("/")[2])
            yield Desk(world, web, number)
