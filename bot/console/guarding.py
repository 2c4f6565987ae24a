"""What every page and every request must obey: headers, same site, this computer only."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.api import doors as api
from bot.console.pages import explain

SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
        "img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "frame-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: pages hold tokens or news of the evening: no browser and no proxy keeps them
NOT_KEPT = "no-store"
#: style sheet and pictures may be kept, and are asked for again
KEPT = "no-cache"
STATIC_PATH = "/static/"
LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
#: a request that carries one of these came through a proxy, so from somewhere else
PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip")


class HeadersOnEverything:
    """Puts the security headers on each response, whatever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                put_headers(MutableHeaders(scope=message), path=scope["path"])
            await send(message)

        await self.app(scope, receive, with_headers)


class NoNul:
    """Answers an address with a NUL in it itself: nobody types one, PostgreSQL takes none in a
    search, and a path of a file cannot have one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and ("\0" in scope["path"] or b"%00" in scope["query_string"]):
            request = Request(scope)
            if scope["path"].startswith(api.PREFIX):
                answer = await api.refuse_nul(request)
            else:
                answer = explain(request, "not_like_this", status=400)
            await answer(scope, receive, send)
            return
        await self.app(scope, receive, send)


def put_headers(headers: MutableHeaders, *, path: str) -> None:
    """Set the headers that every response carries; a document that is shown in a frame of ours
    brings a stricter policy of its own."""
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    headers["Cache-Control"] = KEPT if path.startswith(STATIC_PATH) else NOT_KEPT


def is_same_site(headers: Headers, *, base_url: str) -> bool:
    """Whether a form was sent from one of our own pages.

    Browsers of this decade say so in ``Sec-Fetch-Site``. Older ones send ``Origin``, which is
    ``null`` from our pages because of ``no-referrer``; there the token in the address is the
    proof, for another site does not know it.
    """
    fetched_from = headers.get("sec-fetch-site")
    if fetched_from is not None:
        return fetched_from == "same-origin"
    origin = headers.get("origin")
    if origin is None or origin == "null":
        return True
    return urlsplit(origin).netloc in {headers.get("host", ""), urlsplit(base_url).netloc}


def is_by_hand(method: str, headers: Headers) -> bool:
    """Whether somebody did this, and not a page that keeps itself fresh. Pure.

    Browsers say in ``Sec-Fetch-Dest`` what becomes the page itself. Without TLS they leave it out;
    there htmx names itself in what it fetches.
    """
    if method != "GET" or headers.get("hx-boosted") == "true":
        return True
    becomes = headers.get("sec-fetch-dest")
    return becomes == "document" if becomes is not None else "hx-request" not in headers


def is_local(headers: Headers, *, client: str | None, listen_host: str) -> bool:
    """Whether the console may answer: somebody at this computer, and no name but its own.

    The name matters because a web page elsewhere can point a name of its own at 127.0.0.1.
    ``listen_host`` counts as a name only while it is an address of this computer itself.
    """
    if client is None or not _is_loopback(client):
        return False
    if any(name in headers for name in PROXY_HEADERS):
        return False
    name = _host_name(headers.get("host", ""))
    return name in LOCAL_NAMES or (name == listen_host.lower() and _is_loopback(listen_host))


def _host_name(host: str) -> str:
    """The name in a Host header, without port and brackets; empty when it is no name."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
