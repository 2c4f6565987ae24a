"""Ends an event of which nobody had a text: there is nothing to tell, so nothing goes out."""

from __future__ import annotations

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from bot.evening.writing import NotBegun, is_untold, unanswered
from contacts.permissions import Actor, Permission, require
from feeds.events import close_event
from feeds.rows import Event


async def end_untold(
    session: AsyncSession, event: Event, actor: Actor, *, now: datetime
) -> NotBegun | None:
    """Close it without a text; None when that is done.

    ``NotBegun``: ``signals_wait`` (who told something hears first what became of it),
    ``somebody_had_it`` (a text stands, or is being written: that has a closing text of its own).

    :raises NotAllowed: the actor may not manage events.
    :raises contacts.records.IllegalMove, StaleMove: it does not run.
    """
    require(actor, Permission.MANAGE_EVENT)
    await session.refresh(event, with_for_update={"key_share": True})
    if not await is_untold(session, event):
        return NotBegun("somebody_had_it")
    if waiting := await unanswered(session, event):
        return NotBegun("signals_wait", waiting)
    await close_event(session, event, who=actor.who, now=now)
    return None
