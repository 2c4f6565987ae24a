"""What a simulated news site has on its feed at a moment, and how that reads as RSS. Pure.

Moments are monotonic seconds of the caller's clock; dates of publication are aware.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

#: a feed of real news keeps this many of the items that were read already
WINDOW = 12
SURE_AFTER = 3
_XML_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass
class FeedItem:
    """One item as its outlet has it now. ``published`` None: the feed gives no date.

    ``answers``: how often it was in a full answer. ``confirmed``: the reader named the version
    that held it, so it was not only sent but kept.
    """

    key: str
    title: str
    lead: str
    link: str
    published: datetime | None
    visible_from: float = 0.0
    answers: int = 0
    confirmed: bool = False

    @property
    def is_read(self) -> bool:
        """May it leave the feed? A reader without ETags gets it a few times."""
        return self.confirmed or self.answers >= SURE_AFTER


@dataclass
class Outlet:
    """One feed, its newest item first. ``window``: how many read items stay; None: all."""

    slug: str
    name: str
    items: list[FeedItem] = field(default_factory=list)
    window: int | None = None

    def item(self, key: str) -> FeedItem | None:
        return next((item for item in self.items if item.key == key), None)

    def visible(self, moment: float) -> list[FeedItem]:
        """What the feed shows: everything not read yet, and the newest of the rest."""
        shown: list[FeedItem] = []
        old = 0
        for item in self.items:
            if item.visible_from > moment:
                continue
            old += item.is_read
            if not item.is_read or self.window is None or old <= self.window:
                shown.append(item)
        return shown


@dataclass(frozen=True, slots=True)
class Release:
    """An item of a file of real news: when it appears, as a part of the whole time (0 to 1)."""

    outlet: str
    item: FeedItem
    at: float


def read_news(path: Path) -> list[dict[str, Any]]:
    """The lines of a ``.jsonl.gz`` file with ``key, outlet, published, title, lead, url``.

    :raises OSError: it is not there, or not packed.
    :raises ValueError: a line cannot be read, or there is none.
    """
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    for row in rows:
        if not isinstance(row, dict) or not {"key", "outlet", "title"} <= row.keys():
            raise ValueError("not a file of news")
    if not rows:
        raise ValueError("no news in the file")
    return rows


def releases(rows: Sequence[dict[str, Any]], *, now: datetime) -> list[Release]:
    """The items in the order in which they appear.

    Dates move together so that the newest is ``now``. Dated items come in their own order;
    those without a date are spread evenly between them.
    """
    dated = sorted(
        ((_date(row["published"]), row) for row in rows if row.get("published")),
        key=lambda pair: pair[0],
    )
    undated = [row for row in rows if not row.get("published")]
    shift = now - dated[-1][0] if dated else None
    found = [
        Release(row["outlet"], _item(row, date + shift), place / len(dated))
        for place, (date, row) in enumerate(dated)
        if shift is not None
    ]
    found += [
        Release(row["outlet"], _item(row, None), (place + 0.5) / len(undated))
        for place, row in enumerate(undated)
    ]
    return sorted(found, key=lambda release: release.at)


def _date(text: str) -> datetime:
    date = datetime.fromisoformat(text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _item(row: dict[str, Any], published: datetime | None) -> FeedItem:
    lead, link = row.get("lead") or "", row.get("url") or ""
    return FeedItem(str(row["key"]), row["title"], lead, link, published)


def slug_of(name: str) -> str:
    """``De Gelderlander`` → ``de-gelderlander``."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "bron"


def etag_of(body: bytes) -> str:
    return '"' + hashlib.sha256(body).hexdigest()[:16] + '"'


def is_known(etag: str, header: str | None) -> bool:
    """Does the client's ``If-None-Match`` name this version?"""
    if header is None:
        return False
    named = (part.strip().removeprefix("W/") for part in header.split(","))
    return header.strip() == "*" or etag in named


def rss(name: str, items: Iterable[FeedItem]) -> bytes:
    """RSS 2.0 with guid and pubDate."""
    entries = "".join(_entry(item) for item in items)
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        f"<title>{escape(name)}</title><link>https://feeds.example/</link>"
        f"<description>{escape(name)}</description><language>nl</language>"
        f"{entries}</channel></rss>"
    )
    return _XML_FORBIDDEN.sub("", text).encode("utf-8", "replace")


def _entry(item: FeedItem) -> str:
    date = ""
    if item.published is not None:
        date = f"<pubDate>{format_datetime(item.published.astimezone(UTC))}</pubDate>"
    return (
        f'<item><guid isPermaLink="false">{escape(item.key)}</guid>'
        f"<title>{escape(item.title)}</title><link>{escape(item.link)}</link>"
        f"<description>{escape(item.lead)}</description>{date}</item>"
    )
