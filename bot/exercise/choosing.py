"""What there is to play: the scenarios that come along, and events that are over.

An event of earlier has a key of its own, so that it is looked at and begun like a scenario.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from bot.exercise.replaying import KEY, replay_of
from bot.exercise.scripts import Script, shipped
from briefings.rows import FactBlock
from feeds.events import items_of
from feeds.lexicon import mask_names
from feeds.rows import Event, EventStatus

#: events to choose from, the newest
SHOWN = 20


async def replays_of(session: AsyncSession, *, is_exercise: bool) -> Sequence[tuple[int, str]]:
    """Closed events of this world, the newest first, with their neutral names."""
    found = await session.exec(
        select(Event, FactBlock.neutral_title)
        .outerjoin(FactBlock, col(FactBlock.event_id) == col(Event.id))
        .where(col(Event.status) == EventStatus.CLOSED, col(Event.is_exercise) == is_exercise)
        .order_by(col(Event.id).desc())
        .limit(SHOWN)
    )
    return [(event.id or 0, name or mask_names(event.title)) for event, name in found.all()]


async def replay(session: AsyncSession, number: int, *, is_exercise: bool) -> Script | None:
    """This event as a scenario; None when it is none of those to choose from."""
    names = dict(await replays_of(session, is_exercise=is_exercise))
    if number not in names:
        return None
    return replay_of(number, names[number], await items_of(session, number))


async def chosen(session: AsyncSession, key: str, *, is_exercise: bool) -> Script | None:
    """The scenario or the event of earlier with this key; None when there is none."""
    number = key.removeprefix(KEY)
    if key.startswith(KEY) and number.isdecimal():
        return await replay(session, int(number), is_exercise=is_exercise)
    return shipped().get(key)
