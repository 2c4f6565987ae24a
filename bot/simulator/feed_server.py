"""Serves real RSS over HTTP: one feed per outlet, conditional GET, scripted faults."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path

from aiohttp import web

from bot.simulator.feed_faults import RSS_TYPE, FeedFault, FeedFaultKind, answer_wrong
from bot.simulator.feed_pages import (
    WINDOW,
    FeedItem,
    Outlet,
    etag_of,
    is_known,
    read_news,
    releases,
    rss,
    slug_of,
)

__all__ = ["FeedFault", "FeedItem", "FeedServer", "Outlet", "rss", "slug_of"]


@dataclass(frozen=True, slots=True)
class _Version:
    """A body as it was last served, what it held, and when it became so."""

    etag: str
    changed: datetime
    items: tuple[FeedItem, ...]


class FeedServer:
    """All feeds. ``served_at``: when an item was first in a full answer (monotonic seconds).
    ``requests``: (slug, status or kind of fault) of every request.
    """

    def __init__(self) -> None:
        self.outlets: dict[str, Outlet] = {}
        self.served_at: dict[tuple[str, str], float] = {}
        self.requests: list[tuple[str, int | str]] = []
        self._faults: dict[str, FeedFault] = {}
        self._versions: dict[str, _Version] = {}

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
        """Put an item on a feed, or change the one with this key: a new title, a correction,
        another address under the same guid. ``visible_from`` tells when (monotonic seconds).

        :raises KeyError: there is no such outlet.
        """
        outlet = self.outlets[slug]
        item = outlet.item(key)
        if item is None:
            address = link or f"https://{slug}.example/{key}"
            item = FeedItem(key, title, lead, address, published)
            item.visible_from = time.monotonic()
            outlet.items.insert(0, item)
            return item
        item.title, item.lead, item.link = title, lead or item.lead, link or item.link
        item.published = published or item.published
        return item

    def withdraw(self, slug: str, key: str) -> None:
        """The outlet takes an item off its feed."""
        outlet = self.outlets[slug]
        outlet.items = [item for item in outlet.items if item.key != key]

    def fault(
        self,
        slug: str,
        kind: FeedFaultKind | None,
        *,
        times: int | None = None,
        seconds: float = 120.0,
    ) -> None:
        """Break a feed; None heals it. The kinds are in :class:`FeedFault`.

        :raises KeyError: there is no such outlet.
        """
        self._faults.pop(self.outlets[slug].slug, None)
        if kind is not None:
            self._faults[slug] = FeedFault(kind, times, seconds)

    def load_real(self, path: Path, *, now: datetime, seconds: float) -> int:
        """One feed per outlet from a ``.jsonl.gz`` file; returns the number of items.

        Dates move so that the newest is ``now``; items become visible in the order of their
        dates over ``seconds``. Each stays on its feed until it was read, and then until newer
        ones push it off: a reader that is killed between fetching and storing loses nothing.

        :raises OSError: no such file. :raises ValueError: not a file of news.
        """
        found = releases(read_news(path), now=now)
        start = time.monotonic()
        for release in found:
            outlet = self.add_outlet(slug_of(release.outlet), release.outlet)
            outlet.window = WINDOW
            release.item.visible_from = start + seconds * release.at
            outlet.items.insert(0, release.item)
        return len(found)

    @property
    def items_served(self) -> int:
        """Distinct items that were in a full answer."""
        return len(self.served_at)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        outlet = self.outlets.get(request.match_info["slug"])
        if outlet is None:
            return web.Response(status=404)
        fault = self._draw(outlet.slug)
        if fault is not None:
            self.requests.append((outlet.slug, fault.kind))
            if fault.kind != "slow":
                return await answer_wrong(request, outlet, fault, time.monotonic())
            await asyncio.sleep(fault.seconds)
        return await self._serve(request, outlet)

    def _draw(self, slug: str) -> FeedFault | None:
        fault = self._faults.get(slug)
        if fault is None or fault.times == 0:
            return None
        if fault.times is not None:
            fault.times -= 1
        return fault

    async def _serve(self, request: web.Request, outlet: Outlet) -> web.StreamResponse:
        moment = time.monotonic()
        self._confirm(outlet.slug, request.headers.get("If-None-Match"))
        visible = outlet.visible(moment)
        body = rss(outlet.name, visible)
        version = self._version(outlet.slug, body, visible)
        headers = {
            "ETag": version.etag,
            "Last-Modified": format_datetime(version.changed, usegmt=True),
            "Cache-Control": "max-age=0",
        }
        if _has_it(request, version):
            self.requests.append((outlet.slug, 304))
            return web.Response(status=304, headers=headers)
        self.requests.append((outlet.slug, 200))
        for item in visible:
            self.served_at.setdefault((outlet.slug, item.key), moment)
        response = web.Response(body=body, headers={"Content-Type": RSS_TYPE, **headers})
        await response.prepare(request)
        await response.write_eof()
        # Only now that the whole answer was written: a cut connection serves it again.
        for item in visible:
            item.answers += 1
        return response

    def _confirm(self, slug: str, named: str | None) -> None:
        """The reader names the version that it keeps: it has what was in there."""
        version = self._versions.get(slug)
        if version is not None and is_known(version.etag, named):
            for item in version.items:
                item.confirmed = True

    def _version(self, slug: str, body: bytes, items: list[FeedItem]) -> _Version:
        """Two versions never share a second, or If-Modified-Since would miss the later one."""
        etag, known = etag_of(body), self._versions.get(slug)
        if known is not None and known.etag == etag:
            return known
        changed = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  (the outside world)
        if known is not None and changed <= known.changed:
            changed = known.changed + timedelta(seconds=1)
        self._versions[slug] = _Version(etag, changed, tuple(items))
        return self._versions[slug]


def _has_it(request: web.Request, version: _Version) -> bool:
    """If-None-Match goes before If-Modified-Since (RFC 9110)."""
    named = request.headers.get("If-None-Match")
    if named is not None:
        return is_known(version.etag, named)
    since = request.headers.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(since) >= version.changed
    except (TypeError, ValueError):
        return False
