"""Before somebody changes the facts: what that takes back from the approvers."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.texts import TAKES_BACK
from briefings.versions import at_stake


async def forewarned(session: AsyncSession, event_id: int, *, now: datetime) -> str:
    """The sentence for who is about to change the facts; empty when that takes nothing back."""
    status = await at_stake(session, event_id, now=now)
    return TAKES_BACK[status] if status else ""
