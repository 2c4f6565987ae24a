"""Just before a closing text leaves: whether partners told something that it does not tell.

It was approved hours before its moment, and says what was told until it was written. The journal
says which ones stopped here, and of which of those nobody heard yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.calling_off import hold, is_held
from briefings.came_due import LOOKS_AHEAD
from briefings.closing import unheard
from briefings.rows import Briefing, BriefingKind, BriefingStatus
from contacts.journal import SYSTEM, JournalEntry, write_journal
from contacts.outbox import Message, MessageStatus

#: what could not be looked at until so short before its moment is stopped unseen
LAST_TRY = timedelta(seconds=5)
#: nobody knows whether partners told something: looking went wrong
NOT_LOOKED = "not_looked"
_HELD, _TOLD, _NOBODY = "closing_held", "closing_hold_told", "closing_hold_untold"


@dataclass(frozen=True, slots=True)
class Held:
    """A closing text that did not leave. ``reason``: as :func:`briefings.closing.unheard`, or
    :data:`NOT_LOOKED`."""

    briefing: Briefing
    reason: str
    meant_for: datetime


async def hold_unheard(session: AsyncSession, briefing_id: int, *, now: datetime) -> bool:
    """Stop a closing text whose moment is here when it does not tell what partners told."""
    briefing = await session.get_one(Briefing, briefing_id)
    if not _is_due(briefing, now=now):
        return False
    reason = await unheard(session, briefing)
    return bool(reason) and await _hold(session, briefing, reason, now=now)


async def hold_unseen(session: AsyncSession, briefing_id: int, *, now: datetime) -> bool:
    """Stop a closing text that nothing could look at, when there is no time for another try: it
    must not tell that nobody told anything."""
    briefing = await session.get_one(Briefing, briefing_id)
    is_late = briefing.send_at is not None and briefing.send_at <= now + LAST_TRY
    if not is_late or not _is_due(briefing, now=now):
        return False
    return await _hold(session, briefing, NOT_LOOKED, now=now)


async def untold_holds(session: AsyncSession) -> list[int]:
    """The closing texts that stand still here, of which nobody heard yet."""
    found = await session.exec(
        select(Briefing).where(
            col(Briefing.kind) == BriefingKind.CLOSING,
            col(Briefing.status) == BriefingStatus.APPROVED,
            col(Briefing.send_at).is_(None),
        )
    )
    return [one.id or 0 for one in found.all() if await _untold(session, one) is not None]


async def held_untold(session: AsyncSession, briefing_id: int) -> Held | None:
    """What has to be told of a closing text; None when it was told, or does not stand still."""
    briefing = await session.get_one(Briefing, briefing_id)
    entry = await _untold(session, briefing) if is_held(briefing) else None
    if entry is None:
        return None
    found = await session.exec(
        select(func.max(Message.send_at)).where(
            col(Message.briefing_id) == briefing.id, col(Message.status) == MessageStatus.HALTED
        )
    )
    return Held(briefing, entry.detail["reason"], found.one() or entry.at)


async def note_told(session: AsyncSession, held: Held, people: int, *, now: datetime) -> bool:
    """Write down how many heard of it; of nobody once, and it stays to be told. Returns whether
    that is news."""
    entry = await _untold(session, held.briefing)
    if not people and entry is not None and entry.action == _NOBODY:
        return False
    write_journal(
        session, who=SYSTEM, action=_TOLD if people else _NOBODY,
        subject=f"briefing:{held.briefing.id}",
        detail={"reason": held.reason, "count": people}, now=now,
    )  # fmt: skip
    return True


def _is_due(briefing: Briefing, *, now: datetime) -> bool:
    is_here = briefing.send_at is not None and briefing.send_at <= now + LOOKS_AHEAD
    return is_here and briefing.status is BriefingStatus.APPROVED


async def _hold(session: AsyncSession, briefing: Briefing, reason: str, *, now: datetime) -> bool:
    if not await hold(session, briefing, reason=reason, now=now):
        return False
    write_journal(
        session, who=SYSTEM, action=_HELD, subject=f"briefing:{briefing.id}",
        detail={"reason": reason}, now=now,
    )  # fmt: skip
    return True


async def _untold(session: AsyncSession, briefing: Briefing) -> JournalEntry | None:
    found = await session.exec(
        select(JournalEntry)
        .where(
            col(JournalEntry.subject) == f"briefing:{briefing.id}",
            col(JournalEntry.action).in_([_HELD, _TOLD, _NOBODY]),
        )
        .order_by(col(JournalEntry.id).desc())
        .limit(1)
    )
    entry = found.first()
    return entry if entry is not None and entry.action != _TOLD else None
