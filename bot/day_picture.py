"""The dagbeeld: while a grave event runs, duiders and coordinators get its picture once a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import say_to
from bot.chat.picture_flow import picture_text
from bot.reminding import READERS, readers_of
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.local_time import AMSTERDAM
from feeds.rows import RUNNING, Event
from signals.promises import is_urgent
from signals.settings import SignalSettings

ACTION = "day_picture_told"


async def tell_day_pictures(
    session: AsyncSession, settings: SignalSettings, *, now: datetime
) -> int:
    """Send what is due in the caller's transaction; how many events were told about."""
    local = now.astimezone(AMSTERDAM)
    if local.time() < settings.day_picture_at:
        return 0
    midnight = datetime.combine(local.date(), time(0), AMSTERDAM)
    hour = datetime.combine(local.date(), settings.day_picture_at, AMSTERDAM)
    told = 0
    for event in await _due(session, midnight, hour):
        text = await picture_text(
            session, event, settings.phases, is_exercise=event.is_exercise, now=now
        )
        people = await readers_of(session, READERS, is_exercise=event.is_exercise)
        if await say_to(session, people, text, is_exercise=event.is_exercise, now=now):
            write_journal(session, who=SYSTEM, action=ACTION, subject=f"event:{event.id}", now=now)
            told += 1
    await session.flush()
    return told


async def _due(session: AsyncSession, midnight: datetime, hour: datetime) -> Sequence[Event]:
    """Grave events that ran at that hour, of which nobody had the picture today."""
    found = await session.exec(
        select(Event).where(col(Event.status).in_(RUNNING), col(Event.detected_at) < hour)
    )
    had = await session.exec(
        select(JournalEntry.subject).where(
            col(JournalEntry.action) == ACTION, col(JournalEntry.at) >= midnight
        )
    )
    known = set(had.all())
    return [e for e in found.all() if is_urgent(e) and f"event:{e.id}" not in known]
