"""Keeps events in step with their items, inside the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, write_journal
from contacts.records import move
from feeds.grouping import Group, Grouper
from feeds.lexicon import Lexicon, mask_names
from feeds.places import Proximity
from feeds.relevance import Reason
from feeds.rows import EVENT_MOVES, Event, EventStatus, Item, Origin, Source
from feeds.weighing import Report, Weight, weigh

TITLE_LIMIT = 300
FAR_TYPE = "E14"


async def track_group(
    session: AsyncSession,
    grouper: Grouper,
    group: Group,
    arrived: Sequence[int],
    *,
    lexicon: Lexicon,
    is_exercise: bool,
    now: datetime,
) -> Event | None:
    """Bring the event of a group up to date; make one when the group became heavy enough.

    :param arrived: ids of the items that this poll put in the group.
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
    await refresh_event(session, event, lexicon=lexicon, now=now)
    return event


async def refresh_event(
    session: AsyncSession, event: Event, *, lexicon: Lexicon, now: datetime
) -> None:
    """Weigh an event again by the items that it has now."""
    found = await session.exec(
        select(Item, Source)
        .join(Source, col(Source.id) == col(Item.source_id))
        .where(col(Item.event_id) == event.id)
        .order_by(col(Item.id))
    )
    rows = found.all()
    told = [(item, report_of(item, source)) for item, source in rows if not item.is_roundup]
    if not told:
        return
    reports = [report for _, report in told]
    cooled = await _is_cooled(session, event, reports, lexicon, now)
    weight = weigh(reports, cooled=cooled, ongoing=lexicon.rules.lopende_themas)
    event.item_count = len(rows)
    event.last_item_at = max(report.at for report in reports)
    if not event.title:
        event.title = _title(told)
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


def report_of(item: Item, source: Source) -> Report:
    """An item as weighing sees it."""
    return Report(
        severity=item.severity,
        types=tuple(item.types),
        place=item.place,
        proximity=Proximity(item.proximity),
        themes=tuple(item.themes),
        reasons=tuple(Reason(str(one["text"]), float(one["weight"])) for one in item.reasons),
        trust=source.trust,
        source_id=item.source_id,
        source_name=source.name,
        at=item.published_at or item.first_seen_at,
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


def _title(told: Sequence[tuple[Item, Report]]) -> str:
    """The first of the heaviest items, names masked."""
    first = min(told, key=lambda pair: (-pair[1].severity, pair[1].at))
    return mask_names(first[0].title)[:TITLE_LIMIT]


async def _is_cooled(
    session: AsyncSession, event: Event, reports: Sequence[Report], lexicon: Lexicon, now: datetime
) -> bool:
    """Whether another event on the same far-away theme rang within the cooling days."""
    themes = {theme for one in reports if FAR_TYPE in one.types for theme in one.themes}
    if not themes or event.alerted_at is not None:
        return False
    since = now - timedelta(days=lexicon.rules.afkoeling_dagen)
    found = await session.exec(
        select(Event).where(
            col(Event.alerted_at) >= since, col(Event.type) == FAR_TYPE, col(Event.id) != event.id
        )
    )
    return any(themes & set(other.themes) for other in found.all())


def _id(event: Event) -> int:
    assert event.id is not None
    return event.id
