"""Keeps events in step with their items, inside the caller's transaction."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, write_journal
from contacts.records import move
from feeds.event_rules import load_event_rules
from feeds.grouping import Group, Grouper
from feeds.judging import Pace, Sighting, judge, telling
from feeds.lexicon import mask_names
from feeds.places import Proximity
from feeds.relevance import Reason
from feeds.rows import EVENT_MOVES, Event, EventStatus, Item, Origin, Source
from feeds.weighing import Report, Weight

TITLE_LIMIT = 300


def no_pace(_source_id: int) -> float:
    """For who does not know what outlets usually bring: nothing is much, so nothing grows."""
    return math.inf


async def track_group(
    session: AsyncSession,
    grouper: Grouper,
    group: Group,
    arrived: Sequence[int],
    *,
    pace: Pace,
    is_exercise: bool,
    now: datetime,
) -> Event | None:
    """Bring the event of a group up to date; make one when the group became heavy enough.

    :param arrived: ids of the items that this poll put in the group.
    :param pace: items per hour that a source usually brings.
    """
    event = await _event_of(session, group, arrived)
    if event is None:
        if not group.is_event:
            return None
        event = await _new_event(session, is_exercise=is_exercise, now=now)
        grouper.link(group, _id(event))
    ids = [member.item_id for member in group.members if member.item_id is not None]
    await session.exec(
        update(Item)
        .where(col(Item.id).in_(ids), col(Item.event_id).is_(None))
        .values(event_id=event.id)
        .execution_options(synchronize_session=False)
    )
    await refresh_event(session, event, pace=pace, now=now)
    return event


async def refresh_event(session: AsyncSession, event: Event, *, pace: Pace, now: datetime) -> None:
    """Weigh an event again by the items that it has now."""
    rows = await _rows_of(session, event)
    seen = [sighting_of(item, source) for item, source in rows if not item.is_roundup]
    if not seen:
        return
    weight = judge(telling(seen), pace, load_event_rules())
    event.item_count = len(rows)
    event.last_item_at = max(one.report.at for one in seen)
    if not event.title:
        event.title = _title(seen)
    _write(event, weight)
    session.add(event)
    await session.flush()
    if event.status is EventStatus.DISMISSED and event.suggested_severity > event.alerted_severity:
        await move(
            session,
            EVENT_MOVES,
            event,
            EventStatus.DETECTED,
            who=SYSTEM,
            action="event_rose",
            now=now,
            detail={"severity": event.suggested_severity},
            dismissed_reason=None,
        )


async def sightings_of(session: AsyncSession, event: Event) -> list[Sighting]:
    """The reports of an event in the order in which they came in, round-ups left out."""
    rows = await _rows_of(session, event)
    return [sighting_of(item, source) for item, source in rows if not item.is_roundup]


async def _rows_of(session: AsyncSession, event: Event) -> Sequence[tuple[Item, Source]]:
    found = await session.exec(
        select(Item, Source)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(col(Item.event_id) == event.id)
        .order_by(col(Item.id))
    )
    return found.all()


def sighting_of(item: Item, source: Source) -> Sighting:
    """An item as judging sees it."""
    return Sighting(
        title=item.title,
        report=report_of(item, source),
        context=_reasons(item.context),
        came_at=item.first_seen_at,
        is_backlog=item.is_backlog,
    )


def _reasons(rows: Sequence[dict[str, Any]]) -> tuple[Reason, ...]:
    return tuple(Reason.of_row(one) for one in rows)


def report_of(item: Item, source: Source) -> Report:
    """An item as weighing sees it."""
    return Report(
        severity=item.severity,
        types=tuple(item.types),
        place=item.place,
        proximity=Proximity(item.proximity),
        themes=tuple(item.themes),
        reasons=_reasons(item.reasons),
        trust=source.trust,
        source_id=item.source_id,
        source_name=source.name,
        at=item.published_at or item.first_seen_at,
        reach=load_event_rules().reach_of(source.trust, source.reach),
        item_id=item.id,
    )


async def _event_of(session: AsyncSession, group: Group, arrived: Sequence[int]) -> Event | None:
    """The event of a group, along mergers; None when it has none or that one is over.

    A closed event takes quiet follow-ups, but something heavier after it is a new event.
    """
    event = await session.get(Event, group.event_id) if group.event_id is not None else None
    while event is not None and event.merged_into_id is not None:
        event = await session.get(Event, event.merged_into_id)
    if event is None or event.status is not EventStatus.CLOSED:
        return event
    recent = [member for member in group.members if member.item_id in set(arrived)]
    if max((one.severity for one in recent), default=0) <= event.suggested_severity:
        return event
    group.members, group.event_id = recent, None
    return None


async def _new_event(session: AsyncSession, *, is_exercise: bool, now: datetime) -> Event:
    event = Event(
        title="", type="algemeen", origin=Origin.FEED, detected_at=now, is_exercise=is_exercise
    )
    session.add(event)
    await session.flush()
    write_journal(
        session, who=SYSTEM, action="event_detected", subject=f"event:{event.id}", now=now
    )
    return event


def _write(event: Event, weight: Weight) -> None:
    event.suggested_severity = weight.severity
    event.reasons = [reason.as_row() for reason in weight.reasons]
    if event.status in {EventStatus.DETECTED, EventStatus.DISMISSED}:
        # What a person confirmed keeps the type and place that it was confirmed with.
        event.type = weight.type
        event.place = weight.place
        event.proximity = weight.proximity.value
        event.themes = list(weight.themes)


def _title(seen: Sequence[Sighting]) -> str:
    """The first of the heaviest items, names masked."""
    first = min(seen, key=lambda one: (-one.severity, one.report.at))
    return mask_names(first.title)[:TITLE_LIMIT]


def _id(event: Event) -> int:
    assert event.id is not None
    return event.id
