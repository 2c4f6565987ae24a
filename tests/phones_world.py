"""Everybody's telephone on one page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any, cast

import httpx

from bot.config import Config
from bot.console.app import build_app
from bot.demo.phones import phone_routes
from bot.demo.stage import (
    FIRST_CHAT,
    PHONES,
    Stage,
    load_scenario,
    scenario_sources,
)
from bot.house import House
from bot.simulator import Simulator, User
from bot.simulator.telegram_html import parse_html
from bot.simulator.world import Json
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.rows import Event, Origin

OURS = {"Sec-Fetch-Site": "same-origin"}
BY_SCRIPT = {**OURS, "X-Telefoons": "1"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
COORDINATOR = FIRST_CHAT


@dataclass
class Table:
    """The phones on a table, and a browser to look at them; no bot is running."""

    stage: Stage
    web: httpx.AsyncClient
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def coordinator(self) -> User:
        return self.stage.coordinator

    def bot_says(self, user: User, html: str, buttons: list[list[Json]] | None = None) -> int:
        world = self.stage.simulator.telegram.world
        sent = world.bot_sends(user.chat, parse_html(html), buttons or [], 1_772_556_120.0)
        return sent.message_id

    async def chat(self, chat_id: int = COORDINATOR) -> str:
        answer = await self.web.get(f"/telefoons/{chat_id}/berichten")
        assert answer.status_code == 200
        return answer.text

    async def post(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        given = OURS if headers is None else headers
        return await self.web.post(f"/telefoons{path}", data=fields, headers={**FORM, **given})


@asynccontextmanager
async def a_table(db: Database, now: datetime, **asked: Any) -> AsyncIterator[Table]:
    simulator, scenario = Simulator(), load_scenario()
    scenario_sources(simulator, scenario)
    stop = asyncio.Event()
    house = cast(House, SimpleNamespace(db=db, clock=lambda: now, stop_event=stop))
    stage = Stage(simulator, scenario)
    stage.house = house
    routes = phone_routes(stage)
    app = build_app(db, Config(), Sealer(Sealer.new_key()), lambda: now, phones=routes)
    for number, name in enumerate(PHONES):
        stage.users[name] = simulator.user(FIRST_CHAT + number, name)
    client = asked.pop("client", ("127.0.0.1", 50_000))
    transport = httpx.ASGITransport(app=app, client=client)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:8420", **asked
    ) as web:
        yield Table(stage, web, stop)


def _event(now: datetime, **given: Any) -> Event:
    return Event(
        title="Verzonnen", type="E01", origin=Origin.FEED, detected_at=now,
        **{"alerted_at": now, "is_exercise": True, **given},
    )  # fmt: skip
