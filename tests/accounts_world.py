"""The console with a provider of accounts in front of it."""

from __future__ import annotations

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlmodel import col, select

from bot.config import Config
from bot.console import sign_in_texts
from bot.console.accounts import PLAIN_COOKIE as PENDING_COOKIE
from bot.console.app import build_app
from bot.console.pages import PLAIN_COOKIE
from bot.rows import WebSession
from bot.settings import SignInSettings, WebSettings
from contacts.directory import ChannelKind, Person
from contacts.journal import JournalEntry
from contacts.people import open_channel
from contacts.records import Database
from tests.console_world import SAME_SITE, World, a_world
from tests.feeds_world import TestClock
from tests.oidc_world import (
    CLIENT,
    EMAIL,
    SECRET,
    LoopbackProvider,
    a_provider,
)

HOME = "http://127.0.0.1:8420"


@dataclass
class Gate:
    """The console with a provider beside it, and one browser that is signed in nowhere."""

    world: World
    clock: TestClock
    provider: LoopbackProvider
    config: Config
    web: httpx.AsyncClient
    elsewhere: httpx.AsyncClient

    async def leave(self, back: str = "/") -> str:
        """Press the button; returns the address at the provider."""
        answer = await self.web.post("/aanmelden/gemeente", data={"naar": back}, headers=SAME_SITE)
        assert answer.status_code == 200, answer.text
        return html.unescape(re.search(r'href="(http[^"]+)"', answer.text)[1])

    async def agree(self, url: str) -> str:
        """What the provider sends the browser back with: a path of ours."""
        async with httpx.AsyncClient() as browser:
            answer = await browser.get(url)
        place = answer.headers["location"]
        assert place.startswith(f"{HOME}/aanmelden/terug?")
        return place.removeprefix(HOME)

    async def sign_in(self, back: str = "/") -> httpx.Response:
        return await self.web.get(await self.agree(await self.leave(back)))

    async def sessions(self) -> int:
        async with self.world.db.read() as session:
            return len((await session.exec(select(WebSession))).all())

    async def refusals(self) -> list[dict[str, Any]]:
        async with self.world.db.read() as session:
            found = await session.exec(
                select(JournalEntry).where(col(JournalEntry.action) == "sign_in_refused")
            )
            return [entry.detail for entry in found.all()]


@asynccontextmanager
async def a_gate(db: Database, clock: TestClock, **asked: Any) -> AsyncIterator[Gate]:
    async with a_world(db, clock.at) as world, a_provider(clock) as provider:
        async with db.begin() as session:
            staff = await session.get_one(Person, world.staff_id)
            await open_channel(session, staff, ChannelKind.EMAIL, EMAIL, rank=1, now=clock.at)
        settings = SignInSettings(
            **{"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SECRET, **asked}
        )
        config = Config(sign_in=settings, web=WebSettings(base_url=HOME))
        app = build_app(db, config, world.sealer, clock)
        transport = httpx.ASGITransport(app=app)
        web, elsewhere = (httpx.AsyncClient(transport=transport, base_url=HOME) for _ in range(2))
        async with web, elsewhere:
            yield Gate(world, clock, provider, config, web, elsewhere)


async def refused(gate: Gate, answer: httpx.Response, key: str, status: int) -> None:
    """A calm page, no session, no cookie left of the way."""
    title, _ = sign_in_texts.NOT_SIGNED_IN[key]
    assert (answer.status_code, title in answer.text) == (status, True), answer.text[-900:]
    assert PLAIN_COOKIE not in answer.cookies
    assert PENDING_COOKIE not in gate.web.cookies
    assert await gate.sessions() == 1
    assert (await gate.web.get("/")).status_code == 303
