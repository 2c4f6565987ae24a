"""Vraag en aanbod of somebody who was on the list twice goes along when the two become one."""

from __future__ import annotations

from sqlalchemy import delete, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Person
from signals.help_rows import HelpEntry, HelpMatch


async def move_help(session: AsyncSession, keep: Person, gone: Person) -> int:
    """What ``gone`` asked, offered and took up is of ``keep`` now; returns how many rows.

    Ended ones as well: both sides can find each other for a month. Whether others see the
    contact is decided by the consent of ``keep`` alone: a consent is never handed over.
    """
    taken = select(HelpMatch.entry_id).where(col(HelpMatch.person_id) == keep.id)
    await session.exec(
        delete(HelpMatch)
        .where(col(HelpMatch.person_id) == gone.id, col(HelpMatch.entry_id).in_(taken))
        .execution_options(synchronize_session="fetch")
    )
    moved = 0
    for table in (HelpEntry, HelpMatch):
        result = await session.exec(
            update(table)
            .where(col(table.person_id) == gone.id)
            .values(person_id=keep.id)
            .execution_options(synchronize_session="fetch")
        )
        moved += result.rowcount
    return moved
