"""A corpus of feeds made to hurt, and a server that serves them. Made here, never fetched."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from email.utils import format_datetime

from aiohttp import web

from bot.clock import utc_now

MARKER = "Aanslag op basisschool in Presikhaaf, doden en gewonden"
#: right-to-left override, zero-width space, a tag character, a filler, a byte order mark
UNSEEN = "\u202e\u200b\U000e0041\u3164\ufeff"


def feed(*items: str, head: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'{head}<rss version="2.0"><channel><title>x</title>{body}</channel></rss>'.encode(
        "utf-8", "surrogatepass"
    )


def _item(title: str, guid: str = "1") -> str:
    return f"<guid>{guid}</guid><title>{title}</title><link>https://x.example/{guid}</link>"


def _script() -> bytes:
    fresh = f"<pubDate>{format_datetime(utc_now())}</pubDate>"
    return feed(_item(f"{MARKER} &lt;script&gt;alert(1)&lt;/script&gt; &lt;b&gt; < a&b") + fresh)


def _laughs() -> bytes:
    lines = ['<!DOCTYPE rss [<!ENTITY l0 "ha">']
    lines += [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12)]
    return feed(_item("&l11;"), head="".join([*lines, "]>"]))


def _attributes() -> bytes:
    pairs = " ".join(f'a{n}="1"' for n in range(200_000))
    return feed().replace(b"<title>", f"<item {pairs}><title>x</title></item><title>".encode())


def _outside() -> bytes:
    doctype = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return feed(_item("lek &x;"), head=doctype)


#: name → what is served; every one of these costs a careless reader time, memory or trust
CORPUS: dict[str, Callable[[], bytes]] = {
    "laughs": _laughs,
    "outside-entity": _outside,
    "nested": lambda: b"<rss><channel>" + b"<item>" * 50_000,
    "attributes": _attributes,
    "nuls": lambda: b"\x00" * 100_000,
    "nuls-in-title": lambda: feed(_item("een\x00twee")),
    "long-title": lambda: feed(_item("x" * 4_900_000)),
    "ten-megabytes": lambda: feed(_item("x" * 10_000_000)),
    "many-items": lambda: feed(*[_item(f"bericht {n}", str(n)) for n in range(6_000)]),
    "script": _script,
    "bidi": lambda: feed(_item(f"{UNSEEN}Gemeente{UNSEEN}raad{UNSEEN} vergadert")),
    "javascript-link": lambda: feed(
        "<guid>1</guid><title>Lees</title><link>javascript:alert(1)</link>"
    ),
    "open-tags": lambda: b"<rss><channel><item><title>" + b"<a " * 300_000,
    "entities": lambda: b"<rss><channel><item><title>" + b"&a" * 500_000,
    "markup-title": lambda: b"<b>" + feed(_item("&lt;i " * 100_000)),
}


def hostile_app() -> web.Application:
    """The corpus under ``/<name>``, and what only a server can do."""

    async def serve(request: web.Request) -> web.Response:
        body = CORPUS[request.match_info["name"]]()
        return web.Response(body=body, content_type="application/rss+xml")

    async def onward(request: web.Request) -> web.Response:
        step = int(request.match_info["step"]) + 1
        return web.Response(status=302, headers={"Location": f"/onward/{step}"})

    async def loris(request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            while True:
                await answer.write(b"<")
                await asyncio.sleep(0.05)
        return answer

    app = web.Application()
    app.add_routes(
        [
            web.get("/onward/{step}", onward),
            web.get("/loris", loris),
            web.get("/{name}", serve),
        ]
    )
    return app
