"""Fetches a feed: conditionally, politely, and never more than it may be.

Every outcome is a value. A fetch ends within ``timeout_s`` and ``max_bytes`` whatever the
other side does; no cookies are kept; redirects are followed by hand so that each hop is
checked.
"""

from __future__ import annotations

import asyncio
import re
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from yarl import URL

from feeds.answers import Answer, Fetched, NotModified
from feeds.guarding import GuardedResolver, PrivateAddress, literal_is_refused
from feeds.parsing import FeedFault
from feeds.settings import FeedSettings

USER_AGENT = "Schakel/0.1 (reads public news feeds)"
MAX_REDIRECTS = 5
MAX_RETRY_AFTER = timedelta(hours=24)
CHUNK = 64 * 1024
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=(\d{1,9})\b", re.ASCII)
_GZIP = b"\x1f\x8b"
ETAG_LIMIT, LAST_MODIFIED_LIMIT, URL_LIMIT = 300, 100, 500
ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"


class Fetcher:
    """One HTTP client for all sources. Close it at the end."""

    def __init__(self, settings: FeedSettings) -> None:
        self._settings = settings
        self._session: aiohttp.ClientSession | None = None

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        now: datetime,
    ) -> Answer:
        """Get one feed. Never raises for what the network or the server does.

        :param etag: as stored with the items of an earlier answer; likewise ``last_modified``.
        """
        headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        known = {name: value for name, value in headers.items() if value}
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await self._follow(URL(url), known, now)
        except (TimeoutError, aiohttp.ServerTimeoutError):
            return FeedFault("timeout", f"{self._settings.timeout_s:g} s")
        except (aiohttp.InvalidURL, ValueError) as error:
            return FeedFault("bad_address", type(error).__name__)
        except (aiohttp.ClientError, OSError, zlib.error) as error:
            return _fault_of(error)

    async def post(self, url: str, fields: Mapping[str, str]) -> int | FeedFault:
        """Send a form; the status, or what went wrong. Redirects are not followed, and the
        same addresses are refused as for reading. Never raises for the network."""
        try:
            address = URL(url)
            if refused := self._refuse(address):
                return refused
            async with (
                asyncio.timeout(self._settings.timeout_s),
                self._client().post(address, data=dict(fields), allow_redirects=False) as answer,
            ):
                return answer.status
        except (TimeoutError, aiohttp.ServerTimeoutError):
            return FeedFault("timeout", f"{self._settings.timeout_s:g} s")
        except (aiohttp.InvalidURL, ValueError) as error:
            return FeedFault("bad_address", type(error).__name__)
        except (aiohttp.ClientError, OSError) as error:
            return _fault_of(error)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _follow(self, url: URL, headers: Mapping[str, str], now: datetime) -> Answer:
        moved_to: str | None = None
        is_for_good = True
        for _ in range(MAX_REDIRECTS + 1):
            if refused := self._refuse(url):
                return refused
            async with self._client().get(url, headers=headers, allow_redirects=False) as answer:
                if answer.status not in {301, 302, 303, 307, 308}:
                    found = await self._read(answer, now)
                    if moved_to is None or isinstance(found, FeedFault):
                        return found
                    return replace(found, moved_to=moved_to)
                place = answer.headers.get("Location")
                if not place:
                    return FeedFault("redirects", "no place to go")
                url = url.join(URL(place))
                # What lies behind a passing redirect may be elsewhere tomorrow.
                is_for_good = is_for_good and answer.status in {301, 308}
                if is_for_good and len(str(url)) <= URL_LIMIT:
                    moved_to = str(url)
        return FeedFault("redirects", f"more than {MAX_REDIRECTS}")

    def _refuse(self, url: URL) -> FeedFault | None:
        if url.scheme not in {"http", "https"} or not url.host:
            return FeedFault("bad_address", url.scheme[:20])
        if not self._settings.allow_private and literal_is_refused(url.host):
            return FeedFault("private_address")
        return None

    async def _read(self, answer: aiohttp.ClientResponse, now: datetime) -> Answer:
        retry_after = read_retry_after(answer.headers.get("Retry-After"), now=now)
        if answer.status == 304:
            return NotModified(retry_after)
        if answer.status != 200:
            return FeedFault(_key_of(answer.status), str(answer.status), retry_after)
        body = await self._body(answer)
        if isinstance(body, FeedFault):
            return body
        return Fetched(
            body=body,
            content_type=answer.headers.get("Content-Type", ""),
            etag=_kept(answer.headers.get("ETag"), ETAG_LIMIT),
            last_modified=_kept(answer.headers.get("Last-Modified"), LAST_MODIFIED_LIMIT),
            retry_after=retry_after,
            max_age=read_max_age(answer.headers.get("Cache-Control")),
        )

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes | FeedFault:
        """The body, unpacked, up to ``max_bytes``; a packed bomb is cut at the same size."""
        packing = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if packing not in {"identity", "", "gzip", "x-gzip", "deflate"}:
            return FeedFault("bad_encoding", packing[:40])
        unpack = _Unpacker(packing, self._settings.max_bytes)
        taken = 0
        async for chunk in answer.content.iter_chunked(CHUNK):
            taken += len(chunk)
            if taken > self._settings.max_bytes or not unpack.feed(chunk):
                answer.close()
                return FeedFault("too_big", f"{self._settings.max_bytes} bytes")
        return unpack.body

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            resolver = None if self._settings.allow_private else GuardedResolver()
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(resolver=resolver, limit=16, limit_per_host=2),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={
                    "User-Agent": USER_AGENT,
                    "Accept": ACCEPT,
                    "Accept-Encoding": "gzip, deflate",
                },
                auto_decompress=False,
                timeout=aiohttp.ClientTimeout(total=None),
            )
        return self._session


class _Unpacker:
    """Undoes the packing of a body, never making more than ``limit`` bytes of it."""

    def __init__(self, packing: str, limit: int) -> None:
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._zip: zlib._Decompress | None = None
        self._first = packing == "deflate"
        if packing in {"gzip", "x-gzip"}:
            self._zip = zlib.decompressobj(wbits=31)
        self._gzipped = self._zip is not None

    @property
    def body(self) -> bytes:
        return b"".join(self._parts)

    def feed(self, chunk: bytes) -> bool:
        """Take a piece; False when the whole has grown too big."""
        if self._first:
            # "deflate" is sent with and without the zlib header.
            zipped = chunk[0] & 0x0F == 8 and int.from_bytes(chunk[:2], "big") % 31 == 0
            self._zip = zlib.decompressobj(wbits=15 if zipped else -15)
            self._first = False
        while True:
            plain = chunk
            if self._zip is not None:
                plain = self._zip.decompress(chunk, self._limit - self._size + 1)
            self._parts.append(plain)
            self._size += len(plain)
            chunk = self._next_member()
            if not chunk or self._size > self._limit:
                return self._size <= self._limit

    def _next_member(self) -> bytes:
        """What follows the end of one gzip member; a body may be several, one after another."""
        if self._zip is None or not self._zip.eof:
            return b""
        rest = self._zip.unused_data
        # Zeros are padding; anything else that is no member is not ours to read.
        if self._gzipped and rest.startswith(_GZIP):
            self._zip = zlib.decompressobj(wbits=31)
            return rest
        return b""


def read_retry_after(value: str | None, *, now: datetime) -> timedelta | None:
    """The wait that a server asks for, in seconds or as a date; at most a day, never negative."""
    if not value:
        return None
    try:
        plain = value.strip()
        # isdigit() also says yes to "²", and a number can be too long to be one.
        wait = (
            timedelta(seconds=min(int(plain[:10]), 10**9))
            if plain.isascii() and plain.isdigit()
            else parsedate_to_datetime(plain) - now
        )
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
    return min(max(wait, timedelta(0)), MAX_RETRY_AFTER)


def read_max_age(value: str | None) -> timedelta | None:
    """How long a server says that its answer stays good; None when it does not say."""
    found = _MAX_AGE.search(value.lower()) if value else None
    return min(timedelta(seconds=int(found[1])), MAX_RETRY_AFTER) if found else None


def _key_of(status: int) -> str:
    if status == 404:
        return "gone"
    if status == 410:
        return "removed"
    if status in {429, 503}:
        return "busy"
    if 400 <= status < 500:
        return "refused"
    return "server" if status >= 500 else "unknown"


def _fault_of(error: Exception) -> FeedFault:
    name = type(error).__name__
    if isinstance(getattr(error, "os_error", None), PrivateAddress) or isinstance(
        error, PrivateAddress
    ):
        return FeedFault("private_address")
    if isinstance(error, zlib.error | aiohttp.ContentTypeError):
        return FeedFault("bad_encoding", name)
    return FeedFault("unreachable", name)


def _kept(value: str | None, limit: int) -> str | None:
    return value if value and len(value) <= limit else None
