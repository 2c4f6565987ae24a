"""Which exercise there is now."""

from __future__ import annotations

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.rows import Exercise, ExerciseStatus
from bot.exercise.seats import OPEN


async def open_exercise(session: AsyncSession) -> Exercise | None:
    """The one that gathers people or runs."""
    found = await session.exec(select(Exercise).where(col(Exercise.status).in_(OPEN)))
    return found.first()


async def running_exercise(session: AsyncSession) -> Exercise | None:
    found = await session.exec(
        select(Exercise).where(col(Exercise.status) == ExerciseStatus.RUNNING)
    )
    return found.first()
