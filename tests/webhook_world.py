"""A receiver of webhooks, and rounds of calls to it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.api.webhook_round import Webhooks
from bot.rows import WebhookCall
from bot.settings import WebhookSettings
from contacts.journal import JournalEntry
from feeds.rows import Event
from tests.console_desk import Desk

HOOK = "dashboard"


@dataclass
class Receiver:
    """Another system on loopback: what it was told, and what it answers."""

    answers: list[int] = field(default_factory=list)
    heard: list[tuple[dict[str, str], str]] = field(default_factory=list)
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        self.heard.append((dict(request.headers), await request.text()))
        status = self.answers.pop(0) if self.answers else 204
        return web.Response(status=status, headers={"Location": "/elders"})

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.heard]

    @property
    def ids(self) -> list[str]:
        return [kept["webhook-id"] for kept, _ in self.heard]


@asynccontextmanager
async def a_receiver(*answers: int) -> AsyncIterator[Receiver]:
    receiver = Receiver(list(answers))
    app = web.Application()
    app.router.add_route("*", "/{rest:.*}", receiver.take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()


def hooks_of(receiver: Receiver, **more: Any) -> list[WebhookSettings]:
    return [WebhookSettings(key=HOOK, url=receiver.url, **more)]


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


def a_round(desk: Desk, receiver: Receiver, clock: Clock, **more: Any) -> Webhooks:
    """As a process that just started has it."""
    return Webhooks(desk.world.db, hooks_of(receiver, **more), desk.world.sealer, clock)


async def calls_of(desk: Desk) -> list[WebhookCall]:
    return await desk.rows(WebhookCall)


async def change(desk: Desk, receiver: Receiver, **values: Any) -> None:
    """Something about the event changes, as a move would write it down."""
    async with desk.world.db.begin() as session:
        event = await session.get_one(Event, desk.number)
        for name, value in values.items():
            setattr(event, name, value)
        session.add(event)
        session.add(JournalEntry(at=desk.world.now, actor="system", action="event_rose",
                                 subject=f"event:{desk.number}", detail={}))  # fmt: skip
