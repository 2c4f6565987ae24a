"""Which events ring, and which only change the alert that already rang.

An event rings once, and again only when it gets heavier or when a person asked to be
reminded. It takes one fresh report of a trusted source; an old story that a new source
brings along stays silent.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import and_, col, exists, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, write_journal
from feeds.rows import Event, EventStatus, Item, Source, Trust
from feeds.settings import FeedSettings

FRESH = timedelta(hours=24)
#: what corroboration or growth can add to the heaviest report
ADDED = 1
TRUSTED = (Trust.OFFICIAL, Trust.REGIONAL, Trust.NATIONAL)


async def due_alerts(
    session: AsyncSession, settings: FeedSettings, *, now: datetime
) -> list[Event]:
    """Events that must ring now, the heaviest first."""
    rose = col(Event.suggested_severity) > col(Event.alerted_severity)
    fresh = or_(
        col(Item.published_at) >= now - FRESH,
        and_(
            col(Item.published_at).is_(None),
            col(Item.first_seen_at) >= now - FRESH,
            col(Item.is_backlog).is_(False),
        ),
    )
    trusted = exists().where(
        col(Item.event_id) == col(Event.id),
        col(Source.id) == col(Item.source_id),
        col(Source.trust).in_(TRUSTED),
        col(Item.is_roundup).is_(False),
        col(Item.severity) >= settings.alert_from - ADDED,
        fresh,
    )
    found = await session.exec(
        select(Event)
        .where(
            col(Event.status) == EventStatus.DETECTED,
            col(Event.suggested_severity) >= settings.alert_from,
            col(Event.merged_into_id).is_(None),
            # Somebody who follows an event hears of it at the hour asked for, however old its
            # reports are by then; or as soon as it rises.
            or_(and_(rose, trusted), col(Event.snoozed_until) <= now),
        )
        .order_by(col(Event.suggested_severity).desc(), col(Event.id))
    )
    return list(found.all())


async def mark_alerted(
    session: AsyncSession, event: Event, *, delivery_id: int | None, now: datetime
) -> None:
    """The alert is in the outbox, in the same transaction."""
    event.alerted_at, event.alerted_severity = now, event.suggested_severity
    event.alert_delivery_id, event.alert_items = delivery_id, event.item_count
    event.snoozed_until = event.escalated_at = None
    session.add(event)
    write_journal(
        session,
        who=SYSTEM,
        action="event_alerted",
        subject=f"event:{event.id}",
        detail={"severity": event.suggested_severity, "items": event.item_count},
        now=now,
    )
    await session.flush()


async def changed_alerts(session: AsyncSession, *, now: datetime) -> list[Event]:
    """Events whose alert shows fewer reports than there are by now, and nobody decided yet."""
    found = await session.exec(
        select(Event)
        .where(
            col(Event.status) == EventStatus.DETECTED,
            col(Event.alerted_at).is_not(None),
            col(Event.snoozed_until).is_(None),
            col(Event.item_count) > col(Event.alert_items),
        )
        .order_by(col(Event.id))
    )
    return list(found.all())


async def mark_shown(session: AsyncSession, event: Event, *, now: datetime) -> None:
    """The alert now shows every report; ``now`` is when it was changed."""
    event.alert_items = event.item_count
    session.add(event)
    await session.flush()
