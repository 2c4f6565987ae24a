"""Whether an event was of an exercise that is over: then nothing of it goes on."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.rows import Exercise
from bot.exercise.seats import OPEN
from feeds.rows import Event


async def was_of_an_exercise(session: AsyncSession, event: Event) -> bool:
    """True once the exercise of this event has ended, or was broken off."""
    if not event.is_exercise:
        return False
    found = await session.exec(
        select(Exercise.id)
        .where(col(Exercise.event_id) == event.id, col(Exercise.status).not_in(OPEN))
        .limit(1)
    )
    return found.first() is not None
