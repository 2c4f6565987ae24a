"""Bare counts per day: how often a referral was shown, how many strangers wrote.

What happens in an exercise is counted under a name of its own.
"""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.counting import count_one
from contacts.directory import Tally

#: in front of the name of what was counted in an exercise
EXERCISE = "exercise:"


def counted_as(name: str, *, is_exercise: bool) -> str:
    """Under which name this is counted in one of the two worlds. Pure."""
    return f"{EXERCISE}{name}" if is_exercise else name


async def count_up(
    session: AsyncSession, name: str, *, now: datetime, is_exercise: bool = False
) -> None:
    """One more of ``name`` today (UTC). Nothing about whom is kept."""
    name = counted_as(name, is_exercise=is_exercise)
    await count_one(session, Tally, day=now.date(), name=name)


async def total(session: AsyncSession, *names: str, is_exercise: bool) -> int:
    """The count of these names together over all days, in one world."""
    named = [counted_as(name, is_exercise=is_exercise) for name in names]
    found = await session.exec(select(Tally.count).where(col(Tally.name).in_(named)))
    return sum(found.all())
