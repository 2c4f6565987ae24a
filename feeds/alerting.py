"""Which events ring, and which only change the alert that already rang.

An event rings once, and again only when it gets heavier or when a person asked to be
reminded. It takes one fresh report of a trusted source; an old story that a new source
brings along stays silent (``ringing.py`` decides).
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, write_journal
from feeds.muting import is_silent, silences, was_muted
from feeds.ringing import rings
from feeds.rows import Event, EventStatus
from feeds.settings import FeedSettings
from feeds.tracking import sightings_of


async def due_alerts(
    session: AsyncSession, settings: FeedSettings, *, now: datetime
) -> list[Event]:
    """Events that must ring now, the heaviest first."""
    rose = col(Event.suggested_severity) > col(Event.alerted_severity)
    found = await session.exec(
        select(Event)
        .where(
            col(Event.status) == EventStatus.DETECTED,
            col(Event.suggested_severity) >= settings.alert_from,
            col(Event.merged_into_id).is_(None),
            or_(rose, col(Event.snoozed_until) <= now),
        )
        .order_by(col(Event.suggested_severity).desc(), col(Event.id))
        # Two sources that bring it at the same moment both look here: one of them waits, and
        # then finds that it rang.
        .with_for_update()
    )
    due = [event for event in found.all() if await _is_due(session, event, settings, now)]
    muted = {
        world: await silences(session, is_exercise=world, now=now)
        for world in {event.is_exercise for event in due}
    }
    return [event for event in due if not await is_silent(session, event, muted[event.is_exercise])]


async def will_ring(
    session: AsyncSession, event: Event, settings: FeedSettings, *, now: datetime
) -> bool:
    """Whether :func:`due_alerts` would have this event now.

    It locks no row and looks at no other event: who asks may have written some already, and would
    wait for who rings while that one waits for them.
    """
    rose = event.suggested_severity > event.alerted_severity
    is_over = event.snoozed_until is not None and event.snoozed_until <= now
    may_ring = (
        event.status is EventStatus.DETECTED
        and event.merged_into_id is None
        and event.suggested_severity >= settings.alert_from
    )
    if not may_ring or not (rose or is_over) or not await _is_due(session, event, settings, now):
        return False
    muted = await silences(session, is_exercise=event.is_exercise, now=now)
    return not await is_silent(session, event, muted)


async def _is_due(
    session: AsyncSession, event: Event, settings: FeedSettings, now: datetime
) -> bool:
    is_over = event.snoozed_until is not None and event.snoozed_until <= now
    if is_over and not await was_muted(session, event):
        # Somebody who follows an event hears of it at the hour asked for, however old its
        # reports are by then; or as soon as it rises. The end of a mute is no such hour.
        return True
    return rings(
        event.suggested_severity,
        event.alerted_severity,
        await sightings_of(session, event),
        alert_from=settings.alert_from,
        now=now,
    )


async def mark_alerted(
    session: AsyncSession, event: Event, *, delivery_id: int | None, now: datetime
) -> None:
    """The alert is in the outbox, in the same transaction."""
    event.alerted_at, event.alerted_severity = now, event.suggested_severity
    event.alert_delivery_id, event.alert_items = delivery_id, event.item_count
    event.snoozed_until = event.escalated_at = event.tapped_at = None
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


async def mark_tapped(session: AsyncSession, event: Event, *, now: datetime) -> None:
    """Somebody took up the alert: the back-up need not be called yet."""
    if event.status is EventStatus.DETECTED and event.alerted_at is not None:
        event.tapped_at = now
        session.add(event)
        await session.flush()


async def changed_alerts(session: AsyncSession) -> list[Event]:
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
        .with_for_update()
    )
    return list(found.all())


async def mark_shown(session: AsyncSession, event: Event) -> None:
    """The alert now shows every report."""
    event.alert_items = event.item_count
    session.add(event)
    await session.flush()
