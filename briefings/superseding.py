"""A newer text takes the place of older ones that still wait for a moment.

Who sleeps would else get them all at once in the morning, with promises that are over; and whoever
a mail server put off, or who was to get the old one by another channel too, gets it after the new
one.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select as sql_select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from briefings.audience import received
from briefings.rows import Briefing, BriefingKind
from briefings.versions import earlier_than, versions_of
from contacts.outbox import Delivery, Message
from contacts.quiet import give_way

#: a closing text and an invitation do not tell what happened, so they take the place of nothing;
#: what is taken back cancels the old texts by itself
_BESIDE = frozenset({BriefingKind.CLOSING, BriefingKind.LOOK_BACK, BriefingKind.RETRACTION})


async def take_place(session: AsyncSession, briefing: Briefing, *, now: datetime) -> int:
    """Who gets this version does not get what waits of older ones; returns how many that were."""
    if briefing.kind in _BESIDE:
        return 0
    versions = await versions_of(session, briefing.event_id)
    older = [one.id for one in earlier_than(briefing.version, versions) if one.id is not None]
    if not older:
        return 0
    readers = (
        sql_select(col(Delivery.person_id))
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(*received([briefing.id or 0]), col(Delivery.person_id).is_not(None))
    )
    return await give_way(session, older, col(Delivery.person_id).in_(readers), now=now)
