"""*Welke spanning verwacht u?* and *Wat kunt u bieden?*: asked once, for an extra overleg."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.learning.rows import QuickPoll
from briefings.overleg.rows import Overleg, OverlegStatus
from contacts.journal import JournalEntry, Who, write_journal

#: an answer after the meeting is still of use, for a while
STAYS_OPEN = timedelta(days=7)
ASKED = "quick_poll_asked"


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
    note_quick_poll(session, overleg, who=who, messages=asked, now=now)
    return poll


def note_quick_poll(
    session: AsyncSession, overleg: Overleg, *, who: Who, messages: int, now: datetime
) -> None:
    """That the questions for this meeting were planned, each time; it says when."""
    write_journal(
        session, who=who, action=ASKED, subject=f"overleg:{overleg.id}",
        detail={"messages": messages}, now=now,
    )  # fmt: skip


async def times_asked(session: AsyncSession, overleg: Overleg) -> list[datetime]:
    """The moments at which the questions for this meeting were planned."""
    found = await session.exec(
        select(JournalEntry.at).where(
            col(JournalEntry.action) == ASKED,
            col(JournalEntry.subject) == f"overleg:{overleg.id}",
        )
    )
    return list(found.all())
