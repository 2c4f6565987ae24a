"""Turns the bytes of a feed into entries, or into the fault that a person must hear about.

Titles and leads come out as plain text: tags and scripts gone, entities resolved once for
each time that a publisher escaped them. Everything is still escaped where it is shown.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BytesIO
from typing import Any

from feeds.channel import NOTHING_SAID, About, read_about
from feeds.dutch_dates import parse_date
from feeds.texts import UNTITLED

TITLE_LIMIT, LEAD_LIMIT, LINK_LIMIT, GUID_LIMIT = 500, 600, 1000, 500
MAX_ENTRIES = 2000
#: where a date stands; a change date only where there is no other
DATES = ("published", "created", "updated")
#: markup beyond this is not read at all; a lead is 600 characters
MARKUP_LIMIT = 50_000

_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.I | re.S)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^<>]*>", re.I)
#: unseen letters and marks that Unicode does not count as format characters
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_PAGE = re.compile(
    rb"\A[\s\xef\xbb\xbf]*(?:<\?xml[^>]*>\s*|<!--(?:(?!-->).)*-->\s*)*<(?:!doctype\s+html|html)\b",
    re.I | re.S,
)


@dataclass(frozen=True, slots=True)
class FeedFault:
    """Why a source gave nothing. ``key`` is a key in ``feeds.texts.FAULTS``.

    ``detail`` is for an operator (a status code, an exception's name), never a full address.
    """

    key: str
    detail: str = ""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it is in the feed now. ``published_at`` is None when not believable."""

    guid: str
    title: str
    link: str
    lead: str
    published_at: datetime | None

    @property
    def content_hash(self) -> str:
        return sha256(f"{self.title}\0{self.lead}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ParsedFeed:
    """The entries of a feed, one per guid, in the feed's order.

    ``unread_dates``: how many have a date that means nothing to us.
    """

    entries: tuple[Entry, ...]
    unread_dates: int = 0
    about: About = NOTHING_SAID


def parse_feed(raw: bytes, *, content_type: str = "", now: datetime) -> ParsedFeed | FeedFault:
    """Read RSS, Atom or RDF. Never raises, whatever the bytes; takes CPU time, so use a thread.

    :param content_type: the header that came with it, for the encoding.
    """
    if not raw.strip():
        return FeedFault("empty", "no bytes")
    if _PAGE.match(raw[:4096]):
        return FeedFault("html")
    import feedparser  # a fiftieth of a start, and no feed is read before the house stands

    headers = {"content-type": content_type} if content_type else {}
    try:
        found = feedparser.parse(
            BytesIO(raw),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
        # Plain dicts: the parser's own kind looks elsewhere for a missing date, with a warning.
        raws = [dict(entry) for entry in found.entries[:MAX_ENTRIES]]
        whole = [one for one in raws if not _is_cut_off(one, broken=found.bozo)]
        entries = [_entry(one, now) for one in whole]
        about = read_about(found.feed, raw)
    except Exception as error:  # the parser meets anything that the world puts on a server
        return FeedFault("broken", type(error).__name__)
    unique = {entry.guid: entry for entry in reversed(entries)}
    if unique:
        return ParsedFeed(tuple(reversed(unique.values())), _unread(whole, entries), about)
    return _no_entries(found, raw)


def _unread(raws: Sequence[Mapping[str, Any]], entries: Sequence[Entry]) -> int:
    return sum(
        entry.published_at is None and any(_text(raw, name) for name in DATES)
        for raw, entry in zip(raws, entries, strict=True)
    )


def _is_cut_off(entry: Mapping[str, Any], *, broken: bool) -> bool:
    """In a feed that ends half-way, what has no title or name of its own yet is no item."""
    named = _text(entry, "title") and (_text(entry, "id") or _text(entry, "link"))
    return broken and not named


def _no_entries(found: Any, raw: bytes) -> FeedFault:
    if found.get("bozo"):
        if b"<html" in raw[:4096].lower() or b"<body" in raw.lower():
            return FeedFault("html")
        return FeedFault("broken", type(found.get("bozo_exception")).__name__)
    return FeedFault("empty") if found.get("version") else FeedFault("broken", "not a feed")


def _entry(entry: Mapping[str, Any], now: datetime) -> Entry:
    title = plain_text(_text(entry, "title"))
    lead = plain_text(_text(entry, "summary") or _content(entry))
    link = _link(_text(entry, "link"))
    shown = _shorten(title or lead or UNTITLED, TITLE_LIMIT)
    return Entry(
        guid=_guid(_text(entry, "id"), link, shown),
        title=shown,
        link=link,
        lead=_shorten(lead, LEAD_LIMIT),
        published_at=_published(entry, now),
    )


def _published(entry: Mapping[str, Any], now: datetime) -> datetime | None:
    """The date as the feed wrote it; a change date only where there is no other."""
    for name in DATES:
        if written := _text(entry, name):
            return parse_date(written, now=now)
    return None


def plain_text(markup: str) -> str:
    """Text without tags, scripts, control and unseen characters, white space collapsed."""
    text = markup[:MARKUP_LIMIT]
    for _ in range(2):  # titles are often escaped twice
        text = _TAG.sub("", _BREAK.sub(" ", _SCRIPT.sub(" ", text)))
        text = html.unescape(text)
    text = _TAG.sub("", _SCRIPT.sub(" ", text))
    return " ".join("".join(map(_seen, text)).split())


def _seen(c: str) -> str:
    """The character; a space for a control character; nothing for what cannot be seen.

    What turns the direction of writing, or hides between letters, goes: it would show another
    text than the one that was judged.
    """
    kind = unicodedata.category(c)
    if kind == "Cf" or c in _UNSEEN:
        return ""
    return " " if kind in {"Cc", "Cs", "Co", "Cn"} else c


def _text(entry: Mapping[str, Any], name: str) -> str:
    value = entry.get(name)
    return value.strip() if isinstance(value, str) else ""


def _content(entry: Mapping[str, Any]) -> str:
    parts = entry.get("content") or [{}]
    value = parts[0].get("value")
    return value if isinstance(value, str) else ""


def _link(link: str) -> str:
    safe = link.startswith(("http://", "https://")) and len(link) <= LINK_LIMIT
    return plain_text(link).replace(" ", "%20") if safe else ""


def _guid(guid: str, link: str, title: str) -> str:
    """What the feed calls it, or the link, or a hash of the title."""
    chosen = plain_text(guid) or link
    if not chosen:
        return f"title:{sha256(title.encode()).hexdigest()}"
    return chosen if len(chosen) <= GUID_LIMIT else f"long:{sha256(chosen.encode()).hexdigest()}"


def _shorten(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    return text[: limit - 1].rsplit(" ", 1)[0][: limit - 1] + "…"
