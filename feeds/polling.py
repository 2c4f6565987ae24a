"""Reads the sources that are due, and stores what they say exactly once.

Each source goes its own way: look (network), think (memory), write (one short
transaction that holds the items together with the ETag that stands for them). Whatever
goes wrong with one source is written in its row and stops no other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.records import Database
from feeds.answers import Answer, Fetched, Fetching, NotModified
from feeds.careful_parsing import CarefulParser
from feeds.channel import About
from feeds.event_rules import load_event_rules
from feeds.grouping import Doc, Group, Grouper, Member
from feeds.hubs import note_hub
from feeds.intake import Judged, as_doc, judge_entries
from feeds.kept_meanings import KeptMeanings
from feeds.lexicon import Lexicon, load_lexicon, stop_words
from feeds.meaning import meanings_for
from feeds.parsing import Entry, FeedFault, ParsedFeed
from feeds.recalling import recall
from feeds.regrouping import last_regrouping
from feeds.remembering import Memory
from feeds.rows import Source
from feeds.settings import FeedSettings
from feeds.sources import (
    due_sources,
    mark_told,
    sync_sources,
    untold_faults,
    write_fault,
    write_ok,
)
from feeds.storing import Round, read_known, recent_docs

__all__ = ["PollReport", "Watch", "mark_told", "sync_sources", "untold_faults"]

log = logging.getLogger(__name__)

AT_ONCE = 8
#: groups are built anew from the rows after this long, so that old days are forgotten
GROUPER_LIFE = timedelta(hours=24)

Clock = Callable[[], datetime]
#: (is_exercise, scene): what is in one world never meets what is in another
World = tuple[bool, int | None]


@dataclass(slots=True)
class PollReport:
    """What a round did. ``faults`` are (source key, fault key); ``events`` ids."""

    polled: int = 0
    not_modified: int = 0
    new_items: int = 0
    changed_items: int = 0
    events: set[int] = field(default_factory=set)
    faults: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Placed:
    """What one look at a source found, each in its group; nothing of it is stored yet."""

    items: list[tuple[Judged, tuple[Group, Member] | None]]
    grouper: Grouper
    memory: Memory
    polled_at: datetime
    now: datetime


class Watch:
    """The watch over all sources; keeps the groups of the window in memory."""

    def __init__(
        self,
        db: Database,
        fetcher: Fetching,
        settings: FeedSettings,
        *,
        clock: Clock,
        lexicon: Lexicon | None = None,
        parser: CarefulParser | None = None,
    ) -> None:
        self._parser = parser or CarefulParser()
        self._db, self._fetcher, self._settings, self._clock = db, fetcher, settings, clock
        self._lexicon = lexicon or load_lexicon()
        self._window = timedelta(hours=settings.window_h)
        self._meanings = meanings_for(settings)
        self._kept = KeptMeanings(self._meanings) if self._meanings is not None else None
        self._groupers: dict[World, Grouper] = {}
        self._memories: dict[World, Memory] = {}
        self._built_at: datetime | None = None
        self._regrouped = 0
        self._writing = asyncio.Lock()

    async def poll_due(self, on_event: Callable[[], Awaitable[object]] | None = None) -> PollReport:
        """Read every source that is due; never raises for what one of them does.

        :param on_event: awaited after each source that touched an event, so that an alert
            does not wait for the slowest source of the round.
        """
        async with self._db.read() as session:
            due = await due_sources(session, now=self._clock())
        report = PollReport()
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(source: Source) -> None:
            async with gate:
                touched = await self._poll(source, report)
            if touched and on_event is not None:
                await on_event()

        # Every source is waited for, so that no poll goes on behind the next round's back.
        ended = await asyncio.gather(*(one(source) for source in due), return_exceptions=True)
        faults = [fault for fault in ended if isinstance(fault, Exception)]
        if faults:
            raise ExceptionGroup("sources failed", faults)
        return report

    async def _poll(self, source: Source, report: PollReport) -> bool:
        report.polled += 1
        try:
            return await self._read(source, report)
        except Exception as error:  # one broken source may not stop the watch
            log.exception(
                "A source could not be read",
                extra={"action": "source_failed", "source": source.key},
            )
            self._groupers.clear()
            self._memories.clear()
            fault = FeedFault("unknown", type(error).__name__)
            await self._note_fault(source, fault, report)
            return False

    async def _read(self, source: Source, report: PollReport) -> bool:
        """Look at one source; whether an event was touched."""
        polled_at = self._clock()
        answer = await self._fetcher.fetch(
            source.url, etag=source.etag, last_modified=source.last_modified, now=polled_at
        )
        parsed = await _parsed(answer, self._parser, now=self._clock())
        if isinstance(parsed, ParsedFeed) and isinstance(answer, Fetched):
            async with self._writing:
                return await self._store(
                    source, parsed.entries, polled_at, report, answer, about=parsed.about
                )
        if isinstance(parsed, FeedFault):
            await self._note_fault(source, parsed, report)
        elif isinstance(answer, NotModified):
            report.not_modified += 1
            async with self._db.begin() as session:
                row = await session.get_one(Source, source.id)
                write_ok(row, answer, polled_at=polled_at, now=self._clock())
        return False

    async def take(self, source: Source, entries: Sequence[Entry]) -> bool:
        """Store what somebody hands over as if the source had been read just now.

        What was taken before, by its guid, is not taken twice. Returns whether an event was
        touched.
        """
        async with self._writing:
            return await self._store(source, entries, self._clock(), PollReport())

    async def take_feed(self, source: Source, body: bytes, *, content_type: str) -> bool:
        """Store a feed that somebody pushed; what cannot be read is left to the next poll.

        Returns whether an event was touched.
        """
        parsed = await self._parser.parse(body, content_type=content_type, now=self._clock())
        if not isinstance(parsed, ParsedFeed):
            return False
        return await self.take(source, parsed.entries)

    async def _store(
        self,
        source: Source,
        entries: Sequence[Entry],
        polled_at: datetime,
        report: PollReport,
        answer: Fetched | None = None,
        *,
        about: About | None = None,
    ) -> bool:
        assert source.id is not None
        world = (source.is_exercise, source.scene)
        async with self._db.read() as session:
            known = await read_known(session, source.id, [one.guid for one in entries])
            grouper = await self._still_good(session, world)
            missing = [] if grouper else await self._window_of(session, world)
            memory = await self._memory(session, world)
        if grouper is None:
            grouper = await self._built(world, missing)
        judged = await asyncio.to_thread(
            judge_entries, entries, known, trust=source.trust, lexicon=self._lexicon
        )
        now = self._clock()
        try:
            # Reading for meaning takes tens of milliseconds an item.
            placed = await asyncio.to_thread(
                lambda: [(one, self._place(grouper, one, now)) for one in judged]
            )
            events = await self._write(
                source.id, Placed(placed, grouper, memory, polled_at, now), answer, about
            )
        except BaseException:
            # Broken off, these groups hold what was never stored, or a thread still fills them.
            self._groupers.pop(world, None)
            raise
        report.new_items += sum(one.known is None for one in judged)
        report.changed_items += sum(one.known is not None for one in judged)
        report.events |= events
        return bool(events)

    async def _write(
        self, source_id: int, found: Placed, answer: Fetched | None, about: About | None
    ) -> set[int]:
        """One transaction: the items, their events, and how the source was read."""
        async with self._db.begin() as session:
            row = await session.get_one(Source, source_id)
            storing = Round(
                session, found.grouper, found.memory, row, found.polled_at, found.now, self._kept
            )
            events = await storing.store(found.items)
            if answer is not None:
                has_new = any(one.known is None for one, _ in found.items)
                every = about.every if about is not None else None
                write_ok(
                    row, answer, polled_at=found.polled_at, now=found.now, every=every,
                    has_new=has_new, is_quiet=about is not None and about.is_quiet(found.now),
                )  # fmt: skip
                if about is not None:
                    await note_hub(session, row, about, now=found.now)
                # Together with the items: one that was not stored would never come again.
                row.etag, row.last_modified = answer.etag, answer.last_modified
        if self._kept is not None:
            self._kept.committed()
        return events

    def _place(self, grouper: Grouper, one: Judged, now: datetime) -> tuple[Group, Member] | None:
        if not one.wants_group:
            return None
        doc = as_doc(one, now=now, window=self._window, lexicon=self._lexicon)
        return grouper.add(doc) if doc is not None else None

    async def _still_good(self, session: AsyncSession, world: World) -> Grouper | None:
        """The groups of a world, unless they must be built anew."""
        now = self._clock()
        if self._built_at is None or now - self._built_at > GROUPER_LIFE:
            self._groupers.clear()
            self._built_at = now
        regrouped = await last_regrouping(session, after=self._regrouped)
        if regrouped > self._regrouped:
            # A person moved items between events, perhaps from another process.
            self._groupers.clear()
            self._regrouped = regrouped
        return self._groupers.get(world)

    async def _window_of(self, session: AsyncSession, world: World) -> list[Doc]:
        """The items from which the groups of a world are built."""
        since = self._clock() - self._window
        docs = await recent_docs(session, since=since, is_exercise=world[0], scene=world[1])
        if self._kept is not None:
            await self._kept.load(session, docs)
        return docs

    async def _built(self, world: World, docs: Sequence[Doc]) -> Grouper:
        grouper = Grouper(self._window, stop_words(), self._meanings)
        await asyncio.to_thread(lambda: [grouper.add(doc) for doc in docs])
        self._groupers[world] = grouper
        return grouper

    async def _memory(self, session: AsyncSession, world: World) -> Memory:
        if world not in self._memories:
            self._memories[world] = await recall(
                session,
                load_event_rules(),
                now=self._clock(),
                is_exercise=world[0],
                scene=world[1],
            )
        return self._memories[world]

    async def _note_fault(self, source: Source, fault: FeedFault, report: PollReport) -> None:
        report.faults.append((source.key, fault.key))
        async with self._db.begin() as session:
            row = await session.get(Source, source.id)
            if row is not None:
                write_fault(row, fault, now=self._clock())


async def _parsed(
    answer: Answer, parser: CarefulParser, *, now: datetime
) -> ParsedFeed | FeedFault | None:
    """The entries of an answer, off the event loop; None for "not modified"."""
    if isinstance(answer, Fetched):
        return await parser.parse(answer.body, content_type=answer.content_type, now=now)
    return answer if isinstance(answer, FeedFault) else None
