"""What can be wrong with a feed, served as it would really be."""

from __future__ import annotations

import asyncio
import contextlib
import re
from dataclasses import dataclass
from typing import Literal, get_args

from aiohttp import web

from bot.simulator.feed_pages import Outlet, rss

FeedFaultKind = Literal[
    "html", "error", "gone", "too_many", "slow", "huge", "broken", "private", "loop", "empty",
    "nothing", "bad_dates", "bad_encoding", "bad_charset", "drop",
]  # fmt: skip
RSS_TYPE = "application/rss+xml"
#: where *private* sends a reader: the metadata address of many hosts
PRIVATE = "http://169.254.169.254/feed.xml"
_STATUSES = {"error": 500, "gone": 410, "too_many": 429}
_CHUNK = b"<item>" + b"x" * 65_536


@dataclass
class FeedFault:
    """``seconds``: of *slow*, and the Retry-After of *too_many*. ``times`` None: until healed.

    :raises ValueError: a kind that does not exist.
    """

    kind: FeedFaultKind
    times: int | None = None
    seconds: float = 120.0
    location: str = PRIVATE

    def __post_init__(self) -> None:
        if self.kind not in get_args(FeedFaultKind):
            raise ValueError(
                f"no such feed fault: {self.kind!r}; there is {get_args(FeedFaultKind)}"
            )


async def answer_wrong(
    request: web.Request, outlet: Outlet, fault: FeedFault, moment: float
) -> web.StreamResponse:
    """The answer that this fault gives. (*slow* has been waited for by the caller.)"""
    if fault.kind in _STATUSES:
        headers = {"Retry-After": f"{fault.seconds:.0f}"} if fault.kind == "too_many" else {}
        return web.Response(status=_STATUSES[fault.kind], headers=headers)
    if fault.kind == "html":
        page = "<!doctype html><html><head><title>Cookies</title></head><body>…</body></html>"
        return web.Response(text=page, content_type="text/html")
    if fault.kind == "huge":
        return await _endless(request)
    if fault.kind in ("private", "loop"):
        place = fault.location if fault.kind == "private" else str(request.rel_url)
        return web.Response(status=302, headers={"Location": place})
    if fault.kind == "drop":
        return await _cut_halfway(request, outlet, moment)
    body, headers = _spoiled(outlet, fault, moment)
    return web.Response(body=body, headers={"Content-Type": RSS_TYPE, **headers})


def _spoiled(outlet: Outlet, fault: FeedFault, moment: float) -> tuple[bytes, dict[str, str]]:
    """A body of which the contents are wrong."""
    body = rss(outlet.name, outlet.visible(moment))
    if fault.kind == "empty":
        return rss(outlet.name, []), {}
    if fault.kind == "nothing":
        return b"", {}
    if fault.kind == "bad_dates":
        return re.sub(rb"<pubDate>[^<]*</pubDate>", b"<pubDate>gisteren</pubDate>", body), {}
    if fault.kind == "bad_encoding":
        return body, {"Content-Encoding": "gzip"}
    if fault.kind == "bad_charset":
        return body.decode().encode("cp1252", "replace"), {}
    return body[: len(body) // 2] or b"<rss><channel><item><title>x", {}


async def _endless(request: web.Request) -> web.StreamResponse:
    """About 1 GB of items, streamed without a length."""
    response = web.StreamResponse(headers={"Content-Type": RSS_TYPE})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _ in range(16_384):
            await response.write(_CHUNK)
            await asyncio.sleep(0)
    return response


async def _cut_halfway(request: web.Request, outlet: Outlet, moment: float) -> web.StreamResponse:
    body = rss(outlet.name, outlet.visible(moment))
    response = web.StreamResponse(headers={"Content-Type": RSS_TYPE})
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    if request.transport is not None:
        request.transport.abort()
    return response
