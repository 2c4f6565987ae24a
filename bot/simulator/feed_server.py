"""Serves real RSS over HTTP: one feed per outlet, conditional GET, scripted faults."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import json
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from xml.sax.saxutils import escape

from aiohttp import web


@dataclass
class FeedItem:
    """One item as its outlet has it now. ``published`` None: the feed gives no date."""

    key: str
    title: str
    lead: str
    link: str
    published: datetime | None
    fetched: bool = False
    visible_from: float = 0.0


@dataclass
class Outlet:
    """One feed."""

    slug: str
    name: str
    items: list[FeedItem] = field(default_factory=list)
    fault: str | None = None
    changed_at: float = 0.0
    drops_fetched: bool = False


class FeedServer:
    """All feeds; ``served_at`` tells when an item was first in a response (monotonic seconds)."""

    def __init__(self) -> None:
        self.outlets: dict[str, Outlet] = {}
        self.served_at: dict[tuple[str, str], float] = {}
        self.requests: list[tuple[str, int]] = []

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/feeds/{slug}.xml", self._handle)]

    def add_outlet(self, slug: str, name: str) -> Outlet:
        return self.outlets.setdefault(slug, Outlet(slug, name))

    def publish(
        self,
        slug: str,
        key: str,
        title: str,
        *,
        lead: str = "",
        link: str | None = None,
        published: datetime | None = None,
    ) -> FeedItem:
        """Put an item in a feed, or retitle the one with this key."""
        outlet = self.outlets[slug]
        outlet.changed_at = time.monotonic()
        for item in outlet.items:
            if item.key == key:
                item.title, item.lead = title, lead or item.lead
                return item
        address = link or f"https://{slug}.example/{key}"
        item = FeedItem(key, title, lead, address, published)
        outlet.items.insert(0, item)
        return item

    def fault(self, slug: str, kind: str | None) -> None:
        """Break a feed: ``html, error, gone, too_many, slow, huge, broken, private, empty`` or
        ``bad_dates``; None heals it."""
        self.outlets[slug].fault = kind

    def load_real(self, path: Path, *, now: datetime, seconds: float) -> int:
        """One feed per outlet from a ``.jsonl.gz`` file; returns the number of items.

        Dates move so that the newest is ``now``; items become visible in the order of their
        dates over ``seconds``, and stay in their feed until they were fetched.
        """
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        dated = [datetime.fromisoformat(row["published"]) for row in rows if row["published"]]
        shift = now - max(dated)
        order = sorted(rows, key=lambda row: row["published"] or "")
        start = time.monotonic()
        for place, row in enumerate(order):
            outlet = self.add_outlet(slug_of(row["outlet"]), row["outlet"])
            outlet.drops_fetched = True
            published = (
                datetime.fromisoformat(row["published"]) + shift if row["published"] else None
            )
            item = FeedItem(
                row["key"], row["title"], row.get("lead") or "", row.get("url") or "", published
            )
            item.visible_from = start + seconds * place / max(len(order), 1)
            outlet.items.insert(0, item)
        return len(rows)

    @property
    def items_served(self) -> int:
        return len(self.served_at)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        outlet = self.outlets.get(request.match_info["slug"])
        if outlet is None:
            return web.Response(status=404)
        if outlet.fault is not None:
            return await self._fail(request, outlet)
        moment = time.monotonic()
        visible = [
            item
            for item in outlet.items
            if item.visible_from <= moment and not (outlet.drops_fetched and item.fetched)
        ]
        body = rss(outlet.name, visible)
        etag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        if request.headers.get("If-None-Match") == etag:
            self.requests.append((outlet.slug, 304))
            return web.Response(status=304, headers={"ETag": etag})
        self.requests.append((outlet.slug, 200))
        for item in visible:
            self.served_at.setdefault((outlet.slug, item.key), moment)
        response = web.Response(
            body=body, content_type="application/rss+xml",
            headers={"ETag": etag, "Last-Modified": _now_in_http()},
        )  # fmt: skip
        await response.prepare(request)
        await response.write_eof()
        # Fetched only when the whole answer was written: a cut connection serves it again.
        for item in visible:
            item.fetched = True
        return response

    async def _fail(self, request: web.Request, outlet: Outlet) -> web.StreamResponse:
        kind = outlet.fault
        statuses = {"error": 500, "gone": 410, "too_many": 429}
        self.requests.append((outlet.slug, statuses.get(kind or "", 200)))
        if kind in statuses:
            headers = {"Retry-After": "120"} if kind == "too_many" else {}
            return web.Response(status=statuses[kind], headers=headers)
        if kind == "html":
            page = "<!doctype html><html><body><h1>Cookies?</h1></body></html>"
            return web.Response(text=page, content_type="text/html")
        if kind == "slow":
            await asyncio.sleep(30)
        if kind == "huge":
            return await _endless(request)
        if kind == "private":
            raise web.HTTPFound("http://10.0.0.1/feed.xml")
        if kind == "empty":
            return web.Response(body=rss(outlet.name, []), content_type="application/rss+xml")
        if kind == "bad_dates":
            wrong = rss(outlet.name, outlet.items).replace(b"+0000", b"CEST")
            wrong = re.sub(rb"<pubDate>[^<]*</pubDate>", b"<pubDate>gisteren</pubDate>", wrong)
            return web.Response(body=wrong, content_type="application/rss+xml")
        return web.Response(body=b"<rss><channel><item><title>x", content_type="text/xml")


def _now_in_http() -> str:
    return format_datetime(datetime.now(UTC), usegmt=True)  # noqa: TID251  (the outside world)


async def _endless(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
    await response.prepare(request)
    try:
        for _ in range(16_384):
            await response.write(b"<item>" + b"x" * 65_536)
    except (ConnectionError, asyncio.CancelledError):
        pass
    return response


def slug_of(name: str) -> str:
    """``De Gelderlander`` → ``de-gelderlander``."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "bron"


def rss(name: str, items: list[FeedItem]) -> bytes:
    """RSS 2.0 with guid and pubDate."""
    entries = "".join(_entry(item) for item in items)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{escape(name)}</title><link>https://feeds.example/</link>"
        f"<description>{escape(name)}</description>{entries}</channel></rss>"
    )
    return _XML_FORBIDDEN.sub("", text).encode()


_XML_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _entry(item: FeedItem) -> str:
    date = ""
    if item.published is not None:
        date = f"<pubDate>{format_datetime(item.published.astimezone(UTC))}</pubDate>"
    return (
        f'<item><guid isPermaLink="false">{escape(item.key)}</guid>'
        f"<title>{escape(item.title)}</title><link>{escape(item.link)}</link>"
        f"<description>{escape(item.lead)}</description>{date}</item>"
    )
