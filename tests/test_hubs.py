"""Hubs that push (WebSub): asked, confirmed, renewed; a push counts only when it is signed."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select
from starlette.applications import Starlette

from bot.hub_door import HubDoor
from contacts.records import Database
from contacts.sealing import Sealer
from feeds.fetching import Fetcher
from feeds.hub_rules import LONGEST, SHORTEST, is_signed, lease
from feeds.hubs import ask_hubs, subscription_of
from feeds.parsing import FeedFault
from feeds.polling import Watch, sync_sources
from feeds.rows import HubState, HubSubscription, Item, Source
from feeds.settings import FeedSettings, SourceSettings
from feeds.standing import Trust
from tests.feeds_world import TestClock, serving

NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
BASE = "https://schakel.example"
ITEM = "<item><title>{title}</title><link>https://krant.example/{guid}</link><guid>{guid}</guid></item>"


def feed(base: str, *titles: str, hub: bool = True) -> str:
    links = f'<atom:link rel="hub" href="{base}/hub"/>' if hub else ""
    items = "".join(ITEM.format(title=title, guid=f"a{n}") for n, title in enumerate(titles))
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f'<title>Krant</title>{links}<atom:link rel="self" href="{base}/feed.xml"/>{items}'
        "</channel></rss>"
    )


@dataclass
class Hub:
    """A publisher with its hub on loopback, and our side of it."""

    db: Database
    clock: TestClock
    base: str
    watch: Watch
    fetcher: Fetcher
    sealer: Sealer
    web: httpx.AsyncClient
    door: HubDoor
    asked: list[dict[str, str]] = field(default_factory=list)
    text: str = ""
    rung: int = 0

    async def ask(self) -> int:
        return await ask_hubs(
            self.db, self.fetcher, self.sealer.derive, base_url=BASE, now=self.clock()
        )

    async def row(self) -> HubSubscription | None:
        async with self.db.read() as session:
            return await subscription_of(session, 1)

    async def titles(self) -> list[str]:
        async with self.db.read() as session:
            return [item.title for item in (await session.exec(select(Item))).all()]

    @property
    def path(self) -> str:
        return urlsplit(self.asked[-1]["hub.callback"]).path

    async def confirm(self, **changed: str) -> httpx.Response:
        params = {
            "hub.mode": "subscribe", "hub.topic": f"{self.base}/feed.xml",
            "hub.challenge": "uitdaging", "hub.lease_seconds": "864000",
        }  # fmt: skip
        return await self.web.get(self.path, params=params | changed)

    async def push(self, body: str, *, secret: str | None = None) -> httpx.Response:
        key = self.asked[-1]["hub.secret"] if secret is None else secret
        made = hmac.new(key.encode(), body.encode(), hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature": f"sha256={made}", "Content-Type": "application/rss+xml"}
        return await self.web.post(self.path, content=body, headers=headers)


@asynccontextmanager
async def a_hub(db: Database, *, allow_private: bool = True) -> AsyncIterator[Hub]:
    found: list[Hub] = []

    async def take(request: web.Request) -> web.Response:
        found[0].asked.append({key: str(value) for key, value in (await request.post()).items()})
        return web.Response(status=202)

    async def show(_request: web.Request) -> web.Response:
        return web.Response(text=found[0].text, content_type="application/rss+xml")

    outside = web.Application()
    outside.add_routes([web.post("/hub", take), web.get("/feed.xml", show)])
    async with serving(outside) as base:
        settings = FeedSettings(
            allow_private=True,
            sources=[
                SourceSettings(key="krant", name="Krant", url=f"{base}/feed.xml",
                               trust=Trust.REGIONAL)
            ],
        )  # fmt: skip
        clock, sealer = TestClock(NOW), Sealer(Sealer.new_key())
        reader = Fetcher(settings)
        asker = reader if allow_private else Fetcher(FeedSettings())
        watch = Watch(db, reader, settings, clock=clock)

        async def ring() -> None:
            found[0].rung += 1

        door = HubDoor(db, watch, sealer, clock=clock, max_bytes=settings.max_bytes, on_event=ring)
        transport = httpx.ASGITransport(app=Starlette(routes=door.routes()))
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as client:
            hub = Hub(db, clock, base, watch, asker, sealer, client, door)
            found.append(hub)
            hub.text = feed(base, "Bibliotheek langer open")
            async with db.begin() as session:
                await sync_sources(session, settings, now=clock())
            await watch.poll_due()
            try:
                yield hub
            finally:
                await reader.close()
                await asker.close()


@pytest.fixture
async def hub(db: Database) -> AsyncIterator[Hub]:
    async with a_hub(db) as one:
        yield one


async def status_of(hub: Hub) -> HubState:
    row = await hub.row()
    assert row is not None
    return row.status


async def test_a_push_is_an_event_at_once(hub: Hub) -> None:
    assert await hub.ask() == 1
    question = hub.asked[0]
    assert question["hub.mode"] == "subscribe"
    assert question["hub.topic"] == f"{hub.base}/feed.xml"
    assert question["hub.callback"].startswith(f"{BASE}/nieuws/1/")
    assert await status_of(hub) is HubState.ASKED
    answer = await hub.confirm()
    assert (answer.status_code, answer.text) == (200, "uitdaging")
    assert await status_of(hub) is HubState.ACTIVE
    began = time.perf_counter()
    pushed = await hub.push(feed(hub.base, "Twee doden bij steekpartij in Arnhem"))
    assert time.perf_counter() - began < 5
    assert (pushed.status_code, hub.rung) == (202, 1)
    assert "Twee doden bij steekpartij in Arnhem" in await hub.titles()


@pytest.mark.parametrize("secret", ["", "geraden"])
async def test_what_is_not_signed_with_our_secret_is_forgotten(hub: Hub, secret: str) -> None:
    await hub.ask()
    await hub.confirm()
    before = await hub.titles()
    pushed = await hub.push(feed(hub.base, "Verzonnen aanslag in Arnhem"), secret=secret)
    assert (pushed.status_code, hub.rung) == (202, 0)
    assert await hub.titles() == before


async def test_only_what_we_asked_is_confirmed(hub: Hub) -> None:
    await hub.ask()
    assert (await hub.confirm(**{"hub.topic": "https://elders.example/feed"})).status_code == 404
    assert (await hub.confirm(**{"hub.mode": "unsubscribe"})).status_code == 404
    assert (await hub.confirm(**{"hub.challenge": ""})).status_code == 404
    assert (await hub.web.get("/nieuws/1/geraden?hub.mode=subscribe")).status_code == 404
    assert (await hub.web.post("/nieuws/1/geraden", content=b"x")).status_code == 404
    hub.clock.forward(hours=25)
    assert (await hub.confirm()).status_code == 404
    assert await status_of(hub) is HubState.ASKED


async def test_a_subscription_is_renewed_before_it_ends_and_stays_active(hub: Hub) -> None:
    await hub.ask()
    await hub.confirm()
    assert await hub.ask() == 0
    hub.clock.forward(days=8, minutes=1)
    assert await hub.ask() == 1
    assert await status_of(hub) is HubState.ACTIVE
    await hub.confirm()
    row = await hub.row()
    assert row is not None
    assert row.until == hub.clock() + timedelta(days=10)


async def test_a_silent_hub_is_asked_ever_less_and_the_source_is_polled_all_the_same(
    hub: Hub,
) -> None:
    for wait in (0, 21, 41):
        hub.clock.forward(minutes=wait)
        assert await hub.ask() == 1
        assert await hub.ask() == 0
    hub.text = feed(hub.base, "Twee doden bij steekpartij in Arnhem")
    await hub.watch.poll_due()
    assert "Twee doden bij steekpartij in Arnhem" in await hub.titles()


async def test_a_hub_that_says_no_is_left_alone_for_days(hub: Hub) -> None:
    await hub.ask()
    answer = await hub.confirm(**{"hub.mode": "denied"})
    assert answer.status_code == 200
    assert await status_of(hub) is HubState.REFUSED
    hub.clock.forward(days=6)
    assert await hub.ask() == 0
    hub.clock.forward(days=2)
    assert await hub.ask() == 1


async def test_a_hub_that_is_no_longer_named_gets_gone(hub: Hub) -> None:
    await hub.ask()
    await hub.confirm()
    hub.text = feed(hub.base, "Markt verhuist", hub=False)
    hub.clock.forward(minutes=40)
    await hub.watch.poll_due()
    assert await hub.row() is None
    assert (await hub.push(feed(hub.base, "Nog een bericht"))).status_code == 410


async def test_a_paused_source_takes_no_push(hub: Hub) -> None:
    await hub.ask()
    await hub.confirm()
    async with hub.db.begin() as session:
        source = await session.get_one(Source, 1)
        source.is_paused = True
        session.add(source)
    assert (await hub.push(feed(hub.base, "Nog een bericht"))).status_code == 410


async def test_where_another_host_groups_the_news_a_push_makes_the_source_due(hub: Hub) -> None:
    await hub.ask()
    await hub.confirm()
    hub.door._reads_here = False
    hub.text = feed(hub.base, "Twee doden bij steekpartij in Arnhem")
    assert (await hub.push(hub.text)).status_code == 202
    assert "Twee doden bij steekpartij in Arnhem" not in await hub.titles()
    await hub.watch.poll_due()
    assert "Twee doden bij steekpartij in Arnhem" in await hub.titles()


async def test_a_hub_at_a_private_address_is_never_asked(db: Database) -> None:
    async with a_hub(db, allow_private=False) as hub:
        refused = await hub.fetcher.post(f"{hub.base}/hub", {})
        assert isinstance(refused, FeedFault)
        assert refused.key == "private_address"
        await hub.ask()
        assert hub.asked == []


@given(st.text(max_size=20))
def test_a_lease_is_always_within_bounds(said: str) -> None:
    assert SHORTEST <= lease(said) <= LONGEST


@given(st.binary(max_size=50), st.text(max_size=60))
def test_no_made_up_signature_passes(body: bytes, signature: str) -> None:
    assert not is_signed(body, signature, "geheim")


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "sha512"])
def test_every_way_of_signing_of_the_standard_passes(algorithm: str) -> None:
    made = hmac.new(b"geheim", b"tekst", algorithm).hexdigest()
    assert is_signed(b"tekst", f"{algorithm}={made}", "geheim")
    assert not is_signed(b"tekst!", f"{algorithm}={made}", "geheim")
