"""The fetcher: polite, bounded, and only on the public internet."""

from __future__ import annotations

import gzip
import socket
import zlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from feeds.answers import Answer, Fetched, NotModified
from feeds.fetching import Fetcher
from feeds.guarding import GuardedResolver, PrivateAddress, is_public, literal_is_refused
from feeds.parsing import FeedFault
from feeds.settings import FeedSettings
from tests.feeds_world import serving

NOW = datetime(2026, 3, 3, 16, 42, tzinfo=UTC)
FEED = b"<rss version='2.0'><channel><item><title>Een</title></item></channel></rss>"


SENT = web.AppKey("sent", list)
SEEN = web.AppKey("seen", dict)


async def _endless(request: web.Request) -> web.StreamResponse:
    """A body of a gigabyte, unless somebody hangs up."""
    response = web.StreamResponse()
    await response.prepare(request)
    try:
        for _ in range(16_384):
            await response.write(b"x" * 65_536)
            request.app[SENT].append(65_536)
    except ConnectionError:
        pass
    return response


async def _bomb(_: web.Request) -> web.Response:
    """A small body that unpacks to 64 megabytes."""
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(64)) + packer.flush()
    return web.Response(body=packed, headers={"Content-Encoding": "gzip"})


async def _headers(request: web.Request) -> web.Response:
    request.app[SEEN].update(request.headers)
    response = web.Response(body=FEED, headers={"ETag": '"v1"', "Last-Modified": "yesterday"})
    response.set_cookie("who", "you")
    return response


async def _redirect(request: web.Request) -> web.Response:
    raise web.HTTPFound(request.query["to"])


async def _status(request: web.Request) -> web.Response:
    headers = {"Retry-After": request.query["wait"]} if "wait" in request.query else {}
    return web.Response(status=int(request.query["code"]), headers=headers)


async def _packed(request: web.Request) -> web.Response:
    how = request.query["how"]
    raw = zlib.compressobj(wbits=-15)
    body = {
        "gzip": gzip.compress(FEED),
        "gzips": gzip.compress(FEED[:40]) + gzip.compress(FEED[40:]) + bytes(8),
        "deflate": zlib.compress(FEED),
        "raw": raw.compress(FEED) + raw.flush(),
        "broken": b"\x1f\x8bnot really",
        "br": b"unheard of",
    }[how]
    name = {"raw": "deflate", "broken": "gzip", "gzips": "gzip"}.get(how, how)
    return web.Response(body=body, headers={"Content-Encoding": name})


@pytest.fixture
async def site() -> AsyncIterator[tuple[str, web.Application]]:
    app = web.Application()
    for path, handler in {
        "/endless": _endless, "/bomb": _bomb, "/headers": _headers, "/redirect": _redirect,
        "/status": _status, "/packed": _packed,
    }.items():  # fmt: skip
        app.router.add_get(path, handler)
    app[SENT], app[SEEN] = [], {}
    async with serving(app) as base:
        yield base, app


async def fetch(url: str, **settings: object) -> Answer:
    fetcher = Fetcher(FeedSettings.model_validate({"allow_private": True, **settings}))
    try:
        return await fetcher.fetch(url, now=NOW)
    finally:
        await fetcher.close()


async def test_a_body_without_end_is_cut(site: tuple[str, web.Application]) -> None:
    base, app = site
    fault = await fetch(f"{base}/endless", max_bytes=100_000)
    assert isinstance(fault, FeedFault)
    assert fault.key == "too_big"
    assert sum(app[SENT]) < 50_000_000


async def test_a_packed_bomb_is_cut_at_its_unpacked_size(
    site: tuple[str, web.Application],
) -> None:
    fault = await fetch(f"{site[0]}/bomb", max_bytes=5_000_000)
    assert isinstance(fault, FeedFault)
    assert fault.key == "too_big"


@pytest.mark.parametrize("how", ["gzip", "gzips", "deflate", "raw"])
async def test_packed_bodies_are_unpacked(site: tuple[str, web.Application], how: str) -> None:
    answer = await fetch(f"{site[0]}/packed?how={how}")
    assert isinstance(answer, Fetched)
    assert answer.body == FEED


@pytest.mark.parametrize("how", ["broken", "br"])
async def test_a_body_that_cannot_be_unpacked_is_a_fault(
    site: tuple[str, web.Application], how: str
) -> None:
    answer = await fetch(f"{site[0]}/packed?how={how}")
    assert isinstance(answer, FeedFault)
    assert answer.key == "bad_encoding"


async def test_we_say_who_we_are_and_keep_no_cookies(site: tuple[str, web.Application]) -> None:
    base, app = site
    fetcher = Fetcher(FeedSettings(allow_private=True))
    first = await fetcher.fetch(f"{base}/headers", now=NOW)
    assert isinstance(first, Fetched)
    assert (first.etag, first.last_modified) == ('"v1"', "yesterday")
    await fetcher.fetch(
        f"{base}/headers", etag=first.etag, last_modified=first.last_modified, now=NOW
    )
    await fetcher.close()
    assert app[SEEN]["User-Agent"].startswith("Schakel/")
    assert app[SEEN]["If-None-Match"] == '"v1"'
    assert app[SEEN]["If-Modified-Since"] == "yesterday"
    assert "Cookie" not in app[SEEN]


async def test_redirects_are_followed_but_not_for_ever(site: tuple[str, web.Application]) -> None:
    base, _ = site
    assert isinstance(await fetch(f"{base}/redirect?to=/headers"), Fetched)
    app = web.Application()

    async def around(_: web.Request) -> web.Response:
        raise web.HTTPFound("/circle")

    app.router.add_get("/circle", around)
    async with serving(app) as other:
        assert await fetch(f"{other}/circle") == FeedFault("redirects", "more than 5")


@pytest.mark.parametrize("address", ["ftp://nieuws.example/feed", "file:///etc/passwd", "http://"])
async def test_only_http_is_fetched(address: str) -> None:
    fault = await fetch(address)
    assert isinstance(fault, FeedFault)
    assert fault.key == "bad_address"


async def test_a_redirect_to_a_file_is_refused(site: tuple[str, web.Application]) -> None:
    fault = await fetch(f"{site[0]}/redirect?to=file:///etc/passwd")
    assert isinstance(fault, FeedFault)
    assert fault.key == "bad_address"


@pytest.mark.parametrize(
    ("code", "key"), [(404, "gone"), (410, "removed"), (403, "refused"), (500, "server")]
)
async def test_statuses_are_faults(site: tuple[str, web.Application], code: int, key: str) -> None:
    assert await fetch(f"{site[0]}/status?code={code}") == FeedFault(key, str(code))


async def test_not_modified_and_busy_carry_the_wait(site: tuple[str, web.Application]) -> None:
    base, _ = site
    assert await fetch(f"{base}/status?code=304") == NotModified()
    busy = await fetch(f"{base}/status?code=429&wait=90")
    assert busy == FeedFault("busy", "429", timedelta(seconds=90))


async def test_a_source_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fault = await fetch(f"http://127.0.0.1:{port}/")
    assert isinstance(fault, FeedFault)
    assert fault.key == "unreachable"


async def test_a_source_that_hangs_is_left_in_time() -> None:
    import asyncio

    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(5)
        return web.Response()

    app = web.Application()
    app.router.add_get("/", hang)
    async with serving(app) as base:
        fault = await fetch(base, timeout_s=0.1)
    assert isinstance(fault, FeedFault)
    assert fault.key == "timeout"


INSIDE = [
    "127.0.0.1", "10.0.0.1", "192.168.1.1", "172.16.9.9", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:10.0.0.1",
    "2002:0a00:0001::1", "64:ff9b::7f00:1", "::", "fec0::1", "192.88.99.1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
async def test_addresses_inside_are_refused_as_literals(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    assert not is_public(address)
    assert await fetch(f"http://{host}/feed", allow_private=False) == FeedFault("private_address")


@pytest.mark.parametrize("host", ["127.1", "2130706433", "0x7f000001", "0x7f.1", "127.0.0.1."])
def test_odd_ways_to_write_an_address_are_refused(host: str) -> None:
    assert literal_is_refused(host)


@pytest.mark.parametrize("host", ["nieuws.example", "8.8.8.8", "[2a00:1450:4001::8a]", "nos4.nl"])
def test_names_and_public_addresses_pass(host: str) -> None:
    assert not literal_is_refused(host)


@pytest.mark.parametrize("target", ["http://10.0.0.1/x", "http://169.254.169.254/latest"])
async def test_a_redirect_inside_is_refused(
    site: tuple[str, web.Application], target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    base, _ = site
    # Only the first hop is let through, as a public site would be.
    port = base.rsplit(":", 1)[1]
    monkeypatch.setattr(
        "feeds.fetching.literal_is_refused",
        lambda host: host != "127.0.0.1" and literal_is_refused(host),
    )
    fault = await fetch(f"http://127.0.0.1:{port}/redirect?to={target}", allow_private=False)
    assert fault == FeedFault("private_address")


async def test_a_name_that_leads_inside_is_refused_when_it_is_resolved() -> None:
    fault = await fetch("http://localhost:9/feed", allow_private=False)
    assert fault == FeedFault("private_address")


class _Fixed(AbstractResolver):
    def __init__(self, *addresses: str) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host, host=one, port=port, family=socket.AF_INET, proto=0, flags=0
            )
            for one in self.addresses
        ]

    async def close(self) -> None: ...


async def test_one_address_inside_among_public_ones_is_enough_to_refuse() -> None:
    with pytest.raises(PrivateAddress):
        await GuardedResolver(_Fixed("8.8.8.8", "10.0.0.1")).resolve("nieuws.example")
    found = await GuardedResolver(_Fixed("8.8.8.8")).resolve("nieuws.example")
    assert [one["host"] for one in found] == ["8.8.8.8"]
