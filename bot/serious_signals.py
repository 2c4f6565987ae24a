"""A grave signal reaches a person within moments: that there is one, and never what it says.

Several that come together are one message; a still graver one does not wait for the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.alerts import tell_those
from bot.reminding import READERS, readers_of
from contacts.journal import SYSTEM, write_journal
from signals.rows import Signal, SignalStatus

#: what a reporter says with it: *wij maken ons zorgen*, and *botsing of bedreiging*
SERIOUS, GRAVE = 3, 4
#: so long nobody is told again, unless it is graver
PAUSE = timedelta(minutes=10)
#: what came before this and was never told is for the reminders
FRESH = timedelta(hours=2)


async def tell_serious(session: AsyncSession, *, now: datetime) -> int:
    """Tell who reads signals; returns how many signals that was about. Once for each."""
    found = await session.exec(
        select(Signal)
        .where(
            col(Signal.status) == SignalStatus.NEW,
            col(Signal.severity) >= SERIOUS,
            col(Signal.serious_told_at).is_(None),
            col(Signal.read_at).is_(None),
            col(Signal.received_at) > now - FRESH,
        )
        .order_by(col(Signal.id))
    )
    waiting = found.all()
    told = 0
    for is_exercise in (False, True):
        signals = [one for one in waiting if one.is_exercise is is_exercise]
        if signals and await _is_time(session, signals, is_exercise=is_exercise, now=now):
            told += await _tell(session, signals, is_exercise=is_exercise, now=now)
    return told


async def _is_time(
    session: AsyncSession, signals: Sequence[Signal], *, is_exercise: bool, now: datetime
) -> bool:
    before = await session.exec(
        select(Signal.severity).where(
            col(Signal.is_exercise) == is_exercise, col(Signal.serious_told_at) > now - PAUSE
        )
    )
    return max(one.severity for one in signals) > max(before.all(), default=0)


async def _tell(
    session: AsyncSession, signals: Sequence[Signal], *, is_exercise: bool, now: datetime
) -> int:
    gravest = max(one.severity for one in signals)
    told = await tell_those(
        session, await readers_of(session, READERS, is_exercise=is_exercise),
        "coordinator/serious.html", is_exercise=is_exercise, now=now, is_urgent=True,
        count=len(signals), severity=gravest, is_grave=gravest >= GRAVE,
    )  # fmt: skip
    if not told:
        return 0
    for signal in signals:
        signal.serious_told_at = now
        session.add(signal)
        write_journal(
            session,
            who=SYSTEM,
            action="signal_serious_told",
            subject=f"signal:{signal.id}",
            now=now,
        )
    await session.flush()
    return len(signals)
