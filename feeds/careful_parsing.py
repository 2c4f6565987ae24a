"""Reads a feed so that no feed can keep us busy: what is big goes to a process that ends in time.

The parser's time grows with the square of what a hostile feed puts in one tag, and a thread
cannot be stopped. A process can. Small feeds cannot cost much, so they stay here.
"""

from __future__ import annotations

import asyncio
import json
import math
import resource
import signal
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from feeds.cap import is_cap, read_cap
from feeds.channel import About
from feeds.parsing import Entry, FeedFault, ParsedFeed, parse_feed

#: feeds up to this size take half a second at the very worst (measured on hostile ones)
SMALL = 64 * 1024
#: the processor time that one big feed may take; an ordinary one of 5 MB takes two seconds
LONGEST_S = 10.0
#: a process on a busy machine waits more than it works: the clock may run so much longer
PATIENCE = 4
#: processes at once: two leave the machine air
AT_ONCE = 2


class CarefulParser:
    """Parses off the event loop, and gives up on what takes too long.

    :param longest_s: seconds of processor for one big feed; by the clock :data:`PATIENCE` times it.
    """

    def __init__(self, longest_s: float = LONGEST_S) -> None:
        self._longest_s = longest_s
        self._gate = asyncio.Semaphore(AT_ONCE)

    async def parse(
        self, raw: bytes, *, content_type: str, now: datetime
    ) -> ParsedFeed | FeedFault:
        """Read a feed of any size. Never raises for what is in it."""
        if len(raw) <= SMALL:
            return await asyncio.to_thread(read_any, raw, content_type=content_type, now=now)
        async with self._gate:
            return await _apart(raw, content_type, now, self._longest_s)


def read_any(raw: bytes, *, content_type: str, now: datetime) -> ParsedFeed | FeedFault:
    """A feed, or warnings in CAP: the document says which."""
    if is_cap(raw):
        return read_cap(raw, now=now)
    return parse_feed(raw, content_type=content_type, now=now)


async def _apart(
    raw: bytes, content_type: str, now: datetime, longest_s: float
) -> ParsedFeed | FeedFault:
    """The same in a process of its own, which is gone when this returns, whatever happens."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-P", "-m", "feeds.careful_parsing",
        content_type[:200], now.isoformat(), str(math.ceil(longest_s)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with asyncio.timeout(longest_s * PATIENCE):
            answer, _ = await child.communicate(raw)
    except TimeoutError:
        return FeedFault("too_hard", f"{longest_s:g} s")
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode != 0:
        spent = child.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
        return FeedFault("too_hard", f"{longest_s:g} s" if spent else f"exit {child.returncode}")
    return _read_answer(json.loads(answer))


def _read_answer(answer: dict[str, Any]) -> ParsedFeed | FeedFault:
    if "fault" in answer:
        return FeedFault(answer["fault"], answer["detail"])
    hub, topic, every = answer["about"]
    about = About(hub, topic, None if every is None else timedelta(seconds=every))
    entries = tuple(_entry_of(*row) for row in answer["entries"])
    return ParsedFeed(entries, answer["unread_dates"], about)


def _entry_of(guid: str, title: str, link: str, lead: str, published: str | None) -> Entry:
    return Entry(guid, title, link, lead, datetime.fromisoformat(published) if published else None)


def _as_row(entry: Entry) -> list[str | None]:
    published = entry.published_at.isoformat() if entry.published_at else None
    return [entry.guid, entry.title, entry.link, entry.lead, published]


def _about_row(about: About) -> list[object]:
    every = about.every.total_seconds() if about.every is not None else None
    return [about.hub, about.topic, every]


def main(arguments: Sequence[str]) -> None:
    """The process: bytes on standard input, one line of JSON on standard output."""
    content_type, now, longest_s = arguments
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    if most == resource.RLIM_INFINITY or most > int(longest_s):
        resource.setrlimit(resource.RLIMIT_CPU, (int(longest_s), int(longest_s) + 1))
    found = read_any(
        sys.stdin.buffer.read(), content_type=content_type, now=datetime.fromisoformat(now)
    )
    answer: dict[str, object] = (
        {"fault": found.key, "detail": found.detail}
        if isinstance(found, FeedFault)
        else {
            "entries": [_as_row(entry) for entry in found.entries],
            "unread_dates": found.unread_dates,
            "about": _about_row(found.about),
        }
    )
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1:])
