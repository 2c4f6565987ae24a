"""Builders for tests of the watch: a loopback feed server, sources, a clock that obeys."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from aiohttp import web
from sqlmodel import col, select

from bot.simulator.feed_server import FeedServer
from contacts.records import Database
from feeds.events import due_alerts, mark_alerted
from feeds.fetching import Fetcher
from feeds.polling import Watch, sync_sources
from feeds.rows import Event, Item, ItemTitle, Source
from feeds.settings import FeedSettings, SourceSettings
from feeds.standing import Trust

SHOTS = "Schietpartij in Klarendal, twee gewonden"
SHOTS_TOO = "Twee gewonden bij schietpartij in Klarendal"
STABBING = "Steekpartij in Klarendal, man gewond"
STABBING_TOO = "Man gewond bij steekpartij in Klarendal"
STABBING_WORSE = "Dode bij steekpartij in Klarendal, man gewond"


@dataclass
class TestClock:
    """The time, until somebody moves it."""

    __test__ = False
    at: datetime

    def __call__(self) -> datetime:
        return self.at

    def forward(self, **span: float) -> datetime:
        self.at += timedelta(**span)
        return self.at


@dataclass
class World:
    """A database, a feed server on loopback, and the watch between them."""

    db: Database
    server: FeedServer
    base: str
    clock: TestClock
    settings: FeedSettings
    fetcher: Fetcher
    watch: Watch
    trusts: dict[str, Trust] = field(default_factory=dict)

    async def add(self, *keys: str, trust: Trust = Trust.REGIONAL) -> None:
        """Sources that read the server's feeds of the same names."""
        for key in keys:
            self.server.add_outlet(key, key)
            self.trusts[key] = trust
        sources = [
            SourceSettings(key=key, name=key, url=f"{self.base}/feeds/{key}.xml", trust=trust)
            for key, trust in self.trusts.items()
        ]
        self.settings = self.settings.model_copy(update={"sources": sources})
        async with self.db.begin() as session:
            await sync_sources(session, self.settings, now=self.clock())

    async def items(self) -> Sequence[Item]:
        async with self.db.read() as session:
            return (await session.exec(select(Item).order_by(col(Item.id)))).all()

    async def events(self) -> Sequence[Event]:
        async with self.db.read() as session:
            return (await session.exec(select(Event).order_by(col(Event.id)))).all()

    async def titles(self) -> list[str]:
        async with self.db.read() as session:
            found = await session.exec(select(ItemTitle).order_by(col(ItemTitle.id)))
            return [title.title for title in found.all()]

    async def source(self, key: str) -> Source:
        async with self.db.read() as session:
            return (await session.exec(select(Source).where(col(Source.key) == key))).one()

    def restarted(self) -> Watch:
        """A watch that knows nothing but what is stored."""
        return Watch(self.db, self.fetcher, self.settings, clock=self.clock)


@asynccontextmanager
async def feeds_world(db: Database, now: datetime, **settings: object) -> AsyncIterator[World]:
    """A world with a running feed server; private addresses are allowed, being loopback."""
    server = FeedServer()
    app = web.Application()
    app.add_routes(server.routes())
    async with serving(app) as base:
        chosen = FeedSettings.model_validate({"allow_private": True, **settings})
        clock, fetcher = TestClock(now), Fetcher(chosen)
        watch = Watch(db, fetcher, chosen, clock=clock)
        try:
            yield World(db, server, base, clock, chosen, fetcher, watch)
        finally:
            await fetcher.close()


@asynccontextmanager
async def newsrooms_world(db: Database, now: datetime) -> AsyncIterator[World]:
    """Two newsrooms of the region, and a blog that counts for less."""
    async with feeds_world(db, now) as made:
        await made.add("omroep", "krant")
        await made.add("blog", trust=Trust.SECONDARY)
        yield made


async def publish(
    world: World, key: str, title: str, *, source: str = "omroep", age: timedelta = timedelta(0)
) -> None:
    """A new item, read at once."""
    world.clock.forward(minutes=6)
    published = world.clock() - age
    world.server.publish(source, key, title, lead="Buurt geschrokken.", published=published)
    await world.watch.poll_due()


async def ring(world: World) -> list[Event]:
    """What rings now; it is marked as rung."""
    async with world.db.begin() as session:
        due = await due_alerts(session, world.settings, now=world.clock())
        for event in due:
            await mark_alerted(session, event, delivery_id=None, now=world.clock())
    return due


async def the_event(world: World) -> Event:
    (event,) = await world.events()
    return event


@asynccontextmanager
async def serving(app: web.Application) -> AsyncIterator[str]:
    """The app on a free loopback port; yields its base address."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()
