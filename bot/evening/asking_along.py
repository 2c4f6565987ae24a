"""The municipalities next door, asked along by a person or not any more: at the desk, by chat."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.journal import Who, write_journal
from feeds.rows import RUNNING, Event


async def set_along(
    session: AsyncSession, event: Event, wanted: bool, *, who: Who, now: datetime
) -> bool:
    """What was handed in for others waits for approval anew. False when nothing changed."""
    if event.status not in RUNNING or event.with_neighbours == wanted:
        return False
    event.with_neighbours = wanted
    session.add(event)
    write_journal(
        session, who=who, action="neighbours_on" if wanted else "neighbours_off",
        subject=f"event:{event.id}", now=now,
    )  # fmt: skip
    await session.flush()
    return True
