"""Bare counts per day: how often a referral was shown, how many strangers wrote."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Tally


async def count_up(session: AsyncSession, name: str, *, now: datetime) -> None:
    """One more of ``name`` today (UTC). Nothing about whom is kept."""
    day = now.date()
    found = await session.exec(select(Tally).where(col(Tally.day) == day, col(Tally.name) == name))
    row = found.first()
    if row is None:
        row = Tally(day=day, name=name)
        session.add(row)
    row.count += 1
    await session.flush()


async def total(session: AsyncSession, name: str) -> int:
    """The count of ``name`` over all days."""
    found = await session.exec(select(Tally.count).where(col(Tally.name) == name))
    return sum(found.all())
