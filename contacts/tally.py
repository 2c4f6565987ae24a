"""Bare counts per day: how often a referral was shown, how many strangers wrote."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Tally


async def count_up(session: AsyncSession, name: str, *, now: datetime) -> None:
    """One more of ``name`` today (UTC). Nothing about whom is kept."""
    day = now.date()
    # Counted in the statement, so that two at the same moment are two.
    counted = await session.exec(
        update(Tally)
        .where(col(Tally.day) == day, col(Tally.name) == name)
        .values(count=col(Tally.count) + 1)
        .execution_options(synchronize_session=False)
    )
    if counted.rowcount == 0:
        session.add(Tally(day=day, name=name, count=1))
        await session.flush()


async def total(session: AsyncSession, name: str) -> int:
    """The count of ``name`` over all days."""
    found = await session.exec(select(Tally.count).where(col(Tally.name) == name))
    return sum(found.all())
