"""The words as they last lay with the approvers, so that they are told what changed since.

They are kept when a version leaves the hands of the approvers without being sent, and forgotten
when one is approved.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.line_changes import SharedChanges, Words, shared_changes
from briefings.rows import AskedText, Briefing, BriefingText
from contacts.directory import Audience
from contacts.journal import note_dropped

#: what was never approved is forgotten after this
KEEP_ASKED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SinceAsked:
    """These texts lay with the approvers before, handed in at ``since``.

    ``compared`` have such earlier words; ``groups``: what is different now, empty when nothing.
    """

    since: datetime
    compared: int
    groups: tuple[SharedChanges, ...]


async def keep_asked(session: AsyncSession, briefing: Briefing, asked_at: datetime | None) -> None:
    """This version leaves the approvers: keep what they had before them.

    :param asked_at: when it was handed in; None, and nothing kept, when it never was.
    """
    if asked_at is None:
        return
    before = await _asked(session, briefing.event_id)
    found = await session.exec(
        select(BriefingText).where(col(BriefingText.briefing_id) == briefing.id)
    )
    for text in found.all():
        row = before.get(text.audience) or AskedText(
            event_id=briefing.event_id, audience=text.audience, kind=briefing.kind, plain="",
            telegram="", asked_at=asked_at,
        )  # fmt: skip
        row.kind, row.asked_at = briefing.kind, asked_at
        row.plain, row.telegram = text.plain, text.telegram
        session.add(row)
    await session.flush()


async def since_asked(
    session: AsyncSession, briefing: Briefing, texts: Sequence[BriefingText]
) -> SinceAsked | None:
    """What changed since these texts last lay with the approvers; None when they never did.

    A text of another kind is another text: an update is not compared with a first one.
    """
    before = await _asked(session, briefing.event_id)
    pairs = {
        text.audience: (_words(row), _words(text))
        for text in texts
        if (row := before.get(text.audience)) is not None and row.kind is briefing.kind
    }
    if not pairs:
        return None
    since = max(before[audience].asked_at for audience in pairs)
    return SinceAsked(since, len(pairs), tuple(shared_changes(pairs)))


def _words(text: AskedText | BriefingText) -> Words:
    return Words(text.plain, text.telegram)


async def _asked(session: AsyncSession, event_id: int) -> dict[Audience, AskedText]:
    found = await session.exec(select(AskedText).where(col(AskedText.event_id) == event_id))
    return {row.audience: row for row in found.all()}


async def forget_asked(
    session: AsyncSession, event_id: int, audiences: Collection[Audience]
) -> None:
    """These texts were approved: what they said before matters no more."""
    await session.exec(
        delete(AskedText)
        .where(col(AskedText.event_id) == event_id, col(AskedText.audience).in_(audiences))
        .execution_options(synchronize_session=False)
    )


async def drop_asked(session: AsyncSession, *, now: datetime) -> int:
    """Forget what lay with the approvers a month ago and was never approved; how many texts."""
    dropped = await session.exec(
        delete(AskedText)
        .where(col(AskedText.asked_at) <= now - KEEP_ASKED)
        .execution_options(synchronize_session=False)
    )
    return note_dropped(session, dropped.rowcount, "asked_texts_dropped", "event", now)
