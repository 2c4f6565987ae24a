"""An alert about what runs already: where it can go, and what brings it there."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.answered import close_alerts
from bot.chat.buttons import Tap
from bot.event_names import names_of_events
from contacts.permissions import Actor, Permission, require
from feeds.regrouping import merge_events
from feeds.rows import RUNNING, Event, EventStatus


async def running_beside(
    session: AsyncSession, event: Event, *, most: int
) -> list[tuple[int, str]]:
    """The events, with their names, to which an alert may belong, confirmed last first; none when
    it was decided already."""
    if event.status is not EventStatus.DETECTED:
        return []
    found = await session.exec(
        select(Event.id)
        .where(
            col(Event.status).in_(RUNNING),
            col(Event.is_exercise) == event.is_exercise,
            col(Event.merged_into_id).is_(None),
        )
        .order_by(col(Event.confirmed_at).desc(), col(Event.id).desc())
        .limit(most)
    )
    running = [ident for ident in found.all() if ident is not None]
    names = await names_of_events(session, running)
    return [(ident, names[ident]) for ident in running]


async def bring_into(
    session: AsyncSession,
    event: Event,
    kept: Event,
    actor: Actor,
    *,
    tap: Tap | None = None,
    now: datetime,
) -> bool:
    """The alert's reports go to ``kept``, and it rings no more. False, and nothing changed, when it
    was decided already, or ``kept`` does not run.

    :param tap: as of :func:`bot.answered.close_alerts`.
    :raises NotAllowed: the actor may not manage events.
    """
    require(actor, Permission.MANAGE_EVENT)
    if event.status is not EventStatus.DETECTED or kept.status not in RUNNING:
        return False
    if not await merge_events(session, kept, event, who=actor.who, now=now):
        return False
    await close_alerts(session, event, now=now, tap=tap)
    return True
