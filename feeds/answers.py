"""What asking a source gives: the feed, nothing new, or a fault.

Apart from the client that asks (:mod:`feeds.fetching`), for whoever only shows what was found.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from feeds.parsing import FeedFault


@dataclass(frozen=True, slots=True)
class Fetched:
    """A full answer. ``etag`` and ``last_modified`` belong to exactly these bytes.

    ``moved_to``: the address behind redirects that are meant for good (301, 308).
    """

    body: bytes
    content_type: str
    etag: str | None
    last_modified: str | None
    retry_after: timedelta | None = None
    moved_to: str | None = None
    max_age: timedelta | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The feed is as it was."""

    retry_after: timedelta | None = None
    moved_to: str | None = None


Answer = Fetched | NotModified | FeedFault


class Fetching(Protocol):
    """What the polling needs of a fetcher."""

    async def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
        now: datetime,
    ) -> Answer: ...
