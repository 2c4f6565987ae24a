"""Who sees to a lesson or an agreement keeps its name when an organisation gets another one."""

from __future__ import annotations

from sqlalchemy import func, update
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning.rows import Lesson
from briefings.overleg.rows import Agreement

LONGEST = 120


async def rename_owner(session: AsyncSession, old: str, new: str) -> int:
    """Lessons and agreements of ``old`` are of ``new`` from now on; returns how many."""
    renamed = 0
    for table in (Lesson, Agreement):
        result = await session.exec(
            update(table)
            .where(func.lower(col(table.owner)) == old.lower())
            .values(owner=new[:LONGEST])
            .execution_options(synchronize_session="fetch")
        )
        renamed += result.rowcount
    return renamed
