"""Which channels are silent for a while, and for how long a while."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlmodel import col
from sqlmodel.ext.asyncio.session import AsyncSession

from contacts.directory import ChannelKind
from contacts.outbox import ChannelPause, Delivery, DeliveryStatus, Message, MessageStatus
from contacts.records import read_columns

#: a pause that is longer than this is told to a person, and what presses goes another way as well
QUIET_PAUSE = timedelta(seconds=60)

#: what was put behind the others because it stopped the channel goes within this after them
SOON = timedelta(minutes=1)

_RUNNING = select(col(ChannelPause.kind), col(ChannelPause.since), col(ChannelPause.until)).where(
    col(ChannelPause.until) > bindparam("now")
)


def is_long(since: datetime, until: datetime, *, now: datetime) -> bool:
    """Whether waiting for its end keeps somebody from what they should hear. Pure."""
    return max(until, now) - since > QUIET_PAUSE


async def silent_kinds(
    session: AsyncSession, *, now: datetime, however_short: bool = False
) -> frozenset[ChannelKind]:
    """The kinds of channel that are silent now.

    :param however_short: counts a pause of seconds too, as after too many messages at once.
    """
    return frozenset(
        ChannelKind(kind)
        for kind, since, until in await read_columns(session, _RUNNING, {"now": now})
        if however_short or is_long(since, until, now=now)
    )


async def count_held(session: AsyncSession, kind: ChannelKind, *, by: datetime) -> int:
    """How many would have left by then if only the channel worked; not what waits for a moment of
    its own, or for a person."""
    asked = (
        select(func.count())
        .select_from(Delivery)
        .join(Message, col(Message.id) == col(Delivery.message_id))
        .where(
            col(Delivery.kind) == kind,
            col(Delivery.status) == DeliveryStatus.PLANNED,
            col(Delivery.not_before) <= by + SOON,
            col(Message.status) == MessageStatus.READY,
        )
    )
    [(held,)] = await read_columns(session, asked)
    return int(held)
