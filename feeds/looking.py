"""Looks at a feed once and stores nothing: for whoever wants to know whether it is any good."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from feeds.answers import Fetched
from feeds.careful_parsing import CarefulParser
from feeds.channel import NOTHING_SAID, About
from feeds.fetching import Fetcher
from feeds.parsing import Entry, FeedFault
from feeds.settings import FeedSettings

#: languages that are told apart, by the words that each of them knows
LANGUAGES = ("nl", "en", "de", "fr")
#: below this share of known words nothing is said about the language
KNOWN_WORDS = 0.4
READ_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True)
class Look:
    """What a feed gave. ``fault`` is a key of ``feeds.texts.FAULTS``, empty when it is fine.

    ``undated`` and ``unread_dates`` count items without a date, and with one that means
    nothing; ``language`` is one of :data:`LANGUAGES` or None.
    """

    fault: str = ""
    items: int = 0
    newest: datetime | None = None
    undated: int = 0
    unread_dates: int = 0
    language: str | None = None
    moved_to: str | None = None
    about: About = NOTHING_SAID

    @property
    def is_fine(self) -> bool:
        return not self.fault

    def age(self, now: datetime) -> timedelta | None:
        return None if self.newest is None else now - self.newest


async def look_at(url: str, settings: FeedSettings, *, now: datetime) -> Look:
    """Fetch and read a feed with the limits of the watch."""
    fetcher = Fetcher(settings)
    try:
        answer = await fetcher.fetch(url, now=now)
    finally:
        await fetcher.close()
    if not isinstance(answer, Fetched):
        return Look(fault=answer.key if isinstance(answer, FeedFault) else "unknown")
    parsed = await CarefulParser().parse(answer.body, content_type=answer.content_type, now=now)
    if isinstance(parsed, FeedFault):
        return Look(fault=parsed.key, moved_to=answer.moved_to)
    dates = [entry.published_at for entry in parsed.entries if entry.published_at is not None]
    return Look(
        items=len(parsed.entries),
        newest=max(dates, default=None),
        undated=len(parsed.entries) - len(dates) - parsed.unread_dates,
        unread_dates=parsed.unread_dates,
        language=await asyncio.to_thread(language_of, parsed.entries),
        moved_to=answer.moved_to,
        about=parsed.about,
    )


def language_of(entries: tuple[Entry, ...]) -> str | None:
    """The language of which the dictionary knows most words; None when none knows enough."""
    from simplemma import langdetect

    text = " ".join(f"{entry.title} {entry.lead}" for entry in entries)[:READ_CHARACTERS]
    if not text:
        return None
    language, share = langdetect(text, lang=LANGUAGES)[0]
    return language if language in LANGUAGES and share >= KNOWN_WORDS else None
