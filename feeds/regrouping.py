"""When people know better than the machine what belongs together: merge and split."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import JournalEntry, Who, write_journal
from feeds.by_hand import STARTED
from feeds.changing import CHANGED
from feeds.events import dismiss_event
from feeds.heard import MERGED, heard_of
from feeds.rows import DismissReason, Event, EventStatus, Item, Origin
from feeds.tracking import no_pace, refresh_event, sightings_of

SPLIT = "event_split"
REGROUPING = (MERGED, SPLIT, STARTED, CHANGED)


async def merge_events(
    session: AsyncSession, kept: Event, merged: Event, *, who: Who, now: datetime
) -> bool:
    """Two events turn out to be one: ``kept`` gets the items of ``merged``.

    False, and nothing changed, when ``merged`` was confirmed (people may have had its texts),
    was merged before, or belongs to the other world (exercise or real).
    """
    undecided = merged.status in {EventStatus.DETECTED, EventStatus.DISMISSED}
    fits = kept.id != merged.id and kept.is_exercise == merged.is_exercise
    if not undecided or not fits or merged.merged_into_id or kept.merged_into_id:
        return False
    items = (await session.exec(select(Item.id).where(col(Item.event_id) == merged.id))).all()
    await session.exec(
        update(Item)
        .where(col(Item.event_id) == merged.id)
        .values(event_id=kept.id)
        .execution_options(synchronize_session="fetch")
    )
    if merged.status is EventStatus.DETECTED:
        await dismiss_event(session, merged, DismissReason.ALREADY_KNOWN, who=who, now=now)
    merged.merged_into_id, merged.item_count = kept.id, 0
    session.add(merged)
    write_journal(
        session,
        who=who,
        action=MERGED,
        subject=f"event:{merged.id}",
        detail={"into": kept.id, "items": sorted(one for one in items if one is not None)},
        now=now,
    )
    await refresh_event(session, kept, pace=no_pace, now=now)
    return True


async def split_event(
    session: AsyncSession, event: Event, item_ids: Collection[int], *, who: Who, now: datetime
) -> Event | None:
    """Some reports are about something else: they become an event that nobody judged yet.

    None, and nothing changed, when none of them belongs to ``event``, when nothing would be
    left of it, or when it is over. It waits for a decision from now on. When its heaviest report
    stood in an alert, of the whole or of an event that was merged into it, it rings only when it is
    heavier than what rang. What was told to nobody rings as anything does.
    """
    if event.merged_into_id or event.status in {EventStatus.CLOSED, EventStatus.DISMISSED}:
        return None
    found = await session.exec(
        select(Item.id, Item.is_roundup).where(col(Item.event_id) == event.id)
    )
    all_of_it: dict[int | None, bool] = dict(found.all())
    going = [ident for ident in all_of_it if ident in set(item_ids)]
    left = [ident for ident in all_of_it if ident not in set(item_ids)]
    if not going or all(all_of_it[ident] for ident in left):
        return None
    part = Event(
        title="",
        type=event.type,
        origin=Origin.FEED,
        detected_at=now,
        # Whoever sets it apart is at it: the back-up is not called yet.
        tapped_at=now,
        is_exercise=event.is_exercise,
    )
    session.add(part)
    await session.flush()
    await session.exec(
        update(Item)
        .where(col(Item.id).in_(going))
        .values(event_id=part.id)
        .execution_options(synchronize_session="fetch")
    )
    for one in (part, event):
        await refresh_event(session, one, pace=no_pace, now=now)
    part.alert_items = part.item_count
    seen = await sightings_of(session, part)
    top = max(seen, key=lambda one: one.value, default=None)
    heard = await heard_of(session, event, top) if top is not None else None
    if heard is not None:
        part.alerted_at = heard.at
        part.alerted_severity = min(part.suggested_severity, heard.severity)
    event.alert_items = min(event.alert_items, event.item_count)
    session.add_all([part, event])
    write_journal(
        session,
        who=who,
        action=SPLIT,
        subject=f"event:{part.id}",
        detail={"of": event.id, "items": len(going)},
        now=now,
    )
    await session.flush()
    return part


async def last_regrouping(session: AsyncSession, *, after: int) -> int:
    """The number of the newest merge, split, start by hand or change in the journal, or
    ``after``."""
    found = await session.exec(
        select(func.max(JournalEntry.id)).where(
            col(JournalEntry.id) > after, col(JournalEntry.action).in_(REGROUPING)
        )
    )
    return found.one() or after
