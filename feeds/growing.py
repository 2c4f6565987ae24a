"""An event that runs, and of which the reports say by now that it is heavier than a person chose.

It does not ring: it was decided about. But the texts go to others, and by other rules, when it is
heavier, and who leads it may be busy writing.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import SYSTEM, JournalEntry, write_journal
from feeds.ringing import rings
from feeds.rows import RUNNING, Event
from feeds.settings import FeedSettings
from feeds.tracking import sightings_of

#: in the journal, with the severity that was told
GREW = "event_rose"


async def grown_events(
    session: AsyncSession, settings: FeedSettings, *, now: datetime
) -> list[Event]:
    """Running events that got heavier than anybody chose or was told, the heaviest first."""
    found = await session.exec(
        select(Event)
        .where(
            col(Event.status).in_(RUNNING),
            col(Event.merged_into_id).is_(None),
            col(Event.suggested_severity) >= settings.alert_from,
            col(Event.suggested_severity) > col(Event.alerted_severity),
            col(Event.suggested_severity) > col(Event.severity),
        )
        .order_by(col(Event.suggested_severity).desc(), col(Event.id))
        # What somebody else writes now is theirs to finish; the next round, soon, has it. Waiting
        # for it with others locked is how two of them wait for each other.
        .with_for_update(skip_locked=True)
    )
    return [
        event
        for event in found.all()
        if rings(
            event.suggested_severity,
            max(event.severity or 0, event.alerted_severity, await _told(session, event)),
            await sightings_of(session, event),
            alert_from=settings.alert_from,
            now=now,
        )
    ]


async def mark_grown(session: AsyncSession, event: Event, *, now: datetime) -> None:
    """People were told, in the same transaction; not again unless it gets heavier still."""
    write_journal(
        session, who=SYSTEM, action=GREW, subject=f"event:{event.id}",
        detail={"severity": event.suggested_severity}, now=now,
    )  # fmt: skip
    await session.flush()


async def _told(session: AsyncSession, event: Event) -> int:
    found = await session.exec(
        select(JournalEntry.detail)
        .where(
            col(JournalEntry.subject) == f"event:{event.id}",
            col(JournalEntry.action) == GREW,
            col(JournalEntry.at) >= (event.confirmed_at or event.detected_at),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(1)
    )
    return int((found.first() or {}).get("severity", 0))
