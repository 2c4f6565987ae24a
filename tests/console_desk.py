"""A coordinator at the desk, with an event just started: for tests of what the pages do."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
from sqlmodel import col, select

from bot.config import Config
from bot.demo.stage import exercise_lines
from briefings.rows import Briefing, FactBlock
from contacts.directory import ChannelKind, Person, Role
from contacts.journal import SYSTEM
from contacts.people import grant, open_channel
from contacts.records import Database
from tests.console_world import Made, World, client_of, press, world_of, written
from tests.kept_rows import built_once

#: of nobody on the list
SOMEBODY_ELSE = 999
PERSON = "Dennis Bakkerstra uit 3B"
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

    async def send(self, version: int, **said: str) -> None:
        """Hand in and approve the open version."""
        assert (await self.press("indienen", versie=version, **said)).status_code == 303
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
    made, number = await built_once(db, ("desk", now), lambda: _started(db, now))
    async with world_of(db, now, made) as world, _web(db, now, made) as web:
        yield Desk(world, web, number)


async def _started(db: Database, now: datetime) -> tuple[Made, int]:
    """What was written for a desk, and the number of its event."""
    made = await written(db, now)
    async with db.begin() as session:
        teacher = (await session.exec(select(Person).where(col(Person.name) == "Docent"))).one()
        await open_channel(
            session, teacher, ChannelKind.EMAIL, "docent@school.example", rank=1, now=now
        )
    async with _web(db, now, made) as web:
        started = await press(
            web, made.sealer, "/gebeurtenis/nieuw",
            soort="algemeen", titel="Onrust in de wijk", plaats="Presikhaaf", ernst="3",
            leiding="gemeente",
        )  # fmt: skip
    return made, int(started.headers["location"].split("/")[2])


def _web(db: Database, now: datetime, made: Made) -> httpx.AsyncClient:
    """The console with the lines of an exercise, for the coordinator."""
    config = Config(briefings=exercise_lines())
    return client_of(db, made.sealer, now, config=config, cookies=made.cookies)
