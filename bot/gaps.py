"""How soon the coordinators must hear that somebody is not reached any more.

On an evening with an event, or when it is an approver or another who signs in, somebody has to act
now; else it is work for the morning.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import Channel, ChannelKind
from contacts.keys import holders
from feeds.rows import RUNNING, Event


async def may_rest(session: AsyncSession, people: Collection[int], *, is_exercise: bool) -> bool:
    """Whether such news of these people may wait for quiet hours to end.

    To be asked while they still have their rights.
    """
    if await holders(session, people):
        return False
    runs = await session.exec(
        select(Event.id)
        .where(col(Event.status).in_(RUNNING), col(Event.is_exercise) == is_exercise)
        .limit(1)
    )
    return runs.first() is None


async def owners_of(session: AsyncSession, kind: ChannelKind, address: str) -> set[int]:
    """Whose address it is, in either world, closed or not."""
    found = await session.exec(
        select(Channel.person_id).where(col(Channel.kind) == kind, col(Channel.address) == address)
    )
    return set(found.all())
