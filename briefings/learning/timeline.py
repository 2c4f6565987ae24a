"""The evening line by line, from the journal: what was done, never by whom.

Signals are left out: the moment of one would point at who told it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import Briefing
from contacts.journal import JournalEntry
from contacts.outbox import Message

#: the same act on several texts within this time is one line
TOGETHER = timedelta(minutes=1)
#: longer timelines are read in the journal itself
MOST_LINES = 80


@dataclass(frozen=True, slots=True)
class Line:
    """What was done, from when on, how often in a row. ``action`` is a code of the journal."""

    at: datetime
    action: str
    times: int = 1


async def read_timeline(
    session: AsyncSession,
    event_id: int,
    versions: Sequence[Briefing],
    *,
    leaving_out: Collection[str],
) -> list[Line]:
    """The first lines about this event, its versions and their messages, oldest first.

    :param leaving_out: actions that say nothing to a reader.
    """
    ids = [version.id for version in versions]
    messages = await session.exec(select(Message.id).where(col(Message.briefing_id).in_(ids)))
    subjects = [f"event:{event_id}", *(f"briefing:{ident}" for ident in ids)]
    subjects += [f"message:{ident}" for ident in messages.all()]
    found = await session.exec(
        select(JournalEntry)
        .where(
            col(JournalEntry.subject).in_(subjects),
            col(JournalEntry.action).not_in(leaving_out),
        )
        .order_by(col(JournalEntry.at), col(JournalEntry.id))
        .limit(MOST_LINES * 4)
    )
    return lines_of(found.all())[:MOST_LINES]


def lines_of(entries: Iterable[JournalEntry]) -> list[Line]:
    """One line for the same act within a minute. Pure; oldest first."""
    lines: list[Line] = []
    for entry in entries:
        last = lines[-1] if lines else None
        if last and last.action == entry.action and entry.at - last.at < TOGETHER:
            lines[-1] = Line(last.at, last.action, last.times + 1)
        else:
            lines.append(Line(entry.at, entry.action))
    return lines
