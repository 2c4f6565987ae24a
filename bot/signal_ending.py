"""What answering a signal ends, said before it is answered; the same on both faces."""

from __future__ import annotations

from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.permissions import Actor
from signals.duiding import still_to_read
from signals.rows import Signal, SignalStatus, ToldAs
from signals.texts import ends_duiding


async def ends_with_answer(session: AsyncSession, signal: Signal, actor: Actor) -> str:
    """In Dutch; empty for what nobody reads as a duider, or what is over."""
    if signal.told_as is not ToldAs.SIGNAL or signal.status is SignalStatus.CLOSED:
        return ""
    return ends_duiding(await still_to_read(session, signal, but=actor.person_id))
