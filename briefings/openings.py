"""Which of the texts an approver opened: approval is somebody who reads what goes out.

Nobody is held up by it: who opened too little is asked once, and told what was not opened.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.rows import Briefing, BriefingText, TextOpening
from briefings.versions import OPEN
from contacts.directory import Audience
from contacts.journal import note_dropped

#: what was opened and never approved is forgotten after this
KEEP_OPENINGS = timedelta(days=30)


def mark_of(text: BriefingText) -> str:
    """The same for the same words, another for any other. Pure."""
    words = "\x00".join((text.subject, text.telegram, text.html, text.plain))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


async def note_opened(
    session: AsyncSession, briefing: Briefing, text: BriefingText, person_id: int, *, now: datetime
) -> None:
    """This person has these words on a screen; only while they are still to be approved."""
    if briefing.status not in OPEN:
        return
    row = await _row(session, briefing.event_id, person_id, text.audience)
    if row is None:
        row = TextOpening(
            event_id=briefing.event_id, person_id=person_id, audience=text.audience,
            mark=mark_of(text), opened_at=now,
        )  # fmt: skip
        try:
            async with session.begin_nested():
                session.add(row)
        except IntegrityError:
            return  # opened twice at the same moment
        return
    row.mark, row.opened_at = mark_of(text), now
    session.add(row)
    await session.flush()


async def _row(
    session: AsyncSession, event_id: int, person_id: int, audience: Audience
) -> TextOpening | None:
    found = await session.exec(
        select(TextOpening).where(
            col(TextOpening.event_id) == event_id,
            col(TextOpening.person_id) == person_id,
            col(TextOpening.audience) == audience,
        )
    )
    return found.first()


async def not_opened(
    session: AsyncSession, briefing: Briefing, texts: Sequence[BriefingText], person_id: int
) -> list[Audience]:
    """Whose texts this person did not open as they are now, in the order of the texts."""
    found = await session.exec(
        select(TextOpening.audience, TextOpening.mark).where(
            col(TextOpening.event_id) == briefing.event_id,
            col(TextOpening.person_id) == person_id,
        )
    )
    opened = dict(found.all())
    return [text.audience for text in texts if opened.get(text.audience) != mark_of(text)]


async def forget_openings(
    session: AsyncSession, event_id: int, audiences: Collection[Audience]
) -> None:
    """These texts were approved: who opened them matters no more."""
    await session.exec(
        delete(TextOpening)
        .where(col(TextOpening.event_id) == event_id, col(TextOpening.audience).in_(audiences))
        .execution_options(synchronize_session=False)
    )


async def drop_openings(session: AsyncSession, *, now: datetime) -> int:
    """Forget what was opened a month ago and never approved; returns how many lines."""
    dropped = await session.exec(
        delete(TextOpening)
        .where(col(TextOpening.opened_at) <= now - KEEP_OPENINGS)
        .execution_options(synchronize_session=False)
    )
    return note_dropped(session, dropped.rowcount, "openings_dropped", "event", now, of="lines")
