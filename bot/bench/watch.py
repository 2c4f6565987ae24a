"""``schakel bench watch``: what the watch costs as its stream grows, and how soon it rings.

A stream of made-up items goes through judging, grouping, weighing and ringing, twice: few and ten
times as many, each in a process of its own. Then the real poller reads feeds over HTTP from a
server on this computer into a temporary store, first many items and then one heavy item at a time,
until its alert stands in the outbox. How long a source is left alone between two readings (two
minutes to half an hour) comes on top of that, and is not in it.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from aiohttp import web
from sqlmodel import col, func, select, update

from bot.alerts import ring
from bot.bench import bench_texts as texts
from bot.bench.folders import bench_folder
from bot.bench.processes import run_once
from bot.bench.visiting import percentile
from bot.bench.watch_process import made_up_items
from bot.clock import utc_now
from bot.database import open_database
from bot.simulator.feed_server import FeedServer
from contacts.directory import ChannelKind
from contacts.outbox import Message, MessageKind
from contacts.records import Database
from feeds.fetching import Fetcher
from feeds.polling import Watch
from feeds.rows import Source
from feeds.settings import FeedSettings, SourceSettings
from feeds.sources import sync_sources
from feeds.standing import Trust

#: ten times as many may take so many times as long
RATIO_LIMIT = 11.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is played. ``polled`` items come in over HTTP, from ``sources`` feeds."""

    items: int = 10_000
    times: int = 10
    polled: int = 2_000
    sources: int = 10
    alerts: int = 20


async def measure(plan: Plan) -> str:
    """One line of figures.

    :raises BenchFailed: a process ended in an error.
    """
    load = os.getloadavg()[0]
    module = "bot.bench.watch_process"
    few = await run_once(module, asked={"items": plan.items})
    many = await run_once(module, asked={"items": plan.items * plan.times})
    with bench_folder() as folder:
        url = f"sqlite+aiosqlite:///{folder / 'watch.sqlite3'}"
        asked = {"url": url, "contacts": 1, "kind": ChannelKind.TELEGRAM}
        await run_once("bot.bench.plan_process", "fill", asked=asked)
        db = open_database(url)
        try:
            async with _feeds(plan) as (server, settings):
                polled_s, delays = await _poll(db, server, settings, plan)
        finally:
            await db.close()
    ratio = many["cpu_s"] / few["cpu_s"]
    return json.dumps(
        {
            "items": [few["items"], many["items"]],
            "items_per_s": [round(one["items"] / one["cpu_s"]) for one in (few, many)],
            "ratio": round(ratio, 2),
            "events": [few["events"], many["events"]],
            "peak_rss_mb": [few["peak_rss_mb"], many["peak_rss_mb"]],
            "polled": plan.polled,
            "polled_per_s": round(plan.polled / polled_s),
            "alerts": len(delays),
            "to_alert_p50_ms": round(percentile(delays, 0.5)),
            "to_alert_max_ms": round(max(delays)),
            "load": [round(load, 1), round(os.getloadavg()[0], 1)],
            "ok": ratio <= RATIO_LIMIT * plan.times / 10 and len(delays) == plan.alerts,
        }
    )


@asynccontextmanager
async def _feeds(plan: Plan) -> AsyncIterator[tuple[FeedServer, FeedSettings]]:
    """A server of feeds on this computer, and what the watch is told of it."""
    server, app = FeedServer(), web.Application()
    app.add_routes(server.routes())
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}/feeds"
    keys = [f"omroep-{number}" for number in range(plan.sources)]
    for key in keys:
        server.add_outlet(key, key)
    sources = [
        SourceSettings(key=key, name=key, url=f"{base}/{key}.xml", trust=Trust.REGIONAL)
        for key in keys
    ]
    try:
        yield server, FeedSettings(sources=sources, allow_private=True)
    finally:
        await runner.cleanup()


async def _poll(
    db: Database, server: FeedServer, settings: FeedSettings, plan: Plan
) -> tuple[float, Sequence[float]]:
    """Seconds for reading many items, and milliseconds from each heavy item to its alert."""
    keys = [source.key for source in settings.sources]
    for number, one in enumerate(made_up_items(plan.polled)):
        server.publish(
            keys[number % len(keys)], one.item.key, one.item.first_title,
            lead=one.item.lead or "", published=utc_now(),
        )  # fmt: skip
    async with db.begin() as session:
        await sync_sources(session, settings, now=utc_now())
    fetcher = Fetcher(settings)
    watch = Watch(db, fetcher, settings, clock=utc_now)
    try:
        begun = time.perf_counter()
        await watch.poll_due()
        polled_s = time.perf_counter() - begun
        await ring(db, settings, now=utc_now())
        heavy = [
            await _one(db, server, watch, settings, number=number) for number in range(plan.alerts)
        ]
    finally:
        await fetcher.close()
    return polled_s, [delay for delay in heavy if delay is not None]


async def _one(
    db: Database, server: FeedServer, watch: Watch, settings: FeedSettings, *, number: int
) -> float | None:
    """Milliseconds from a heavy item on a feed to its alert; None: nothing rang."""
    source = settings.sources[number % len(settings.sources)].key
    async with db.begin() as session:
        await session.exec(
            update(Source).where(col(Source.key) == source).values(next_poll_at=utc_now())
        )
    before, begun = await _alerts(db), time.perf_counter()
    title = texts.HEAVY[number % len(texts.HEAVY)].format(
        place=texts.PLACES[number // len(texts.HEAVY)]
    )
    server.publish(source, f"h{number}", title, published=utc_now())
    await watch.poll_due(partial(_ring, db, settings))
    took = 1000 * (time.perf_counter() - begun)
    return took if await _alerts(db) > before else None


async def _ring(db: Database, settings: FeedSettings) -> None:
    await ring(db, settings, now=utc_now())


async def _alerts(db: Database) -> int:
    async with db.read() as session:
        found = await session.exec(
            select(func.count()).select_from(Message).where(col(Message.kind) == MessageKind.ALERT)
        )
        return found.one()
