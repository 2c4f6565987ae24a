"""Title and lead of a web page that somebody points at: nothing else of it is read or kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from html.parser import HTMLParser

from feeds.answers import Fetched
from feeds.parsing import LEAD_LIMIT, TITLE_LIMIT, plain_text
from feeds.settings import FeedSettings

#: a head is smaller; more would only cost time
READ_BYTES = 64 * 1024
MAX_BYTES = 3_000_000
TIMEOUT_S = 5.0
_TITLES = ("og:title", "twitter:title")
_LEADS = ("og:description", "description", "twitter:description")


@dataclass(frozen=True, slots=True)
class Page:
    """Plain text; ``lead`` may be empty."""

    title: str
    lead: str


class _Head(HTMLParser):
    """The title and the descriptions in the head; stops caring at the body."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.meta: dict[str, str] = {}
        self.title = ""
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "meta":
            name = (named.get("property") or named.get("name") or "").lower()
            self.meta.setdefault(name, named.get("content") or "")
        self._in_title = tag == "title" and not self.title

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False


def read_head(raw: bytes, content_type: str) -> Page | None:
    """Never raises, whatever the bytes; None when there is no title."""
    head = _Head()
    text = raw[:READ_BYTES].decode(_charset(content_type), "replace")
    try:
        head.feed(text.partition("<body")[0])
    except (AssertionError, ValueError):
        return None
    title = _first(head, _TITLES) or plain_text(head.title)
    return Page(title[:TITLE_LIMIT], _first(head, _LEADS)[:LEAD_LIMIT]) if title else None


async def read_page(url: str, settings: FeedSettings, *, now: datetime) -> Page | None:
    """Fetch a page with the guards of the watch: no private address, few bytes, few seconds.

    None for whatever is no web page with a title.
    """
    # A process that only serves pages never fetches one: 8 MB less.
    from feeds.fetching import Fetcher

    strict = settings.model_copy(update={"timeout_s": TIMEOUT_S, "max_bytes": MAX_BYTES})
    fetcher = Fetcher(strict)
    try:
        answer = await fetcher.fetch(url, now=now)
    finally:
        await fetcher.close()
    if not isinstance(answer, Fetched) or "html" not in answer.content_type.lower():
        return None
    return await asyncio.to_thread(read_head, answer.body, answer.content_type)


def _first(head: _Head, names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := plain_text(head.meta.get(name, "")))), "")


def _charset(content_type: str) -> str:
    name = content_type.lower().partition("charset=")[2].strip(" \"';")
    return name if name in {"iso-8859-1", "iso-8859-15", "windows-1252"} else "utf-8"
