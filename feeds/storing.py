"""The writing half of a poll, in the caller's transaction: items, titles, events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from feeds.apart import claim_of
from feeds.by_hand import called
from feeds.event_rules import EventRules, load_event_rules
from feeds.grouping import Doc, Group, Grouper, Member
from feeds.intake import Judged, Known, hint_of, subject_of_judged, write_judgement
from feeds.kept_meanings import KeptMeanings
from feeds.lexicon import GENERAL, load_lexicon
from feeds.places import Proximity
from feeds.recalling import recent_rang
from feeds.relevance import Reason
from feeds.remembering import Came, Memory, Rang
from feeds.rows import Event, Item, ItemTitle, Source
from feeds.tracking import refresh_event, track_group

Placed = tuple[Judged, tuple[Group, Member] | None]


@dataclass(frozen=True, slots=True)
class Round:
    """One source's poll. ``polled_at`` is when it began, ``now`` when it is written."""

    session: AsyncSession
    grouper: Grouper
    memory: Memory
    source: Source
    polled_at: datetime
    now: datetime
    kept: KeptMeanings | None = None

    async def store(self, placed: Sequence[Placed]) -> set[int]:
        """Write the items and bring their events up to date; the ids of those events."""
        rules = load_event_rules()
        rang = (
            await recent_rang(
                self.session,
                rules,
                is_exercise=self.source.is_exercise,
                scene=self.source.scene,
                now=self.now,
            )
            if placed
            else []
        )
        items = [
            await self._item(one, self._context(one, place, rang, rules)) for one, place in placed
        ]
        await self.session.flush()
        if self.kept is not None:
            self.kept.note(_doc(item) for item in items)
            await self.kept.write(self.session)
        events = set()
        for group, arrived in _groups(items, placed):
            event = await track_group(
                self.session,
                self.grouper,
                group,
                arrived,
                pace=self._pace,
                is_exercise=self.source.is_exercise,
                now=self.now,
            )
            if event is not None and event.id is not None:
                events.add(event.id)
        changed = {one.known.event_id for one, place in placed if one.known and place is None}
        return events | await self._refresh(event_id for event_id in changed if event_id)

    async def _refresh(self, event_ids: Iterable[int]) -> set[int]:
        """A new title may make an event heavier, or lighter."""
        refreshed = set()
        for event_id in event_ids:
            event = await self.session.get_one(Event, event_id)
            await refresh_event(self.session, event, pace=self._pace, now=self.now)
            refreshed.add(event_id)
        return refreshed

    def _pace(self, source_id: int) -> float:
        return self.memory.pace(str(source_id), self.now)

    def _context(
        self,
        one: Judged,
        place: tuple[Group, Member] | None,
        rang: Sequence[Rang],
        rules: EventRules,
    ) -> list[Reason]:
        """What the past says of a new item; from then on it is past itself."""
        if one.known is not None:
            return []
        subject, severity = subject_of_judged(one, rules), one.judgement.severity
        came = Came(str(self.source.id), one.entry.link, subject, severity, self.now)
        reasons = []
        if place is not None:
            reasons = self.memory.context(came, rang, event=place[0].event_id)
        self.memory.note(came)
        return reasons

    async def _item(self, one: Judged, context: Sequence[Reason]) -> Item:
        if one.known is None:
            return self._new_item(one, context)
        item = await self.session.get_one(Item, one.known.item_id)
        if item.title != one.entry.title:
            earlier = ItemTitle(item_id=one.known.item_id, title=item.title, seen_at=self.now)
            self.session.add(earlier)
        item.title = one.entry.title
        item.lead = one.entry.lead or None
        item.content_hash = one.entry.content_hash
        write_judgement(item, one.judgement)
        self.session.add(item)
        return item

    def _new_item(self, one: Judged, context: Sequence[Reason]) -> Item:
        entry = one.entry
        assert self.source.id is not None
        item = Item(
            source_id=self.source.id,
            guid=entry.guid,
            title=entry.title,
            link=entry.link,
            lead=entry.lead or None,
            published_at=entry.published_at,
            first_seen_at=self.now,
            polled_at=self.polled_at,
            content_hash=entry.content_hash,
            context=[reason.as_row() for reason in context],
            is_backlog=entry.published_at is None and self.source.ok_at is None,
        )
        write_judgement(item, one.judgement)
        self.session.add(item)
        self.source.new_item_at, self.source.silent_told_at = self.now, None
        return item


def _groups(items: Sequence[Item], placed: Sequence[Placed]) -> list[tuple[Group, list[int]]]:
    """Each touched group with the items that came in, now that these have ids."""
    groups: dict[int, tuple[Group, list[int]]] = {}
    for item, (_, place) in zip(items, placed, strict=True):
        if place is None or item.id is None:
            continue
        group, member = place
        member.item_id = item.id
        groups.setdefault(id(group), (group, []))[1].append(item.id)
    return list(groups.values())


async def read_known(
    session: AsyncSession, source_id: int, guids: Sequence[str]
) -> dict[str, Known]:
    """What is stored of these guids of a source."""
    found = await session.exec(
        select(Item).where(col(Item.source_id) == source_id, col(Item.guid).in_(guids))
    )
    return {
        item.guid: Known(item.id, item.content_hash, item.severity, item.event_id)
        for item in found.all()
        if item.id is not None
    }


async def recent_docs(
    session: AsyncSession, *, since: datetime, is_exercise: bool, scene: int | None = None
) -> list[Doc]:
    """The items of the window as grouping sees them, in the order in which they came."""
    found = await session.exec(
        select(Item)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(
            col(Item.first_seen_at) >= since,
            col(Item.is_roundup).is_(False),
            col(Source.is_exercise).is_(is_exercise),
            col(Source.scene).is_(None) if scene is None else col(Source.scene) == scene,
        )
        .order_by(col(Item.id))
    )
    items = found.all()
    # Reading where it was takes about a millisecond an item.
    docs = await asyncio.to_thread(lambda: [_doc(item) for item in items])
    return [doc for doc in docs if doc.at >= since or doc.event_id is not None]


def _doc(item: Item) -> Doc:
    kind = item.types[0] if item.types else GENERAL
    proximity = Proximity(item.proximity)
    return Doc(
        title=item.title,
        lead=item.lead or "",
        at=item.published_at or item.first_seen_at,
        severity=item.severity,
        hint=hint_of(item.severity, kind, item.place, local=proximity.is_local),
        claim=claim_of(
            item.title,
            item.lead or "",
            item.types,
            item.place,
            proximity,
            item.severity,
            load_lexicon(),
            called=called(item.guid, item.types),
        ),
        item_id=item.id,
        event_id=item.event_id,
    )
