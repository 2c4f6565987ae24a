"""GRIP entered in the chat or at the desk: kept, and every open text is written again."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.writing import redraft
from briefings.grip import set_grip
from briefings.settings import BriefingSettings
from contacts.permissions import Actor
from feeds.rows import Event


async def enter_grip(
    session: AsyncSession,
    event: Event,
    level: int,
    actor: Actor,
    settings: BriefingSettings,
    *,
    now: datetime,
) -> str | None:
    """None when it was kept, else the reason of :func:`briefings.grip.judge_grip`.

    :raises NotAllowed: the actor may not manage events.
    :raises ValueError: there is no such level.
    """
    before = event.grip
    refused = await set_grip(session, event, level, actor, now=now)
    if refused is None and event.grip > before:
        await redraft(session, event, actor, settings, now=now)
    return refused
