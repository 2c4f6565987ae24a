"""*Welke spanning verwacht u?* and *Wat kunt u bieden?*: asked once, for an extra overleg."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning.rows import QuickPoll
from briefings.overleg.rows import Overleg, OverlegStatus
from contacts.journal import Who, write_journal

#: an answer after the meeting is still of use, for a while
STAYS_OPEN = timedelta(days=7)


async def quick_poll_of(session: AsyncSession, event_id: int) -> QuickPoll | None:
    found = await session.exec(select(QuickPoll).where(col(QuickPoll.event_id) == event_id))
    return found.first()


def can_ask_members(overleg: Overleg, poll: QuickPoll | None) -> bool:
    """Whether the questions may be sent: once per event, for a meeting that is planned. Pure."""
    is_planned = overleg.status is OverlegStatus.PLANNED
    return overleg.event_id is not None and is_planned and poll is None


async def begin_quick_poll(
    session: AsyncSession, overleg: Overleg, *, who: Who, asked: int, now: datetime
) -> QuickPoll:
    """Keep that the questions were sent; the messages are planned in the same transaction."""
    assert overleg.event_id is not None
    poll = QuickPoll(
        event_id=overleg.event_id, asked_by=who.person_id, asked_at=now,
        closes_at=max(now, overleg.starts_at) + STAYS_OPEN, asked=asked,
        is_exercise=overleg.is_exercise,
    )  # fmt: skip
    session.add(poll)
    await session.flush()
    write_journal(
        session, who=who, action="quick_poll_asked", subject=f"overleg:{overleg.id}",
        detail={"messages": asked}, now=now,
    )  # fmt: skip
    return poll
